"""What the forms of a fiche offer to choose from: names that exist, so that one thing is not written two ways."""

from collections.abc import Mapping
from dataclasses import dataclass

from db.rules.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class EditChoices:
    """The structures, the words of each list, the places of the démarche and the axes of its plan, by name."""

    organisations: tuple[str, ...]
    terms: Mapping[Vocabulary, tuple[str, ...]]
    places: tuple[str, ...]
    axes: tuple[str, ...]

    def words(self, vocabulary: Vocabulary) -> tuple[str, ...]:
        """The words of one list."""
        return self.terms.get(vocabulary, ())

"""What the loading of the demonstration remembers from one part of its file to the next."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from db.commands.demo_words import NOBODY, SAME_AS, kind_of
from db.commands.directory import find_or_create_organisation
from db.commands.reference import find_or_create_term, find_term
from db.models import Amendment, FundingLine, Indicator, Placement, Term
from db.rules.vocabulary import Vocabulary
from db.viewer import Viewer


@dataclass(slots=True)
class Filling:
    """The initiative being filled, and the ids of what was made for each code of the file.

    Rows are kept whole where the next part reads them again: the session would forget and fetch them each time.
    """

    session: Session
    viewer: Viewer
    initiative_id: int
    places: dict[str, int] = field(default_factory=dict)
    axes: dict[str, int] = field(default_factory=dict)
    amendments: dict[int, Amendment] = field(default_factory=dict)
    sheets: dict[str, Placement] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    lines: dict[str, FundingLine] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    terms: dict[tuple[Vocabulary, str], Term] = field(default_factory=dict)

    def organisation(self, name: str) -> int | None:
        """The structure that the file names; « À désigner » is none."""
        if name == NOBODY:
            return None
        full = SAME_AS.get(name, name)
        if full not in self.organisations:
            row = find_or_create_organisation(
                self.session, self.viewer, full, kind_of(full), initiative_id=self.initiative_id
            )
            self.organisations[full] = row.id
        return self.organisations[full]

    def sheet(self, code: str) -> int:
        """The sheet with this number."""
        return self.sheets[code].sheet_id

    def term(self, vocabulary: Vocabulary, code: str) -> Term:
        """The word of a list that the file names, by its code or by one of its labels; added when it is new."""
        if (vocabulary, code) not in self.terms:
            self.terms[vocabulary, code] = find_or_create_term(
                self.session, self.viewer, vocabulary=vocabulary, label=code, initiative_id=self.initiative_id
            )
        return self.terms[vocabulary, code]

    def scheme(self, label: str) -> int | None:
        """The funding scheme that the file names, when it is one of the list; its words are kept beside it anyway."""
        term = find_term(self.session, Vocabulary.FUNDING_SCHEME, label)
        return term.id if term else None

"""What a whole import does that no single line shows: words added to common lists, days, blank cells."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from db.exchange.compare import ImportPlan
from db.exchange.draft import Note
from db.exchange.fields import Field
from db.exchange.shown import counted
from db.rules.vocabulary import Vocabulary

DATED = (Field.STATUS, Field.PROGRESS, Field.WEATHER)
_TERMS = {
    Vocabulary.TARGET_GROUP: ("public ajouté", "publics ajoutés"),
    Vocabulary.THEME: ("thème ajouté", "thèmes ajoutés"),
    Vocabulary.SETTING: ("milieu ajouté", "milieux ajoutés"),
    Vocabulary.LINKED_SCHEME: ("dispositif ajouté", "dispositifs ajoutés"),
}


def remarks(plan: ImportPlan) -> tuple[Note, ...]:
    """The sentences that speak of the import as a whole, for a preview, a report or a terminal."""
    return tuple(Note(0, "", message) for message in _messages(plan))


def _messages(plan: ImportPlan) -> Iterator[str]:
    words: dict[Vocabulary, list[str]] = defaultdict(list)
    for vocabulary, word in plan.new_terms:
        words[vocabulary].append(word)
    for vocabulary, added in words.items():
        shown = ", ".join(f"« {word} »" for word in added)
        yield f"{counted(len(added), *_TERMS[vocabulary])} à la liste commune : {shown}."
    changed = Counter(change.field for sheet in plan.sheets for change in sheet.changes)
    if any(changed[field] for field in DATED):
        yield (
            f"Statuts, avancements et météos du fichier sont datés du jour de l'import ({plan.on:%d/%m/%Y}) : "
            "ils disent où en est l'action ce jour-là."
        )
    blanks = sum(sheet.blanks for sheet in plan.sheets)
    if blanks:
        cells = counted(blanks, "cellule vide", "cellules vides")
        yield f"{cells} dans le fichier : ce que Balise contient est gardé."

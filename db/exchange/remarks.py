"""What a whole import does that no single line shows: words added to common lists, days, blank cells."""

from collections import defaultdict
from collections.abc import Iterator

from db.exchange.compare import Fate, ImportPlan
from db.exchange.draft import Note
from db.exchange.fields import Field
from db.rules.plurals import counted
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
    moved = {sheet.fate for sheet in plan.sheets for change in sheet.changes if change.field in DATED}
    if Fate.CREATED in moved:
        yield (
            "Le fichier ne dit pas de quand datent les statuts, avancements et météos : ils sont repris sans date, et "
            "les nouvelles que vous donnerez, même anciennes, viendront après eux."
        )
    if Fate.UPDATED in moved:
        yield (
            f"Statuts, avancements et météos que le fichier change sont datés du jour de l'import ({plan.on:%d/%m/%Y})."
        )
    blanks = sum(sheet.blanks for sheet in plan.sheets)
    if blanks:
        cells = counted(blanks, "cellule vide", "cellules vides")
        yield f"{cells} dans le fichier : ce que Balise contient est gardé."

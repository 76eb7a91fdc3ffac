"""What an act changed, in words: sentences for what was added, removed, declared or published, rows for the rest."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from components import formats
from components.formats import NBSP, sentence_case
from components.text import escape
from db.rules.dates import FuzzyDate
from db.rules.history import FieldChange, RowChange, Said, excerpts
from db.rules.labels import COLUMNS, TABLES
from db.rules.vocabulary import ChangeKind

CENTS, PUBLICATION, ARCHIVED, SHEET = "_cents", "publication_id", "archived_at", "action_sheet"
NUMBERS = frozenset({"value", "numerator", "denominator", "baseline", "lower_bound", "upper_bound"})
LONGEST = 300
EMPTY = ":gray[—]"
LISTS = {"sheet_term": "Mots", "sheet_place": "Lieux", "involvement": "Partenaires"}
USUAL: Mapping[str, Said] = {"weight": 1}
"""What goes without saying of a row that comes or goes."""
GONE, BACK = "retrait", "retour"
OF_NEWS = ("on_date", "gathered", "gathered_on")

Values = Mapping[str, Said]


@dataclass(frozen=True, slots=True)
class LongText:
    """A text too long for its place: what it is called, and both versions whole, empty where there is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An act as it is read: sentences and rows, as Markdown, and the texts that these cut short."""

    sentences: tuple[str, ...]
    rows: tuple[dict[str, str], ...]
    long: tuple[LongText, ...]


def told(changes: Sequence[RowChange]) -> Told:
    """What an act changed: its lists as « ajouté, retiré », its entries as sentences, its fields before and after."""
    sentences = [*_published(changes), *_lists(changes), *(_line(change) for change in changes if _is_line(change))]
    fields = [(change, field) for change in changes for field in _fields(change)]
    rows = [_row(change, field) for change, field in fields]
    cut = [(change, field) for change in changes for field in _texts(change) if _is_long(field)]
    long = [LongText(_name(change, field), _text(field.before), _text(field.after)) for change, field in cut]
    return Told(tuple(sentences), tuple(rows), tuple(long))


def value_words(change: RowChange) -> str:
    """What one change wrote, alone: the new text of a field, what was declared, what else of a row is new."""
    if change.table == SHEET:
        return "  \n".join(words(field.column, field.after) for field in change.fields)
    if _is_line(change):
        return _line(change)
    return "  \n".join(
        f"{escape(_name(change, field))} : {words(field.column, field.after)}" for field in _fields(change)
    )


def _came_or_went(change: RowChange) -> bool | None:
    """Whether a row came (back) or went; None when it was there before and after."""
    if change.kind is not ChangeKind.UPDATE:
        return change.kind is ChangeKind.INSERT
    archived = next((field for field in change.fields if field.column == ARCHIVED), None)
    return None if archived is None else archived.after is None


def _is_line(change: RowChange) -> bool:
    return change.table not in LISTS and _came_or_went(change) is not None


def _fields(change: RowChange) -> list[FieldChange]:
    """The fields that are told before and after: those that changed, and all that a fiche said when it came or went."""
    if change.kind is not ChangeKind.UPDATE and change.table != SHEET:
        return []
    apart = {ARCHIVED, PUBLICATION}
    return [f for f in change.fields if f.column not in apart and not (f.before is None and f.after in (False, ""))]


def _texts(change: RowChange) -> Iterable[FieldChange]:
    return change.fields if change.table not in LISTS else ()


# Sentences.


def _published(changes: Sequence[RowChange]) -> list[str]:
    """One sentence a point: what it made visible, or what is in preparation again."""
    points: dict[tuple[Said, Said], Counter[str]] = defaultdict(Counter)
    for change in changes:
        for field in change.fields if change.kind is ChangeKind.UPDATE else ():
            if field.column == PUBLICATION:
                points[field.before, field.after][TABLES[change.table]] += 1
    return [_point(before, after, counts) for (before, after), counts in points.items()]


def _point(before: Said, after: Said, counts: Counter[str]) -> str:
    what = ", ".join(f"{table} ({count})" if count > 1 else table for table, count in counts.items())
    if after is not None:
        return f"**Publié** dans «{NBSP}{escape(str(after))}{NBSP}» : {what}"
    return f"**De nouveau en préparation** : {what}"


def _lists(changes: Sequence[RowChange]) -> list[str]:
    """One sentence a list: what was added to it, what was taken from it."""
    added: dict[str, list[str]] = defaultdict(list)
    removed: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, None] = {}
    for change in changes:
        came = _came_or_went(change)
        if change.table in LISTS and came is not None:
            title = sentence_case(change.group) if change.group else LISTS[change.table]
            titles[title] = None
            (added if came else removed)[title].append(escape(change.subject or "(retiré)"))
    return [f"**{title}** : {' ; '.join(_moves(added[title], removed[title]))}" for title in titles]


def _moves(added: Sequence[str], removed: Sequence[str]) -> list[str]:
    told = [f"ajouté {formats.listing(added)}"] if added else []
    return told + ([f"retiré {formats.listing(removed)}"] if removed else [])


def _line(change: RowChange) -> str:
    """« **Avancement** : 40 % au 1er octobre 2026 », « **Étape**, retrait : « Recruter » · Échéance : mars 2026 »."""
    came = bool(_came_or_went(change))
    if change.kind is ChangeKind.UPDATE:
        kind = BACK if came else GONE
    else:
        kind = change.kind.label_fr if change.table not in ENTRIES or not came else ""
    title = f"**{TABLES[change.table]}**" + (f", {kind}" if kind else "")
    details = [] if change.table == SHEET else _details(change, came)
    return f"{title} : {' · '.join(details)}" if details else title


def _details(change: RowChange, came: bool) -> list[str]:
    values = {field.column: field.after if came else field.before for field in change.fields}
    head, used = ENTRIES[change.table](change.subject, values) if change.table in ENTRIES else _subject(change, values)
    others = [
        f":gray[{COLUMNS[change.table][column]} :] {words(column, value)}"
        for column, value in values.items()
        if column not in {*used, PUBLICATION, ARCHIVED} and value not in (None, "", False, USUAL.get(column))
    ]
    return [head, *others] if head else others


Head = tuple[str, set[str]]
"""The beginning of a sentence, and the columns that it tells."""


def _subject(change: RowChange, values: Values) -> Head:
    """What a row is called, when it has a name."""
    name = change.subject
    named = {column for column, value in values.items() if value == name or column in ("label", "text")}
    return (f"«{NBSP}{escape(_short(name))}{NBSP}»", named) if name else ("", set())


def _on(values: Values, column: str = "on_date") -> str:
    return f" au {words(column, values[column])}" if values.get(column) else ""


def _heard(values: Values) -> str:
    """« , recueilli par téléphone le 12 janvier 2027 », for an entry that says so."""
    if not values.get("gathered"):
        return ""
    return f", recueilli {values['gathered']} le {words('gathered_on', values.get('gathered_on'))}"


def _status(_subject: str | None, values: Values) -> Head:
    said = str(values.get("status") or "non renseigné")
    outcome = f" ({values['outcome']})" if values.get("outcome") else ""
    until = f" jusqu'à {words('until', values['until'])}" if values.get("until") else ""
    flag = ", à discuter" if values.get("to_discuss") else ""
    head = f"{said}{outcome}{until}{flag}{_on(values)}{_heard(values)}"
    return head, {"status", "outcome", "until", "to_discuss", *OF_NEWS}


def _progress(_subject: str | None, values: Values) -> Head:
    percent, absence = values.get("percent"), values.get("absence")
    said = formats.percent(float(percent)) if isinstance(percent, int) else str(absence or "non renseigné")
    return said + _on(values) + _heard(values), {"percent", "absence", *OF_NEWS}


def _weather(_subject: str | None, values: Values) -> Head:
    said = str(values.get("weather") or "sans signe")
    return said + _on(values) + _heard(values), {"weather", *OF_NEWS}


def _figure(subject: str | None, values: Values) -> Head:
    """A value or a target, under the indicator that it is of."""
    column = next((name for name in ("value", "text_value", "absence") if values.get(name) is not None), "value")
    about = f"«{NBSP}{escape(_short(subject))}{NBSP}», " if subject else ""
    due = f" pour {words('due_on', values['due_on'])}" if values.get("due_on") else ""
    if values.get("starts_on") and values.get("ends_on"):
        due = f" du {words('starts_on', values['starts_on'])} au {words('ends_on', values['ends_on'])}"
    status = f" ({values['status']})" if values.get("status") else ""
    used = {column, "indicator_id", "due_on", "starts_on", "ends_on", "status"}
    return f"{about}{words(column, values.get(column))}{due}{status}", used


def _amount(subject: str | None, values: Values) -> Head:
    said = str(values.get("absence")) if values.get("absence") else words("amount_cents", values.get("amount_cents"))
    line = f"{escape(subject)}, " if subject else ""
    head = f"{line}{values.get('stage') or 'montant'} {said}{_on(values)}"
    return head, {"line_id", "stage", "amount_cents", "absence", "on_date"}


def _answer(subject: str | None, values: Values) -> Head:
    line = f"{escape(subject)}, " if subject else ""
    return f"{line}{values.get('decision')}{_on(values)}", {"line_id", "decision", "on_date"}


ENTRIES: dict[str, Callable[[str | None, Values], Head]] = {
    "status_entry": _status,
    "progress_entry": _progress,
    "weather_entry": _weather,
    "measurement": _figure,
    "target": _figure,
    "funding_event": _amount,
    "funding_decision": _answer,
}


# Fields, before and after.


def _row(change: RowChange, field: FieldChange) -> dict[str, str]:
    before, after = field.before, field.after
    if isinstance(before, str) and isinstance(after, str):
        before, after = excerpts(before, after, LONGEST)
    return {
        "Quoi": escape(_name(change, field)),
        "Avant": words(field.column, before),
        "Après": words(field.column, after),
    }


def _name(change: RowChange, field: FieldChange) -> str:
    """« Constat » of the fiche itself, « Étape « Recruter », Échéance » of what hangs on it."""
    label = COLUMNS[change.table][field.column]
    if change.table == SHEET:
        return label
    subject = f" «{NBSP}{_short(change.subject, 80)}{NBSP}»" if change.subject else ""
    return f"{TABLES[change.table]}{subject}, {label}"


def _is_long(field: FieldChange) -> bool:
    return any(isinstance(value, str) and len(value) > LONGEST for value in (field.before, field.after))


def _text(value: Said) -> str:
    return str(value) if value is not None else ""


def words(column: str, value: Said) -> str:
    """A value of the journal as a reader says it, as Markdown."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, FuzzyDate):
        return formats.fuzzy(value.day, value.precision)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int) and column.endswith(CENTS):
        return formats.money(value)
    if column in NUMBERS and _is_number(value):
        return formats.number(float(value), 6)
    return escape(_short(str(value)))


def _is_number(value: Said) -> bool:
    return isinstance(value, str) and value.replace(".", "", 1).removeprefix("-").isdigit()


def _short(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text; an excerpt, with its own marks, is left whole."""
    return text if len(text) <= longest + 2 else f"{text[:longest].rstrip()}…"

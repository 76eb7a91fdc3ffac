"""What a line of the carnet or a reminder may become, and the small form of each: what is typed is kept in a draft."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import streamlit as st

from components import formats, notices, workspace
from components.editing import frame
from components.forms import Form
from db.rules.forms import Written
from db.rules.logbook import About, NoteLine, ReminderLine, WeatherPart
from db.rules.plan import Named, PlanState
from db.rules.vocabulary import Weather

LINE, VERB = "ligne", "faire"
NEW = "nouveau"
A_DAY = "15/11/2026"
Command = Callable[..., Any]


class Verb(StrEnum):
    """What may be done with a line or a reminder; the words are those of the address."""

    WEATHER = "meteo"
    MILESTONE = "etape"
    REMINDER = "rappel"
    ATTACH = "rattacher"
    REWRITE = "modifier"
    REMOVE = "retirer"
    ADD = "rappeler"
    MOVE = "deplacer"
    CLOSE = "fait"


@dataclass(frozen=True, slots=True)
class Carnet:
    """The carnet of a démarche as its page has it; `acts` are the commands, `structures` asks for those of the plan."""

    notes: tuple[NoteLine, ...]
    reminders: tuple[ReminderLine, ...]
    state: PlanState
    acts: Mapping[Verb, Command]
    structures: Callable[[], Sequence[Named]]


def is_open(line: str) -> Verb | None:
    """What the address asks to do with this line, or this reminder."""
    asked = st.query_params.get(VERB)
    return Verb(asked) if st.query_params.get(LINE) == line and asked in set(Verb) else None


def open_form(line: str, verb: Verb) -> None:
    """Open the form of a line, or of a reminder, in its place."""
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[LINE], st.query_params[VERB] = line, verb.value


def close() -> None:
    """Close the form that is open."""
    for name in (LINE, VERB, workspace.DRAFT):
        st.query_params.pop(name, None)


def of_note(carnet: Carnet, note: NoteLine, verb: Verb) -> None:
    """The form of a line; nothing for what needs none."""
    drawn = {
        Verb.WEATHER: _weather,
        Verb.MILESTONE: _milestone,
        Verb.REMINDER: _reminder,
        Verb.ATTACH: _attach,
        Verb.REWRITE: _rewrite,
    }.get(verb)
    if drawn is not None:
        with st.container(border=True, key="logbook_form"):
            drawn(carnet, note)


def _weather(carnet: Carnet, note: NoteLine) -> None:
    """Where the text goes, the text itself, and the météo of the fiche, as it was said last."""
    last = next((row.weather for row in carnet.state.sheets if row.sheet_id == note.about.sheet_id), None)
    base = {
        "text": note.text,
        "on": formats.short_day(note.noted_on),
        "weather": last.label_fr if last else None,
    }
    form = _form(note, Verb.WEATHER, base)
    form.buttons("part", "Où l'écrire dans la météo", [part.label_fr for part in WeatherPart])
    form.area("text", "Texte")
    form.buttons("weather", "Météo de la fiche", [weather.label_fr for weather in Weather])
    form.line("on", "Date", width=160)
    st.caption("La météo entre en préparation : elle paraîtra au prochain point publié.")

    def save(typed: dict[str, Written]) -> None:
        _done(
            carnet.acts[Verb.WEATHER],
            form,
            "Météo déclarée, en préparation.",
            note_id=note.id,
            part=_member(WeatherPart, typed["part"]),
            weather=_member(Weather, typed["weather"]),
            text=typed["text"] or "",
            day=typed["on"],
            on=carnet.state.on,
        )

    form.actions("Déclarer la météo", save, close)


def _milestone(carnet: Carnet, note: NoteLine) -> None:
    form = _form(note, Verb.MILESTONE, {"label": note.text})
    form.line("label", "Nom de l'étape")
    form.line("due", "Échéance, si elle est connue", placeholder="15/11/2026, mars 2027, T2 2027", width=280)
    st.caption("Une étape se lit aussitôt sur la fiche, par tous ses lecteurs : ne gardez que ce qui peut être lu.")

    def save(typed: dict[str, Written]) -> None:
        named = {"note_id": note.id, "label": typed["label"] or "", "due": typed["due"]}
        _done(carnet.acts[Verb.MILESTONE], form, "Étape ajoutée à la fiche.", **named)

    form.actions("Ajouter l'étape", save, close)


def _reminder(carnet: Carnet, note: NoteLine) -> None:
    form = _form(note, Verb.REMINDER, {"text": note.text})
    form.line("due", "Jour du rappel", placeholder=A_DAY, width=160)
    form.area("text", "Ce qu'il faut faire")

    def save(typed: dict[str, Written]) -> None:
        named = {"note_id": note.id, "text": typed["text"] or "", "due": typed["due"]}
        _done(carnet.acts[Verb.REMINDER], form, "Rappel mis : il sera dans « Ma semaine ».", **named)

    form.actions("Mettre le rappel", save, close)


def _attach(carnet: Carnet, note: NoteLine) -> None:
    sheets, structures = _choices(carnet)
    held = {sheet_id: label for label, sheet_id in sheets.items()}
    sheet = held.get(note.about.sheet_id or 0, note.about.sheet)
    form = _form(note, Verb.ATTACH, {"sheet": sheet, "organisation": note.about.organisation})

    def save(typed: dict[str, Written], was: Mapping[str, Written]) -> None:
        named = {"note_id": note.id, "was": was, **_about(typed, note, carnet)}
        _done(carnet.acts[Verb.ATTACH], form, "Ligne rattachée.", **named)

    _settle(form, save)
    _about_fields(form, sheets, structures)
    form.actions("Rattacher", lambda typed: save(typed, form.draft.base), close)


def _rewrite(carnet: Carnet, note: NoteLine) -> None:
    """The text and its day."""
    form = _form(note, Verb.REWRITE, {"text": note.text, "noted_on": formats.short_day(note.noted_on)})

    def save(typed: dict[str, Written], was: Mapping[str, Written]) -> None:
        named = {"note_id": note.id, "text": typed["text"] or "", "noted_on": typed["noted_on"], "was": was}
        _done(carnet.acts[Verb.REWRITE], form, "Ligne réécrite.", **named)

    _settle(form, save)
    form.area("text", "Ligne")
    form.line("noted_on", "Jour", width=160)
    form.actions("Enregistrer la ligne", lambda typed: save(typed, form.draft.base), close)


def _settle(form: Form, save: Callable[[dict[str, Written], Mapping[str, Written]], None]) -> None:
    """What somebody else wrote of the line meanwhile, beside what is typed; what is chosen is saved on that."""
    seen = {clash.field: clash.theirs for clash in notices.clashes(form.draft.key)}
    frame.settle(form, workspace.initiative().time_zone, lambda _, typed: save(typed, {**form.draft.base, **seen}))


def new_reminder(carnet: Carnet) -> None:
    """The form of a reminder that comes from no line."""
    sheets, structures = _choices(carnet)
    with st.container(border=True, key="logbook_form"):
        form = Form(workspace.draft(f"reminder:{carnet.state.initiative_id}:{NEW}:{Verb.ADD.value}"))
        form.line("due", "Jour du rappel", placeholder=A_DAY, width=160)
        form.area("text", "Ce qu'il faut faire")
        _about_fields(form, sheets, structures)

        def save(typed: dict[str, Written]) -> None:
            named = {"initiative_id": carnet.state.initiative_id, "text": typed["text"] or "", "due": typed["due"]}
            told = "Rappel mis : il sera dans « Ma semaine »."
            _done(carnet.acts[Verb.ADD], form, told, **named, **_about(typed, None, carnet))

        form.actions("Mettre le rappel", save, close)


def move_reminder(carnet: Carnet, reminder: ReminderLine) -> None:
    """The form that puts a reminder on another day."""
    subject = f"reminder:{carnet.state.initiative_id}:r{reminder.id}:{Verb.MOVE.value}"
    with st.container(border=True, key="logbook_form"):
        form = Form(workspace.draft(subject, lambda *_: {"due": formats.short_day(reminder.due_on)}))
        form.line("due", "Nouveau jour", placeholder=A_DAY, width=160)

        def save(typed: dict[str, Written]) -> None:
            named = {"reminder_id": reminder.id, "due": typed["due"]}
            _done(carnet.acts[Verb.MOVE], form, "Rappel déplacé.", **named)

        form.actions("Déplacer le rappel", save, close)


def _form(note: NoteLine, verb: Verb, base: Mapping[str, Written]) -> Form:
    subject = f"note:{workspace.initiative().id}:{note.id}:{verb.value}"
    return Form(workspace.draft(subject, lambda *_: base))


def _done(command: Command, form: Form, told: str, **named: Any) -> None:
    """Run the command of a form; it stays open, with what is typed, when it is refused."""
    if workspace.act(command, told=told, closes=form.draft.key, **named):
        close()


def _choices(carnet: Carnet) -> tuple[dict[str, int], dict[str, int]]:
    """The fiches of the plan and its structures, by what they are called; of two of one name, the first."""
    sheets: dict[str, int] = {}
    structures: dict[str, int] = {}
    for row in carnet.state.sheets:
        sheets.setdefault(row.label, row.sheet_id)
    for structure in carnet.structures():
        structures.setdefault(structure.label, structure.id)
    return sheets, structures


def _about_fields(form: Form, sheets: Mapping[str, int], structures: Mapping[str, int]) -> None:
    form.choice("sheet", "Fiche", list(sheets), placeholder="Aucune fiche")
    form.choice("organisation", "Structure", list(structures), placeholder="Aucune structure")


def _about(typed: Mapping[str, Written], note: NoteLine | None, carnet: Carnet) -> dict[str, int | None]:
    """The ids of what was chosen. What the line was about, and the plan no longer has, stays as it was."""
    sheets, structures = _choices(carnet)
    held = note.about if note is not None else About()
    sheets.setdefault(held.sheet or "", held.sheet_id or 0)
    structures.setdefault(held.organisation or "", held.organisation_id or 0)
    return {
        "sheet_id": sheets.get(typed["sheet"] or "") or None,
        "organisation_id": structures.get(typed["organisation"] or "") or None,
    }


def _member(kind: Any, word: Written) -> Any:
    """The member of a list that bears this word; None without a word."""
    return next((member for member in kind if member.label_fr == word), None)

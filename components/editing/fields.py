"""The fields of each section of a fiche, as its form shows them."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from components import formats, theme, workspace
from components.editing import rows
from components.filters import HEARD
from components.forms import Form
from components.text import escape
from db.rules.choices import EditChoices
from db.rules.plan import SheetRow
from db.rules.reading_dates import read_date
from db.rules.sections import LABELS, Section
from db.rules.vocabulary import (
    Gathering,
    GeoScope,
    Labelled,
    Outcome,
    Participation,
    Priority,
    Status,
    Vocabulary,
    Weather,
)

DATES_HELP = "15/03/2027, mars 2027, T2 2027, S1 2027 ou 2027"
TALL = 140
Draw = Callable[[Form, SheetRow, EditChoices], None]


def words(kind: type[Labelled]) -> list[str]:
    """The French words of a closed list."""
    return [member.label_fr for member in kind]


def _areas(form: Form, *names: str) -> None:
    for name in names:
        form.area(name, LABELS[name])


def identity(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """Its title and where it stands."""
    form.line("title", LABELS["title"])
    left, middle, right = st.columns([1, 4, 2])
    with left:
        form.line("code", LABELS["code"])
    with middle:
        form.choice("axis", LABELS["axis"], choices.axes, placeholder="Sans axe")
    with right:
        form.choice("priority", LABELS["priority"], words(Priority))
    form.line(
        "plain_line",
        f"{LABELS['plain_line']} : ce que l'action change, en une phrase de 200 signes au plus",
        placeholder="Pour les habitantes et habitants, sans sigle",
    )


def rationale(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """Why, what it is, what it aims at."""
    _areas(form, "rationale", "description")
    rows.objectives(form)
    _areas(form, "expected_results")


def reach(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """For whom, on what, where."""
    form.several("target_groups", LABELS["target_groups"], choices.words(Vocabulary.TARGET_GROUP), new=True)
    form.area("target_text", LABELS["target_text"])
    determinants = choices.words(Vocabulary.DETERMINANT)
    form.choice("main_determinant", LABELS["main_determinant"], determinants)
    form.several("determinants", f"{LABELS['determinants']} (deux au plus)", determinants, new=True)
    form.choice("geo_scope", LABELS["geo_scope"], words(GeoScope))
    form.several("places", LABELS["places"], choices.places, new=True)
    form.several("settings", LABELS["settings"], choices.words(Vocabulary.SETTING), new=True)
    form.area("territory_text", LABELS["territory_text"])
    form.choice("participation", LABELS["participation"], words(Participation))
    form.area("participation_text", LABELS["participation_text"])
    form.several("linked_schemes", LABELS["linked_schemes"], choices.words(Vocabulary.LINKED_SCHEME), new=True)
    form.several("themes", LABELS["themes"], choices.words(Vocabulary.THEME), new=True)
    form.line("regional_link", LABELS["regional_link"])


def calendar(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """When, step by step."""
    left, right = st.columns(2)
    with left:
        form.line("starts", LABELS["starts"], placeholder="mars 2027", help=DATES_HELP)
    with right:
        form.line("ends", LABELS["ends"], placeholder="31/12/2028", help=DATES_HELP)
    form.tick("is_continuous", LABELS["is_continuous"])
    form.area("calendar_text", LABELS["calendar_text"])
    rows.milestones(form, choices.organisations)
    form.tick(
        "milestones_tell_all",
        LABELS["milestones_tell_all"],
        help="Coché, l'avancement de la fiche est celui de ses étapes ; sinon, celui que le pilote déclare.",
    )


def partners(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """Who leads, who takes part. A structure written here for the first time enters the directory."""
    for name in ("leads", "co_leads", "partners", "beneficiaries"):
        form.several(name, LABELS[name], choices.organisations, new=True)
    form.line("lead_service", LABELS["lead_service"])


def more(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """Everything else that a fiche may say."""
    _areas(
        form, "means", "governance_text", "linked_actions", "previous_action", "levers", "risks", "evaluation_text",
        "links", "notes",
    )  # fmt: skip


def news(form: Form, sheet: SheetRow, choices: EditChoices) -> None:
    """What moved: status, progress, météo. Left empty, a field says nothing; each save is dated."""
    status = form.buttons("status", LABELS["status"], words(Status), format_func=_status)
    with st.container(key="with_status"):  # always there: what comes and goes in it moves nothing that is being typed
        _with_status(form, status)
    left, right = st.columns([1, 2])
    with left:
        form.entry("progress", _last_progress(sheet), placeholder="par exemple 45 %")
    with right:
        form.entry_buttons("weather", _last_weather(sheet), words(Weather), format_func=_weather, wrap=True)
    first, second = st.columns(2)
    for column, names in ((first, ("done", "todo")), (second, ("obstacles", "highlights"))):
        with column:
            for name in names:
                form.entry_area(name, LABELS[name], height=TALL)
    _gathered(form)
    with st.expander("Date, signature, à discuter", key="news_more"):
        today = formats.short_day(workspace.today(workspace.initiative()))
        on = form.entry("on", f"{LABELS['on']} (aujourd'hui si rien n'est écrit)", placeholder=today)
        if newer := _newer(form, sheet, on):
            st.caption(f"Date antérieure à {' et à '.join(newer)} : c'est gardé, mais l'état affiché ne change pas.")
        form.entry("signed_by", LABELS["signed_by"], placeholder="Direction de l'association")
        form.tick("to_discuss", LABELS["to_discuss"])


def _gathered(form: Form) -> None:
    """For who writes what a lead told them: how, and which day when it was not that of the news."""
    if not workspace.viewer().coordinates(workspace.initiative().id):
        return
    said = next((how for how in Gathering if how == st.query_params.get(HEARD)), None)
    if said is not None:
        form.propose("gathered", said.label_fr)
    left, right = st.columns([2, 1])
    with left:
        how = form.entry_buttons("gathered", LABELS["gathered"], words(Gathering))
    with right, st.container(key="gathered_on"):  # always there: what comes in it moves nothing that is being typed
        if how:
            form.entry("gathered_on", LABELS["gathered_on"], placeholder="le jour des nouvelles")


def _newer(form: Form, sheet: SheetRow, on: str) -> list[str]:
    """What is typed here and dated before what the fiche shows of it already: « celle de la météo (15/09/2026) »."""
    told, day = form.values(), read_date(on).value
    shown = {
        "status": sheet.status_on if told["status"] != form.draft.base.get("status") else None,
        "progress": sheet.progress.declared_on if told["progress"] else None,
        "weather": sheet.weather_on if told["weather"] else None,
    }
    return [
        f"celle de « {LABELS[name]} » ({formats.short_day(last)})"
        for name, last in shown.items()
        if day is not None and last is not None and day.day < last
    ]


def _with_status(form: Form, status: str | None) -> None:
    """What goes with the status that is chosen, and only with it."""
    if status == Status.DONE.label_fr:
        form.buttons("outcome", LABELS["outcome"], words(Outcome))
    if status == Status.POSTPONED.label_fr:
        form.line("until", LABELS["until"], placeholder="mars 2027", help=DATES_HELP)
    if status in (Status.BLOCKED.label_fr, Status.PAUSED.label_fr, Status.DROPPED.label_fr, Status.POSTPONED.label_fr):
        form.line("reason", LABELS["reason"])
    if status == Status.BLOCKED.label_fr:
        form.line("unblocked_by", LABELS["unblocked_by"])


def _status(label: str) -> str:
    status = next(member for member in Status if member.label_fr == label)
    return f"{theme.status_look(status).material} {label}"


def _weather(label: str) -> str:
    return theme.weather_text(next(member for member in Weather if member.label_fr == label))


def _last_progress(sheet: SheetRow) -> str:
    told = sheet.progress
    if told.percent is None:
        return LABELS["progress"]
    return f"{LABELS['progress']} (dernier : {formats.percent(told.percent)}{_when(told.declared_on)})"


def _last_weather(sheet: SheetRow) -> str:
    if sheet.weather is None:
        return LABELS["weather"]
    return f"{LABELS['weather']} (dernière : {escape(sheet.weather.label_fr)}{_when(sheet.weather_on)})"


def _when(day: date | None) -> str:
    return f", {formats.short_day(day)}" if day else ""


DRAWN: dict[Section, Draw] = {
    Section.IDENTITY: identity,
    Section.RATIONALE: rationale,
    Section.REACH: reach,
    Section.CALENDAR: calendar,
    Section.PARTNERS: partners,
    Section.MORE: more,
    Section.NEWS: news,
}

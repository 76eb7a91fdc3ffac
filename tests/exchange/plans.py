"""Plans of every shape, as reading some file may give them, for the properties of the exchange."""

import re
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from db.exchange.columns import ColumnMatch
from db.exchange.draft import (
    AxisDraft,
    AxisPath,
    AxisStep,
    FunderDraft,
    MilestoneDraft,
    PlanDraft,
    SheetDraft,
    ToSettle,
)
from db.exchange.fields import TEXT_FIELDS, Field
from db.exchange.matching import code_key
from db.exchange.people import is_nobody
from db.rules.dates import FuzzyDate, first_day, last_day
from db.rules.reading import read_list
from db.rules.reading_outline import (
    opens_axis,
    read_axis_label,
    read_code,
    read_code_and_title,
    read_objectives,
)
from db.rules.text import clean, is_acronym, words_of
from db.rules.vocabulary import (
    Absence,
    AxisLevel,
    DatePrecision,
    GeoScope,
    InitiativeKind,
    MilestoneState,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)

WITHOUT_AMENDMENT = (PlacementEntry.INITIAL, PlacementEntry.UNPLANNED)
FIRST, LAST = date(2020, 1, 1), date(2035, 12, 31)
ODD = st.text(alphabet="abcéœÉ XYZ019;,/\n\"«»()[]'’=+-@#&%:.°n·€\u00a0\u202f☀🙂", min_size=1, max_size=40)
PLAIN = st.sampled_from(["Bus santé", "Mieux vivre", "Aller vers les 16-25 ans", "Prévention : 3e volet", "été"])
TEXTS = st.one_of(ODD, PLAIN, st.sampled_from(["=1+1", "+33 6 00 00 00 00", "-5", "@moi", "12. Titre", "n° 3 ; suite"]))


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", clean(text))


texts = TEXTS.map(clean).filter(lambda text: bool(words_of(text)))
titles = (
    st.builds(lambda start, rest: _words(f"{start} {rest}"), PLAIN, TEXTS)
    .filter(lambda title: read_code_and_title(title).title == title)
    .filter(lambda title: not opens_axis(title))
)
names = (
    st.builds(lambda start, rest: _words(f"{start} {rest}").strip(" ;,"), PLAIN, TEXTS)
    .filter(lambda name: (name,) in (read_list(name).value, read_list(f'"{name}"').value))
    .filter(lambda name: not is_nobody(name) and not is_acronym(name))
)
codes = st.one_of(
    st.from_regex(r"[1-9](\.[1-9]){0,2}", fullmatch=True), st.from_regex(r"FA[1-9]|[A-D]-[1-9]", fullmatch=True)
).filter(lambda code: read_code(code) is not None)


@st.composite
def dates(draw: Any, *, end: bool) -> FuzzyDate:
    """A date of any precision, on the day that a start (or an end) of it is kept."""
    typed = FuzzyDate(
        FIRST + timedelta(draw(st.integers(0, (LAST - FIRST).days))), draw(st.sampled_from(DatePrecision))
    )
    return FuzzyDate(last_day(typed) if end else first_day(typed), typed.precision)


@st.composite
def steps(draw: Any, bearers: list[str]) -> MilestoneDraft:
    """An étape, a day of doing only when it is done."""
    state = draw(st.sampled_from(MilestoneState))
    label = draw(st.one_of(titles, st.just("1. Diagnostic"), st.just("Axe 2")))
    done = draw(st.none() | dates(end=True)) if state is MilestoneState.DONE else None
    return MilestoneDraft(
        row=0,
        label=label,
        due=draw(st.none() | dates(end=True)),
        state=state,
        done_on=done,
        weight=draw(st.sampled_from([None, 1, 2, 50])),
        leads=tuple(draw(st.lists(st.sampled_from(bearers), max_size=1))),
    )


objectives = st.lists(
    st.builds(
        lambda head, text: head + _words(text),
        st.sampled_from(["", "", "Objectif général : ", "Objectif spécifique 1 : ", "Objectif spécifique 2.1 : ",
                         "Objectifs opérationnels :\n- ", "Objectifs opérationnels :\nA1. ", "- "]),
        titles,
    ),
    max_size=6,
).map(lambda lines: read_objectives("\n".join(lines)))  # fmt: skip


@st.composite
def trees(draw: Any) -> list[AxisPath]:
    """The nodes of a plan's tree, parents first, as axis cells are read."""
    paths: list[AxisPath] = []

    def grow(parent: AxisPath, depth: int) -> None:
        seen: dict[str, bool] = {}
        for rank in range(draw(st.integers(0, 3 if depth == 0 else 2))):
            read = read_axis_label(_words(draw(titles)))
            code = draw(st.sampled_from([None, str(rank + 1), f"{depth + 1}.{rank + 1}"]))
            if read is None or read.code is not None:
                continue
            known = seen.setdefault(words_of(read.title), code is not None)
            if any(path[:-1] == parent and words_of(path[-1].title) == words_of(read.title) for path in paths) and not (
                known and code  # two sisters of one title are told apart by their numbers
            ):
                continue
            path = (*parent, AxisStep(tuple(AxisLevel)[depth], code, read.title))
            paths.append(path)
            if depth < 2:
                grow(path, depth + 1)

    grow((), 0)
    return paths


def _unique(strategy: st.SearchStrategy[str], size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(strategy, min_size=1, max_size=size, unique_by=words_of)


@st.composite
def sheets(draw: Any, row: int, code: str | None, title: str, paths: list[AxisPath], pool: list[str]) -> SheetDraft:
    """A fiche with every field, or hardly any."""

    def some(most: int = 3) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(pool), max_size=most, unique=True)))

    status = draw(st.none() | st.sampled_from(Status))
    amendment = draw(st.sampled_from([None, 1, 2]))
    starts, ends = draw(st.none() | dates(end=False)), draw(st.none() | dates(end=True))
    if starts and ends and ends.day < starts.day:
        starts = None
    kept = draw(st.sets(st.sampled_from(TEXT_FIELDS), max_size=6))
    told = {field: draw(texts) for field in TEXT_FIELDS if field in kept}
    if Field.CALENDAR in told:
        told[Field.CALENDAR] = draw(st.sampled_from(["2024-2026", "au fil de l'eau", "T2 2025"]))
    return SheetDraft(
        row=row,
        code=code,
        title=title,
        axis_path=draw(st.sampled_from([(), *paths])),
        status=status,
        outcome=draw(st.none() | st.sampled_from(Outcome)) if status is Status.DONE else None,
        to_discuss=draw(st.booleans()),
        status_word=draw(st.sampled_from([None, "En retard", "Réalisé"])),
        status_until=draw(dates(end=True)) if status is Status.POSTPONED else None,
        **dict(zip(("progress", "progress_absence"), draw(figures(st.integers(0, 100))), strict=True)),
        **dict(zip(("budget_cents", "budget_absence"), draw(figures(cents)), strict=True)),
        priority=draw(st.none() | st.sampled_from(Priority)),
        participation=draw(st.none() | st.sampled_from(Participation)),
        geo_scope=draw(st.none() | st.sampled_from(GeoScope)),
        weather=draw(st.none() | st.sampled_from(Weather)),
        entry=PlacementEntry.AMENDMENT if amendment else draw(st.sampled_from(WITHOUT_AMENDMENT)),
        amendment_number=amendment,
        starts_on=starts,
        ends_on=ends,
        is_continuous=draw(st.booleans()),
        milestones_tell_all=draw(st.booleans()),
        funders=tuple(
            FunderDraft(name, *draw(figures(cents))) for name in draw(st.lists(st.sampled_from(pool), max_size=4))
        ),
        leads=some(), co_leads=some(), partners=some(6), beneficiaries=some(), lead_contacts=some(),
        elected_leads=some(), target_groups=some(), themes=some(), settings=some(), places=some(),
        linked_schemes=some(),
        objectives=draw(objectives),
        milestones=tuple(draw(st.lists(steps(pool), max_size=3))),
        texts=told,
    )  # fmt: skip


cents = st.one_of(
    st.integers(0, 10**9), st.integers(0, 10**7).map(lambda euros: euros * 100), st.just(99_999_999_999_900)
)


@st.composite
def figures(draw: Any, values: st.SearchStrategy[int]) -> tuple[int | None, Absence | None]:
    """A figure or a kind of nothing, exactly one."""
    absence = draw(st.none() | st.sampled_from(Absence))
    return (None, absence) if absence else (draw(values), None)


UNREAD: list[tuple[Field, str, str]] = [
    (Field.PRIORITY, "priority", "urgentissime"),
    (Field.PROGRESS, "progress", "presque"),
    (Field.BUDGET, "budget_cents", "Entre 200 et 500"),
    (Field.STARTS_ON, "starts_on", "courant 2026"),
    (Field.STATUS, "status", "Non réalisé"),
    (Field.FUNDER_AMOUNT, "", "environ 3 000"),
    (Field.DETERMINANTS, "", "un mot ; à nous"),
    (Field.DETERMINANTS, "", "un autre mot"),
]
"""Cells that nobody could read, with the value that the fiche must not have beside them."""


@st.composite
def plans(draw: Any) -> PlanDraft:
    """A plan with its tree, its fiches, and cells to be settled."""
    paths = draw(trees())
    pool = draw(_unique(names, 6))
    found = draw(_unique(titles, 4))
    numbers = draw(st.lists(st.none() | codes, min_size=len(found), max_size=len(found)))
    seen: set[str] = set()
    named: list[tuple[str | None, str]] = []
    for code, title in zip(numbers, found, strict=True):
        named.append((code if code and code_key(code) not in seen else None, title))
        seen.add(code_key(code or ""))
    numbered = [title for code, title in named if code]
    for code in draw(st.lists(codes, max_size=2)) if numbered else ():
        if code_key(code) not in seen:  # the same title under another number is another fiche
            named.append((code, draw(st.sampled_from(numbered))))
            seen.add(code_key(code))
    drafts, unread = [], []
    for row, (number, title) in enumerate(named, 1):
        sheet = draw(sheets(row * 100, number, title, paths, pool))
        for field, attribute, raw in draw(st.lists(st.sampled_from(UNREAD), max_size=3, unique=True)):
            if attribute and (getattr(sheet, attribute) is not None or sheet.to_discuss or sheet.status):
                continue
            if field in (Field.PROGRESS, Field.BUDGET) and getattr(sheet, f"{field.value}_absence") != "not_provided":
                continue
            unread.append(ToSettle(sheet.row, field.label_fr, raw, "À préciser.", (), field))
        drafts.append(sheet)
    return PlanDraft(
        file="plan.xlsx",
        worksheet="Plan",
        header_row=2,
        title="Contrat local de santé d'essai",
        kind=InitiativeKind.CLS,
        contract_number=2,
        years=None,
        columns=tuple(ColumnMatch(index, field.label_fr, field) for index, field in enumerate(Field)),
        ignored_columns=(),
        axes=tuple(AxisDraft(1, path) for path in paths),
        sheets=tuple(drafts),
        organisations=(),
        to_settle=tuple(unread),
        errors=(),
        notes=(),
    )

"""How the value settled for a cell enters its field: by the writers of the fiche's own form and of the import."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from db.commands.directory import involve
from db.commands.editing.groups import Desk
from db.commands.editing.save import GROUP_OF, held_at, write
from db.commands.editing.trees import within
from db.commands.import_lists import PEOPLE
from db.commands.plan import add_axis, move_placement, rewrite_sheet
from db.commands.settle_money import held_money, write_budget, write_funders
from db.commands.sheets import add_milestone, add_objective
from db.errors import Invalid
from db.exchange.draft import MilestoneDraft, SheetDraft
from db.exchange.fields import AXIS_FIELDS, CellKind, Field
from db.exchange.settling import STEPS_ONLY, read_flag, read_sheet_cell, read_step_cell, written_text
from db.exchange.shown import date_words, entry_words
from db.exchange.values import PLAIN_TEXTS
from db.models import Amendment, Milestone, Organisation, Placement, StatusEntry
from db.queries import facts
from db.rules.dates import FuzzyDate
from db.rules.forms import Written
from db.rules.plan import fuzzy
from db.rules.reading import distinct_names
from db.rules.reading_outline import Objective, read_axis_label
from db.rules.sections import LABELS
from db.rules.vocabulary import MilestoneState, PlacementEntry, PlacementRole, Status

WEATHER = {
    Field.WEATHER: "weather",
    Field.WEATHER_DONE: "done",
    Field.WEATHER_TODO: "todo",
    Field.WEATHER_OBSTACLES: "obstacles",
    Field.WEATHER_HIGHLIGHTS: "highlights",
    Field.WEATHER_SIGNED_BY: "signed_by",
}
HELD: Mapping[Field, tuple[str, ...]] = {
    Field.STATUS: ("status", "outcome"),
    Field.STATUS_UNTIL: ("until",),
    Field.STATUS_REASON: ("reason",),
    Field.UNBLOCKED_BY: ("unblocked_by",),
    Field.TO_DISCUSS: ("to_discuss",),
    Field.PROGRESS: ("progress",),
    Field.STARTS_ON: ("starts",),
    Field.ENDS_ON: ("ends",),
    Field.PERIOD: ("starts", "ends"),
    Field.CODE: ("code",),
    **{field: (field.value,) for field in (Field.PRIORITY, Field.PARTICIPATION, Field.GEO_SCOPE)},
    **{field: (field.value,) for field in (Field.IS_CONTINUOUS, Field.MILESTONES_TELL_ALL)},
    **{field: (name,) for field, name in WEATHER.items()},
    **{field: (field.value,) for field in PLAIN_TEXTS if field.value in LABELS},
}
"""The fields of the fiche's form that hold what a cell says, the first being the one that is told. The others (lists,
objectives, étapes) are added to: nothing there is replaced."""
LISTS = (
    "leads", "co_leads", "partners", "beneficiaries", "target_groups", "determinants", "themes", "settings", "places",
    "linked_schemes",
)  # fmt: skip
_Said = Callable[[SheetDraft], Written]


def _day(typed: FuzzyDate | None) -> str | None:
    return date_words(typed) if typed else None


def _progress(draft: SheetDraft) -> str | None:
    if draft.progress is not None:
        return f"{draft.progress} %"
    return draft.progress_absence.label_fr if draft.progress_absence else None


def _word(name: str) -> _Said:
    return lambda draft: word.label_fr if (word := getattr(draft, name)) else None


def _text(field: Field) -> _Said:
    return lambda draft: draft.texts.get(field)


WORDS: Mapping[Field, Mapping[str, _Said]] = {
    Field.STATUS: {
        "status": _word("status"),
        "outcome": _word("outcome"),
        "to_discuss": lambda draft: draft.to_discuss,
    },
    Field.STATUS_UNTIL: {"until": lambda draft: _day(draft.status_until)},
    Field.PROGRESS: {"progress": _progress},
    Field.STARTS_ON: {"starts": lambda draft: _day(draft.starts_on)},
    Field.ENDS_ON: {"ends": lambda draft: _day(draft.ends_on)},
    Field.PERIOD: {"starts": lambda draft: _day(draft.starts_on), "ends": lambda draft: _day(draft.ends_on)},
    Field.CODE: {"code": lambda draft: draft.code},
    **{field: {field.value: _word(field.value)} for field in (Field.PRIORITY, Field.PARTICIPATION, Field.GEO_SCOPE)},
    Field.WEATHER: {"weather": _word("weather")},
    **{
        field: {HELD[field][0]: _text(field)}
        for field in (Field.STATUS_REASON, Field.UNBLOCKED_BY, *WEATHER, *PLAIN_TEXTS)
        if field in HELD and field is not Field.WEATHER
    },
}
"""How a form writes what was read."""


def held_words(desk: Desk, sheet_id: int, field: Field) -> str | None:
    """What a field of a fiche holds, in words; None when it is empty, or when a cell only adds to it."""
    if field in HELD:
        told = held_at(desk, [sheet_id], HELD[field])[sheet_id]
        said = [_said(told.get(name)) for name in HELD[field]]
        return " ; ".join(word for word in said if word) or None
    if field in PLAIN_TEXTS:
        text: str | None = getattr(desk.sheet(sheet_id), field.value)
        return text
    if field in AXIS_FIELDS:
        return _axis_words(desk, sheet_id, field)
    return _entry_words(desk, sheet_id) if field is Field.ENTRY else None


def _said(value: Written) -> str:
    return "oui" if value is True else str(value or "")


def home_place(desk: Desk, sheet_id: int) -> Placement:
    """Where a fiche stands in its own plan."""
    return desk.session.scalars(
        select(Placement).where(
            Placement.sheet_id == sheet_id, Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None)
        )
    ).one()


def _axis_words(desk: Desk, sheet_id: int, field: Field) -> str | None:
    """The axis where a fiche stands, when it stands that deep or deeper."""
    place = home_place(desk, sheet_id)
    nodes = facts.axes(desk.session, place.initiative_id)
    depth = AXIS_FIELDS.index(field)
    return next((node.label for node in nodes if node.id == place.axis_id and len(node.path) > depth), None)


def _entry_words(desk: Desk, sheet_id: int) -> str | None:
    """How a fiche came into the plan; a file that says nothing of it leaves « au contrat initial »."""
    place = home_place(desk, sheet_id)
    if place.entry is PlacementEntry.INITIAL:
        return None
    number = desk.session.scalar(select(Amendment.number).where(Amendment.id == place.amendment_id))
    return entry_words(place.entry, number)


class CellWriter:
    """Writes what a cell means in one field of a fiche, inside an act."""

    def __init__(self, desk: Desk, sheet_id: int, field: Field, raw: str) -> None:
        self.desk = desk
        self.sheet_id = sheet_id
        self.field = field
        self.raw = raw

    def held(self, written: Written) -> str | None:
        """What the value would take the place of, in words; None when it takes the place of nothing."""
        if self.field in (Field.BUDGET, Field.FUNDER, Field.FUNDER_AMOUNT):
            return held_money(self.desk, self.sheet_id, self.field, self._read(written))
        return held_words(self.desk, self.sheet_id, self.field)

    def write(self, written: Written, step_id: int | None) -> None:
        """Write a value in the field. Raises Invalid when it cannot be understood, or cannot stand there."""
        field, desk = self.field, self.desk
        if step_id is not None:
            self._write_step(written, self._step(step_id))
        elif field in STEPS_ONLY:
            raise Invalid(f"{field.label_fr} : dites de quelle étape il s'agit. La fiche doit en avoir une.")
        elif field in AXIS_FIELDS:
            self._write_axis(written)
        elif field.kind is CellKind.YES_NO:
            self._write_form({HELD[field][0]: read_flag(field, written)})
        else:
            self._write_draft(self._read(written))
        desk.session.flush()

    def _read(self, written: Written) -> SheetDraft:
        status = held_at(self.desk, [self.sheet_id], ["status"])[self.sheet_id]["status"]
        now = next((one for one in Status if one.label_fr == status), None)
        return read_sheet_cell(self.desk.names, self.field, written, now)

    def _write_draft(self, draft: SheetDraft) -> None:
        desk, sheet_id = self.desk, self.sheet_id
        new = {name: said for name, how in WORDS.get(self.field, {}).items() if (said := how(draft))}
        if new:
            self._write_form(new)
            if self.field is Field.STATUS:
                self._keep_word()
        elif self.field in PLAIN_TEXTS:
            told = {self.field.value: draft.texts[self.field]}
            rewrite_sheet(desk.session, desk.viewer, sheet_id=sheet_id, fields=told)
        self._add_names(draft)
        if draft.entry is not None:
            self._enter(draft.entry, draft.amendment_number)
        if self.field is Field.BUDGET:
            write_budget(desk, sheet_id, draft)
        write_funders(desk, sheet_id, draft.funders)
        self._add_objectives(draft.objectives, None)
        for step in draft.milestones:
            self._add_step(step)

    def _write_form(self, new: dict[str, Written]) -> None:
        """Write fields of the fiche's form. The rest of a météo goes with what completes it: both are of one file."""
        groups = {name for field in new for name in GROUP_OF[field].fields}
        held = held_at(self.desk, [self.sheet_id], groups)[self.sheet_id]
        changed = set(new)
        if self.field in WEATHER:
            changed |= {name for name in WEATHER.values() if held.get(name)}
        write(self.desk, self.sheet_id, {**held, **new}, changed)

    def _keep_word(self) -> None:
        """The word of the file stays beside the status chosen."""
        self.desk.session.flush()
        last = select(StatusEntry).where(StatusEntry.sheet_id == self.sheet_id).order_by(StatusEntry.id.desc())
        self.desk.session.scalars(last).first().status_word = self.raw  # type: ignore[union-attr]

    def _add_names(self, draft: SheetDraft) -> None:
        """Names beside those that the list has."""
        for name in LISTS:
            if typed := getattr(draft, name):
                held = held_at(self.desk, [self.sheet_id], [name])[self.sheet_id][name] or []
                self._write_form({name: list(distinct_names([*held, *typed]))})
        for field, attribute in ((Field.LEAD_CONTACT, "lead_contacts"), (Field.ELECTED_LEAD, "elected_leads")):
            for person in getattr(draft, attribute):
                involve(
                    self.desk.session,
                    self.desk.viewer,
                    role=PEOPLE[field],
                    person_id=self.desk.lists.person(person),
                    sheet_id=self.sheet_id,
                )

    def _enter(self, entry: PlacementEntry, number: int | None) -> None:
        place = home_place(self.desk, self.sheet_id)
        named = select(Amendment.id).where(
            Amendment.initiative_id == place.initiative_id, Amendment.number == number, Amendment.archived_at.is_(None)
        )
        place.entry = entry
        place.amendment_id = self.desk.session.scalars(named).one() if entry is PlacementEntry.AMENDMENT else None

    def _write_axis(self, written: Written) -> None:
        """One of the plan's axes by its name, else a new one under that where the fiche stands."""
        desk, named = self.desk, written_text(written)
        place = home_place(desk, self.sheet_id)
        nodes = facts.axes(desk.session, place.initiative_id)
        if found := next((node.id for node in nodes if named in (node.label, node.title)), None):
            axis_id = found
        else:
            label = read_axis_label(named)
            if label is None:
                raise Invalid(f"{self.field.label_fr} : « {named} » ne nomme pas un axe.")
            depth = AXIS_FIELDS.index(self.field)
            above = next((node.path for node in nodes if node.id == place.axis_id), ())
            if len(above) < depth:
                raise Invalid(f"{self.field.label_fr} : dites d'abord sous quel axe la fiche se range.")
            axis_id = add_axis(
                desk.session,
                desk.viewer,
                initiative_id=place.initiative_id,
                title=label.title,
                code=label.code,
                parent_id=above[depth - 1] if depth else None,
            ).id
        move_placement(desk.session, desk.viewer, placement_id=place.id, axis_id=axis_id, code=place.code)

    def _add_objectives(self, nodes: tuple[Objective, ...], parent_id: int | None) -> None:
        for node in nodes:
            row = add_objective(
                self.desk.session,
                self.desk.viewer,
                sheet_id=self.sheet_id,
                text=node.text,
                level=node.level,
                code=node.code,
                parent_id=parent_id,
            )
            self._add_objectives(node.children, row.id)

    def _add_step(self, step: MilestoneDraft) -> None:
        told: dict[str, Any] = {"state": step.state} if step.state else {}
        for name, typed in (("due", step.due), ("done", step.done_on)):
            if typed is not None:
                told |= {f"{name}_on": typed.day, f"{name}_precision": typed.precision}
        add_milestone(self.desk.session, self.desk.viewer, sheet_id=self.sheet_id, label=step.label, **told)

    # The étapes.

    def step_words(self, step_id: int) -> str | None:
        """What an étape says already where the cell belongs; that it is to come is what a file leaves unsaid."""
        row = self._step(step_id)
        lead = self.desk.session.get(Organisation, row.lead_id) if row.lead_id else None
        return {
            Field.STATUS: row.state.label_fr if row.state is not MilestoneState.PLANNED else None,
            Field.ENDS_ON: _day(fuzzy(row.due_on, row.due_precision)),
            Field.DONE_ON: _day(fuzzy(row.done_on, row.done_precision)),
            Field.WEIGHT: str(row.weight) if row.weight > 1 else None,
            Field.LEAD: lead.name if lead else None,
        }.get(self.field)

    def _step(self, step_id: int) -> Milestone:
        row = self.desk.session.get(Milestone, step_id)
        if row is None or row.archived_at is not None or row.sheet_id != self.sheet_id:
            raise Invalid("Cette étape n'est plus dans la fiche : choisissez-en une autre.")
        return row

    def _write_step(self, written: Written, row: Milestone) -> None:
        told = MilestoneDraft(0, row.label, state=row.state)
        step = read_step_cell(self.desk.names, self.field, written, told)
        match self.field:
            case Field.ENDS_ON if step.due is not None:
                within(self.desk, self.sheet_id, row.label, step.due)
                row.due_on, row.due_precision = step.due.day, step.due.precision
            case Field.WEIGHT:
                row.weight = step.weight or 1
            case Field.LEAD:
                row.lead_id = self.desk.organisation(step.leads[0], self.field.label_fr)
            case _:
                row.state = step.state or row.state
                row.state_word = row.state_word if self.field is Field.STATUS else None
                if row.state is not MilestoneState.DONE:
                    row.done_on = row.done_precision = None
                elif step.done_on is not None:
                    row.done_on, row.done_precision = step.done_on.day, step.done_on.precision

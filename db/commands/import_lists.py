"""The lists of a sheet as an import writes them: what is there and still said stays as it is, with all that it holds
beyond the file; what is new is added, what the file no longer says is taken away."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.exchange.draft import FunderDraft, OrganisationDraft, SheetDraft
from db.exchange.fields import Field
from db.exchange.resolve import Known, Names
from db.models import (
    BudgetItem,
    FundingEvent,
    FundingLine,
    Involvement,
    Milestone,
    Organisation,
    OrganisationAlias,
    Person,
    PersonDetail,
    SheetObjective,
    SheetPlace,
    SheetTerm,
    Term,
    Territory,
)
from db.models.base import Versioned, now_utc
from db.queries.funding import foreseen_lines
from db.rules.dates import FuzzyDate
from db.rules.reading_outline import Objective
from db.rules.text import fold, search_text, sort_key, words_of
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    FundingNature,
    FundingStage,
    InitiativeKind,
    InvolvementRole,
    MilestoneState,
    OrganisationKind,
    Vocabulary,
)

ROLES = {
    Field.LEAD: InvolvementRole.LEAD,
    Field.CO_LEAD: InvolvementRole.CO_LEAD,
    Field.PARTNER: InvolvementRole.PARTNER,
    Field.BENEFICIARY: InvolvementRole.BENEFICIARY,
}
PEOPLE = {Field.LEAD_CONTACT: InvolvementRole.LEAD_CONTACT, Field.ELECTED_LEAD: InvolvementRole.ELECTED_LEAD}
WORDS = {
    Field.TARGET_GROUPS: Vocabulary.TARGET_GROUP,
    Field.DETERMINANTS: Vocabulary.DETERMINANT,
    Field.THEMES: Vocabulary.THEME,
    Field.SETTINGS: Vocabulary.SETTING,
    Field.LINKED_SCHEMES: Vocabulary.LINKED_SCHEME,
}
Attached = TypeVar("Attached", SheetTerm, SheetPlace)
OfSheet = TypeVar("OfSheet", Involvement, SheetObjective, Milestone, BudgetItem, FundingLine)
COORDINATIONS = frozenset(words_of(kind.label_fr) for kind in InitiativeKind) | {"cls", "clsm", "asv"}


class ListWriter:
    """Writes the lists of sheets; what the file names and the database does not know is added to its directory."""

    def __init__(self, session: Session, on: date, known: Names) -> None:
        self.session = session
        self.on = on
        self.known = known
        self.fresh: set[int] = set()  # the sheets that this import makes: they hold nothing to look for

    def replace(self, sheet_id: int, field: Field, names: Iterable[str]) -> None:
        """Put these names in the place of what the field held."""
        if field in ROLES:
            self._organisations(sheet_id, ROLES[field], names)
        elif field in PEOPLE:
            self._people(sheet_id, field, names)
        elif field in WORDS:
            self._terms(sheet_id, WORDS[field], names)
        else:
            self._places(sheet_id, names)

    def _organisations(self, sheet_id: int, role: InvolvementRole, names: Iterable[str]) -> None:
        standing = or_(Involvement.ends_on.is_(None), Involvement.ends_on >= self.on)
        held = self._held(sheet_id, Involvement, Involvement.role == role, standing)
        rows = {row.organisation_id: row for row in reversed(held)}
        for rank, key in enumerate(dict.fromkeys(self.organisation(name) for name in names)):
            row = rows.pop(key, None)
            if row is None:
                row = Involvement(sheet_id=sheet_id, organisation_id=key, role=role)
                self.session.add(row)
            row.position = rank
        _archive(rows.values())

    def _people(self, sheet_id: int, field: Field, names: Iterable[str]) -> None:
        self._clear(sheet_id, Involvement, Involvement.role == PEOPLE[field])
        for rank, name in enumerate(names):
            key = self.person(name)
            self.session.add(Involvement(sheet_id=sheet_id, person_id=key, role=PEOPLE[field], position=rank))

    def person(self, name: str) -> int:
        """The contact of exactly that name, else a new one: two people of one name would be told apart by hand."""
        known = self.session.scalars(select(PersonDetail.person_id).where(PersonDetail.name == name)).first()
        if known is not None:
            return known
        person = Person()
        self.session.add(person)
        self.session.flush()
        self.session.add(PersonDetail(person_id=person.id, name=name, origin="import", recorded_on=self.on))
        return person.id

    def organisation(self, name: str) -> int:
        """The organisation of that name, made when there is none."""
        known = self.known.organisation(name)
        if known is None:
            kind = OrganisationKind.COORDINATION if words_of(name) in COORDINATIONS else OrganisationKind.OTHER
            row = Organisation(name=name, kind=kind, search_text=search_text(name), sort_key=sort_key(name))
            self.session.add(row)
            self.session.flush()
            known = self.known.organisations[words_of(name)] = Known(row.id, name)
            self.alias(row.id, name)
        return known.id

    def alias(self, organisation_id: int, spelling: str) -> None:
        """Remember another spelling of an organisation, unless it already says one."""
        folded = fold(spelling)
        if self.session.scalar(select(OrganisationAlias.id).where(OrganisationAlias.search_text == folded)) is None:
            self.session.add(OrganisationAlias(organisation_id=organisation_id, label=spelling, search_text=folded))

    def remember_spellings(self, organisations: Iterable[OrganisationDraft]) -> None:
        """Keep the other spellings that the file has of its organisations: the next file is read with them."""
        for organisation in organisations:
            bearer = self.known.organisation(organisation.name)
            for spelling in organisation.spellings if bearer else ():
                if bearer and self.known.organisation(spelling) is None:
                    self.alias(bearer.id, spelling)
                    self.known.organisations[words_of(spelling)] = bearer

    def _terms(self, sheet_id: int, vocabulary: Vocabulary, words: Iterable[str]) -> None:
        of_vocabulary = select(Term.id).where(Term.vocabulary == vocabulary)
        rows = {row.term_id: row for row in self._attached(sheet_id, SheetTerm, SheetTerm.term_id.in_(of_vocabulary))}
        for position, key in enumerate(dict.fromkeys(self._term(vocabulary, word) for word in words)):
            row = rows.pop(key, None)
            if row is None:
                row = SheetTerm(sheet_id=sheet_id, term_id=key)
                self.session.add(row)
            row.position = position
        self._delete(rows.values())

    def _term(self, vocabulary: Vocabulary, word: str) -> int:
        known = self.known.term(vocabulary, word)
        if known is None:
            row = Term(
                vocabulary=vocabulary,
                code=self._free_code(vocabulary, word),
                label=word,
                search_text=search_text(word),
                sort_key=sort_key(word),
            )
            self.session.add(row)
            self.session.flush()
            known = self.known.terms[vocabulary, words_of(word)] = Known(row.id, word)
        return known.id

    def _free_code(self, vocabulary: Vocabulary, word: str) -> str:
        taken = set(self.session.scalars(select(Term.code).where(Term.vocabulary == vocabulary)))
        stem = code = fold(word)[:70]
        number = 1
        while code in taken:
            number += 1
            code = f"{stem} {number}"
        return code

    def _places(self, sheet_id: int, names: Iterable[str]) -> None:
        rows: dict[str, list[SheetPlace]] = {}
        for place in self._attached(sheet_id, SheetPlace):
            rows.setdefault(words_of(self._place_name(place)), []).append(place)
        for rank, name in enumerate(names):
            same = rows.pop(words_of(name), [])
            if not same:
                known = self.known.commune(name)
                same = [SheetPlace(sheet_id=sheet_id, territory_id=known.id if known else None)]
                same[0].label = None if known else name
                self.session.add(same[0])
            for place in same:
                place.position = rank
        self._delete(place for places in rows.values() for place in places)

    def _place_name(self, place: SheetPlace) -> str:
        if place.territory_id is not None:
            return self.session.get_one(Territory, place.territory_id).name
        return place.label or self.session.get_one(Term, place.term_id).label

    def objectives(self, sheet_id: int, draft: SheetDraft) -> None:
        """The tree of what the fiche aims at."""
        self._clear(sheet_id, SheetObjective)
        self._branch(sheet_id, None, draft.objectives, 0)

    def _branch(self, sheet_id: int, parent_id: int | None, nodes: Iterable[Objective], position: int) -> int:
        for node in nodes:
            row = SheetObjective(
                sheet_id=sheet_id,
                parent_id=parent_id,
                level=node.level,
                code=node.code,
                text=node.text,
                position=position,
            )
            self.session.add(row)
            position += 1
            if node.children:
                self.session.flush()
                position = self._branch(sheet_id, row.id, node.children, position)
        return position

    def milestones(self, sheet_id: int, draft: SheetDraft) -> None:
        """The steps, told by their labels; each date with the precision it was written with."""
        held: dict[str, list[Milestone]] = {}
        for row in self._held(sheet_id, Milestone):
            held.setdefault(words_of(row.label), []).append(row)
        for rank, step in enumerate(draft.milestones):
            same = held.get(words_of(step.label), [])
            row = same.pop(0) if same else Milestone(sheet_id=sheet_id)
            row.label, row.position = step.label, rank
            row.state, row.state_word = step.state or MilestoneState.PLANNED, step.state_word
            row.due_on, row.due_precision = _dated(step.due)
            row.done_on, row.done_precision = _dated(step.done_on)
            row.weight = step.weight or 1
            row.lead_id = self.organisation(step.leads[0]) if step.leads else None
            self.session.add(row)
        _archive(row for rows in held.values() for row in rows)

    def funders(self, sheet_id: int, draft: SheetDraft) -> None:
        """The funders that the plan foresees, with the amounts it foresees: neither asked nor granted.

        A line that says more (a year, a scheme, an amount asked…) is never taken away by a file that cannot say it.
        """
        held: dict[int, list[FundingLine]] = {}
        foreseen = set(self.session.scalars(foreseen_lines(sheet_id))) if sheet_id not in self.fresh else set()
        for line in sorted(self._held(sheet_id, FundingLine), key=lambda line: line.id not in foreseen):
            held.setdefault(line.funder_id, []).append(line)
        for rank, funder in enumerate(draft.funders):
            key = self.organisation(funder.name)
            lines = held.get(key, [])
            line = lines.pop(0) if lines else FundingLine(sheet_id=sheet_id, funder_id=key)
            if line.id is None:
                self.session.add(line)
                self.session.flush()
            line.position = rank
            self._plan(line, funder)
        for line in (line for lines in held.values() for line in lines if line.id in foreseen):
            if not _says_more(line) and len(events := self._events(line)) == len(_planned(events)):
                _archive([line, *events])

    def _plan(self, line: FundingLine, funder: FunderDraft) -> None:
        """The planned amount of a line; only what differs is written, and nothing where the file says nothing."""
        if funder.amount_cents is None and funder.absence in (None, Absence.NOT_PROVIDED):
            return
        absence = funder.absence if funder.amount_cents is None else None
        events = _planned(self._events(line))
        if len(events) == 1:
            events[0].amount_cents, events[0].absence = funder.amount_cents, absence
            return
        _archive(events)
        self.session.add(
            FundingEvent(line_id=line.id, stage=FundingStage.PLANNED, amount_cents=funder.amount_cents, absence=absence)
        )

    def budget(self, sheet_id: int, draft: SheetDraft) -> None:
        """The total that the plan foresees, as one line of its provisional budget; the file says nothing in kind."""
        items = self._held(sheet_id, BudgetItem, BudgetItem.nature == FundingNature.CASH)
        row = items[0] if len(items) == 1 else BudgetItem(sheet_id=sheet_id)
        row.amount_cents = draft.budget_cents
        row.absence = draft.budget_absence if draft.budget_cents is None else None
        self.session.add(row)
        _archive(item for item in items if item is not row)

    def _events(self, line: FundingLine) -> list[FundingEvent]:
        events = select(FundingEvent).where(FundingEvent.line_id == line.id, FundingEvent.archived_at.is_(None))
        return list(self.session.scalars(events.order_by(FundingEvent.id)))

    def _attached(self, sheet_id: int, table: type[Attached], *where: ColumnElement[bool]) -> list[Attached]:
        """What is attached to the sheet, in its order."""
        if sheet_id in self.fresh:
            return []
        held = select(table).where(table.sheet_id == sheet_id, *where).order_by(table.position, table.id)
        return list(self.session.scalars(held))

    def _delete(self, rows: Iterable[SheetTerm | SheetPlace]) -> None:
        """Remove what was attached: these links bear no history but the journal's."""
        for row in rows:
            self.session.delete(row)

    def _held(self, sheet_id: int, table: type[OfSheet], *where: ColumnElement[bool]) -> list[OfSheet]:
        """What the sheet holds, in its order."""
        if sheet_id in self.fresh:
            return []
        held = select(table).where(table.sheet_id == sheet_id, *where, table.archived_at.is_(None))
        return list(self.session.scalars(held.order_by(table.position, table.id)))

    def _clear(self, sheet_id: int, table: type[OfSheet], *where: ColumnElement[bool]) -> None:
        _archive(self._held(sheet_id, table, *where))


def _archive(rows: Iterable[Versioned]) -> None:
    """Put away what is no longer said: the history keeps it."""
    for row in rows:
        row.archived_at = now_utc()


def _planned(events: Iterable[FundingEvent]) -> list[FundingEvent]:
    return [event for event in events if event.stage is FundingStage.PLANNED]


def _says_more(line: FundingLine) -> bool:
    """Whether a line of money says more than its funder."""
    told = (
        line.year, line.beneficiary_id, line.scheme_id, line.scheme_label, line.frame, line.regime, line.reference,
        line.note,
    )  # fmt: skip
    return line.nature is not FundingNature.CASH or any(value is not None for value in told)


def _dated(typed: FuzzyDate | None) -> tuple[date, DatePrecision] | tuple[None, None]:
    return (typed.day, typed.precision) if typed else (None, None)

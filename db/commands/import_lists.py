"""The lists of a sheet as an import writes them: the file's list takes the place of the one that was there."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.exchange.draft import OrganisationDraft, SheetDraft
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
)
from db.models.base import now_utc
from db.rules.reading_outline import Objective
from db.rules.text import fold, search_text, sort_key, words_of
from db.rules.vocabulary import (
    Absence,
    DatePrecision,
    FundingDecision,
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
            self._clear(sheet_id, Involvement, Involvement.role == ROLES[field])
            for rank, name in enumerate(names):
                key = self.organisation(name)
                self.session.add(Involvement(sheet_id=sheet_id, organisation_id=key, role=ROLES[field], position=rank))
        elif field in PEOPLE:
            self._people(sheet_id, field, names)
        elif field in WORDS:
            self._terms(sheet_id, WORDS[field], names)
        else:
            self._places(sheet_id, names)

    def _people(self, sheet_id: int, field: Field, names: Iterable[str]) -> None:
        self._clear(sheet_id, Involvement, Involvement.role == PEOPLE[field])
        for rank, name in enumerate(names):
            key = self._person(name)
            self.session.add(Involvement(sheet_id=sheet_id, person_id=key, role=PEOPLE[field], position=rank))

    def _person(self, name: str) -> int:
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
        self._remove(sheet_id, SheetTerm, SheetTerm.term_id.in_(of_vocabulary))
        keys = dict.fromkeys(self._term(vocabulary, word) for word in words)
        for rank, key in enumerate(keys):
            self.session.add(SheetTerm(sheet_id=sheet_id, term_id=key, position=rank))

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
        self._remove(sheet_id, SheetPlace, SheetPlace.term_id.is_(None))
        for rank, name in enumerate(names):
            known = self.known.commune(name)
            self.session.add(
                SheetPlace(
                    sheet_id=sheet_id,
                    territory_id=known.id if known else None,
                    label=None if known else name,
                    position=rank,
                )
            )

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
        """The steps; a day of doing is kept only when the file gives a day."""
        self._clear(sheet_id, Milestone)
        for rank, step in enumerate(draft.milestones):
            done = step.done_on if step.done_on and step.done_on.precision is DatePrecision.DAY else None
            self.session.add(
                Milestone(
                    sheet_id=sheet_id,
                    label=step.label,
                    state=step.state or MilestoneState.PLANNED,
                    state_word=step.state_word,
                    due_on=step.due.day if step.due else None,
                    due_precision=step.due.precision if step.due else None,
                    done_on=done.day if done else None,
                    weight=step.weight or 1,
                    lead_id=self.organisation(step.leads[0]) if step.leads else None,
                    position=rank,
                )
            )

    def funders(self, sheet_id: int, draft: SheetDraft) -> None:
        """The funders that the plan foresees, with the amounts it foresees: neither asked nor granted."""
        self._clear_planned(sheet_id)
        for rank, funder in enumerate(draft.funders):
            line = FundingLine(sheet_id=sheet_id, funder_id=self.organisation(funder.name), position=rank)
            self.session.add(line)
            self.session.flush()
            if funder.amount_cents is None and funder.absence in (None, Absence.NOT_PROVIDED):
                continue
            absence = funder.absence if funder.amount_cents is None else None
            self.session.add(
                FundingEvent(
                    line_id=line.id, stage=FundingStage.PLANNED, amount_cents=funder.amount_cents, absence=absence
                )
            )

    def budget(self, sheet_id: int, draft: SheetDraft) -> None:
        """The total that the plan foresees, as one line of its provisional budget."""
        self._clear(sheet_id, BudgetItem)
        absence = draft.budget_absence if draft.budget_cents is None else None
        self.session.add(BudgetItem(sheet_id=sheet_id, amount_cents=draft.budget_cents, absence=absence))

    def _remove(self, sheet_id: int, table: type[Attached], *where: ColumnElement[bool]) -> None:
        """Remove what was attached to the sheet: these links bear no history but the journal's."""
        if sheet_id in self.fresh:
            return
        for row in self.session.scalars(select(table).where(table.sheet_id == sheet_id, *where)):
            self.session.delete(row)
        self.session.flush()

    def _clear_planned(self, sheet_id: int) -> None:
        if sheet_id in self.fresh:
            return
        planned = FundingLine.decision == FundingDecision.NOT_ASKED
        lines = select(FundingLine.id).where(
            FundingLine.sheet_id == sheet_id, planned, FundingLine.archived_at.is_(None)
        )
        events = select(FundingEvent).where(FundingEvent.line_id.in_(lines), FundingEvent.archived_at.is_(None))
        for event in self.session.scalars(events):
            event.archived_at = now_utc()
        self._clear(sheet_id, FundingLine, planned)

    def _clear(self, sheet_id: int, table: type[OfSheet], *where: ColumnElement[bool]) -> None:
        """Archive what the sheet held: the history keeps it."""
        if sheet_id in self.fresh:
            return
        held = select(table).where(table.sheet_id == sheet_id, *where, table.archived_at.is_(None))
        for row in self.session.scalars(held):
            row.archived_at = now_utc()

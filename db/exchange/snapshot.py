"""A plan of the database in the same shape as a plan read from a file, so that one can be compared with the other."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.exchange.draft import AxisPath, AxisStep, FunderDraft, MilestoneDraft, SheetDraft
from db.exchange.fields import Field
from db.exchange.values import PLAIN_TEXTS
from db.models import (
    ActionSheet,
    Amendment,
    BudgetItem,
    FundingEvent,
    FundingLine,
    Involvement,
    Milestone,
    Organisation,
    Person,
    PersonDetail,
    Placement,
    ProgressEntry,
    SheetObjective,
    SheetTerm,
    StatusEntry,
    Term,
    Unsettled,
    WeatherEntry,
)
from db.queries import facts
from db.queries.facts import in_plan
from db.queries.funding import is_foreseen, last_decisions
from db.rules.arranging import in_tree
from db.rules.plan import AxisNode, fuzzy
from db.rules.reading_outline import Objective
from db.rules.vocabulary import (
    Absence,
    AxisLevel,
    FundingNature,
    FundingStage,
    InvolvementRole,
    Vocabulary,
)
from db.viewer import Viewer, of_home, shown

ROLES = {
    InvolvementRole.LEAD: "leads",
    InvolvementRole.CO_LEAD: "co_leads",
    InvolvementRole.PARTNER: "partners",
    InvolvementRole.BENEFICIARY: "beneficiaries",
    InvolvementRole.LEAD_CONTACT: "lead_contacts",
    InvolvementRole.ELECTED_LEAD: "elected_leads",
}
VOCABULARIES = {
    Vocabulary.TARGET_GROUP: "target_groups",
    Vocabulary.DETERMINANT: "determinants",
    Vocabulary.THEME: "themes",
    Vocabulary.SETTING: "settings",
    Vocabulary.LINKED_SCHEME: "linked_schemes",
}
BySheet = dict[int, dict[str, Any]]


def sheets_of(session: Session, viewer: Viewer, initiative_id: int, on: date) -> dict[int, SheetDraft]:
    """Each sheet of a plan as it stands, by its id, in the order of the tree.

    `row` is 0: these come from no file. What is unsettled keeps its field empty and is named in `unsettled`.
    """
    parts: BySheet = defaultdict(dict)
    for gather in (_states, _involved, _words, _objectives, _milestones, _money, _unsettled):
        for sheet_id, found in gather(session, viewer, initiative_id, on).items():
            parts[sheet_id] |= found
    nodes = facts.axes(session, initiative_id)
    paths = _paths(nodes)
    rows = session.execute(
        select(Placement, ActionSheet, Amendment.number)
        .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .outerjoin(Amendment, Amendment.id == Placement.amendment_id)
        .where(Placement.initiative_id == initiative_id, Placement.archived_at.is_(None))
        .where(ActionSheet.archived_at.is_(None))
        .order_by(Placement.position, Placement.id)
    ).all()
    ordered = in_tree(nodes, rows, lambda row: row[0].axis_id)
    return {sheet.id: _draft(at, sheet, number, paths, parts[sheet.id]) for at, sheet, number in ordered}


def _draft(
    at: Placement, sheet: ActionSheet, amendment: int | None, paths: dict[int, AxisPath], part: dict[str, Any]
) -> SheetDraft:
    texts = {field: getattr(sheet, field.value) for field in PLAIN_TEXTS if getattr(sheet, field.value)}
    return SheetDraft(
        row=0,
        code=at.code,
        title=sheet.title,
        axis_path=paths.get(at.axis_id, ()) if at.axis_id else (),
        priority=sheet.priority,
        participation=sheet.participation,
        geo_scope=sheet.geo_scope,
        entry=at.entry,
        amendment_number=amendment,
        starts_on=fuzzy(sheet.starts_on, sheet.starts_precision),
        ends_on=fuzzy(sheet.ends_on, sheet.ends_precision),
        is_continuous=sheet.is_continuous,
        milestones_tell_all=sheet.milestones_tell_all,
        texts=texts | part.pop("texts", {}),
        **part,
    )


def _paths(axes: Iterable[AxisNode]) -> dict[int, AxisPath]:
    nodes = {node.id: node for node in axes}
    return {
        node.id: tuple(AxisStep(AxisLevel(nodes[k].level), nodes[k].code, nodes[k].title) for k in node.path)
        for node in nodes.values()
    }


def _states(session: Session, viewer: Viewer, initiative_id: int, on: date) -> BySheet:
    found: BySheet = defaultdict(lambda: {"texts": {}})
    s, p, w = StatusEntry, ProgressEntry, WeatherEntry
    told = (s.status, s.outcome, s.to_discuss, s.status_word, s.until, s.until_precision, s.reason, s.unblocked_by)
    status = facts.latest(viewer, initiative_id, s, on, *told)
    for key, state, outcome, to_discuss, word, until, precision, reason, unblocked_by in session.execute(status):
        found[key] |= {"status": state, "outcome": outcome, "to_discuss": to_discuss, "status_word": word}
        found[key]["status_until"] = fuzzy(until, precision)
        found[key]["texts"] |= _filled({Field.STATUS_REASON: reason, Field.UNBLOCKED_BY: unblocked_by})
    for key, percent, absence in session.execute(facts.latest(viewer, initiative_id, p, on, p.percent, p.absence)):
        found[key] |= {"progress": percent, "progress_absence": absence}
    named = _named(session, viewer, initiative_id)
    felt = (w.weather, w.done, w.todo, w.obstacles, w.highlights, w.signed_by)
    weather = facts.latest(viewer, initiative_id, w, on, *felt)
    for key, sky, done, todo, obstacles, highlights, signed_by in session.execute(weather):
        found[key]["weather"] = sky
        found[key]["texts"] |= _filled(
            {
                Field.WEATHER_DONE: done,
                Field.WEATHER_TODO: todo,
                Field.WEATHER_OBSTACLES: obstacles,
                Field.WEATHER_HIGHLIGHTS: highlights,
                Field.WEATHER_SIGNED_BY: signed_by if key in named else None,
            }
        )
    return dict(found)


def _named(session: Session, viewer: Viewer, initiative_id: int) -> set[int]:
    """The sheets whose people are named to this viewer: those of a lent sheet stay with its home."""
    return set(session.scalars(in_plan(initiative_id).where(of_home(viewer, Placement.sheet_id))))


def _filled(texts: dict[Field, str | None]) -> dict[Field, str]:
    return {field: text for field, text in texts.items() if text}


def _involved(session: Session, viewer: Viewer, initiative_id: int, on: date) -> BySheet:
    """Who has a part in each sheet; people by name, for those who coordinate its home only."""
    link = Involvement
    rows = session.execute(
        select(link.sheet_id, link.role, Organisation.name, PersonDetail.name)
        .outerjoin(Organisation, Organisation.id == link.organisation_id)
        .outerjoin(Person, Person.id == link.person_id)
        .outerjoin(PersonDetail, PersonDetail.person_id == Person.id)
        .where(link.sheet_id.in_(in_plan(initiative_id)), link.archived_at.is_(None), link.role.in_(ROLES))
        .where(or_(link.ends_on.is_(None), link.ends_on >= on))
        .order_by(link.sheet_id, link.position, link.id)
    )
    named = _named(session, viewer, initiative_id)
    found: BySheet = defaultdict(lambda: defaultdict(tuple))
    for sheet_id, role, organisation, person in rows:
        is_person = role in (InvolvementRole.LEAD_CONTACT, InvolvementRole.ELECTED_LEAD)
        name = (person if sheet_id in named else None) if is_person else organisation
        if name and sheet_id is not None:
            found[sheet_id][ROLES[role]] += (name,)
    return {key: dict(parts) for key, parts in found.items()}


def _words(session: Session, _viewer: Viewer, initiative_id: int, _on: date) -> BySheet:
    """The words of each sheet, a principal determinant first, and its places."""
    at = SheetTerm
    rows = session.execute(
        select(at.sheet_id, Term.vocabulary, Term.label)
        .join(Term, Term.id == at.term_id)
        .where(at.sheet_id.in_(in_plan(initiative_id)), Term.vocabulary.in_(VOCABULARIES))
        .order_by(at.sheet_id, at.rank.is_(None), at.rank, at.position, at.id)
    )
    found: BySheet = defaultdict(lambda: defaultdict(tuple))
    for sheet_id, vocabulary, label in rows:
        found[sheet_id][VOCABULARIES[vocabulary]] += (label,)
    for sheet_id, places in facts.places(session, initiative_id).items():
        found[sheet_id]["places"] = tuple(places)
    return {key: dict(parts) for key, parts in found.items()}


def _objectives(session: Session, _viewer: Viewer, initiative_id: int, _on: date) -> BySheet:
    o = SheetObjective
    rows = session.scalars(
        select(o)
        .where(o.sheet_id.in_(in_plan(initiative_id)), o.archived_at.is_(None))
        .order_by(o.sheet_id, o.position, o.id)
    )
    children: dict[tuple[int, int | None], list[SheetObjective]] = defaultdict(list)
    for row in rows:
        children[row.sheet_id, row.parent_id].append(row)

    def under(sheet_id: int, parent_id: int | None) -> tuple[Objective, ...]:
        here = children.get((sheet_id, parent_id), [])
        return tuple(Objective(row.level, row.code, row.text, under(sheet_id, row.id)) for row in here)

    return {sheet_id: {"objectives": under(sheet_id, None)} for sheet_id, parent in list(children) if parent is None}


def _milestones(session: Session, _viewer: Viewer, initiative_id: int, _on: date) -> BySheet:
    m = Milestone
    rows = session.execute(
        select(m, Organisation.name)
        .outerjoin(Organisation, Organisation.id == m.lead_id)
        .where(m.sheet_id.in_(in_plan(initiative_id)), m.archived_at.is_(None))
        .order_by(m.sheet_id, m.position, m.id)
    )
    found: BySheet = defaultdict(lambda: {"milestones": ()})
    for step, lead in rows:
        found[step.sheet_id]["milestones"] += (
            MilestoneDraft(
                row=0,
                label=step.label,
                due=fuzzy(step.due_on, step.due_precision),
                state=step.state,
                state_word=step.state_word,
                done_on=fuzzy(step.done_on, step.done_precision),
                weight=step.weight,
                leads=(lead,) if lead else (),
            ),
        )
    return dict(found)


def _money(session: Session, viewer: Viewer, initiative_id: int, on: date) -> BySheet:
    """What the plan itself foresees: its budget, and the funders and amounts that nobody has asked for yet."""
    found: BySheet = defaultdict(dict)
    b = BudgetItem
    items = session.execute(
        select(b.sheet_id, b.amount_cents, b.absence)
        .where(b.sheet_id.in_(in_plan(initiative_id)), b.archived_at.is_(None), b.nature == FundingNature.CASH)
        .order_by(b.sheet_id, b.position, b.id)
    )
    for sheet_id, amount, absence in items:
        if amount is None:
            found[sheet_id].setdefault("budget_absence", absence)
        else:
            found[sheet_id]["budget_cents"] = found[sheet_id].get("budget_cents", 0) + amount
    decisions = last_decisions(viewer, FundingLine.sheet_id.in_(in_plan(initiative_id)), on)
    lines = session.execute(
        select(FundingLine.sheet_id, Organisation.name, FundingEvent.amount_cents, FundingEvent.absence)
        .join(Organisation, Organisation.id == FundingLine.funder_id)
        .outerjoin(decisions, decisions.c.line_id == FundingLine.id)
        .outerjoin(
            FundingEvent,
            (FundingEvent.line_id == FundingLine.id)
            & (FundingEvent.stage == FundingStage.PLANNED)
            & shown(viewer, FundingEvent, on),
        )
        .where(FundingLine.sheet_id.in_(in_plan(initiative_id)), FundingLine.archived_at.is_(None))
        .where(is_foreseen(decisions))
        .order_by(FundingLine.sheet_id, FundingLine.position, FundingLine.id)
    )
    for line_sheet, name, planned, absence in lines:
        if line_sheet is None:
            continue
        said = absence or (Absence.NOT_PROVIDED if planned is None else None)
        funder = FunderDraft(name, planned, said)
        found[line_sheet]["funders"] = (*found[line_sheet].get("funders", ()), funder)
    return dict(found)


def _unsettled(session: Session, viewer: Viewer, initiative_id: int, _on: date) -> BySheet:
    rows = session.execute(
        select(Unsettled.sheet_id, Unsettled.field).where(
            Unsettled.sheet_id.in_(in_plan(initiative_id)),
            Unsettled.archived_at.is_(None),
            Unsettled.settled_at.is_(None),
        )
    )
    known = {field.value: field for field in Field}
    found: BySheet = defaultdict(lambda: {"unsettled": frozenset()})
    for sheet_id, field in rows:
        if field in known and sheet_id is not None:
            found[sheet_id]["unsettled"] |= {known[field]}
    return dict(found)

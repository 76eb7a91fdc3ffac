"""The plan on a day, as one viewer sees it."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from db.errors import Refused
from db.posts import vacancies
from db.queries import facts, initiatives, reads
from db.rights import Operation, Reach
from db.rules import filtering, progress
from db.rules.access import SharedPage
from db.rules.arranging import in_tree
from db.rules.plan import AxisNode, PlacementFact, PlanFacts, PlanState, SheetRow, StatusFact, of_title
from db.rules.sharing import SharedView
from db.viewer import UNKNOWN, Viewer


@reads("initiative", "directory", "reference")
def plan_state(session: Session, viewer: Viewer, initiative_id: int, on: date) -> PlanState:
    """The plan as this viewer sees it on that day: sixteen queries, whatever the number of sheets.

    Who reads what a structure pays for has its sheets alone, without the other funders; who reads titles has of each
    sheet its number, its title, its status and its « En clair ». Of two such rights, the first is the wider. Who reads
    by a link has what its page shows of the plan.

    Raises Refused when the viewer may not read the initiative.
    """
    ends = initiatives.contract_ends(session, viewer, initiative_id, on)
    reaches = viewer.reaches(Operation.READ, initiative_id)
    if Reach.PLAN in reaches:
        return _state(session, viewer, initiative_id, on, ends)
    if Reach.PAID in reaches:
        payers = viewer.structures(Operation.READ, Reach.PAID, initiative_id)
        return _state(session, viewer, initiative_id, on, ends, payers)
    if Reach.TITLES in reaches:
        return _titles(session, viewer, initiative_id, on)
    if Reach.VIEW in reaches and viewer.view is not None and viewer.view.page is not SharedPage.CONTRACT:
        return _as_shared(_state(session, viewer, initiative_id, on, ends), viewer.view)
    raise Refused(UNKNOWN)


def _as_shared(state: PlanState, view: SharedView) -> PlanState:
    """What is left of a plan on the page that a link shows: its one fiche, or those that its filters keep."""
    if view.page is SharedPage.SHEET:
        return _narrowed(state, tuple(row for row in state.sheets if row.placement_id == view.placement_id))
    return state if view.filters.is_empty else _narrowed(state, filtering.apply(state, view.filters))


def _narrowed(state: PlanState, sheets: tuple[SheetRow, ...]) -> PlanState:
    """The plan with these sheets alone, under the axes that lead to them."""
    above = {key for sheet in sheets for key in sheet.axis_path}
    axes = tuple(node for node in state.axes if node.id in above)
    roll_up = progress.roll_up((sheet.progress for sheet in sheets), state.on)
    return replace(state, axes=axes, sheets=sheets, roll_up=roll_up)


def _state(
    session: Session,
    viewer: Viewer,
    initiative_id: int,
    on: date,
    ends: tuple[date, ...],
    payers: frozenset[int] | None = None,
) -> PlanState:
    nodes = facts.axes(session, initiative_id)
    gathered = PlanFacts(
        paths={node.id: node.path for node in nodes},
        statuses=facts.statuses(session, viewer, initiative_id, on),
        progress=facts.progress(session, viewer, initiative_id, on),
        weathers=facts.weathers(session, viewer, initiative_id, on),
        milestones=facts.milestones(session, initiative_id),
        leads=facts.leads(session, initiative_id, on),
        terms=facts.terms(session, initiative_id),
        places=facts.places(session, initiative_id),
        funders=facts.funders(session, initiative_id) if payers is None else {},
        indicators=facts.indicator_counts(session, initiative_id),
        unsettled=facts.unsettled_counts(session, viewer, initiative_id) if viewer.coordinates(initiative_id) else {},
        contract_ends=ends,
        coordinates=viewer.coordinates(initiative_id),
        on=on,
        confirmed=facts.confirmed(session, viewer, initiative_id, on) if viewer.coordinates(initiative_id) else {},
        vacancies=vacancies(session, initiative_id),
    )
    return _told(session, initiative_id, on, nodes, gathered, facts.placements(session, initiative_id, on, payers))


def _titles(session: Session, viewer: Viewer, initiative_id: int, on: date) -> PlanState:
    nodes = facts.axes(session, initiative_id)
    statuses = facts.statuses(session, viewer, initiative_id, on)
    gathered = PlanFacts(
        paths={node.id: node.path for node in nodes},
        statuses={key: StatusFact(s.status, s.outcome, False, None, None, None, None) for key, s in statuses.items()},
        on=on,
    )
    bare = [of_title(placement) for placement in facts.placements(session, initiative_id, on)]
    return _told(session, initiative_id, on, nodes, gathered, bare)


def _told(
    session: Session,
    initiative_id: int,
    on: date,
    nodes: list[AxisNode],
    gathered: PlanFacts,
    placements: list[PlacementFact],
) -> PlanState:
    standing = in_tree(nodes, placements, lambda placement: placement.axis_id)
    sheets = tuple(gathered.row(placement) for placement in standing)
    return PlanState(initiative_id, on, tuple(nodes), sheets, progress.roll_up((s.progress for s in sheets), on))

"""The plan on a day, as one viewer sees it."""

from datetime import date

from sqlalchemy.orm import Session

from db.queries import facts, initiatives, reads
from db.rules import progress
from db.rules.arranging import in_tree
from db.rules.plan import PlanFacts, PlanState
from db.viewer import Viewer


@reads("initiative", "directory", "reference")
def plan_state(session: Session, viewer: Viewer, initiative_id: int, on: date) -> PlanState:
    """The plan as this viewer sees it on that day: fifteen queries, whatever the number of sheets.

    Raises Refused when the viewer may not read the initiative.
    """
    ends = initiatives.contract_ends(session, viewer, initiative_id, on)
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
        funders=facts.funders(session, initiative_id),
        indicators=facts.indicator_counts(session, initiative_id),
        unsettled=facts.unsettled_counts(session, viewer, initiative_id) if viewer.coordinates(initiative_id) else {},
        contract_ends=ends,
        coordinates=viewer.coordinates(initiative_id),
        on=on,
        confirmed=facts.confirmed(session, viewer, initiative_id, on) if viewer.coordinates(initiative_id) else {},
    )
    standing = in_tree(nodes, facts.placements(session, initiative_id, on), lambda placement: placement.axis_id)
    sheets = tuple(gathered.row(placement) for placement in standing)
    return PlanState(initiative_id, on, tuple(nodes), sheets, progress.roll_up((s.progress for s in sheets), on))

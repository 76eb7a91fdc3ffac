"""`python -m tests.bench.national`: a country's plans in the database of `DATABASE_URL`, fictitious, in a few seconds.

860 démarches of 25 fiches, each with an axis of its own five, steps, a status, a progress, a lead and a funder; and one
démarche of 200 fiches, for the page of 200 rows. Written by SQLAlchemy Core in bulk, past the commands and the journal.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from db import models
from db.engine import engine
from db.models.base import Base
from db.rules.text import search_text, sort_key
from db.rules.vocabulary import (
    AxisLevel,
    DatePrecision,
    FundingDecision,
    FundingStage,
    InitiativeKind,
    InvolvementRole,
    MilestoneState,
    PlacementRole,
    Status,
)

INITIATIVES, SHEETS_EACH, AXES_EACH = 860, 25, 5
BIG_CODE, BIG_SHEETS = "grand-plan", 200
AS_OF = date(2026, 9, 30)
STATUSES = (Status.PLANNED, Status.ONGOING, Status.ONGOING, Status.DONE, Status.PAUSED)
Rows = list[dict[str, Any]]


def fill(connection: Connection) -> None:
    """Write the country in the transaction of this connection."""
    sizes = [SHEETS_EACH] * INITIATIVES + [BIG_SHEETS]
    first = {table: _next_id(connection, table) for table in (models.Initiative, models.Axis, models.ActionSheet)}
    actor = connection.scalar(select(func.min(models.Actor.id)))
    initiatives = [first[models.Initiative] + rank for rank in range(len(sizes))]
    sheets = list(_sheets(sizes, initiatives, first[models.ActionSheet], first[models.Axis]))
    _write(connection, models.Initiative, [_initiative(key, rank) for rank, key in enumerate(initiatives)])
    _write(connection, models.Axis, _axes(initiatives, first[models.Axis]))
    _write(connection, models.ActionSheet, [_sheet(key) for key, *_ in sheets])
    _write(connection, models.Placement, [_placement(*sheet) for sheet in sheets])
    points = _next_id(connection, models.Publication)
    of_initiative = {key: points + rank for rank, key in enumerate(initiatives)}
    _write(connection, models.Publication, [_point(point, key, actor) for key, point in of_initiative.items()])
    _write(connection, models.Milestone, [_milestone(key, rank) for key, *_ in sheets for rank in range(3)])
    entries = [
        (key, {"on_date": AS_OF, "actor_id": actor, "publication_id": of_initiative[i]}) for key, i, *_ in sheets
    ]
    _write(connection, models.StatusEntry, [{"sheet_id": k, "status": STATUSES[k % 5], **e} for k, e in entries])
    _write(connection, models.ProgressEntry, [{"sheet_id": k, "percent": k % 10 * 10, **e} for k, e in entries])
    _involve_and_fund(connection, entries)


def _next_id(connection: Connection, table: type[Base]) -> int:
    return (connection.scalar(select(func.max(table.__table__.c.id))) or 0) + 1


def _write(connection: Connection, table: type[Base], rows: Rows) -> None:
    connection.execute(insert(table), rows)


def _sheets(sizes: list[int], initiatives: list[int], sheet: int, axis: int) -> Iterator[tuple[int, int, int, int]]:
    """(sheet, initiative, axis, rank in its plan) for every sheet of the country."""
    for place, (size, initiative) in enumerate(zip(sizes, initiatives, strict=True)):
        for rank in range(size):
            yield sheet, initiative, axis + place * AXES_EACH + rank % AXES_EACH, rank
            sheet += 1


def _initiative(key: int, rank: int) -> dict[str, Any]:
    name = f"Contrat local de santé du territoire {rank + 1}"
    code = BIG_CODE if rank == INITIATIVES else f"territoire-{rank + 1}"
    span = {"starts_on": date(2024, 1, 1), "ends_on": date(2028, 12, 31)}
    words = {"search_text": search_text(name), "sort_key": sort_key(name), "is_fictitious": True}
    return {"id": key, "code": code, "kind": InitiativeKind.CLS, "name": name, "short_name": name, **span, **words}


def _axes(initiatives: list[int], first: int) -> Rows:
    places = [(initiative, rank) for initiative in initiatives for rank in range(AXES_EACH)]
    return [
        {
            "id": first + place,
            "initiative_id": initiative,
            "level": AxisLevel.AXIS,
            "code": str(rank + 1),
            "title": f"Axe fictif {rank + 1}",
            "position": rank,
        }
        for place, (initiative, rank) in enumerate(places)
    ]


def _sheet(key: int) -> dict[str, Any]:
    title = f"Action fictive {key}"
    dates = {"starts_on": date(2024, 1 + key % 12, 1), "ends_on": date(2027, 12, 31)}
    precision = {"starts_precision": DatePrecision.MONTH, "ends_precision": DatePrecision.DAY}
    words = {"search_text": search_text(title), "sort_key": sort_key(title)}
    return {"id": key, "title": title, "rationale": "Constat fictif. " * 10, **dates, **precision, **words}


def _placement(sheet: int, initiative: int, axis: int, rank: int) -> dict[str, Any]:
    code = f"{rank % AXES_EACH + 1}.{rank // AXES_EACH + 1}"
    where = {"sheet_id": sheet, "initiative_id": initiative, "axis_id": axis}
    return {**where, "code": code, "position": rank, "role": PlacementRole.OWNER}


def _point(key: int, initiative: int, actor: int | None) -> dict[str, Any]:
    at = datetime(2026, 9, 30, 12, tzinfo=UTC)
    said = {"name": "Point fictif", "as_of": AS_OF, "published_at": at}
    return {"id": key, "initiative_id": initiative, "actor_id": actor, **said}


def _milestone(sheet: int, rank: int) -> dict[str, Any]:
    state = MilestoneState.DONE if rank == 0 else MilestoneState.PLANNED
    due = {"due_on": date(2025 + rank, 6, 30), "due_precision": DatePrecision.MONTH}
    return {"sheet_id": sheet, "label": f"Étape {rank + 1}", "state": state, "position": rank, **due}


def _involve_and_fund(connection: Connection, entries: list[tuple[int, dict[str, Any]]]) -> None:
    """A lead and a funder for each sheet, taken in turn from the organisations that are already there."""
    known = list(connection.scalars(select(models.Organisation.id).order_by(models.Organisation.id)))
    if not known:
        raise SystemExit("La base n'a aucune organisation : chargez d'abord la démonstration.")
    lines = _next_id(connection, models.FundingLine)
    leads: Rows = []
    funding: Rows = []
    decisions: Rows = []
    events: Rows = []
    for rank, (sheet, entry) in enumerate(entries):
        line, somebody = lines + rank, known[rank % len(known)]
        leads.append({"sheet_id": sheet, "organisation_id": somebody, "role": InvolvementRole.LEAD})
        funding.append({"id": line, "sheet_id": sheet, "funder_id": somebody, "year": 2026})
        decisions.append({"line_id": line, "decision": FundingDecision.GRANTED, **entry})
        amount = {"stage": FundingStage.GRANTED, "amount_cents": 100_000 * (rank % 50 + 1)}
        events.append({"line_id": line, **amount, **entry})
    _write(connection, models.Involvement, leads)
    _write(connection, models.FundingLine, funding)
    _write(connection, models.FundingDecisionEntry, decisions)
    _write(connection, models.FundingEvent, events)


if __name__ == "__main__":
    with engine().execution_options(writes=True).begin() as transaction:
        fill(transaction)

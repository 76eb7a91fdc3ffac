"""Plans for the tests, built as users build them: by commands."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands.accounts import open_account
from db.commands.initiatives import create_initiative
from db.commands.plan import add_axis, add_sheet
from db.engine import reading, writing
from db.models import Account
from db.rules.access import Role
from db.rules.vocabulary import InitiativeKind
from db.viewer import Viewer, local_viewer, viewer_named

STARTS, ENDS = date(2024, 3, 29), date(2028, 12, 31)


@dataclass(frozen=True, slots=True)
class Plan:
    """The ids of a small plan: one axis, one objective under it, and its sheets by number."""

    initiative_id: int
    axis_id: int
    objective_id: int
    sheets: dict[str, int]
    placements: dict[str, int]


def a_plan(
    session: Session,
    viewer: Viewer,
    *,
    name: str = "Contrat local de santé d'essai",
    code: str | None = None,
    kind: InitiativeKind = InitiativeKind.CLS,
    sheets: tuple[str, ...] = ("1.1", "1.2"),
) -> Plan:
    """A plan with one axis, one objective and these sheets under it, titled « Fiche 1.1 »…"""
    initiative = create_initiative(
        session, viewer, name=name, code=code, kind=kind, fields={"starts_on": STARTS, "ends_on": ENDS}
    )
    axis = add_axis(session, viewer, initiative_id=initiative.id, title="Faciliter l'accès aux soins", code="1")
    under = add_axis(
        session, viewer, initiative_id=initiative.id, title="Réduire les distances", code="1.1", parent_id=axis.id
    )
    made = {
        number: add_sheet(
            session, viewer, initiative_id=initiative.id, title=f"Fiche {number}", axis_id=under.id, code=number
        )
        for number in sheets
    }
    return Plan(
        initiative.id,
        axis.id,
        under.id,
        {number: placement.sheet_id for number, placement in made.items()},
        {number: placement.id for number, placement in made.items()},
    )


def plan_in(engine: Engine, viewer: Viewer, **wanted: object) -> Plan:
    """`a_plan`, in a transaction of its own."""
    with writing(engine) as session:
        return a_plan(session, viewer, **wanted)  # type: ignore[arg-type]


def colleague(engine: Engine, function: str = "Camille") -> Viewer:
    """Somebody else who coordinates every plan, as the journal names them; the same one when asked again."""
    with writing(engine) as session:
        account = select(Account.id).where(Account.login == function, Account.archived_at.is_(None))
        if session.scalars(account).first() is None:
            here = local_viewer(session, STARTS)
            open_account(session, here, login=function, function=function, role=Role.COORDINATOR, starts_on=STARTS)
    with reading(engine) as session:
        return viewer_named(session, function, date(2026, 10, 1))

"""A contract to amend: signed, with who signed it and what it covers, and one action outside it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.commands.amendments import compose_amendment
from db.commands.contract import rewrite_contract
from db.commands.plan import add_sheet
from db.engine import reading, writing
from db.models import Placement
from db.queries.contract import contract
from db.rules.contract import AmendmentTold, Contract
from db.rules.contract_form import AmendmentTerms, ContractTerms
from db.rules.vocabulary import PlacementEntry, TerritoryKind
from db.territories import find
from db.viewer import Viewer
from tests.builders import ENDS, STARTS, Plan, plan_in

ON = date(2026, 10, 1)
FIRST, SECOND = date(2025, 3, 1), date(2026, 3, 1)
CAVAILLON, PERTUIS, ROBION, GORDES = "84035", "84089", "84099", "84050"


@dataclass(frozen=True, slots=True)
class Signed:
    """A plan of three sheets at the contract (1.1, 1.2, 1.3) and one outside it (1.4), and communes by code."""

    plan: Plan
    towns: dict[str, int]

    @property
    def id(self) -> int:
        return self.plan.initiative_id

    def place(self, code: str) -> int:
        return self.plan.placements[code]


def signed_contract(engine: Engine, viewer: Viewer) -> Signed:
    """The contract as it was signed, Cavaillon and Robion covered, two structures having signed."""
    plan = plan_in(engine, viewer, sheets=("1.1", "1.2", "1.3"))
    with writing(engine) as session:
        outside = add_sheet(
            session,
            viewer,
            initiative_id=plan.initiative_id,
            title="Fiche 1.4",
            code="1.4",
            entry=PlacementEntry.UNPLANNED,
            since=date(2025, 1, 15),
        )
        plan.placements["1.4"], plan.sheets["1.4"] = outside.id, outside.sheet_id
        towns = {code: town(session, code) for code in (CAVAILLON, PERTUIS, ROBION, GORDES)}
        terms = ContractTerms(STARTS, STARTS, ENDS, ("Agence", "Ville"), (towns[CAVAILLON], towns[ROBION]))
        rewrite_contract(session, viewer, initiative_id=plan.initiative_id, terms=terms)
    return Signed(plan, towns)


def town(session: Session, code: str) -> int:
    """The commune of this code."""
    found = find(session, TerritoryKind.COMMUNE, code)
    assert found is not None
    return found.id


def composed(engine: Engine, viewer: Viewer, signed: Signed, terms: AmendmentTerms) -> int:
    """The key of an avenant composed in a transaction of its own."""
    with writing(engine) as session:
        return compose_amendment(session, viewer, initiative_id=signed.id, terms=terms).id


def told(engine: Engine, viewer: Viewer, signed: Signed) -> Contract:
    """The contract as its page reads it."""
    with reading(engine) as session:
        return contract(session, viewer, signed.id, ON)


def the_only_one(engine: Engine, viewer: Viewer, signed: Signed) -> AmendmentTold:
    """The one avenant that the contract has."""
    [amendment] = told(engine, viewer, signed).amendments
    return amendment


def place_of(engine: Engine, signed: Signed, code: str) -> Placement:
    """Where a sheet stands."""
    with reading(engine) as session:
        return session.get_one(Placement, signed.place(code))

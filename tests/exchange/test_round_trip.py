"""The export is the import's mirror: exported, then imported into an empty database, a plan is the same plan."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands import imports
from db.engine import reading, writing
from db.exchange import export, snapshot
from db.exchange.compare import compare
from db.exchange.draft import PlanDraft
from db.exchange.fields import Field
from db.exchange.held import identity_of
from db.exchange.identity import AmendmentDraft, Ground, Identity, read_identity
from db.exchange.rows import understand
from db.exchange.values import values_of
from db.exchange.workbook import Workbook, read_workbook
from db.models import Initiative, Unsettled
from db.queries import facts
from db.rules.vocabulary import InitiativeKind, Phase, TerritoryKind
from db.viewer import Viewer
from tests.conftest import ON, Databases
from tests.exchange import plans

IDENTITY = Identity(
    name="Contrat local de santé 2025-2030 ; « Durance »",
    short_name="CLS d'essai",
    kind=InitiativeKind.CLS,
    contract_number=2,
    signed_on=date(2025, 1, 15),
    starts_on=date(2025, 2, 1),
    ends_on=date(2030, 1, 31),
    phase=Phase.RUNNING,
    sponsors=("Communauté de communes ; du Ventoux",),
    signatories=("Agence d'ici", "=Commune"),
    regional_link="Objectif 3\nObjectif 4",
    time_zone="Indian/Reunion",
    grounds=(Ground(TerritoryKind.COMMUNE, "84007", "Avignon", date(2025, 2, 1), None),),
    amendments=(
        AmendmentDraft(1, date(2026, 3, 1), "Prolonge ; élargit", date(2031, 1, 31)),
        AmendmentDraft(2, date(2026, 9, 1), "Ajoute une fiche", None),
    ),
)


@dataclass(frozen=True)
class Held:
    """What a database holds of a plan, in values that can be compared."""

    identity: Identity | None
    axes: list[tuple[str, str | None, str, int]]
    sheets: list[dict[Field, Any]]
    unsettled: list[tuple[int, str, str]]


def held(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Held:
    """Everything that an export must carry."""
    sheets = snapshot.sheets_of(session, viewer, initiative_id, on)
    order = {key: rank for rank, key in enumerate(sheets)}
    waiting = session.execute(select(Unsettled.sheet_id, Unsettled.field, Unsettled.raw)).all()
    return Held(
        identity_of(session, initiative_id, on),
        [(node.level, node.code, node.title, len(node.path)) for node in facts.axes(session, initiative_id)],
        [values_of(sheet) for sheet in sheets.values()],
        sorted((order[row[0]], row[1], row[2]) for row in waiting if row[0] in order),
    )


class _Back(Exception):
    pass


@contextmanager
def then_taken_back(engine: Engine) -> Iterator[Session]:
    """A transaction that leaves the database as it was: empty again."""
    try:
        with writing(engine) as session:
            yield session
            raise _Back
    except _Back:
        pass


def written(folder: Path, content: bytes) -> Workbook:
    path = folder / f"{hashlib.sha256(content).hexdigest()}.xlsx"
    path.write_bytes(content)
    return read_workbook(path)


def put(session: Session, viewer: Viewer, draft: PlanDraft, identity: Identity | None) -> int:
    made = imports.apply_import(session, viewer, draft, digest="x", on=ON, identity=identity)
    return made.initiative_id


def mirrored(engine: Engine, viewer: Viewer, folder: Path, workbook: Workbook) -> Held:
    """What a workbook makes of an empty database."""
    draft = understand(workbook)
    assert draft.errors == ()
    assert draft.ignored_columns == ()
    with then_taken_back(engine) as session:
        made = put(session, viewer, draft, read_identity(workbook))
        found = held(session, viewer, made, ON)
    return found


@pytest.fixture(scope="module")
def empty(databases: Databases) -> Iterator[Engine]:
    """An empty database, for every plan in its turn."""
    engine = databases.copy("sqlite")
    yield engine
    engine.dispose()


@settings(
    max_examples=40, derandomize=True, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large,
                           HealthCheck.filter_too_much],
)  # fmt: skip
@given(draft=plans.plans())
def test_any_plan_comes_back_the_same_from_its_own_export(
    draft: PlanDraft, empty: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    with then_taken_back(empty) as session:
        made = put(session, viewer, draft, IDENTITY)
        before = held(session, viewer, made, ON)
        workbook = written(tmp_path, export.plan_workbook(session, viewer, made, ON))
        again = compare(session, viewer, understand(workbook), made, ON)
        assert not again.changes_something
        assert [plan.conflicts for plan in again.sheets if plan.conflicts] == []
    after = mirrored(empty, viewer, tmp_path, workbook)
    assert after == before


def test_the_demonstration_comes_back_the_same_from_its_own_export(
    sqlite_demo: Engine, empty: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    with reading(sqlite_demo) as session:
        plan = session.scalars(select(Initiative.id)).one()
        before = held(session, viewer, plan, ON)
        workbook = written(tmp_path, export.plan_workbook(session, viewer, plan, ON))
    assert len(before.sheets) == 23
    assert mirrored(empty, viewer, tmp_path, workbook) == before

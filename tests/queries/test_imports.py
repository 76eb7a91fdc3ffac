from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from db.commands.imports import Imported, apply_import, imported_before
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Refused
from db.queries.imports import past_imports, resembling
from db.rules.access import Role
from db.rules.imports import PastImport, Resemblance
from db.viewer import Viewer
from tests.exchange.files import PLAN, plan_of_rows

ON = date(2026, 10, 1)
TITLES = ("Bus santé", "Permanences")


@pytest.fixture
def done(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Imported:
    """The small plan, imported from a file of digest « empreinte »."""
    with writing(sqlite_engine) as session:
        return apply_import(session, viewer, plan_of_rows(tmp_path, PLAN), digest="empreinte", on=ON)


def alike(engine: Engine, viewer: Viewer, digest: str, *titles: str) -> tuple[Resemblance, ...]:
    with reading(engine) as session:
        return resembling(session, viewer, digest, titles)


def past(engine: Engine, viewer: Viewer, initiative_id: int) -> tuple[PastImport, ...]:
    with reading(engine) as session:
        return past_imports(session, viewer, initiative_id, ON)


def only(role: Role, viewer: Viewer, initiative_id: int) -> Viewer:
    return Viewer(viewer.actor_id, ((initiative_id, role),))


def test_the_demarche_of_the_very_same_file_is_proposed(sqlite_engine: Engine, viewer: Viewer, done: Imported):
    assert alike(sqlite_engine, viewer, "empreinte") == (Resemblance(done.initiative_id, 0, True),)


def test_a_demarche_that_holds_half_of_the_titles_resembles(sqlite_engine: Engine, viewer: Viewer, done: Imported):
    found = alike(sqlite_engine, viewer, "autre", "BUS SANTE", "Une fiche nouvelle")
    assert found == (Resemblance(done.initiative_id, 1, False),)
    assert alike(sqlite_engine, viewer, "autre", "Bus santé", "Une autre", "Et encore une") == ()


def test_a_demarche_is_only_proposed_to_who_may_import_there(sqlite_engine: Engine, viewer: Viewer, done: Imported):
    here = done.initiative_id
    assert alike(sqlite_engine, only(Role.COORDINATOR, viewer, here), "empreinte", *TITLES)
    assert alike(sqlite_engine, only(Role.SIGNATORY, viewer, here), "empreinte", *TITLES) == ()
    assert alike(sqlite_engine, only(Role.COORDINATOR, viewer, here + 1), "empreinte", *TITLES) == ()


def test_the_demarche_that_a_file_made_is_found_again_by_who_may_import_there(
    sqlite_engine: Engine, viewer: Viewer, done: Imported
):
    here = done.initiative_id
    asked = (viewer, only(Role.COORDINATOR, viewer, here), only(Role.SIGNATORY, viewer, here), Viewer(viewer.actor_id))
    with reading(sqlite_engine) as session:
        found = [imported_before(session, one, "empreinte") for one in asked]
    assert found == [here, here, None, None]


def test_an_import_is_told_with_its_file_and_its_counts(sqlite_engine: Engine, viewer: Viewer, done: Imported):
    made = past(sqlite_engine, viewer, done.initiative_id)
    assert [(item.act_id, item.file, item.created, item.updated) for item in made] == [(done.act_id, "plan.xlsx", 2, 0)]


def test_an_import_says_whether_it_made_the_demarche(
    sqlite_engine: Engine, viewer: Viewer, done: Imported, tmp_path: Path
):
    more = [*PLAN, ["Axe 1. Accès aux soins", "OS 1.1 : Aller vers", "Fiche action 3. Bilans", "CCAS", "", "", ""]]
    draft, here = plan_of_rows(tmp_path, more), done.initiative_id
    with writing(sqlite_engine) as session:
        apply_import(session, viewer, draft, digest="deux", on=ON, initiative_id=here)
    assert [item.is_opening for item in past(sqlite_engine, viewer, here)] == [False, True]


def test_an_export_of_a_demarche_is_proposed_there_when_it_holds_one_of_its_titles(
    sqlite_engine: Engine, viewer: Viewer, done: Imported
):
    titles = ("Bus santé", "Une autre", "Et encore une")
    with reading(sqlite_engine) as session:
        found = resembling(session, viewer, "autre", titles, done.initiative_code)
        assert resembling(session, viewer, "autre", titles[1:], done.initiative_code) == ()
    assert found == (Resemblance(done.initiative_id, 1, is_same_file=False, is_its_own=True),)


def test_an_import_that_was_taken_back_is_no_longer_told(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path):
    with writing(sqlite_engine) as session:
        first = apply_import(session, viewer, plan_of_rows(tmp_path, PLAN), digest="un", on=ON)
    more = [*PLAN, ["Axe 1. Accès aux soins", "OS 1.1 : Aller vers", "Fiche action 3. Bilans", "CCAS", "", "", ""]]
    with writing(sqlite_engine) as session:
        second = apply_import(
            session,
            viewer,
            plan_of_rows(tmp_path, more),
            digest="deux",
            on=ON,
            initiative_id=first.initiative_id,
        )
    with writing(sqlite_engine) as session:
        undo_act(session, viewer, second.act_id or 0)
    assert [item.act_id for item in past(sqlite_engine, viewer, first.initiative_id)] == [first.act_id]


def test_who_only_reads_is_told_of_no_import(sqlite_engine: Engine, viewer: Viewer, done: Imported):
    here = done.initiative_id
    assert past(sqlite_engine, only(Role.SIGNATORY, viewer, here), here) == ()
    with pytest.raises(Refused):
        past(sqlite_engine, only(Role.SIGNATORY, viewer, here + 1), here)

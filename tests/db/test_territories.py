"""The territories of the reference: all of them, once, as their files say."""

import json
from collections import Counter

import pytest
from sqlalchemy import Engine, func, select

from db import migrate, territories
from db.commands import reference
from db.engine import reading, writing
from db.journal import acting, standing
from db.models import Account, Act, Actor, Grant, JournalEntry, Term, TermAlias, Territory, TerritoryOutline
from db.rules.access import Role
from db.rules.vocabulary import ActorKind, TerritoryKind, Vocabulary
from tests.conftest import BOTH, Databases


@pytest.fixture(params=BOTH)
def whole(request: pytest.FixtureRequest, databases: Databases) -> Engine:
    engine = databases.empty(request.param)
    migrate.upgrade(engine)
    reference.install(engine)
    return engine


def test_the_whole_country_is_loaded(whole: Engine) -> None:
    with reading(whole) as session:
        counts = Counter(dict(session.execute(select(Territory.kind, func.count()).group_by(Territory.kind)).all()))
        assert counts == {
            TerritoryKind.REGION: 18,
            TerritoryKind.DEPARTMENT: 101,
            TerritoryKind.INTERCOMMUNALITY: 1255,
            TerritoryKind.COMMUNE: 34867,
        }
        assert session.scalar(select(func.count()).select_from(TerritoryOutline)) == sum(counts.values())
        assert session.scalar(select(func.count()).where(Territory.population.is_(None))) == 18 + 101
        row = territories.find(session, TerritoryKind.COMMUNE, "84035")
        assert row is not None
        assert (row.name, row.department_code, row.region_code, row.search_text) == (
            "Cavaillon",
            "84",
            "93",
            "cavaillon",
        )
        assert 20_000 < (row.population or 0) < 35_000
        assert territories.find(session, TerritoryKind.COMMUNE, "99999") is None


@pytest.mark.parametrize("kind", [TerritoryKind.REGION, TerritoryKind.DEPARTMENT])
def test_an_outline_is_the_geometry_of_its_file(sqlite_engine: Engine, kind: TerritoryKind) -> None:
    import gzip

    told = json.loads(gzip.decompress((territories.FOLDER / territories.OUTLINES[kind]).read_bytes()))
    with reading(sqlite_engine) as session:
        rows = session.execute(
            select(Territory.code, TerritoryOutline.geometry)
            .join(TerritoryOutline, TerritoryOutline.territory_id == Territory.id)
            .where(Territory.kind == kind)
        )
        kept = {code: json.loads(geometry) for code, geometry in rows}
    assert kept == {feature["id"]: feature["geometry"] for feature in told["features"]}


def test_installing_twice_changes_nothing(engine: Engine) -> None:
    with reading(engine) as session:
        before = standing(session, None), session.scalar(select(func.count()).select_from(Act))
    reference.install(engine, ("84",))
    with reading(engine) as session:
        assert (standing(session, None), session.scalar(select(func.count()).select_from(Act))) == before


def test_loading_again_takes_the_file_s_values_and_keeps_each_territory(engine: Engine) -> None:
    with writing(engine) as session:
        commune = territories.find(session, TerritoryKind.COMMUNE, "84035")
        assert commune is not None
        with acting(session, reference.system_actor(session), "test", "Essai"):
            commune.population = 1
    with writing(engine) as session:
        assert territories.load(session, reference.system_actor(session), ("84", "05"))
    with reading(engine) as session:
        again = territories.find(session, TerritoryKind.COMMUNE, "84035")
        assert again is not None
        assert again.id == commune.id
        assert (again.population or 0) > 20_000
        assert territories.find(session, TerritoryKind.COMMUNE, "05061") is not None


def test_loading_territories_moves_the_reference_and_writes_one_act(engine: Engine) -> None:
    with reading(engine) as session:
        act = session.scalars(select(Act).where(Act.operation == territories.OPERATION)).one()
        assert session.scalar(select(func.count()).where(JournalEntry.act_id == act.id)) == 0
        assert standing(session, None)["reference"] >= 1


def test_the_machine_has_one_account_that_administers(engine: Engine) -> None:
    with reading(engine) as session:
        account = session.scalars(select(Account)).one()
        grant = session.scalars(select(Grant)).one()
        assert (grant.account_id, grant.role, grant.initiative_id) == (account.id, Role.ADMINISTRATOR, None)
        assert set(session.scalars(select(Actor.kind))) == {ActorKind.SYSTEM, ActorKind.IMPORT, ActorKind.PERSON}


def test_every_list_has_its_words_and_factors_stand_under_families(engine: Engine) -> None:
    with reading(engine) as session:
        assert set(session.scalars(select(Term.vocabulary).distinct())) == set(Vocabulary)
        factor = session.scalars(select(Term).where(Term.code == "acces_aux_soins")).one()
        assert factor.parent_id is not None
        assert session.get_one(Term, factor.parent_id).code == "acces_et_qualite_des_soins"
        assert session.scalar(select(func.count()).select_from(TermAlias)) > 200


@pytest.mark.parametrize("name", ["prs", "PRS", "projet regional de santé", "Schéma régional de santé"])
def test_a_word_is_found_by_its_code_its_label_its_full_name_or_an_alias(sqlite_engine: Engine, name: str) -> None:
    with reading(sqlite_engine) as session:
        found = reference.find_term(session, Vocabulary.LINKED_SCHEME, name)
        assert found is not None
        assert found.code == "prs"


def test_a_word_that_the_coordination_changed_stays_as_it_has_it(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        word = reference.find_term(session, Vocabulary.SETTING, "domicile")
        assert word is not None
        with acting(session, reference.system_actor(session), "test", "Essai"):
            word.label = "Chez soi"
    reference.install(sqlite_engine, ("84",))
    with reading(sqlite_engine) as session:
        assert session.get_one(Term, word.id).label == "Chez soi"

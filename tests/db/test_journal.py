"""The journal: whole, in order, without a personal detail; and the revisions it moves."""

from datetime import date

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.directory import add_person
from db.commands.plan import place_sheet, rewrite_sheet
from db.commands.reference import find_term
from db.commands.series import declare_progress, declare_weather
from db.commands.sheets import add_milestone, attach_term
from db.engine import reading, writing
from db.errors import Invalid
from db.exchange.fields import Field
from db.journal import DIGEST, acting, last_act, standing
from db.models import (
    Act,
    ActionSheet,
    Axis,
    Initiative,
    JournalEntry,
    Milestone,
    PersonDetail,
    Revision,
    SheetTerm,
    Unsettled,
    WeatherEntry,
)
from db.rules.vocabulary import ChangeKind, Priority, Vocabulary, Weather
from db.viewer import Viewer
from tests.builders import plan_in


def lines(session: Session, table: str) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.table == table).order_by(JournalEntry.seq)))


def revisions(session: Session) -> dict[str, int]:
    return {row.scope: row.n for row in session.scalars(select(Revision))}


def test_a_write_outside_an_act_is_refused(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with pytest.raises(RuntimeError, match="outside an act"), writing(engine) as session:
        session.get_one(ActionSheet, plan.sheets["1.1"]).title = "Sans trace"
    with reading(engine) as session:
        assert session.get_one(ActionSheet, plan.sheets["1.1"]).title == "Fiche 1.1"


def test_an_addition_is_journalled_whole(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with reading(engine) as session:
        line = lines(session, "action_sheet")[0]
        assert (line.kind, line.before, line.row_key) == (ChangeKind.INSERT, None, str(plan.sheets["1.1"]))
        assert line.after is not None
        assert set(line.after) == set(ActionSheet.__table__.columns.keys())
        assert line.after["title"] == "Fiche 1.1"


def test_a_change_is_journalled_column_by_column(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    fields = {"priority": Priority.HIGH, "starts_on": date(2026, 3, 1)}
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields=fields)
    with reading(engine) as session:
        line = lines(session, "action_sheet")[-1]
        assert line.kind is ChangeKind.UPDATE
        assert line.before == {"priority": None, "starts_on": None, "starts_precision": None}
        assert line.after == {"priority": "high", "starts_on": "2026-03-01", "starts_precision": "day"}


def test_an_act_that_changes_nothing_leaves_no_trace(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with reading(engine) as session:
        before = session.scalar(select(func.count()).select_from(Act)), revisions(session)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Fiche 1.1"})
        assert last_act(session) is None
    with reading(engine) as session:
        acts, moved = session.scalar(select(func.count()).select_from(Act)), revisions(session)
    assert (acts, moved) == before


def test_a_removal_is_journalled_whole(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        term = find_term(session, Vocabulary.TARGET_GROUP, "Familles")
        assert term is not None
        row = attach_term(session, viewer, sheet_id=plan.sheets["1.1"], term_id=term.id)
    with writing(engine) as session, acting(session, viewer.actor_id, "detach_term", "Retrait", plan.initiative_id):
        session.delete(session.get_one(SheetTerm, row.id))
    with reading(engine) as session:
        line = lines(session, "sheet_term")[-1]
        assert (line.kind, line.after) == (ChangeKind.DELETE, None)
        assert line.before is not None
        assert line.before["term_id"] == term.id


def test_what_is_refused_half_way_leaves_nothing(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with pytest.raises(Invalid), writing(engine) as session, acting(session, viewer.actor_id, "two_steps", "Deux"):
        add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Première")
        add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="   ")
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Milestone)) == 0
        assert session.scalar(select(func.count()).select_from(Act).where(Act.operation == "two_steps")) == 0


def test_commands_called_inside_an_act_belong_to_it(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        with acting(session, viewer.actor_id, "import", "Import", plan.initiative_id) as act:
            add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Étape")
            declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], on=date(2026, 9, 1), percent=10)
        kept = act.id
    with reading(engine) as session:
        acts = {line.act_id for name in ("milestone", "progress_entry") for line in lines(session, name)}
        assert acts == {kept}


def test_lines_are_in_the_order_of_acts(engine: Engine, viewer: Viewer) -> None:
    plan_in(engine, viewer)
    plan_in(engine, viewer)
    with reading(engine) as session:
        acts = list(session.scalars(select(JournalEntry.act_id).order_by(JournalEntry.seq)))
        assert acts == sorted(acts)


def test_personal_details_never_enter_the_journal(engine: Engine, viewer: Viewer) -> None:
    told = {"name": "Camille Exemple", "email": "camille@exemple.invalid", "phone": "0102030405"}
    with writing(engine) as session:
        person = add_person(session, viewer, function="Coordination", origin="saisie", on=date(2026, 9, 1), **told)
    with writing(engine) as session, acting(session, viewer.actor_id, "correct", "Correction"):
        session.get_one(PersonDetail, person.id).phone = "0605040302"
    with writing(engine) as session, acting(session, viewer.actor_id, "erase", "Effacement"):
        session.delete(session.get_one(PersonDetail, person.id))
    with reading(engine) as session:
        assert len(lines(session, "person_detail")) == 3
        whole = " ".join(str((line.before, line.after)) for line in session.scalars(select(JournalEntry)))
        assert not any(value in whole for value in (*told.values(), "0605040302", "Camille"))
        assert lines(session, "person_detail")[1].after != lines(session, "person_detail")[1].before


def kept_of(session: Session, table: str, column: str) -> list[str | None]:
    """What the journal holds of a column, before and after, in order."""
    sides = [side for line in lines(session, table) for side in (line.before, line.after) if side]
    return [side[column] for side in sides if column in side]


def test_the_same_name_leaves_another_digest_for_each_person(engine: Engine, viewer: Viewer) -> None:
    told = {"name": "Camille Exemple", "origin": "saisie", "on": date(2026, 9, 1)}
    with writing(engine) as session:
        people = [add_person(session, viewer, function=None, **told).id for _ in range(2)]
    with reading(engine) as session:
        first, second = kept_of(session, "person_detail", "name")
        salts = {session.get_one(PersonDetail, key).salt for key in people}
        whole = " ".join(str((line.before, line.after)) for line in session.scalars(select(JournalEntry)))
    assert first and second and first != second
    assert len(salts) == 2
    assert not any(salt in whole for salt in salts)


def test_who_signs_a_weather_never_enters_the_journal(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        entry = declare_weather(
            session,
            viewer,
            sheet_id=plan.sheets["1.1"],
            on=date(2026, 9, 1),
            weather=Weather.SUNNY,
            signed_by="Camille",
        )
    with writing(engine) as session, acting(session, viewer.actor_id, "correct", "Correction"):
        session.get_one(WeatherEntry, entry.id).signed_by = "Camille E."
    with reading(engine) as session:
        kept = kept_of(session, "weather_entry", "signed_by")
    assert len(set(kept)) == 3
    assert all(value and value.startswith(DIGEST) for value in kept)


@pytest.mark.parametrize(("field", "is_hidden"), [(Field.LEAD_CONTACT, True), (Field.STATUS, False)])
def test_a_cell_to_settle_is_journalled_as_written_unless_it_names_people(
    engine: Engine, viewer: Viewer, field: Field, is_hidden: bool
) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session, acting(session, viewer.actor_id, "import_plan", "Import", plan.initiative_id):
        row = Unsettled(sheet_id=plan.sheets["1.1"], field=field.value, raw="Camille ?", reason="Illisible")
        session.add(row)
    with reading(engine) as session:
        (raw,) = kept_of(session, "unsettled", "raw")
    assert raw is not None
    assert raw.startswith(DIGEST) is is_hidden
    assert ("Camille" in raw) is not is_hidden


def test_a_change_of_a_shared_sheet_moves_both_its_plans_and_no_other(engine: Engine, viewer: Viewer) -> None:
    home, guest, other = (plan_in(engine, viewer, sheets=(number,)) for number in ("1.1", "2.1", "3.1"))
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=guest.initiative_id, code="9")
    scopes = ["all", *(f"initiative:{plan.initiative_id}" for plan in (home, guest, other))]
    with reading(engine) as session:
        before = revisions(session)
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=home.sheets["1.1"], on=date(2026, 9, 1), percent=10)
    with reading(engine) as session:
        after = revisions(session)
    assert [after[scope] - before[scope] for scope in scopes] == [1, 1, 1, 0]


def test_a_reader_asks_at_once_for_the_common_revisions_and_those_of_one_plan(engine: Engine, viewer: Viewer) -> None:
    plan, other = plan_in(engine, viewer), plan_in(engine, viewer)
    with reading(engine) as session:
        code = session.get_one(Initiative, plan.initiative_id).code
        stands = standing(session, code)
        assert f"initiative:{plan.initiative_id}" in stands
        assert f"initiative:{other.initiative_id}" not in stands
        assert stands.items() <= revisions(session).items()


def test_saving_what_was_already_there_leaves_no_line(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Fiche 1.1"})
    with reading(engine) as session:
        assert [line.kind for line in lines(session, "action_sheet")] == [ChangeKind.INSERT] * 2


def test_an_axis_is_journalled_under_its_initiative(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer)
    with reading(engine) as session:
        assert {line.initiative_id for line in lines(session, Axis.__tablename__)} == {plan.initiative_id}

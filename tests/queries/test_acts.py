"""The acts done on a plan, as each role is told of them."""

import ast
from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands.directory import find_or_create_organisation
from db.commands.funding import add_funding_line
from db.commands.logbook import note
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.series import declare_progress, declare_weather
from db.commands.unify import unify_organisations
from db.engine import reading, writing
from db.errors import Refused
from db.journal import acting
from db.queries import acts
from db.queries.act_words import OF_THE_PLAN
from db.queries.acts import act_reach, past_acts
from db.queries.history import sheet_history
from db.rules.access import Role
from db.rules.history import UNTOLD, HistoryPage, PastAct, Touched
from db.rules.vocabulary import Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.taking_back import last_act, one_act, undo
from tests.conftest import ON
from tests.house import ROOT

BEFORE = date(2026, 9, 1)


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer, sheets=("1.1", "1.2", "1.3"))


def told(engine: Engine, who: Viewer, plan: Plan, page: int = 1) -> HistoryPage:
    with reading(engine) as session:
        return past_acts(session, who, plan.initiative_id, ON, page)


def newest(engine: Engine, who: Viewer, plan: Plan) -> PastAct:
    return told(engine, who, plan).acts[0]


def evaluator(plan: Plan) -> Viewer:
    return Viewer(1, ((plan.initiative_id, Role.EVALUATOR),))


def declare(engine: Engine, viewer: Viewer, plan: Plan, *numbers: str, title: str | None = None) -> int:
    """One act: the progress of these fiches, and another title for them when one is given."""
    with one_act(engine, viewer, plan.initiative_id) as session:
        for number in numbers:
            declare_progress(session, viewer, sheet_id=plan.sheets[number], percent=40, on=BEFORE)
            if title:
                rewrite_sheet(session, viewer, sheet_id=plan.sheets[number], fields={"title": title})
    return last_act(engine)


def publish(engine: Engine, viewer: Viewer, plan: Plan, number: str | None = None) -> int:
    sheet_id = plan.sheets[number] if number else None
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Un point", as_of=ON, sheet_id=sheet_id)
    return last_act(engine)


def test_an_act_says_who_when_what_and_on_how_many_fiches(engine: Engine, viewer: Viewer, plan: Plan):
    declare(engine, viewer, plan, "1.1", "1.3")
    act = newest(engine, viewer, plan)
    assert (act.label, act.actor, act.sheets) == ("Acte d'essai", "La coordination (ce poste)", 2)
    assert (act.taken, act.is_undo, act.may_undo) == (None, False, True)


def test_an_act_on_one_fiche_names_it_and_where_it_stands(engine: Engine, viewer: Viewer, plan: Plan):
    declare(engine, viewer, plan, "1.2")
    assert newest(engine, viewer, plan).sheet == Touched("1.2 Fiche 1.2", plan.placements["1.2"])


def test_acts_come_a_page_at_a_time_newest_first(
    engine: Engine, viewer: Viewer, plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    done = [declare(engine, viewer, plan, "1.1") for _ in range(2)]
    monkeypatch.setattr(acts, "ACTS_A_PAGE", 2)
    first, second = told(engine, viewer, plan), told(engine, viewer, plan, 2)
    assert [act.id for act in first.acts] == done[::-1]
    assert not {act.id for act in second.acts} & set(done) and first.total == second.total > 2


def test_an_act_of_another_plan_is_not_told(engine: Engine, viewer: Viewer, plan: Plan):
    other = plan_in(engine, viewer, code="autre")
    done = declare(engine, viewer, other, "1.1")
    assert done not in [act.id for act in told(engine, viewer, plan).acts]


def test_what_became_of_an_act_is_told_up_to_the_last_word(engine: Engine, viewer: Viewer, plan: Plan):
    done = declare(engine, viewer, plan, "1.1")
    undoing = undo(engine, viewer, done)
    by_key = {act.id: act for act in told(engine, viewer, plan).acts}
    taken = by_key[done].taken
    assert taken is not None and taken.is_back and not taken.in_part
    assert not by_key[done].may_undo
    assert by_key[undoing].is_undo and by_key[undoing].may_undo
    again = undo(engine, viewer, undoing)
    by_key = {act.id: act for act in told(engine, viewer, plan).acts}
    assert [by_key[key].taken.is_back for key in (done, undoing)] == [False, True]
    assert [by_key[key].may_undo for key in (done, undoing, again)] == [False, False, True]


def test_an_act_taken_back_in_part_says_so(engine: Engine, viewer: Viewer, plan: Plan):
    done = declare(engine, viewer, plan, "1.1", "1.2")
    publish(engine, viewer, plan, "1.1")
    undo(engine, viewer, done, keep_changed=True)
    taken = {act.id: act.taken for act in told(engine, viewer, plan).acts}[done]
    assert taken is not None and taken.in_part


# What an act touches.


def test_the_fiches_that_an_act_touches_are_named_in_the_order_of_the_plan(engine: Engine, viewer: Viewer, plan: Plan):
    done = declare(engine, viewer, plan, "1.3", "1.1")
    with reading(engine) as session:
        reach = act_reach(session, viewer, plan.initiative_id, ON, done)
    assert [sheet.label for sheet in reach.sheets] == ["1.1 Fiche 1.1", "1.3 Fiche 1.3"]
    assert reach.elsewhere == 0


def test_a_fiche_that_is_gone_is_named_and_one_of_another_plan_counted(engine: Engine, viewer: Viewer, plan: Plan):
    other = plan_in(engine, viewer, code="autre")
    with one_act(engine, viewer, plan.initiative_id) as session:
        add_sheet(session, viewer, initiative_id=plan.initiative_id, title="Éphémère")
        declare_progress(session, viewer, sheet_id=other.sheets["1.1"], percent=10, on=ON)
    done = last_act(engine)
    undo(engine, viewer, done)
    with reading(engine) as session:
        reach = act_reach(session, viewer, plan.initiative_id, ON, done)
    assert reach.sheets == (Touched("Éphémère", None),)
    assert reach.elsewhere == 1


def test_the_reach_of_an_act_done_elsewhere_on_no_fiche_of_the_plan_is_not_told(
    engine: Engine, viewer: Viewer, plan: Plan
):
    other = plan_in(engine, viewer, code="autre")
    done = declare(engine, viewer, other, "1.1", title="Autre titre")
    both = Viewer(1, tuple((key.initiative_id, Role.COORDINATOR) for key in (plan, other)))
    for who in (both, viewer, Viewer(1, ((plan.initiative_id, Role.COORDINATOR),))):
        with reading(engine) as session, pytest.raises(Refused):
            act_reach(session, who, plan.initiative_id, ON, done)


# Nothing in preparation passes through the history.


def test_who_does_not_prepare_is_not_told_that_something_was_declared(engine: Engine, viewer: Viewer, plan: Plan):
    before = told(engine, evaluator(plan), plan)
    done = declare(engine, viewer, plan, "1.1")
    undo(engine, viewer, undo(engine, viewer, done))
    for who in (evaluator(plan), viewer.as_reader()):
        page = told(engine, who, plan)
        assert (page.total, [act.id for act in page.acts]) == (before.total, [act.id for act in before.acts])
        with reading(engine) as session, pytest.raises(Refused):
            act_reach(session, who, plan.initiative_id, ON, done)


def test_once_published_it_is_told_and_once_withdrawn_no_more(engine: Engine, viewer: Viewer, plan: Plan):
    done = declare(engine, viewer, plan, "1.1")
    point = publish(engine, viewer, plan)
    known = {act.id: act.label for act in told(engine, evaluator(plan), plan).acts}
    assert known[done] == "Acte d'essai" and known[point] == "Publication : Un point"
    withdrawing = undo(engine, viewer, point)
    known = {act.id: act.label for act in told(engine, evaluator(plan), plan).acts}
    assert not {done, point, withdrawing} & known.keys()


def test_the_words_of_an_act_are_not_told_to_who_is_told_a_part_of_it(engine: Engine, viewer: Viewer, plan: Plan):
    done = declare(engine, viewer, plan, "1.1", title="Autre titre")
    act = newest(engine, evaluator(plan), plan)
    assert (act.id, act.label, act.sheets) == (done, UNTOLD, 1)
    assert newest(engine, viewer, plan).label == "Acte d'essai"
    with reading(engine) as session:
        page = sheet_history(session, evaluator(plan), plan.initiative_id, ON, plan.sheets["1.1"])
    assert page.acts[0].label == UNTOLD


def test_only_the_fiches_of_what_is_told_are_counted(engine: Engine, viewer: Viewer, plan: Plan):
    declare(engine, viewer, plan, "1.1", "1.2", "1.3")
    publish(engine, viewer, plan, "1.2")
    act = told(engine, evaluator(plan), plan).acts[1]
    assert (act.label, act.sheets) == (UNTOLD, 1)


def test_what_is_the_coordination_s_own_is_told_to_nobody_else(engine: Engine, viewer: Viewer, plan: Plan):
    with writing(engine) as session:
        note(session, viewer, initiative_id=plan.initiative_id, text="Rappeler la mairie", noted_on=ON)
    done = last_act(engine)
    assert newest(engine, viewer, plan).id == done
    assert done not in [act.id for act in told(engine, evaluator(plan), plan).acts]


def test_no_undo_is_offered_to_who_may_not_write_nor_on_what_the_committee_sees(
    engine: Engine, viewer: Viewer, plan: Plan
):
    for who in (evaluator(plan), viewer.as_reader()):
        assert not any(act.may_undo for act in told(engine, who, plan).acts)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.BODY_MEMBER, Role.LEAD, Role.EVALUATOR])
def test_who_reads_the_plan_is_told_when_and_not_by_whom(engine: Engine, viewer: Viewer, plan: Plan, role: Role):
    undo(engine, viewer, publish(engine, viewer, plan))
    publish(engine, viewer, plan)
    page = told(engine, Viewer(1, ((plan.initiative_id, role),)), plan)
    assert page.acts[0].label == "Publication : Un point"
    assert {act.actor for act in page.acts} == {None}


def test_who_reads_a_part_of_the_plan_is_not_told_the_acts_of_the_whole(engine: Engine, viewer: Viewer, plan: Plan):
    for role in (Role.FUNDER, Role.RESIDENT_MEMBER, Role.PROJECT_OFFICER):
        with pytest.raises(Refused):
            told(engine, Viewer(1, ((plan.initiative_id, role),)), plan)
    with pytest.raises(Refused):
        told(engine, Viewer(1), plan)


def test_the_words_of_an_act_that_name_a_structure_are_told_to_who_prepares_alone(
    engine: Engine, viewer: Viewer, plan: Plan
):
    with writing(engine) as session:
        funder = find_or_create_organisation(session, viewer, "Mutuelle d'essai")
        add_funding_line(session, viewer, sheet_id=plan.sheets["1.1"], funder_id=funder.id, year=2026)
        find_or_create_organisation(session, viewer, "Mutuelle d'essais")
        called = {"kept": "Mutuelle d'essai", "other": "Mutuelle d'essais"}
        unify_organisations(session, viewer, initiative_id=plan.initiative_id, **called)
    assert "Mutuelle" in " ".join(act.label for act in told(engine, viewer, plan).acts)
    assert "Mutuelle" not in " ".join(act.label for act in told(engine, evaluator(plan), plan).acts)


def test_an_undo_says_to_a_reader_that_it_is_one_and_not_of_what(engine: Engine, viewer: Viewer, plan: Plan):
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": "Nouveau"})
    undo(engine, viewer, last_act(engine))
    assert newest(engine, evaluator(plan), plan).label == "Annulation"
    assert newest(engine, viewer, plan).label.startswith("Annulation : Modification de la fiche")


NAMING = {
    "accept_proposal", "add_alias", "add_assessment_item", "add_evaluation_question", "add_funding_line", "add_person",
    "add_reminder", "add_score", "attach_note", "change_password", "choose_password", "close_reminder",
    "close_taking_over", "consult_acts", "correct", "disable_account", "enable_account", "end_other_sessions",
    "end_role", "end_session", "erase_person", "find_or_create_term", "find_or_create_organisation", "give_role",
    "hand_over", "import_plan", "install_account", "install_terms", "invite", "involve", "make_answer_link",
    "make_reading_link", "move_reminder", "new_password_link", "note", "open_account", "propose", "purge_sheets",
    "receive", "refuse_proposal", "remove_note", "review_person", "revoke_answer_link", "revoke_reading_link",
    "rewrite_note", "set_aside_cell", "settle_cell", "undo_act", "unify_organisations", "withdraw_role", "write_text",
}  # fmt: skip
"""The acts whose words may name somebody, a structure or a file, or that are the coordination's own."""


def test_of_every_act_it_was_decided_who_is_told_its_words():
    calls = (
        node
        for path in (ROOT / "db" / "commands").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "acting"
    )
    named = {str(call.args[2].value) for call in calls if isinstance(call.args[2], ast.Constant)}
    assert named - NAMING == OF_THE_PLAN
    assert named >= NAMING


def test_an_act_that_wrote_nothing_is_not_told(engine: Engine, viewer: Viewer, plan: Plan):
    before = newest(engine, viewer, plan).id
    with writing(engine) as session, acting(session, viewer.actor_id, "nothing", "Rien", plan.initiative_id):
        pass
    assert newest(engine, viewer, plan).id == before


def test_a_weather_taken_away_by_an_undo_stays_in_the_history_of_its_fiche(engine: Engine, viewer: Viewer, plan: Plan):
    with writing(engine) as session:
        declare_weather(session, viewer, sheet_id=plan.sheets["1.1"], on=ON, weather=Weather.STORM)
    done = last_act(engine)
    undoing = undo(engine, viewer, done)

    def known(who: Viewer) -> dict[int, PastAct]:
        with reading(engine) as session:
            page = sheet_history(session, who, plan.initiative_id, ON, plan.sheets["1.1"])
        return {act.id: act for act in page.acts}

    assert known(viewer)[done].taken is not None
    assert known(viewer)[undoing].changes[0].table == "weather_entry"
    assert not {done, undoing} & known(evaluator(plan)).keys()

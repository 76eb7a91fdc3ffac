from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import sheets
from db.commands.directory import find_or_create_organisation, involve
from db.commands.plan import rewrite_sheet
from db.commands.publish import publish_point
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_status, declare_weather
from db.engine import reading, writing
from db.errors import Refused
from db.models import Involvement
from db.models.base import now_utc
from db.queries import history
from db.queries.history import FOLLOWED, sheet_history
from db.rules.dates import FuzzyDate
from db.rules.history import MASKED, HistoryPage, PastAct
from db.rules.labels import COLUMNS, TABLES, UNSAID
from db.rules.vocabulary import ChangeKind, DatePrecision, InvolvementRole, Priority, Role, Status, Vocabulary, Weather
from db.viewer import Viewer
from tests.builders import Plan, plan_in
from tests.commands.taking_back import last_act, one_act, undo
from tests.conftest import ON
from tests.queries.test_sheet import _measured as measured


def told(engine: Engine, who: Viewer, plan: Plan, page: int = 1) -> HistoryPage:
    with reading(engine) as session:
        return sheet_history(session, who, plan.initiative_id, ON, plan.sheets["1.1"], page)


def fields_of(act: PastAct) -> dict[str, tuple[object, object]]:
    return {field.column: (field.before, field.after) for change in act.changes for field in change.fields}


@pytest.mark.parametrize("table", FOLLOWED, ids=lambda model: model.__tablename__)
def test_every_column_has_its_french_name(table: type):
    name = table.__tablename__
    columns = set(table.__table__.columns.keys())
    assert name in TABLES
    assert columns - UNSAID == set(COLUMNS[name])


def test_a_change_is_told_field_by_field_in_french(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"priority": Priority.HIGH, "starts_on": ON})
    newest = told(engine, viewer, plan).acts[0]
    assert newest.label == "Modification de la fiche « Fiche 1.1 »"
    fields = fields_of(newest)
    assert fields["priority"] == (None, "haute")
    assert fields["starts_on"] == (None, FuzzyDate(ON))
    assert "starts_precision" not in fields


def rewritten(engine: Engine, viewer: Viewer, plan: Plan, **fields: object) -> None:
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields=fields)


def test_a_date_is_told_as_it_was_typed_whichever_half_of_it_changed(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    month, day = DatePrecision.MONTH, DatePrecision.DAY
    for on, precision in ((march, month), (april, month), (april, day), (march, day), (None, day)):
        rewritten(engine, viewer, plan, starts_on=on, starts_precision=precision)
    told_of = [fields_of(act)["starts_on"] for act in told(engine, viewer, plan).acts[:5]]
    assert told_of == [
        (FuzzyDate(march, day), None),
        (FuzzyDate(april, day), FuzzyDate(march, day)),
        (FuzzyDate(april, month), FuzzyDate(april, day)),
        (FuzzyDate(march, month), FuzzyDate(april, month)),
        (None, FuzzyDate(march, month)),
    ]


def test_what_an_act_wrote_twice_in_a_row_is_told_once(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with one_act(engine, viewer, plan.initiative_id) as session:
        for title, means in (("Un", "Deux postes"), ("Deux", "Trois postes"), ("Fiche 1.1", "Quatre postes")):
            rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"title": title, "means": means})
    (change,) = told(engine, viewer, plan).acts[0].changes
    assert [(field.column, field.before, field.after) for field in change.fields] == [("means", None, "Quatre postes")]


def test_items_of_lists_are_named_with_the_list_they_belong_to(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with one_act(engine, viewer, plan.initiative_id) as session:
        word = find_or_create_term(session, viewer, vocabulary=Vocabulary.TARGET_GROUP, label="Marins")
        sheets.attach_term(session, viewer, sheet_id=plan.sheets["1.1"], term_id=word.id)
        sheets.attach_place(session, viewer, sheet_id=plan.sheets["1.1"], label="Salle des fêtes")
        partner = find_or_create_organisation(session, viewer, "Mission locale")
        part = involve(
            session,
            viewer,
            role=InvolvementRole.PARTNER,
            organisation_id=partner.id,
            sheet_id=plan.sheets["1.1"],
        )
    items = {(c.table, c.group, c.subject) for c in told(engine, viewer, plan).acts[0].changes}
    assert items == {
        ("sheet_term", "publics", "Marins"),
        ("sheet_place", None, "Salle des fêtes"),
        ("involvement", "partenaire", "Mission locale"),
    }
    with one_act(engine, viewer, plan.initiative_id) as session:
        session.get_one(Involvement, part.id).archived_at = now_utc()
    (change,) = told(engine, viewer, plan).acts[0].changes
    assert (change.kind, change.group, change.subject) == (ChangeKind.UPDATE, "partenaire", "Mission locale")


def test_what_a_column_points_to_is_told_by_its_name(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    first = told(engine, viewer, plan).acts[-1]
    assert fields_of(first)["axis_id"] == (None, "Réduire les distances")


def test_a_change_of_a_step_names_the_step(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        sheets.add_milestone(session, viewer, sheet_id=plan.sheets["1.1"], label="Recruter", due_on=date(2026, 11, 1))
    (change,) = told(engine, viewer, plan).acts[0].changes
    assert (change.table, change.kind, change.subject) == ("milestone", ChangeKind.INSERT, "Recruter")


def test_the_history_of_a_fiche_is_not_that_of_its_neighbour(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=plan.sheets["1.2"], status=Status.ONGOING, on=ON)
    assert "Statut déclaré : en cours" not in [act.label for act in told(engine, viewer, plan).acts]


def test_the_history_comes_a_page_at_a_time_newest_first(
    engine: Engine, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
):
    plan = plan_in(engine, viewer)
    for percent in (10, 20, 30):
        with writing(engine) as session:
            declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=percent, on=ON)
    monkeypatch.setattr(history, "ACTS_A_PAGE", 2)
    first, second = told(engine, viewer, plan), told(engine, viewer, plan, 2)
    assert first.total == second.total == 4
    assert [fields_of(act)["percent"][1] for act in first.acts] == [30, 20]
    assert fields_of(second.acts[0])["percent"][1] == 10


def test_a_signatory_is_told_nothing_of_the_history(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    assert told(engine, Viewer(1, ((plan.initiative_id, Role.SIGNATORY),)), plan) == HistoryPage((), 0)
    with pytest.raises(Refused):
        told(engine, Viewer(1), plan)


def test_an_evaluator_is_told_what_is_published_only(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    evaluator = Viewer(1, ((plan.initiative_id, Role.EVALUATOR),))
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=40, on=date(2026, 9, 1))
    assert "percent" not in [column for act in told(engine, evaluator, plan).acts for column in fields_of(act)]
    with writing(engine) as session:
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=date(2026, 9, 30))
    assert "percent" in [column for act in told(engine, evaluator, plan).acts for column in fields_of(act)]


def test_a_history_is_not_given_through_a_plan_where_the_fiche_does_not_stand(engine: Engine, viewer: Viewer):
    mine, other = plan_in(engine, viewer, code="mien"), plan_in(engine, viewer, code="autre")
    with reading(engine) as session:
        page = sheet_history(session, viewer, mine.initiative_id, ON, other.sheets["1.1"])
    assert page == HistoryPage((), 0)


@pytest.mark.parametrize("sensitive", [True, False])
def test_the_figures_of_a_sensitive_indicator_stay_out_of_the_history(engine: Engine, viewer: Viewer, sensitive: bool):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        measured(session, viewer, plan, 7, sensitive=sensitive)
    values = [fields_of(act)["value"][1] for act in told(engine, viewer, plan).acts if "value" in fields_of(act)]
    assert values == ([MASKED] if sensitive else ["7"])


def test_a_figure_of_a_sensitive_indicator_is_not_told_either_once_taken_away(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        measured(session, viewer, plan, 7, sensitive=True)
    undo(engine, viewer, last_act(engine))
    values = [fields_of(act)["value"] for act in told(engine, viewer, plan).acts if "value" in fields_of(act)]
    assert values == [(MASKED, None), (None, MASKED)]


def test_who_signs_a_weather_is_not_told_by_the_history(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        declare_weather(session, viewer, sheet_id=plan.sheets["1.1"], on=ON, weather=Weather.SUNNY, signed_by="Camille")
    newest = told(engine, viewer, plan).acts[0]
    assert fields_of(newest)["weather"] == (None, "soleil")
    assert fields_of(newest)["signed_by"] == (None, MASKED)

from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import sheets
from db.commands.directory import find_or_create_organisation, involve
from db.commands.funding import add_budget_item, add_funding_line, record_amount
from db.commands.plan import place_sheet, rewrite_sheet
from db.commands.publish import publish_point
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_status, declare_weather
from db.engine import reading, writing
from db.errors import Refused
from db.models import Involvement
from db.models.base import now_utc
from db.queries import history
from db.queries.history import FOLLOWED, sheet_history
from db.queries.history_values import followed
from db.rules.access import Role
from db.rules.dates import FuzzyDate
from db.rules.history import MASKED, UNTOLD, HistoryPage, PastAct
from db.rules.labels import COLUMNS, TABLES, UNSAID
from db.rules.vocabulary import (
    ChangeKind,
    DatePrecision,
    FundingStage,
    InvolvementRole,
    Priority,
    Status,
    Vocabulary,
    Weather,
)
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


def holding(plan: Plan, role: Role, structure: int | None = None) -> Viewer:
    held = () if structure is None else ((plan.initiative_id, role, structure),)
    return Viewer(1, ((plan.initiative_id, role),), held_for=held)


def authors(page: HistoryPage) -> set[str | None]:
    return {act.actor for act in page.acts} | {act.taken.actor for act in page.acts if act.taken}


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.BODY_MEMBER, Role.LEAD, Role.EVALUATOR])
def test_who_reads_the_plan_is_told_dates_and_no_author(engine: Engine, viewer: Viewer, role: Role):
    plan = plan_in(engine, viewer)
    rewritten(engine, viewer, plan, means="Un poste")
    undo(engine, viewer, last_act(engine))
    page = told(engine, holding(plan, role), plan)
    assert page.total == 3 and all(act.at for act in page.acts)
    assert authors(page) == {None}
    assert authors(told(engine, viewer, plan)) == {"La coordination (ce poste)"}
    assert authors(told(engine, viewer.as_reader(), plan)) == {None}


@pytest.mark.parametrize("role", [Role.RESIDENT_MEMBER, Role.PROJECT_OFFICER, Role.LINK_GUEST])
def test_who_does_not_read_fiches_is_told_no_history(engine: Engine, viewer: Viewer, role: Role):
    plan = plan_in(engine, viewer)
    for who in (holding(plan, role), Viewer(1)):
        with pytest.raises(Refused):
            told(engine, who, plan)


def test_who_leads_a_fiche_is_told_who_wrote_on_it_and_on_no_other(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with one_act(engine, viewer, plan.initiative_id) as session:
        pilote = find_or_create_organisation(session, viewer, "Mission locale").id
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=pilote, sheet_id=plan.sheets["1.1"])
    lead = holding(plan, Role.LEAD, pilote)
    with reading(engine) as session:
        led, other = (
            sheet_history(session, lead, plan.initiative_id, ON, plan.sheets[number]) for number in ("1.1", "1.2")
        )
    assert authors(led) == {"La coordination (ce poste)"} and authors(other) == {None}
    assert authors(told(engine, lead.as_reader(), plan)) == {None}


def test_a_plan_that_borrows_a_fiche_is_not_told_who_writes_at_its_home(engine: Engine, viewer: Viewer):
    home, borrower = plan_in(engine, viewer, code="mien"), plan_in(engine, viewer, code="autre")
    with writing(engine) as session:
        place_sheet(session, viewer, sheet_id=home.sheets["1.1"], initiative_id=borrower.initiative_id, code="9.9")
    who = holding(borrower, Role.COORDINATOR)
    with reading(engine) as session:
        page = sheet_history(session, who, borrower.initiative_id, ON, home.sheets["1.1"])
    at_home = {act.actor for act in page.acts if act.label == UNTOLD}
    assert at_home == {None} and {act.actor for act in page.acts} == {None, "La coordination (ce poste)"}


# What a funder is told.


@pytest.fixture
def paid(engine: Engine, viewer: Viewer) -> tuple[Plan, Viewer]:
    """A fiche that two structures pay for, and somebody of the first."""
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        mine, other = (find_or_create_organisation(session, viewer, name).id for name in ("ARS", "Région"))
        for funder, cents in ((mine, 120_000), (other, 990_000)):
            line = add_funding_line(session, viewer, sheet_id=plan.sheets["1.1"], funder_id=funder, year=2026)
            record_amount(session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=ON, amount_cents=cents)
        add_budget_item(session, viewer, sheet_id=plan.sheets["1.1"], amount_cents=5_000_000, year=2026)
        rewrite_sheet(session, viewer, sheet_id=plan.sheets["1.1"], fields={"funding_text": "La Région paie tout"})
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=ON)
    return plan, holding(plan, Role.FUNDER, mine)


def test_a_funder_is_told_the_history_of_the_fiches_it_pays_and_its_money_alone(
    engine: Engine, paid: tuple[Plan, Viewer]
):
    plan, funder = paid
    page = told(engine, funder, plan)
    said = repr(page)
    assert "120000" in said and "ARS" in said and "Point" in said
    assert [secret for secret in ("990000", "Région", "5000000", "coordination") if secret in said] == []
    assert {act.label for act in page.acts} == {UNTOLD} and {act.sheets for act in page.acts} == {1}
    with reading(engine) as session:
        assert sheet_history(session, funder, plan.initiative_id, ON, plan.sheets["1.2"]) == HistoryPage((), 0)


def test_a_funder_follows_the_values_that_it_reads_alone(engine: Engine, paid: tuple[Plan, Viewer]):
    plan, funder = paid
    with reading(engine) as session:
        open_to = followed(session, funder, plan.initiative_id, ON, plan.sheets["1.1"])
        other = followed(session, funder, plan.initiative_id, ON, plan.sheets["1.2"])
    labels = [value.label for value in open_to]
    assert "Montants : ARS, 2026" in labels and other == ()
    assert not {"Montants : Région, 2026", COLUMNS["action_sheet"]["funding_text"]} & set(labels)


def test_what_can_be_followed_is_told_of_fiches_that_stand_there_to_who_reads_their_history(
    engine: Engine, viewer: Viewer
):
    plan, elsewhere = plan_in(engine, viewer), plan_in(engine, viewer, name="Un autre plan")
    member = Viewer(1, ((plan.initiative_id, Role.BODY_MEMBER),))
    with reading(engine) as session:
        assert followed(session, member, plan.initiative_id, ON, plan.sheets["1.1"])
        assert followed(session, member, plan.initiative_id, ON, elsewhere.sheets["1.1"]) == ()


# One value followed.


def values_of(engine: Engine, who: Viewer, plan: Plan, key: str) -> list[dict[str, object]]:
    """What each act wrote of one value of 1.1, newest first."""
    with reading(engine) as session:
        page = sheet_history(session, who, plan.initiative_id, ON, plan.sheets["1.1"], 1, key)
    assert page.total == len(page.acts)
    return [{name: after for name, (_, after) in fields_of(act).items()} for act in page.acts]


def test_a_field_is_followed_alone(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    rewritten(engine, viewer, plan, means="Un poste", title="Autre titre")
    rewritten(engine, viewer, plan, title="Un troisième")
    rewritten(engine, viewer, plan, means=None)
    assert values_of(engine, viewer, plan, "action_sheet.means") == [{"means": None}, {"means": "Un poste"}]
    titles = [values["title"] for values in values_of(engine, viewer, plan, "action_sheet.title")]
    assert titles == ["Un troisième", "Autre titre", "Fiche 1.1"]


def test_a_date_is_followed_with_how_precisely_it_was_typed(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    march = date(2026, 3, 1)
    rewritten(engine, viewer, plan, starts_on=march)
    rewritten(engine, viewer, plan, starts_precision=DatePrecision.MONTH)
    said = [values["starts_on"] for values in values_of(engine, viewer, plan, "action_sheet.starts_on")]
    assert said == [FuzzyDate(march, DatePrecision.MONTH), FuzzyDate(march)]


def test_what_is_declared_a_step_an_indicator_and_an_amount_are_each_followed(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    sheet_id = plan.sheets["1.1"]
    with writing(engine) as session:
        measured(session, viewer, plan, 7, sensitive=False)
        declare_progress(session, viewer, sheet_id=sheet_id, percent=30, on=ON)
        for label in ("Recruter", "Former"):
            sheets.add_milestone(session, viewer, sheet_id=sheet_id, label=label)
        funder = find_or_create_organisation(session, viewer, "ARS").id
        for cents in (100, 200):
            line = add_funding_line(session, viewer, sheet_id=sheet_id, funder_id=funder, year=2026)
            record_amount(session, viewer, line_id=line.id, stage=FundingStage.GRANTED, on=ON, amount_cents=cents)
    with reading(engine) as session:
        keys = {v.label: v.key for v in followed(session, viewer, plan.initiative_id, ON, sheet_id)}
        first = min(key for label, key in keys.items() if label == "Montants : ARS, 2026")
    told_of = {label: values_of(engine, viewer, plan, key) for label, key in keys.items()}
    assert [values["percent"] for values in told_of["Avancement"]] == [30]
    assert [values["label"] for values in told_of["Étape « Former »"]] == ["Former"]
    (measure,) = (key for key in keys.values() if key.startswith("measurement."))
    assert [values["value"] for values in values_of(engine, viewer, plan, measure)] == ["7"]
    assert [values["amount_cents"] for values in values_of(engine, viewer, plan, first)] in ([100], [200])


@pytest.mark.parametrize("key", ["journal", "action_sheet.id", "milestone.x", "milestone.", f"target.{10**20}", "'"])
def test_a_value_that_is_nothing_has_no_history(engine: Engine, viewer: Viewer, key: str):
    assert values_of(engine, viewer, plan_in(engine, viewer), key) == []


def test_a_point_that_takes_a_value_in_is_no_value_more(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=40, on=ON)
        publish_point(session, viewer, initiative_id=plan.initiative_id, name="Point", as_of=ON)
    (value,) = values_of(engine, holding(plan, Role.SIGNATORY), plan, "progress_entry")
    assert value["percent"] == 40


def test_one_value_tells_a_reader_no_more_than_the_whole_history(engine: Engine, viewer: Viewer):
    plan = plan_in(engine, viewer)
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=plan.sheets["1.1"], percent=40, on=date(2026, 9, 1))
    assert values_of(engine, holding(plan, Role.SIGNATORY), plan, "progress_entry") == []
    assert values_of(engine, viewer, plan, "progress_entry")[0]["percent"] == 40


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

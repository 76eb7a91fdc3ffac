"""The demonstration, whole: the totals its file states, its point and what came after."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine, and_, func, select
from sqlalchemy.orm import Session

from db.commands import demo as demonstration
from db.engine import reading
from db.errors import Invalid
from db.homes import SERIES
from db.models import (
    ActionSheet,
    AmendmentSheet,
    AssessmentItem,
    Axis,
    Base,
    Body,
    BudgetItem,
    Decision,
    EvaluationQuestion,
    EvaluationQuestionIndicator,
    FundingEvent,
    FundingLine,
    Indicator,
    Initiative,
    Involvement,
    Measurement,
    Meeting,
    Milestone,
    Organisation,
    Placement,
    ProgressEntry,
    Publication,
    Score,
    SheetPlace,
    SheetTerm,
    StatusEntry,
    Target,
    Term,
    Territory,
    WeatherEntry,
)
from db.queries.facts import progress, statuses
from db.rules.vocabulary import (
    AmendmentChange,
    FundingStage,
    InvolvementRole,
    MilestoneState,
    PlacementEntry,
    Status,
    TerritoryKind,
    Vocabulary,
)
from db.viewer import Viewer
from tests.commands.demo_facts import (
    FILE,
    NATURES,
    POINT,
    SHEETS,
    STAGES,
    TODAY,
    TOTALS,
    count,
    sheet_id,
)


@pytest.fixture
def session(demo: Engine) -> Iterator[Session]:
    with reading(demo) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("nb_fiches", ActionSheet),
        ("nb_indicateurs", Indicator),
        ("nb_lignes_financement", FundingLine),
        ("nb_reunions", Meeting),
        ("nb_decisions", Decision),
    ],
)
def test_each_count_of_the_file_is_the_database_s(session: Session, name: str, table: type[Base]) -> None:
    assert count(session, table) == TOTALS[name]


@pytest.mark.parametrize("exercise", TOTALS["financements_eur"])
@pytest.mark.parametrize("stage", STAGES)
def test_each_sum_of_the_file_is_the_database_s_to_the_cent(session: Session, exercise: str, stage: str) -> None:
    """A refused line counts in what was asked and nowhere else: its other amounts are nothing."""
    year, nature = exercise.split("_")
    total = session.scalar(
        select(func.coalesce(func.sum(FundingEvent.amount_cents), 0))
        .join(FundingLine, FundingLine.id == FundingEvent.line_id)
        .where(FundingLine.year == int(year), FundingLine.nature == NATURES[nature])
        .where(FundingEvent.stage == STAGES[stage], FundingEvent.publication_id.is_not(None))
    )
    assert total == TOTALS["financements_eur"][exercise][stage] * 100


def test_everything_a_sheet_holds_is_in_a_table(session: Session) -> None:
    """As many rows of each sort as the file has entries."""
    wanted = {
        Milestone: sum(len(told["etapes"]) for told in SHEETS),
        BudgetItem: sum(len(told.get("budget_previsionnel", ())) for told in SHEETS),
        Target: sum(len(i["cibles"]) for told in SHEETS for i in told["indicateurs"]),
        SheetPlace: sum(len(places) for told in SHEETS for places in told["portee"].values()),
    }
    assert {table: count(session, table) for table in wanted} == wanted
    published = {
        StatusEntry: sum(len(told["historique_statuts"]) for told in SHEETS),
        ProgressEntry: sum(len(told["avancements"]) for told in SHEETS),
        WeatherEntry: sum(len(told["meteos"]) for told in SHEETS),
        FundingEvent: sum(
            value is not None for told in SHEETS for f in told["financements"] for value in f["montants_eur"].values()
        ),
    }
    assert {table: count(session, table, table.publication_id.is_not(None)) for table in published} == published
    whole = and_(Measurement.breakdown_id.is_(None), Measurement.publication_id.is_not(None))
    assert count(session, Measurement, whole) == sum(len(i["mesures"]) for t in SHEETS for i in t["indicateurs"])


def test_governance_and_evaluation_are_in_their_tables(session: Session) -> None:
    questions = FILE["evaluation"]["questions"]
    assert count(session, Body) == len(FILE["gouvernance"]["instances"])
    assert count(session, EvaluationQuestion) == len(questions)
    assert count(session, EvaluationQuestionIndicator) == sum(len(q["indicateurs_lies"]) for q in questions)
    assert count(session, AssessmentItem) == 12 + 7
    assert count(session, Score) == len(questions) + 12 * 2 + 7
    late = session.scalars(select(Decision.number).where(Decision.status_word == "en retard")).all()
    told = FILE["gouvernance"]["reunions"]
    assert sorted(late) == sorted(
        d["numero"] for m in told for d in m["releve_de_decisions"] if d["statut"] == "en_retard"
    )


def test_axes_and_objectives_are_numbered_without_their_letters(session: Session) -> None:
    codes = session.scalars(select(Axis.code).order_by(Axis.parent_id.is_not(None), Axis.position, Axis.id)).all()
    assert codes[:5] == ["1", "2", "3", "4", "5"]
    assert set(codes[5:]) == {f"{axis}.{place}" for axis in range(1, 6) for place in (1, 2)}


def test_a_sheet_says_by_which_way_it_came(session: Session) -> None:
    rows = dict(session.execute(select(Placement.entry, func.count()).group_by(Placement.entry)).all())
    told = [sheet["origine"] for sheet in SHEETS]
    assert rows == {
        PlacementEntry.INITIAL: told.count("initial"),
        PlacementEntry.AMENDMENT: told.count("avenant"),
        PlacementEntry.UNPLANNED: told.count("hors_contrat_initial"),
    }
    changes = session.scalars(select(AmendmentSheet.change)).all()
    assert sorted(changes) == [AmendmentChange.ADDED, AmendmentChange.ADDED, AmendmentChange.REWRITTEN]


def test_every_determinant_of_a_sheet_is_found_from_it(session: Session) -> None:
    for told in SHEETS:
        rows = session.execute(
            select(SheetTerm.rank, Term.code, Term.parent_id)
            .join(Term, Term.id == SheetTerm.term_id)
            .where(SheetTerm.sheet_id == sheet_id(session, told["code"]), Term.vocabulary == Vocabulary.DETERMINANT)
        ).all()
        ranked = {row.rank: row.code for row in rows if row.rank}
        assert ranked == dict(enumerate([told["determinant_principal"], *told["determinants_secondaires"]], start=1))
        families = set(
            session.scalars(select(Term.code).where(Term.id.in_([row.parent_id for row in rows if row.parent_id])))
        )
        assert set(told["determinants"]) <= families | {row.code for row in rows}


def test_populations_are_the_reference_s_and_districts_have_none(session: Session) -> None:
    rows = session.execute(select(Territory.kind, Territory.population).where(Territory.code.in_(["84035", "84089"])))
    assert all(kind is TerritoryKind.COMMUNE and population > 10_000 for kind, population in rows)
    districts = session.scalars(select(Territory).where(Territory.kind == TerritoryKind.PRIORITY_DISTRICT)).all()
    assert len(districts) == 3
    assert {row.population for row in districts} == {None}


def test_somebody_to_be_named_is_no_organisation(session: Session) -> None:
    assert count(session, Organisation, Organisation.search_text.like("%designer%")) == 0
    leads = Involvement.role == InvolvementRole.LEAD
    assert count(session, Involvement, leads, Involvement.sheet_id == sheet_id(session, "2.6")) == 0
    assert count(session, Involvement, leads) == len(SHEETS) - 1


def test_late_is_a_word_of_the_file_and_never_a_state(session: Session) -> None:
    told = [step["libelle"] for sheet in SHEETS for step in sheet["etapes"] if step["statut"] == "en_retard"]
    rows = session.scalars(select(Milestone).where(Milestone.state_word == "en retard")).all()
    assert sorted(row.label for row in rows) == sorted(told)
    assert {row.state for row in rows} == {MilestoneState.ONGOING}


def test_the_demonstration_says_that_it_is_fictitious_and_which_day_it_is(session: Session) -> None:
    row = session.scalars(select(Initiative)).one()
    assert (row.code, row.is_fictitious, row.reference_date) == ("demo", True, TODAY)
    assert (row.starts_on, row.ends_on) == (date(2024, 3, 29), date(2028, 12, 31))


def test_the_point_holds_every_value_of_the_file_and_nothing_after(session: Session) -> None:
    point = session.scalars(select(Publication)).one()
    assert (point.name, point.as_of) == ("Point du 30 septembre 2026", POINT)
    waiting = [row for table in SERIES for row in session.scalars(select(table).where(table.publication_id.is_(None)))]
    assert len(waiting) == len(FILE["en_preparation"])
    assert {row.on_date for row in waiting} == {TODAY}


def test_what_is_in_preparation_is_shown_to_the_one_who_prepares_alone(session: Session, viewer: Viewer) -> None:
    plan = session.scalars(select(Initiative.id)).one()
    running, cooking = sheet_id(session, "5.3"), sheet_id(session, "4.2")
    assert progress(session, viewer, plan, TODAY)[running] == (79, TODAY)
    assert progress(session, viewer.as_reader(), plan, TODAY)[running][0] != 79
    assert statuses(session, viewer, plan, TODAY)[cooking].status is Status.PAUSED
    assert statuses(session, viewer.as_reader(), plan, TODAY)[cooking].status is Status.ONGOING


def test_the_last_published_declarations_are_those_of_the_file(session: Session, viewer: Viewer) -> None:
    plan = session.scalars(select(Initiative.id)).one()
    declared = progress(session, viewer.as_reader(), plan, TODAY)
    assert {code: declared[sheet_id(session, code)][0] for code in (s["code"] for s in SHEETS)} == {
        told["code"]: told["avancement_pct"] for told in SHEETS
    }


def test_an_amount_without_a_date_has_none(session: Session) -> None:
    dated = session.scalars(select(FundingEvent.stage).where(FundingEvent.on_date.is_not(None)).distinct())
    assert set(dated) == {FundingStage.REQUESTED, FundingStage.GRANTED, FundingStage.PAID}
    published = and_(FundingEvent.stage == FundingStage.PAID, FundingEvent.publication_id.is_not(None))
    assert count(session, FundingEvent, published, FundingEvent.on_date.is_not(None)) == 0


def test_the_demonstration_is_loaded_once(own_demo: Engine) -> None:
    with pytest.raises(Invalid, match="déjà"):
        demonstration.load(own_demo)
    with reading(own_demo) as session:
        assert count(session, Initiative) == 1

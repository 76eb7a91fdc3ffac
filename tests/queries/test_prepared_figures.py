"""Signs and sums too are of what is published: an entry in preparation moves none that a reader is told."""

from datetime import date

from sqlalchemy import Engine, select

from db.commands.funding import record_amount
from db.commands.series import declare_weather
from db.engine import reading, writing
from db.models import FundingLine
from db.queries.overview import overview
from db.queries.plan import plan_state
from db.rules.access import Role
from db.rules.plan import PlanState
from db.rules.vocabulary import FundingNature, FundingStage, Weather
from db.viewer import Viewer
from tests.conftest import ON, viewer_in

DEMO = 1
READER, PREPARES = (Viewer(1, ((DEMO, role),)) for role in (Role.SIGNATORY, Role.COORDINATOR))


def plan_of(engine: Engine, who: Viewer) -> PlanState:
    with reading(engine) as session:
        return plan_state(session, who, DEMO, ON)


def test_the_sign_of_a_weather_in_preparation_is_shown_to_who_prepares_alone(own_demo: Engine) -> None:
    before = {row.sheet_id: row.weather for row in plan_of(own_demo, READER).sheets}
    sheet = next(key for key, sign in before.items() if sign is not Weather.STORM)
    with writing(own_demo) as session:
        declare_weather(session, viewer_in(own_demo), sheet_id=sheet, on=ON, weather=Weather.STORM)
    assert {row.sheet_id: row.weather for row in plan_of(own_demo, READER).sheets} == before
    assert {row.sheet_id: row.weather for row in plan_of(own_demo, PREPARES).sheets}[sheet] is Weather.STORM


def test_an_amount_in_preparation_counts_for_who_prepares_alone(own_demo: Engine) -> None:
    def granted(who: Viewer) -> tuple[int, int]:
        with reading(own_demo) as session:
            told = overview(session, who, DEMO, ON)
        return told.money.granted.total or 0, told.since.granted

    before = granted(READER), granted(PREPARES)
    with writing(own_demo) as session:
        line = FundingLine
        cash = select(line.id).where(line.sheet_id.is_not(None), line.nature == FundingNature.CASH, line.year == 2026)
        paid = session.scalars(cash.order_by(line.id).limit(1)).one()
        record_amount(
            session, viewer_in(own_demo), line_id=paid, stage=FundingStage.GRANTED, on=date(2026, 9, 15),
            amount_cents=123_00,
        )  # fmt: skip
    assert granted(READER) == before[0]
    assert granted(PREPARES) == tuple(cents + 123_00 for cents in before[1])

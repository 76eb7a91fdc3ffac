"""A vacancy noted where no account says it, and its end."""

from datetime import date

import pytest
from sqlalchemy import Engine

from db.commands import ways_in
from db.commands.vacancies import declare_vacancy, end_vacancy
from db.engine import writing
from db.errors import Invalid
from db.journal import last_act as act_of
from db.rules.vacancy import Span
from db.viewer import Viewer
from tests.commands.coming_in import NOW
from tests.commands.handing import LEAVER, coordinated, empty_days
from tests.commands.taking_back import undo
from tests.conftest import ON


def test_a_vacancy_is_declared_and_ended_where_nobody_has_an_account(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    plan = desk.plan.initiative_id
    with pytest.raises(Invalid, match="coordonne encore"), writing(engine) as session:
        declare_vacancy(session, viewer, initiative_id=plan, starts="1/11/2026", today=ON)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=desk.accounts[LEAVER], on=ON, at=NOW)
        declare_vacancy(session, viewer, initiative_id=plan, starts="15/9/2026", today=ON)
    with pytest.raises(Invalid, match="déjà notée"), writing(engine) as session:
        declare_vacancy(session, viewer, initiative_id=plan, starts="1/10/2026", today=ON)
    with pytest.raises(Invalid, match="pas vacante"), writing(engine) as session:
        end_vacancy(session, viewer, initiative_id=plan, resumes="15/9/2026", today=ON)
    with writing(engine) as session:
        end_vacancy(session, viewer, initiative_id=plan, resumes="1/10/2026", today=ON)
        act = act_of(session)
    assert empty_days(engine, plan) == [Span(date(2026, 9, 15), date(2026, 9, 30))]
    assert act is not None
    undo(engine, viewer, act)
    assert empty_days(engine, plan) == [Span(date(2026, 9, 15))]

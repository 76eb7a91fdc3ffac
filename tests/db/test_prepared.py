"""Statements that are built once."""

from datetime import date

import pytest
from sqlalchemy import Executable, select

from db.models import Initiative, StatusEntry
from db.prepared import prepared
from db.rules.access import Role
from db.viewer import Viewer, shown

ON = date(2026, 10, 1)


@prepared("sheet_id", "on")
def statuses(viewer: Viewer, sheet_id: int, on: date) -> Executable:
    return select(StatusEntry.status).where(StatusEntry.sheet_id == sheet_id, shown(viewer, StatusEntry, on))


def test_a_statement_is_built_once_whatever_its_values():
    reader = Viewer(1)
    first, second = statuses(reader, 1, ON), statuses(reader, sheet_id=2, on=ON)
    assert first.statement is second.statement
    assert (first.values["sheet_id"], second.values["sheet_id"]) == (1, 2)


def test_two_viewers_never_share_a_statement():
    reader, preparing = Viewer(1), Viewer(1, ((None, Role.ADMINISTRATOR),))
    assert statuses(reader, 1, ON).statement is not statuses(preparing, 1, ON).statement
    assert "publication_id IS NOT NULL" in str(statuses(reader, 1, ON).statement)
    assert "publication_id IS NOT NULL" not in str(statuses(preparing, 1, ON).statement)


def test_a_value_that_the_function_does_not_have_is_refused_when_it_is_written():
    with pytest.raises(TypeError, match="no parameter named sheet"):

        @prepared("sheet")
        def _of(initiative_id: int) -> Executable:
            return select(Initiative).where(Initiative.id == initiative_id)

"""Every table is carried, or said to stay: a new one is a choice that somebody makes."""

import pytest

from db.models import MODELS, Base
from db.portable.pointers import pointers
from db.portable.tables import HISTORY, LEFT_OUT, OWNED, SHARED, TABLES, WITHOUT, columns_of, own_key


def test_every_table_is_declared_once() -> None:
    declared = [*OWNED, *SHARED, *HISTORY, *LEFT_OUT]
    assert sorted(declared) == sorted(MODELS), "declare the new table in db/portable/tables.py"


@pytest.mark.parametrize("table", OWNED)
def test_every_way_leads_to_a_table_reached_before(table: str) -> None:
    before = list(OWNED)[: list(OWNED).index(table)]
    assert [way for way in OWNED[table] if pointers(table)[way] not in before] == []


@pytest.mark.parametrize("table", TABLES)
def test_what_goes_points_to_nothing_that_stays(table: str) -> None:
    keys = Base.metadata.tables[table].foreign_keys
    stray = {key.parent.name for key in keys if key.column.table.name not in TABLES}
    assert stray <= WITHOUT.get(table, frozenset())


def test_no_digest_of_a_secret_is_among_what_goes() -> None:
    names = {(table, column) for table in TABLES for column in columns_of(table)}
    assert [name for name in names if name[1] in ("digest", "password_hash", "idempotency_key")] == []
    assert {own_key(table) for table in TABLES} == {"id", "person_id", "seq"}

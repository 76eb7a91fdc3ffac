"""The values of an archive as the columns hold them. What does not fit its column is told, never put right."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Enum, Float, Integer, Numeric, String

from db.models import Base
from db.models.base import UtcDateTime
from db.portable.pointers import Listed, named_in
from db.portable.tables import OWNED, SHARED

KEY = re.compile(r"[0-9]{1,18}")
LARGEST = 2**63
"""The numbers that a column holds are smaller, whatever the engine."""


class Misfit(ValueError):
    """A value that its column cannot hold."""


def check(rows: Listed) -> None:
    """Raise Misfit unless every value fits its column, in the rows and in what the journal says of them."""
    try:
        for table, found in rows.items():
            for row in found:
                read_back(table, row)
        for line in rows["journal"]:
            _check_line(line)
        named_in(rows)
    except Misfit:
        raise
    except (ValueError, TypeError, AttributeError) as problem:
        raise Misfit("another shape") from problem


def _check_line(line: Mapping[str, Any]) -> None:
    """A line tells of a table that travels; of columns that are no more, nothing is asked."""
    table = line["table"]
    if table not in (*OWNED, *SHARED) or not KEY.fullmatch(line["row_key"]):
        raise Misfit(table)
    columns = Base.metadata.tables[table].columns
    for values in (line["before"], line["after"]):
        read_back(table, {name: value for name, value in (values or {}).items() if name in columns})


def read_back(table: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of canonical JSON as the columns of a table hold them. Raises Misfit."""
    columns = Base.metadata.tables[table].columns
    try:
        return {name: _read(columns[name], value) for name, value in values.items()}
    except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError) as problem:
        raise Misfit(f"{table}: {problem}") from problem


def _read(column: Column[Any], value: Any) -> Any:
    kind = column.type
    if value is None:
        return None
    if isinstance(kind, JSON):
        return _sound(value)
    if isinstance(kind, Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, UtcDateTime):
        return _aware(datetime.fromisoformat(value))
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, Boolean):
        return _of(bool, value)
    if isinstance(kind, Float):
        return float(_of(float if isinstance(value, float) else int, value))
    if isinstance(kind, Numeric):
        return _finite(Decimal(_of(str, value)))
    if isinstance(kind, Integer):
        return _small(_of(int, value))
    assert isinstance(kind, String)
    return _sound(_of(str, value))


def _of(wanted: type[Any], value: Any) -> Any:
    if type(value) is not wanted:
        raise Misfit(f"{value!r:.40}")
    return value


def _small(value: int) -> int:
    if not -LARGEST <= value < LARGEST:
        raise Misfit("a number too large")
    return value


def _finite(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Misfit("no number")
    return value


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise Misfit("an instant without its zone")
    return value


def _sound(value: Any) -> Any:
    """A text, or a structure of texts, that both engines can hold: no NUL, no half of a character."""
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise Misfit("a NUL")
    elif isinstance(value, list):
        for item in value:
            _sound(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            _sound(name)
            _sound(item)
    return value

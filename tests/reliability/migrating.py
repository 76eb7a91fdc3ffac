"""Databases of every version that was released, brought to this one: the same plan comes out, wherever it was killed.

A database of a version is made by its own migrations, then holds all of the demonstration that its tables can hold.
"""

import os
import signal
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from alembic.script import ScriptDirectory
from openpyxl import load_workbook
from sqlalchemy import Connection, Engine, column, event, func, insert, inspect, select, table, text

from db import check, migrate
from db.commands.plan import add_axis
from db.engine import make_engine, reading, writing
from db.exchange.export import plan_workbook
from db.models import Base, Initiative
from tests.conftest import ON, Databases, viewer_in
from tests.reliability.crash import started
from tests.reliability.told import Told

KILLS = 20
TABLES = Base.metadata.tables
FREE = {"sqlite": "PRAGMA defer_foreign_keys=ON", "postgresql": "SET LOCAL session_replication_role = replica"}
"""Have the rows of a copy come in any order."""


def released() -> list[str]:
    """Every revision that a database may be at, from the first to this version's."""
    found = ScriptDirectory(str(migrate.FOLDER)).walk_revisions()
    return sorted(script.revision for script in found)


def golden(made: Databases, kind: str, revision: str) -> Engine:
    """The demonstration in a database of this revision."""
    engine = made.empty(kind)
    migrate.upgrade(engine, revision)
    source = make_engine(made.template(kind, "demo"))
    with source.connect() as origin, engine.connect() as connection:
        connection.exec_driver_sql(FREE[kind])
        for name in inspect(engine).get_table_names():
            if name in TABLES:
                _copy(origin, connection, name, _columns(engine, name))
        connection.commit()
    source.dispose()
    engine.dispose()
    return engine


def _copy(origin: Connection, to: Connection, name: str, held: set[str]) -> None:
    """The rows of a table, in the columns that this version has."""
    columns = [found for found in TABLES[name].columns if found.name in held]
    older = table(name, *(column(found.name, found.type) for found in columns))
    to.execute(older.delete())  # what the migrations themselves put there
    if rows := origin.execute(select(*columns)).all():
        to.execute(insert(older), [dict(zip(older.columns.keys(), row, strict=True)) for row in rows])
    counted = TABLES[name].autoincrement_column
    if to.dialect.name == "postgresql" and counted is not None and rows:
        last = to.scalar(select(func.max(counted)))
        to.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', '{counted.name}'), {last})"))


def _columns(engine: Engine, name: str) -> set[str]:
    return {found["name"] for found in inspect(engine).get_columns(name)}


def rows(engine: Engine, held: dict[str, set[str]] | None = None) -> dict[str, list[str]]:
    """What each table holds, in these columns of these tables, else in all that it has."""
    known = held or {name: _columns(engine, name) for name in inspect(engine).get_table_names() if name in TABLES}
    with engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(*(TABLES[name].c[one] for one in sorted(columns))))))
            for name, columns in known.items()
        }


def exported(engine: Engine) -> list[Any]:
    """The plan as its own workbook says it: every cell of every sheet."""
    with reading(engine) as session:
        initiative = session.scalars(select(Initiative.id).order_by(Initiative.id)).first() or 0
        content = plan_workbook(session, viewer_in(engine), initiative, ON)
    book = load_workbook(BytesIO(content))
    return [(sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()]) for sheet in book.worksheets]


def brought_up(engine: Engine, revision: str, wanted: list[Any]) -> list[str]:
    """Bring this database of `revision` to this version; what is then wrong with it, nothing when all is well.

    No row has changed in what both versions have, the exported plan is `wanted`, every promise of the data holds, and
    one may write in it.
    """
    was = rows(engine)
    like = {name: _columns(engine, name) for name in was}
    migrate.upgrade(engine)
    wrong = [f"rows of {name}" for name, told in rows(engine, like).items() if told != was[name]]
    wrong += check.problems(engine)
    if exported(engine) != wanted:
        wrong.append("the plan that is exported")
    with writing(engine) as session:
        initiative = session.scalars(select(Initiative.id).order_by(Initiative.id)).first() or 0
        add_axis(session, viewer_in(engine), initiative_id=initiative, title="Après la mise à jour", code=None)
    return [f"{revision}: {what}" for what in wrong]


def statements(engine: Engine) -> int:
    """How many statements bring this database to this version; it is brought there."""
    sent = [0]

    def count(*_: object) -> None:
        sent[0] += 1

    event.listen(engine, "before_cursor_execute", count)
    migrate.upgrade(engine)
    event.remove(engine, "before_cursor_execute", count)
    return sent[0]


def killed_at(engine: Engine, n: int) -> None:
    """Bring this database up in a process that is killed at its n-th statement, or at its commit when it has fewer."""
    process = started(_upgrade_until, engine.url.render_as_string(hide_password=False), n)
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _upgrade_until(url: str, n: int) -> None:
    engine, sent = make_engine(url), [0]

    def count(*_: object) -> None:
        sent[0] += 1
        if sent[0] == n:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", lambda _: os.kill(os.getpid(), signal.SIGKILL))
    migrate.upgrade(engine)


def restarted(made: Databases, kind: str, kills: int) -> Iterator[list[str]]:
    """What is wrong after each of these kills, at statements spread up to the commit, then a new start."""
    first = released()[0]
    source = golden(made, kind, first)
    url, wanted = source.url.render_as_string(hide_password=False), exported_demo(made, kind)
    before = rows(source)
    source.dispose()
    counted = make_engine(made.new_url(kind, url))
    last = statements(counted) + 1
    counted.dispose()
    for turn in range(kills):
        engine = make_engine(made.new_url(kind, url))
        killed_at(engine, (turn + 1) * last // kills)
        half = [] if migrate.current(engine) == first and rows(engine) == before else ["half of it was kept"]
        yield half + brought_up(engine, first, wanted)
        engine.dispose()


def exported_demo(made: Databases, kind: str) -> list[Any]:
    """The plan of the demonstration, as this version exports it."""
    engine = make_engine(made.template(kind, "demo"))
    told = exported(engine)
    engine.dispose()
    return told


def at_length(kind: str) -> Told:
    """Every released version, then 20 kills between the first and this one."""
    with Databases.apart() as made:
        wanted, wrong = exported_demo(made, kind), []
        for revision in released():
            engine = golden(made, kind, revision)
            wrong += brought_up(engine, revision, wanted)
            engine.dispose()
        for found in restarted(made, kind, KILLS):
            wrong += found
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return Told("migrations", kind, kills=KILLS, lost=len(wrong), cases=len(released()) + KILLS)

"""The territories that ship with Balise, from the files of `db/reference/territories` to their two tables.

Some forty thousand rows that no user typed: they are written in bulk, with sqlite-utils on SQLite and SQLAlchemy Core
on PostgreSQL, from the same rows. The journal holds one line of the act, not each row.
"""

import csv
import gzip
import hashlib
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from db.journal import acting, move
from db.models import Act, Territory, TerritoryOutline
from db.models.base import Base
from db.rules.text import search_text, sort_key
from db.rules.vocabulary import TerritoryKind

FOLDER = Path(__file__).resolve().parent / "reference" / "territories"
OPERATION = "load_territories"
OUTLINES = {
    TerritoryKind.REGION: "regions.geojson.gz",
    TerritoryKind.DEPARTMENT: "departements.geojson.gz",
    TerritoryKind.INTERCOMMUNALITY: "epci.geojson.gz",
    TerritoryKind.COMMUNE: "communes.geojson.gz",
}
# A contour is kept as the file's own text: reading fifteen megabytes of figures to write them back takes seconds.
FEATURE = re.compile(r'\{"type":"Feature","id":"([^"]+)","properties":(\{[^}]*\}),"geometry":(\{[^}]*\})\}')

Row = dict[str, Any]
BLANK: Row = dict.fromkeys(column.key for column in Territory.__table__.columns if column.key != "id")


def load(session: Session, actor_id: int, departments: Collection[str] | None = None) -> bool:
    """Load the territories, or say (False) that this very set is already there.

    `departments` keeps only the communes and EPCI of these départements (codes), for tests. What is loaded is told by
    the digest of the files, in the label of the act.
    """
    label = _label(departments)
    done = select(Act.id).where(Act.operation == OPERATION, Act.label == label)
    if session.scalars(done).first() is not None:
        return False
    with acting(session, actor_id, OPERATION, label):
        communes = [row for row in _communes() if departments is None or row["department_code"] in departments]
        kept = None if departments is None else {row["intercommunality_code"] for row in communes}
        _upsert(session, Territory, chain(_areas(kept), communes), ("kind", "code"))
        _upsert(session, TerritoryOutline, _outlines(_keys(session)), ("territory_id",))
        move(session, ["reference"])
    return True


def find(session: Session, kind: TerritoryKind, code: str) -> Territory | None:
    """The territory with this official code; None when the reference does not have it (about a hundred communes)."""
    return session.scalars(select(Territory).where(Territory.kind == kind, Territory.code == code)).first()


def _label(departments: Collection[str] | None) -> str:
    digest = hashlib.sha256()
    for path in sorted(FOLDER.glob("*.gz")):
        digest.update(path.read_bytes())
    part = f", départements {' '.join(sorted(departments))}" if departments is not None else ""
    return f"Territoires de référence (jeu {digest.hexdigest()[:12]}{part})"


def _communes() -> Iterator[Row]:
    with gzip.open(FOLDER / "communes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield _territory(
                TerritoryKind.COMMUNE,
                row["code"],
                row["nom"],
                intercommunality_code=row["code_epci"] or None,
                department_code=row["code_departement"] or None,
                region_code=row["code_region"] or None,
                population=int(row["population"]) if row["population"] else None,
                longitude=float(row["longitude"]) if row["longitude"] else None,
                latitude=float(row["latitude"]) if row["latitude"] else None,
            )


def _areas(intercommunalities: Collection[str] | None) -> Iterator[Row]:
    """Regions, départements and EPCI: what they are called is in the properties of their outlines."""
    for kind in (TerritoryKind.REGION, TerritoryKind.DEPARTMENT, TerritoryKind.INTERCOMMUNALITY):
        for code, told, _ in _features(kind):
            if kind is TerritoryKind.INTERCOMMUNALITY and not (
                intercommunalities is None or code in intercommunalities
            ):
                continue
            own: Row = {"department_code": code} if kind is TerritoryKind.DEPARTMENT else {}
            yield _territory(
                kind, code, told["nom"], population=told.get("population"), region_code=told.get("code_region"), **own
            )


def _territory(kind: TerritoryKind, code: str, name: str, **columns: Any) -> Row:
    folded = search_text(name)
    words = {"search_text": folded, "sort_key": sort_key(folded)}
    return BLANK | {"kind": kind.value, "code": code, "name": name} | words | columns


def _features(kind: TerritoryKind) -> Iterator[tuple[str, Row, str]]:
    """(code, properties, geometry as text) of each outline of a kind."""
    text = gzip.decompress((FOLDER / OUTLINES[kind]).read_bytes()).decode("utf-8")
    for found in FEATURE.finditer(text):
        yield found[1], json.loads(found[2]), found[3]


def _keys(session: Session) -> dict[tuple[str, str], int]:
    rows = session.execute(select(Territory.kind, Territory.code, Territory.id))
    return {(kind.value, code): key for kind, code, key in rows}


def _outlines(keys: Mapping[tuple[str, str], int]) -> Iterator[Row]:
    for kind in OUTLINES:
        for code, _, geometry in _features(kind):
            if (kind.value, code) in keys:
                yield {"territory_id": keys[kind.value, code], "geometry": geometry}


def _upsert(session: Session, table: type[Base], rows: Iterable[Row], key: tuple[str, ...]) -> None:
    """Write the rows in the session's own transaction; a row whose key is there takes the new values."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        from sqlite_utils import Database

        database = Database(connection.connection.driver_connection)
        database.table(table.__tablename__).upsert_all(rows, pk=key, batch_size=500)
        return
    remaining = iter(rows)
    while some := list(islice(remaining, 1000)):
        statement = upsert(table)
        changed = {name: statement.excluded[name] for name in some[0] if name not in key}
        session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), some)

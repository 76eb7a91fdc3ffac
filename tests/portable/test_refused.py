"""What is no archive, or a damaged, altered or hostile one, is refused in a sentence and nothing is written."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from db.commands.series import declare_progress
from db.engine import reading, writing
from db.errors import Invalid
from db.exchange.gate import UnreadableFile
from db.models import Base
from db.portable import box
from tests.builders import plan_in
from tests.conftest import ON, Databases, viewer_in
from tests.portable.carrying import adopted, packed

Entries = dict[str, bytes]
Change = Callable[[dict[str, list[dict[str, Any]]]], None]


@pytest.fixture(scope="module")
def archive(databases: Databases) -> bytes:
    """The archive of a small plan."""
    made = databases.copy("sqlite")
    plan = plan_in(made, viewer_in(made), code="essai")
    with writing(made) as session:
        declare_progress(session, viewer_in(made), sheet_id=plan.sheets["1.1"], on=ON, percent=45)
    return packed(made, "essai").content


def entries_of(content: bytes) -> Entries:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(entries: Entries) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def told(content: bytes, **changes: Any) -> bytes:
    """The same archive, its manifest saying something else."""
    entries = entries_of(content)
    manifest = json.loads(entries["manifest.json"]) | changes
    return zipped(entries | {"manifest.json": json.dumps(manifest).encode()})


def forged(content: bytes, change: Change) -> bytes:
    """The same archive, its rows changed by somebody who knows how to make the digests and the counts agree."""
    entries = entries_of(content)
    manifest = json.loads(entries.pop("manifest.json"))
    tables = {name: [json.loads(line) for line in text.splitlines()] for name, text in entries.items()}
    rows = {name.removeprefix("tables/").removesuffix(".jsonl"): found for name, found in tables.items()}
    change(rows)
    for table, found in rows.items():
        entries[f"tables/{table}.jsonl"] = "".join(f"{json.dumps(row)}\n" for row in found).encode()
    manifest["sha256"] = {name: hashlib.sha256(text).hexdigest() for name, text in entries.items()}
    manifest["counts"] = {table: len(found) for table, found in rows.items()}
    return zipped({"manifest.json": json.dumps(manifest).encode(), **entries})


def refusal(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as problem:
        box.read(content)
    assert "Rien n'a été importé." in str(problem.value)
    return str(problem.value)


def test_a_forged_archive_that_says_the_same_is_read(archive: bytes) -> None:
    assert box.read(forged(archive, lambda rows: None)).rows == box.read(archive).rows


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"bonjour", b"SQLite format 3\0", zipped({"xl/workbook.xml": b"<x/>"})]
)
def test_what_is_no_archive_is_told_to_be_none(content: bytes) -> None:
    assert "archive" in refusal(content)


def test_wherever_it_is_cut_it_is_refused(archive: bytes) -> None:
    for length in range(0, len(archive) - 1, max(1, len(archive) // 60)):
        refusal(archive[:length])


def test_whatever_bit_is_flipped_it_is_refused_or_says_the_same(archive: bytes) -> None:
    whole, refused = box.read(archive), 0
    for place in range(0, len(archive), max(1, len(archive) // 300)):
        flipped = bytearray(archive)
        flipped[place] ^= 1 << (place % 8)
        try:
            assert box.read(bytes(flipped)) == whole, place
        except UnreadableFile:
            refused += 1
    assert refused > 150  # the rest is in the dates and the like of the zip itself


def test_an_entry_changed_since_is_refused(archive: bytes) -> None:
    entries = entries_of(archive)
    sheets = "tables/action_sheet.jsonl"
    said = refusal(zipped(entries | {sheets: entries[sheets].replace(b"Fiche 1.1", b"Fiche 9.9")}))
    assert "ne correspond plus à ses empreintes" in said
    assert "des parties manquent" not in said
    del entries[sheets]
    assert "empreintes" in refusal(zipped(entries))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": 2}, "format plus récent"),
        ({"schema": "9999"}, "version plus récente"),
        ({"schema": "0001"}, "version plus ancienne"),
        ({"title": "Autre chose"}, "n'est pas une archive portable"),
        ({"sha256": {}}, "des parties manquent"),
        ({"counts": {}}, "pas ce qu'elle annonce"),
        ({"code": "autre"}, "une autre démarche"),
        ({"name": "deux\nlignes"}, "en-tête est illisible"),
        ({"remarks": [1]}, "en-tête est illisible"),
        ({"made_at": "hier"}, "en-tête est illisible"),
    ],
)
def test_an_archive_of_another_version_or_that_lies_is_refused(
    archive: bytes, changes: dict[str, Any], words: str
) -> None:
    assert words in refusal(told(archive, **changes))


def test_a_name_that_leads_elsewhere_is_refused(archive: bytes) -> None:
    for name in ("../x", "/etc/passwd", "tables/../../x.jsonl", "C:x", "tables/é.jsonl", "autre.txt"):
        assert "nom interdit" in refusal(zipped({**entries_of(archive), name: b""})), name


def test_an_entry_twice_is_refused(archive: bytes) -> None:
    file = io.BytesIO(archive)
    with zipfile.ZipFile(file, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("tables/axis.jsonl", b"")
    assert "nom interdit" in refusal(file.getvalue())


def test_a_bomb_is_refused_before_it_is_read(archive: bytes) -> None:
    bomb = zipped({**entries_of(archive), "tables/axis.jsonl": b"0" * (50 * 2**20)})
    assert len(bomb) < 2**20
    assert "compressée de façon anormale" in refusal(bomb)


def test_a_file_too_large_is_refused_by_its_weight() -> None:
    assert "la limite est de 20 Mo" in refusal(b"PK" + b"0" * (21 * 2**20))


@pytest.mark.parametrize("limit", ["MAX_FILE_BYTES", "MAX_INFLATED_BYTES"])
def test_what_nobody_could_take_in_is_not_packed(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    made = databases.copy("sqlite")
    plan_in(made, viewer_in(made), code="essai")
    monkeypatch.setattr(box, limit, 1000)
    with pytest.raises(Invalid) as problem:
        packed(made, "essai")
    assert "rien n'a été écrit" in problem.value.message and "par une sauvegarde" in problem.value.message
    made.dispose()


def change_of(of: str, /, **values: Any) -> Change:
    return lambda rows: rows[of][0].update(values)


MISFITS: dict[str, Change] = {
    "a word outside a list": change_of("initiative", kind="robot"),
    "a number as a text": change_of("axis", position="0"),
    "a truth as a number": change_of("action_sheet", is_continuous=1),
    "a day that is none": change_of("progress_entry", on_date="2026-02-30"),
    "an instant without its zone": change_of("act", at_utc="2026-01-01T00:00:00"),
    "a number too large": change_of("axis", position=2**63),
    "a key that is a list": change_of("placement", axis_id=[1]),
    "a NUL": change_of("action_sheet", title="a\0b"),
    "half a character": change_of("action_sheet", title="\ud800"),
    "a column too many": change_of("axis", autre=1),
    "a table that does not travel": change_of("journal", table="credential"),
    "a table that does not exist": change_of("journal", table="x; DROP TABLE axis"),
    "a key of the journal that is none": change_of("journal", row_key="-1"),
    "a word of the journal outside a list": change_of("journal", after={"kind": "robot"}),
    "a journal of lists": change_of("journal", after=["x"]),
    "a démarche too many": lambda rows: rows["initiative"].append(dict(rows["initiative"][0], id=2)),
    "a row that is a list": lambda rows: rows["axis"].__setitem__(0, [1]),  # type: ignore[call-overload]
}


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_its_column_is_refused(archive: bytes, case: str) -> None:
    assert "abîmée ou a été modifiée" in refusal(forged(archive, MISFITS[case]))


def test_json_without_end_is_refused(archive: bytes) -> None:
    entries = entries_of(archive)
    manifest = json.loads(entries["manifest.json"])
    deep = b"[" * 100_000
    manifest["sha256"]["tables/axis.jsonl"] = hashlib.sha256(deep).hexdigest()
    refusal(zipped(entries | {"tables/axis.jsonl": deep, "manifest.json": json.dumps(manifest).encode()}))


def sizes(engine: Engine) -> dict[str, int]:
    with reading(engine) as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def twice_an_axis(rows: dict[str, list[dict[str, Any]]]) -> None:
    rows["axis"][0]["parent_id"], rows["axis"][1]["parent_id"] = 2, 1


BROKEN: dict[str, tuple[Change, str]] = {
    "a key to nothing": (change_of("placement", axis_id=99), "ne tient pas dans la base"),
    "a promise of the schema": (change_of("progress_entry", percent=150), "ne tient pas dans la base"),
    "a plan that turns in circles": (twice_an_axis, "archive"),
    "a sheet without a home": (change_of("placement", role="guest"), "n'a pas de plan d'origine"),
    "a sheet without a past": (
        lambda rows: rows["journal"].__setitem__(
            slice(None), [line for line in rows["journal"] if line["table"] != "action_sheet"]
        ),
        "n'a pas de ligne d'ajout au journal",
    ),
    "a name in the journal": (
        lambda rows: rows["journal"][0].update(table="weather_entry", after={"signed_by": "Claire"}),
        "donnée personnelle",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_content_that_breaks_a_promise_leaves_nothing_written(engine: Engine, archive: bytes, case: str) -> None:
    change, words = BROKEN[case]
    before = sizes(engine)
    with pytest.raises(Invalid) as problem:
        adopted(engine, box.read(forged(archive, change)))
    assert words in problem.value.message
    assert "Rien n'a été écrit." in problem.value.message
    assert sizes(engine) == before
    adopted(engine, box.read(archive))


@pytest.mark.postgresql
def test_a_number_that_one_engine_alone_holds_is_refused_by_the_other(databases: Databases, archive: bytes) -> None:
    there = databases.copy("postgresql")
    before = sizes(there)
    with pytest.raises(Invalid, match="ne tient pas dans la base"):
        adopted(there, box.read(forged(archive, change_of("axis", position=2**40))))
    assert sizes(there) == before

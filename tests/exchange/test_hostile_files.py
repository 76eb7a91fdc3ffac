"""Files that are no workbook, or are made to harm: each is refused with a sentence, never with a traceback."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from db.exchange import workbook as workbook_module
from db.exchange.gate import NOTHING_DONE, UnreadableFile
from db.exchange.workbook import Workbook, read_workbook
from tests.exchange.files import PLAN, delimited, ods, ods_table, rezipped, sheet_xml, xlsx

SHEET = "xl/worksheets/sheet1.xml"
XXE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'


def _valid(folder: Path) -> Path:
    return xlsx(folder / "valide.xlsx", PLAN)


def _with(folder: Path, name: str, data: bytes) -> Path:
    return rezipped(_valid(folder), folder / "mauvais.xlsx", {name: data})


def _raw(folder: Path, name: str, data: bytes) -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def _archive(folder: Path, name: str, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)
    return folder / name


def _nested(folder: Path) -> Path:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("xl/workbook.xml", b"0")
    return _with(folder, "xl/embeddings/objet.bin", inner.getvalue())


def _encrypted_entry(folder: Path) -> Path:
    data = bytearray(_valid(folder).read_bytes())
    place = data.rfind(b"PK\x01\x02")
    data[place + 8] |= 1
    return _raw(folder, "chiffre.xlsx", bytes(data))


def _nul_name(folder: Path) -> Path:
    data = _with(folder, "xl/aXb.xml", b"<a/>").read_bytes().replace(b"xl/aXb.xml", b"xl/a\0b.xml")
    return _raw(folder, "nul.xlsx", data)


def _lying_size(folder: Path) -> Path:
    """An entry that declares 10 bytes and inflates to 60 MB."""
    data = bytearray(_with(folder, SHEET, b" " * 60_000_000).read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.rfind(SHEET.encode()) if mark == b"PK\x01\x02" else data.find(SHEET.encode())
        start = data.rfind(mark, 0, place)
        data[start + offset : start + offset + 4] = (10).to_bytes(4, "little")
    return _raw(folder, "menteur.xlsx", bytes(data))


def _far_rows(folder: Path) -> Path:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 20_002))
    return _with(folder, SHEET, sheet_xml(rows))


def _ole(*names: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + b"".join(n.encode("utf-16-le") for n in names)


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (lambda f: _raw(f, "vide.xlsx", b""), "vide (0 octet)"),
    "too heavy": (lambda f: _raw(f, "lourd.csv", b"a;b\n" * 6_000_000), "la limite est de 20 Mo"),
    "pdf": (lambda f: _raw(f, "plan.xlsx", b"%PDF-1.7 ..."), "document PDF"),
    "image": (lambda f: _raw(f, "plan.png", b"\x89PNG\r\n\x1a\n"), "une image"),
    "html named xls": (lambda f: _raw(f, "plan.xls", b"<html><table><td>Titre</td></table></html>"), "page web"),
    "xml": (lambda f: _raw(f, "plan.fods", b'<?xml version="1.0"?><office:document/>'), "document XML"),
    "binary": (lambda f: _raw(f, "plan.csv", bytes(range(256)) * 20), "n'est reconnu sous aucun format"),
    "xlsx named csv": (lambda f: _valid(f).rename(f / "plan.csv"), "nommé .csv mais contient un classeur Excel"),
    "csv named xlsx": (lambda f: delimited(f / "plan.xlsx", PLAN), "nommé .xlsx mais contient du texte"),
    "old excel named xlsx": (lambda f: _raw(f, "plan.xlsx", _ole("Workbook")), "nommé .xlsx mais contient un ancien"),
    "password": (lambda f: _raw(f, "plan.xlsx", _ole("EncryptionInfo", "EncryptedPackage")), "mot de passe"),
    "old word": (lambda f: _raw(f, "plan.xls", _ole("WordDocument")), "document Word"),
    "old excel without content": (lambda f: _raw(f, "plan.xls", _ole("Workbook")), NOTHING_DONE),
    "encrypted entry": (_encrypted_entry, "mot de passe"),
    "word document": (
        lambda f: _archive(f, "plan.docx", {"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        "document Word",
    ),
    "plain archive": (lambda f: _archive(f, "plan.zip", {"plan.csv": b"a;b"}), "archive compressée"),
    "xlsb": (lambda f: _archive(f, "plan.xlsb", {"xl/workbook.bin": b"0"}), ".xlsb"),
    "text document": (
        lambda f: ods(f / "plan.ods", "", "application/vnd.oasis.opendocument.text"),
        "n'est pas un classeur",
    ),
    "truncated": (lambda f: _raw(f, "coupe.xlsx", _valid(f).read_bytes()[:3000]), "abîmé ou incomplet"),
    "sheet missing": (lambda f: _archive(f, "x.xlsx", {"xl/workbook.xml": b"<workbook/>"}), NOTHING_DONE),
    "bomb": (lambda f: _with(f, SHEET, sheet_xml(" " * 150_000_000)), "compressé de façon anormale"),
    "bomb in many parts": (
        lambda f: rezipped(_valid(f), f / "b.xlsx", {f"xl/p{n}.bin": b"\0" * 1_000_000 for n in range(215)}),
        "dépasse 200 Mo",
    ),
    "lying size": (_lying_size, NOTHING_DONE),
    "too many entries": (
        lambda f: rezipped(_valid(f), f / "e.xlsx", {f"xl/p{n}.bin": b"0" for n in range(2001)}),
        "éléments internes",
    ),
    "nested zip": (_nested, "contient un autre fichier compressé"),
    "climbing name": (lambda f: _with(f, "xl/../../../etc/passwd", b"x"), "nom interne interdit"),
    "nul name": (_nul_name, "nom interne interdit"),
    "entities": (lambda f: _with(f, "xl/sharedStrings.xml", XXE), "entités XML"),
    "utf-16 entities": (
        lambda f: _with(f, "xl/sharedStrings.xml", XXE.decode().encode("utf-16")),
        "codage interne inhabituel",
    ),
    "far cell": (
        lambda f: _with(f, SHEET, sheet_xml('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "au-delà de la colonne 300",
    ),
    "unnumbered wide row": (
        lambda f: _with(f, SHEET, sheet_xml("<row>" + "<c><v>1</v></c>" * 301 + "</row>")),
        "colonne 300",
    ),
    "20 001 filled rows": (_far_rows, "au-delà de la ligne 20000"),
    "301 columns": (lambda f: xlsx(f / "large.xlsx", [["Titre"] * 301]), "au-delà de la colonne 300"),
    "301 csv columns": (lambda f: delimited(f / "large.csv", [["Titre"] * 301]), "300 colonnes"),
    "ods repeated cells": (
        lambda f: ods(
            f / "r.ods",
            '<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000">'
            '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p>'
            "</table:table-cell></table:table-row></table:table>",
        ),
        "au-delà de",
    ),
    "unclosed quote": (lambda f: _raw(f, "q.csv", b'Titre;Statut\n"Bus sant\xc3\xa9;En cours\n'), "guillemet ouvert"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence_that_says_what_to_do(case: str, tmp_path: Path) -> None:
    make, fragment = HOSTILE[case]
    with pytest.raises(UnreadableFile) as refused:
        read_workbook(make(tmp_path))
    message = str(refused.value)
    assert fragment in message
    assert NOTHING_DONE in message
    assert refused.value.remedy


def test_a_million_blank_styled_rows_are_read_as_nothing(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(3, 200_003))
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titre</t></is></c></row>'
    path = _with(tmp_path, SHEET, sheet_xml(first + blank, "A1:XFD1048576"))
    assert [len(sheet.rows) for sheet in read_workbook(path).worksheets] == [1]


def test_an_ods_with_a_million_blank_repeated_rows_is_read(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    tail = f'<table:table-row table:number-rows-repeated="1048000">{blank}</table:table-row>'
    path = ods(tmp_path / "p.ods", ods_table(PLAN).replace("</table:table>", tail + "</table:table>"))
    assert len(read_workbook(path).worksheets[0].rows) == len(PLAN)


def test_a_workbook_with_macros_is_data_and_its_macros_are_left_alone(tmp_path: Path) -> None:
    path = rezipped(
        _valid(tmp_path), tmp_path / "macros.xlsm", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Sub AutoOpen()"}
    )
    assert len(read_workbook(path).worksheets[0].rows) == len(PLAN)


def test_a_reading_that_never_ends_is_stopped_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "TIME_SECONDS", 0.001)
    with pytest.raises(UnreadableFile, match="a été arrêtée après"):
        read_workbook(_valid(tmp_path))


def test_the_child_gets_no_secret_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {}
    real = workbook_module.subprocess.run

    def spy(*args: object, **kwargs: object) -> object:
        seen.update(kwargs["env"])  # type: ignore[call-overload]
        return real(*args, **kwargs)  # type: ignore[call-overload]

    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setattr(workbook_module.subprocess, "run", spy)
    read_workbook(_valid(tmp_path))
    assert "DATABASE_URL" not in seen


def _mutated(data: bytes, chance: random.Random) -> bytes:
    kind = chance.choice(["flip", "flip", "cut", "drop", "repeat", "attribute", "part"])
    if kind == "flip":
        altered = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
        return bytes(altered)
    if kind == "cut":
        return data[: chance.randrange(1, len(data))]
    if kind == "repeat":
        start = chance.randrange(len(data))
        return data[:start] + data[start : start + 50] * chance.randint(1, 40) + data[start:]
    return _changed_entries(data, kind, chance)


def _changed_entries(data: bytes, kind: str, chance: random.Random) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        target = chance.choice(names)
        for name in names:
            content = old.read(name)
            if name == target:
                if kind == "drop":
                    continue
                place = chance.randrange(max(1, len(content)))
                junk = chance.choice(
                    [b' r="ZZZ9"', b'"', b"<", b"&#0;", b"\xff\xfe", b"-1", b"99999999999999999999", b"<c/>"]
                )
                content = (
                    content[:place] + junk + content[place + (0 if kind == "attribute" else chance.randrange(60)) :]
                )
            new.writestr(name, content)
    return output.getvalue()


@pytest.mark.parametrize("seed", range(310))
def test_a_damaged_file_is_read_or_refused_but_never_breaks_the_reader(
    seed: int, tmp_path: Path, damaged_sources: list[tuple[str, bytes]]
) -> None:
    chance = random.Random(seed)
    suffix, data = damaged_sources[seed % len(damaged_sources)]
    path = _raw(tmp_path, f"abime{suffix}", _mutated(data, chance))
    try:
        assert isinstance(read_workbook(path), Workbook)
    except UnreadableFile as refused:
        assert NOTHING_DONE in str(refused)


@pytest.fixture(scope="module")
def damaged_sources(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    folder = tmp_path_factory.mktemp("sources")
    merged = xlsx(folder / "m.xlsx", PLAN, merges=[(4, 0, 6, 0, "Axe 2")])
    return [
        (".xlsx", _valid(folder).read_bytes()),
        (".ods", ods(folder / "p.ods", ods_table(PLAN)).read_bytes()),
        (".xlsx", merged.read_bytes()),
    ]


def test_cells_up_to_the_limits_are_read_and_the_next_ones_are_not(tmp_path: Path) -> None:
    def cell(reference: str, row: int) -> bytes:
        return sheet_xml(f'<row r="{row}"><c r="{reference}"><v>1</v></c></row>')

    assert read_workbook(_with(tmp_path, SHEET, cell("KN20000", 20_000))).worksheets[0].rows
    for reference, row in (("KO1", 1), ("A20001", 20_001), ("AAA1", 1), ("ko1", 1), ("XFD1048576", 1)):
        with pytest.raises(UnreadableFile, match="au-delà de"):
            read_workbook(_with(tmp_path, SHEET, cell(reference, row)))

"""Every kind of file that is accepted gives the same cells."""

import datetime as dt
from pathlib import Path

import pytest
import xlsxwriter

from db.exchange.gate import FileKind, UnreadableFile
from db.exchange.workbook import Merge, read_workbook
from tests.exchange.files import PLAN, delimited, ods, ods_table, plan_of, xlsx

TEXT_ROWS = [["Titre", "Montant", "Notes"], ["Équité · œuvre", "1 234,5 €", "ligne 1\nligne « 2 », fin"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_text_file_reads_the_same_whatever_its_encoding_and_delimiter(
    encoding: str, delimiter: str, tmp_path: Path
) -> None:
    book = read_workbook(delimited(tmp_path / "p.csv", TEXT_ROWS, delimiter, encoding))
    assert book.kind is FileKind.TEXT
    assert [list(row) for row in book.worksheets[0].rows] == TEXT_ROWS


def test_a_first_line_that_names_the_separator_is_obeyed_and_left_out(tmp_path: Path) -> None:
    path = delimited(tmp_path / "p.csv", [["Titre", "Notes"], ["a;b", "c"]], ",", first="sep=,\n")
    assert read_workbook(path).worksheets[0].rows == (("Titre", "Notes"), ("a;b", "c"))


def test_old_mac_line_ends_are_lines(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(b"Titre;Statut\rBus;En cours\r")
    assert len(read_workbook(tmp_path / "p.csv").worksheets[0].rows) == 2


def test_a_quote_inside_a_word_does_not_stop_the_reading(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes('Titre;Statut\nLe "Bus" santé;En cours\n"Le" bus;À venir\n'.encode())
    assert [row[1] for row in read_workbook(tmp_path / "p.csv").worksheets[0].rows] == ["Statut", "En cours", "À venir"]


def test_an_excel_cell_keeps_its_type(tmp_path: Path) -> None:
    rows = [["Titre", dt.date(2026, 3, 1), 12.5, 3, True, "=cmd|' /C calc'!A0", "+33 4 90 00 00 00"]]
    assert read_workbook(xlsx(tmp_path / "p.xlsx", rows)).worksheets[0].rows == (tuple(rows[0]),)


def test_a_formula_gives_its_value_and_an_error_shows_itself(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "p.xlsx"))
    book.add_worksheet("Vide & co")
    sheet = book.add_worksheet("Plan & suite")
    sheet.write_row(0, 0, ["Titre", "Budget"])
    sheet.write_formula(1, 0, '="Bus"', None, "Bus")
    sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    book.close()
    assert read_workbook(tmp_path / "p.xlsx").worksheets[1].rows == (("Titre", "Budget"), ("Bus", "#DIV/0!"))


def test_sheets_hidden_or_not_and_vertical_merges_are_told(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "p.xlsx", ("Un", [["Titre"]]), ("Deux", []), merges=[(1, 0, 3, 0, "m"), (5, 0, 5, 2, "large")]
    )
    book = read_workbook(path)
    assert [(sheet.name, sheet.visible) for sheet in book.worksheets] == [("Un", True), ("Deux", True)]
    assert book.worksheets[0].merges == (Merge(1, 3, 0),)


def test_a_libreoffice_workbook_gives_the_same_plan_as_an_excel_one(tmp_path: Path) -> None:
    from_ods = plan_of(ods(tmp_path / "p.ods", ods_table(PLAN)))
    from_xlsx = plan_of(xlsx(tmp_path / "p.xlsx", ("Plan", PLAN)))
    assert from_ods.sheets == from_xlsx.sheets
    assert len(from_ods.sheets) == 2


def test_the_name_shown_is_the_one_the_user_knows(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "tmp1234", PLAN)
    assert read_workbook(path, "Plan d'action.xlsx").name == "Plan d'action.xlsx"
    with pytest.raises(UnreadableFile, match=r"nommé \.csv"):
        read_workbook(path, "Plan d'action.csv")


def test_a_file_is_read_from_any_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    xlsx(tmp_path / "p.xlsx", PLAN)
    monkeypatch.chdir(tmp_path)
    assert read_workbook(Path("p.xlsx")).worksheets[0].rows

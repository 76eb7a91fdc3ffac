import pytest

from components import unsettled_view
from db.rules.forms import Written
from db.rules.settling import Asked, CellQuestion
from db.rules.sheet import UnsettledCell


def cell(key: int = 1) -> UnsettledCell:
    return UnsettledCell(key, 2, "1.1 Fiche", "Statut", "*Engagée*", "Mot inconnu", ("en cours", "à venir"), "a.xlsx")


def test_a_cell_to_settle_is_shown_as_it_was_written() -> None:
    row = unsettled_view.cell_row(cell(), with_sheet=True)
    assert row["Écrit dans le fichier"] == "« \\*Engagée\\* »"
    assert row["Choix possibles"] == "en cours, à venir"
    assert "Fiche" not in unsettled_view.cell_row(cell(), with_sheet=False)


@pytest.mark.parametrize(("address", "place"), [("3", 2), ("1", 0), (None, 0), ("9", 0), ("abc", 0)])
def test_the_address_names_the_cell_asked_about(address: str | None, place: int) -> None:
    assert unsettled_view.asked_for([cell(1), cell(2), cell(3)], address) == place


@pytest.mark.parametrize(
    ("asked", "values", "answer"),
    [
        (Asked.LINE, {"line": "mars 2026", "text": "autre"}, "mars 2026"),
        (Asked.TEXT, {"text": "Un constat"}, "Un constat"),
        (Asked.ONE, {"name": "1 · Soins"}, "1 · Soins"),
        (Asked.SEVERAL, {"names": ["CPTS", "CCAS"]}, ["CPTS", "CCAS"]),
        (Asked.LINE, {}, None),
        (
            Asked.CONTRACT,
            {"signed_on": None, "starts_on": "2025", "ends_on": "2030"},
            {"signed_on": None, "starts_on": "2025", "ends_on": "2030"},
        ),
    ],
)
def test_what_is_typed_is_sent_as_the_field_takes_it(asked: Asked, values: dict[str, Written], answer: Written) -> None:
    assert unsettled_view.written(CellQuestion(cell(), asked), values) == answer


def test_each_funder_is_sent_with_its_own_amount() -> None:
    question = CellQuestion(cell(), Asked.AMOUNTS, awaited=("ARS", "CAF"))
    values: dict[str, Written] = {"amount:ARS": "30 000", "amount:CAF": None, "funder": "Région", "amount": "NC"}
    assert unsettled_view.written(question, values) == {"ARS": "30 000", "Région": "NC"}

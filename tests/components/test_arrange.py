"""What the page that arranges the plan says of what is typed."""

import pytest

from components.arrange import grid
from db.rules.arranging import Arrangement, Asked, PlacedSheet, Spot
from db.rules.forms import OpenDraft
from db.rules.plan import AxisNode
from tests.conftest import ON

FIRST, SECOND = AxisNode(1, None, "axis", "1", "Soigner", (1,)), AxisNode(2, None, "axis", "2", "Prévenir", (2,))


def sheet(key: int, axis_id: int) -> PlacedSheet:
    return PlacedSheet(key, key, str(key), f"Fiche {key}", axis_id, is_home=True, stands=key != 14)


PLAN = Arrangement((FIRST, SECOND), (sheet(11, 1), sheet(12, 1), sheet(13, 1), sheet(14, 2)), ())


def asked(**spots: Spot) -> Asked:
    wanted = {int(name.removeprefix("f")): spot for name, spot in spots.items()}
    return Asked(wanted, PLAN.seen())


@pytest.mark.parametrize(
    ("spots", "sentence"),
    [
        ({"f11": Spot(1, "7", 1)}, "1\u00a0fiche change de numéro."),
        ({"f11": Spot(1, "12", 1), "f12": Spot(1, "11", 1)}, "2\u00a0fiches changent de numéro et 1 de place."),
        ({"f11": Spot(2, "11", None)}, "1\u00a0fiche change d'axe."),
        ({"f11": Spot(2, "7", 1), "f13": Spot(1, "13", 1)}, "1\u00a0fiche change de numéro, 1 de place et 1 d'axe."),
        ({"f11": Spot(1, "11", 1)}, "Rien ne change : ces valeurs sont déjà celles du plan."),
    ],
)
def test_what_will_be_written_is_one_sentence(spots: dict[str, Spot], sentence: str):
    assert grid.sentence(asked(**spots)) == sentence


def test_each_change_is_told_in_the_order_of_the_plan():
    told = grid.changes(PLAN, asked(f13=Spot(None, None, None), f11=Spot(1, "7", 3)))
    assert told == [
        "Fiche 11 : n° 11 → 7, place 1 → 3",
        "Fiche 13 : n° 13 → sans numéro, axe 1 → sans axe, en dernier",
    ]


def test_a_draft_gives_back_the_cells_that_it_keeps():
    seen = PLAN.seen()[12]
    row = grid.row_of(seen, {"code": "9"})
    draft = OpenDraft("k", grid.subject(1), {}, {"12": row}, ON, ON, is_closed=False)  # type: ignore[arg-type]
    cells = grid.cells_of(draft)
    assert (cells.typed, cells.seen) == ({12: {"code": "9"}}, {12: seen})


def test_a_row_without_any_cell_typed_is_not_kept():
    assert grid.row_of(PLAN.seen()[12], {}) is None


def test_the_axes_are_told_with_the_numbers_that_name_them():
    assert grid.axes_told(PLAN).splitlines()[:2] == ["- 1 · Soigner", "- 2 · Prévenir"]

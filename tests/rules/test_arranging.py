"""The order and the numbers of a plan, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules import arranging
from db.rules.arranging import Arrangement, PlacedSheet, Seen, Spot, changed, positions, read_cells, rearranged, steady
from db.rules.plan import AxisNode

orders = st.permutations(range(8))


def node(key: int, code: str | None, title: str, parent: AxisNode | None = None) -> AxisNode:
    return AxisNode(key, parent.id if parent else None, "axis", code, title, (*(parent.path if parent else ()), key))


CARE = node(1, "1", "Accès aux soins")
DISTANCE, YOUTH = node(2, "1", "Réduire les distances", CARE), node(3, "1.2", "Le public jeune", CARE)
UNNUMBERED = node(4, None, "Santé mentale")
AXES = (CARE, DISTANCE, YOUTH, UNNUMBERED)


def sheet(key: int, code: str | None, axis_id: int | None) -> PlacedSheet:
    return PlacedSheet(key, key, code, f"Fiche {key}", axis_id, is_home=True, stands=True)


PLAN = Arrangement(AXES, (sheet(11, "1", 2), sheet(12, "2", 2), sheet(13, "3", 2), sheet(14, "4", 3)), ())


def asked(key: int, **cells: str) -> tuple[Spot, tuple[str, ...]]:
    """What these cells of a sheet ask for, and what is wrong with them."""
    told = read_cells(PLAN, {key: cells}, PLAN.seen())
    return told.wanted[key], told.problems


def test_an_axis_is_called_by_its_number_after_those_above_or_by_its_title() -> None:
    assert arranging.axis_numbers(AXES) == {1: "1", 2: "1.1", 3: "1.2", 4: "Santé mentale"}


@pytest.mark.parametrize(
    ("text", "axis_id"),
    [("1.1", 2), ("1.2", 3), ("le PUBLIC jeune", 3), ("sante mentale", 4), ("7", None), ("", None)],
)
def test_an_axis_is_named_by_its_number_or_its_title(text: str, axis_id: int | None) -> None:
    assert arranging.axis_named(AXES, text) == axis_id


def test_two_axes_of_one_number_are_told_apart_by_their_titles() -> None:
    twins = (node(1, "1", "Une"), node(2, "1", "Autre"))
    assert arranging.axis_numbers(twins) == {1: "1 Une", 2: "1 Autre"}
    assert arranging.axis_named(twins, "1") is None
    assert arranging.axis_named(twins, "1 autre") == 2


def test_a_number_typed_changes_the_number_alone() -> None:
    spot, problems = asked(12, code=" 2 bis ")
    assert (spot, problems) == (Spot(2, "2 bis", 2), ())
    assert changed(12, spot, Seen(2, "2", (11, 12, 13))) == {"code"}


def test_a_cell_emptied_takes_the_number_away() -> None:
    assert asked(12, code="")[0].code is None


def test_another_axis_without_a_place_is_joined_at_its_end() -> None:
    spot, _ = asked(11, axis="1.2")
    assert spot == Spot(3, "1", None)
    assert changed(11, spot, Seen(2, "1", (11, 12, 13))) == {"axis"}


def test_a_sheet_may_be_asked_out_of_every_axis() -> None:
    assert asked(11, axis="Sans axe")[0].axis_id is None
    assert asked(11, axis="")[0].axis_id is None


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"place": "deux"}, "« deux » n'est pas une place"),
        ({"place": "0"}, "n'est pas une place"),
        ({"place": "1,5"}, "n'est pas une place"),
        ({"place": "٣"}, "n'est pas une place"),
        ({"axis": "9.9"}, "« 9.9 » n'est le numéro d'aucun axe"),
        ({"code": "x" * 21}, "20 caractères au plus"),
    ],
)
def test_a_cell_that_cannot_be_read_has_a_sentence_and_changes_nothing(cells: dict[str, str], sentence: str) -> None:
    spot, problems = asked(12, **cells)
    assert spot == Spot(2, "2", 2)
    assert len(problems) == 1
    assert sentence in problems[0]
    assert "« Fiche 12 »" in problems[0]


def test_two_sheets_of_one_number_are_both_named() -> None:
    (sentence,) = asked(12, code="4")[1]
    assert "Le numéro 4 serait celui de plusieurs fiches, « Fiche 12 » et « Fiche 14 »" in sentence


def test_two_numbers_may_be_exchanged() -> None:
    seen = {key: Seen(2, code, (11, 12, 13)) for key, code in ((11, "1"), (12, "2"))}
    told = read_cells(PLAN, {11: {"code": "2"}, 12: {"code": "1"}}, seen)
    assert told.problems == ()
    assert [told.wanted[key].code for key in (11, 12)] == ["2", "1"]


@pytest.mark.parametrize(
    ("places", "order"),
    [
        ({"d": 1}, "dabce"),
        ({"a": 5}, "bcdea"),
        ({"a": 2}, "bacde"),
        ({"a": 5, "e": 1}, "ebcda"),
        ({"a": 2, "b": 1}, "bacde"),
        ({"d": 1, "e": 1}, "deabc"),
        ({"b": 99}, "acdeb"),
        ({"b": None}, "acdeb"),
    ],
)
def test_sheets_stand_where_they_are_asked_and_the_others_around_them(
    places: dict[str, int | None], order: str
) -> None:
    moves = {ord(key): Spot(1, None, place) for key, place in places.items()}
    found = rearranged({1: [ord(key) for key in "abcde"]}, moves)
    assert "".join(map(chr, found[1])) == order


def test_a_sheet_that_leaves_an_axis_joins_another() -> None:
    found = rearranged({1: [1, 2, 3], 2: [7, 8]}, {2: Spot(2, None, 2)})
    assert found == {1: [1, 3], 2: [7, 2, 8]}


def test_what_was_pushed_did_not_move() -> None:
    assert steady([1, 2, 3, 4], [4, 1, 2, 3]) == {1, 2, 3}
    assert steady([1, 2, 3, 4], [2, 3, 4, 1]) == {2, 3, 4}


def test_of_two_neighbours_that_changed_places_neither_is_said_to_have_stayed() -> None:
    assert steady([1, 2, 3], [2, 1, 3]) == {3}


def test_what_came_or_left_moves_nobody() -> None:
    assert steady([1, 2, 3], [9, 1, 3]) == {1, 3}


@given(orders, orders)
def test_what_certainly_stayed_is_in_the_same_order_on_both_sides(before: list[int], after: list[int]) -> None:
    stayed = steady(before, after)
    assert [key for key in before if key in stayed] == [key for key in after if key in stayed]


@given(st.permutations(range(8)), st.integers(0, 7), st.integers(0, 7))
def test_a_sheet_moved_alone_is_never_said_to_have_stayed(order: list[int], which: int, place: int) -> None:
    key = order[which]
    after = [other for other in order if other != key]
    after.insert(place, key)
    assert (key in steady(order, after)) == (after == order)


@given(orders, st.lists(st.integers(-5, 5), min_size=8, max_size=8), st.sets(st.integers(0, 7)))
def test_positions_make_the_order(order: list[int], held: list[int], moved: set[int]) -> None:
    now = dict(enumerate(held))
    written = now | positions(order, now, moved)
    ranks = [written[key] for key in order]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize(
    ("order", "moved"), [([4, 1, 2, 3], 4), ([2, 3, 1, 4], 1), ([1, 3, 2, 4], 2), ([1, 3, 2, 4], 3)]
)
def test_only_what_moves_is_written_when_there_is_room(order: list[int], moved: int) -> None:
    spaced = {1: 1024, 2: 2048, 3: 3072, 4: 4096}
    assert positions(order, spaced, {moved}).keys() == {moved}


def test_an_order_that_holds_already_writes_nothing() -> None:
    assert positions([1, 2, 3], {1: 0, 2: 1, 3: 2}, ()) == {}


def test_all_are_laid_out_anew_when_there_is_no_room() -> None:
    assert positions([1, 3, 2, 4], {1: 0, 2: 1, 3: 2, 4: 3}, {2}) == {1: 1024, 2: 3072, 3: 2048, 4: 4096}

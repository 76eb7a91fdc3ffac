import pytest

from db.exchange.layout import LINE, LINES, row_height


@pytest.mark.parametrize(
    ("value", "lines"), [("mot", 1), ("x" * 20, 1), ("mot " * 10, 3), ("un\ndeux\ntrois", 3), (12, 1), ("", 1)]
)
def test_a_cell_takes_the_lines_that_its_column_makes_of_it(value: object, lines: int) -> None:
    assert row_height([(value, 20)]) == lines * LINE


def test_a_row_is_as_high_as_its_fullest_cell_and_no_higher_than_a_screen() -> None:
    assert row_height([("mot", 20), ("un\ndeux", 20)]) == 2 * LINE
    assert row_height([("mot " * 1000, 20)]) == LINES * LINE


def test_a_row_without_a_cell_keeps_one_line() -> None:
    assert row_height([]) == LINE

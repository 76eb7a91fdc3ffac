import pytest

from components.backups_view import size


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0\u00a0Ko"), (812_345, "812\u00a0Ko"), (1_000_000, "1\u00a0Mo"), (24_912_000, "24,9\u00a0Mo")],
)
def test_a_size_is_read_in_the_largest_unit_it_fills(count: int, told: str):
    assert size(count) == told

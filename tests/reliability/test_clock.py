"""The order of what was done never follows the clock, and a due date is one day whatever the time zone."""

from sqlalchemy import Engine

from tests.reliability import clock


def test_a_clock_set_back_in_any_zone_changes_neither_the_order_of_acts_nor_a_date(engine: Engine) -> None:
    """At length, each zone meets each moment."""
    zones, moments = ("Europe/Paris", "Pacific/Noumea"), ("the hour that comes twice", "a 29 February")
    told = clock.kept(engine, zones, [clock.MOMENTS[name] for name in moments])
    assert (told.lost, told.cases) == (0, 4)

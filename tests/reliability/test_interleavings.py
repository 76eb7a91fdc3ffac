"""Whatever order the steps of two people take, nothing is overwritten unknowingly, and both engines say the same."""

import pytest

from tests.conftest import Databases
from tests.reliability.interleaving import CASES, ORDERS, interleaved

SOME = ORDERS[::12]


def test_there_are_seventy_orders_of_two_forms_of_four_steps() -> None:
    assert len(set(ORDERS)) == 70
    assert all(sum(order) == 4 for order in ORDERS)


@pytest.mark.postgresql
def test_every_promise_is_kept_in_every_order_and_both_engines_answer_alike(databases: Databases) -> None:
    told = {kind: interleaved(databases.copy(kind), SOME) for kind in ("sqlite", "postgresql")}
    for kind, (seen, _) in told.items():
        assert (seen.engine, seen.lost, seen.silent_overwrites, seen.cases) == (kind, 0, 0, len(CASES) * len(SOME))
    assert told["sqlite"][1] == told["postgresql"][1]

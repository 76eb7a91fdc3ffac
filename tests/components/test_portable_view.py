"""What taking an archive in would add to the directory, in words."""

from datetime import UTC, datetime

import pytest

from components.portable_view import structures
from db.rules.portable import Held, Welcome

HELD = Held("ailleurs", "CLS d'ailleurs", "CLS", datetime(2026, 10, 1, tzinfo=UTC), {}, 0, ())


@pytest.mark.parametrize(
    ("known", "added", "said"),
    [
        (0, 0, []),
        (0, 1, ["1 structure ajoutée."]),
        (0, 14, ["14 structures ajoutées."]),
        (1, 0, ["1 structure déjà connue ici."]),
        (3, 1, ["3 structures déjà connues ici, 1 ajoutée."]),
        (3, 14, ["3 structures déjà connues ici, 14 ajoutées."]),
    ],
)
def test_what_is_nought_is_not_said(known: int, added: int, said: list[str]) -> None:
    told = structures(Welcome(HELD, known=known, added=added))
    assert [line.replace("\u00a0", " ") for line in told] == said

from datetime import date

import pytest

from db.rules.logbook import About, NoteLine, matching

ON = date(2026, 10, 1)
NOTES = [
    NoteLine(1, "Appel de l'élue à la santé", ON, "X", True, None, About(sheet_id=1, sheet="2.2 Internes")),
    NoteLine(2, "Salle promise", ON, "X", True, None, About(organisation_id=3, organisation="Hôpital d'Apt")),
    NoteLine(3, "Idée", ON, "X", True, None, About()),
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3]),
        ({"words": "elue sante"}, [1]),
        ({"words": "HOPITAL"}, [2]),
        ({"words": "internes appel"}, [1]),
        ({"words": "elue salle"}, []),
        ({"sheet": "2.2 Internes"}, [1]),
        ({"organisation": "Hôpital d'Apt"}, [2]),
        ({"sheet": "2.2 Internes", "organisation": "Hôpital d'Apt"}, []),
    ],
)
def test_lines_are_found_by_what_they_are_about_and_by_their_words(asked: dict[str, str], found: list[int]) -> None:
    assert [note.id for note in matching(NOTES, **asked)] == found

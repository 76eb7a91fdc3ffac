from hypothesis import given
from hypothesis import strategies as st

from db.rules.history import excerpts

LONG = "mot " * 200


def test_short_texts_are_whole():
    assert excerpts("avant", "après", 20) == ("avant", "après")


def test_long_texts_are_shown_where_they_part():
    before, after = excerpts(LONG + "fin", LONG + "début d'autre chose", 100)
    assert before.startswith("…") and before.endswith("fin")
    assert after.endswith("début d'autre chose")


def test_texts_that_differ_from_the_first_word_are_shown_from_the_first():
    before, after = excerpts("A" + LONG, "B" + LONG, 100)
    assert before.startswith("Amot") and before.endswith("…")
    assert after.startswith("Bmot")


@given(st.text(), st.text(), st.integers(min_value=1, max_value=50))
def test_an_excerpt_is_never_longer_than_asked_and_is_a_part_of_its_text(before: str, after: str, longest: int):
    for text, shown in zip((before, after), excerpts(before, after, longest), strict=True):
        assert shown.strip("…") in text or shown == text
        assert len(shown) <= longest + 2 or shown == text

"""Text: what is equal, how it sorts, what an acronym stands for."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.rules.text import acronym_of, an_id, clean, fold, is_acronym, search_text, sort_key, stands_for, words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élu·e·s", "elu"), ("élu(e)s", "ÉLU"), ("habitant.e.s", "Habitant"), ("coordinateur·rice·s", "coordinateur"),
        ("référent•e", "referent"), ("œuvre", "OEUVRE"), ("l’accès", "L'ACCES"), ("« aller-vers »", '" aller–vers "'),
        ("Contrat\u00a0Local\u202fde  Santé ", "contrat local de sante"), ("sante\u0301", "santé"), ("ﬁche", "fiche"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_thing_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize("text", ["p. ex.", "i.e", "1.2", "fin."])
def test_a_full_stop_is_not_an_inclusive_ending(text: str) -> None:
    assert fold(text) == text


@given(st.text())
@example("00.È")
@example("ab(e).e")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_cleaning_keeps_lines_and_drops_what_cannot_be_seen() -> None:
    assert clean(" a\u200b\u202eb\r\nc_x000D_\x07 ") == "ab\nc"
    assert clean("👩‍⚕️ سلام") == "👩‍⚕️ سلام"


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    if "_x" not in text:
        assert clean(clean(text)) == clean(text)


def test_numbers_sort_by_value_and_accents_do_not_matter() -> None:
    assert sorted(["1.10", "Été", "1.2", "état", "1"], key=sort_key) == ["1", "1.2", "1.10", "état", "Été"]


@given(st.integers(0, 10**20), st.integers(0, 10**20))
def test_any_two_numbers_sort_by_value(one: int, other: int) -> None:
    assert (sort_key(f"Fiche {one}") < sort_key(f"Fiche {other}")) == (one < other)


def test_a_search_looks_into_every_part_that_is_there() -> None:
    assert search_text("Équité", None, "", "Santé · vous") == "equite sante · vous"


@pytest.mark.parametrize(
    ("acronym", "name"),
    [
        ("CLS", "Contrat Local de Santé"), ("SSIAD", "Service de soins infirmiers à domicile"),
        ("SAD", "Service Autonomie à Domicile (SAD)"), ("PSMS", "Pôle (PSMS) du Val"),
        ("C.L.S.", "contrat local de sante"),
    ],
)  # fmt: skip
def test_an_acronym_stands_for_the_name_it_abbreviates(acronym: str, name: str) -> None:
    assert stands_for(acronym, name)


@pytest.mark.parametrize(
    ("acronym", "name"),
    [("CLS", "Conseil local de prévention"), ("CLS", "CLS"), ("santé", "Santé"), ("DD", "de " * 5000)],
)
def test_an_acronym_does_not_stand_for_another_name(acronym: str, name: str) -> None:
    assert not stands_for(acronym, name)


def test_the_acronym_of_a_name_is_the_initials_of_its_long_words() -> None:
    assert acronym_of("Contrat Local de Santé") == "CLS"
    assert is_acronym("C2S") and not is_acronym("Santé") and not is_acronym("12")


def test_words_leave_punctuation_aside() -> None:
    assert words_of("Axe n° 1 : « Accès »") == "axe n 1 acces"


def test_an_id_is_a_few_digits_and_nothing_else():
    assert an_id("6") == 6
    for typed in (None, "", "-1", "²", "١", "1e3", " 6", "6 ", str(2**70), "texte"):
        assert an_id(typed) is None, typed

"""Coming in: how failures are slowed, which passwords are refused and why."""

from datetime import timedelta

import pytest

from db.commands.passwords import common_words
from db.rules.ways_in import LEAST, LONGEST_WAIT, MOST, password_fault, wait_after

MINUTE = timedelta(minutes=1)


def fault(password: str, login: str = "claire.martin") -> str | None:
    return password_fault(password, login, common_words())


def test_four_failures_wait_for_nothing_and_the_next_ones_twice_as_long_each_time_up_to_a_quarter_of_an_hour() -> None:
    assert [wait_after(count) for count in range(5)] == [timedelta()] * 5
    assert [wait_after(count) for count in (5, 6, 7, 8)] == [MINUTE / 2, MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert {wait_after(count) for count in (10, 11, 500)} == {LONGEST_WAIT}


def test_a_hundred_passwords_at_most_are_tried_in_an_hour() -> None:
    spent, tried = timedelta(), 0
    while spent <= timedelta(hours=1):
        tried += 1
        spent += wait_after(tried)
    assert tried <= 100


@pytest.mark.parametrize(
    "password",
    [
        "quatre mots sans rapport",
        "le chat dort sur le toit",
        "a" * 3 + "bcdefghiklmnop",
        "àéîõü ñ œuvre çà",
        "7,4,1;9:2!6?8",
    ],
)
def test_any_sort_of_characters_makes_a_password(password: str) -> None:
    assert fault(password) is None


def test_sixty_four_characters_and_more_are_welcome() -> None:
    assert fault("un deux trois quatre " * 4) is None
    assert "raccourcissez" in str(fault("x y z " * MOST))


@pytest.mark.parametrize("password", ["", "court", "x" * (LEAST - 1)])
def test_a_short_password_is_refused_with_its_length(password: str) -> None:
    assert f"{len(password)} caractères" in str(fault(password))


@pytest.mark.parametrize(
    "password",
    ["motdepasse2026", "Mot de passe 1!", "P@ssw0rd12345", "azertyuiop123", "bonjourbonjour", "123456789012",
     "aaaaaaaaaaaa", "abcabcabcabc", "Balise2026!!!", "M0tDePasse!!!", "Mairie-2026-2027", "QWERTYUIOP12",
     "soleil123456"],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert "en premier" in str(fault(password))


@pytest.mark.parametrize(
    ("password", "login"),
    [("Claire.Martin et son chat", "claire.martin"), ("durance tout en haut", "durance@cls.fr")],
)
def test_a_password_that_holds_the_login_is_refused(password: str, login: str) -> None:
    assert "identifiant" in str(fault(password, login))


def test_a_short_login_found_by_chance_refuses_nothing() -> None:
    assert fault("quatre mots sans rapport", "mo") is None

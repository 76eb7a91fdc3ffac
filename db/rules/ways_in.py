"""How one comes in: how long things last, how failures are slowed, which passwords are refused; and what screens tell
of accounts and sessions."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from db.rules.access import AccountKeyKind, Role
from db.rules.text import fold

IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=12)
WARNED = timedelta(minutes=5)
"""How long before an idle session ends its holder is told."""
SEEN_EVERY = timedelta(minutes=1)
KEY_LASTS = {AccountKeyKind.INVITATION: timedelta(days=7), AccountKeyKind.RESET: timedelta(days=1)}
FREE_FAILURES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
FAILURES_FORGOTTEN = timedelta(hours=12)
LEAST, MOST = 12, 200
"""How many characters a password has. 64 and more are welcome; the limit only bounds the work of checking one."""
SHORT_LOGIN = 4
_LOOK_ALIKE = str.maketrans("@4310$5!7", "aaeiossit")
_ENDS = re.compile(r"^[^a-z]+|[^a-z]+$")
_REPEATED = re.compile(r"(.{1,4})\1*")


def wait_after(failures: int) -> timedelta:
    """How long nothing is tried after so many failures in a row: nothing before the fifth, then twice as long each
    time, 15 minutes at most."""
    if failures < FREE_FAILURES:
        return timedelta()
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def same_password(typed: str) -> str:
    """A password as it is kept and compared: an accent typed on another keyboard is the same accent."""
    return unicodedata.normalize("NFC", typed)


def password_fault(password: str, login: str, common: Collection[str]) -> str | None:
    """Why a password is refused, in French; None when it will do. No sort of character is asked for.

    `common` are the words, folded and without what surrounds them, that everybody tries first.
    """
    count = len(same_password(password))
    if count < LEAST:
        return (
            f"Ce mot de passe compte {count} caractères ; il en faut au moins {LEAST}. "
            "Quatre mots sans rapport entre eux font un bon mot de passe."
        )
    if count > MOST:
        return f"Ce mot de passe compte {count} caractères ; {MOST} au plus : raccourcissez-le."
    plain = fold(password)
    names = {name for name in (fold(login), fold(login.partition("@")[0])) if len(name) >= SHORT_LOGIN}
    if any(name in plain for name in names):
        return "Ce mot de passe contient votre identifiant : choisissez-en un autre."
    if _is_common(plain, common):
        return "Ce mot de passe est de ceux que l'on essaie en premier : choisissez-en un autre."
    return None


def _is_common(plain: str, common: Collection[str]) -> bool:
    """Whether a folded password is a common word with something around it, or the same few characters repeated."""
    if _REPEATED.fullmatch(plain) or plain in common:
        return True
    bare = _ENDS.sub("", plain)
    for read in (bare, bare.translate(_LOOK_ALIKE), _ENDS.sub("", plain.translate(_LOOK_ALIKE))):
        word = re.sub(r"[\s_.-]", "", read)
        if word in common or _is_repeated_word(word, common):
            return True
    return False


def _is_repeated_word(word: str, common: Collection[str]) -> bool:
    half = len(word) // 2
    return len(word) % 2 == 0 and word[:half] == word[half:] and word[:half] in common


@dataclass(frozen=True, slots=True)
class KeyTold:
    """A link to choose a password, as who opened it is told: whose account, and why it was sent."""

    kind: AccountKeyKind
    login: str


@dataclass(frozen=True, slots=True)
class SessionTold:
    """A browser signed in, as its holder is told of it."""

    id: int
    device: str | None
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RoleTold:
    """A role of an account: in a démarche, or everywhere (None); for whom; from a day to a day. `version` moves each
    time it is changed."""

    id: int
    role: Role
    initiative: str | None
    organisation: str | None
    starts_on: date
    ends_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class PersonTold:
    """An account as who administers is told of it. `invited_until`: a link sent and not used yet works until then;
    `has_password`: they can sign in."""

    id: int
    login: str
    function: str
    roles: tuple[RoleTold, ...]
    has_password: bool
    invited_until: datetime | None
    last_seen: datetime | None
    is_disabled: bool
    is_me: bool

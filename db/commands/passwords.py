"""Passwords: argon2id, the work of proving one, and what is refused."""

from functools import cache
from pathlib import Path
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from sqlalchemy.orm import Session

from db.errors import Invalid
from db.models import Credential
from db.models.base import now_utc
from db.rules.ways_in import password_fault, same_password

COMMON = Path(__file__).resolve().parent.parent / "reference" / "passwords.txt"
HASHING = PasswordHash.recommended()
# Each proof takes 64 MiB for a tenth of a second: many at once would starve the machine that they knock at.
AT_ONCE = BoundedSemaphore(2)


@cache
def common_words() -> frozenset[str]:
    """What everybody tries first, one folded word a line."""
    return frozenset(COMMON.read_text(encoding="utf-8").split())


def refuse_weak(password: str, login: str) -> None:
    """`Invalid`, saying why, for a password that is too short, common, or that holds the login."""
    fault = password_fault(password, login, common_words())
    if fault is not None:
        raise Invalid(fault)


def hashed(password: str) -> str:
    """The password as it is kept, and no other way."""
    with AT_ONCE:
        return HASHING.hash(same_password(password))


@cache
def _nobody() -> str:
    """The hash that is worked at for who has none, so that an unknown login takes the time of a known one."""
    return hashed("personne n'a ce mot de passe")


def proved(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Whether this is the password of that hash, and its new hash when the way of keeping passwords has changed.

    The same work is done when there is no hash.
    """
    against = password_hash or _nobody()
    with AT_ONCE:
        right, fresh = HASHING.verify_and_update(same_password(password), against)
    return right and password_hash is not None, fresh


def keep_password(session: Session, account_id: int, password_hash: str) -> None:
    """Write the password of an account, in place of the one it had."""
    held = session.get(Credential, account_id)
    if held is None:
        session.add(Credential(account_id=account_id, password_hash=password_hash))
    else:
        held.password_hash, held.changed_at = password_hash, now_utc()
    session.flush()

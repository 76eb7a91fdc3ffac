"""The persons of whom something is held: what a list tells of each, and when a contact is to be looked at again."""

import re
from dataclasses import dataclass
from datetime import date

MONTHS_KEPT = 24
"""How long a contact is relied on before somebody looks at it again."""
WORD = "EFFACER"
"""What is typed by who erases somebody."""
CONTACT, ACCESS, ANSWER = "contact", "acces", "reponse"
_EXACT = re.compile(rf"({CONTACT}|{ACCESS}|{ANSWER})-(\d{{1,18}})")


@dataclass(frozen=True, slots=True)
class PersonHeld:
    """A contact, with the identifiers of their accesses; or (`person_id` None) somebody known by an access alone, whose
    name is then their identifier, or by what they answered by a link. `who` names them, and nobody else, to what
    exports and erases."""

    who: str
    name: str
    function: str | None
    organisation: str | None
    origin: str
    recorded_on: date
    person_id: int | None = None
    reviewed_on: date | None = None
    logins: tuple[str, ...] = ()
    is_due: bool = False

    @property
    def since(self) -> date:
        """The last day somebody looked at what is held."""
        return self.reviewed_on or self.recorded_on


def is_due(since: date, on: date) -> bool:
    """Whether a contact last looked at on a day is to be looked at again."""
    return since < _months_before(on, MONTHS_KEPT)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


def exact(kind: str, key: int) -> str:
    """The contact, the access, or the answer by a link, of this number, told apart from anybody's name."""
    return f"{kind}-{key}"


def read_exact(who: str) -> tuple[str, int] | None:
    """What `exact` wrote; None for a name."""
    found = _EXACT.fullmatch(who)
    return (found[1], int(found[2])) if found else None


def login_once_erased(account_id: int) -> str:
    """What stands in place of the identifier of somebody who was erased."""
    return f"efface-{account_id}"

"""Which role may do what, and of what: `db/reference/rights.yaml`, read once. `Viewer` asks it; nothing else does."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import yaml

from db.rules.access import Role

TABLE = Path(__file__).resolve().parent / "reference" / "rights.yaml"


class Operation(StrEnum):
    """What a right is about."""

    READ = "read"
    READ_PREPARATION = "read_preparation"
    READ_HISTORY = "read_history"
    READ_AUTHORS = "read_authors"
    READ_NAMES = "read_names"
    WRITE = "write"
    IMPORT = "import"
    PUBLISH = "publish"
    HAND_OVER = "hand_over"
    ADMINISTER = "administer"


class Reach(StrEnum):
    """Of what, in a démarche: the whole plan, or a part of it."""

    PLAN = "plan"
    LED = "led"
    PAID = "paid"
    TITLES = "titles"
    CARD = "card"
    VIEW = "view"


Rights = Mapping[Operation, Reach]


def _read() -> tuple[dict[Role, Rights], dict[Operation, str], dict[Reach, str]]:
    """The table as the code knows it. Raises ValueError for a word of the file that the code does not know, KeyError
    for one that the file lacks: a right is never lost, nor given, by a slip of the pen."""
    told = yaml.load(TABLE.read_bytes(), Loader=yaml.CSafeLoader)
    roles: dict[Role, Rights] = {
        role: {Operation(name): Reach(reach) for name, reach in told["roles"][role.value].items()} for role in Role
    }
    unknown = set(told["roles"]) - {role.value for role in Role}
    if unknown:
        raise ValueError(f"{TABLE.name}: unknown roles {sorted(unknown)}")
    return (
        roles,
        {operation: told["operations"][operation.value] for operation in Operation},
        {reach: told["reaches"][reach.value] for reach in Reach},
    )


RIGHTS, OPERATION_WORDS, REACH_WORDS = _read()
"""By role, each operation it allows with its reach; and the words of both for the page « Qui voit quoi »."""


def in_words(role: Role) -> tuple[str, ...]:
    """What a role may do, and of what: « Écrire : les fiches que sa structure pilote »."""
    return tuple(f"{OPERATION_WORDS[operation]} : {REACH_WORDS[reach]}" for operation, reach in RIGHTS[role].items())


def allows(role: Role, operation: Operation, reach: Reach = Reach.PLAN) -> bool:
    """Whether a role allows an operation with exactly this reach."""
    return RIGHTS[role].get(operation) is reach

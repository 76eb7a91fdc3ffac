"""Which role may do what. The one place; `Viewer` asks it, and nothing else does."""

from enum import StrEnum

from db.rules.vocabulary import Role


class Operation(StrEnum):
    """What a right is about."""

    READ = "read"
    READ_PREPARATION = "read_preparation"
    READ_HISTORY = "read_history"
    WRITE = "write"
    IMPORT = "import"
    PUBLISH = "publish"
    ADMINISTER = "administer"


READERS = frozenset({Operation.READ})
PREPARERS = READERS | {
    Operation.READ_PREPARATION,
    Operation.READ_HISTORY,
    Operation.WRITE,
    Operation.IMPORT,
    Operation.PUBLISH,
}

RIGHTS: dict[Role, frozenset[Operation]] = {
    Role.ADMINISTRATOR: PREPARERS | {Operation.ADMINISTER},
    Role.COORDINATOR: PREPARERS,
    Role.SIGNATORY: READERS,
    Role.EVALUATOR: READERS | {Operation.READ_HISTORY},
}
"""A role that is not here may do nothing yet: its share of a plan is decided with its own screens."""

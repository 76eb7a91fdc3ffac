"""What can stop an act. Each carries a French sentence for a person who is not a developer."""

from db.rules.forms import Clash


class BaliseError(Exception):
    """Something a person can be told: what happened, what was kept, what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(BaliseError):
    """The viewer has no right to this, or the thing does not exist for them."""


class Invalid(BaliseError):
    """What was typed cannot be kept as it is."""


class Conflict(BaliseError):
    """Somebody changed the same thing meanwhile, and nothing was written.

    `details` are sentences; `clashes` are the fields of a form, each with both values, for the person to choose.
    """

    def __init__(self, message: str, details: tuple[str, ...] = (), clashes: tuple[Clash, ...] = ()) -> None:
        super().__init__(message)
        self.details = details
        self.clashes = clashes


class Archived(Conflict):
    """Somebody archived what this was about while a form was open on it; nothing was written."""


class ChangedSince(Conflict):
    """Taking an act back would write over what changed since, and nothing was written: all the rest of this act can
    still be taken back, or done again when it is an undo (`is_redo`)."""

    def __init__(self, message: str, details: tuple[str, ...], act_id: int, is_redo: bool) -> None:
        super().__init__(message, details)
        self.act_id = act_id
        self.is_redo = is_redo


class Busy(BaliseError):
    """Somebody else has been writing for longer than one waits; nothing was written."""


class Full(BaliseError):
    """There is no room left on the disk; nothing was written, and nothing is lost."""


class Unavailable(BaliseError):
    """The database cannot be read or written: a file missing, protected or damaged, a server that does not answer."""

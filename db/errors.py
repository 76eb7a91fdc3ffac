"""What can stop an act. Each carries a French sentence for a person who is not a developer."""


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
    """Somebody changed the same thing meanwhile. `details` lists each field with both values."""

    def __init__(self, message: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.details = details

"""What a protocol saw, said alike by all: the line that `python -m tests.reliability` prints."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """Writes acknowledged, kills, what was lost or found unsound, what overwrote unknowingly, and the cases played."""

    name: str
    engine: str
    acknowledged: int = 0
    kills: int = 0
    lost: int = 0
    silent_overwrites: int = 0
    cases: int = 0

    def line(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))

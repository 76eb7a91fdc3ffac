"""The protocols of reliability, at length: one line of JSON for each and each engine.

`python -m tests.reliability [--only NAME …] [--engine sqlite|postgresql]` (or `make reliability`). What a line says:
`acknowledged` writes, `kills`, `lost` (acknowledged and not found, or a promise broken), `silent_overwrites`, `cases`.
"""

import argparse
import sys
from collections.abc import Callable

from tests.reliability import clock, counted, crash, cutting, interleaving, migrating
from tests.reliability.told import Told

ENGINES = ("sqlite", "postgresql")
PROTOCOLS: dict[str, Callable[[str], Told]] = {
    "crash": crash.at_length,
    "interleavings": interleaving.at_length,
    "migrations": migrating.at_length,
    "clock": clock.at_length,
    "cuts": cutting.at_length,
    **counted.PROTOCOLS,
}


def main() -> int:
    """Run what is asked; exit code 1 when anything was lost or overwritten."""
    parser = argparse.ArgumentParser(prog="python -m tests.reliability", description=__doc__)
    parser.add_argument("--only", action="append", choices=PROTOCOLS, help="this protocol alone")
    parser.add_argument("--engine", choices=ENGINES, help="on this engine alone")
    asked = parser.parse_args()
    failed = False
    for name in asked.only or PROTOCOLS:
        for engine in [asked.engine] if asked.engine else ENGINES:
            told = PROTOCOLS[name](engine)
            if not told.cases:
                continue  # a protocol of the other engine alone
            print(told.line(), flush=True)
            failed |= bool(told.lost or told.silent_overwrites)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

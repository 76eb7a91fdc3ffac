"""`python -m tests.audit [--only PART]`: accessibility on every page, state, appearance and role; the doors tried as
every role; each guard taken away in turn. A line for each thing that is wrong, a count for each part; exit code 1 when
something is wrong."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from db.rules.access import Role
from tests import browser
from tests.audit import doors, mutants, visits
from tests.audit.installation import installed
from tests.audit.walk import walking
from tests.conftest import Databases


def reading() -> Iterator[str]:
    """Every page in every role, every state, in both appearances."""
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as launched:
        made = Databases(Path(folder))
        demo, new = (made.copy("sqlite", content, to_be_broken=True) for content in ("demo", "reference"))
        with walking(launched, demo, new) as walk:
            for visit in visits.whole():
                yield from (f"{visit} {fault}" for fault in dict.fromkeys(map(str, walk.goes_to(visit))))
            yield from (f"the floor is no longer met: {one}" for one in walk.not_met())
            print(f"reading: {walk.visits} visits, {len(walk.met)} of the floor met")


def trying() -> Iterator[str]:
    """Every page as every role over the websocket; addresses forged; downloads; buttons said to be pressed."""
    with tempfile.TemporaryDirectory() as folder:
        engine = Databases(Path(folder)).copy("sqlite", "demo", to_be_broken=True)
        ids = doors.prepared(engine)
        with installed(engine) as home:
            yield from doors.exports(home)
            yield from doors.pressed(home)
            yield from doors.secrets_told(home)
            answers = list(doors.forged(home, ids, (*doors.READERS, Role.COORDINATOR)))
            yield from filter(None, answers)
            print(f"trying: {len(answers)} answers to forged addresses")


def guarding() -> Iterator[str]:
    """Each guard of the product taken away in turn."""
    tried = list(mutants.survivors())
    yield from (f"{guard} may be taken away unnoticed" for guard, passes in tried if passes)
    print(f"guarding: {len(tried)} guards taken away")


PARTS: dict[str, Callable[[], Iterator[str]]] = {"reading": reading, "trying": trying, "guarding": guarding}


def main() -> int:
    """Run every part, or the one that is asked for; 0 when nothing is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.audit", description=__doc__)
    parser.add_argument("--only", choices=PARTS, help="ne passe que cette partie : make audit AUDIT='--only reading'")
    asked = parser.parse_args()
    wrong = 0
    for name, part in PARTS.items():
        if asked.only not in (None, name):
            continue
        found = 0
        for fault in part():
            found += 1
            print(fault, flush=True)
        print(f"{name}: {found} wrong", flush=True)
        wrong += found
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

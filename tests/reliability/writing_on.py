"""A process that writes by commands until it is told to stop, and says each act once it is acknowledged.

`python -m tests.reliability.writing_on ADDRESS INITIATIVE NAME`; it ends when its entry is closed.
"""

import sys
import threading
from datetime import date

from db import journal
from db.commands.plan import add_axis
from db.engine import make_engine, reading, writing
from db.viewer import local_viewer

ON = date(2026, 10, 1)


def main(address: str, initiative: str, name: str) -> None:
    """One axis an act, with the act's own words in its title."""
    engine, stop = make_engine(address), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    with reading(engine) as session:
        viewer = local_viewer(session, ON)
    number = 0
    while not stop.is_set():
        with writing(engine) as session:
            add_axis(session, viewer, initiative_id=int(initiative), title=f"{name} {number}", code=None)
            done = journal.last_act(session)
        print(done, flush=True)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])

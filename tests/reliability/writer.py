"""A process that writes without rest, as people do, and says each act once it is acknowledged: URL, SEED.

It is killed in the midst of it. What it said was done must be there; what it did not say may be, whole, or not.
"""

import random
import sys
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.series import declare_progress, declare_weather
from db.commands.sheet_life import archive_sheet
from db.engine import make_engine, reading, writing
from db.errors import BaliseError
from db.models import ActionSheet, Axis, Initiative, Placement
from db.viewer import Viewer, local_viewer

ON = date(2026, 10, 1)
MOST_SHEETS = 60


class Writer:
    """Somebody who edits one plan, now this and now that."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine, self.chance, self.seed, self.turn = make_engine(url), random.Random(seed), seed, 0
        with reading(self.engine) as session:
            self.viewer: Viewer = local_viewer(session, ON)
            self.plan = session.scalars(select(Initiative.id).order_by(Initiative.id)).first() or 0
            self.axis = session.scalars(select(Axis.id).where(Axis.initiative_id == self.plan)).first()

    def write(self) -> int | None:
        """One act, in one transaction; its number once it is committed."""
        self.turn += 1
        with writing(self.engine) as session:
            self._something(session)
            return journal.last_act(session)

    def _something(self, session: Session) -> None:
        place = Placement
        places = session.execute(
            select(place.id, place.sheet_id).where(place.initiative_id == self.plan, place.archived_at.is_(None))
        ).all()
        token = f"{self.seed}-{self.turn}"
        if not places or (len(places) < MOST_SHEETS and self.chance.random() < 0.2):
            add_sheet(session, self.viewer, initiative_id=self.plan, title=f"Fiche {token}", axis_id=self.axis)
            return
        key, sheet_id = self.chance.choice(places)
        match self.chance.randrange(4):
            case 0:
                rewrite_sheet(session, self.viewer, sheet_id=sheet_id, fields={"means": f"Moyens {token}"})
            case 1:
                declare_progress(session, self.viewer, sheet_id=sheet_id, on=ON, percent=self.turn % 101)
            case 2:
                declare_weather(session, self.viewer, sheet_id=sheet_id, on=ON, weather=None, done=f"Fait {token}")
            case _ if len(places) > MOST_SHEETS // 2:
                archive_sheet(session, self.viewer, placement_id=key)
            case _:
                sheet = session.get_one(ActionSheet, sheet_id)
                rewrite_sheet(session, self.viewer, sheet_id=sheet_id, fields={"notes": f"{sheet.title}, {token}"})


def main() -> None:
    """Write until killed."""
    writer = Writer(sys.argv[1], int(sys.argv[2]))
    while True:
        try:
            done = writer.write()
        except BaliseError:
            continue
        if done is not None:
            sys.stdout.write(f"{done}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()

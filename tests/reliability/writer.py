"""A process that writes without rest, as people do, and says each act once it is acknowledged.

It is killed in the midst of it. What it said was done must be there; what it did not say may be, whole, or not.
"""

import os
import random
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.commands.imports import apply_import
from db.commands.plan import add_sheet, rewrite_sheet
from db.commands.series import declare_progress, declare_weather
from db.commands.sheet_life import archive_sheet
from db.engine import make_engine, reading, writing
from db.errors import BaliseError
from db.models import ActionSheet, Axis, Initiative, Placement
from db.viewer import Viewer, local_viewer
from tests.exchange.files import plan_of_rows

ON = date(2026, 10, 1)
MOST_SHEETS = 60
IMPORTS = 150  # one act in so many is an import, of some twenty rows at once
HEADER, DAYS = ["Titre de l'action", "Statut", "Date de fin", "Moyens"], ("31/12/2027", "30/06/2028", "01/09/2028")


class Writer:
    """Somebody who edits one plan, now this and now that."""

    def __init__(self, url: str, seed: int) -> None:
        self.engine, self.chance, self.seed, self.turn = make_engine(url), random.Random(seed), seed, 0
        with reading(self.engine) as session:
            self.viewer: Viewer = local_viewer(session, ON)
            self.plan = session.scalars(select(Initiative.id).order_by(Initiative.id)).first() or 0
            self.axis = session.scalars(select(Axis.id).where(Axis.initiative_id == self.plan)).first()
        with TemporaryDirectory() as folder:
            self.files = [plan_of_rows(Path(folder), [HEADER, *_rows(day)]) for day in DAYS]

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
        if self.turn % IMPORTS == 0:
            draft = self.chance.choice(self.files)
            apply_import(session, self.viewer, draft, digest="0" * 64, on=ON, initiative_id=self.plan)
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


def _rows(day: str) -> list[list[str]]:
    """Three fiches as a workbook has them, that end on this day."""
    return [[f"Fiche du classeur {n}", "En cours", day, f"Moyens au {day}"] for n in (1, 2, 3)]


def write_on(url: str, seed: int, told: Connection) -> None:
    """Write until killed; say each act, a line of its number, once it is acknowledged."""
    writer = Writer(url, seed)
    while True:
        try:
            done = writer.write()
        except BaliseError:
            continue
        if done is not None:
            os.write(told.fileno(), f"{done}\n".encode())

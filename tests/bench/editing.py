"""Acts of editing, sent as a browser sends them over Streamlit's own websocket, timed until the page is drawn again.

Each is looked for in the database once it is done: what was not written was not measured.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode, urlparse

from sqlalchemy import func, select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

from components.workspace import CHOSEN, PREPARATION, VIEW
from db.engine import make_engine, reading
from db.models import Act, ActionSheet, Initiative, Placement, StatusEntry
from db.rules.vocabulary import PlacementRole, Status
from tests.bench.national import BIG_CODE, BIG_SHEETS
from tests.bench.places import sqlite_url
from tests.bench.ruler import BrokenPageError
from tests.serving import Server

SAVES, BULKS = 15, 5
TAKEN_IN_TURN = (Status.PAUSED, Status.ONGOING)


class Visit:
    """One browser: its address, what its page shows, what was filled in it."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.page, self.page_hash, self.query = "", "", ""
        self.shown: list[Any] = []
        self.filled: dict[str, WidgetState] = {}
        self.answered_ms = 0.0
        """Until the first word of the last page: whatever was pressed is done by then."""

    def open(self, page: str, **query: str) -> float:
        """Go to an address; milliseconds until it is drawn, as for all that follows."""
        self.page, self.page_hash, self.query = page, "", urlencode(query)
        self.filled.clear()
        return self._run()

    def fill(self, kind: str, words: str, text: str) -> float:
        """Type in a field, or choose in a list, and leave it."""
        found = self._find(kind, words)
        self.filled[found] = WidgetState(id=found, string_value=text)
        return self._run()

    def press(self, words: str) -> float:
        """Click a button."""
        return self._run(WidgetState(id=self._find("button", words), trigger_value=True))

    def _find(self, kind: str, words: str) -> str:
        """The element of this kind whose label, or whose key, has these words."""
        widgets = [getattr(shown, kind) for shown in self.shown if shown.WhichOneof("type") == kind]
        found = [widget.id for widget in widgets if words in widget.label or words in widget.id]
        if len(found) != 1:
            raise BrokenPageError(f"/{self.page}?{self.query}: {len(found)} {kind} « {words} »")
        return str(found[0])

    def _run(self, *pressed: WidgetState) -> float:
        asked = BackMsg()
        asked.rerun_script.query_string = self.query
        asked.rerun_script.page_name = "" if self.page_hash else self.page
        asked.rerun_script.page_script_hash = self.page_hash
        asked.rerun_script.widget_states.widgets.extend([*self.filled.values(), *pressed])
        self.shown.clear()
        sent = time.perf_counter()
        self.socket.send(asked.SerializeToString())
        while not self._heard(ForwardMsg.FromString(bytes(self.socket.recv(60)))):
            if len(self.shown) == 1:
                self.answered_ms = 1000 * (time.perf_counter() - sent)
        return 1000 * (time.perf_counter() - sent)

    def _heard(self, said: ForwardMsg) -> bool:
        """Note what the server says; True when the page is drawn."""
        kind = said.WhichOneof("type")
        if kind == "delta":
            self._drawn(said.delta)
        elif kind == "page_info_changed":
            self.query = said.page_info_changed.query_string
        elif kind == "navigation":
            self.page_hash = said.navigation.page_script_hash
        return kind == "script_finished"

    def _drawn(self, delta: Delta) -> None:
        if delta.new_element.WhichOneof("type") == "exception":
            raise BrokenPageError(f"/{self.page}?{self.query}: {delta.new_element.exception.message[:200]}")
        self.shown.append(delta.new_element)


@contextmanager
def visit(server: Server) -> Iterator[Visit]:
    """A session of one's own, in the midst of nobody."""
    host = urlparse(server.url).netloc
    origin = {"Origin": server.url}
    with connect(
        f"ws://{host}/_stcore/stream", subprotocols=["streamlit"], max_size=None, additional_headers=origin
    ) as socket:
        yield Visit(socket)


@dataclass(frozen=True, slots=True)
class Saving:
    """Milliseconds to keep a text in a draft, to save its section and see the fiche again, and until it is written:
    medians."""

    kept: float
    saved: float
    written: float


def save_section(server: Server, database: Path, code: str) -> Saving:
    """A text typed in a section of a fiche, then saved, as many times as are measured."""
    where = {CHOSEN: code, "fiche": str(_first(database, code, Placement.id)), VIEW: PREPARATION}
    kept, saved, written = [], [], []
    with visit(server) as person:
        for turn in range(SAVES + 1):
            text = f"Le constat, écrit pour la {turn + 1}e fois."
            person.open("fiche", **where, modifier="constat")
            kept.append(person.fill("text_area", ":rationale", text))
            saved.append(person.press("Enregistrer"))
            written.append(person.answered_ms)
            if _rationale(database, code) != text:
                raise BrokenPageError(f"« {text} » was not written")
    return Saving(median(kept[1:]), median(saved[1:]), median(written[1:]))


def change_many_ms(server: Server, database: Path) -> float:
    """Milliseconds to give another status to the 200 fiches of the big plan, in one act: a median."""
    taken = []
    with visit(server) as person:
        for turn in range(BULKS + 1):
            status = TAKEN_IN_TURN[turn % 2]
            entries, acts = _written(database, status)
            person.open("plusieurs", **{CHOSEN: BIG_CODE, VIEW: PREPARATION})
            person.press("Tout prendre")
            person.fill("selectbox", ":status", status.label_fr)
            taken.append(person.press(f"Écrire dans {BIG_SHEETS}"))
            # At first some fiches have this status already: they say nothing new.
            if turn and _written(database, status) != (entries + BIG_SHEETS, acts + 1):
                raise BrokenPageError(f"the {BIG_SHEETS} fiches were not written in one act")
    return median(taken[1:])


def _first(database: Path, code: str, column: Any) -> Any:
    """A column of the first fiche of a plan, or of its placement."""
    first = (
        select(column)
        .select_from(Placement)
        .join(ActionSheet)
        .join(Initiative, Placement.initiative_id == Initiative.id)
    )
    return _asked(
        database,
        first.where(Initiative.code == code, Placement.role == PlacementRole.OWNER).order_by(Placement.id).limit(1),
    )


def _rationale(database: Path, code: str) -> str | None:
    text: str | None = _first(database, code, ActionSheet.rationale)
    return text


def _written(database: Path, status: Status) -> tuple[int, int]:
    """How many times this status was declared in the big plan, and how many acts there were."""
    declared = (
        select(func.count())
        .select_from(StatusEntry)
        .join(Placement, Placement.sheet_id == StatusEntry.sheet_id)
        .join(Initiative, Placement.initiative_id == Initiative.id)
        .where(Initiative.code == BIG_CODE, StatusEntry.status == status)
    )
    return _asked(database, declared), _asked(database, select(func.count()).select_from(Act))


def _asked(database: Path, question: Any) -> Any:
    engine = make_engine(sqlite_url(database))
    with reading(engine) as session:
        answer = session.scalar(question)
    engine.dispose()
    return answer

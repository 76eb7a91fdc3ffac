"""Dry runs kept in the server's memory while somebody looks at them: few, for a while, each for its own viewer.

A trial bears an unguessable token, by which its list of problems is downloaded and by which it is applied once.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from db import journal
from db.commands.import_words import apply_settled
from db.commands.imports import Imported, fates
from db.engine import engine, reading
from db.errors import Invalid
from db.exchange.compare import ImportPlan, compare
from db.exchange.draft import PlanDraft
from db.exchange.fields import Field
from db.exchange.held import identity_of
from db.exchange.identity import Identity, differences
from db.exchange.preview import preview
from db.exchange.upload import Incoming
from db.queries import imports as resemblance
from db.rights import Operation
from db.rules.imports import Announced, Preview, Resemblance
from db.rules.reading_dates import read_date
from db.viewer import Viewer, require

KEPT = 12
SECONDS = 1800.0
APPLIED = 100

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A dry run: its token, whose it is, what would be done, and the same in the words of a page."""

    token: str
    actor_id: int
    on: date
    accepted: frozenset[tuple[int, str]]
    incoming: Incoming
    plan: ImportPlan
    preview: Preview


class Trials:
    """The trials of a server: at most `kept`, forgotten `seconds` after they were last looked at."""

    def __init__(self, kept: int = KEPT, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept, self._seconds, self._clock = kept, seconds, clock
        self._found: OrderedDict[Key, tuple[float, Trial]] = OrderedDict()
        self._applied: OrderedDict[str, Imported] = OrderedDict()
        self._lock, self._writing = threading.Lock(), threading.Lock()

    def get(self, key: Key, make: Callable[[], Trial]) -> Trial:
        """The trial of this key, made when there is none; looking at it keeps it."""
        with self._lock:
            self._forget()
            _, trial = self._found.get(key, (0.0, None))
        trial = trial or make()
        with self._lock:
            self._found[key] = (self._clock(), trial)
            self._found.move_to_end(key)
            self._forget()
        return trial

    def of(self, token: str, viewer: Viewer) -> Trial | None:
        """The trial of this token, when it is this viewer's and still kept."""
        with self._lock:
            self._forget()
            wanted = token.encode("utf-8", "replace")
            mine = (trial for _, trial in self._found.values() if trial.actor_id == viewer.actor_id)
            return next((trial for trial in mine if secrets.compare_digest(trial.token.encode(), wanted)), None)

    def once(self, token: str, write: Callable[[], Imported | None]) -> Imported | None:
        """What applying a trial did: `write` is called once, however many times and wherever it is clicked.

        When it gives None (refused) or is interrupted, nothing is remembered: the next click may write.
        """
        with self._writing:
            if token in self._applied:
                return self._applied[token]
            done = write()
            if done is not None:
                self._applied[token] = done
                if len(self._applied) > APPLIED:
                    self._applied.popitem(last=False)
            return done

    def _forget(self) -> None:
        limit = self._clock() - self._seconds
        while self._found:
            key, (seen, _) = next(iter(self._found.items()))
            if seen > limit and len(self._found) <= self._kept:
                return
            del self._found[key]


TRIALS = Trials()


def run(
    viewer: Viewer,
    read_as: Key,
    incoming: Incoming,
    initiative_id: int | None,
    on: date,
    accepted: frozenset[tuple[int, str]] = frozenset(),
) -> Trial:
    """The dry run of a file into a démarche (None: a new one); `read_as` says which file, read how.

    `accepted` are the conflicts, by row and field code, where the file's value was chosen. It is worked out again
    whenever something was written meanwhile. Raises Refused without the right to import there.
    """
    require(viewer, Operation.IMPORT, initiative_id)
    with engine().connect() as connection:
        revision = journal.standing(connection, None).get("all", 0)
    key = (engine(), viewer.actor_id, viewer.scope_key, read_as, initiative_id, on, accepted, revision)

    def make() -> Trial:
        told = incoming.identity
        promised = told.amendment_numbers if told and initiative_id is None else frozenset()
        with reading() as session:
            draft = _with_differences(session, incoming, initiative_id, on)
            plan = compare(session, _preparing(viewer), draft, initiative_id, on, _chosen(accepted), promised)
        return Trial(secrets.token_urlsafe(24), viewer.actor_id, on, accepted, incoming, plan, preview(plan))

    return TRIALS.get(key, make)


def _with_differences(session: Session, incoming: Incoming, initiative_id: int | None, on: date) -> PlanDraft:
    """The draft, with a note for each thing that the file says otherwise than the démarche; none of them is applied."""
    held = identity_of(session, initiative_id, on) if initiative_id is not None else None
    if held is None or incoming.identity is None:
        return incoming.draft
    notes = (*incoming.draft.notes, *incoming.identity.notes, *differences(incoming.identity, held))
    return replace(incoming.draft, notes=notes)


def resembling(viewer: Viewer, incoming: Incoming, digest: str) -> tuple[Resemblance, ...]:
    """The démarches that this file, of this SHA-256, may be a new version of."""
    titles = tuple(sheet.title for sheet in incoming.draft.sheets)
    code = incoming.identity.code if incoming.identity else None
    with reading() as session:
        return resemblance.resembling(session, viewer, digest, titles, code)


def announced(incoming: Incoming) -> Announced:
    """The dates that a file gives to the démarche it would create: its own, else the years of its title."""
    told, years = incoming.identity, incoming.draft.years
    if told is not None and (told.starts_on or told.ends_on):
        starts, ends = (f"{day:%d/%m/%Y}" if day else "" for day in (told.starts_on, told.ends_on))
        return Announced(starts, ends, is_from_title=False)
    return Announced(str(years[0]), str(years[1]), is_from_title=True) if years else Announced()


def apply(
    session: Session,
    viewer: Viewer,
    trial: Trial,
    digest: str,
    *,
    name: str | None,
    period: tuple[str, str] | None = None,
) -> Imported:
    """Write what a dry run announced, into a démarche of this name and with these dates when it is a new one.

    `period` is the start and the end of its contract as typed; None leaves the dates that the file says. Raises Invalid
    when they are not understood, Conflict when the plan moved meanwhile, and what `apply_import` raises.
    """
    identity = trial.incoming.identity
    if period is not None:
        starts, ends = _day(period[0], end=False), _day(period[1], end=True)
        identity = replace(identity or Identity(), starts_on=starts, ends_on=ends)
    return apply_settled(
        session,
        _preparing(viewer),
        trial.plan.draft,
        trial.incoming.settled,
        digest=digest,
        on=trial.on,
        initiative_id=trial.plan.initiative_id,
        name=name,
        accepted=_chosen(trial.accepted),
        identity=identity,
        expected=fates(trial.plan),
    )


def _day(typed: str, *, end: bool) -> date | None:
    read = read_date(typed, end=end)
    if read.reason is not None:
        side = "fin" if end else "début"
        raise Invalid(f"Date de {side} du contrat : « {typed} » n'est pas compris, rien n'est importé. {read.reason}")
    return read.value.day if read.value else None


def _preparing(viewer: Viewer) -> Viewer:
    """A file is held against what is being prepared, whichever reading of the plan is chosen in the hall."""
    return replace(viewer, published_only=False)


def _chosen(accepted: frozenset[tuple[int, str]]) -> frozenset[tuple[int, Field]]:
    """Choices as the comparison reads them."""
    fields = {field.value: field for field in Field}
    return frozenset((row, fields[code]) for row, code in accepted)

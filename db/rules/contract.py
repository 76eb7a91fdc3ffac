"""The contract as it was signed, and as it is on any day: its sheets, its progress, its time, its ground.

« Tel que signé » is what the first signature holds: the sheets « au contrat initial », wherever they are by now, the
end that was agreed, who signed and what was covered that day. « Tel qu'il est » is what stands on a day: an avenant
counts from its signature, a sheet from the day it enters to the day it leaves. A sheet that is archived counts on
neither side, whatever the day: archiving corrects the plan, and what leaves the contract is withdrawn by an avenant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from db.rules import dates, progress
from db.rules.plan import MilestoneFact
from db.rules.progress import RollUp, SheetProgress
from db.rules.vocabulary import MilestoneState, PlacementEntry, TerritoryKind


@dataclass(frozen=True, slots=True)
class SheetMention:
    """A sheet as an avenant speaks of it. `stands`: it is in the plan on the day asked, so that its page opens."""

    placement_id: int
    label: str
    stands: bool
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AmendmentTold:
    """An avenant and all that it did, in the order of the plan and of the alphabet."""

    id: int
    number: int
    signed_on: date
    object: str
    new_ends_on: date | None
    added: tuple[SheetMention, ...]
    withdrawn: tuple[SheetMention, ...]
    rewritten: tuple[SheetMention, ...]
    entering: tuple["Ground", ...]
    leaving: tuple["Ground", ...]
    signatories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signatory:
    """An organisation that signs the contract, from a day (None: from the start) to a day."""

    id: int
    name: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Ground:
    """A territory that the contract covers, from a day to a day, and the last avenant that touched it."""

    id: int
    kind: TerritoryKind
    code: str
    name: str
    starts_on: date | None
    ends_on: date | None
    amendment_id: int | None

    @property
    def label(self) -> str:
        """« Cavaillon (84035) »: what is typed and chosen, one label a territory."""
        return territory_label(self.name, self.code)


@dataclass(frozen=True, slots=True)
class Opening:
    """What tells what a contract held from its very start from what an avenant brought: its own two days, and those
    on which avenants are signed."""

    signed_on: date | None
    starts_on: date | None
    amended_on: frozenset[date]

    @property
    def day(self) -> date | None:
        """The day of the signature, or of the start when nobody wrote down the signature."""
        return self.signed_on or self.starts_on

    def held(self, since: date | None) -> bool:
        """Whether a signatory, or a territory, is of the contract from its very start. One may come between the
        signature and the start, unless an avenant brought it."""
        if since is None:
            return True
        if self.day is None or (since > self.day and since in self.amended_on):
            return False
        return since <= max(self.day, self.starts_on or self.day)


@dataclass(frozen=True, slots=True)
class Contract:
    """What the contract says of itself, whole: all that ever signed it, covered it or amended it, oldest first."""

    signed_on: date | None
    starts_on: date | None
    ends_on: date | None
    sponsors: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    grounds: tuple[Ground, ...]
    amendments: tuple[AmendmentTold, ...]

    @property
    def opening(self) -> Opening:
        """What it held from its very start."""
        return Opening(self.signed_on, self.starts_on, frozenset(one.signed_on for one in self.amendments))

    @property
    def next_number(self) -> int:
        """The number of the avenant that comes next."""
        return max((amendment.number for amendment in self.amendments), default=0) + 1

    def amended(self) -> tuple[tuple[date, date | None], ...]:
        """(signature, new end or None) of each avenant, for `dates.end_in_force`."""
        return tuple((amendment.signed_on, amendment.new_ends_on) for amendment in self.amendments)


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """A sheet of the plan that an avenant may change, in it (`stands`) or not; `until`: the day it was withdrawn."""

    placement_id: int
    label: str
    entry: PlacementEntry
    amendment_id: int | None
    until: date | None
    stands: bool


@dataclass(frozen=True, slots=True)
class ContractChoices:
    """What the forms of the contract and of its avenants choose among: sheets, and territories by label."""

    sheets: tuple[SheetChoice, ...]
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedSheet:
    """A sheet of the plan, in it or not any more. `amended_on` is the signature of the avenant that added it."""

    entry: PlacementEntry
    amended_on: date | None
    since: date | None
    until: date | None
    progress: SheetProgress

    def has_come(self, on: date) -> bool:
        """Whether it had entered the plan by then: the day it entered or, failing one, its avenant's signature."""
        since = self.since or self.amended_on
        return since is None or since <= on

    def is_gone(self, on: date) -> bool:
        """Whether it had been in the plan and was withdrawn by then: `until` is the first day without it."""
        return self.has_come(on) and self.until is not None and self.until <= on

    def stands(self, on: date) -> bool:
        """Whether it is in the plan on that day."""
        return self.has_come(on) and not self.is_gone(on)

    def entry_on(self, on: date) -> PlacementEntry:
        """How it counts on a day: one that an avenant takes in later is still « hors contrat initial »."""
        if self.entry is PlacementEntry.AMENDMENT and (self.amended_on is None or self.amended_on > on):
            return PlacementEntry.UNPLANNED
        return self.entry


@dataclass(frozen=True, slots=True)
class Picture:
    """The contract at one of its two states. `withdrawn` are, as signed, those of its sheets that left since; as it
    is, all those that left. `elapsed` is a share from 0 to 1."""

    sheets: int
    by_entry: Mapping[PlacementEntry, int]
    withdrawn: int
    progress: RollUp
    ends_on: date | None
    elapsed: float | None
    signatories: int
    territories: Mapping[TerritoryKind, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The contract as signed and as it is on a day, on which `amendments` avenants are signed."""

    day: date
    opened_on: date | None
    amendments: int
    signed: Picture
    now: Picture

    @property
    def is_before_signature(self) -> bool:
        """Whether the day looked at comes before the contract itself."""
        return self.opened_on is not None and self.day < self.opened_on


def compare(contract: Contract, sheets: Iterable[PlacedSheet], day: date) -> Comparison:
    """The two states of a contract on a day; `sheets` are all those of the plan, with their progress on that day."""
    known = tuple(sheets)
    return Comparison(
        day=day,
        opened_on=contract.opening.day,
        amendments=sum(signed <= day for signed, _ in contract.amended()),
        signed=_as_signed(contract, known, day),
        now=_as_it_is(contract, known, day),
    )


def _as_signed(contract: Contract, sheets: tuple[PlacedSheet, ...], day: date) -> Picture:
    """Sheets: those of the initial contract, withdrawn since or not. Progress: the mean of what they declared by that
    day. Time: (day − start) / (end signed − start)."""
    initial = [sheet for sheet in sheets if sheet.entry is PlacementEntry.INITIAL]
    opening = contract.opening
    return Picture(
        sheets=len(initial),
        by_entry={PlacementEntry.INITIAL: len(initial)},
        withdrawn=sum(sheet.is_gone(day) for sheet in initial),
        progress=progress.roll_up((sheet.progress for sheet in initial), day),
        ends_on=contract.ends_on,
        elapsed=dates.share_elapsed(contract.starts_on or contract.signed_on, contract.ends_on, day),
        signatories=len({who.id for who in contract.signatories if opening.held(who.starts_on)}),
        territories=_counted(ground for ground in contract.grounds if opening.held(ground.starts_on)),
    )


def _as_it_is(contract: Contract, sheets: tuple[PlacedSheet, ...], day: date) -> Picture:
    """Sheets: those that stand on that day, by how they came. Progress: the mean over them. Time: (day − start) /
    (end in force − start), the end in force being that of the last avenant signed by then that moved it."""
    standing = [sheet for sheet in sheets if sheet.stands(day)]
    entries = [sheet.entry_on(day) for sheet in standing]
    ends = dates.end_in_force(contract.ends_on, contract.amended(), day)
    return Picture(
        sheets=len(standing),
        by_entry={entry: entries.count(entry) for entry in PlacementEntry if entry in entries},
        withdrawn=sum(sheet.is_gone(day) for sheet in sheets),
        progress=progress.roll_up((sheet.progress for sheet in standing), day),
        ends_on=ends,
        elapsed=dates.share_elapsed(contract.starts_on or contract.signed_on, ends, day),
        signatories=len({who.id for who in contract.signatories if dates.in_force(who.starts_on, who.ends_on, day)}),
        territories=_counted(
            ground for ground in contract.grounds if dates.in_force(ground.starts_on, ground.ends_on, day)
        ),
    )


def _counted(grounds: Iterable[Ground]) -> dict[TerritoryKind, int]:
    """How many territories there are of each kind, each once."""
    kinds = list({ground.id: ground.kind for ground in grounds}.values())
    return {kind: kinds.count(kind) for kind in TerritoryKind if kind in kinds}


def brought_in(
    starts_on: date | None, ends_on: date | None, by: int | None, amendment_id: int, signed_on: date
) -> bool:
    """Whether a territory covered from a day came with this avenant. `by` is the last avenant that touched it: where
    it names another, that one took the territory out again."""
    return starts_on == signed_on and (by in (None, amendment_id) or ends_on is not None)


def took_out(ends_on: date | None, by: int | None, amendment_id: int, signed_on: date) -> bool:
    """Whether this avenant took a territory out: the day before its signature is the last one covered."""
    return ends_on == day_before(signed_on) and by in (None, amendment_id)


def day_before(day: date) -> date:
    """The last day of what an avenant signed on this day takes out."""
    return day - timedelta(days=1)


def state_on(step: MilestoneFact, day: date) -> MilestoneState:
    """The state of a step on a day: one done later was still to come. Done on an unknown day, it counts as done."""
    if step.state is MilestoneState.DONE and step.done_on is not None and step.done_on > day:
        return MilestoneState.PLANNED
    return step.state


def territory_label(name: str, code: str) -> str:
    """« Cavaillon (84035) »."""
    return f"{name} ({code})"

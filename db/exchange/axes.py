"""The plan's tree, read along the rows: inherited, opened by a row of its own, spelt in several ways."""

from dataclasses import dataclass, field

from db.exchange.draft import AxisDraft, AxisPath, AxisStep, Note
from db.rules.reading_outline import AxisLabel, read_axis_label
from db.rules.text import words_of
from db.rules.vocabulary import AxisLevel

WITHOUT_AXIS = "sans axe"
_LEVELS = tuple(AxisLevel)


@dataclass(slots=True)
class AxisTree:
    """The axes met so far, and the one in force."""

    drafts: dict[tuple[str, ...], AxisDraft] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    current: AxisPath = ()
    opened: bool = False
    _current_keys: tuple[str, ...] = ()
    _spellings: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    _numbers: dict[tuple[tuple[str, ...], str], tuple[str, ...]] = field(default_factory=dict)

    def open(self, row: int, labels: list[str]) -> AxisPath:
        """A row that only opens an axis: the sheets below belong to it until another is named."""
        self.current = self._path(row, labels, [read_axis_label(label) for label in labels])
        self.opened = True
        return self.current

    def place(self, row: int, labels: list[str], merged: bool) -> AxisPath:
        """Where a sheet stands; « Sans axe » says nowhere. Blank axis cells inherit the axis in force: expected under
        a row of its own or a merged cell, reported otherwise."""
        read = [read_axis_label(label) for label in labels]
        if any(read):
            self.current = self._path(row, labels, read)
            self.opened = False
        elif any(words_of(label) == WITHOUT_AXIS for label in labels):
            self.current, self._current_keys, self.opened = (), (), False
        elif self.current and not self.opened and not merged:
            trail = " › ".join(step.title for step in self.current)
            self.notes.append(
                Note(row, "", f"Axe non écrit sur cette ligne : celui de la ligne du dessus est repris ({trail}).")
            )
        return self.current

    def _path(self, row: int, labels: list[str], read: list[AxisLabel | None]) -> AxisPath:
        steps = self._inherited(read)
        keys = self._current_keys[: len(steps)]
        for label, raw in zip(read, labels, strict=True):
            if label is None:
                continue
            key, step = self._unified(row, keys, len(steps), label, raw)
            keys = (*keys, key)
            steps.append(step)
            if keys not in self.drafts:
                self.drafts[keys] = AxisDraft(row, tuple(steps))
        self._current_keys = keys
        return tuple(steps)

    def _inherited(self, read: list[AxisLabel | None]) -> list[AxisStep]:
        """The steps above the first one written: a lone second-level cell stands under the axis in force."""
        written = next((index for index, label in enumerate(read) if label), 0)
        if not written:
            return []
        named = next(label for label in read if label)
        depth = _LEVELS.index(named.level) if named.level else written
        return list(self.current[: min(depth, written)])

    def _unified(
        self, row: int, parent: tuple[str, ...], depth: int, label: AxisLabel, raw: str
    ) -> tuple[str, AxisStep]:
        key = words_of(label.title)
        keys = (*parent, key)
        known = self.drafts.get(keys)
        if known is not None and (label.code is None or known.path[-1].code in (None, label.code)):
            self._report_spelling(row, keys, raw, known)
            return key, known.path[-1]
        if known is not None:
            key = f"{key}\n{label.code}"  # no title holds a line
            if (again := self.drafts.get((*parent, key))) is not None:
                return key, again.path[-1]
        if label.code is not None:
            other = self._numbers.setdefault((parent, label.code), (*parent, key))
            if other != (*parent, key):
                title = self.drafts[other].path[-1].title
                message = f"Le numéro {label.code} désigne « {title} » et « {label.title} » : les deux sont gardés."
                self.notes.append(Note(row, "", message))
        self._spellings.add(((*parent, key), raw))
        level = label.level if label.level and _LEVELS.index(label.level) >= depth else _LEVELS[min(depth, 2)]
        return key, AxisStep(level, label.code, label.title)

    def _report_spelling(self, row: int, keys: tuple[str, ...], raw: str, known: AxisDraft) -> None:
        if (keys, raw) not in self._spellings:
            self._spellings.add((keys, raw))
            message = f"« {raw} » est compris comme « {known.path[-1].title} » (ligne {known.row})."
            self.notes.append(Note(row, "", message))

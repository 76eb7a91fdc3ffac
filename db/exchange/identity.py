"""The démarche itself in a workbook: the sheet « Démarche » that an export writes and that an import reads back.

It is told by its first cell, and read only when the plan makes a new démarche: one that exists keeps what it says.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from db.exchange.cells import list_cells
from db.exchange.draft import Note
from db.exchange.workbook import Workbook
from db.rules.contract_form import OBJECT_LENGTH
from db.rules.dates import FuzzyDate
from db.rules.reading import Cell, read_list, read_number, text_of
from db.rules.reading_dates import read_date
from db.rules.text import words_of
from db.rules.vocabulary import DatePrecision, InitiativeKind, Labelled, Phase, TerritoryKind

L = TypeVar("L", bound=Labelled)
WORKSHEET = "Démarche"
MARK = "Fiche de la démarche, pour Balise"
MAX_AMENDMENT = 999


class Label(StrEnum):
    """What the first cell of a row says: the row's meaning. The last four may come several times.

    « Territoire couvert » is followed by its type, official code, name, and from when to when; « Avenant » by its
    number, day of signature, object, and the end it sets.
    """

    CODE = "Code"
    NAME = "Nom"
    SHORT_NAME = "Nom court"
    KIND = "Type de démarche"
    CONTRACT_NUMBER = "Numéro du contrat"
    SIGNED_ON = "Signature"
    STARTS_ON = "Début"
    ENDS_ON = "Fin au contrat initial"
    PHASE = "Phase"
    REGIONAL_LINK = "Articulation avec le PRS"
    TIME_ZONE = "Fuseau horaire"
    SPONSORS = "Structure porteuse"
    SIGNATORIES = "Signataire"
    COVERS = "Territoire couvert"
    AMENDMENT = "Avenant"


@dataclass(frozen=True, slots=True)
class Ground:
    """A commune or an EPCI covered, by its official code; the name is for the reader."""

    kind: TerritoryKind
    code: str
    name: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class AmendmentDraft:
    """An avenant."""

    number: int
    signed_on: date
    object: str
    new_ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a démarche says of itself; `notes` tell the cells that were not understood, and left out.

    `code` tells where the workbook comes from; a démarche made from it may have another.
    """

    name: str | None = None
    short_name: str | None = None
    kind: InitiativeKind | None = None
    contract_number: int | None = None
    signed_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    phase: Phase | None = None
    sponsors: tuple[str, ...] = ()
    signatories: tuple[str, ...] = ()
    regional_link: str | None = None
    time_zone: str | None = None
    grounds: tuple[Ground, ...] = ()
    amendments: tuple[AmendmentDraft, ...] = ()
    notes: tuple[Note, ...] = ()
    code: str | None = field(default=None, compare=False)

    @property
    def amendment_numbers(self) -> frozenset[int]:
        """The avenants that the démarche will have."""
        return frozenset(amendment.number for amendment in self.amendments)


def read_identity(workbook: Workbook) -> Identity | None:
    """What a workbook made by Balise says of the démarche; None when it says nothing."""
    for worksheet in workbook.worksheets:
        rows = worksheet.rows
        if rows and rows[0] and words_of(text_of(rows[0][0])) == words_of(MARK):
            return _Reader(rows).identity()
    return None


def differences(said: Identity, held: Identity) -> tuple[Note, ...]:
    """A sentence for each thing that the file says otherwise than the démarche; none of them is applied."""
    shown = [
        (Label.NAME, said.name, held.name),
        (Label.SIGNED_ON, said.signed_on, held.signed_on),
        (Label.STARTS_ON, said.starts_on, held.starts_on),
        (Label.ENDS_ON, said.ends_on, held.ends_on),
        (Label.PHASE, said.phase and said.phase.label_fr, held.phase and held.phase.label_fr),
    ]
    notes = [_difference(label.value, one, other) for label, one, other in shown if one is not None and one != other]
    for number in sorted(said.amendment_numbers - held.amendment_numbers):
        notes.append(
            Note(0, "", f"L'avenant n° {number} du fichier n'est pas dans la démarche : ajoutez-le dans Balise.")
        )
    return tuple(notes)


def _difference(label: str, said: object, held: object) -> Note:
    one, other = (f"{value:%d/%m/%Y}" if isinstance(value, date) else value for value in (said, held))
    kept = f"« {other} » est gardé" if other else "rien n'est changé"
    return Note(0, "", f"{label} : le fichier dit « {one} » ; {kept}. Corrigez dans Balise si besoin.")


def identity_rows(identity: Identity) -> list[list[Cell]]:
    """The rows of the sheet « Démarche », its mark first, as `read_identity` reads them."""
    said: list[tuple[Label, Cell]] = [
        (Label.CODE, identity.code),
        (Label.NAME, identity.name),
        (Label.SHORT_NAME, identity.short_name),
        (Label.KIND, identity.kind and identity.kind.label_fr),
        (Label.CONTRACT_NUMBER, identity.contract_number),
        (Label.SIGNED_ON, identity.signed_on),
        (Label.STARTS_ON, identity.starts_on),
        (Label.ENDS_ON, identity.ends_on),
        (Label.PHASE, identity.phase and identity.phase.label_fr),
        (Label.REGIONAL_LINK, identity.regional_link),
        (Label.TIME_ZONE, identity.time_zone),
    ]
    rows: list[list[Cell]] = [[MARK], *([label.value, value] for label, value in said)]
    for label, names in ((Label.SPONSORS, identity.sponsors), (Label.SIGNATORIES, identity.signatories)):
        rows += [[label.value, *list_cells((name,))] for name in names]
    for ground in identity.grounds:
        rows.append(
            [Label.COVERS.value, ground.kind.label_fr, ground.code, ground.name, ground.starts_on, ground.ends_on]
        )
    for one in identity.amendments:
        rows.append([Label.AMENDMENT.value, one.number, one.signed_on, one.object, one.new_ends_on])
    return rows


class _Reader:
    """Reads the rows of the sheet, noting what it cannot."""

    def __init__(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.notes: list[Note] = []
        self.rows: dict[str, list[tuple[int, Sequence[Cell]]]] = {}
        for number, row in enumerate(rows[1:], 2):
            if row and row[0] is not None:
                self.rows.setdefault(words_of(text_of(row[0])), []).append((number, (*row[1:], *[None] * 5)))

    def identity(self) -> Identity:
        found: dict[str, Any] = {
            "code": self._text(Label.CODE),
            "name": self._text(Label.NAME),
            "short_name": self._text(Label.SHORT_NAME),
            "kind": self._word(Label.KIND, InitiativeKind),
            "contract_number": self._number(Label.CONTRACT_NUMBER),
            "phase": self._word(Label.PHASE, Phase),
            "regional_link": self._text(Label.REGIONAL_LINK),
            "time_zone": self._text(Label.TIME_ZONE),
            "sponsors": self._names(Label.SPONSORS),
            "signatories": self._names(Label.SIGNATORIES),
            "grounds": tuple(self._grounds()),
        }
        for name, label in (
            ("signed_on", Label.SIGNED_ON),
            ("starts_on", Label.STARTS_ON),
            ("ends_on", Label.ENDS_ON),
        ):
            found[name] = next((self._day(row, cells[0]) for row, cells in self._all(label)), None)
        if found["starts_on"] and found["ends_on"] and found["ends_on"] < found["starts_on"]:
            self._note(1, "la fin précède le début : les deux dates sont laissées vides")
            found["starts_on"] = found["ends_on"] = None
        found["amendments"] = tuple(self._amendments(found["signed_on"] or found["starts_on"]))
        return Identity(**found, notes=tuple(self.notes))

    def _all(self, label: Label) -> list[tuple[int, Sequence[Cell]]]:
        return self.rows.get(words_of(label.value), [])

    def _note(self, row: int, what: str) -> None:
        self.notes.append(Note(row, WORKSHEET, f"Onglet « {WORKSHEET} » : {what}."))

    def _text(self, label: Label) -> str | None:
        return next((text_of(cells[0]) or None for _, cells in self._all(label)), None)

    def _names(self, label: Label) -> tuple[str, ...]:
        return tuple(name for _, cells in self._all(label) for cell in cells for name in read_list(cell).value or ())

    def _word(self, label: Label, kinds: type[L]) -> L | None:
        for row, cells in self._all(label):
            word = words_of(text_of(cells[0]))
            found = next((member for member in kinds if words_of(member.label_fr) == word), None)
            if found is None and word:
                self._note(row, f"« {text_of(cells[0])} » n'est pas compris, {label.value} laissé vide")
            return found
        return None

    def _number(self, label: Label) -> int | None:
        return next((self._whole(row, cells[0]) for row, cells in self._all(label)), None)

    def _whole(self, row: int, cell: Cell) -> int | None:
        number = read_number(cell).value
        if number is not None and number == int(number) and 0 < number <= MAX_AMENDMENT:
            return int(number)
        if text_of(cell):
            self._note(row, f"« {text_of(cell)} » n'est pas un numéro")
        return None

    def _day(self, row: int, cell: Cell) -> date | None:
        typed = read_date(cell).value
        if isinstance(typed, FuzzyDate) and typed.precision is DatePrecision.DAY:
            return typed.day
        if text_of(cell):
            self._note(row, f"« {text_of(cell)} » n'est pas un jour (JJ/MM/AAAA), laissé vide")
        return None

    def _grounds(self) -> Iterable[Ground]:
        for row, cells in self._all(Label.COVERS):
            kind = next((k for k in TerritoryKind if words_of(k.label_fr) == words_of(text_of(cells[0]))), None)
            code = text_of(cells[1])
            if kind is None or not code:
                self._note(row, f"territoire « {text_of(cells[2])} » sans type ou sans code, laissé de côté")
                continue
            yield Ground(kind, code, text_of(cells[2]), self._day(row, cells[3]), self._day(row, cells[4]))

    def _amendments(self, opened: date | None) -> Iterable[AmendmentDraft]:
        seen: set[int] = set()
        for row, cells in self._all(Label.AMENDMENT):
            number, signed, purpose = self._whole(row, cells[0]), self._day(row, cells[1]), text_of(cells[2])
            ends = self._day(row, cells[3])
            if number is None or signed is None or not purpose or number in seen or (ends and ends < signed):
                self._note(row, "avenant sans numéro à lui, sans date de signature ou sans objet, laissé de côté")
                continue
            if opened is not None and signed < opened:
                self._note(row, f"avenant n° {number} daté d'avant la signature du contrat, laissé de côté")
                continue
            if len(purpose) > OBJECT_LENGTH:
                self._note(row, f"avenant n° {number} dont l'objet dépasse {OBJECT_LENGTH} caractères, laissé de côté")
                continue
            seen.add(number)
            yield AmendmentDraft(number, signed, purpose, ends)

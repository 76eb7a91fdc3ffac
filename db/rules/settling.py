"""« À préciser »: how a cell that nobody could read is asked about, one after the other."""

from dataclasses import dataclass
from enum import StrEnum

from db.rules.sheet import UnsettledCell

FIELD = "unsettled"
HELD_NOW = "held"
"""The name, in a draft's base, of what the field of the cell held when its form was opened."""
AS_IT_IS = "laissé tel quel"
CONTRACT_DAYS = {"signed_on": "Signature", "starts_on": "Début", "ends_on": "Fin"}
"""The days of the contract, that the title of a file announces without saying them."""


class Asked(StrEnum):
    """What a person is given to answer with."""

    LINE = "line"
    TEXT = "text"  # several lines
    ONE = "one"  # one of the names offered
    SEVERAL = "several"  # any number of the names offered
    AMOUNTS = "amounts"  # each funder with its own
    CONTRACT = "contract"  # the days of the contract
    ROW = "row"  # a row of the file that was left aside: there is nothing to write


@dataclass(frozen=True, slots=True)
class StepChoice:
    """An étape that a cell may be about; None for the fiche itself."""

    id: int | None
    label: str


@dataclass(frozen=True, slots=True)
class CellQuestion:
    """A cell to settle, with all that answering it needs.

    `choices` are the answers that one click gives (`of_step` for an étape's state); `offered` the names that exist,
    others being `may_be_new`; `awaited` the funders whose amount nobody said; `steps` what the cell may be about, when
    that is a question, `step` being the one that the file says, None when it does not; `proposed` the text to mend.
    """

    cell: UnsettledCell
    asked: Asked
    choices: tuple[str, ...] = ()
    of_step: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    may_be_new: bool = False
    awaited: tuple[str, ...] = ()
    steps: tuple[StepChoice, ...] = ()
    step: StepChoice | None = None
    help: str | None = None
    proposed: str = ""

    def answers(self, step_id: int | None) -> tuple[str, ...]:
        """The answers that one click gives, for the fiche or for one of its étapes."""
        return self.of_step if step_id is not None else self.choices


def subject_of(cell_id: int) -> str:
    """What the draft of a cell is about."""
    return f"{FIELD}:{cell_id}"

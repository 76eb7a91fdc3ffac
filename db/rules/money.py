"""The money of a plan, in integer cents: what is asked, granted and spent, and what remains to be found.

Cash and in-kind contributions are never added: every total here is of one nature. A refused line counts in
« demandé » only. An amount that is not known is absent, which is not zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from db.rules.totals import Known, known_sum, once
from db.rules.vocabulary import FundingDecision, FundingNature, FundingStage, Labelled


@dataclass(frozen=True, slots=True)
class FundingLine:
    """A funding line as the arithmetic sees it: `amounts` holds, in cents, the stages whose amount is known."""

    line_id: int
    nature: FundingNature
    decision: FundingDecision
    year: int | None = None
    amounts: Mapping[FundingStage, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Financing:
    """How a need is covered, in cents of one nature.

    need + surplus = secured + awaiting + to find. `to_find` and `surplus` are None without a need
    (« besoin non renseigné »). `is_certain` is False when the amount of a line is not known: what is to be
    found is then at most `to_find`. `refused` is what was asked and refused; it is in no other figure.
    """

    need: int | None
    secured: Known
    awaiting: Known
    refused: Known
    to_find: int | None
    surplus: int | None

    @property
    def is_certain(self) -> bool:
        return self.secured.is_whole and self.awaiting.is_whole


class FundingNote(Labelled):
    """Something to look at on a line; none of them blocks anything."""

    SPENT_OVER_PAID = "spent_over_paid", "dépensé supérieur au versé : avance de trésorerie"
    SPENT_OVER_CONTRACTED = "spent_over_contracted", "dépensé supérieur au montant conventionné"
    SPENT_BEFORE_CONTRACT = "spent_before_contract", "dépenses engagées avant la convention"


def stage_total(
    lines: Iterable[FundingLine],
    stage: FundingStage,
    nature: FundingNature = FundingNature.CASH,
    year: int | None = None,
) -> Known:
    """The total of one stage over the lines of one nature, and of one year when given; each line once.

    « Demandé » covers every line that was asked, refused ones included; the other stages every line not
    refused. A line merely foreseen in the plan belongs to « prévu », and elsewhere only where it has an amount.
    """
    kept = [line for line in _select(lines, nature, year) if _belongs(line, stage)]
    return known_sum(line.amounts.get(stage) for line in kept)


def financing(
    lines: Iterable[FundingLine],
    need: int | None,
    nature: FundingNature = FundingNature.CASH,
    year: int | None = None,
) -> Financing:
    """Need = secured (granted) + awaiting (asked, no answer yet) + to find.

    A refusal moves its amount to what is to be found by leaving the awaiting; so does what a partial grant
    leaves out. Without a need nothing is to be found. Amounts in cents, of one nature.
    """
    kept = _select(lines, nature, year)
    secured = _sum_decided(kept, FundingDecision.GRANTED, FundingStage.GRANTED)
    awaiting = _sum_decided(kept, FundingDecision.PENDING, FundingStage.REQUESTED)
    refused = _sum_decided(kept, FundingDecision.REFUSED, FundingStage.REQUESTED)
    gap = None if need is None else need - (secured.total or 0) - (awaiting.total or 0)
    return Financing(
        need=need,
        secured=secured,
        awaiting=awaiting,
        refused=refused,
        to_find=None if gap is None else max(0, gap),
        surplus=None if gap is None else max(0, -gap),
    )


def to_justify(paid: int | None, justified: int | None, is_due: bool) -> int | None:
    """Paid and not yet justified, in cents; None before the due date or when an amount is not known."""
    if not is_due or paid is None or justified is None:
        return None
    return max(0, paid - justified)


def overpaid(paid: int | None, spent: int | None, is_due: bool) -> int | None:
    """Paid and never spent, to be given back, in cents; None before the due date or when an amount is not known."""
    if not is_due or paid is None or spent is None:
        return None
    return max(0, paid - spent)


def line_notes(line: FundingLine, follows_contracts: bool) -> tuple[FundingNote, ...]:
    """What deserves a look on a line, from known amounts only.

    `follows_contracts` says that the plan records « conventionné »: elsewhere its absence means nothing.
    """
    spent = line.amounts.get(FundingStage.SPENT)
    if not spent or line.decision is FundingDecision.REFUSED:
        return ()
    paid = line.amounts.get(FundingStage.PAID)
    contracted = line.amounts.get(FundingStage.CONTRACTED)
    notes = {
        FundingNote.SPENT_OVER_PAID: paid is not None and spent > paid,
        FundingNote.SPENT_OVER_CONTRACTED: contracted is not None and spent > contracted,
        FundingNote.SPENT_BEFORE_CONTRACT: contracted is None and follows_contracts,
    }
    return tuple(note for note, applies in notes.items() if applies)


def _select(lines: Iterable[FundingLine], nature: FundingNature, year: int | None) -> list[FundingLine]:
    kept = [line for line in lines if line.nature is nature and year in (None, line.year)]
    return once(kept, lambda line: line.line_id)


def _belongs(line: FundingLine, stage: FundingStage) -> bool:
    if line.decision is FundingDecision.REFUSED:
        return stage is FundingStage.REQUESTED
    if stage in line.amounts:
        return True
    # What the plan foresees has not been asked: nothing is expected of it at the later stages, nor the reverse.
    return (line.decision is FundingDecision.NOT_ASKED) == (stage is FundingStage.PLANNED)


def _sum_decided(lines: Iterable[FundingLine], decision: FundingDecision, stage: FundingStage) -> Known:
    return known_sum(line.amounts.get(stage) for line in lines if line.decision is decision)

"""What a cell to be settled says of money: the budget that the plan foresees, its funders, what each is to give."""

from collections.abc import Iterable

from sqlalchemy import select

from db.commands.editing.groups import Desk
from db.commands.funding import add_budget_item, add_funding_line, record_amount
from db.errors import Invalid
from db.exchange.draft import FunderDraft, SheetDraft
from db.exchange.fields import Field
from db.exchange.shown import money
from db.models import BudgetItem, FundingEvent, FundingLine
from db.queries.funding import foreseen_lines
from db.rules.vocabulary import Absence, FundingNature, FundingStage


def held_money(desk: Desk, sheet_id: int, field: Field, draft: SheetDraft) -> str | None:
    """What the amounts read would take the place of, in words; None when they take the place of none."""
    if field is Field.BUDGET:
        return " ; ".join(map(_amount, _budget(desk, sheet_id))) or None
    told = [
        f"{funder.name} : {_amount(event)}"
        for funder in draft.funders
        if says_amount(funder) and (event := _awaited(desk, sheet_id, funder)[1]) is not None
    ]
    return " ; ".join(told) or None


def write_budget(desk: Desk, sheet_id: int, draft: SheetDraft) -> None:
    """The total that the plan foresees; one that is detailed line by line is not replaced by a total."""
    items = _budget(desk, sheet_id)
    absence = draft.budget_absence if draft.budget_cents is None else None
    if len(items) > 1:
        raise Invalid(
            "Le budget de cette fiche est détaillé en plusieurs lignes : corrigez-les sur la fiche, puis choisissez "
            "« Laisser tel quel »."
        )
    if items:
        items[0].amount_cents, items[0].absence = draft.budget_cents, absence
    else:
        add_budget_item(desk.session, desk.viewer, sheet_id=sheet_id, amount_cents=draft.budget_cents, absence=absence)


def write_funders(desk: Desk, sheet_id: int, funders: Iterable[FunderDraft]) -> None:
    """Each funder on its own line of what the plan foresees, with its amount when one is said."""
    for funder in funders:
        line, event = _awaited(desk, sheet_id, funder)
        if line is None:
            key = desk.organisation(funder.name, Field.FUNDER.label_fr)
            line = add_funding_line(desk.session, desk.viewer, funder_id=key, sheet_id=sheet_id)
        if not says_amount(funder):
            continue
        absence = funder.absence if funder.amount_cents is None else None
        if event is not None:
            event.amount_cents, event.absence = funder.amount_cents, absence
        else:
            record_amount(
                desk.session,
                desk.viewer,
                line_id=line.id,
                stage=FundingStage.PLANNED,
                on=None,
                amount_cents=funder.amount_cents,
                absence=absence,
            )


def says_amount(funder: FunderDraft) -> bool:
    """Whether an amount, or why there is none, is said of a funder."""
    return funder.amount_cents is not None or funder.absence not in (None, Absence.NOT_PROVIDED)


def _budget(desk: Desk, sheet_id: int) -> list[BudgetItem]:
    rows = desk.session.scalars(
        select(BudgetItem)
        .where(BudgetItem.sheet_id == sheet_id, BudgetItem.archived_at.is_(None))
        .where(BudgetItem.nature == FundingNature.CASH)
        .order_by(BudgetItem.position, BudgetItem.id)
    )
    return list(rows)


def _awaited(desk: Desk, sheet_id: int, funder: FunderDraft) -> tuple[FundingLine | None, FundingEvent | None]:
    """The line that the plan foresees for a funder, first one that awaits its amount; and the amount it has if not."""
    known = desk.names.organisation(funder.name)
    if known is None:
        return None, None
    lines = desk.session.scalars(
        select(FundingLine)
        .where(FundingLine.id.in_(foreseen_lines(sheet_id)), FundingLine.funder_id == known.id)
        .order_by(FundingLine.position, FundingLine.id)
    ).all()
    told = [(line, _planned(desk, line)) for line in lines]
    return next(((line, event) for line, event in told if event is None), next(iter(told), (None, None)))


def _planned(desk: Desk, line: FundingLine) -> FundingEvent | None:
    event = FundingEvent
    of_line = select(event).where(event.line_id == line.id, event.archived_at.is_(None))
    return desk.session.scalars(of_line.where(event.stage == FundingStage.PLANNED).order_by(event.id)).first()


def _amount(row: BudgetItem | FundingEvent) -> str:
    if row.amount_cents is not None:
        return money(row.amount_cents)
    return row.absence.label_fr if row.absence else ""

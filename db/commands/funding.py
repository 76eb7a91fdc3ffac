"""Money: the provisional budget of a sheet, its funding lines, and each amount. Whole cents only."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.commands.common import found, home_of_line, next_position, writable
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import BudgetItem, FundingDecisionEntry, FundingEvent, FundingLine, Organisation, Term
from db.queries.funding import GIVEN, decisions_among
from db.rights import Operation
from db.rules.vocabulary import (
    Absence,
    FundingDecision,
    FundingNature,
    FundingRegime,
    FundingStage,
    Vocabulary,
)
from db.viewer import UNKNOWN, Viewer, require


def add_budget_item(
    session: Session,
    viewer: Viewer,
    *,
    sheet_id: int,
    amount_cents: int | None = None,
    absence: Absence | None = None,
    year: int | None = None,
    label: str | None = None,
    nature: FundingNature = FundingNature.CASH,
    position: int | None = None,
) -> BudgetItem:
    """Add a line of what the sheet needs. `amount_cents` in cents, or the reason why it is missing."""
    home = writable(session, viewer, sheet_id)
    _value_or_absence(amount_cents, absence)
    if amount_cents is not None and amount_cents < 0:
        raise Invalid("Un montant prévu est positif ou nul.")
    if position is None:
        position = next_position(session, BudgetItem.position, BudgetItem.sheet_id == sheet_id)
    row = BudgetItem(
        sheet_id=sheet_id,
        amount_cents=amount_cents,
        absence=absence,
        year=year,
        label=label,
        nature=nature,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_budget_item", "Ajout d'une ligne de budget", home):
        session.add(row)
    return row


def add_funding_line(
    session: Session,
    viewer: Viewer,
    *,
    funder_id: int,
    sheet_id: int | None = None,
    initiative_id: int | None = None,
    beneficiary_id: int | None = None,
    scheme_id: int | None = None,
    scheme_label: str | None = None,
    frame: str | None = None,
    year: int | None = None,
    nature: FundingNature = FundingNature.CASH,
    regime: FundingRegime | None = None,
    decision: FundingDecision = FundingDecision.NOT_ASKED,
    answer_expected_on: date | None = None,
    on: date | None = None,
    reference: str | None = None,
    note: str | None = None,
    position: int | None = None,
) -> FundingLine:
    """Add what one funder pays, one year, for a sheet or (with `initiative_id`) for the coordination.

    A line that was already asked, granted or refused says so by a first entry, `on` the day it became so.
    """
    _answer_of_a_request(decision, answer_expected_on)
    if (sheet_id is None) == (initiative_id is None):
        raise Invalid("Un financement porte sur une fiche ou sur la coordination de la démarche : l'un des deux.")
    home = _home(session, viewer, sheet_id, initiative_id)
    funder = found(session, Organisation, funder_id)
    if scheme_id is not None and found(session, Term, scheme_id).vocabulary is not Vocabulary.FUNDING_SCHEME:
        raise Invalid("Ce mot n'est pas un dispositif de financement : choisissez-en un dans la liste.")
    if position is None:
        same = FundingLine.sheet_id == sheet_id if sheet_id is not None else FundingLine.initiative_id == initiative_id
        position = next_position(session, FundingLine.position, same)
    row = FundingLine(
        sheet_id=sheet_id,
        initiative_id=initiative_id,
        funder_id=funder_id,
        beneficiary_id=beneficiary_id,
        scheme_id=scheme_id,
        scheme_label=scheme_label,
        frame=frame,
        year=year,
        nature=nature,
        regime=regime,
        reference=reference,
        note=note,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_funding_line", f"Ajout d'un financement : {funder.name}", home):
        session.add(row)
        session.flush()
        if decision is not FundingDecision.NOT_ASKED:
            session.add(_decided(viewer, row.id, decision, on, answer_expected_on))
            session.flush()
    return row


def decide_funding(
    session: Session,
    viewer: Viewer,
    *,
    line_id: int,
    decision: FundingDecision,
    on: date | None,
    answer_expected_on: date | None = None,
    comment: str | None = None,
) -> FundingDecisionEntry:
    """Say where a line stands with its funder from a day. `on` None: « date inconnue ».

    Only a request that awaits its answer (`PENDING`) has a day on which the answer is expected.
    """
    line = found(session, FundingLine, line_id)
    home = home_of_line(session, viewer, line)
    require(viewer, Operation.WRITE, home)
    _answer_of_a_request(decision, answer_expected_on)
    if decision is FundingDecision.REFUSED and _granted(session, line_id):
        raise Invalid("Un montant est noté comme accordé sur cette ligne : corrigez-le avant de la dire refusée.")
    row = _decided(viewer, line_id, decision, on, answer_expected_on, comment)
    with acting(session, viewer.actor_id, "decide_funding", f"Financement : {decision.label_fr}", home):
        session.add(row)
    return row


def _decided(
    viewer: Viewer,
    line_id: int,
    decision: FundingDecision,
    on: date | None,
    answer_expected_on: date | None,
    comment: str | None = None,
) -> FundingDecisionEntry:
    return FundingDecisionEntry(
        line_id=line_id,
        decision=decision,
        on_date=on,
        answer_expected_on=answer_expected_on,
        comment=comment,
        actor_id=viewer.actor_id,
    )


def _answer_of_a_request(decision: FundingDecision, answer_expected_on: date | None) -> None:
    if answer_expected_on is not None and decision is not FundingDecision.PENDING:
        raise Invalid("Une réponse n'est attendue que d'une demande en instruction : retirez cette date.")


def _home(session: Session, viewer: Viewer, sheet_id: int | None, initiative_id: int | None) -> int:
    if sheet_id is not None:
        return writable(session, viewer, sheet_id)
    if initiative_id is None:
        raise Refused(UNKNOWN)
    require(viewer, Operation.WRITE, initiative_id)
    return initiative_id


def record_amount(
    session: Session,
    viewer: Viewer,
    *,
    line_id: int,
    stage: FundingStage,
    on: date | None,
    amount_cents: int | None = None,
    absence: Absence | None = None,
    is_correction: bool = False,
    reason: str | None = None,
    reference: str | None = None,
    comment: str | None = None,
) -> FundingEvent:
    """Record an amount, in cents, at a stage of a line. The stage's amount is the sum of its events.

    Only a correction, with its reason, may be negative. `on` None: « date inconnue ».
    """
    line = found(session, FundingLine, line_id)
    home = home_of_line(session, viewer, line)
    require(viewer, Operation.WRITE, home)
    _value_or_absence(amount_cents, absence)
    if is_correction and not reason:
        raise Invalid("Une correction dit pourquoi elle est faite : écrivez sa raison.")
    if amount_cents is not None and amount_cents < 0 and not is_correction:
        raise Invalid("Un montant négatif est une correction : cochez-la et écrivez sa raison.")
    if stage in GIVEN and (amount_cents or 0) > 0 and _is_refused(session, line_id):
        raise Invalid("Ce financement est refusé : rien ne lui est accordé. Notez d'abord la nouvelle réponse.")
    row = FundingEvent(
        line_id=line_id,
        stage=stage,
        on_date=on,
        amount_cents=amount_cents,
        absence=absence,
        is_correction=is_correction,
        reason=reason,
        reference=reference,
        comment=comment,
        actor_id=viewer.actor_id,
    )
    with acting(session, viewer.actor_id, "record_amount", f"Montant {stage.label_fr}", home):
        session.add(row)
    return row


def _granted(session: Session, line_id: int) -> int:
    """What a line was granted, promised or paid, in cents, preparation included."""
    e = FundingEvent
    of_line = (e.line_id == line_id, e.stage.in_(GIVEN), e.archived_at.is_(None))
    return session.scalar(select(func.sum(e.amount_cents)).where(*of_line)) or 0


def _is_refused(session: Session, line_id: int) -> bool:
    last = decisions_among(FundingLine.id == line_id, FundingDecisionEntry.archived_at.is_(None))
    return session.scalar(select(last.c.decision)) is FundingDecision.REFUSED


def _value_or_absence(amount_cents: int | None, absence: Absence | None) -> None:
    if (amount_cents is None) == (absence is None):
        raise Invalid("Indiquez un montant, ou la raison pour laquelle il manque : l'un des deux.")

"""What the tests of the demonstration share: its file, and how they look for a thing of it in the database."""

from datetime import date
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.commands import demo as demonstration
from db.models import (
    Base,
    FundingEvent,
    FundingLine,
    Indicator,
    Placement,
)
from db.rules.vocabulary import (
    FundingNature,
    FundingStage,
)

FILE: dict[str, Any] = yaml.load(demonstration.FILE.read_bytes(), Loader=yaml.CSafeLoader)
TOTALS = FILE["totaux_de_controle"]
SHEETS: list[dict[str, Any]] = FILE["fiches"]
STAGES = {
    "demande": FundingStage.REQUESTED,
    "notifie": FundingStage.GRANTED,
    "conventionne": FundingStage.CONTRACTED,
    "verse": FundingStage.PAID,
    "depense": FundingStage.SPENT,
    "justifie": FundingStage.JUSTIFIED,
}
NATURES = {"numeraire": FundingNature.CASH, "valorisation": FundingNature.IN_KIND}
POINT, TODAY = date(2026, 9, 30), date(2026, 10, 1)


def count(session: Session, table: type[Base], *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def sheet_id(session: Session, code: str) -> int:
    return session.scalars(select(Placement.sheet_id).where(Placement.code == code)).one()


def indicator(session: Session, code: str) -> Indicator:
    return session.scalars(select(Indicator).where(Indicator.code == code)).one()


def amount(session: Session, reference: str, stage: FundingStage, on: date = POINT) -> int | None:
    """The sum of what is known of a stage of a line; None when nothing is."""
    return session.scalar(
        select(func.sum(FundingEvent.amount_cents))
        .join(FundingLine, FundingLine.id == FundingEvent.line_id)
        .where(FundingLine.reference == reference, FundingEvent.stage == stage)
        .where((FundingEvent.on_date.is_(None)) | (FundingEvent.on_date <= on))
    )

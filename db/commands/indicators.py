"""Indicators, their parts, their targets and their measurements."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import dated, found, home_of_indicator, only, ordered, words
from db.errors import Invalid
from db.journal import acting
from db.models import Breakdown, Indicator, Measurement, Target
from db.rights import Operation
from db.rules.vocabulary import Absence, AbsenceReason, DatePrecision, MeasurementStatus
from db.viewer import Viewer, require

SUBJECTS = ("sheet_id", "axis_id", "initiative_id")
KEPT = frozenset({"id", "version", "archived_at", *SUBJECTS})


def add_indicator(
    session: Session,
    viewer: Viewer,
    *,
    label: str,
    fields: Mapping[str, Any],
    sheet_id: int | None = None,
    axis_id: int | None = None,
    initiative_id: int | None = None,
) -> Indicator:
    """Add an indicator of a sheet, of an axis or of the whole plan. `fields` are other columns of `Indicator`.

    `value_type` and `direction` are needed. Without a baseline, nor a reason, the baseline is « non renseigné ».
    """
    given = dated({**fields, "label": words(label, "Le nom de l'indicateur", 300)}, "baseline", "applicable_from")
    only(given, Indicator, KEPT)
    if sum(key is not None for key in (sheet_id, axis_id, initiative_id)) != 1:
        raise Invalid("Un indicateur suit une fiche, un axe ou la démarche : indiquez l'un des trois.")
    if given.get("baseline") is None:
        given.setdefault("baseline_absence", Absence.NOT_PROVIDED)
    row = Indicator(sheet_id=sheet_id, axis_id=axis_id, initiative_id=initiative_id, **given)
    home = home_of_indicator(session, viewer, row)
    require(viewer, Operation.WRITE, home)
    with acting(session, viewer.actor_id, "add_indicator", f"Ajout de l'indicateur « {row.label} »", home):
        session.add(row)
        session.flush()
    return row


def add_breakdown(
    session: Session,
    viewer: Viewer,
    *,
    indicator_id: int,
    dimension: str,
    part: str,
    territory_id: int | None = None,
    position: int = 0,
) -> Breakdown:
    """Add a part of an indicator (« sexe », « femmes »); the same part twice is the same row."""
    home = _writable(session, viewer, indicator_id)
    known = session.scalars(
        select(Breakdown).where(
            Breakdown.indicator_id == indicator_id,
            Breakdown.dimension == dimension,
            Breakdown.part == part,
            Breakdown.archived_at.is_(None),
        )
    ).first()
    if known is not None:
        return known
    row = Breakdown(
        indicator_id=indicator_id,
        dimension=words(dimension, "La ventilation"),
        part=words(part, "La part"),
        territory_id=territory_id,
        position=position,
    )
    with acting(session, viewer.actor_id, "add_breakdown", f"Ventilation par {row.dimension}", home):
        session.add(row)
        session.flush()
    return row


def set_target(
    session: Session,
    viewer: Viewer,
    *,
    indicator_id: int,
    due_on: date,
    due_precision: DatePrecision = DatePrecision.DAY,
    on: date | None = None,
    value: Decimal | None = None,
    text_value: str | None = None,
    absence: Absence | None = None,
    breakdown_id: int | None = None,
    comment: str | None = None,
) -> Target:
    """Set what is aimed at for a day. Revising a target is setting it again: `on` is when it was set."""
    home = _writable(session, viewer, indicator_id)
    _one_of(value, text_value, absence)
    _check_part(session, indicator_id, breakdown_id)
    row = Target(
        indicator_id=indicator_id,
        breakdown_id=breakdown_id,
        due_on=due_on,
        due_precision=due_precision,
        on_date=on,
        value=value,
        text_value=text_value,
        absence=absence,
        comment=comment,
        actor_id=viewer.actor_id,
    )
    with acting(session, viewer.actor_id, "set_target", "Cible fixée", home):
        session.add(row)
    return row


def record_measurement(
    session: Session,
    viewer: Viewer,
    *,
    indicator_id: int,
    starts_on: date,
    ends_on: date,
    on: date | None,
    status: MeasurementStatus,
    value: Decimal | None = None,
    text_value: str | None = None,
    absence: Absence | None = None,
    absence_reason: AbsenceReason | None = None,
    breakdown_id: int | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    sample_size: int | None = None,
    source: str | None = None,
    evidence_url: str | None = None,
    comment: str | None = None,
) -> Measurement:
    """Record a value over a period, of the whole or of a part. `on` is the day it was measured."""
    home = _writable(session, viewer, indicator_id)
    _one_of(value, text_value, absence)
    _check_part(session, indicator_id, breakdown_id)
    ordered(starts_on, ends_on)
    if absence_reason is not None and absence is None:
        raise Invalid("La raison d'une absence accompagne une absence : retirez-la, ou retirez la valeur.")
    if (numerator is None) != (denominator is None):
        raise Invalid("Un numérateur va avec son dénominateur : donnez les deux, ou aucun.")
    row = Measurement(
        indicator_id=indicator_id,
        breakdown_id=breakdown_id,
        starts_on=starts_on,
        ends_on=ends_on,
        on_date=on,
        value=value,
        text_value=text_value,
        absence=absence,
        absence_reason=absence_reason,
        numerator=numerator,
        denominator=denominator,
        sample_size=sample_size,
        status=status,
        source=source,
        evidence_url=evidence_url,
        comment=comment,
        actor_id=viewer.actor_id,
    )
    with acting(session, viewer.actor_id, "record_measurement", "Mesure saisie", home):
        session.add(row)
    return row


def _writable(session: Session, viewer: Viewer, indicator_id: int) -> int:
    home = home_of_indicator(session, viewer, found(session, Indicator, indicator_id))
    require(viewer, Operation.WRITE, home)
    return home


def _one_of(value: Decimal | None, text_value: str | None, absence: Absence | None) -> None:
    if sum(part is not None for part in (value, text_value, absence)) != 1:
        raise Invalid("Indiquez une valeur, un texte, ou la raison pour laquelle la valeur manque : un seul des trois.")


def _check_part(session: Session, indicator_id: int, breakdown_id: int | None) -> None:
    if breakdown_id is not None and found(session, Breakdown, breakdown_id).indicator_id != indicator_id:
        raise Invalid("Cette part est celle d'un autre indicateur.")

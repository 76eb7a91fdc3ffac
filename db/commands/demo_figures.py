"""The demonstration's figures: its money, its indicators, and what came after the point."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from db.commands.demo_filling import Filling
from db.commands.demo_sheets import declare, progress, weather
from db.commands.demo_words import (
    ACCUMULATIONS,
    DECISIONS,
    DIRECTIONS,
    FREQUENCIES,
    INDICATOR_KINDS,
    MEASUREMENT_STATUSES,
    NATURES,
    PARTS,
    PEOPLE,
    REGIMES,
    STAGES,
    VALUE_TYPES,
    cents,
    certain_day,
    code_of,
    day,
    figure,
    year_of,
)
from db.commands.funding import add_budget_item, add_funding_line, decide_funding, record_amount
from db.commands.indicators import add_breakdown, add_indicator, record_measurement, set_target
from db.errors import Invalid
from db.rules.vocabulary import Absence, AbsenceReason, DatePrecision, FundingDecision, ValueType

SCALE = re.compile(r"/(\d+)$")
REASON = "motif_masquage"


def fill(filling: Filling, file: dict[str, Any]) -> None:
    """Add the budget, the funding lines and the indicators of every sheet of the file."""
    for told in file["fiches"]:
        for position, item in enumerate(told.get("budget_previsionnel", ())):
            add_budget_item(
                filling.session,
                filling.viewer,
                sheet_id=filling.sheet(told["code"]),
                year=item["exercice"],
                label=item["libelle"],
                amount_cents=cents(item["montant"]),
                nature=NATURES[item["nature"]],
                position=position,
            )
        for position, line in enumerate(told["financements"]):
            _line(filling, told, line, position)
        for position, indicator in enumerate(told["indicateurs"]):
            _indicator(filling, told["code"], indicator, position)


def add_entry(filling: Filling, told: dict[str, Any]) -> None:
    """Add something dated after the point, of one of five sorts."""
    match told["type"]:
        case "meteo":
            weather(filling, told["fiche"], told)
        case "avancement":
            progress(filling, told["fiche"], told)
        case "statut":
            declare(filling, told["fiche"], told)
        case "montant":
            record_amount(
                filling.session,
                filling.viewer,
                line_id=filling.lines[told["financement"]].id,
                stage=STAGES[told["etape"]],
                on=certain_day(told["date"]),
                amount_cents=cents(told["montant"]),
            )
        case "mesure":
            _measure(filling, told["indicateur"], told | {"date_mesure": told["date"]})
        case unknown:
            raise Invalid(f"Le fichier de démonstration annonce une entrée inconnue : {unknown}.")


def _line(filling: Filling, sheet: dict[str, Any], told: dict[str, Any], position: int) -> None:
    funder = filling.organisation(told["financeur"])
    assert funder is not None
    (decision, since), *answer = _decisions(told)
    line = add_funding_line(
        filling.session,
        filling.viewer,
        sheet_id=filling.sheet(sheet["code"]),
        funder_id=funder,
        beneficiary_id=filling.organisation(told.get("porteur") or sheet["pilote"]["structure"]),
        scheme_id=filling.scheme(told["dispositif"]),
        scheme_label=told["dispositif"],
        frame=told["cadre"],
        year=told["exercice"],
        nature=NATURES[told["nature"]],
        regime=REGIMES[told["regime"]],
        decision=decision,
        answer_expected_on=day(told.get("reponse_attendue")),
        on=since,
        reference=told["id"],
        note=told.get("note"),
        position=position,
    )
    filling.lines[told["id"]] = line
    for then, on in answer:
        decide_funding(filling.session, filling.viewer, line_id=line.id, decision=then, on=on)
    dates = told.get("dates", {})
    known = {"demande": dates.get("demande"), "notifie": dates.get("notifie") or dates.get("refuse")}
    for stage, amount in told["montants_eur"].items():
        if amount is not None:  # not known: nothing is recorded, and nothing is not zero
            record_amount(
                filling.session,
                filling.viewer,
                line_id=line.id,
                stage=STAGES[stage],
                on=day(known.get(stage)),
                amount_cents=cents(amount),
            )


def _decisions(told: dict[str, Any]) -> list[tuple[FundingDecision, date | None]]:
    """What the funder's decision was, and from which day: the request, then the answer.

    A request is told before its answer only when both have their day: an answer without a date is the oldest of all,
    and the line would then await for ever.
    """
    decision, dates = DECISIONS[told["decision"]], told.get("dates", {})
    asked, answered = day(dates.get("demande")), day(dates.get("notifie") or dates.get("refuse"))
    if decision is FundingDecision.PENDING:
        return [(decision, asked)]
    return [*([(FundingDecision.PENDING, asked)] if asked and answered else []), (decision, answered)]


def _indicator(filling: Filling, code: str, told: dict[str, Any], position: int) -> None:
    baseline = told.get("valeur_initiale") or {}
    scale = SCALE.search(told["unite"])
    measured = baseline.get("date")
    asked_by = told.get("demande_par")
    row = add_indicator(
        filling.session,
        filling.viewer,
        sheet_id=filling.sheet(code),
        label=told["libelle"],
        fields={
            "code": told["code"],
            "kind": INDICATOR_KINDS[told["typologie"]],
            "unit": told["unite"],
            "value_type": VALUE_TYPES[told["type_valeur"]],
            "direction": DIRECTIONS[told["sens_amelioration"]],
            "frequency": FREQUENCIES[told["frequence"]],
            "accumulation": ACCUMULATIONS[told["cumul"]],
            "counts": code_of(PEOPLE, told["compte"]),
            "is_sensitive": told["sensible"],
            "source": told["source"],
            "note": told.get("note"),
            "requested_by_id": filling.organisation(asked_by) if asked_by else None,
            "baseline": figure(baseline.get("valeur")),
            "baseline_on": year_of(measured)[1] if measured else None,
            "baseline_precision": DatePrecision.YEAR if measured else None,
            "upper_bound": Decimal(scale[1]) if scale else None,
            "position": position,
        },
    )
    filling.indicators[told["code"]] = row
    for year, value in told["cibles"].items():
        set_target(
            filling.session,
            filling.viewer,
            indicator_id=row.id,
            due_on=year_of(year)[1],
            due_precision=DatePrecision.YEAR,
            value=figure(value),
            absence=Absence.NOT_APPLICABLE if value is None else None,
        )
    for measure in told["mesures"]:
        _measure(filling, told["code"], measure)


def _measure(filling: Filling, code: str, told: dict[str, Any]) -> None:
    """Record a value of the file, then each of its parts over the same period."""
    row = filling.indicators[code]
    value = told["valeur"]
    texts = row.value_type is ValueType.TEXT
    _record(
        filling,
        code,
        told,
        value=None if texts else figure(value),
        text_value=value if texts else None,
        numerator=figure(told.get("numerateur")),
        denominator=figure(told.get("denominateur")),
    )
    parts = told.get("ventilation", {})
    reason = parts.get(REASON)
    for dimension, part, part_value in _parts(parts):
        breakdown = add_breakdown(filling.session, filling.viewer, indicator_id=row.id, dimension=dimension, part=part)
        missing = part_value is None
        _record(
            filling,
            code,
            told,
            breakdown_id=breakdown.id,
            value=figure(part_value),
            absence=(Absence.UNAVAILABLE if reason else Absence.NOT_PROVIDED) if missing else None,
            absence_reason=AbsenceReason.MASKED if missing and reason else None,
            comment=reason if missing else None,
        )


def _record(filling: Filling, code: str, told: dict[str, Any], **columns: Any) -> None:
    starts_on, ends_on = year_of(told["periode"])
    record_measurement(
        filling.session,
        filling.viewer,
        indicator_id=filling.indicators[code].id,
        starts_on=starts_on,
        ends_on=ends_on,
        on=certain_day(told["date_mesure"]),
        status=MEASUREMENT_STATUSES[told["statut"]],
        **columns,
    )


def _parts(told: dict[str, Any]) -> Iterator[tuple[str, str, int | float | None]]:
    """(dimension, part, value) of each part; « qpv » and « hors_qpv » are two parts of one dimension."""
    for key, value in told.items():
        if isinstance(value, dict):
            yield from ((key, part, figure_of_part) for part, figure_of_part in value.items())
        elif key in PARTS:
            yield "lieu", PARTS[key], value

"""The figures of a fiche: its indicators as far as they are recorded, and its money. Nothing is judged here."""

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from components import formats, tables
from components.text import escape, paragraphs
from db.rules.money import Financing, financing, stage_total
from db.rules.sheet import Aim, IndicatorNote, MoneyLine, Reading, SheetDetail, need_of
from db.rules.totals import Known
from db.rules.vocabulary import Absence, FundingDecision, FundingNature, FundingStage, MeasurementStatus, ValueType

EVERYDAY = (FundingStage.REQUESTED, FundingStage.GRANTED, FundingStage.SPENT)
MASKED = ":gray[masqué (moins de 11 personnes, ou nombre inconnu)]"
UNKNOWN = ":gray[*non connu*]"


def indicators(detail: SheetDetail) -> None:
    """Each indicator with its last value and its target, in a table; what the paper fiche says of them below."""
    st.header("Indicateurs", anchor=False)
    if detail.indicators:
        rows = [_indicator(note) for note in detail.indicators]
        tables.show(rows)
    elif not detail.text.indicators_text:
        st.markdown("Aucun indicateur n'est suivi pour cette fiche.")
    if detail.text.indicators_text:
        st.markdown(paragraphs(detail.text.indicators_text))


def _indicator(note: IndicatorNote) -> dict[str, str]:
    asked = f"  \n:gray[demandé par {escape(note.requested_by)}]" if note.requested_by else ""
    counts = f"  \n:gray[{note.counts.label_fr}]" if note.counts else ""
    return {"Indicateur": escape(note.label) + counts + asked, "Dernière valeur": _value(note), "Cible": _target(note)}


def _value(note: IndicatorNote) -> str:
    last = note.last
    if last is None:
        return formats.nothing(Absence.NOT_PROVIDED)
    provisional = ", provisoire" if last.status is MeasurementStatus.PROVISIONAL else ""
    return f"{_figure(note, last)}  \n:gray[{period(last)}{provisional}]"


def _figure(note: IndicatorNote, last: Reading) -> str:
    if last.is_masked:
        return MASKED
    if last.absence is not None:
        return formats.nothing(last.absence, last.absence_reason.label_fr if last.absence_reason else None)
    return f"**{figure(note, last.value, last.text)}**"


class Measured(Protocol):
    """What says how a value of an indicator is written."""

    @property
    def unit(self) -> str | None: ...
    @property
    def value_type(self) -> ValueType: ...
    @property
    def decimals(self) -> int | None: ...


def figure(note: Measured, value: float | None, text: str | None) -> str:
    """A value of an indicator with its unit, as Markdown: « 36 ateliers », « 47,5 % », « oui »."""
    if value is None:
        return escape(text or "")
    if note.value_type is ValueType.YES_NO:
        return "oui" if value else "non"
    said = formats.number(value, 2 if note.decimals is None else note.decimals)
    return f"{said}{formats.NBSP}{escape(note.unit)}" if note.unit else said


def period(last: Reading) -> str:
    """What a value speaks of: « 2025 », « du 01/01/2026 au 30/06/2026 », « au 30/09/2026 » when measured before."""
    first, end = last.starts_on, last.ends_on
    if last.measured_on is not None and first <= last.measured_on < end:
        return f"au {formats.short_day(last.measured_on)}"
    if first == end:
        return f"au {formats.short_day(end)}"
    if (first.month, first.day, end.month, end.day) == (1, 1, 12, 31) and first.year == end.year:
        return str(end.year)
    return f"du {formats.short_day(first)} au {formats.short_day(end)}"


def _target(note: IndicatorNote) -> str:
    return formats.nothing(Absence.NOT_PROVIDED) if note.aim is None else _aim(note, note.aim)


def _aim(note: IndicatorNote, aim: Aim) -> str:
    if aim.absence is not None:
        return formats.nothing(aim.absence)
    due = formats.short_fuzzy(aim.due.day, aim.due.precision)
    return f"{figure(note, aim.value, aim.text)}  \n:gray[pour {due}]"


def money(detail: SheetDetail) -> None:
    """What the fiche needs, who pays, what is spent: by year in cash, then in kind, then line by line."""
    st.header("Financements", anchor=False)
    if detail.text.funding_text:
        st.markdown(paragraphs(detail.text.funding_text))
    if not detail.money and not detail.needs:
        st.markdown("Aucun financement n'est enregistré pour cette fiche ; son besoin n'est pas renseigné.")
        return
    for nature in FundingNature:
        rows = _years(detail, nature)
        if rows:
            st.markdown(f"**En {nature.label_fr}**" if nature is FundingNature.CASH else "**En valorisation**")
            tables.show(rows)
    if detail.money:
        with st.expander(f"Ligne par ligne ({len(detail.money)})", on_change="rerun") as lines:
            if lines.open:
                stages = _stages(detail.money)
                tables.show([_line(line, stages) for line in detail.money])


def _years(detail: SheetDetail, nature: FundingNature) -> list[dict[str, str]]:
    lines = [line for line in detail.money if line.nature is nature]
    years = {line.year for line in lines} | {need.year for need in detail.needs if need.nature is nature}
    return [_year(detail, nature, year) for year in sorted(years, key=lambda year: year or 9999)]


def _year(detail: SheetDetail, nature: FundingNature, year: int | None) -> dict[str, str]:
    terms = [line.terms for line in detail.money if line.year == year]
    need = need_of([row for row in detail.needs if row.year == year], nature)
    told = financing(terms, need, nature)
    return {
        "Année": str(year) if year else "non précisée",
        "Besoin": ":gray[*non renseigné*]" if need is None else formats.money(need),
        "Demandé": _known(stage_total(terms, FundingStage.REQUESTED, nature)),
        "Accordé": _known(stage_total(terms, FundingStage.GRANTED, nature)),
        "Dépensé": _known(stage_total(terms, FundingStage.SPENT, nature)),
        "À trouver": _to_find(told),
    }


def _known(total: Known) -> str:
    """« 12 000 € », with its base when an amount is missing; « non connu » is not zero."""
    if total.of == 0:
        return ":gray[—]"
    if total.total is None:
        return UNKNOWN
    base = "" if total.is_whole else f"  \n:gray[connu pour {formats.out_of(total.known, total.of, 'ligne')}]"
    return formats.money(total.total) + base


def _to_find(told: Financing) -> str:
    if told.to_find is None:
        return ":gray[— besoin non renseigné]"
    most = "" if told.is_certain else "au plus "
    waiting = f"  \n:gray[{formats.money(told.awaiting.total)} en attente]" if told.awaiting.total else ""
    return most + formats.money(told.to_find) + waiting


def _line(line: MoneyLine, stages: Sequence[FundingStage]) -> dict[str, str]:
    regime = f"  \n:gray[{line.regime.label_fr}]" if line.regime else ""
    expected = ""
    if line.decision is FundingDecision.PENDING and line.answer_expected_on:
        expected = f"  \n:gray[réponse attendue le {formats.short_day(line.answer_expected_on)}]"
    return {
        "Année": str(line.year) if line.year else "non précisée",
        "Financeur": escape(line.funder) + regime,
        "Dispositif": escape(line.scheme) if line.scheme else ":gray[—]",
        "Nature": line.nature.label_fr,
        "Décision": line.decision.label_fr + expected,
        **{formats.sentence_case(stage.label_fr): _amount(line, stage) for stage in stages},
    }


def _stages(lines: Sequence[MoneyLine]) -> list[FundingStage]:
    unfolded = {stage for line in lines for stage in line.amounts}
    return [stage for stage in FundingStage if stage in unfolded or stage in EVERYDAY]


def _amount(line: MoneyLine, stage: FundingStage) -> str:
    cents = line.amounts.get(stage)
    if cents is None:
        return UNKNOWN
    return formats.money(cents) + ("  \n:gray[date inconnue]" if stage in line.undated else "")

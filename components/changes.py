"""What differs between two pictures of a plan, fiche by fiche, in the words of whoever reads the plan.

Funders are named with their answers, as on the fiches: a page that is projected, or shown to a funder, counts instead.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

import streamlit as st

from components import formats, sheet_figures, theme
from components.text import escape
from db.rules.labels import COLUMNS
from db.rules.points import (
    AmountSaid,
    Change,
    DecisionSaid,
    IndicatorPicture,
    LinePicture,
    Presence,
    ProgressSaid,
    StatusSaid,
    WeatherSaid,
    Where,
)
from db.rules.sheet import Aim, Gathered, Reading
from db.rules.vocabulary import Absence, FundingDecision, FundingNature, MeasurementStatus

T = TypeVar("T")
SHEET_PAGE = "sheet.py"
AT_ONCE, OF_A_SHEET = 10, 12
TEXTS = ("done", "todo", "obstacles", "highlights", "comment")
NESTED = "\n    - "


def show(changes: Sequence[Change], here: Mapping[str, str], key: str) -> None:
    """Each fiche with what changes in it, then the axes and the plan; the first ones, the rest on demand.

    `here` are the parameters of the address that a link to a fiche keeps; `key` tells this list from another.
    """
    groups = [(where, list(told)) for where, told in groupby(changes, key=lambda change: change.where)]
    _groups(groups[:AT_ONCE], here, key)
    if len(groups) > AT_ONCE:
        rest = formats.plural(len(groups) - AT_ONCE, "autre fiche", "autres fiches")
        with st.expander(f"Voir {rest}", key=f"{key}_rest", on_change="rerun") as more:
            if more.open:
                _groups(groups[AT_ONCE:], here, key)


def _groups(groups: Iterable[tuple[Where, list[Change]]], here: Mapping[str, str], key: str) -> None:
    for where, told in groups:
        name = f"{key}_{where.placement_id}_{where.axis_id}"
        with st.container(gap="xxsmall", key=name):
            _heading(where, here)
            _lines(told[:OF_A_SHEET])
            if len(told) > OF_A_SHEET:
                rest = formats.plural(len(told) - OF_A_SHEET, "autre changement", "autres changements")
                with st.expander(f"Voir {rest}", key=f"{name}_rest", on_change="rerun") as more:
                    if more.open:
                        _lines(told[OF_A_SHEET:])


def _lines(told: Iterable[Change]) -> None:
    st.markdown("\n".join(f"- {line(change)}" for change in told))


def _heading(where: Where, here: Mapping[str, str]) -> None:
    if where.placement_id is None:
        st.markdown(f"**{escape(where.label) or 'Le plan dans son ensemble'}**")
        return
    address = {**here, "fiche": str(where.placement_id)}
    st.page_link(SHEET_PAGE, label=f"**{escape(where.label)}**", query_params=address, width="content")


def line(change: Change) -> str:
    """A change as an item of a Markdown list: what it is of, what was said, what is said."""
    match change.after if change.after is not None else change.before:
        case Presence():
            return _presence(change)
        case StatusSaid():
            return f"**Statut** : {_moved(change, StatusSaid, _status)}{_precisions(change.after)}"
        case ProgressSaid():
            return f"**Avancement** : {_moved(change, ProgressSaid, _progress)}{_at(change)}"
        case WeatherSaid():
            return _weather(change)
        case Reading() | Aim():
            return _indicator(change)
        case AmountSaid() as said:
            return f"{_of_line(change)} : {said.stage.label_fr} {_moved(change, AmountSaid, _amount)}"
        case _:
            return f"{_of_line(change)} : {_moved(change, DecisionSaid, _decision)}"


def _moved(change: Change, kind: type[T], tell: Callable[[T | None], str]) -> str:
    """« avant → **après** »; only what is said where nothing was, or where the same is said again."""
    before = tell(change.before if isinstance(change.before, kind) else None)
    after = tell(change.after if isinstance(change.after, kind) else None)
    if change.before is None or before == after:
        return f"**{after}**"
    return f"{before} → **{after}**"


def _heard(told: Gathered | None) -> str:
    return f", {formats.gathered(told)}" if told else ""


def _on(day: date | None) -> str:
    return f", au {formats.day(day)}" if day else ", date inconnue"


def _at(change: Change) -> str:
    """The day of a percentage that was declared, or said again; one that follows from étapes or status has none."""
    before, after = change.before, change.after
    if not isinstance(after, ProgressSaid) or after.on is None:
        return ""
    again = isinstance(before, ProgressSaid) and before.percent == after.percent
    return f", {'confirmé ' if again else ''}au {formats.day(after.on)}{_heard(after.gathered)}"


def _presence(change: Change) -> str:
    if isinstance(change.after, Presence):
        return f"**Nouvelle fiche**, {change.after.entry.label_fr}"
    return "**Fiche retirée du plan**"


def _status(said: StatusSaid | None) -> str:
    if said is None:
        return theme.status_badge(None)
    flag = f" {theme.to_discuss_badge()}" if said.to_discuss else ""
    return theme.status_badge(said.status, said.outcome) + flag


def _precisions(said: object) -> str:
    """What is said with a status: its day, then until when, why, who can unblock."""
    if not isinstance(said, StatusSaid):
        return ""
    told = {
        "Reportée jusqu'à": formats.fuzzy(said.until.day, said.until.precision) if said.until else None,
        "Motif": said.reason,
        "Qui peut débloquer": said.unblocked_by,
        "Précision": said.comment,
    }
    lines = [f"{NESTED}{label} : {escape(text)}" for label, text in told.items() if text]
    return _on(said.on) + _heard(said.gathered) + "".join(lines)


def _progress(said: ProgressSaid | None) -> str:
    if said is None or said.percent is None:
        return formats.nothing(said.absence if said and said.absence else Absence.NOT_PROVIDED)
    return formats.percent(said.percent)


def _weather(change: Change) -> str:
    """The météo in force against the one before it; one that will be read among the previous ones is said so."""
    said = change.after
    if not isinstance(said, WeatherSaid):
        return "**Météo** retirée"
    names = COLUMNS["weather_entry"]
    texts = [f"{NESTED}{names[name]} : {escape(getattr(said, name))}" for name in TEXTS if getattr(said, name)]
    signed = f", {escape(said.signed_by)}" if said.signed_by else ""
    title = "Météo" if said.is_last else "Météo, parmi les précédentes"
    return f"**{title}** : {_moved(change, WeatherSaid, _sky)}{_on(said.on)}{signed}{_heard(said.gathered)}" + "".join(
        texts
    )


def _sky(said: WeatherSaid | None) -> str:
    return theme.weather_text(said.weather if said else None)


def _indicator(change: Change) -> str:
    """A value, or a target, of an indicator. What a sensitive one said before is not there to be compared with."""
    of, said = change.about, change.after if change.after is not None else change.before
    if not isinstance(of, IndicatorPicture):
        return ""
    if isinstance(said, Aim):
        due = formats.short_fuzzy(said.due.day, said.due.precision)
        told = _moved(change, Aim, lambda aim: _aim(of, aim))
        return f"**Cible** de « {escape(of.label)} » pour {due} : {told}"
    if not isinstance(said, Reading):
        return ""
    told = f"**{_value(of, said)}**" if of.is_sensitive else _moved(change, Reading, lambda value: _value(of, value))
    provisional = ", provisoire" if said.status is MeasurementStatus.PROVISIONAL else ""
    return f"**Indicateur** « {escape(of.label)} », {sheet_figures.period(said)} : {told}{provisional}"


def _aim(of: IndicatorPicture, aim: Aim | None) -> str:
    if aim is None or aim.absence is not None:
        return formats.nothing(aim.absence if aim and aim.absence else Absence.NOT_PROVIDED)
    return sheet_figures.figure(of, aim.value, aim.text)


def _value(of: IndicatorPicture, value: Reading | None) -> str:
    if value is None:
        return formats.nothing(Absence.NOT_PROVIDED)
    if value.is_masked:
        return sheet_figures.MASKED
    if value.absence is not None:
        return formats.nothing(value.absence, value.absence_reason.label_fr if value.absence_reason else None)
    return sheet_figures.figure(of, value.value, value.text)


def _of_line(change: Change) -> str:
    """« **Financement 2026** · ARS (FIR) »."""
    if not isinstance(change.about, LinePicture):
        return "**Financement**"
    of = change.about.line
    year = f" {of.year}" if of.year else ""
    kind = " en valorisation" if of.nature is FundingNature.IN_KIND else ""
    scheme = f" ({escape(of.scheme)})" if of.scheme else ""
    return f"**Financement{year}{kind}** · {escape(of.funder)}{scheme}"


def _amount(said: AmountSaid | None) -> str:
    if said is None:
        return sheet_figures.UNKNOWN
    return formats.money(said.cents) + (", date inconnue" if said.is_undated else "")


def _decision(said: DecisionSaid | None) -> str:
    if said is None:
        return FundingDecision.NOT_ASKED.label_fr
    expected = f" (réponse attendue le {formats.day(said.answer_expected_on)})" if said.answer_expected_on else ""
    return said.decision.label_fr + expected

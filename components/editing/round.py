"""The round of news: one fiche after the other, the longest silent first, until all have said where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import streamlit as st

from components import formats, plan_views, workspace
from components.editing import fields, frame
from components.editing.frame import Base, Save
from components.filters import HEARD, SHEET, kept
from components.text import escape
from db.rules.choices import EditChoices
from db.rules.forms import Written
from db.rules.initiative import Point
from db.rules.plan import PlanState, SheetRow
from db.rules.sections import Section

NOTHING = EditChoices((), {}, (), ())


@dataclass(frozen=True, slots=True)
class Round:
    """The fiches of a round: those that still wait for news, and those that gave theirs since the last point."""

    waiting: tuple[SheetRow, ...]
    given: tuple[SheetRow, ...]

    @property
    def total(self) -> int:
        return len(self.waiting) + len(self.given)

    def current(self, asked: str | None) -> SheetRow | None:
        """The fiche asked for, even when somebody has given its news meanwhile; else the first that waits."""
        found = next((sheet for sheet in (*self.waiting, *self.given) if str(sheet.placement_id) == asked), None)
        return found or (self.waiting[0] if self.waiting else None)

    def after(self, sheet: SheetRow) -> SheetRow | None:
        """The one that follows, the first again at the end; None when no other waits."""
        others = [other for other in self.waiting if other is not sheet]
        if not others or sheet not in self.waiting:
            return others[0] if others else None
        return self.waiting[(self.waiting.index(sheet) + 1) % len(self.waiting)]


def of(state: PlanState, point: Point | None) -> Round:
    """The round of a plan: its fiches that are not over, those without news since the last point first asked.

    Without a point, or when it is of this very day, news of today are those that were given.
    """
    running = [sheet for sheet in state.sheets if sheet.is_home and not (sheet.status and sheet.status.is_over)]
    since = min(point.as_of, state.on) if point else None
    waiting = [sheet for sheet in running if not _is_fresh(sheet, since, state.on)]
    ordered = sorted(waiting, key=lambda sheet: sheet.last_news or date.min)
    return Round(tuple(ordered), tuple(sheet for sheet in running if sheet not in waiting))


def _is_fresh(sheet: SheetRow, since: date | None, on: date) -> bool:
    if sheet.last_news is None:
        return False
    return sheet.last_news == on or (since is not None and sheet.last_news > since)


def show(found: Round, point: Point | None, base: Base, save: Save) -> None:
    """The fiche whose turn it is, what it said last, and its form; what follows is one key away."""
    sheet = found.current(st.query_params.get(SHEET))
    st.markdown(_where(found, point))
    if sheet is None:
        st.success("Toutes les fiches ont donné de leurs nouvelles.", icon=":material/check_circle:")
        return
    st.query_params[SHEET] = str(sheet.placement_id)  # it stays, whoever gives its news meanwhile
    st.progress(len(found.given) / found.total)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(escape(sheet.label), anchor=False, width="content")
        st.page_link(plan_views.SHEET_PAGE, label="Voir la fiche", query_params=kept(fiche=str(sheet.placement_id)))
    st.markdown(f"{plan_views.badges(sheet)} &nbsp; {plan_views.progress_line(sheet)}  \n:gray[{_last(sheet)}]")
    form = frame.form_of(sheet, Section.NEWS, base)
    following = found.after(sheet)
    send = partial(_send, save, form.draft.key, following)
    with st.container(border=True, key="section_form"):
        form.resumed()
        frame.settle(form, workspace.initiative().time_zone, lambda _key, typed: send(typed))
        fields.news(form, sheet, NOTHING)
        more = [("Passer", ":material/skip_next:", partial(go_to, following))] if following else []
        label = "Enregistrer, fiche suivante" if following else "Enregistrer"
        form.actions(label, send, partial(go_to, following), leave_label="Vider", more=more)


def _send(save: Save, key: str, following: SheetRow | None, typed: Mapping[str, Written]) -> None:
    if frame.save(save, key, typed):
        go_to(following)


def go_to(sheet: SheetRow | None) -> None:
    """Turn to another fiche of the round; its draft is its own."""
    for name in (HEARD, workspace.DRAFT):
        st.query_params.pop(name, None)
    if sheet is None:
        st.query_params.pop(SHEET, None)
    else:
        st.query_params[SHEET] = str(sheet.placement_id)


def _where(found: Round, point: Point | None) -> str:
    since = f" depuis le point du {formats.day(point.as_of)}" if point else ""
    waits = formats.spelt(len(found.waiting), "fiche", feminine=True)
    awaits = formats.agree(len(found.waiting), "attend", "attendent") if found.waiting else formats.denied("attend")
    given = formats.spelt(len(found.given), "fiche", feminine=True)
    gave = (
        formats.agree(len(found.given), "en a donné", "en ont donné") if found.given else formats.denied("en a donné")
    )
    return f"**{formats.sentence_case(waits)} {awaits} des nouvelles**{since} ; {given} {gave}."


def _last(sheet: SheetRow) -> str:
    leads: Sequence[str] = [lead.label for lead in sheet.leads]
    by = escape(formats.listing(leads)) if leads else "pilote non renseigné"
    if sheet.last_news is None:
        return f"{by} · jamais de nouvelles"
    return f"{by} · dernières nouvelles le {formats.day(sheet.last_news)}"

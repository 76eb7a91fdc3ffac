"""« Ma semaine »: what a person has to do over all their démarches, one line a thing, each the way to do it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import formats, left_drafts, theme, workspace
from components.logbook import PAGE as LOGBOOK
from components.logbook import SHEET_PAGE, done_button
from components.text import escape
from db.rules.dates import FuzzyDate
from db.rules.sections import Section
from db.rules.week import (
    DraftKind,
    Due,
    DueKind,
    Ending,
    EndKind,
    LeftDraft,
    Listed,
    Moment,
    Quiet,
    Received,
    SheetAt,
    Silent,
    Vacant,
    Waiting,
    Week,
)

LANDED = "week_landed"
SEVERAL = 2
FIRST = 12
Command = Callable[..., Any]
Draw = Callable[[Any], None]


def lands_on(address: str) -> bool:
    """Whether this person, who opens Balise at its bare address and writes in several démarches, is led to the week.

    Once a session: whoever asks for the overview later finds it.
    """
    if st.session_state.get(LANDED):
        return False
    st.session_state[LANDED] = True
    return address == "" and not st.query_params and len(workspace.writes_in()) >= SEVERAL


def nothing_to_coordinate() -> None:
    """For who coordinates nothing: the page has nothing to say."""
    st.info("Cette page est celle de qui coordonne une démarche : vous n'en coordonnez aucune ici.")


def show(week: Week, drafts: Sequence[LeftDraft], close: Command) -> None:
    """The sentence, then what is due on one side, all the rest on the other."""
    _Page(week, close).draw(drafts)


class _Page:
    """The week on its page."""

    def __init__(self, week: Week, close: Command) -> None:
        self.week, self.close = week, close
        self.names = {name.id: name for name in week.names}
        self.order = {name.id: place for place, name in enumerate(week.names)}

    def draw(self, drafts: Sequence[LeftDraft]) -> None:
        st.markdown(sentence(self.week, len(drafts)))
        for vacant in self.week.vacant:
            self._vacant_line(vacant)
        self._due()
        left, right = st.columns(2, gap="large")
        with left:
            self._list("Réponses des pilotes", self.week.received, self._received_line)
            self._list("Formulaires laissés ouverts", Listed(tuple(drafts), len(drafts)), self._draft_line)
            self._list("Sans nouvelles depuis six mois", self.week.silent, self._silent_line)
            self._list("Tour des nouvelles", self.week.quiet, self._quiet_line)
        with right:
            self._list("Se termine dans les six mois", self.week.ending, self._ending_line)
            self._list("À publier", self.week.waiting, self._waiting_line)

    def _due(self) -> None:
        if not (self.week.overdue.total or self.week.coming.total):
            st.success("Rien n'est dû cette semaine.", icon=":material/check_circle:")
        self._list(Moment.PAST.label_fr, self.week.overdue, self._due_line)
        for moment in (Moment.WEEK, Moment.FORTNIGHT):
            mine = tuple(due for due in self.week.coming.items if due.moment is moment)
            rest = self.week.coming.rest if moment is Moment.FORTNIGHT else 0
            self._list(moment.label_fr, Listed(mine, len(mine) + rest), self._due_line)

    def _list(self, title: str, listed: Listed[Any], draw: Draw) -> None:
        """A list under its title: the first lines, the others on demand, and how many are not even told."""
        if not listed.total:
            return
        st.header(f"{title} ({formats.number(listed.total)})", anchor=False)
        with st.container(gap="small", key=f"week_{title}"):
            for item in listed.items[:FIRST]:
                draw(item)
            others = listed.items[FIRST:]
            if others or listed.rest:
                self._others(title, others, listed.rest, draw)

    def _others(self, title: str, others: Sequence[Any], rest: int, draw: Draw) -> None:
        told = formats.plural(len(others) + rest, "autre")
        with st.expander(f"Et {told}", on_change="rerun", key=f"week_more_{title}") as more:
            if more.open:
                for item in others:
                    draw(item)
                if rest:
                    st.caption(f"Et {formats.plural(rest, 'autre')}, à mesure que celles-ci seront faites.")

    def _due_line(self, due: Due) -> None:
        on, late = self.names[due.initiative_id].on, due.moment is Moment.PAST
        when = _when(due.when, on, late)
        if due.kind is DueKind.REMINDER and due.reminder_id is not None:
            with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"due_{due.reminder_id}"):
                label = f":material/notifications: {escape(due.label)}"
                about = [f":gray[{escape(due.sheet.label)}]"] if due.sheet else []
                elapsed = [":gray[échu pendant la vacance]"] if due.in_vacancy else []
                self._link(label, [*about, when, *elapsed], due.initiative_id, due.sheet)
                done_button(due.reminder_id, on, self.close)
            return
        assert due.sheet is not None
        step = f"étape «{formats.NBSP}{escape(due.label)}{formats.NBSP}»"
        what = step if due.kind is DueKind.MILESTONE else due.kind.label_fr
        self._link(_title(due.sheet), [f":gray[{what}]", when], due.initiative_id, due.sheet)

    def _vacant_line(self, vacant: Vacant) -> None:
        """A démarche whose post is vacant: since when, and what waits for who will take it."""
        since = f"coordination vacante depuis le {formats.day(vacant.since)}"
        waiting = formats.spelt(vacant.reminders, "rappel attend", "rappels attendent")
        kept = f"{waiting} qui la prendra" if vacant.reminders else "aucun rappel n'attend"
        facts = [f":gray[{kept} ; rien n'y est dit sans nouvelles]"]
        self._way(
            "handover.py",
            f":material/person_off: {self._name(vacant.initiative_id)} : {since}",
            facts,
            vacant.initiative_id,
        )

    def _silent_line(self, silent: Silent) -> None:
        on = self.names[silent.sheet.initiative_id].on
        news = silent.last_news
        said = f"dernières nouvelles {formats.ago(news, on)}" if news else "jamais de nouvelles"
        self._link(_title(silent.sheet), [f":gray[{said}]"], silent.sheet.initiative_id, silent.sheet)

    def _quiet_line(self, quiet: Quiet) -> None:
        count = formats.plural(quiet.sheets, "fiche en cours", "fiches en cours")
        since = f":gray[sans nouvelles depuis le point du {formats.day(quiet.point)}]"
        self._way("news.py", f"{self._name(quiet.initiative_id)} : {count}", [since], quiet.initiative_id)

    def _received_line(self, received: Received) -> None:
        answers = formats.plural(received.answers, "réponse")
        label = f"{self._name(received.initiative_id)} : {answers} à décider"
        self._way("proposals.py", label, [], received.initiative_id)

    def _waiting_line(self, waiting: Waiting) -> None:
        count = formats.plural(waiting.entries, "saisie")
        point = waiting.point
        last = f"dernier point : {formats.day(point)}" if point else "rien n'est encore publié"
        label = f"{self._name(waiting.initiative_id)} : {count}"
        self._way("publish.py", label, [f":gray[{last}]"], waiting.initiative_id)

    def _ending_line(self, ending: Ending) -> None:
        on = self.names[ending.initiative_id].on
        when = _when(ending.when, on, ending.when.day < on)
        match ending.kind:
            case EndKind.CONTRACT:
                verb = "Fin du contrat"
                self._way("contract.py", f"{verb} {self._name(ending.initiative_id)}", [when], ending.initiative_id)
            case EndKind.ANSWER:
                label = f"Réponse attendue : {escape(ending.funder)}"
                about = [escape(ending.sheet.label)] if ending.sheet else []
                self._link(label, [*(f":gray[{word}]" for word in about), when], ending.initiative_id, ending.sheet)
            case EndKind.SHEET if ending.sheet is not None:
                self._link(_title(ending.sheet), [":gray[fin de la fiche]", when], ending.initiative_id, ending.sheet)

    def _draft_line(self, draft: LeftDraft) -> None:
        """A form left open: the way back to it, and the button that forgets what was typed there."""
        with st.container(horizontal=True, wrap=False, vertical_alignment="center", key=f"draft_{draft.key}"):
            page, opens = left_drafts.door(draft)
            if page is None:
                st.markdown(_draft_words(draft), width="stretch")
            else:
                code = {workspace.CHOSEN: draft.plan_code} if draft.plan_code else {}
                address = {**code, workspace.VIEW: workspace.PREPARATION, workspace.DRAFT: draft.key, **opens}
                st.page_link(page, label=_draft_words(draft), query_params=address, width="stretch")
            st.button(
                "Oublier ce qui y est écrit",
                icon=":material/close:",
                help="Oublier ce qui y est écrit",
                type="tertiary",
                key=f"icon_forget_{draft.key}",
                on_click=workspace.drop,
                args=(draft.key,),
            )

    def _link(self, label: str, facts: Sequence[str], plan: int, sheet: SheetAt | None) -> None:
        """A line that leads to the fiche at home, else to the carnet of the démarche; the démarches in grey."""
        plans = [plan, *(sheet.elsewhere if sheet else ())]
        named = [f":gray[{formats.listing([self._name(key) for key in plans])}]"] if self._several() else []
        if sheet is None:
            self._way(LOGBOOK, label, [*facts, *named], plan)
        else:
            self._way(SHEET_PAGE, label, [*facts, *named], sheet.initiative_id, fiche=str(sheet.placement_id))

    def _way(self, page: str, label: str, facts: Sequence[str], plan: int, **more: str) -> None:
        name = self.names[plan]
        address = {workspace.CHOSEN: name.code, workspace.VIEW: workspace.PREPARATION, **more}
        st.page_link(page, label=_said(label, facts), query_params=address, width="stretch")

    def _name(self, plan: int) -> str:
        return escape(self.names[plan].name)

    def _several(self) -> bool:
        return self.week.plans >= SEVERAL


def _said(label: str, facts: Sequence[str]) -> str:
    return " · ".join([label, *facts])


def _draft_words(draft: LeftDraft) -> str:
    """What a form left open is for, on what, and when it was last kept."""
    kind = draft.about.kind
    what = kind.label_fr if kind else "Formulaire"
    label = f"{what} : {escape(draft.sheet.label)}" if draft.sheet else what
    part = [f":gray[{Section(draft.about.detail).label_fr}]"] if kind is DraftKind.SHEET else []
    kept_at = formats.instant(draft.kept_at, ZoneInfo(workspace.initiative().time_zone))
    return _said(label, [*part, f":gray[gardé le {kept_at}]"])


def _title(sheet: SheetAt) -> str:
    return f"**{escape(sheet.code)}** {escape(sheet.title)}" if sheet.code else escape(sheet.title)


def _when(when: FuzzyDate, on: date, late: bool) -> str:
    """When something is due and how far that is, as Markdown."""
    said = f"{formats.fuzzy(when.day, when.precision)}, {formats.ago(when.day, on)}"
    return f":{theme.LATE.markdown if late else 'gray'}[{said}]"


def sentence(week: Week, drafts: int) -> str:
    """The counts of the week in one sentence, as Markdown."""
    due = "" if week.overdue.total else "échéance ", "" if week.overdue.total else "échéances "
    counts = {
        ("échéance est passée", "échéances sont passées"): week.overdue.total,
        (f"{due[0]}vient dans les quinze jours", f"{due[1]}viennent dans les quinze jours"): week.coming.total,
        ("fiche attend des nouvelles", "fiches attendent des nouvelles"): week.silent.total,
    }
    told = [formats.spelt(count, *words, feminine=True) for words, count in counts.items() if count]
    if drafts:
        told.append(formats.spelt(drafts, "formulaire est resté ouvert", "formulaires sont restés ouverts"))
    where = f" dans vos {formats.spelt(week.plans, 'démarche', feminine=True)}" if week.plans >= SEVERAL else ""
    return f"**{formats.sentence_case(formats.listing(told)) or 'Rien ne vous attend'}**{where}."

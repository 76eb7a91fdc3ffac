"""« Prise de poste »: ten lines and the next three dates, for who has just taken the coordination of a démarche."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import cards, formats, hall, workspace
from components.cards import Link
from components.charts.base import counted
from components.handover_view import held_list
from components.lists import ADDRESS as LIST
from components.lists import View
from components.overview import unsettled_sentence
from components.text import escape, paragraphs
from db.rules.handover import Coming, ComingKind, Received, TakingOver

PAGE, ADDRESS = "taking_over.py", "prise-de-poste"
LANDED = "post_landed"
PLAN, WEEK, CONTRACT, LOGBOOK = "plan.py", "week.py", "contract.py", "logbook.py"
PAGES = {
    ComingKind.MILESTONE: "sheet.py",
    ComingKind.SHEET: "sheet.py",
    ComingKind.MEETING: "overview.py",
    ComingKind.REMINDER: LOGBOOK,
    ComingKind.CONTRACT: CONTRACT,
}
Command = Callable[..., Any]
Query = Callable[..., tuple[str, ...]]


def lands_on(address: str, posts_to_take: Query) -> dict[str, str] | None:
    """Where a person who opens Balise at its bare address, and has a post to take, is led to: once a session."""
    if st.session_state.get(LANDED) or not workspace.writes_in():
        return None
    st.session_state[LANDED] = True
    if address != "" or st.query_params:
        return None
    taken = workspace.read_all(posts_to_take)
    return _address(taken[0]) if taken else None


def doors(codes: Sequence[str]) -> None:
    """For « Ma semaine »: the way to the first page of each post that was taken, until it is closed."""
    known = {choice.code: choice.label for choice in workspace.writes_in()}
    for code in codes:
        label = f"Vous avez pris la coordination de {escape(known.get(code, code))} : lire la prise de poste"
        st.page_link(PAGE, label=label, icon=":material/handshake:", query_params=_address(code))


def _address(code: str) -> dict[str, str]:
    return {workspace.CHOSEN: code, workspace.VIEW: workspace.PREPARATION}


def nothing_taken() -> None:
    """For who took no post in this démarche."""
    st.info("Cette page est celle de qui vient de prendre la coordination de la démarche : ce n'est pas votre cas ici.")


def show(told: TakingOver, close: Command) -> None:
    """Who left the post, the lines, the dates, and the button that closes the page."""
    st.markdown(taken_words(told.received))
    with st.container(gap="medium", key="taking_over_lines"):
        for line in lines(told):
            cards.follow(line)
    _word(told.received)
    st.header("Les trois prochaines dates", anchor=False)
    with st.container(gap="medium", key="taking_over_dates"):
        for coming in told.coming:
            cards.follow(date_line(coming, told.header.code))
        if not told.coming:
            st.markdown("Aucune date ne vient : ni étape, ni réunion, ni rappel.")
    if not told.received.is_read:
        st.button(
            "C'est lu : ne plus l'ouvrir d'abord",
            icon=":material/done_all:",
            key="close_taking_over",
            on_click=_close,
            args=(close, told.received.id),
        )


def _close(close: Command, handover_id: int) -> None:
    workspace.act(close, handover_id=handover_id, told="Cette page reste dans « Passer la main ».")


def taken_words(received: Received) -> str:
    """« Vous coordonnez cette démarche depuis le 1er novembre 2026, à la suite de Coordinatrice du CLS. »"""
    until = f", par intérim jusqu'au {formats.day(received.ends_on)}" if received.ends_on else ""
    after = (
        f", à la suite de «{formats.NBSP}{escape(received.predecessor)}{formats.NBSP}»" if received.predecessor else ""
    )
    return f"Vous coordonnez cette démarche depuis le {formats.day(received.starts_on)}{until}{after}."


def lines(told: TakingOver) -> tuple[Link, ...]:
    """The lines, from what the démarche is to what was received; that of the word of the predecessor stands apart."""
    address = _address(told.header.code)
    return (
        Link(CONTRACT, _identity(told), address, ":material/description:"),
        Link("publish.py", _point(told), address, ":material/publish:"),
        Link(PLAN, _statuses(told), address, ":material/list_alt:"),
        Link(PLAN, _late(told), address | {"retard": "true"}, ":material/warning:"),
        Link(PLAN, _silence(told), address | {LIST: View.SILENT.value}, ":material/hearing:"),
        Link("proposals.py", _answers(told), address, ":material/forum:"),
        Link(PLAN, _unsettled(told), address | {LIST: View.UNSETTLED.value}, ":material/rule:"),
        Link("overview.py", _decisions(told), address, ":material/gavel:"),
        Link("overview.py", _money(told), address, ":material/euro:"),
        Link(WEEK, _held(told.received), address, ":material/handshake:"),
    )


def _identity(told: TakingOver) -> str:
    head = told.header
    parts = [f"**{escape(head.name)}**", hall.contract(head), formats.period(head.starts_on, head.ends_on)]
    if head.elapsed is not None:
        parts.append(f"{formats.percent(head.elapsed * 100)} du temps écoulé")
    if head.territories:
        parts.append(formats.plural(head.territories, "territoire"))
    if head.signatories:
        parts.append(formats.plural(len(head.signatories), "signataire"))
    return " · ".join(parts)


def _point(told: TakingOver) -> str:
    point, waiting = told.header.point, told.header.in_preparation
    last = f"Dernier point publié : {formats.day(point.as_of)}" if point else "Rien n'est encore publié"
    entries = formats.spelt(waiting, "saisie attend", "saisies attendent", feminine=True)
    return f"{last} ; {entries} le prochain" if waiting else f"{last} ; rien n'attend le prochain"


def _statuses(told: TakingOver) -> str:
    if not told.sheets:
        return "Le plan ne contient encore aucune fiche action"
    counts = ", ".join(counted(status, count) for status, count in told.statuses)
    return f"{formats.plural(told.sheets, 'fiche')} : {counts}"


def _late(told: TakingOver) -> str:
    return f"{_count(told.late, 'fiche')} en retard"


def _silence(told: TakingOver) -> str:
    verb = formats.agree(told.silent, "attend", "attendent") if told.silent else "n'attend"
    return f"{_count(told.silent, 'fiche')} {verb} {'des' if told.silent else 'de'} nouvelles depuis six mois"


def _answers(told: TakingOver) -> str:
    if not told.answers:
        return "Aucune réponse de pilote n'attend votre décision"
    verb = formats.agree(told.answers, "attend", "attendent")
    return f"{_count(told.answers, 'réponse')} de pilotes {verb} votre décision"


def _unsettled(told: TakingOver) -> str:
    if not told.unsettled:
        return "Aucune cellule à préciser : tout ce qui a été importé est compris"
    return unsettled_sentence(told.unsettled)


def _decisions(told: TakingOver) -> str:
    open_ones = formats.spelt(told.decisions.open, "décision ouverte", "décisions ouvertes", feminine=True)
    overdue = f", dont {told.decisions.overdue} à échéance dépassée" if told.decisions.overdue else ""
    return f"{formats.sentence_case(open_ones)}{overdue}"


def _money(told: TakingOver) -> str:
    awaited = formats.spelt(
        told.funders, "réponse de financeur attendue", "réponses de financeurs attendues", feminine=True
    )
    amount = told.awaiting.total
    cash = f" ; {formats.money(amount)} en attente pour {told.header.on.year}" if amount and told.awaiting.of else ""
    return f"{formats.sentence_case(awaited)}{cash}"


def _held(received: Received) -> str:
    told = held_list(received.held)
    late = formats.spelt(received.elapsed, "rappel est échu", "rappels sont échus")
    elapsed = f" ; {late} pendant la vacance" if received.elapsed else ""
    return f"Reçus avec le poste : {told}{elapsed}" if told else "Rien n'était à recevoir avec le poste"


def _count(count: int, word: str) -> str:
    return formats.sentence_case(formats.spelt(count, word, feminine=True))


def _word(received: Received) -> None:
    """What was written when the post was left, or given."""
    if not received.word:
        return
    with st.container(border=True, key="predecessor_word"):
        st.markdown(f":material/format_quote: **Le mot laissé avec le poste**\n\n{paragraphs(received.word)}")


def date_line(coming: Coming, code: str) -> Link:
    """« 15 octobre 2026 · étape : Recruter (1.1 Fiche) », on the way to where it is read."""
    when = formats.fuzzy(coming.when.day, coming.when.precision)
    place = {"fiche": str(coming.placement_id)} if coming.placement_id else {}
    label = f"**{when}** · {coming.kind.label_fr} : {escape(coming.label)}"
    return Link(PAGES[coming.kind], label, _address(code) | place)

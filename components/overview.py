"""The overview, section by section: for the president of the committee, in ten seconds. Nobody is named in it."""

from collections.abc import Callable
from textwrap import shorten
from typing import Any

import streamlit as st

from components import cards, charts, lists, overview_tiles, tables, theme
from components.cards import Link
from components.formats import (
    agree,
    day,
    money,
    month,
    out_of,
    period,
    plural,
    sentence_case,
    short_month,
    spelt,
)
from components.lists import View
from components.overview_tiles import PLAN
from components.text import escape
from db.rules.initiative import Header
from db.rules.overview import (
    Arbitration,
    AwaitedAnswers,
    Overview,
    Since,
    StatusMoves,
    Understood,
    arbitrations,
    understood,
)
from db.rules.plan import PlanState

SHEET, IMPORT, CONTRACT = "sheet.py", "exchange.py", "contract.py"
SHOWN_ARBITRATIONS, LINK_LENGTH = 5, 60
FIRST_READING = (
    "Statuts, avancements, météos et montants sont en préparation : seule la coordination les voit, tant qu'aucun "
    "point n'est publié. Les titres, les textes et les dates se lisent dès maintenant par qui peut ouvrir la démarche."
)


def head(header: Header) -> None:
    """The name, the contract, its time, its last and next committee, who signed."""
    with st.container(gap="xsmall"):
        st.title(escape(header.name), anchor=False)
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            if header.elapsed is None:
                st.markdown(contract_sentence(header), width="stretch")
            else:
                st.progress(header.elapsed, text=contract_sentence(header))
            if header.signatories:
                with st.popover(plural(len(header.signatories), "signataire"), type="tertiary"):
                    st.markdown("\n".join(f"- {escape(name)}" for name in header.signatories))
            cards.follow(Link(CONTRACT, "Contrat et avenants", {"demarche": header.code}))


def contract_sentence(header: Header) -> str:
    """« mars 2024 → déc. 2028 · 23 fiches, dont 20 au contrat initial · dernier COPIL le 23 juin 2026… »."""
    sheets = plural(header.current_sheets, "fiche")
    if header.initial_sheets != header.current_sheets:
        sheets += f", dont {header.initial_sheets} au contrat initial"
    name = header.committee_name
    last = f"dernier {name} le {day(header.last_committee)}" if header.last_committee else f"aucun {name} enregistré"
    following = f"prochain le {day(header.next_committee)}" if header.next_committee else "prochain à fixer"
    time = period(header.starts_on or header.signed_on, header.ends_on)
    return " · ".join([time, sheets, f"{last}, {following}"])


def figures(state: PlanState, overview: Overview, code: str) -> None:
    """The five tiles, each with what it stands on."""
    cards.row(
        [
            overview_tiles.sheets_tile(state, code),
            overview_tiles.progress_tile(state.roll_up, code),
            overview_tiles.indicators_tile(overview.indicators),
            overview_tiles.money_tile(overview.money),
            overview_tiles.decisions_tile(overview.decisions),
        ]
    )


def to_arbitrate(state: PlanState, overview: Overview, header: Header, *, before_committee: bool) -> None:
    """What the committee is asked, each question on the way to its sheet.

    Before the committee the silent sheets are a number that leads nowhere: their list names who is silent.
    """
    asked = arbitrations(state, overview.answers)
    count = f" ({len(asked)})" if asked else ""
    st.header(f"À arbitrer par le {header.committee_name}{count}", anchor=False)
    with st.container(gap="small", key="questions"):
        for item in asked[:SHOWN_ARBITRATIONS]:
            cards.follow(sheet_link(item, header.code))
        if len(asked) > SHOWN_ARBITRATIONS:
            more = f"Et {spelt(len(asked) - SHOWN_ARBITRATIONS, 'autre question', feminine=True)} : voir le plan"
            cards.follow(Link(PLAN, more, {"demarche": header.code}))
        silence = silence_sentence(state)
        if silence and before_committee:
            st.markdown(silence)
        elif silence:
            cards.follow(Link(PLAN, silence, {"demarche": header.code, lists.ADDRESS: View.SILENT.value}))
        elif header.vacant_since is not None:
            st.markdown(lists.NOTHING_ASKED)
        elif not asked:
            st.markdown("Rien n'attend de décision, et aucune fiche n'est sans nouvelles.")


def sheet_link(item: Arbitration, code: str) -> Link:
    """The way to the sheet, and what is asked about it; a title longer than the line is cut between two words."""
    title = escape(shorten(item.sheet.label, LINK_LENGTH, placeholder=" …"))
    parameters = {"demarche": code, "fiche": str(item.sheet.placement_id)}
    return Link(SHEET, f"**{title}** :gray[· {question(item)}]", parameters, says=True)


def question(item: Arbitration) -> str:
    """What the committee is asked about a sheet, after the icon of its state."""
    look = theme.TO_DISCUSS if item.to_discuss and not item.is_halted else theme.status_look(item.sheet.status)
    return f"{look.material} {sentence_case(' ; '.join(questions(item)))}"


def questions(item: Arbitration) -> list[str]:
    """What is asked about one sheet. The reason that was typed may name somebody: it is read on the sheet."""
    asked = []
    if item.is_halted:
        since = f" depuis {month(item.sheet.status_on)}" if item.sheet.status_on else ""
        asked.append(f"{theme.status_word(item.sheet.status)}{since}, poursuivre ou renoncer")
    if item.to_discuss:
        asked.append("à discuter en séance")
    if item.to_validate:
        asked.append("action hors contrat initial, à valider")
    if item.answers:
        asked.append(answers_sentence(item.answers))
    return asked


def answers_sentence(answers: AwaitedAnswers) -> str:
    """« une réponse de financeur attendue (18 000 €) »: how many and how much, never whose."""
    noun = agree(answers.count, "réponse de financeur attendue", "réponses de financeurs attendues")
    when = f" en {short_month(answers.expected_on)}" if answers.expected_on else ""
    amount = "" if answers.amount.total is None else f" ({money(answers.amount.total)})"
    return f"{spelt(answers.count, noun, noun, feminine=True)}{when}{amount}"


def silence_sentence(state: PlanState) -> str | None:
    """« Trois fiches attendent des nouvelles », or None."""
    silent = sum(sheet.needs_news for sheet in state.sheets)
    if not silent:
        return None
    told = sentence_case(spelt(silent, "fiche", feminine=True))
    return f"{told} {agree(silent, 'attend', 'attendent')} des nouvelles"


def since_last_committee(overview: Overview, header: Header) -> None:
    """What happened since the last sitting."""
    name = header.committee_name
    if overview.since is None:
        st.header(f"Depuis le dernier {name}", anchor=False)
        st.markdown(f"Aucune séance du {name} n'est encore enregistrée.")
        return
    st.header(f"Depuis le dernier {name} ({day(overview.since.day)})", anchor=False)
    lines = since_lines(overview.since)
    st.markdown("\n".join(f"- {line}" for line in lines) if lines else "Rien de daté depuis cette séance.")


def since_lines(since: Since) -> list[str]:
    """What happened, one line a subject; a subject without news has no line."""
    lines = []
    if since.milestones_done:
        steps = agree(since.milestones_done, "étape franchie", "étapes franchies")
        lines.append(f":material/flag: {since.milestones_done} {steps}")
    moved = _moves(since.moves)
    if moved:
        lines.append(f":material/sync_alt: {moved}")
    if since.moved_dates:
        dates = agree(since.moved_dates, "échéance déplacée", "échéances déplacées")
        lines.append(f":material/event_repeat: {since.moved_dates} {dates}")
    if since.grants or since.refusals:
        lines.append(f":material/euro: {_money_since(since)}")
    if since.decisions_done:
        done = agree(since.decisions_done, "décision exécutée", "décisions exécutées")
        lines.append(f":material/gavel: {since.decisions_done} {done}")
    return lines


def _moves(moves: StatusMoves) -> str:
    """« 2 fiches démarrées, 1 terminée »: the noun once, on the first."""
    told = [
        (moves.started, agree(moves.started, "démarrée")),
        (moves.finished, agree(moves.finished, "terminée")),
        (moves.halted, f"{agree(moves.halted, 'mise')} en pause ou {agree(moves.halted, 'bloquée')}"),
        (moves.postponed, agree(moves.postponed, "reportée")),
        (moves.dropped, agree(moves.dropped, "abandonnée")),
    ]
    happened = [(count, word) for count, word in told if count]
    if not happened:
        return ""
    first, *rest = happened
    return ", ".join([f"{plural(first[0], 'fiche')} {first[1]}", *(f"{count} {word}" for count, word in rest)])


def _money_since(since: Since) -> str:
    told = [f"{money(since.granted)} accordés ({plural(since.grants, 'financement')})"] if since.grants else []
    if since.refusals:
        told.append(f"{since.refusals} refus")
    return ", ".join(told)


def by_axis(spec: charts.Spec, state: PlanState) -> None:
    """The sheets by axis and status, with the same figures as a table."""
    st.header("L'avancement par axe", anchor=False)
    if not state.sheets:
        st.markdown("Le plan ne contient encore aucune fiche action.")
        return
    st.vega_lite_chart(spec, alt=charts.alt_status(state), width="stretch")
    _as_table("Le tableau des axes", lambda: charts.status_table(state))


def in_time(spec: charts.Spec, state: PlanState) -> None:
    """The bars of the plan in time, with the same dates as a table."""
    st.header("Le plan dans le temps", anchor=False)
    if not any(sheet.starts or sheet.ends for sheet in state.sheets):
        st.markdown("Aucune fiche n'a encore de dates.")
        return
    st.vega_lite_chart(spec, alt=charts.alt_timeline(state), width="stretch")
    marks = timeline_marks(state)
    if marks:
        st.caption(marks)
    _as_table("Le tableau des dates", lambda: charts.timeline_table(state))


def timeline_marks(state: PlanState) -> str:
    """What the marks of the timeline stand for: only those that this plan has."""
    steps = any(sheet.milestones for sheet in state.sheets)
    late = any(sheet.is_late for sheet in state.sheets)
    told = ["losange plein : étape franchie", "losange vide : étape à venir"] if steps else []
    return sentence_case(" · ".join([*told, *(["contour orange : en retard"] if late else [])]))


def _as_table(label: str, rows: Callable[[], list[dict[str, Any]]]) -> None:
    """A table that is only made once it is opened."""
    opened = st.expander(label, on_change="rerun", key=f"table_{label}")
    if opened.open:
        with opened:
            tables.show([{key: escape(str(value)) for key, value in row.items()} for row in rows()])


def after_import(state: PlanState, overview: Overview, code: str) -> None:
    """Right after an import: what was understood, before anything that is missing."""
    if overview.imported_file is None:
        return
    with st.container(border=True):
        st.header("Ce qui a été compris", anchor=False)
        lines = understood_lines(understood(state), overview.imported_file)
        st.markdown("\n".join(f"- {line}" for line in lines))
        if overview.unsettled:
            where = {"demarche": code, lists.ADDRESS: View.UNSETTLED.value}
            cards.follow(Link(PLAN, unsettled_sentence(overview.unsettled), where, ":material/rule:"))
        st.caption(FIRST_READING)


def understood_lines(told: Understood, file_name: str) -> list[str]:
    """What an import brought, in sentences."""
    found = f"{plural(told.sheets, 'fiche')} et {plural(told.axes, 'axe')} dans {escape(file_name)}"
    lines = [found]
    if told.with_lead:
        led = f"{out_of(told.with_lead, told.sheets, 'fiche')} {agree(told.with_lead, 'a', 'ont')} un pilote"
        lines.append(f"{led} : {plural(told.leads, 'structure pilote', 'structures pilotes')} en tout")
    if told.starting:
        starting = spelt(told.starting, "fiche", feminine=True)
        lines.append(f"{starting} {agree(told.starting, 'commence', 'commencent')} en {told.year}")
    if told.milestones:
        steps = agree(told.milestones, "étape reprise", "étapes reprises")
        lines.append(f"{told.milestones} {steps} des sous-actions")
    return [sentence_case(line) for line in lines]


def unsettled_sentence(unsettled: int) -> str:
    """« 3 cellules à préciser : gardées telles quelles, à trancher dans le plan »."""
    kept = agree(unsettled, "gardée telle quelle", "gardées telles quelles")
    return f"{plural(unsettled, 'cellule')} à préciser : {kept}, à trancher dans le plan d'action"


def nothing_open() -> None:
    """No démarche is open to who is there, who may make none either."""
    st.title("Aucune démarche ne vous est ouverte", anchor=False)
    st.markdown(
        "Vous n'avez pas de rôle aujourd'hui, ou il a pris fin : ce que vous avez écrit reste dans la démarche. "
        "Demandez un rôle à la personne qui administre Balise."
    )


def empty(load_demonstration: Callable[..., None]) -> None:
    """No plan yet: one sentence, two doors."""
    st.title("Bienvenue dans Balise", anchor=False)
    st.markdown("Aucun plan n'est encore enregistré : commencez par le vôtre, ou regardez d'abord un exemple fictif.")
    with st.container(horizontal=True):
        if st.button("Importer votre plan", icon=":material/upload_file:", type="primary"):
            st.switch_page(IMPORT)
        st.button("Voir la démonstration", icon=":material/visibility:", on_click=load_demonstration)

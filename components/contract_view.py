"""« Contrat et avenants »: what the contract is, what it was when it was signed, and its avenants in order."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import streamlit as st

from components import filters, formats, tables, workspace
from components.formats import NBSP, agree, day, listing, out_of, percent, plural, sentence_case, spelt
from components.text import escape, paragraphs
from db.rules.contract import AmendmentTold, Comparison, Contract, Ground, Picture, SheetMention, Signatory
from db.rules.contract_form import read_day
from db.rules.initiative import Header
from db.rules.vocabulary import Absence, PlacementEntry, TerritoryKind

SHEET_PAGE = "sheet.py"
DAY = "jour"
MOST_DAYS = 6
SEMICOLON = f"{NBSP}; "
NOT_PROVIDED = formats.nothing(Absence.NOT_PROVIDED)
PROGRESS_RULE = (
    "L'avancement est la moyenne simple de ce que les pilotes ont déclaré à cette date. « Tel que signé » garde les "
    "fiches retirées depuis, avec leur dernier avancement ; les fiches abandonnées et les fiches continues n'y entrent "
    "pas. Le temps écoulé se compte jusqu'à la fin signée d'un côté, jusqu'à la fin en vigueur de l'autre."
)
KINDS = {
    TerritoryKind.COMMUNE: ("commune", "communes"),
    TerritoryKind.INTERCOMMUNALITY: ("intercommunalité", "intercommunalités"),
}


def summary(header: Header, contract: Contract, draw_door: Callable[[], None]) -> None:
    """When it was signed, from when to when it runs, who signed it, what it covers; then the way to change it."""
    st.markdown(contract_sentence(contract, header.on))
    who = [one for one in contract.signatories if not _is_over(one.ends_on, header.on)]
    grounds = [one for one in contract.grounds if not _is_over(one.ends_on, header.on)]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if who:
            with st.popover(plural(len({one.id for one in who}), "signataire"), type="tertiary"):
                st.markdown("\n".join(f"- {_since(escape(one.name), one, contract)}" for one in who))
        if grounds:
            with st.popover(_territories(grounds), type="tertiary"):
                st.markdown("\n".join(f"- {_since(escape(one.name), one, contract)}" for one in grounds))
        draw_door()


def contract_sentence(contract: Contract, on: date) -> str:
    """« Signé le 29 mars 2024, porté par …. Il court du 29 mars 2024 au 31 décembre 2028. »."""
    signed = f"Signé le {day(contract.signed_on)}" if contract.signed_on else "Date de signature non renseignée"
    sponsors = f", porté par {escape(listing(contract.sponsors))}" if contract.sponsors else ""
    ends = max(
        ((a.signed_on, a.new_ends_on) for a in contract.amendments if a.new_ends_on and a.signed_on <= on),
        default=(None, contract.ends_on),
    )[1]
    starts = contract.starts_on or contract.signed_on
    if starts and ends:
        runs = f" Il court du {day(starts)} au {day(ends)}."
    else:
        runs = f" Il s'achève le {day(ends)}." if ends else " Sa date de fin n'est pas renseignée."
    return f"{signed}{sponsors}.{runs}"


def _is_over(ends_on: date | None, on: date) -> bool:
    return ends_on is not None and ends_on < on


def _since(name: str, part: Signatory | Ground, contract: Contract) -> str:
    """The name, with the day it came where it was not there from the start."""
    came = part.starts_on
    return name if came is None or contract.opening.held(came) else f"{name} :gray[depuis le {day(came)}]"


def _territories(grounds: Iterable[Ground]) -> str:
    kinds = [ground.kind for ground in grounds]
    return counted_territories({kind: kinds.count(kind) for kind in TerritoryKind if kind in kinds})


def counted_territories(counts: dict[TerritoryKind, int]) -> str:
    """« 1 intercommunalité et 6 communes »."""
    words = {kind: KINDS.get(kind, (kind.label_fr, kind.label_fr)) for kind in counts}
    return listing([plural(count, *words[kind]) for kind, count in counts.items()]) or "aucun territoire"


def day_asked(contract: Contract) -> date:
    """The day that the reader types or chooses, today when nothing is; what cannot be read is said, and today shown."""
    today = workspace.today(workspace.initiative())
    with st.container(horizontal=True, vertical_alignment="bottom", key="contract_day"):
        typed = st.text_input(
            "À quelle date", key=DAY, bind="query-params", placeholder=formats.short_day(today), width=160
        )
        for number, told in [(one.number, one.signed_on) for one in contract.amendments][-MOST_DAYS:]:
            _shortcut(f"Avenant n° {number}", formats.short_day(told))
        _shortcut("Aujourd'hui", "")
    asked, reason = read_day(typed or "", today)
    if reason is not None:
        st.caption(f":orange[:material/warning: {escape(reason)} En attendant, voici aujourd'hui.]")
    return asked


def _shortcut(label: str, typed: str) -> None:
    st.button(label, type="tertiary", key=f"day_{typed}_{label}", on_click=look_at, args=(typed,))


def look_at(typed: str) -> None:
    """Write a day in the field: the callback of the days that are one touch away."""
    st.session_state[DAY] = typed


def compared(told: Comparison) -> None:
    """What moved since the signature in one sentence, then the two states side by side."""
    if told.is_before_signature and told.opened_on is not None:
        st.info(f"Ce jour-là, le contrat n'était pas encore signé : il l'est le {day(told.opened_on)}.")
        return
    st.markdown(changes_sentence(told))
    now = f"Tel qu'il est au {formats.short_day(told.day)}"
    rows = comparison_rows(told)
    tables.show([{"Ce qui est comparé": label, "Tel que signé": signed, now: is_now} for label, signed, is_now in rows])
    st.caption(PROGRESS_RULE)


def changes_sentence(told: Comparison) -> str:
    """« Au 1er octobre 2026, deux avenants sont signés. 2 fiches sont entrées par avenant… »."""
    verb = agree(told.amendments, "est signé", "sont signés") if told.amendments else "n'est signé"
    head = f"Au {day(told.day)}, {spelt(told.amendments, 'avenant')} {verb}."
    moved = [*_sheet_moves(told.now), *_end_move(told), *_party_moves(told)]
    if not moved:
        return f"{head} Le contrat est tel qu'il a été signé."
    return f"{head} Depuis la signature{NBSP}: {SEMICOLON.join(moved)}."


def _sheet_moves(now: Picture) -> list[str]:
    added, unplanned = now.by_entry.get(PlacementEntry.AMENDMENT, 0), now.by_entry.get(PlacementEntry.UNPLANNED, 0)
    moves = []
    if added:
        moves.append(f"{spelt(added, 'fiche ajoutée', 'fiches ajoutées', feminine=True)} par avenant")
    if unplanned:
        moves.append(f"{spelt(unplanned, 'action', feminine=True)} hors contrat initial")
    if now.withdrawn:
        moves.append(spelt(now.withdrawn, "fiche retirée", "fiches retirées", feminine=True))
    return moves


def _end_move(told: Comparison) -> list[str]:
    ends, signed = told.now.ends_on, told.signed.ends_on
    return [f"la fin est portée au {day(ends)}"] if ends and ends != signed else []


def _party_moves(told: Comparison) -> list[str]:
    moves = []
    if told.now.signatories != told.signed.signatories:
        moves.append(f"{plural(told.now.signatories, 'signataire')} au lieu de {told.signed.signatories}")
    if told.now.territories != told.signed.territories:
        before, after = (
            counted_territories(dict(told.signed.territories)),
            counted_territories(dict(told.now.territories)),
        )
        moves.append(f"{after} au lieu de {before}")
    return moves


def comparison_rows(told: Comparison) -> list[tuple[str, str, str]]:
    """(what, as signed, as it is) of each line of the comparison, as Markdown."""
    signed, now = told.signed, told.now
    return [
        ("Fiches actions", _signed_sheets(signed), _current_sheets(now)),
        ("Avancement déclaré", _progress(signed), _progress(now)),
        ("Fin du contrat", _ends(signed), _ends(now)),
        ("Temps écoulé", _elapsed(signed), _elapsed(now)),
        ("Signataires", str(signed.signatories), str(now.signatories)),
        (
            "Territoire",
            counted_territories(dict(signed.territories)),
            counted_territories(dict(now.territories)),
        ),
    ]


def _signed_sheets(signed: Picture) -> str:
    left = f"dont {signed.withdrawn} {agree(signed.withdrawn, 'retirée')} depuis" if signed.withdrawn else ""
    return _figure(str(signed.sheets), left)


def _current_sheets(now: Picture) -> str:
    words = [f"{count} {entry.label_fr}" for entry, count in now.by_entry.items()]
    told = [listing(words)] if len(words) > 1 else words
    if now.withdrawn:
        told.append(f"{now.withdrawn} {agree(now.withdrawn, 'retirée')}")
    return _figure(str(now.sheets), SEMICOLON.join(told))


def _progress(picture: Picture) -> str:
    known = picture.progress
    if known.mean is None:
        return NOT_PROVIDED
    old = f", dont {known.older_than_six_months} de plus de six mois" if known.older_than_six_months else ""
    return _figure(percent(known.mean), f"{out_of(known.known, known.of, 'fiche')}{old}")


def _figure(figure: str, base: str) -> str:
    return f"**{figure}**  \n:gray[{base}]" if base else f"**{figure}**"


def _ends(picture: Picture) -> str:
    return formats.short_day(picture.ends_on) if picture.ends_on else NOT_PROVIDED


def _elapsed(picture: Picture) -> str:
    return f"**{percent(picture.elapsed * 100)}**" if picture.elapsed is not None else NOT_PROVIDED


def event(title: str, when: date, on: date) -> None:
    """The head of an event of the timeline: its day, what it is, whether it is still to come."""
    coming = " :gray-badge[à venir]" if when > on else ""
    st.markdown(f"**{day(when)}** · {title}{coming}", width="content")


def first_signature(contract: Contract, told: Comparison, on: date) -> None:
    """The signature of the contract itself, first event of the timeline."""
    opened = contract.opening.day
    if opened is None:
        st.markdown(":gray[La date de signature du contrat n'est pas renseignée.]")
        return
    event("Signature du contrat" if contract.signed_on else "Début du contrat", opened, on)
    signed = told.signed
    said = [plural(signed.sheets, "fiche"), plural(signed.signatories, "signataire")]
    ends = f", jusqu'au {day(signed.ends_on)}" if signed.ends_on else ""
    st.markdown(f"{', '.join(said)}, {counted_territories(dict(signed.territories))}{ends}.")


def amendment(told: AmendmentTold, draw_doors: Callable[[AmendmentTold], None], on: date) -> None:
    """An avenant of the timeline: its day, its object, what it does; its sheets are links."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        event(f"Avenant n° {told.number}", told.signed_on, on)
        with st.container(horizontal=True, width="content", gap="xsmall"):
            draw_doors(told)
    st.markdown("\n".join([paragraphs(told.object), "", *(f"- {line}" for line in effects(told))]))
    _mentions("Fiches ajoutées", told.added)
    _mentions("Fiches réécrites", told.rewritten)
    _mentions("Fiches retirées", told.withdrawn)


def effects(told: AmendmentTold) -> list[str]:
    """What an avenant does beside the sheets, one line a subject."""
    lines = []
    if told.new_ends_on:
        lines.append(f"La fin du contrat est portée au {day(told.new_ends_on)}.")
    if told.entering:
        lines.append(f"{_named(told.entering)} {agree(len(told.entering), 'entre', 'entrent')} dans le périmètre.")
    if told.leaving:
        lines.append(f"{_named(told.leaving)} {agree(len(told.leaving), 'sort', 'sortent')} du périmètre.")
    if told.signatories:
        lines.append(f"Signé par {escape(listing(told.signatories))}.")
    return [sentence_case(line) for line in lines]


def _named(grounds: Sequence[Ground]) -> str:
    return escape(listing([ground.name for ground in grounds]))


def _mentions(title: str, mentions: Sequence[SheetMention]) -> None:
    if not mentions:
        return
    st.markdown(f":gray[{title}]")
    for mention in mentions:
        note = f" :gray[· {escape(mention.note)}]" if mention.note else ""
        if mention.stands and workspace.link() is None:
            here = filters.kept(fiche=str(mention.placement_id))
            st.page_link(SHEET_PAGE, label=escape(mention.label) + note, query_params=here)
        else:
            st.markdown(escape(mention.label) + note)

"""One change made to many fiches: which ones, what changes, what will be written, then one act."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import filters, formats, theme, workspace
from components.editing.fields import DATES_HELP, words
from components.forms import Form
from components.text import escape
from db.rules.choices import EditChoices
from db.rules.forms import Written
from db.rules.plan import SheetRow
from db.rules.reading import read_percent
from db.rules.reading_dates import read_date
from db.rules.sections import LABELS
from db.rules.vocabulary import Status

CHOSEN = "chosen"
HEIGHT = 330
NOTHING_CHOSEN = "Cochez les fiches à modifier dans le tableau, ou prenez toutes celles que laissent les filtres."


@dataclass(frozen=True, slots=True)
class Change:
    """What is asked of which fiches."""

    sheets: tuple[SheetRow, ...]
    values: Mapping[str, Written]

    @property
    def is_whole(self) -> bool:
        return bool(self.sheets and self.values)


def subject(initiative_id: int) -> str:
    """What the draft of a bulk change is about."""
    return f"bulk:{initiative_id}"


def table(form: Form, sheets: Sequence[SheetRow]) -> tuple[SheetRow, ...]:
    """The fiches that the filters leave, to be ticked; what was ticked is kept with the draft."""
    held = set(form.draft.value(CHOSEN) or [])
    shown = [sheet for sheet in sheets if sheet.is_home]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Tout prendre ({len(shown)})",
            icon=":material/select_all:",
            disabled=not shown,
            on_click=_take,
            args=(form, shown),
        )
        st.button("Ne rien prendre", type="tertiary", disabled=not held, on_click=_take, args=(form, []))
    # The key says what was taken by the buttons: the table starts again from there.
    key = f"{form.draft.key}:table:{len(shown)}:{st.session_state.get(_turn(form), 0)}"
    st.dataframe(
        pd.DataFrame([_row(sheet) for sheet in shown], columns=list(COLUMNS)),
        hide_index=True,
        height=min(HEIGHT, 36 * (len(shown) + 1)),
        on_select=partial(_ticked, form, shown, key),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [i for i, s in enumerate(shown) if s.sheet_id in held]}},
        key=key,
        alt="Les fiches du plan, à cocher",
    )
    return tuple(sheet for sheet in shown if sheet.sheet_id in held)


COLUMNS = ("N°", "Fiche", "Pilote", "Statut", "Avancement", "Dates")


def _row(sheet: SheetRow) -> tuple[str, ...]:
    leads = formats.listing([lead.label for lead in sheet.leads]) or "non renseigné"
    percent = "" if sheet.progress.percent is None else formats.percent(sheet.progress.percent)
    dates = formats.period(sheet.starts.day if sheet.starts else None, sheet.ends.day if sheet.ends else None)
    return sheet.code or "", sheet.title, leads, theme.status_word(sheet.status), percent, dates


def _turn(form: Form) -> str:
    return f"{form.draft.key}:turn"


def _take(form: Form, sheets: Sequence[SheetRow]) -> None:
    st.session_state[_turn(form)] = st.session_state.get(_turn(form), 0) + 1
    workspace.keep(form.draft.key, {CHOSEN: [sheet.sheet_id for sheet in sheets]})


def _ticked(form: Form, shown: Sequence[SheetRow], key: str) -> None:
    """What is ticked among the fiches shown; those that the filters hide stay as they were."""
    here = {sheet.sheet_id for sheet in shown}
    hidden = [sheet_id for sheet_id in form.draft.value(CHOSEN) or [] if sheet_id not in here]
    rows = st.session_state[key].selection.rows
    workspace.keep(form.draft.key, {CHOSEN: [*hidden, *(shown[row].sheet_id for row in rows if row < len(shown))]})


def what(form: Form, choices: EditChoices) -> dict[str, Written]:
    """What changes: a field left empty stays as it is on each fiche."""
    unchanged = "Ne pas changer"
    first, second, third = st.columns(3)
    with first:
        form.choice("status", LABELS["status"], words(Status), placeholder=unchanged)
        form.line("progress", LABELS["progress"], placeholder=unchanged)
    with second:
        form.choice("lead", LABELS["leads"], choices.organisations, placeholder=unchanged, accept_new_options=True)
        form.choice("axis", LABELS["axis"], choices.axes, placeholder=unchanged)
    with third:
        form.line("starts", LABELS["starts"], placeholder=unchanged, help=DATES_HELP)
        form.line("ends", LABELS["ends"], placeholder=unchanged, help=DATES_HELP)
    typed = form.values()
    lead = typed.pop("lead")
    return {name: value for name, value in {**typed, "leads": [lead] if lead else None}.items() if value}


def sentence(change: Change) -> str:
    """« 8 fiches : statut « en pause » (6 étaient en cours, 2 à venir) ; fin « décembre 2028 » », as Markdown."""
    parts = [f"{LABELS[name].lower()} **{_said(value)}**" for name, value in change.values.items()]
    count = formats.plural(len(change.sheets), "fiche")
    was = ""
    if "status" in change.values:
        before = Counter(theme.status_word(sheet.status) for sheet in change.sheets)
        was = f" · statuts actuels : {', '.join(f'{n} {word}' for word, n in before.most_common())}"
    return f"**{count}** : {' ; '.join(parts)}{was}"


def unread(values: Mapping[str, Written]) -> list[str]:
    """What cannot be read of what is typed, each with its sentence: said once, before it is promised."""
    found = []
    for name in ("progress", "starts", "ends"):
        typed = values.get(name)
        if typed:
            read = read_percent(str(typed)) if name == "progress" else read_date(str(typed), end=name == "ends")
            if read.reason is not None:
                found.append(f"{LABELS[name]} : « {typed} ». {read.reason}")
    return found


def _said(value: Written) -> str:
    return escape(", ".join(value) if isinstance(value, list) else str(value))


def confirm(form: Form, change: Change, seen: Callable[..., Any], command: Callable[..., Any]) -> None:
    """What will be written, and the button that writes it in one act."""
    if not change.sheets:
        st.caption(NOTHING_CHOSEN)
        return
    if not change.values:
        st.caption(f"{formats.plural(len(change.sheets), 'fiche choisie', 'fiches choisies')} : dites ce qui change.")
        return
    if faults := unread(change.values):
        st.warning("  \n".join(map(escape, faults)), icon=":material/warning:")
        return
    with st.container(border=True):
        st.markdown(f"Sera écrit : {sentence(change)}.")
        names = ", ".join(escape(sheet.code or sheet.title) for sheet in change.sheets[:40])
        st.caption(names + (" …" if len(change.sheets) > 40 else ""))
        held, since = workspace.read(seen, tuple(s.sheet_id for s in change.sheets), tuple(change.values))
        form.actions(
            f"Écrire dans {formats.plural(len(change.sheets), 'fiche')}",
            lambda _typed: _write(form, change, held, since, command),
            lambda: None,
        )


def _write(
    form: Form, change: Change, held: Mapping[int, Mapping[str, Written]], since: int, command: Callable[..., Any]
) -> None:
    here = workspace.initiative()
    count = formats.plural(len(change.sheets), "fiche modifiée", "fiches modifiées")
    done = workspace.act(
        command,
        initiative_id=here.id,
        seen=held,
        since=since,
        values=change.values,
        on=workspace.today(here),
        closes=form.draft.key,
        told=f"{count}. {workspace.saved_now()}",
    )
    if done:
        st.query_params.pop(workspace.DRAFT, None)


def way_back() -> None:
    """Back to the plan."""
    st.page_link("plan.py", label="Plan d'action", icon=":material/arrow_back:", query_params=filters.kept())


def door() -> None:
    """The way to the page, for who coordinates."""
    st.page_link("bulk.py", label="Modifier plusieurs fiches", icon=":material/edit_note:", query_params=filters.kept())

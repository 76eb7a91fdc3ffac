"""The forms of « Contrat et avenants »: the contract itself; one avenant composed, changed or removed in one act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from components import formats, workspace
from components.contract_view import DAY
from components.editing.frame import settle
from components.forms import Form
from components.text import escape
from db.rules.contract import AmendmentTold, Contract, ContractChoices, SheetChoice
from db.rules.contract_form import LABELS, OBJECT_LENGTH, note_field
from db.rules.forms import Written
from db.rules.vocabulary import PlacementEntry

OPEN, NEW, CONTRACT = "avenant", "nouveau", "contrat"
DAY_HELP = "16/03/2026, 16 mars 2026"
END_HELP = "31/12/2029, décembre 2029 ou 2029"
Base = Callable[..., Mapping[str, Written]]
Command = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the forms need: the commands and the readings that the page hands over. `may_edit` is false for who merely
    reads, who sees nothing of them; `choices` and `organisations` are asked for when a form is open."""

    may_edit: bool
    amendment_base: Base
    contract_base: Base
    save_amendment: Command
    save_contract: Command
    remove_amendment: Command
    choices: Callable[[], ContractChoices]
    organisations: Callable[[], Sequence[str]]

    def elsewhere(self, show_preparation: Callable[[], None]) -> None:
        """For who coordinates and looks at what is published: where the contract is changed, and the way there."""
        with st.container(horizontal=True, vertical_alignment="center", key="contract_elsewhere"):
            view = f"«{formats.NBSP}En préparation{formats.NBSP}»"
            st.caption(f"Le contrat et ses avenants se modifient dans la vue {view}.", width="content")
            st.button("Passer en préparation", icon=":material/edit_note:", type="tertiary", on_click=show_preparation)

    @property
    def opened(self) -> str | None:
        """What the address opens: an avenant by its key, a new one, or the contract itself."""
        return st.query_params.get(OPEN) if self.may_edit else None

    def form(self, contract: Contract) -> bool:
        """The form that the address opens, alone on the page; whether there is one."""
        told = next((one for one in contract.amendments if str(one.id) == self.opened), None)
        if self.opened == CONTRACT:
            self._contract_form()
        elif told is not None or self.opened == NEW:
            self._amendment_form(contract, told)
        return told is not None or self.opened in (CONTRACT, NEW)

    def door(self) -> None:
        """« Modifier le contrat »."""
        if self.may_edit:
            _door("Modifier le contrat", ":material/edit:", CONTRACT)

    def compose(self) -> None:
        """« Nouvel avenant »."""
        if self.may_edit:
            _door("Nouvel avenant", ":material/add:", NEW)

    def doors(self, told: AmendmentTold) -> None:
        """What may be done with an avenant."""
        if not self.may_edit:
            return
        _door("Modifier", ":material/edit:", str(told.id))
        with st.popover("Supprimer", icon=":material/delete:", type="tertiary", width="content"):
            st.markdown(
                "Les fiches qu'il ajoutait redeviennent ce qu'elles étaient, le plus souvent « hors contrat initial », "
                "et celles qu'il retirait reviennent dans le plan ; la fin, le périmètre et les signataires qu'il "
                "changeait redeviennent comme avant."
            )
            st.button(
                f"Supprimer l'avenant n° {told.number}",
                key=f"remove_{told.id}",
                on_click=_remove,
                args=(self.remove_amendment, told),
            )

    def _contract_form(self) -> None:
        here = workspace.initiative()
        named = {"initiative_id": here.id, "on": workspace.today(here)}
        base = partial(self.contract_base, **named)
        form = Form(workspace.draft(f"contract:{here.id}", base))
        keep = partial(_keep, partial(self.save_contract, **named), "Le contrat")
        with st.container(border=True, key="contract_form"):
            st.header("Le contrat tel qu'il a été signé", anchor=False)
            settle(form, here.time_zone, keep)
            _contract_fields(form, self.choices(), self.organisations())
            form.actions("Enregistrer le contrat", partial(keep, form.draft.key), close)

    def _amendment_form(self, contract: Contract, told: AmendmentTold | None) -> None:
        here = workspace.initiative()
        amendment_id = told.id if told else None
        named = {"initiative_id": here.id, "on": workspace.today(here), "amendment_id": amendment_id}
        base = partial(self.amendment_base, **named)
        form = Form(workspace.draft(f"amendment:{here.id}:{amendment_id or NEW}", base))
        label = "Enregistrer l'avenant" if told else "Ajouter l'avenant"
        keep = partial(_keep, partial(self.save_amendment, **named), "L'avenant")
        with st.container(border=True, key="amendment_form"):
            st.header(f"Avenant n° {told.number}" if told else "Nouvel avenant", anchor=False)
            settle(form, here.time_zone, keep)
            _amendment_fields(form, self.choices(), self.organisations(), contract, amendment_id)
            form.actions(label, partial(keep, form.draft.key), close)


def _door(label: str, icon: str, opens: str) -> None:
    st.button(label, icon=icon, type="tertiary", key=f"open_{opens}", on_click=open_form, args=(opens,))


def open_form(opens: str) -> None:
    """Open a form of the page: the callback of a button."""
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[OPEN] = opens


def close() -> None:
    """Close the form, and leave the rest of the address alone."""
    for name in (OPEN, workspace.DRAFT):
        st.query_params.pop(name, None)


def _keep(command: Command, what: str, key: str, typed: dict[str, Written]) -> None:
    """Save what is typed; the form stays open, with everything in it, when it is refused."""
    number = f" n° {escape(str(typed['number']))}" if typed.get("number") else ""
    if workspace.act(command, key=key, typed=typed, closes=key, told=f"{what}{number} est enregistré."):
        st.query_params.pop(DAY, None)  # what was just written is seen as it is today
        close()


def _remove(command: Command, told: AmendmentTold) -> None:
    workspace.act(command, amendment_id=told.id, told=f"L'avenant n° {told.number} est supprimé.")


def _contract_fields(form: Form, choices: ContractChoices, organisations: Sequence[str]) -> None:
    st.caption("Ce que les avenants ont changé depuis s'écrit dans chacun d'eux.")
    for column, (name, placeholder) in zip(
        st.columns(3),
        (("signed_on", DAY_HELP), ("starts_on", "mars 2024"), ("ends_on", "31/12/2028")),
        strict=True,
    ):
        with column:
            form.line(name, LABELS[name], placeholder=placeholder)
    form.several("signatories", "Signataires à l'origine", organisations, new=True)
    form.several("territories", "Communes et intercommunalités couvertes à l'origine", choices.territories, new=True)


def _amendment_fields(
    form: Form, choices: ContractChoices, organisations: Sequence[str], contract: Contract, amendment_id: int | None
) -> None:
    number, signed, ends = st.columns([1, 2, 2])
    with number:
        form.line("number", LABELS["number"])
    with signed:
        form.line("signed_on", LABELS["signed_on"], placeholder=DAY_HELP)
    with ends:
        form.line("new_ends_on", f"{LABELS['new_ends_on']} (si elle change)", placeholder=END_HELP)
    form.area(
        "object",
        f"{LABELS['object']} ({formats.number(OBJECT_LENGTH)} signes au plus)",
        placeholder="Ce que l'avenant change, et pourquoi",
    )
    left, right = st.columns(2, gap="large")
    with left:
        _sheet_fields(form, choices, amendment_id)
    with right:
        covered = sorted({ground.label for ground in contract.grounds if ground.ends_on is None})
        form.several(
            "entering",
            LABELS["entering"],
            [label for label in choices.territories if label not in covered],
            new=True,
            placeholder="Communes, intercommunalités",
        )
        form.several("leaving", LABELS["leaving"], covered, placeholder="Parmi ce qui est couvert")
        form.several("signatories", "Signataires de l'avenant", organisations, new=True)
        st.caption("Une structure qui n'avait pas signé le contrat en devient signataire à la date de l'avenant.")


def _sheet_fields(form: Form, choices: ContractChoices, amendment_id: int | None) -> None:
    here = [sheet for sheet in choices.sheets if sheet.until is None]
    addable = [sheet for sheet in here if sheet.amendment_id in (None, amendment_id)]
    addable.sort(key=lambda sheet: sheet.entry is not PlacementEntry.UNPLANNED)
    entries = {sheet.label: sheet.entry for sheet in choices.sheets}
    form.several(
        "added",
        LABELS["added"],
        _labels(addable),
        placeholder="Les actions hors contrat initial d'abord",
        format_func=lambda label: _marked(label, entries.get(label)),
    )
    form.several("withdrawn", LABELS["withdrawn"], _labels(here))
    rewritten = form.several("rewritten", LABELS["rewritten"], _labels(here))
    keys = {sheet.label: sheet.placement_id for sheet in choices.sheets}
    for label in rewritten:
        if label in keys:
            form.line(note_field(keys[label]), f"Ce qui change dans « {escape(label)} »", placeholder="Facultatif")


def _labels(sheets: Sequence[SheetChoice]) -> list[str]:
    return [sheet.label for sheet in sheets]


def _marked(label: str, entry: PlacementEntry | None) -> str:
    """The sheets that no contract holds yet are told among the others."""
    return f"{label} · {entry.label_fr}" if entry is PlacementEntry.UNPLANNED else label

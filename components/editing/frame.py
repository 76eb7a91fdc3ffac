"""The frame of a section being edited: « Modifier » beside its title, then its form in its place, conflicts first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from components import forms, notices, workspace
from components.editing import fields
from components.filters import HEARD, OPEN, SHEET, kept
from components.forms import Form
from components.text import escape
from db.rules.choices import EditChoices
from db.rules.forms import Clash, Written
from db.rules.plan import SheetRow
from db.rules.sections import LABELS, Section, subject_of
from db.rules.sheet import Appearance
from db.rules.vocabulary import MilestoneState, PlacementRole

Base = Callable[..., Mapping[str, Written]]
Save = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Editor:
    """What the sections of a fiche need to be edited; `may_edit` is false for who merely reads, who sees nothing of it.

    `base` gives what the fields of a section hold and `save` writes them: commands, that the page hands over.
    `choices` gives what may be chosen, asked for when a form is open.
    """

    sheet: SheetRow
    may_edit: bool
    base: Base
    save: Save
    choices: Callable[[], EditChoices]

    @property
    def opened(self) -> Section | None:
        """The section that the address opens."""
        asked = st.query_params.get(OPEN)
        return Section(asked) if self.may_edit and asked in set(Section) else None

    def takes(self, section: Section, title: str) -> bool:
        """Draw the title of a section with its way to be edited; True when its form then stands in its place."""
        if not self.may_edit:
            st.header(title)
            return False
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.header(title, width="content")
            if self.opened is not section:
                self.door(section, "Modifier")
        if self.opened is section:
            self.form(section)
        return self.opened is section

    def door(self, section: Section, label: str, *, primary: bool = False) -> None:
        """The button that opens a section."""
        st.button(
            label,
            icon=":material/edit:",
            type="primary" if primary else "tertiary",
            key=f"edit_{section.value}",
            help=section.label_fr,
            on_click=open_section,
            args=(section,),
        )

    def form(self, section: Section) -> None:
        """The form of a section, on the draft of the person who fills it."""
        form = form_of(self.sheet, section, self.base)
        with st.container(border=True, key="section_form"):
            form.resumed()
            settle(form, workspace.initiative().time_zone, self._keep)
            fields.DRAWN[section](form, self.sheet, self.choices())
            form.actions("Enregistrer", partial(self._keep, form.draft.key), close_section)

    def _keep(self, key: str, typed: dict[str, Written]) -> None:
        """Save what is typed; the form stays open, with everything in it, when it is refused."""
        if save(self.save, key, typed):
            close_section()


def form_of(sheet: SheetRow, section: Section, base: Base) -> Form:
    """The form of a section of a fiche, on the draft of the person who fills it."""
    on = workspace.today(workspace.initiative())
    held = partial(base, sheet_id=sheet.sheet_id, section=section, on=on)
    return Form(workspace.draft(subject_of(sheet.sheet_id, section), held))


def save(command: Save, key: str, typed: Mapping[str, Written]) -> bool:
    """Save the form of a section; whether it was done."""
    here = workspace.initiative()
    return workspace.act(command, key=key, typed=typed, on=workspace.today(here), told=workspace.saved_now(), of=key)


def settle(form: Form, zone: str, keep: Callable[[str, dict[str, Written]], None]) -> None:
    """When somebody else wrote the same fields: both values, and one button once each is chosen."""
    clashes = notices.clashes(form.draft.key)
    if not clashes:
        return
    chosen = forms.choose(form, clashes, LABELS, zone)
    st.button(
        "Enregistrer ces choix",
        type="primary",
        key=f"settle_{form.draft.key}",
        disabled=len(chosen) < len(clashes),
        on_click=_settled,
        args=(form, clashes, chosen, keep),
    )


def _settled(
    form: Form, clashes: tuple[Clash, ...], chosen: Mapping[str, str], keep: Callable[[str, dict[str, Written]], None]
) -> None:
    """What was chosen becomes what is typed, on what the others wrote; then the form is saved.

    Of a series, their entry is there already: nothing is said again under another name.
    """
    typed = form.values()
    workspace.rebase(form.draft.key, {clash.field: clash.theirs for clash in clashes})
    for clash in clashes:
        if chosen[clash.field] == forms.THEIRS:
            typed[clash.field] = None if clash.field in form.entries else clash.theirs
            form.set(clash.field, typed[clash.field])
    keep(form.draft.key, typed)
    if set(chosen.values()) == {forms.THEIRS}:
        notices.say("Ce qui était écrit avant vous est gardé.")


def tick(command: Save, milestone_id: int, was: MilestoneState, is_done: bool) -> None:
    """Tick an étape, or untick it, where it is read; `was` is the state in which it is shown."""
    here = workspace.initiative()
    said = "Étape franchie." if is_done else "Étape à venir de nouveau."
    workspace.act(command, milestone_id=milestone_id, was=was, is_done=is_done, on=workspace.today(here), told=said)


def edited_elsewhere(elsewhere: Sequence[Appearance]) -> None:
    """For who coordinates a plan that borrows the fiche: the plan it comes from, where it is edited for both."""
    home = next((plan for plan in elsewhere if plan.role is PlacementRole.OWNER), None)
    if home is None:
        st.caption("Cette fiche se modifie dans son plan d'origine, qui ne vous est pas ouvert.")
        return
    with st.container(horizontal=True, vertical_alignment="center", key="edited_elsewhere"):
        st.caption("Cette fiche se modifie dans son plan d'origine ; elle change alors dans les deux.", width="content")
        address = {workspace.CHOSEN: home.initiative_code, SHEET: str(home.placement_id)}
        name = escape(home.initiative_name)
        st.page_link("sheet.py", label=name, icon=":material/edit:", query_params=kept(**address), width="content")


def open_section(section: Section) -> None:
    """Open the form of a section of the fiche of the page."""
    st.query_params.pop(workspace.DRAFT, None)
    st.query_params[OPEN] = section.value


def close_section() -> None:
    """Close the form, and leave the address of the fiche alone."""
    for name in (OPEN, HEARD, workspace.DRAFT):
        st.query_params.pop(name, None)

"""A fiche action as its page shows it: its head, what it is, what happens. It reads like the paper one."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import streamlit as st

from components import formats, lists, publishing, tables, theme, workspace
from components.editing.frame import Editor
from components.filters import back, kept
from components.plan_views import SHEET_PAGE, leads, progress_words, span
from components.text import escape, item, paragraphs
from db.rules.lateness import LateKind, LateReason
from db.rules.plan import PlanState, SheetRow
from db.rules.sections import Section
from db.rules.sheet import Appearance, DecisionNote, Objective, SheetDetail, SheetWord, Step, WeatherNote
from db.rules.text import fold
from db.rules.vocabulary import (
    Absence,
    InvolvementRole,
    MilestoneState,
    ObjectiveLevel,
    PlacementEntry,
    PlacementRole,
    Vocabulary,
)

Tick = Callable[[int, MilestoneState, bool], None]
PLAN_PAGE = "plan.py"
PREVIOUS_WEATHERS = 11

STEP_ICONS = {
    MilestoneState.PLANNED: ":gray[:material/radio_button_unchecked:]",
    MilestoneState.ONGOING: ":blue[:material/timelapse:]",
    MilestoneState.DONE: ":green[:material/check_circle:]",
    MilestoneState.DROPPED: ":gray[:material/cancel:]",
}

ROLE_TITLES = {
    InvolvementRole.LEAD: "Pilote",
    InvolvementRole.LEAD_CONTACT: "Personne pilote",
    InvolvementRole.CO_LEAD: "Copilotes",
    InvolvementRole.ELECTED_LEAD: "Élu·e référent·e",
    InvolvementRole.PARTNER: "Partenaires",
    InvolvementRole.BENEFICIARY: "Bénéficiaires",
}


def find(state: PlanState, asked: str | None) -> SheetRow | None:
    """The sheet that the address names; None when this plan, as it is shown, has none."""
    return next((sheet for sheet in state.sheets if str(sheet.placement_id) == asked), None)


def keep_address(sheet: SheetRow) -> None:
    """Name the fiche in the browser's address: a link from one fiche to the next would leave the first one there."""
    st.query_params["fiche"] = str(sheet.placement_id)


def way(sheet: SheetRow, selection: Sequence[SheetRow]) -> None:
    """Back to the plan as it was left, and the fiches before and after this one among those the filters left there.

    Nothing for who reads this fiche alone, by a link.
    """
    if workspace.link() is not None:
        return
    here = selection.index(sheet)
    before = selection[here - 1] if here else None
    after = selection[here + 1] if here + 1 < len(selection) else None
    with st.container(horizontal=True, horizontal_alignment="distribute", key="sheet_way"):
        st.page_link(PLAN_PAGE, label="Plan d'action", icon=":material/arrow_back:", query_params=back())
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.caption(f"{here + 1} sur {len(selection)}", width="content")
            if before:
                _neighbour(before, "Précédente", ":material/chevron_left:", "left")
            if after:
                _neighbour(after, "Suivante", ":material/chevron_right:", "right")


def _neighbour(sheet: SheetRow, words: str, icon: str, side: Literal["left", "right"]) -> None:
    label = f"{words} : {escape(sheet.code)}" if sheet.code else words
    here = kept(fiche=str(sheet.placement_id))
    st.page_link(SHEET_PAGE, label=label, icon=icon, icon_position=side, help=escape(sheet.title), query_params=here)


def head(state: PlanState, sheet: SheetRow, detail: SheetDetail, editor: Editor) -> None:
    """Where the fiche stands, its title, its state in badges, and why it is late when it is."""
    names = {node.id: node.label for node in state.axes}
    path = " › ".join(escape(names[key]) for key in sheet.axis_path)
    st.title(escape(sheet.label))
    st.caption(" · ".join(part for part in (path, *_origin(sheet, detail)) if part))
    st.markdown(f"{_badges(sheet)} &nbsp; {_progress(sheet, detail)}")
    lines = [*map(_late, sheet.lateness.reasons), *_status_lines(sheet, detail)]
    if lines:
        st.markdown("  \n".join(lines))
    if sheet.missing:
        st.markdown(f":violet[:material/edit_note: {lists.missing(sheet, state.on)}]")
    if sheet.plain_line:
        st.info(f"**En clair** : {escape(sheet.plain_line)}", icon=":material/campaign:")
    if not editor.may_edit:
        return
    if editor.opened in (Section.NEWS, Section.IDENTITY):
        editor.form(editor.opened)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sheet_doors"):
        editor.door(Section.NEWS, "Donner des nouvelles", primary=True)
        editor.door(Section.IDENTITY, "Titre et place")
        publishing.door_of(sheet, detail)


def _origin(sheet: SheetRow, detail: SheetDetail) -> list[str]:
    entry = sheet.entry.label_fr
    if sheet.entry is PlacementEntry.AMENDMENT and detail.amendment is not None:
        entry = f"par avenant n° {detail.amendment}"
    apart = [f"fiche publiée le {formats.day(detail.published_on)}"] if detail.published_on else []
    return [entry, *map(_elsewhere, detail.elsewhere), *apart]


def _elsewhere(plan: Appearance) -> str:
    code = f", fiche {escape(plan.code)}" if plan.code else ""
    verb = "vient du" if plan.role is PlacementRole.OWNER else "figure aussi au"
    return f"{verb} plan {escape(plan.initiative_name)}{code}"


def _badges(sheet: SheetRow) -> str:
    parts = [theme.status_badge(sheet.status, sheet.outcome)]
    if sheet.is_late:
        parts.append(theme.late_badge())
    if sheet.to_discuss:
        parts.append(theme.to_discuss_badge())
    if sheet.weather is not None:
        when = f" au {formats.short_day(sheet.weather_on)}" if sheet.weather_on else ""
        parts.append(f"&nbsp; météo : {theme.weather_text(sheet.weather)}{when}")
    return " ".join(parts)


def _progress(sheet: SheetRow, detail: SheetDetail) -> str:
    steps = f" · {sheet.progress.milestones_fr}" if sheet.progress.milestones_fr else ""
    if sheet.progress.percent is None and not sheet.is_continuous:
        return f"avancement : {formats.nothing(Absence.NOT_PROVIDED)}{steps}"
    heard = detail.progress_gathered if sheet.progress.declared_on else None
    return f"avancement : {progress_words(sheet)}{f', {formats.gathered(heard)}' if heard else ''}{steps}"


def _late(reason: LateReason) -> str:
    due = formats.fuzzy(reason.due.day, reason.due.precision)
    step = f" « {escape(reason.label)} »" if reason.label else ""
    return f":{theme.LATE.markdown}[{theme.LATE.material} En retard : {reason.kind.label_fr}{step} ({due})]"


def _status_lines(sheet: SheetRow, detail: SheetDetail) -> list[str]:
    """What was said with the status: until when, why, who can unblock, the word of the file."""
    said = detail.status
    lines = {
        "Reportée jusqu'au": formats.fuzzy(sheet.until.day, sheet.until.precision) if sheet.until else None,
        "Motif": said.reason if said else None,
        "Qui peut débloquer": said.unblocked_by if said else None,
        "Précision": said.comment if said else None,
        "Statut": formats.gathered(said.gathered) if said and said.gathered else None,
        "Statut écrit dans le fichier": _word_of_the_file(sheet),
    }
    return [f"**{label}** : {escape(text)}" for label, text in lines.items() if text]


def _word_of_the_file(sheet: SheetRow) -> str | None:
    """The word that the source had, where it is not the one shown."""
    shown = sheet.status.label_fr if sheet.status else ""
    same = sheet.status_word is None or fold(sheet.status_word) == fold(shown)
    return None if same else f"« {sheet.status_word} »"


def what_it_is(detail: SheetDetail, editor: Editor) -> None:
    """The left column: what the fiche says of itself. What nobody filled is left out, save the essential."""
    if not editor.takes(Section.RATIONALE, "Ce qu'elle est"):
        st.markdown(_sections(_long_texts(detail)))
    if editor.may_edit and editor.takes(Section.REACH, "Pour qui, où"):
        return
    rows = [{"repère": f"**{name}**", "texte": said} for name, said in _landmarks(detail).items()]
    tables.show(rows, hide_header=True)


def precisions(detail: SheetDetail, editor: Editor) -> None:
    """What a fiche may say besides: means, levers, documents, notes; its title is there when there are some."""
    texts = _more_texts(detail)
    if not editor.may_edit and not any(texts.values()):
        return
    if not editor.takes(Section.MORE, "Moyens et précisions"):
        st.markdown(_sections(texts) or ":gray[*Rien n'est encore écrit.*]")


def _sections(texts: dict[str, str]) -> str:
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in texts.items() if text)


def _long_texts(detail: SheetDetail) -> dict[str, str]:
    text, nothing = detail.text, formats.nothing(Absence.NOT_PROVIDED)
    return {
        "Constat": _paragraphs(text.rationale) or nothing,
        "Descriptif": _paragraphs(text.description),
        "Objectifs": _objectives(detail.objectives) or nothing,
        "Résultats attendus": _paragraphs(text.expected_results),
    }


def _landmarks(detail: SheetDetail) -> dict[str, str]:
    """The short facts of the fiche, by their name."""
    text, nothing = detail.text, formats.nothing(Absence.NOT_PROVIDED)
    expected = {
        "Publics": _words(detail.words_of(Vocabulary.TARGET_GROUP), text.target_text),
        "Déterminants de santé": _determinants(detail.words_of(Vocabulary.DETERMINANT)),
        "Territoires et milieux": _places(detail),
    }
    optional = {
        "Participation citoyenne": _participation(detail),
        "Articulation avec le PRS": _paragraphs(text.regional_link),
        "Dispositifs liés": _words(detail.words_of(Vocabulary.LINKED_SCHEME), None),
        "Thèmes": _words(detail.words_of(Vocabulary.THEME), None),
    }
    said = {name: value or nothing for name, value in expected.items()}
    return {**said, **{name: value for name, value in optional.items() if value}}


def _more_texts(detail: SheetDetail) -> dict[str, str]:
    text = detail.text
    return {
        "Moyens humains et techniques": _paragraphs(text.means),
        "Instances de gouvernance": _paragraphs(text.governance_text),
        "Actions liées": _paragraphs(text.linked_actions),
        "Action antérieure": _paragraphs(text.previous_action),
        "Leviers": _paragraphs(text.levers),
        "Points de vigilance": _paragraphs(text.risks),
        "Évaluation": _paragraphs(text.evaluation_text),
        "Documents et liens": _paragraphs(text.links),
        "Notes": _paragraphs(text.notes),
    }


def _paragraphs(text: str | None) -> str:
    return paragraphs(text) if text else ""


def _objectives(objectives: Iterable[Objective]) -> str:
    lines = []
    for node in objectives:
        number = f"{escape(node.code)} " if node.code else ""
        text = number + escape(node.text)
        lines.append("    " * node.depth + (f"- **{text}**" if node.level is ObjectiveLevel.GENERAL else f"- {text}"))
    return "\n".join(lines)


def _words(words: Sequence[SheetWord], precisions: str | None) -> str:
    listed = " · ".join(escape(word.label) for word in words)
    return "  \n".join(part for part in (listed, _paragraphs(precisions)) if part)


def _determinants(words: Sequence[SheetWord]) -> str:
    lines = []
    for word in words:
        family = f"{escape(word.parent)} › " if word.parent else ""
        rank = {None: "", 1: " :gray[(principal)]"}.get(word.rank, " :gray[(secondaire)]")
        lines.append(f"{family}{escape(word.label)}{rank}")
    return "  \n".join(lines)


def _places(detail: SheetDetail) -> str:
    """The scale of the fiche, then its places, those of a kind together."""
    lines = [escape(formats.sentence_case(detail.text.geo_scope.label_fr))] if detail.text.geo_scope else []
    by_kind: dict[str, list[str]] = {}
    for place in detail.places:
        when = f" ({formats.fuzzy(place.on.day, place.on.precision)})" if place.on else ""
        by_kind.setdefault(place.kind, []).append(escape(place.label) + when)
    lines += [(f":gray[{kind} :] " if kind else "") + ", ".join(named) for kind, named in by_kind.items()]
    return "  \n".join([*lines, *filter(None, [_paragraphs(detail.text.territory_text)])])


def _participation(detail: SheetDetail) -> str:
    level = formats.sentence_case(detail.text.participation.label_fr) if detail.text.participation else ""
    return "  \n".join(part for part in (level, _paragraphs(detail.text.participation_text)) if part)


def steps(detail: SheetDetail, sheet: SheetRow, editor: Editor, tick: Tick) -> None:
    """The calendar of the fiche, and its étapes with what was due and what was done; ticked in place by who may.

    `tick` is given the étape, the state in which it is shown, and whether it is done.
    """
    if editor.takes(Section.CALENDAR, "Calendrier et étapes"):
        return
    calendar = f"\n\n{paragraphs(detail.text.calendar_text)}" if detail.text.calendar_text else ""
    continuous = " · action continue ou récurrente" if sheet.is_continuous else ""
    overdue = {reason.label for reason in sheet.lateness.reasons if reason.kind is LateKind.MILESTONE}
    facts = [_step_facts(step, step.label in overdue) for step in detail.steps]
    lines = [
        f"- {STEP_ICONS[step.state]} {escape(step.label)}  \n{told}"
        for step, told in zip(detail.steps, facts, strict=True)
    ]
    listed = "" if editor.may_edit else "\n".join(lines)
    nothing = "Aucune étape n'est décrite." if not detail.steps else ""
    st.markdown(f"{span(sheet.starts, sheet.ends)}{continuous}{calendar}\n\n{listed}{nothing}")
    if editor.may_edit:
        for step, told in zip(detail.steps, facts, strict=True):
            _tickable(step, told, tick)


def _tickable(step: Step, facts: str, tick: Tick) -> None:
    """The étape to tick, named by its title alone: what is said of it, in colours, stands beside it."""
    is_done = step.state is MilestoneState.DONE
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"step_{step.id}"):
        # The key says the state: a tick refused, or taken back, is drawn as it stands.
        st.checkbox(
            escape(step.label),
            value=is_done,
            key=f"step_{step.id}_{step.state.value}",
            on_change=tick,
            args=(step.id, step.state, not is_done),
        )
        st.markdown(f":small[{facts}]", width="content")


def _step_facts(step: Step, is_overdue: bool) -> str:
    done = f"franchie : {formats.short_fuzzy(step.done.day, step.done.precision)}" if step.done else None
    state = done or step.state.label_fr
    due = f"échéance {formats.short_fuzzy(step.due.day, step.due.precision)}" if step.due else ""
    word = f"« {escape(step.word)} » dans le fichier" if step.word else ""
    facts = " · ".join(part for part in (state, due, escape(step.lead or ""), word) if part)
    colour = theme.LATE.markdown if is_overdue and step.state is not MilestoneState.DONE else "gray"
    return f":{colour}[{facts}]"


def weather(detail: SheetDetail) -> None:
    """The last météo, signed and dated; the previous ones on demand."""
    st.header("Météo")
    if not detail.weathers:
        st.markdown("La météo de cette fiche n'a pas encore été donnée.")
        return
    last, *previous = detail.weathers
    st.markdown(_weather(last))
    if previous:
        with st.expander(f"Météos précédentes ({len(previous)})", on_change="rerun") as older:
            if older.open:
                st.markdown("\n\n---\n\n".join(map(_weather, previous[:PREVIOUS_WEATHERS])))


def _weather(note: WeatherNote) -> str:
    when = formats.day(note.on) if note.on else "date inconnue"
    signed = f", {escape(note.signed_by)}" if note.signed_by else ""
    heard = f", {formats.gathered(note.gathered)}" if note.gathered else ""
    draft = " :gray-badge[en préparation]" if note.in_preparation else ""
    told = {
        "Déjà fait": note.done,
        "À faire": note.todo,
        "Freins": note.obstacles,
        "À valoriser": note.highlights,
        "Commentaire": note.comment,
    }
    lines = [f"- **{label}** : {item(text)}" for label, text in told.items() if text]
    return f"**{theme.weather_text(note.weather)}** · {when}{signed}{heard}{draft}\n\n" + "\n".join(lines)


def decisions(notes: Sequence[DecisionNote]) -> None:
    """What bodies decided about the fiche; nothing when they never did."""
    if notes:
        st.header("Décisions")
        st.markdown("\n".join(f"- {_decision(note)}" for note in notes))


def _decision(note: DecisionNote) -> str:
    due = f" · échéance {formats.short_day(note.due_on)}" if note.due_on else ""
    where = f"{escape(note.body)} du {formats.day(note.taken_on)}, n° {escape(note.number)}"
    return f"{escape(note.text)}  \n:gray[{where} · {note.status.label_fr}{due}]"


def partners(sheet: SheetRow, detail: SheetDetail, editor: Editor) -> None:
    """Who takes part in the fiche, role by role."""
    if editor.takes(Section.PARTNERS, "Qui y prend part"):
        return
    has_lead = any(part.role is InvolvementRole.LEAD for part in detail.parts)
    lines = [] if has_lead else [f"- **Pilote** : {leads(sheet)}"]
    for role, title in ROLE_TITLES.items():
        named = [_part(part.name, part.function) for part in detail.parts if part.role is role]
        if named:
            lines.append(f"- **{title}** : {', '.join(named)}")
    if detail.text.lead_service:
        lines.append(f"- **Direction ou service pilote** : {escape(detail.text.lead_service)}")
    st.markdown("\n".join(lines))


def _part(name: str, function: str | None) -> str:
    return f"{escape(name)} :gray[({escape(function)})]" if function else escape(name)

"""A section of a fiche saved: what was typed is written where nobody wrote meanwhile, else both values are shown."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.commands import drafts
from db.commands.common import writable
from db.commands.editing.columns import COLUMNS, PLACE
from db.commands.editing.groups import Desk, Group, Values, same
from db.commands.editing.lists import PART_LISTS, PLACES, TERM_LISTS
from db.commands.editing.news import PROGRESS, STATUS, WEATHER
from db.commands.editing.trees import OBJECTIVES, STEPS
from db.errors import Conflict, Invalid, Refused
from db.journal import acting, row_values
from db.models import MODELS, ActionSheet, Actor, JournalEntry
from db.rules.forms import Clash, Written, digest
from db.rules.sections import FIELDS, LABELS, Section, section_of
from db.viewer import UNKNOWN, Viewer

GROUPS: tuple[Group, ...] = (
    COLUMNS, PLACE, TERM_LISTS, PLACES, PART_LISTS, OBJECTIVES, STEPS, STATUS, PROGRESS, WEATHER,
)  # fmt: skip
GROUP_OF = {name: group for group in GROUPS for name in group.fields}
ABOUT_NEWS = ("on", "gathered", "gathered_on")
"""What is said of the news themselves: written with whatever they say, and nothing alone."""
NO_LONGER = (
    "Vous n'avez plus le droit d'écrire dans cette fiche : rien n'a été enregistré. Ce que vous avez tapé reste dans "
    "votre brouillon ; demandez à la coordination si c'est une erreur."
)
OF_COLUMNS = ("action_sheet", "placement")
"""The tables of which a line says which field it changed; a row of the others is the field itself."""


def held_at(desk: Desk, sheets: Sequence[int], fields: Iterable[str]) -> dict[int, dict[str, Written]]:
    """What these fields hold, fiche by fiche: a few queries a group of fields, however many fiches there are."""
    wanted = [name for name in fields if name in GROUP_OF]
    groups = [group for group in GROUPS if any(name in group.fields for name in wanted)]
    read = [group.read(desk, sheets) for group in groups]
    return {
        sheet: {name: values for told in read for name, values in told.get(sheet, {}).items() if name in wanted}
        for sheet in sheets
    }


def section_base(session: Session, viewer: Viewer, *, sheet_id: int, section: Section, on: date) -> dict[str, Written]:
    """What the fields of a section hold when its form is opened."""
    desk = Desk(session, viewer, writable(session, viewer, sheet_id), on)
    return held_at(desk, [sheet_id], FIELDS[section])[sheet_id]


def save_section(
    session: Session,
    viewer: Viewer,
    *,
    key: str,
    typed: Values,
    on: date,
) -> None:
    """Save the form of a draft; `typed` is what its fields hold.

    Fields that nobody else touched are written, whatever happened to the others. Raises Conflict with both values of
    each field that somebody else changed since the form was opened: nothing is written, the draft is kept. Raises
    Invalid with every value that cannot be kept as it is. The same form sent twice is one act.
    """
    draft, opened_at = drafts.draft_of(session, viewer, key)
    about = section_of(draft.subject)
    if about is None:
        raise Refused(UNKNOWN)
    sheet_id, section = about
    home = _still_writable(session, viewer, sheet_id)
    desk = Desk(session, viewer, home, on)
    current = held_at(desk, [sheet_id], FIELDS[section])[sheet_id]
    changed = _changed(typed, draft.base, current)
    clashes = clashing(session, sheet_id, changed, draft.base, current, opened_at)
    if clashes:
        raise Conflict(_sentence(clashes), clashes=clashes)
    new = {name: value for name, value in changed.items() if _adds(name) or not same(value, current.get(name))}
    of_news = {name: typed.get(name) for name in ABOUT_NEWS}
    if not new and section is Section.NEWS and any(of_news.values()):
        what = "Une date seule" if of_news["on"] else "Un recueil seul"
        raise Invalid(f"{what} ne dit rien : ajoutez un statut, un avancement ou une météo, puis enregistrez.")
    if new and journal.once(session, f"{key}:{digest(typed)}"):
        label = _label(session.get_one(ActionSheet, sheet_id), section, new)
        with acting(session, viewer.actor_id, "save_section", label, home):
            write(desk, sheet_id, {**current, **of_news, **new}, new)
    drafts.close_draft(session, viewer, key)


def _still_writable(session: Session, viewer: Viewer, sheet_id: int) -> int:
    """The initiative that owns the sheet of a form; `Refused` when its right was lost since the form was opened."""
    try:
        return writable(session, viewer, sheet_id)
    except Refused:
        raise Refused(NO_LONGER) from None


def write(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    """Write the fields that changed, group by group, inside an act. Raises Invalid with all that cannot be kept."""
    refused = []
    for group in GROUPS:
        mine = [name for name in group.fields if name in changed]
        if not mine:
            continue
        try:
            group.write(desk, sheet_id, dict.fromkeys(group.fields) | dict(values), mine)
        except Invalid as problem:
            refused.append(problem.message)
    if refused:
        raise Invalid("\n\n".join(dict.fromkeys(refused)))  # a date is read by each group: said once


def _adds(name: str) -> bool:
    return GROUP_OF[name].adds


def _changed(typed: Values, base: Values, current: Values) -> dict[str, Written]:
    """What the person wrote: fields that no longer say what they said when the form was opened; of a series, whatever
    is said at all."""
    told: dict[str, Written] = {}
    for name, value in typed.items():
        if name not in GROUP_OF or name not in current:
            continue
        group = GROUP_OF[name]
        tidied = group.tidy(name, value)
        if (group.adds and tidied) or (not group.adds and not same(tidied, group.tidy(name, base.get(name)))):
            told[name] = tidied
    return told


def clashing(
    session: Session, sheet_id: int, changed: Values, base: Values, current: Values, since: int
) -> tuple[Clash, ...]:
    """The fields that somebody else changed since, to something else than what is typed. Of a series, an entry that
    says nothing of a field changes nothing of it."""
    found = []
    for name, value in changed.items():
        theirs = current.get(name)
        if same(theirs, base.get(name)) or same(theirs, value) or (_adds(name) and not theirs):
            continue
        author = author_of(session, sheet_id, name, since)
        found.append(
            Clash(
                name,
                LABELS[name],
                base.get(name),
                theirs,
                value,
                author.label if author else None,
                author and author.at,
            )
        )
    return tuple(found)


class Author(NamedTuple):
    """Who wrote something, and when."""

    label: str
    at: datetime


def author_of(session: Session, sheet_id: int, name: str, since: int) -> Author | None:
    """Who last wrote a field of a fiche after a line of the journal; None when the journal does not say."""
    group = GROUP_OF[name]
    column = group.columns.get(name, name)
    j = JournalEntry
    lines = session.execute(
        select(j.table, j.row_key, j.before, j.after, Actor.label, j.at_utc)
        .join(Actor, Actor.id == j.actor_id)
        .where(j.seq > since, j.table.in_(group.tables))
        .order_by(j.seq.desc())
    )
    for table, key, before, after, label, at in lines:
        told = {**(before or {}), **(after or {})}
        if table in OF_COLUMNS and column not in told:
            continue
        about = _about(session, table, key, told)
        if about.get("sheet_id") == sheet_id and group.holds(session, name, about):
            return Author(label, at)
    return None


def _about(session: Session, table: str, key: str, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the row that a line of the journal changed says: by the line itself, else by the row."""
    if table == ActionSheet.__tablename__:
        return {"sheet_id": int(key)}
    row = session.get(MODELS[table], int(key))
    return {**(row_values(row) if row is not None else {}), **told}


def _sentence(clashes: Sequence[Clash]) -> str:
    names = ", ".join(f"« {clash.label} »" for clash in clashes)
    who = {clash.author for clash in clashes if clash.author}
    by = f" par {', '.join(sorted(who))}" if who else ""
    changed = "valeur modifiée" if len(clashes) == 1 else "valeurs modifiées"
    return (
        f"{names} : {changed}{by} pendant que vous écriviez. Rien n'a été écrasé, ce que vous avez tapé est gardé : "
        "choisissez ci-dessous la valeur à garder, puis enregistrez."
    )


def _label(sheet: ActionSheet, section: Section, changed: Collection[str]) -> str:
    """« Modification de la fiche « Bus santé » : constat, descriptif »."""
    what = "Nouvelles" if section is Section.NEWS else "Modification"
    fields = ", ".join(LABELS[name].lower() for name in LABELS if name in changed)
    return f"{what} de la fiche « {sheet.title} » : {fields}"

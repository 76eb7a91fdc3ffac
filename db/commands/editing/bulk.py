"""One change made to many fiches of a plan, as one act that is all or nothing."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.commands.editing.groups import Desk, Values, same
from db.commands.editing.save import GROUP_OF, author_of, held_at, write
from db.errors import Conflict, Invalid
from db.journal import acting
from db.models import ActionSheet, Placement
from db.rights import Operation
from db.rules.forms import Written
from db.rules.sections import LABELS
from db.rules.text import numbered
from db.rules.vocabulary import PlacementRole
from db.viewer import Viewer, require

FIELDS = ("status", "starts", "ends", "leads", "progress", "axis")
"""What may be changed on many fiches at once."""
SHOWN = 8


def change_sheets(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    seen: Mapping[int, Values],
    since: int,
    values: Values,
    on: date,
) -> None:
    """Write the same values in many fiches of one home plan.

    `seen` is what each fiche held, field by field, when the person decided; `since` the last line of the journal then.
    Raises Conflict, naming the fiches that somebody changed meanwhile, and Invalid, naming those that cannot take the
    change; nothing is written then. TypeError for a field that is not one of FIELDS.
    """
    require(viewer, Operation.WRITE, initiative_id)
    if not set(values) <= set(FIELDS):
        raise TypeError(f"not changed on many fiches at once: {', '.join(set(values) - set(FIELDS))}")
    if not seen or not values:
        raise Invalid("Choisissez au moins une fiche, et ce qui change.")
    names = _names(session, initiative_id, seen)
    desk = Desk(session, viewer, initiative_id, on)
    current = held_at(desk, list(seen), _read_with(values))
    _refuse_changed(session, names, seen, current, values, since)
    label = f"{' et '.join(LABELS[name] for name in values)} : {len(seen)} fiche{'s' if len(seen) > 1 else ''}"
    with acting(session, viewer.actor_id, "change_sheets", label, initiative_id), session.no_autoflush:
        refused = []
        for sheet_id, held in current.items():
            tidied = {name: GROUP_OF[name].tidy(name, value) for name, value in values.items()}
            new = {n: v for n, v in tidied.items() if GROUP_OF[n].adds or not same(v, held.get(n))}
            try:
                write(desk, sheet_id, {**held, **new}, new)
            except Invalid as problem:
                refused.append(f"{names[sheet_id]} : {problem.message}")
        if refused:
            raise Invalid("Rien n'a été écrit.\n\n" + "\n\n".join(_few(refused)))
        session.flush()


def seen_by(
    session: Session, viewer: Viewer, initiative_id: int, on: date, sheet_ids: tuple[int, ...], fields: tuple[str, ...]
) -> tuple[dict[int, dict[str, Written]], int]:
    """What these fields of these fiches hold now, and the last line of the journal: what `change_sheets` is given."""
    require(viewer, Operation.WRITE, initiative_id)
    desk = Desk(session, viewer, initiative_id, on)
    return held_at(desk, list(sheet_ids), fields), journal.newest(session)


def _read_with(values: Values) -> list[str]:
    """The fields typed, and those that are written with them."""
    return [name for field in values for name in GROUP_OF[field].fields]


def _names(session: Session, initiative_id: int, seen: Mapping[int, Values]) -> dict[int, str]:
    """The fiches by their number and title; `Invalid` when one is not, or no longer, at home in this plan."""
    rows = session.execute(
        select(Placement.sheet_id, Placement.code, ActionSheet.title)
        .join(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .where(Placement.sheet_id.in_(list(seen)), Placement.initiative_id == initiative_id)
        .where(Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None))
    )
    names = {sheet: numbered(code, title) for sheet, code, title in rows}
    gone = len(seen) - len(names)
    if gone == 1:
        raise Invalid(
            "L'une des fiches choisies a été retirée du plan, ou vient d'un autre plan qui seul la modifie. Rien n'a "
            "été écrit : décochez-la."
        )
    if gone:
        raise Invalid(
            f"{gone} des fiches choisies ont été retirées du plan, ou viennent d'un autre plan qui seul les modifie. "
            "Rien n'a été écrit : décochez-les."
        )
    return names


def _refuse_changed(
    session: Session,
    names: Mapping[int, str],
    seen: Mapping[int, Values],
    current: Mapping[int, Values],
    values: Values,
    since: int,
) -> None:
    told = []
    for sheet_id, held in seen.items():
        for name in values:
            now = current[sheet_id].get(name)
            if same(now, held.get(name)) or same(now, values[name]):
                continue
            author = author_of(session, sheet_id, name, since)
            by = f" ({author.label})" if author else ""
            told.append(f"{names[sheet_id]} : {LABELS[name].lower()} « {_said(now)} »{by}")
    if told:
        raise Conflict(
            "Ces fiches ont changé depuis que vous les avez choisies. Rien n'a été écrit : vérifiez-les, puis "
            "enregistrez de nouveau, ou décochez-les.",
            tuple(_few(told)),
        )


def _said(value: Written) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "rien")


def _few(sentences: list[str]) -> list[str]:
    more = len(sentences) - SHOWN
    return sentences[:SHOWN] + ([f"… et {more} autre{'s' if more > 1 else ''}."] if more > 0 else [])

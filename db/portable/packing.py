"""Packing: a démarche and its journal gathered, renumbered from 1 so that only their content shows, and written."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.models import ActionSheet, BodyInitiative, Initiative, Placement
from db.models.base import now_utc
from db.portable import box
from db.portable.gathering import Rows, borrowed_sheets, own_rows
from db.portable.past import past_of
from db.portable.pointers import renumber_all
from db.portable.tables import TABLES
from db.rights import Operation
from db.rules.portable import Held, Packed
from db.rules.vocabulary import PlacementRole
from db.viewer import UNKNOWN, Viewer, require


def pack(session: Session, viewer: Viewer, code: str) -> Packed:
    """The archive of the démarche of this code. Raises Refused when there is none, or for who does not administer: it
    holds what is in preparation, the carnet de bord, and the details of people; Invalid when nobody could take it
    in."""
    require(viewer, Operation.ADMINISTER, None)
    asked = select(Initiative).where(Initiative.code == code, Initiative.archived_at.is_(None))
    plan = session.scalars(asked).one_or_none()
    if plan is None:
        raise Refused(UNKNOWN)
    own = own_rows(session, plan.id)
    past = past_of(session, plan.id, own)
    listed = {table: list(rows.values()) for table, rows in {**own, **past.shared}.items()}
    rows = renumber_all({**listed, "act": past.acts, "journal": past.lines})
    held = Held(
        code=plan.code,
        name=_line(plan.name),
        short_name=_line(plan.short_name),
        made_at=now_utc().replace(microsecond=0),
        counts={table: len(rows.get(table, ())) for table in TABLES},
        contacts=len(past.shared["person_detail"]),
        remarks=tuple(_line(remark) for remark in _left_behind(session, plan, own)),
    )
    return Packed(f"{plan.code}-{held.made_at:%Y-%m-%d}{box.SUFFIX}", box.write(held, rows), held)


def _left_behind(session: Session, plan: Initiative, own: Rows) -> Iterable[str]:
    """What the archive does not hold, and what it shares, in sentences."""
    borrowed = borrowed_sheets(session, plan.id)
    for title, home in _titles(session, borrowed):
        yield f"La fiche « {title} », reprise de « {home} », n'est pas emportée : elle appartient à cette démarche."
    lent = _lent(session, plan.id, own["action_sheet"])
    if lent:
        which = f"{lent} fiches sont aussi reprises" if lent > 1 else "Une fiche est aussi reprise"
        yield f"{which} par d'autres démarches ; celles-ci ne les reprennent pas dans l'archive."
    common = select(func.count(BodyInitiative.body_id.distinct())).where(
        BodyInitiative.body_id.in_(own["body"]), BodyInitiative.initiative_id != plan.id
    )
    if session.scalar(common):
        yield "Des instances communes à d'autres démarches sont emportées en copie, avec leurs réunions et décisions."
    if plan.parent_id is not None:
        parent = session.get_one(Initiative, plan.parent_id)
        yield f"Cette démarche est un volet de « {parent.short_name} » : ce lien n'est pas emporté."


def _titles(session: Session, sheets: list[int]) -> list[tuple[str, str]]:
    """Fiches by their title, each with the short name of its home."""
    homes = (
        select(ActionSheet.title, Initiative.short_name)
        .join(Placement, Placement.sheet_id == ActionSheet.id)
        .join(Initiative, Initiative.id == Placement.initiative_id)
        .where(ActionSheet.id.in_(sheets), Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None))
    )
    return [(title, home) for title, home in session.execute(homes.order_by(ActionSheet.id))]


def _lent(session: Session, initiative_id: int, sheets: Mapping[int, Any]) -> int:
    elsewhere = select(Placement.sheet_id).where(
        Placement.initiative_id != initiative_id, Placement.archived_at.is_(None)
    )
    return len(set(session.scalars(elsewhere)) & sheets.keys())


def _line(words: str) -> str:
    """Words on one line, as short as a manifest holds them."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", words)
    return plain if len(plain) <= 500 else f"{plain[:499]}…"

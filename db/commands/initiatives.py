"""The démarche itself: its contract and the ground it covers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import found, only, ordered, words
from db.errors import Invalid
from db.journal import acting
from db.models import Coverage, Initiative, Territory
from db.rights import Operation
from db.rules.text import search_text, sort_key, words_of
from db.rules.vocabulary import InitiativeKind
from db.viewer import Viewer, require

KEPT = frozenset({"id", "version", "archived_at", "search_text", "sort_key", "code", "name", "short_name", "kind"})
CODE_LENGTH = 40


def create_initiative(
    session: Session,
    viewer: Viewer,
    *,
    name: str,
    kind: InitiativeKind = InitiativeKind.CLS,
    code: str | None = None,
    short_name: str | None = None,
    fields: Mapping[str, Any] | None = None,
) -> Initiative:
    """Open a démarche. `fields` are other columns of `Initiative` (dates, phase, number, parent…).

    Without a `code`, one is made from the name, numbered when it is taken; a code that is given must be free.
    """
    require(viewer, Operation.WRITE, None)
    title = words(name, "Le nom de la démarche", 300)
    given = dict(fields or {})
    only(given, Initiative, KEPT)
    ordered(given.get("starts_on"), given.get("ends_on"))
    row = Initiative(
        code=_free_code(session, short_name or title) if code is None else _given_code(session, code),
        kind=kind,
        name=title,
        short_name=words(short_name or title, "Le nom court de la démarche", 300),
        search_text=search_text(title, short_name, code),
        sort_key=sort_key(title),
        **given,
    )
    with acting(session, viewer.actor_id, "create_initiative", f"Création de la démarche « {title} »") as act:
        session.add(row)
        session.flush()
        if act.initiative_id is None:
            act.initiative_id = row.id
    return row


def slug(text: str) -> str:
    """A code that fits in an address: plain lower-case words joined by dashes, 40 characters at most."""
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in words_of(text))
    code = ""
    for word in plain.split():
        longer = f"{code}-{word}" if code else word
        if len(longer) > CODE_LENGTH:
            break
        code = longer
    return code or "demarche"


def _taken(session: Session, code: str) -> bool:
    query = select(Initiative.id).where(Initiative.code == code, Initiative.archived_at.is_(None))
    return session.scalars(query).first() is not None


def _free_code(session: Session, name: str) -> str:
    stem, code, number = slug(name), slug(name), 1
    while _taken(session, code):
        number += 1
        code = f"{stem}-{number}"
    return code


def _given_code(session: Session, code: str) -> str:
    if slug(code) != code:
        raise Invalid(
            f"Le code « {code} » ne va pas : lettres sans accent ni majuscule, chiffres, tirets, {CODE_LENGTH} au plus."
        )
    if _taken(session, code):
        raise Invalid(f"Le code « {code} » désigne déjà une autre démarche : choisissez-en un autre.")
    return code


def set_coverage(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    territory_id: int,
    starts_on: date | None = None,
    ends_on: date | None = None,
    amendment_id: int | None = None,
) -> Coverage:
    """Say that the démarche covers a commune or an EPCI, from a day to a day. The same one twice is the same row."""
    require(viewer, Operation.WRITE, initiative_id)
    territory = found(session, Territory, territory_id)
    ordered(starts_on, ends_on)
    known = session.scalars(
        select(Coverage).where(
            Coverage.initiative_id == initiative_id,
            Coverage.territory_id == territory_id,
            Coverage.archived_at.is_(None),
            Coverage.starts_on.is_not_distinct_from(starts_on),
        )
    ).first()
    if known is not None and known.ends_on == ends_on:
        return known
    with acting(session, viewer.actor_id, "set_coverage", f"Territoire couvert : {territory.name}", initiative_id):
        row = known or Coverage(initiative_id=initiative_id, territory_id=territory_id, starts_on=starts_on)
        row.ends_on, row.amendment_id = ends_on, amendment_id
        session.add(row)
        session.flush()
    return row

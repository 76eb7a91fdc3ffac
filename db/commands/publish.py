"""Points: from then on, readers see what was in preparation up to that day."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.common import home_of_sheet, words
from db.errors import Conflict, Invalid
from db.homes import SERIES, entering, how_many, tally, waiting_for
from db.journal import acting
from db.models import Initiative, Publication
from db.queries.published import last_before
from db.rights import Operation
from db.rules.points import read_point_day
from db.viewer import Viewer, require

NAME_LENGTH = 200
Tally = tuple[tuple[int, int], ...]
MEANWHILE = (
    "Quelqu'un a saisi quelque chose depuis que cette page vous montre ce qui deviendra visible. Rien n'a été publié : "
    "relisez ce qui est montré maintenant, puis publiez."
)


def publish_typed(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    on: date,
    name: str | None,
    day: str | None,
    sheet_id: int | None = None,
    seen: Tally | None = None,
) -> Publication:
    """`publish_point`, its day as it was typed; `on` is the day it is for the plan."""
    read = read_point_day(day)
    if read.value is None:
        raise Invalid(f"Le jour du point n'est pas compris. {read.reason} Rien n'a été publié.")
    return publish_point(
        session,
        viewer,
        initiative_id=initiative_id,
        name=name or "",
        as_of=read.value,
        sheet_id=sheet_id,
        on=on,
        seen=seen,
    )


def publish_point(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    name: str,
    as_of: date,
    sheet_id: int | None = None,
    on: date | None = None,
    seen: Tally | None = None,
) -> Publication:
    """Publish a plan, or one of its sheets, as it stands on a day.

    Every entry still in preparation, undated or dated at the latest that day, enters the point. Only the sheets whose
    home is this plan: one that merely appears here is published by its own plan. `on` is the day it is for the plan
    (None: that of the point), after which no point is dated. Invalid before the last point or the contract, and when
    nothing is new since it: only a first point may be empty. `seen` is what whoever publishes was shown
    (`ToPublish.entering`): Conflict when something else would enter.
    """
    require(viewer, Operation.PUBLISH, initiative_id)
    named = words(" ".join(name.split()), "Le nom du point", NAME_LENGTH)
    if sheet_id is not None and home_of_sheet(session, sheet_id) != initiative_id:
        raise Invalid("Cette fiche est celle d'un autre plan : c'est lui qui la publie.")
    with acting(session, viewer.actor_id, "publish_point", f"Publication : {named}", initiative_id):
        last = last_before(session, initiative_id, sheet_id)
        _check_day(as_of, on or as_of, last)
        _check_contract(session, initiative_id, as_of)
        if seen is not None and seen != tally(session, lambda e: entering(e, initiative_id, sheet_id, as_of)):
            raise Conflict(MEANWHILE)
        entered = [
            entry
            for table in SERIES
            for entry in session.scalars(select(table).where(entering(table, initiative_id, sheet_id, as_of)))
        ]
        if not entered and last is not None:
            later = how_many(session, lambda entry: waiting_for(entry, initiative_id, sheet_id))
            raise Invalid(_nothing_new(last, later, as_of))
        point = Publication(
            initiative_id=initiative_id, sheet_id=sheet_id, name=named, as_of=as_of, actor_id=viewer.actor_id
        )
        session.add(point)
        session.flush()
        for entry in entered:
            entry.publication_id = point.id
        session.flush()
    return point


def _check_day(as_of: date, on: date, last: Publication | None) -> None:
    if as_of > on:
        raise Invalid(
            f"Le {as_of:%d/%m/%Y} est à venir : un point dit où le plan en est un jour passé, ou aujourd'hui "
            f"({on:%d/%m/%Y}). Rien n'a été publié ; corrigez le jour."
        )
    if last is not None and as_of < last.as_of:
        raise Invalid(
            f"Le {as_of:%d/%m/%Y} précède le dernier point, « {last.name} », daté du {last.as_of:%d/%m/%Y}. "
            "Rien n'a été publié ; choisissez ce jour-là ou un jour plus récent."
        )


def _check_contract(session: Session, initiative_id: int, as_of: date) -> None:
    plan = session.get_one(Initiative, initiative_id)
    opened = min((day for day in (plan.signed_on, plan.starts_on) if day is not None), default=None)
    if opened is not None and as_of < opened:
        raise Invalid(
            f"Le {as_of:%d/%m/%Y} précède le contrat, qui commence le {opened:%d/%m/%Y}. "
            "Rien n'a été publié ; corrigez le jour."
        )


def _nothing_new(last: Publication, later: int, as_of: date) -> str:
    """Why a point would be empty: nothing waits, or what waits is dated after it."""
    since = f"« {last.name} », daté du {last.as_of:%d/%m/%Y}"
    if not later:
        return f"Rien de nouveau n'est en préparation depuis {since} : il n'y a rien à publier."
    waits = (
        "une saisie attend, mais elle est datée" if later == 1 else f"{later} saisies attendent, mais elles sont datées"
    )
    return (
        f"Rien de nouveau depuis {since} : {waits} d'après le {as_of:%d/%m/%Y}. "
        "Rien n'a été publié ; choisissez un jour plus récent."
    )

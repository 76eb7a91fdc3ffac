"""The days on which nobody coordinates a démarche: declared, ended, and kept in step with who holds the post."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.commands.common import found
from db.commands.editing.groups import fuzzy
from db.errors import Invalid
from db.journal import acting
from db.models import Grant, Initiative, Vacancy
from db.models.base import now_utc
from db.queries.holding import posts, spans, vacancies
from db.rights import Operation
from db.rules.access import Role
from db.rules.dates import add_months, first_day, in_force
from db.rules.reading import Cell
from db.rules.vacancy import A_DAY, first_gap, vacant_since
from db.viewer import Viewer, require

AHEAD_MONTHS = 12
HELD = (
    "Quelqu'un coordonne encore cette démarche ce jour-là : passez plutôt la main, sans successeur s'il n'y en a pas. "
    "Rien n'a été changé."
)


def declare_vacancy(session: Session, viewer: Viewer, *, initiative_id: int, starts: Cell, today: date) -> None:
    """Note that nobody coordinates a démarche from a day on, until somebody does; one that was noted from a later day
    then began earlier. Raises Invalid while somebody coordinates, or when it is noted already."""
    require(viewer, Operation.HAND_OVER, initiative_id)
    on = day_of_change(found(session, Initiative, initiative_id), starts, "Le début de la vacance", today)
    with acting(session, viewer.actor_id, "declare_vacancy", vacant_label(on), initiative_id):
        if any(in_force(span.starts_on, span.ends_on, on) for span in spans(posts(session, initiative_id))):
            raise Invalid(HELD)
        if vacant_since(vacancies(session, initiative_id), on) is not None:
            raise Invalid("La vacance est déjà notée pour ce jour. Rien n'a été changé.")
        settle(session, initiative_id, on)


def end_vacancy(session: Session, viewer: Viewer, *, initiative_id: int, resumes: Cell, today: date) -> None:
    """Note that somebody coordinates again from a day on, where no account of their own says so. Raises Invalid when
    the post is not vacant the day before."""
    require(viewer, Operation.HAND_OVER, initiative_id)
    on = day_of_change(found(session, Initiative, initiative_id), resumes, "Le jour de la reprise", today)
    with acting(session, viewer.actor_id, "end_vacancy", f"Fin de la vacance le {on:%d/%m/%Y}", initiative_id):
        if vacant_since(vacancies(session, initiative_id), on - A_DAY) is None:
            raise Invalid(f"La coordination n'est pas vacante la veille du {on:%d/%m/%Y}. Rien n'a été changé.")
        _cut(session, initiative_id, on)


def vacant_label(on: date) -> str:
    """What the history calls a post that becomes vacant."""
    return f"Coordination vacante à partir du {on:%d/%m/%Y}"


def day_of_change(plan: Initiative, typed: Cell, what: str, today: date) -> date:
    """The day typed; Invalid when there is none, when it comes before the démarche, or in more than a year."""
    read = fuzzy(typed, what)
    if read is None:
        raise Invalid(f"{what} manque : écrivez par exemple 1/11/2026.")
    on = first_day(read)
    if plan.starts_on is not None and on < plan.starts_on:
        raise Invalid(f"{what} : le {on:%d/%m/%Y} précède le début de la démarche ({plan.starts_on:%d/%m/%Y}).")
    if on > add_months(today, AHEAD_MONTHS):
        raise Invalid(f"{what} : le {on:%d/%m/%Y} est dans plus d'un an. Vérifiez l'année ; rien n'a été changé.")
    return on


def settle(session: Session, initiative_id: int, on: date) -> None:
    """Have the vacancies from a day on be the days on which nobody holds the post: the first of them at least. Those
    of before stay, with their dates. Inside an act."""
    session.flush()
    gap = first_gap(spans(posts(session, initiative_id)), on)
    before = _cut(session, initiative_id, on)
    if gap is None:
        return
    last = next((row for row in before if row.ends_on == gap.starts_on - A_DAY), None)
    if last is None:
        session.add(Vacancy(initiative_id=initiative_id, starts_on=gap.starts_on, ends_on=gap.ends_on))
    else:
        last.ends_on = gap.ends_on
    session.flush()


def taken_up(session: Session, initiative_id: int | None, on: date) -> None:
    """Somebody coordinates a démarche, or (None) all of them, from a day on: where the post was vacant it no longer is.
    Inside an act."""
    v = Vacancy
    still = select(v.initiative_id).where(v.archived_at.is_(None), or_(v.ends_on.is_(None), v.ends_on >= on)).distinct()
    if initiative_id is not None:
        still = still.where(v.initiative_id == initiative_id)
    for plan in session.scalars(still).all():
        settle(session, plan, on)


def left(session: Session, grants: Iterable[Grant], on: date) -> None:
    """Some roles are no longer held as they were: where one was that of a coordinator, the post is vacant on the days
    when nobody else holds it. Inside an act."""
    for plan in plans_of(session, [grant for grant in grants if grant.role is Role.COORDINATOR]):
        settle(session, plan, on)


def plans_of(session: Session, grants: Iterable[Grant]) -> set[int]:
    """The démarches where these roles are held: all of them when one is held everywhere."""
    places = {grant.initiative_id for grant in grants}
    if None not in places:
        return {place for place in places if place is not None}
    return set(session.scalars(select(Initiative.id).where(Initiative.archived_at.is_(None))))


def _cut(session: Session, initiative_id: int, on: date) -> list[Vacancy]:
    """Have no vacancy reach this day: those that begin later never were. Gives those that began before."""
    v = Vacancy
    rows = session.scalars(select(v).where(v.initiative_id == initiative_id, v.archived_at.is_(None))).all()
    before = [row for row in rows if row.starts_on < on]
    for row in rows:
        if row not in before:
            row.archived_at = now_utc()
        elif row.ends_on is None or row.ends_on >= on:
            row.ends_on = on - A_DAY
    return before

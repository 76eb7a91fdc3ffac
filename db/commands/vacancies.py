"""The days on which nobody coordinates a démarche: declared, ended, and kept in step with who holds the post."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.commands.common import found
from db.commands.editing.groups import fuzzy
from db.errors import Invalid
from db.journal import acting
from db.models import Grant, Handover, Initiative, Vacancy
from db.models.base import now_utc
from db.posts import is_given, is_here, posts, spans, vacancies
from db.rights import Operation
from db.rules.access import Role
from db.rules.dates import add_months, first_day, in_force
from db.rules.reading import Cell
from db.rules.vacancy import A_DAY, Span, gaps, vacant_since
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
        _write(session, initiative_id, on, ())


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
    """Have the vacancies from a day on be the days on which nobody holds the post, all of them. Those of before stay,
    with their dates. Inside an act."""
    session.flush()
    _write(session, initiative_id, on, gaps(spans(posts(session, initiative_id)), on))


def _write(session: Session, initiative_id: int, on: date, empty: Iterable[Span]) -> None:
    """Have these be the vacancies from a day on; one that began before and reaches that day ends there, or goes on."""
    v, wanted = Vacancy, {span.starts_on: span.ends_on for span in empty}
    rows = session.scalars(select(v).where(v.initiative_id == initiative_id, v.archived_at.is_(None)))
    for row in rows.all():
        if row.starts_on < on and (row.ends_on is None or row.ends_on >= on - A_DAY):
            row.ends_on = wanted.pop(on, on - A_DAY)
        elif row.starts_on in wanted:
            row.ends_on = wanted.pop(row.starts_on)
        elif row.starts_on >= on:
            row.archived_at = now_utc()
    session.add_all(v(initiative_id=initiative_id, starts_on=starts, ends_on=ends) for starts, ends in wanted.items())
    session.flush()


def taken_up(session: Session, grants: Iterable[Grant], on: date) -> None:
    """Some roles are held from a day on: where one is that of a coordinator, the post is vacant from then on when
    nobody holds it, after that role ends as well; nothing is said of the days before it begins. Inside an act."""
    for plan, day in _changed(session, grants, on).items():
        settle(session, plan, day)


def left(session: Session, grants: Iterable[Grant], on: date, but: int | None = None) -> None:
    """Some roles are no longer held, from a day on, as they were: where one was that of a coordinator, the post is
    vacant from then on when nobody else holds it, and what was to pass to who will not hold it waits for who will come.
    In other démarches than `but`. Inside an act."""
    session.flush()
    coordinated = [grant for grant in grants if grant.role is Role.COORDINATOR]
    for plan, day in _changed(session, coordinated, on).items():
        if plan != but:
            settle(session, plan, day)
    for account_id in {grant.account_id for grant in coordinated}:
        _leave_to_come(session, account_id)


def _leave_to_come(session: Session, account_id: int) -> None:
    """What was to pass to an account, on a day from which it has no role of coordinator, waits for who will come."""
    h = Handover
    rows = session.scalars(
        select(h).where(h.to_account_id == account_id, h.received_at.is_(None), h.archived_at.is_(None))
    ).all()
    for row in rows:
        role = (Grant.account_id == account_id, Grant.role == Role.COORDINATOR, is_given(), is_here(row.initiative_id))
        held = select(Grant.id).where(*role, or_(Grant.ends_on.is_(None), Grant.ends_on >= row.starts_on))
        if session.scalars(held.limit(1)).first() is not None:
            continue
        if row.from_account_id is None:
            row.archived_at = now_utc()
        else:
            row.to_account_id = row.ends_on = None


def _changed(session: Session, grants: Iterable[Grant], on: date) -> dict[int, date]:
    """The démarches of which these roles make a coordinator, each with the first day that it changes from `on` on."""
    found: dict[int, date] = {}
    for grant in grants:
        if grant.role is Role.COORDINATOR:
            day = max(on, grant.starts_on)
            found |= {plan: min(day, found.get(plan, day)) for plan in plans_of(session, grant.initiative_id)}
    return found


def plans_of(session: Session, initiative_id: int | None) -> list[int]:
    """The démarches where a role is held: the one named, or (None) all of them."""
    if initiative_id is not None:
        return [initiative_id]
    return list(session.scalars(select(Initiative.id).where(Initiative.archived_at.is_(None))))

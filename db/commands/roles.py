"""The roles of an account: given, brought to an end, withdrawn; and the rule that somebody always administers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from db.commands.accounts import holder
from db.commands.common import found, last_hand, ordered
from db.commands.directory import find_organisation
from db.commands.vacancies import left, taken_up
from db.errors import Conflict, Invalid, Refused
from db.journal import acting
from db.models import Account, Credential, Grant, Initiative
from db.models.base import now_utc
from db.posts import held_on, is_given
from db.rights import Operation
from db.rules.access import FOR_A_STRUCTURE, FOR_A_TIME, Role
from db.rules.forms import Clash
from db.rules.reading_dates import read_date
from db.rules.text import clean
from db.rules.vacancy import A_DAY, Span, is_held
from db.viewer import LOCAL_LOGIN, UNKNOWN, Viewer, require

LAST = (
    "C'est le dernier accès qui administre Balise et qui peut y entrer : il est gardé tel quel. "
    "Donnez d'abord ce rôle à quelqu'un d'autre, qui aura choisi son mot de passe."
)
NOBODY_LATER = (
    "Un jour, plus personne n'administrerait Balise : c'est le dernier de ces rôles qui n'a pas de fin, il est gardé "
    "tel quel. Donnez d'abord ce rôle, sans fin, à quelqu'un d'autre, qui aura choisi son mot de passe."
)
NOBODY_ON = (
    "Le {}, plus personne n'administrerait Balise : rien n'a été changé. Donnez d'abord ce rôle, pour ces jours-là, à "
    "quelqu'un d'autre, qui aura choisi son mot de passe."
)


def structure_of(session: Session, role: Role, typed: str | None) -> int | None:
    """The structure for which a role is held, which must be in the directory; a role over one asks for it."""
    if not clean(typed or ""):
        if role in FOR_A_STRUCTURE:
            raise Invalid(f"Pour qui est-il ou elle {role.label_fr} ? Donnez le nom de la structure, tel qu'au plan.")
        return None
    found_one = find_organisation(session, typed or "")
    if found_one is None:
        raise Invalid(f"« {clean(typed or '')} » n'est pas une structure connue : écrivez son nom tel qu'au plan.")
    return found_one.id


def last_day(typed: str | None) -> date | None:
    """The day typed as an end, its last day when it is a month or a year. Raises Invalid when it is not understood."""
    read = read_date(typed, end=True)
    if read.reason is not None:
        raise Invalid(f"La fin « {typed} » n'est pas comprise : rien n'a été fait. {read.reason}")
    return read.value.day if read.value else None


def refuse_endless(role: Role, ends_on: date | None) -> None:
    """Raise Invalid for a role held for a time alone that is given no end."""
    if ends_on is None and role in FOR_A_TIME:
        raise Invalid(
            f"Le rôle « {role.label_fr} » a toujours une fin : tapez son dernier jour, par exemple « 31/12/2027 » ou "
            "« juin 2027 ». Rien n'a été fait."
        )


def give_role(
    session: Session,
    viewer: Viewer,
    *,
    account_id: int,
    role: Role | None,
    starts_on: date,
    ends: str | None = None,
    structure: str | None = None,
    initiative_id: int | None = None,
) -> Grant:
    """Give an account one more role, as `invite` gives its first. Raises Invalid, saying what to correct, for what will
    not do; a role that it holds already is one."""
    require(viewer, Operation.ADMINISTER, None)
    account = found(session, Account, account_id)
    if role is None:
        raise Invalid("Choisissez un rôle : c'est lui qui dit ce que cette personne verra. Rien n'a été donné.")
    if account.disabled_at is not None:
        raise Invalid("Cet accès est fermé : rouvrez-le d'abord. Rien n'a été donné.")
    if account.login == LOCAL_LOGIN:
        raise Invalid("La personne à la machine administre déjà Balise : rien n'a été donné.")
    if initiative_id is not None:
        found(session, Initiative, initiative_id)
    grant = Grant(account_id=account.id, initiative_id=initiative_id, role=role, starts_on=starts_on)
    grant.ends_on = last_day(ends)
    refuse_endless(role, grant.ends_on)
    ordered(starts_on, grant.ends_on)
    label = f"Rôle donné ({role.label_fr}) : {holder(session, account)}"
    with acting(session, viewer.actor_id, "give_role", label):
        grant.organisation_id = structure_of(session, role, structure)
        _refuse_twice(session, grant)
        session.add(grant)
        session.flush()
        taken_up(session, [grant], starts_on)
    return grant


def _refuse_twice(session: Session, new: Grant) -> None:
    same = select(Grant.id).where(
        Grant.account_id == new.account_id,
        Grant.role == new.role,
        Grant.initiative_id.is_not_distinct_from(new.initiative_id),
        Grant.organisation_id.is_not_distinct_from(new.organisation_id),
        is_given(),
        or_(Grant.ends_on.is_(None), Grant.ends_on >= new.starts_on),
    )
    if session.scalars(same).first() is not None:
        raise Invalid("Cette personne tient déjà ce rôle à cet endroit : changez sa fin, s'il le faut.")


def end_role(session: Session, viewer: Viewer, *, grant_id: int, ends: str | None, was: str | None, on: date) -> None:
    """Have a role end after the day typed, or (nothing typed) never. `was` is its end as the form showed it.

    Raises Conflict, with both values, when somebody set another end meanwhile, and when the role was withdrawn; Invalid
    for a day that is not understood, and for one after which nobody would administer.
    """
    require(viewer, Operation.ADMINISTER, None)
    wanted, shown = last_day(ends), last_day(was)
    account = _account_of(session, grant_id)
    with acting(session, viewer.actor_id, "end_role", f"Fin de rôle changée : {holder(session, account)}"):
        grant = _as_it_stands(session, grant_id)
        if grant.ends_on not in (shown, wanted):
            raise _end_changed(session, grant, was, ends)
        refuse_endless(grant.role, wanted)
        ordered(grant.starts_on, wanted)
        days = [day for day in (grant.ends_on, wanted) if day is not None]
        with somebody_administers(session, on):
            grant.ends_on = wanted
        if days:
            left(session, [grant], min(days) + A_DAY)


def _end_changed(session: Session, grant: Grant, was: str | None, typed: str | None) -> Conflict:
    hand = last_hand(session, grant, "ends_on")
    theirs = f"{grant.ends_on:%d/%m/%Y}" if grant.ends_on else None
    clash = Clash("ends", "Fin du rôle", was, theirs, typed, hand and hand.author, hand and hand.at)
    return Conflict(
        f"La fin de ce rôle a été changée{_by(hand and hand.author)} pendant que vous écriviez. Rien n'a été écrasé : "
        "choisissez ci-dessous celle à garder, puis enregistrez.",
        clashes=(clash,),
    )


def withdraw_role(session: Session, viewer: Viewer, *, grant_id: int, on: date, version: int | None = None) -> None:
    """Take a role from an account, at once. Raises Invalid for the last one that administers.

    `version` is that of the role as a page showed it: Conflict when it changed since, and when it was withdrawn.
    """
    require(viewer, Operation.ADMINISTER, None)
    account = _account_of(session, grant_id)
    role = session.get_one(Grant, grant_id).role
    label = f"Rôle retiré ({role.label_fr}) : {holder(session, account)}"
    with acting(session, viewer.actor_id, "withdraw_role", label):
        grant = _as_it_stands(session, grant_id)
        if version not in (None, grant.version):
            hand = last_hand(session, grant, "ends_on")
            now = f"il prend fin le {grant.ends_on:%d/%m/%Y}" if grant.ends_on else "il n'a pas de fin"
            raise Conflict(
                f"Ce rôle a été changé{_by(hand and hand.author)} pendant que cette page était ouverte : {now}. "
                "Il n'a pas été retiré : relisez-le, puis retirez-le s'il le faut."
            )
        with somebody_administers(session, on):
            grant.archived_at = now_utc()
        left(session, held_on([grant], on), on)


def _account_of(session: Session, grant_id: int) -> Account:
    grant = session.get(Grant, grant_id)
    if grant is None:
        raise Refused(UNKNOWN)
    return found(session, Account, grant.account_id)


def _as_it_stands(session: Session, grant_id: int) -> Grant:
    """The role at this moment, nobody writing meanwhile; Conflict, with who did it, once it was withdrawn."""
    grant = session.get_one(Grant, grant_id, populate_existing=True)
    if grant.archived_at is not None:
        hand = last_hand(session, grant, "archived_at")
        raise Conflict(
            f"Ce rôle a été retiré{_by(hand and hand.author)} pendant que cette page était ouverte : "
            "il n'y a plus rien à changer."
        )
    return grant


def _by(author: str | None) -> str:
    return f" par {author}" if author else ""


@contextmanager
def somebody_administers(session: Session, on: date) -> Iterator[None]:
    """What is written meanwhile leaves somebody who administers and can come in, from that day on and without end, on
    each day where there was one: `Invalid` otherwise. Inside an act: nobody else writes."""
    before = _administrators(session)
    yield
    session.flush()
    after = _administrators(session)
    days = {day for span in (*before, *after) for day in _turns(span) if day > on}
    lost = [day for day in (on, date.max, *sorted(days)) if is_held(before, day) and not is_held(after, day)]
    if lost:
        raise Invalid({on: LAST, date.max: NOBODY_LATER}.get(lost[0]) or NOBODY_ON.format(f"{lost[0]:%d/%m/%Y}"))


def _turns(span: Span) -> Iterator[date]:
    """The days on which a role begins, and is over."""
    yield span.starts_on
    if span.ends_on is not None and span.ends_on < date.max:
        yield span.ends_on + A_DAY


def _administrators(session: Session) -> list[Span]:
    """The days on which accounts administer everywhere, that have a password to come in by: who sits at the machine
    does not count, since behind passwords nobody comes in as such."""
    everywhere = (Grant.role == Role.ADMINISTRATOR, Grant.initiative_id.is_(None), is_given())
    alive = (Account.archived_at.is_(None), Account.disabled_at.is_(None), Account.login != LOCAL_LOGIN)
    asked = select(Grant.starts_on, Grant.ends_on).join(Account, Account.id == Grant.account_id)
    password = exists().where(Credential.account_id == Account.id)
    return [Span(*row) for row in session.execute(asked.where(*everywhere, *alive, password))]

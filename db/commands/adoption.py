"""Taking in a démarche that another installation packed: all of it, its journal included, or nothing."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from db import check, journal
from db.errors import Invalid
from db.models import MODELS, AnswerLink, Initiative
from db.models.base import now_utc
from db.portable import landing, matching
from db.portable.box import Parcel
from db.portable.past import ADOPTION
from db.rights import Operation
from db.rules.portable import Welcome
from db.viewer import Viewer, require

NOTHING = matching.NOTHING
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Adopted:
    """What taking an archive in did: the act to take back, and the démarche that is here now."""

    act_id: int
    initiative_id: int
    code: str


def adopt_initiative(session: Session, viewer: Viewer, *, parcel: Parcel) -> Adopted:
    """Write the démarche of an archive, with its history, under keys of this installation.

    Structures, words and places that are known here are not written again; who acted there signs the history by their
    function and has no access here; links by which partners answered there are closed. Taking the act back withdraws
    the démarche. Raises Refused for who does not administer; Invalid, and nothing is written, when a démarche has this
    code already or when what the archive holds breaks a promise of the plan.
    """
    require(viewer, Operation.ADMINISTER, None)
    refuse_taken(session, parcel.held.code)
    name, at = parcel.held.short_name, now_utc()
    before = set(check.broken(session))
    try:
        landed = landing.land(session, parcel.rows, matching.match(session, parcel.rows), at)
        with journal.acting(session, viewer.actor_id, ADOPTION, f"Accueil de « {name} » : structures, mots, auteurs"):
            _tell(session, landed)
        plan = session.get_one(Initiative, landed.initiative_id)
        what = f"Accueil de la démarche « {name} » (archive du {parcel.held.made_at:%d/%m/%Y})"
        with journal.acting(session, viewer.actor_id, ADOPTION, what, plan.id) as act:
            plan.archived_at = None
            session.flush()
    except (IntegrityError, DataError) as problem:
        raise Invalid(f"Le contenu de l'archive ne tient pas dans la base. {NOTHING} Refaites l'archive.") from problem
    _refuse_broken([sentence for sentence in check.broken(session) if sentence not in before])
    return Adopted(act.id, plan.id, plan.code)


def welcome(session: Session, viewer: Viewer, parcel: Parcel) -> Welcome:
    """What taking this archive in would do; nothing is written. Raises Refused for who does not administer."""
    require(viewer, Operation.ADMINISTER, None)
    try:
        refuse_taken(session, parcel.held.code)
        found = matching.match(session, parcel.rows)
    except Invalid as problem:
        return Welcome(parcel.held, refusal=problem.message)
    known = sum(table == "organisation" for table, _ in found.known)
    return Welcome(parcel.held, known, len(parcel.rows["organisation"]) - known)


def refuse_taken(session: Session, code: str) -> None:
    """Raise Invalid when a démarche of this installation has this code."""
    here = select(Initiative.short_name).where(Initiative.code == code, Initiative.archived_at.is_(None))
    name = session.scalars(here).first()
    if name is not None:
        raise Invalid(
            f"Une démarche de code « {code} » est déjà ici : « {name} ». {NOTHING} Si c'est la même, elle n'est pas à "
            "accueillir ; sinon, accueillez-la sur une autre installation : un code n'y désigne qu'une démarche."
        )


def _tell(session: Session, landed: landing.Landed) -> None:
    """Journal what came without its own lines, and close the links by which partners answered there."""
    for table, keys in landed.untold.items():
        journal.added(session, landing.rows_at(session, MODELS[table], keys))
    for link in landing.rows_at(session, AnswerLink, landed.links):
        if isinstance(link, AnswerLink) and link.revoked_at is None:
            link.revoked_at = now_utc()
    session.flush()
    journal.move(session, ["directory", "reference"])


def _refuse_broken(broken: list[str]) -> None:
    if broken:
        told = " ".join(broken[:MOST_TOLD])
        raise Invalid(f"Le contenu de l'archive se contredit : {told} {NOTHING} Refaites l'archive.")

"""Taking an act back: what it wrote and still holds is written back; what changed since is asked, never overwritten."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import journal
from db.commands.common import local_day
from db.commands.passing import drafts_follow
from db.commands.roles import somebody_administers
from db.commands.undoing import passed, since, traces
from db.commands.undoing.leaning import RowKey
from db.commands.undoing.since import Held
from db.commands.undoing.traces import Trace
from db.commands.undoing.writing import Outcome, write_back
from db.errors import ChangedSince, Conflict, Invalid, Refused
from db.models import Act, Base, ReadingLink
from db.models.base import now_utc
from db.portable.past import ADOPTION
from db.rights import Operation
from db.rules.history import IN_PART, WITHOUT_DETAILS
from db.viewer import Viewer, require

MOST_TOLD = 12
ALREADY = (
    "Cet acte a déjà été annulé. Rien n'a été changé.",
    "Cette annulation a déjà été reprise : l'acte est rétabli. Rien n'a été changé.",
)
LOST = (
    "Annulation impossible : cet acte n'a changé que des données personnelles, dont le journal ne garde rien. "
    "Rien n'a été changé ; saisissez-les de nouveau s'il le faut."
)
NO_MORE_LINK = (
    "Rétablissement impossible : un lien de lecture retiré ne se rétablit pas. Rien n'a été changé ; "
    "faites-en un autre."
)
ACCESSES = (
    "Cet acte donne ou retire des accès : seule une personne qui administre Balise l'annule. Rien n'a été changé ; "
    "demandez-le-lui."
)
FINAL = {
    passed.RECEIVING: (
        "elle s'annule avec le passage de main qu'elle suit. Rien n'a été changé ; une personne qui administre Balise "
        "annule ce passage de main, dans « Derniers actes »."
    ),
    "consult_acts": "la personne dont les actes ont été lus doit pouvoir le savoir. Rien n'a été changé.",
    "purge_sheets": (
        "pour retrouver ce qui a été supprimé, restaurez une sauvegarde faite juste avant. Rien n'a été changé."
    ),
    "erase_person": (
        "rien n'est gardé de ce qui a été effacé. Rien n'a été changé ; pour que cette personne revienne, saisissez-la "
        "ou invitez-la de nouveau."
    ),
}
"""The acts that are never taken back, and why."""
NEEDS = {
    "account": Operation.ADMINISTER,
    "grant": Operation.ADMINISTER,
    "handover": Operation.HAND_OVER,
    "import_run": Operation.IMPORT,
    "publication": Operation.PUBLISH,
    "reading_link": Operation.PUBLISH,
    "vacancy": Operation.HAND_OVER,
}
"""What taking a change of these tables back asks for, beyond the right to write."""
NEEDS_OF = {ADOPTION: Operation.ADMINISTER}
"""The same for these acts, whatever they wrote."""


def undo_act(session: Session, viewer: Viewer, act_id: int, *, keep_changed: bool = False) -> int:
    """Take a whole act back, as one new act; gives that act's id. Taking back an undo does the act again.

    What the act added to the common directory stays where others use it. Personal details that it changed or erased do
    not come back: the journal holds none. With `keep_changed`, what changed since stays, column by column, with what
    others lean on; all the rest is written back, and the label says that it is in part. A handover goes whole, with
    the taking of the post that followed it, or not at all.

    Raises Refused when the viewer may not write wherever the act did, Invalid when it was already taken back, wrote
    nothing or is final; ChangedSince, with a sentence for each row that changed since or cannot take its former values,
    and Conflict when none of it can be taken back: nothing is then written.
    """
    done = session.get(Act, act_id)
    if done is None:
        raise Refused("Cet acte n'existe pas, ou il ne vous est pas ouvert.")
    require(viewer, Operation.WRITE, done.initiative_id)
    if done.operation in FINAL:
        raise Invalid(f"« {done.label} » ne s'annule pas : {FINAL[done.operation]}")
    label, first = _label(session, done), _first(session, done)
    # Read inside the act, which holds the lock: nobody writes between what is read and what is written back.
    with journal.acting(session, viewer.actor_id, "undo_act", label, done.initiative_id) as act:
        if session.scalar(select(Act.id).where(Act.undoes_id == act_id)):
            raise Invalid(ALREADY[done.undoes_id is not None])
        act.undoes_id = act_id
        acts = passed.with_taking(session, done, first)
        found = traces.of_acts(session, acts)
        known = [trace for trace in found if not trace.is_lost]
        rows = traces.rows_of(session, known)
        _require_everywhere(session, viewer, done, known, rows)
        if not known:
            raise _nothing_left(found)
        with _safely(session, done, known):
            outcome = write_back(session, known, rows, since.changed(session, known, rows))
        in_part = keep_changed and first.operation != passed.HANDING
        if not outcome.is_something or not (in_part or _is_whole(outcome)):
            raise _refusal(session, done, act, outcome, known, rows)
        passed.settle_again(session, done, known)
        drafts_follow(session, passed.passing(acts), known)
        act.label += (WITHOUT_DETAILS if len(known) < len(found) else "") + ("" if _is_whole(outcome) else IN_PART)
    return act.id


def _label(session: Session, done: Act) -> str:
    """« Annulation : Météo déclarée »; « Rétablissement : … » when it is an undo that is taken back."""
    times, first = 1, done
    while first.undoes_id is not None:
        times, first = times + 1, session.get_one(Act, first.undoes_id)
    return f"{'Annulation' if times % 2 else 'Rétablissement'} : {first.label}"


def _first(session: Session, done: Act) -> Act:
    """The act that was taken back, and perhaps done again, before this one."""
    while done.undoes_id is not None:
        done = session.get_one(Act, done.undoes_id)
    return done


def _require_everywhere(
    session: Session, viewer: Viewer, done: Act, known: Sequence[Trace], rows: Mapping[RowKey, Base]
) -> None:
    """`Refused` unless the viewer may write in every démarche that the act wrote in, and what each table asks for."""
    for home in since.homes_of(session, known, rows):
        if not viewer.may(Operation.WRITE, home):
            raise Refused(
                "Cet acte touche aussi des fiches d'une démarche où vous n'écrivez pas. Rien n'a été changé ; "
                "demandez à la coordination de cette démarche de l'annuler."
            )
    needed = {NEEDS[table] for table in {trace.table for trace in known} & NEEDS.keys()}
    if Operation.ADMINISTER in needed and not viewer.may(Operation.ADMINISTER):
        raise Refused(ACCESSES)
    for operation in needed - {Operation.ADMINISTER}:
        require(viewer, operation, done.initiative_id)
    if (first := _first(session, done)).operation in NEEDS_OF:
        require(viewer, NEEDS_OF[first.operation], None)


def _safely(session: Session, done: Act, known: Sequence[Trace]) -> AbstractContextManager[None]:
    """Where accesses are written back, somebody still administers afterwards."""
    touches = {trace.table for trace in known} & {"account", "grant"}
    if not touches:
        return nullcontext()
    return somebody_administers(session, local_day(session, done.initiative_id, now_utc()))


def _nothing_left(found: Sequence[Trace]) -> Conflict | Invalid:
    """Why an act, of which nothing can be written back, is not taken back."""
    if not found:
        return Invalid("Cet acte n'a rien changé : il n'y a rien à annuler.")
    return Conflict(NO_MORE_LINK if {trace.model for trace in found} == {ReadingLink} else LOST)


def _is_whole(outcome: Outcome) -> bool:
    return not outcome.held and not outcome.held_by


def _refusal(
    session: Session, done: Act, act: Act, outcome: Outcome, known: Sequence[Trace], rows: Mapping[RowKey, Base]
) -> Conflict:
    """Why an act is not taken back whole: what changed since, then what others added to what it had made."""
    leaning = {row: Held(None, "s'y rattache depuis") for row in sorted(outcome.held_by) if row not in outcome.held}
    told = since.sentences(session, act, {**outcome.held, **leaning}, known, rows)
    more = len(told) - MOST_TOLD
    details = tuple([*told[:MOST_TOLD], f"et {more} autres"] if more > 1 else told)
    what = act.label.partition(" : ")[0]
    if details and _first(session, done).operation == passed.HANDING:
        return Conflict(passed.WHOLE, details)
    if outcome.is_something:
        return ChangedSince(
            f"{what} impossible en entier : ce qui suit a changé depuis. Rien n'a été écrit ; "
            "laissez ces points comme ils sont et reprenez tout le reste, ou corrigez-les un à un.",
            details,
            done.id,
            done.undoes_id is not None,
        )
    if not details:
        return Conflict(f"{what} sans objet : ce que cet acte a ajouté sert ailleurs depuis, et reste.")
    return Conflict(
        f"{what} impossible : tout ce que cet acte avait écrit a changé depuis. Rien n'a été écrit ; "
        "corrigez ces points un à un, ou gardez-les.",
        details,
    )

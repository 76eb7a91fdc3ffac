"""What every database starts with: the actors, the account of the machine, the lists of the field, the territories."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from db import territories
from db.commands.common import next_position, words
from db.engine import writing
from db.journal import acting
from db.models import Account, Actor, Grant, Term, TermAlias
from db.rights import Operation
from db.rules.access import Role
from db.rules.text import fold, search_text, sort_key, words_of
from db.rules.vocabulary import ActorKind, Vocabulary
from db.viewer import LOCAL_LOGIN, Viewer, require

TERMS = Path(__file__).resolve().parent.parent / "reference" / "terms.yaml"
# The demonstration looks at days gone by: the account of the machine has its rights on any of them.
ALWAYS = date(2000, 1, 1)


def install(engine: Engine, departments: Collection[str] | None = None) -> None:
    """Bring the reference of this version into a migrated database; nothing moves when it is already there.

    `departments` limits communes and EPCI to these départements, for tests.
    """
    with writing(engine) as session:
        system = _system_actor(session)
        _install_account(session, system)
        _install_terms(session, system)
        territories.load(session, system, departments)


def system_actor(session: Session) -> int:
    """The actor under which Balise itself acts; the database has been installed."""
    return session.scalars(select(Actor.id).where(Actor.kind == ActorKind.SYSTEM).order_by(Actor.id)).one()


def find_term(session: Session, vocabulary: Vocabulary, label: str) -> Term | None:
    """The word of a list with exactly this code, label or alias, accents and case aside."""
    alive = (Term.vocabulary == vocabulary, Term.archived_at.is_(None))
    coded = session.scalars(select(Term).where(*alive, Term.code == label)).first()
    if coded is not None:
        return coded
    named = select(Term).join(TermAlias, TermAlias.term_id == Term.id).where(*alive)
    return session.scalars(named.where(TermAlias.search_text == fold(label)).order_by(Term.id)).first()


def find_or_create_term(
    session: Session, viewer: Viewer, *, vocabulary: Vocabulary, label: str, initiative_id: int | None = None
) -> Term:
    """The word of that exact label or alias, added to its list when there is none."""
    require(viewer, Operation.WRITE, initiative_id)
    cleaned = words(label, "Le mot à ajouter", 300)
    known = find_term(session, vocabulary, cleaned)
    if known is not None:
        return known
    what = f"Ajout à la liste « {vocabulary.label_fr} » : {cleaned}"
    with acting(session, viewer.actor_id, "find_or_create_term", what, initiative_id):
        position = next_position(session, Term.position, Term.vocabulary == vocabulary)
        return _add_term(
            session, vocabulary, {"code": _free_code(session, vocabulary, cleaned), "label": cleaned}, position
        )


def _free_code(session: Session, vocabulary: Vocabulary, label: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in words_of(label))[:60]
    stem = plain.strip("_") or "mot"
    code, number = stem, 1
    taken = set(session.scalars(select(Term.code).where(Term.vocabulary == vocabulary)))
    while code in taken:
        number += 1
        code = f"{stem}_{number}"
    return code


def _system_actor(session: Session) -> int:
    """The first actor cannot come by an act, since an act needs its actor: the one row outside the journal."""
    known = session.scalars(select(Actor.id).where(Actor.kind == ActorKind.SYSTEM).order_by(Actor.id)).first()
    if known is not None:
        return known
    session.execute(insert(Actor).values(kind=ActorKind.SYSTEM, label="Balise"))
    return system_actor(session)


def _install_account(session: Session, system: int) -> None:
    if session.scalars(select(Account.id).where(Account.login == LOCAL_LOGIN)).first() is not None:
        return
    with acting(session, system, "install_account", "Installation : le compte de ce poste"):
        session.add(Actor(kind=ActorKind.IMPORT, label="Import d'un fichier"))
        person = Actor(kind=ActorKind.PERSON, label="La coordination (ce poste)")
        session.add(person)
        session.flush()
        account = Account(login=LOCAL_LOGIN, actor_id=person.id)
        session.add(account)
        session.flush()
        session.add(Grant(account_id=account.id, role=Role.ADMINISTRATOR, starts_on=ALWAYS))


def _install_terms(session: Session, system: int) -> None:
    """Add the words that are missing. One that is there stays as the coordination has it."""
    lists: dict[str, list[dict[str, Any]]] = yaml.load(TERMS.read_bytes(), Loader=yaml.CSafeLoader)
    there = {(vocabulary, code) for vocabulary, code in session.execute(select(Term.vocabulary, Term.code))}
    missing = [
        (vocabulary, told, position)
        for vocabulary in Vocabulary
        for position, told in enumerate(lists.get(vocabulary.value, ()))
        if (vocabulary, told["code"]) not in there
    ]
    if not missing:
        return
    with acting(session, system, "install_terms", "Installation : les listes du domaine"), session.no_autoflush:
        made = {(vocabulary, told["code"]): _term(vocabulary, told, position) for vocabulary, told, position in missing}
        session.add_all(made.values())
        session.flush()
        for vocabulary, told, _ in missing:
            term = made[vocabulary, told["code"]]
            session.add_all(_aliases(term, told))
            if told.get("parent"):
                term.parent_id = session.scalars(
                    select(Term.id).where(Term.vocabulary == vocabulary, Term.code == told["parent"])
                ).one()


def _add_term(session: Session, vocabulary: Vocabulary, told: dict[str, Any], position: int) -> Term:
    term = _term(vocabulary, told, position)
    session.add(term)
    session.flush()
    session.add_all(_aliases(term, told))
    session.flush()
    return term


def _term(vocabulary: Vocabulary, told: dict[str, Any], position: int) -> Term:
    names = [told["label"], told.get("full_name"), *told.get("aliases", ())]
    return Term(
        vocabulary=vocabulary,
        code=told["code"],
        label=told["label"],
        note=_note(told),
        position=position,
        search_text=search_text(*names),
        sort_key=sort_key(told["label"]),
    )


def _note(told: dict[str, Any]) -> str | None:
    """What a list says of a word: its name in full, then its sentence."""
    return " : ".join(part for part in (told.get("full_name"), told.get("note")) if part) or None


def _aliases(term: Term, told: dict[str, Any]) -> list[TermAlias]:
    """Every way of writing the word, its own label first, each folded form once."""
    names = {
        fold(name): name for name in reversed([told["label"], told.get("full_name"), *told.get("aliases", ())]) if name
    }
    return [TermAlias(term_id=term.id, label=name, search_text=folded) for folded, name in names.items()]

"""What an archive names that this installation knows already: structures by their name, words and places by their
codes, Balise itself as an author. People are never recognised: two of one name are two."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.commands.directory import find_organisation
from db.errors import Invalid
from db.models import Actor, OrganisationAlias, Term, Territory
from db.portable.pointers import Listed
from db.rules.vocabulary import ActorKind

RowKey = tuple[str, int]
NOTHING = "Rien n'a été écrit."


@dataclass(frozen=True, slots=True)
class Match:
    """The rows of an archive that are here already, each with its key, and those that are not to be written."""

    known: dict[RowKey, int]
    left: frozenset[RowKey]

    def is_new(self, table: str, number: int) -> bool:
        """Whether a row of the archive is to be written."""
        return (table, number) not in self.known and (table, number) not in self.left


def match(session: Session, rows: Listed) -> Match:
    """Recognise what is here. Raises Invalid when a place of the reference there is not in the reference here."""
    known = _territories(session, rows) | _terms(session, rows) | _organisations(session, rows) | _actors(session, rows)
    return Match(known, frozenset(_said_already(session, rows, known)))


def _territories(session: Session, rows: Listed) -> dict[RowKey, int]:
    """By their codes; a place that the démarche itself added comes with it."""
    found = {}
    own = {line["row_key"] for line in rows["journal"] if line["table"] == Territory.__tablename__}
    for row in rows["territory"]:
        here = select(Territory.id).where(Territory.kind == row["kind"], Territory.code == row["code"])
        key = session.scalars(here).first()
        if key is None and str(row["id"]) in own:
            continue
        if key is None:
            raise Invalid(
                f"Le territoire « {row['name']} » ({row['code']}) n'est pas dans la référence de cette installation. "
                f"{NOTHING} Lancez « python -m db init », puis recommencez."
            )
        found["territory", row["id"]] = key
    return found


def _terms(session: Session, rows: Listed) -> dict[RowKey, int]:
    there = select(Term.vocabulary, Term.code, Term.id).order_by(Term.archived_at.is_(None), Term.id)
    here: dict[tuple[Any, Any], int] = {(words, code): key for words, code, key in session.execute(there)}
    found = {row["id"]: here.get((row["vocabulary"], row["code"])) for row in rows["term"]}
    return {("term", number): key for number, key in found.items() if key is not None}


def _organisations(session: Session, rows: Listed) -> dict[RowKey, int]:
    found = {row["id"]: find_organisation(session, row["name"]) for row in rows["organisation"]}
    return {("organisation", number): row.id for number, row in found.items() if row is not None}


def _actors(session: Session, rows: Listed) -> dict[RowKey, int]:
    """Balise itself, and the imports, are the same everywhere; whoever else signs there is nobody here."""
    same = (ActorKind.SYSTEM, ActorKind.IMPORT)
    here = {row.kind: row.id for row in session.scalars(select(Actor).where(Actor.kind.in_(same)).order_by(-Actor.id))}
    return {("actor", row["id"]): here[row["kind"]] for row in rows["actor"] if row["kind"] in here}


def _said_already(session: Session, rows: Listed, known: dict[RowKey, int]) -> set[RowKey]:
    """What is said of what is known here, and the other names that another structure bears."""
    left = {
        (said, row["id"])
        for said, of in (("organisation_alias", "organisation"), ("term_alias", "term"))
        for row in rows[said]
        if (of, row[f"{of}_id"]) in known
    }
    borne = set(session.scalars(select(OrganisationAlias.search_text)))
    return left | {
        ("organisation_alias", row["id"]) for row in rows["organisation_alias"] if row["search_text"] in borne
    }

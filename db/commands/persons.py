"""What is held of a person: handed to them whole, relied on no longer than it should be, erased on demand.

Erasing takes away the personal details, what their access held, and their name wherever others typed it: in the tables,
in the words they are found by, and in the journal, which keeps its lines. The function of a contact stays: it is the
structure's. `db.erasure.clean` then has the file itself forget.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Enum, Select, String, Table, delete, func, or_, select, update
from sqlalchemy.orm import Session

from db import journal
from db.commands.common import found
from db.commands.sessions import digest_of
from db.commands.ways_in import disable_account
from db.errors import Invalid
from db.journal import acting
from db.models import (
    Account,
    AccountKey,
    Act,
    Actor,
    Base,
    Consultation,
    Credential,
    Decision,
    Draft,
    Grant,
    Handover,
    Involvement,
    JournalEntry,
    Person,
    PersonDetail,
    Proposal,
    Revision,
    Throttle,
    WebSession,
)
from db.models.base import now_utc
from db.rights import Operation
from db.rules.history import IN_PART, WITHOUT_DETAILS
from db.rules.mentions import MASK, is_named, masked, mentions
from db.rules.persons import ACCESS, ANSWER, CONTACT, WORD, login_once_erased, read_exact
from db.rules.text import clean, fold
from db.viewer import LOCAL_LOGIN, Viewer, require

GONE = "Personne effacée"
NEVER_TOLD = frozenset({"password_hash", "digest", "salt"})
OWNER = "owner_text"
FOUND_BY = frozenset({"search_text", "sort_key"})
"""Words made by the program: what names somebody is taken out of them, without a mark."""
CALL_HOLDERS = frozenset(
    {
        "change_password",
        "choose_password",
        "consult_acts",
        "disable_account",
        "enable_account",
        "end_role",
        "give_role",
        "invite",
        "new_password_link",
        "open_account",
        "withdraw_role",
    }
)
"""The acts whose labels end with what the holder of an access is called."""
NEVER_ABOUT_PEOPLE = frozenset({"revision", "territory", "territory_outline"})
UNKNOWN = "Personne ici ne porte ce nom, cette adresse ou cet identifiant, et aucun contact n'a ce numéro."


@dataclass(frozen=True, slots=True)
class Subject:
    """A human being as the base knows them: contacts, accounts, what they answered by a link under their name, and the
    pattern of what names them."""

    details: tuple[PersonDetail, ...]
    persons: tuple[Person, ...]
    accounts: tuple[Account, ...]
    answers: tuple[Proposal, ...]
    pattern: re.Pattern[str]

    @property
    def called(self) -> list[str]:
        """Their names and identifiers, each once."""
        names = [*(detail.name for detail in self.details), *(account.login for account in self.accounts)]
        return [*dict.fromkeys([*names, *(answer.name for answer in self.answers)])]


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: rows taken away, and the places where a name was replaced, by table."""

    rows: int
    places: dict[str, int] = field(default_factory=dict)


def find_subject(session: Session, viewer: Viewer, who: str) -> Subject:
    """The person of this name, address or identifier, or the contact of this number (« 12 »), exactly; the name that
    answers by a link alone bear; or what `db.rules.persons.exact` wrote.

    Raises Refused for who does not administer, Invalid when it is nobody, or several people.
    """
    require(viewer, Operation.ADMINISTER, None)
    if (told := read_exact(who)) is not None:
        return _of_number(session, *told)
    wanted = fold(who)
    details = [d for d in session.scalars(select(PersonDetail)) if _is(d, wanted, who)]
    accounts = [a for a in session.scalars(select(Account)) if a.archived_at is None and fold(a.login) == wanted]
    keys = {d.person_id for d in details} | {a.person_id for a in accounts if a.person_id is not None}
    if not keys and not accounts and not _answers(session, {wanted}):
        raise Invalid(UNKNOWN)
    if len(keys) > 1:
        numbers = ", ".join(str(key) for key in sorted(keys))
        raise Invalid(f"Plusieurs contacts répondent à « {who} » (numéros {numbers}) : donnez le numéro de l'un d'eux.")
    return _subject(session, keys, [a.id for a in accounts], {wanted})


def _of_number(session: Session, kind: str, key: int) -> Subject:
    if kind == CONTACT and session.get(PersonDetail, key) is not None:
        return _subject(session, {key}, [])
    if kind == ANSWER and (answer := session.get(Proposal, key)) is not None and answer.name != MASK:
        return _subject(session, set(), [], {fold(answer.name)})
    account = session.get(Account, key) if kind == ACCESS else None
    if account is None or account.archived_at is not None or account.login == login_once_erased(key):
        raise Invalid(UNKNOWN)
    return _subject(session, {account.person_id} if account.person_id is not None else set(), [key])


def _is(detail: PersonDetail, wanted: str, who: str) -> bool:
    return who.strip() == str(detail.person_id) or wanted in {fold(t) for t in (detail.name, detail.email or "") if t}


def _answers(session: Session, names: Collection[str]) -> tuple[Proposal, ...]:
    """What was answered by links under one of these names, folded."""
    rows = session.scalars(select(Proposal).where(Proposal.name != MASK).order_by(Proposal.id))
    return tuple(row for row in rows if fold(row.name) in names)


def _subject(session: Session, persons: set[int], accounts: list[int], signed: Collection[str] = ()) -> Subject:
    details = tuple(session.scalars(select(PersonDetail).where(PersonDetail.person_id.in_(persons))))
    theirs = or_(Account.id.in_(accounts), Account.person_id.in_(persons))
    held = tuple(session.scalars(select(Account).where(theirs).order_by(Account.id)))
    logins = [account.login for account in held if re.search(r"[@.]", account.login)]
    answers = _answers(session, {*signed, *(fold(d.name) for d in details)})
    exact = [*logins, *(d.email for d in details), *(row.signature for row in answers if row.function)]
    names = [*(d.name for d in details), *(row.name for row in answers)]
    pattern = mentions(names, exact, [d.phone for d in details])
    contacts = tuple(session.scalars(select(Person).where(Person.id.in_(persons)).order_by(Person.id)))
    return Subject(details, contacts, held, answers, pattern)


def export_person(session: Session, viewer: Viewer, *, who: str) -> dict[str, Any]:
    """All that is held of a person, as plain JSON values: contacts, parts held, access, acts, drafts, and the places
    where others named them. No secret is told. Raises what `find_subject` raises."""
    subject = find_subject(session, viewer, who)
    persons, accounts = [p.id for p in subject.persons], [a.id for a in subject.accounts]
    actors = [a.actor_id for a in subject.accounts]
    return {
        "contacts": [_told(row) for row in (*subject.persons, *subject.details)],
        "roles_tenus": _rows(session, select(Involvement).where(Involvement.person_id.in_(persons))),
        "acces": [_told(row) for row in subject.accounts],
        "droits": _rows(session, select(Grant).where(Grant.account_id.in_(accounts))),
        "connexions": _rows(session, select(WebSession).where(WebSession.account_id.in_(accounts))),
        "liens_envoyes": _rows(session, select(AccountKey).where(AccountKey.account_id.in_(accounts))),
        "passages_de_main": _rows(
            session,
            select(Handover).where(or_(Handover.from_account_id.in_(accounts), Handover.to_account_id.in_(accounts))),
        ),
        "actes": _rows(session, select(Act).where(Act.actor_id.in_(actors)).order_by(Act.id)),
        "consultations": _rows(session, select(Consultation).where(Consultation.account_id.in_(accounts))),
        "brouillons": _rows(session, select(Draft).where(Draft.actor_id.in_(actors))),
        "reponses_par_lien": [_told(row) for row in subject.answers],
        "nomme_ailleurs": [
            {"table": table.name, "colonne": column.name, "ligne": key, "texte": value}
            for table, key, column, value in _mentions(session, subject.pattern)
            if table.name not in ("person_detail", "account") and column is not Proposal.__table__.c.name
        ],
    }


def _rows(session: Session, asked: Select[Any]) -> list[dict[str, Any]]:
    return [_told(row) for row in session.scalars(asked)]


def _told(row: Base) -> dict[str, Any]:
    columns = (column.key for column in row.__table__.columns if column.key not in NEVER_TOLD)
    return {"table": row.__tablename__} | {key: journal.plain(getattr(row, key)) for key in columns}


def erase_person(session: Session, viewer: Viewer, *, who: str, on: date, at: datetime | None = None) -> Erased:
    """Erase a person: details, access and what it held, drafts, and their name wherever it was typed.

    It cannot be taken back. Raises what `find_subject` raises, and Invalid for the person at the machine and for the
    last one who administers.
    """
    subject = find_subject(session, viewer, who)
    if any(account.login == LOCAL_LOGIN for account in subject.accounts):
        raise Invalid("Cet accès est celui de la machine elle-même : il ne s'efface pas. Rien n'a été changé.")
    with acting(session, viewer.actor_id, "erase_person", "Effacement d'une personne"):
        for account in subject.accounts:
            if account.disabled_at is None:
                disable_account(session, viewer, account_id=account.id, on=on, at=at or now_utc())
        session.flush()
        rows = _take_away(session, subject)
        called = _called(session, subject)
        places: Counter[str] = Counter(_hide_accounts(session, subject))
        places.update(_hide_calls(session, called))
        places.update(_hide_words(session, subject))
        places += _hide_answers(session, subject)
        places += _hide_mentions(session, subject.pattern)
        scopes = session.scalars(select(Revision.scope).where(Revision.scope != "all"))
        journal.move(session, [*scopes])
    session.expire_all()
    return Erased(rows, dict(sorted(places.items())))


def erase_person_named(
    session: Session, viewer: Viewer, *, who: str, name: str | None, word: str | None, on: date
) -> Erased:
    """Erase a person, for who typed their name and the word that says it is meant. Raises what `erase_person` raises,
    and Invalid when one of the two is not what was asked for."""
    subject = find_subject(session, viewer, who)
    if fold(clean(name or "")) not in {fold(one) for one in subject.called}:
        raise Invalid(
            "Le nom tapé n'est pas celui de cette personne : rien n'est effacé. Tapez-le tel qu'il est écrit."
        )
    if clean(word or "") != WORD:
        raise Invalid(f"Le mot tapé n'est pas {WORD}, en capitales : rien n'est effacé.")
    return erase_person(session, viewer, who=who, on=on)


def _take_away(session: Session, subject: Subject) -> int:
    """Delete the rows that are about them alone, without a line of the journal that would keep what they held."""
    accounts, actors = [a.id for a in subject.accounts], [a.actor_id for a in subject.accounts]
    throttled = [digest_of(f"account:{a.login.lower()}") for a in subject.accounts]
    gone = 0
    for statement in (
        delete(PersonDetail).where(PersonDetail.person_id.in_([p.id for p in subject.persons])),
        delete(Credential).where(Credential.account_id.in_(accounts)),
        delete(WebSession).where(WebSession.account_id.in_(accounts)),
        delete(AccountKey).where(AccountKey.account_id.in_(accounts)),
        delete(Draft).where(Draft.actor_id.in_(actors)),
        delete(Throttle).where(Throttle.subject.in_(throttled)),
    ):
        gone += session.connection().execute(statement).rowcount
    return gone


def _hide_accounts(session: Session, subject: Subject) -> Iterator[str]:
    """Their accounts and actors stay, for the journal's sake, under a name that is nobody's."""
    connection = session.connection()
    for account in subject.accounts:
        hidden, named = login_once_erased(account.id), func.lower(Account.login) == account.login.lower()
        connection.execute(update(Account).where(Account.id == account.id, named).values(login=hidden))
        connection.execute(update(Actor).where(Actor.id == account.actor_id).values(label=GONE))
        yield from ("account", "actor")
        for table, key, column, shown in (
            ("account", account.id, "login", hidden),
            ("actor", account.actor_id, "label", GONE),
        ):
            _rewrite_lines(session, table, str(key), column, shown)


def _called(session: Session, subject: Subject) -> frozenset[str]:
    """What the journal calls them, and their identifiers; but what somebody else is called too, or the function of a
    contact, names nobody."""
    own = [account.actor_id for account in subject.accounts]
    labels = set(session.scalars(select(Actor.label).where(Actor.id.in_(own))))
    others = set(session.scalars(select(Actor.label).where(Actor.label.in_(labels), Actor.id.not_in(own))))
    functions = set(session.scalars(select(Person.function).where(Person.function.in_(labels))))
    return frozenset(labels - others - functions | {account.login for account in subject.accounts})


def _hide_calls(session: Session, called: frozenset[str]) -> Iterator[str]:
    """Call them nobody where the program wrote what they are called: at the end of the labels of the acts about
    accesses, and as the one who holds a decision, in its lines of the journal too."""
    if not called:
        return
    names, ends = ("|".join(map(re.escape, words)) for words in (called, (IN_PART, WITHOUT_DETAILS)))
    last = re.compile(rf"(?<=: )(?:{names})(?=(?:{ends})*\Z)")
    for key, label in _labels(session):
        if (hidden := last.sub(GONE, label)) != label:
            session.connection().execute(update(Act).where(Act.id == key).values(label=hidden))
            yield "act"
    known = {fold(words) for words in called}
    d = Decision
    for key, owner in session.connection().execute(select(d.id, d.owner_text)).all():
        if fold(owner or "") in known:
            session.connection().execute(update(d).where(d.id == key).values(owner_text=GONE))
            yield "decision"
    yield from _rewrite_owners(session, known)


def _labels(session: Session) -> Iterator[tuple[int, str]]:
    """The acts about accesses, those that take one of them back included, with their labels."""
    asked = select(Act.id, Act.label, Act.operation, Act.undoes_id)
    found = set()
    for key, label, operation, undone in session.connection().execute(asked.order_by(Act.id)).all():
        if operation in CALL_HOLDERS or undone in found:
            found.add(key)
            yield key, label


def _rewrite_owners(session: Session, known: Collection[str]) -> Iterator[str]:
    """The lines of the journal that say who holds a decision, when it is one of these."""
    lines = JournalEntry.__table__
    asked = select(lines.c.seq, lines.c.before, lines.c.after).where(lines.c.table == Decision.__tablename__)
    for seq, *sides in session.connection().execute(asked).all():
        kept = [{**side, OWNER: GONE} if side and fold(side.get(OWNER) or "") in known else side for side in sides]
        if kept != sides:
            _rewrite_line(session, seq, kept)
            yield "journal"


def _rewrite_lines(session: Session, table: str, row_key: str, column: str, shown: str) -> None:
    lines = JournalEntry.__table__
    asked = select(lines.c.seq, lines.c.before, lines.c.after).where(lines.c.table == table, lines.c.row_key == row_key)
    for seq, *sides in session.connection().execute(asked).all():
        kept = [{**side, column: shown} if side and column in side else side for side in sides]
        _rewrite_line(session, seq, kept)


def _rewrite_line(session: Session, seq: int, sides: Iterable[dict[str, Any] | None]) -> None:
    values = dict(zip(("before", "after"), sides, strict=True))
    session.connection().execute(update(JournalEntry).where(JournalEntry.seq == seq).values(values))


def _hide_words(session: Session, subject: Subject) -> Iterator[str]:
    """What they wrote to who took their post, and what was written to them, goes: it names people in any way."""
    h, accounts = Handover, [account.id for account in subject.accounts]
    theirs = or_(h.from_account_id.in_(accounts), h.to_account_id.in_(accounts))
    gone = session.connection().execute(update(h).where(theirs, h.word.is_not(None)).values(word=None))
    yield from [h.__tablename__] * gone.rowcount


def _hide_answers(session: Session, subject: Subject) -> Counter[str]:
    """What they answered by links stays, without their name: a single word too, that no pattern looks for."""
    keys = [row.id for row in subject.answers]
    session.connection().execute(update(Proposal).where(Proposal.id.in_(keys)).values(name=MASK))
    return Counter({Proposal.__tablename__: len(keys)})


def _hide_mentions(session: Session, pattern: re.Pattern[str]) -> Counter[str]:
    """Replace what names them wherever it was typed; how many values, by table."""
    done: Counter[str] = Counter()
    for table, key, column, value in list(_mentions(session, pattern)):
        hidden = masked(value, pattern, "" if column.name in FOUND_BY else MASK)
        if column.unique:
            hidden = f"{hidden} {key[0]}"
        same = [mark == part for mark, part in zip(table.primary_key.columns, key, strict=True)]
        session.connection().execute(update(table).where(*same).values({column.name: hidden}))
        done[table.name] += 1
    return done


Mention = tuple[Table, tuple[Any, ...], Column[Any], Any]


def _mentions(session: Session, pattern: re.Pattern[str]) -> Iterator[Mention]:
    """Every value of the base in which the pattern is found: texts, and whatever is kept as JSON."""
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if _is_text(column)]
        marks = list(table.primary_key.columns)
        if not columns or table.name in NEVER_ABOUT_PEOPLE:
            continue
        for row in session.connection().execute(select(*marks, *columns)):
            key, values = tuple(row[: len(marks)]), row[len(marks) :]
            for column, value in zip(columns, values, strict=True):
                if value is not None and is_named(value, pattern):
                    yield table, key, column, value


def _is_text(column: Column[Any]) -> bool:
    kind = column.type
    return not column.primary_key and (
        (isinstance(kind, String) and not isinstance(kind, Enum)) or isinstance(kind, JSON)
    )


def review_person(session: Session, viewer: Viewer, *, person_id: int, on: date) -> None:
    """Note that a contact's details were looked at that day, and still serve. Refused for who does not administer."""
    require(viewer, Operation.ADMINISTER, None)
    detail = found(session, PersonDetail, person_id)
    with acting(session, viewer.actor_id, "review_person", "Contact relu"):
        detail.reviewed_on = on
        session.flush()

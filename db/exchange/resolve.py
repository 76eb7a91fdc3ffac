"""The names a file uses, as the database knows them: organisations and terms by any alias, communes covered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.exchange.draft import FunderDraft, MilestoneDraft, SheetDraft
from db.models import Amendment, Coverage, Organisation, OrganisationAlias, Term, TermAlias, Territory
from db.rules.text import words_of
from db.rules.vocabulary import TerritoryKind, Vocabulary

TERM_LISTS = {
    "target_groups": Vocabulary.TARGET_GROUP,
    "themes": Vocabulary.THEME,
    "settings": Vocabulary.SETTING,
    "linked_schemes": Vocabulary.LINKED_SCHEME,
    "determinants": Vocabulary.DETERMINANT,
}
ORGANISATION_LISTS = ("leads", "co_leads", "partners", "beneficiaries")


@dataclass(frozen=True, slots=True)
class Known:
    """A row of the database and its own words."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the database knows, by folded words. A name that two bear is in `shared`, with theirs, and resolves to none:
    choosing is not the reader's."""

    organisations: dict[str, Known]
    terms: dict[tuple[Vocabulary, str], Known]
    communes: dict[str, Known]
    amendments: frozenset[int]
    determinants: tuple[str, ...]
    shared: dict[str, tuple[str, ...]]

    def organisation(self, name: str) -> Known | None:
        """The organisation that bears this name, or another spelling of it."""
        return self.organisations.get(words_of(name))

    def bearers(self, name: str) -> tuple[str, ...]:
        """The organisations that all bear this name; none when it says one at most."""
        return self.shared.get(words_of(name), ())

    def term(self, vocabulary: Vocabulary, word: str) -> Known | None:
        """The word of this list, or another spelling of it."""
        return self.terms.get((vocabulary, words_of(word)))

    def commune(self, name: str) -> Known | None:
        """The commune of this name among those that the initiative covers: elsewhere a name alone says too little."""
        return self.communes.get(words_of(name))

    def resolved(self, sheet: SheetDraft) -> SheetDraft:
        """The sheet with every known name in the database's own spelling, so that only real differences are left."""
        places = tuple(known.label if (known := self.commune(name)) else name for name in sheet.places)
        lists: dict[str, Any] = {field: self._organisations(getattr(sheet, field)) for field in ORGANISATION_LISTS}
        lists |= {field: self._terms(v, getattr(sheet, field)) for field, v in TERM_LISTS.items()}
        lists["places"] = tuple(dict.fromkeys(places))
        lists["funders"] = tuple(self._funder(funder) for funder in sheet.funders)
        lists["milestones"] = tuple(self._milestone(step) for step in sheet.milestones)
        return replace(sheet, **lists)

    def _organisations(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known.label if (known := self.organisation(name)) else name for name in names))

    def _terms(self, vocabulary: Vocabulary, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(known.label if (known := self.term(vocabulary, word)) else word for word in words))

    def _funder(self, funder: FunderDraft) -> FunderDraft:
        known = self.organisation(funder.name)
        return replace(funder, name=known.label) if known else funder

    def _milestone(self, step: MilestoneDraft) -> MilestoneDraft:
        return replace(step, leads=self._organisations(step.leads))


def names(session: Session, initiative_id: int | None, on: date) -> Names:
    """What the database knows on a day; `initiative_id` says which communes a name may mean."""
    amendments = session.scalars(
        select(Amendment.number).where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
    )
    determinants = session.scalars(
        select(Term.label)
        .where(Term.vocabulary == Vocabulary.DETERMINANT, Term.archived_at.is_(None))
        .order_by(Term.position, Term.id)
    )
    organisations, shared = _organisations(session)
    return Names(
        organisations=organisations,
        terms=_terms(session),
        communes=_communes(session, initiative_id, on),
        amendments=frozenset(amendments),
        determinants=tuple(determinants),
        shared=shared,
    )


def _organisations(session: Session) -> tuple[dict[str, Known], dict[str, tuple[str, ...]]]:
    """Who bears each name, then the names that several bear. A name of its own wins over the alias of another."""
    rows = session.execute(
        select(Organisation.id, Organisation.name, Organisation.merged_into_id, Organisation.archived_at)
    ).all()
    by_id = {row.id: row for row in rows}
    aliases = session.execute(select(OrganisationAlias.organisation_id, OrganisationAlias.label)).all()
    bearers: dict[str, dict[int, str]] = {}
    for spellings in ([(row.id, row.name) for row in rows], [(alias[0], alias[1]) for alias in aliases]):
        here: dict[str, dict[int, str]] = {}
        for key, label in spellings:
            bearer = by_id[key]
            while bearer.merged_into_id is not None:
                bearer = by_id[bearer.merged_into_id]
            if bearer.archived_at is None:
                here.setdefault(words_of(label), {})[bearer.id] = bearer.name
        bearers = here | bearers
    found = {words: Known(*one) for words, several in bearers.items() if len(several) == 1 for one in several.items()}
    return found, {words: tuple(several.values()) for words, several in bearers.items() if len(several) > 1}


def _terms(session: Session) -> dict[tuple[Vocabulary, str], Known]:
    rows = session.execute(
        select(Term.id, Term.vocabulary, Term.label).where(Term.archived_at.is_(None)).order_by(Term.id.desc())
    ).all()
    by_id = {row.id: row for row in rows}
    found: dict[tuple[Vocabulary, str], Known] = {}
    for key, label in session.execute(select(TermAlias.term_id, TermAlias.label).order_by(TermAlias.id.desc())):
        if key in by_id:
            found[by_id[key].vocabulary, words_of(label)] = Known(key, by_id[key].label)
    found |= {(row.vocabulary, words_of(row.label)): Known(row.id, row.label) for row in rows}
    return found


def _communes(session: Session, initiative_id: int | None, on: date) -> dict[str, Known]:
    """The communes covered on a day by their name; a name that two bear says neither."""
    if initiative_id is None:
        return {}
    rows = session.execute(
        select(Territory.id, Territory.name, Territory.kind, Territory.code)
        .join(Coverage, Coverage.territory_id == Territory.id)
        .where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
        .where(or_(Coverage.ends_on.is_(None), Coverage.ends_on >= on))
    ).all()
    inside = [row.code for row in rows if row.kind is TerritoryKind.INTERCOMMUNALITY]
    members = session.execute(
        select(Territory.id, Territory.name).where(
            Territory.kind == TerritoryKind.COMMUNE, Territory.intercommunality_code.in_(inside)
        )
    ).all()
    bearers: dict[str, dict[int, str]] = {}
    for row in (*rows, *members):
        bearers.setdefault(words_of(row.name), {})[row.id] = row.name
    return {words: Known(*one) for words, several in bearers.items() if len(several) == 1 for one in several.items()}

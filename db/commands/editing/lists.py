"""The fields of a fiche that are lists of names: words of the field, places, structures and their part."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.commands.editing.groups import Desk, Group, Values, text
from db.errors import Invalid
from db.exchange.fields import Field
from db.models import Involvement, Organisation, SheetPlace, SheetTerm, Term, Territory
from db.queries.facts import in_force
from db.rules.forms import Written
from db.rules.reading import distinct_names
from db.rules.sections import LABELS
from db.rules.vocabulary import InvolvementRole, Vocabulary

NAME_LENGTH = 300
TERMS: dict[str, tuple[Vocabulary, Field]] = {
    "target_groups": (Vocabulary.TARGET_GROUP, Field.TARGET_GROUPS),
    "themes": (Vocabulary.THEME, Field.THEMES),
    "linked_schemes": (Vocabulary.LINKED_SCHEME, Field.LINKED_SCHEMES),
}
PARTS: dict[str, tuple[InvolvementRole, Field]] = {
    "leads": (InvolvementRole.LEAD, Field.LEAD),
    "co_leads": (InvolvementRole.CO_LEAD, Field.CO_LEAD),
    "partners": (InvolvementRole.PARTNER, Field.PARTNER),
    "beneficiaries": (InvolvementRole.BENEFICIARY, Field.BENEFICIARY),
}
VOCABULARIES = {name: vocabulary for name, (vocabulary, _) in TERMS.items()} | {
    "main_determinant": Vocabulary.DETERMINANT,
    "determinants": Vocabulary.DETERMINANT,
    "settings": Vocabulary.SETTING,
}
SECONDARY = 2


def _names(value: Written, what: str) -> list[str]:
    """The names typed, cleaned, each once."""
    cleaned = [text(name, what, NAME_LENGTH) for name in value or []]
    return list(distinct_names([name for name in cleaned if name]))


def _read_terms(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    rows = desk.session.execute(
        select(SheetTerm.sheet_id, Term.vocabulary, Term.label, SheetTerm.rank)
        .join(Term, Term.id == SheetTerm.term_id)
        .where(SheetTerm.sheet_id.in_(sheets))
        .order_by(SheetTerm.rank.nulls_last(), SheetTerm.position, SheetTerm.id)
    )
    words: dict[tuple[int, Vocabulary], list[str]] = defaultdict(list)
    main: dict[int, str] = {}
    for sheet, vocabulary, label, rank in rows:
        if vocabulary is Vocabulary.DETERMINANT and rank == 1:
            main[sheet] = label
        else:
            words[sheet, vocabulary].append(label)
    return {
        sheet: {
            **{name: words[sheet, vocabulary] for name, (vocabulary, _) in TERMS.items()},
            "main_determinant": main.get(sheet),
            "determinants": words[sheet, Vocabulary.DETERMINANT],
            "settings": words[sheet, Vocabulary.SETTING],
        }
        for sheet in sheets
    }


def _write_terms(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    for name, (_, field) in TERMS.items():
        if name in changed:
            desk.lists.replace(sheet_id, field, _names(values[name], LABELS[name]))
    if "settings" in changed:
        desk.lists.replace(sheet_id, Field.SETTINGS, _names(values["settings"], LABELS["settings"]))
    if {"main_determinant", "determinants"} & set(changed):
        _write_determinants(desk, sheet_id, values)


def _write_determinants(desk: Desk, sheet_id: int, values: Values) -> None:
    """One principal determinant at most, then two secondary ones: as the fiche of the field has them."""
    main = text(values["main_determinant"], LABELS["main_determinant"], NAME_LENGTH)
    others = [name for name in _names(values["determinants"], LABELS["determinants"]) if name != main]
    if main is not None and len(others) > SECONDARY:
        raise Invalid(
            f"Une fiche a un déterminant principal et {SECONDARY} autres au plus : "
            f"retirez-en {len(others) - SECONDARY}."
        )
    desk.lists.replace(sheet_id, Field.DETERMINANTS, [*([main] if main else []), *others])
    desk.session.flush()
    of_sheet = select(SheetTerm).join(Term, Term.id == SheetTerm.term_id).where(SheetTerm.sheet_id == sheet_id)
    rows = desk.session.scalars(of_sheet.where(Term.vocabulary == Vocabulary.DETERMINANT).order_by(SheetTerm.position))
    for place, row in enumerate(rows):
        row.rank = place + 1 if main is not None else None


def _is_word_of(session: Session, name: str, row: Mapping[str, Any]) -> bool:
    """Whether a word of a fiche is one of the list that this field shows."""
    term = session.get(Term, row["term_id"])
    return term is not None and term.vocabulary is VOCABULARIES[name]


TERM_LISTS = Group(
    fields=tuple(VOCABULARIES),
    tables=("sheet_term",),
    read=_read_terms,
    write=_write_terms,
    holds=_is_word_of,
)


def _read_places(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    rows = desk.session.execute(
        select(SheetPlace.sheet_id, func.coalesce(Territory.name, Term.label, SheetPlace.label))
        .outerjoin(Territory, Territory.id == SheetPlace.territory_id)
        .outerjoin(Term, Term.id == SheetPlace.term_id)
        .where(SheetPlace.sheet_id.in_(sheets))
        .order_by(SheetPlace.position, SheetPlace.id)
    )
    found: dict[int, list[str]] = {sheet: [] for sheet in sheets}
    for sheet, name in rows:
        if name not in found[sheet]:
            found[sheet].append(str(name))
    return {sheet: {"places": names} for sheet, names in found.items()}


def _write_places(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    desk.lists.replace(sheet_id, Field.PLACES, _names(values["places"], LABELS["places"]))


PLACES = Group(fields=("places",), tables=("sheet_place",), read=_read_places, write=_write_places)


def _read_parts(desk: Desk, sheets: Sequence[int]) -> dict[int, dict[str, Written]]:
    link = Involvement
    rows = desk.session.execute(
        select(link.sheet_id, link.role, Organisation.name)
        .join(Organisation, Organisation.id == link.organisation_id)
        .where(link.sheet_id.in_(sheets), link.archived_at.is_(None), *in_force(desk.on))
        .order_by(link.position, link.id)
    )
    found: dict[tuple[int | None, InvolvementRole], list[str]] = defaultdict(list)
    for sheet, role, name in rows:
        found[sheet, role].append(name)
    return {sheet: {name: found[sheet, role] for name, (role, _) in PARTS.items()} for sheet in sheets}


def _write_parts(desk: Desk, sheet_id: int, values: Values, changed: Collection[str]) -> None:
    for name, (_, field) in PARTS.items():
        if name in changed:
            typed = _names(values[name], LABELS[name])
            for structure in typed:
                desk.organisation(structure, LABELS[name])
            desk.lists.replace(sheet_id, field, typed)


def _is_part_of(_session: Session, name: str, row: Mapping[str, Any]) -> bool:
    return bool(row["role"] == PARTS[name][0])


PART_LISTS = Group(
    fields=tuple(PARTS), tables=("involvement",), read=_read_parts, write=_write_parts, holds=_is_part_of
)

"""The names that the forms of a fiche offer."""

from collections import defaultdict
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.commands.editing.columns import axis_names
from db.models import Coverage, Organisation, Term, Territory
from db.queries import facts, reads
from db.rights import Operation
from db.rules.choices import EditChoices
from db.rules.text import sort_key
from db.rules.vocabulary import TerritoryKind, Vocabulary
from db.viewer import Viewer, require

NOTHING = EditChoices((), {}, (), ())


@reads("initiative", "directory", "reference")
def edit_choices(session: Session, viewer: Viewer, initiative_id: int, on: date) -> EditChoices:
    """What may be chosen in this plan on that day; nothing for who may not write there.

    Raises Refused when the viewer may not read the plan.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.may(Operation.WRITE, initiative_id):
        return NOTHING
    return EditChoices(
        organisations=_organisations(session),
        terms=_terms(session),
        places=_places(session, initiative_id, on),
        axes=tuple(axis_names(facts.axes(session, initiative_id)).values()),
    )


def organisation_names(session: Session, viewer: Viewer) -> tuple[str, ...]:
    """The structures of the directory, by name, for who administers: the same for every démarche."""
    require(viewer, Operation.ADMINISTER, None)
    return _organisations(session)


def _organisations(session: Session) -> tuple[str, ...]:
    return tuple(
        session.scalars(
            select(Organisation.name)
            .where(Organisation.archived_at.is_(None), Organisation.merged_into_id.is_(None))
            .order_by(Organisation.sort_key, Organisation.id)
        )
    )


def _terms(session: Session) -> dict[Vocabulary, tuple[str, ...]]:
    """The words of each list in its own order; a family of determinants is not itself a choice."""
    families = select(Term.parent_id).where(Term.parent_id.is_not(None))
    rows = session.execute(
        select(Term.vocabulary, Term.label)
        .where(Term.archived_at.is_(None), Term.id.not_in(families))
        .order_by(Term.position, Term.id)
    )
    found: dict[Vocabulary, list[str]] = defaultdict(list)
    for vocabulary, label in rows:
        if label not in found[vocabulary]:
            found[vocabulary].append(label)
    return {vocabulary: tuple(labels) for vocabulary, labels in found.items()}


def _places(session: Session, initiative_id: int, on: date) -> tuple[str, ...]:
    """The communes and EPCI that the démarche covers, and their priority districts."""
    covered = session.execute(
        select(Territory.name, Territory.kind, Territory.code)
        .join(Coverage, Coverage.territory_id == Territory.id)
        .where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
        .where(or_(Coverage.ends_on.is_(None), Coverage.ends_on >= on))
    ).all()
    groups = [code for _, kind, code in covered if kind is TerritoryKind.INTERCOMMUNALITY]
    communes = [code for _, kind, code in covered if kind is TerritoryKind.COMMUNE]
    inside = session.scalars(
        select(Territory.name).where(
            or_(Territory.intercommunality_code.in_(groups), Territory.commune_code.in_(communes)),
            Territory.kind.in_([TerritoryKind.COMMUNE, TerritoryKind.PRIORITY_DISTRICT]),
        )
    )
    return tuple(sorted({*(name for name, *_ in covered), *inside}, key=sort_key))

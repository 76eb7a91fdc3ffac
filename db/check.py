"""Every promise that the schema alone cannot hold, verified row by row. Each problem is a French sentence."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, Subquery, cast, exists, func, inspect, or_, select, text
from sqlalchemy.orm import Session, aliased

from db import migrate
from db.engine import reading
from db.journal import NEVER_KEPT, PERSONAL, is_digest, names_people
from db.models import (
    Act,
    ActionSheet,
    Amendment,
    AmendmentSheet,
    Axis,
    Breakdown,
    Coverage,
    FundingDecisionEntry,
    FundingEvent,
    FundingLine,
    Indicator,
    Initiative,
    Involvement,
    JournalEntry,
    Measurement,
    Organisation,
    Placement,
    ProgressEntry,
    Publication,
    Revision,
    SheetObjective,
    SheetTerm,
    StatusEntry,
    Target,
    Term,
    Unsettled,
    WeatherEntry,
)
from db.models.base import Entry
from db.queries.funding import GIVEN, decided_lines
from db.rules.vocabulary import (
    ChangeKind,
    FundingDecision,
    InvolvementRole,
    PlacementRole,
    Vocabulary,
)

Check = Callable[[Session], Iterator[str]]
LEVELS = 3


def problems(engine: Engine) -> list[str]:
    """What is wrong in this database, the file itself first, then in the order of `CHECKS`; empty when all is well.

    A database that is not at this version's schema is told so, and looked at no further.
    """
    if migrate.current(engine) != migrate.head():
        return ["La base n'est pas au schéma de cette version : lancez « python -m db init » pour la mettre à jour."]
    with reading(engine) as session:
        return [*sound_file(session), *broken(session)]


def broken(session: Session) -> list[str]:
    """The promises that are not kept in the transaction of this session, the file itself aside."""
    return [sentence for check in CHECKS for sentence in check(session)]


def sound_file(session: Session) -> Iterator[str]:
    """SQLite's own verdict on its file and on every foreign key."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (verdict,) in session.execute(text("PRAGMA integrity_check")):
        if verdict != "ok":
            yield f"Le fichier de la base est abîmé ({verdict}) : reprenez une sauvegarde (python -m db restore)."
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield f"La ligne {row} de {table} renvoie à une ligne de {parent} qui n'existe pas."


def one_home(session: Session) -> Iterator[str]:
    """A live sheet has exactly one home plan (the schema holds « at most one »)."""
    home = select(Placement.id).where(
        Placement.sheet_id == ActionSheet.id, Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None)
    )
    for key in session.scalars(select(ActionSheet.id).where(ActionSheet.archived_at.is_(None), ~exists(home))):
        yield f"La fiche n° {key} n'a pas de plan d'origine."


def tree_of_axes(session: Session) -> Iterator[str]:
    """An axis stands in its own plan, three levels at most, and never under itself."""
    rows = session.execute(select(Axis.id, Axis.parent_id, Axis.initiative_id)).all()
    plan = {row.id: row.initiative_id for row in rows}
    parents = {row.id: row.parent_id for row in rows}
    for key, depth in _depths(parents).items():
        if depth is None:
            yield f"L'axe n° {key} est placé sous lui-même."
        elif depth > LEVELS:
            yield f"L'axe n° {key} est au niveau {depth} ; un plan en a {LEVELS}."
    for key, parent in parents.items():
        if parent is not None and plan.get(parent) != plan[key]:
            yield f"L'axe n° {key} est placé sous un axe d'un autre plan."


def placements(session: Session) -> Iterator[str]:
    """A placement names an axis and an amendment of its own plan."""
    strays = select(Placement.id).join(Axis, Axis.id == Placement.axis_id)
    for key in session.scalars(strays.where(Axis.initiative_id != Placement.initiative_id)):
        yield f"L'emplacement n° {key} est rangé sous un axe d'un autre plan."
    amended = select(Placement.id).join(Amendment, Amendment.id == Placement.amendment_id)
    for key in session.scalars(amended.where(Amendment.initiative_id != Placement.initiative_id)):
        yield f"L'emplacement n° {key} vient d'un avenant d'un autre plan."


def amendments(session: Session) -> Iterator[str]:
    """An amendment changes the sheets and the perimeter of its own plan."""
    changed = (
        select(AmendmentSheet.id)
        .join(Amendment, Amendment.id == AmendmentSheet.amendment_id)
        .join(Placement, Placement.id == AmendmentSheet.placement_id)
        .where(Placement.initiative_id != Amendment.initiative_id)
    )
    for key in session.scalars(changed):
        yield f"La modification n° {key} d'un avenant porte sur une fiche d'un autre plan."
    covered = select(Coverage.id).join(Amendment, Amendment.id == Coverage.amendment_id)
    for key in session.scalars(covered.where(Amendment.initiative_id != Coverage.initiative_id)):
        yield f"Le territoire couvert n° {key} vient d'un avenant d'un autre plan."


def volets(session: Session) -> Iterator[str]:
    """An initiative is never a part of itself, however far."""
    for key in _circular(session, Initiative.id, Initiative.parent_id):
        yield f"La démarche n° {key} est un volet d'elle-même."


def determinants(session: Session) -> Iterator[str]:
    """Only determinants have a rank, and a sheet has each rank once."""
    ranked = SheetTerm.rank.is_not(None)
    other = select(SheetTerm.sheet_id, Term.label).join(Term, Term.id == SheetTerm.term_id)
    for sheet, label in session.execute(other.where(ranked, Term.vocabulary != Vocabulary.DETERMINANT)):
        yield f"Fiche n° {sheet} : « {label} » a un rang sans être un déterminant."
    twice = select(SheetTerm.sheet_id, SheetTerm.rank).where(ranked).group_by(SheetTerm.sheet_id, SheetTerm.rank)
    for sheet, rank in session.execute(twice.having(func.count() > 1)):
        yield f"Fiche n° {sheet} : plusieurs déterminants ont le rang {rank}."


def vocabularies(session: Session) -> Iterator[str]:
    """A term stands under a term of its own list, never under itself."""
    parent = aliased(Term)
    strays = select(Term.id).join(parent, parent.id == Term.parent_id).where(parent.vocabulary != Term.vocabulary)
    for key in session.scalars(strays):
        yield f"Le mot n° {key} est rangé sous un mot d'une autre liste."
    for key in _circular(session, Term.id, Term.parent_id):
        yield f"Le mot n° {key} est rangé sous lui-même."


def objectives(session: Session) -> Iterator[str]:
    """An objective stands under an objective of its own sheet, never under itself."""
    parent = aliased(SheetObjective)
    strays = select(SheetObjective.id).join(parent, parent.id == SheetObjective.parent_id)
    for key in session.scalars(strays.where(parent.sheet_id != SheetObjective.sheet_id)):
        yield f"L'objectif n° {key} est rangé sous celui d'une autre fiche."
    for key in _circular(session, SheetObjective.id, SheetObjective.parent_id):
        yield f"L'objectif n° {key} est rangé sous lui-même."


def published_by_home(session: Session) -> Iterator[str]:
    """An entry is published by the plan that owns it, or by a point of its own sheet."""
    owner = _owner()
    for series in (StatusEntry, ProgressEntry, WeatherEntry):
        query = select(series.id).join(owner, owner.c.sheet_id == series.sheet_id)
        yield from _misplaced(session, series, query, owner.c.initiative_id, series.sheet_id)
    about = func.coalesce(owner.c.initiative_id, Axis.initiative_id, Indicator.initiative_id)
    for figure in (Target, Measurement):
        query = (
            select(figure.id)
            .join(Indicator, Indicator.id == figure.indicator_id)
            .outerjoin(owner, owner.c.sheet_id == Indicator.sheet_id)
            .outerjoin(Axis, Axis.id == Indicator.axis_id)
        )
        yield from _misplaced(session, figure, query, about, Indicator.sheet_id)
    whose = func.coalesce(owner.c.initiative_id, FundingLine.initiative_id)
    for told in (FundingDecisionEntry, FundingEvent):
        paid = (
            select(told.id)
            .join(FundingLine, FundingLine.id == told.line_id)
            .outerjoin(owner, owner.c.sheet_id == FundingLine.sheet_id)
        )
        yield from _misplaced(session, told, paid, whose, FundingLine.sheet_id)


def _owner() -> Subquery:
    query = select(Placement.sheet_id, Placement.initiative_id)
    return query.where(Placement.role == PlacementRole.OWNER, Placement.archived_at.is_(None)).subquery()


def _misplaced(
    session: Session, series: type[Entry], query: Any, home: ColumnElement[int], sheet: Any
) -> Iterator[str]:
    point = Publication
    elsewhere = or_(point.initiative_id != home, (point.sheet_id.is_not(None)) & (point.sheet_id != sheet))
    for key in session.scalars(query.join(point, point.id == series.publication_id).where(elsewhere)):
        yield f"L'entrée n° {key} de {inspect(series).local_table} est publiée par un point qui n'est pas le sien."


def parts_of_indicators(session: Session) -> Iterator[str]:
    """A measurement or a target of a part is about a part of its own indicator."""
    for figure in (Target, Measurement):
        query = select(figure.id).join(Breakdown, Breakdown.id == figure.breakdown_id)
        for key in session.scalars(query.where(Breakdown.indicator_id != figure.indicator_id)):
            yield f"La ligne n° {key} de {figure.__tablename__} porte sur la part d'un autre indicateur."


def merges(session: Session) -> Iterator[str]:
    """Following merges from an organisation comes to an end."""
    for key in _circular(session, Organisation.id, Organisation.merged_into_id):
        yield f"La structure n° {key} est fusionnée dans elle-même."


def signatories(session: Session) -> Iterator[str]:
    """One signs, or carries, a contract or an amendment; not a sheet, not a body."""
    query = select(Involvement.id).where(
        Involvement.role.in_([InvolvementRole.SIGNATORY, InvolvementRole.SPONSOR]),
        Involvement.initiative_id.is_(None),
        Involvement.amendment_id.is_(None),
    )
    for key in session.scalars(query):
        yield f"Le rôle n° {key} (signataire ou porteur) ne porte ni sur une démarche ni sur un avenant."


def refusals(session: Session) -> Iterator[str]:
    """A line that was refused was granted nothing."""
    query = (
        select(FundingLine.id)
        .join(FundingEvent, FundingEvent.line_id == FundingLine.id)
        .where(FundingLine.id.in_(decided_lines(FundingDecision.REFUSED)), FundingLine.archived_at.is_(None))
        .where(FundingEvent.stage.in_(GIVEN), FundingEvent.archived_at.is_(None))
        .group_by(FundingLine.id)
        .having(func.sum(FundingEvent.amount_cents) > 0)
    )
    for key in session.scalars(query):
        yield f"La ligne de financement n° {key} est refusée et porte pourtant un montant accordé."


def journal_in_order(session: Session) -> Iterator[str]:
    """Acts come one after the other in the journal, each line under the instant and the author of its act."""
    before = func.lag(JournalEntry.act_id).over(order_by=JournalEntry.seq)
    ordered = select(JournalEntry.seq, JournalEntry.act_id, before.label("before")).subquery()
    for seq in session.scalars(select(ordered.c.seq).where(ordered.c.act_id < ordered.c.before)):
        yield f"La ligne {seq} du journal appartient à un acte antérieur à celui de la ligne qui la précède."
    query = select(JournalEntry.seq).join(Act, Act.id == JournalEntry.act_id)
    for seq in session.scalars(
        query.where((Act.actor_id != JournalEntry.actor_id) | (Act.at_utc != JournalEntry.at_utc))
    ):
        yield f"La ligne {seq} du journal n'a ni l'auteur ni l'heure de son acte."


def sheets_in_journal(session: Session) -> Iterator[str]:
    """Every sheet came by an act."""
    line = select(JournalEntry.seq).where(
        JournalEntry.table == ActionSheet.__tablename__,
        JournalEntry.kind == ChangeKind.INSERT,
        JournalEntry.row_key == cast(ActionSheet.id, String),
    )
    for key in session.scalars(select(ActionSheet.id).where(~exists(line))):
        yield f"La fiche n° {key} n'a pas de ligne d'ajout au journal."


def details_not_in_journal(session: Session) -> Iterator[str]:
    """Of what names people the journal holds digests alone, and never the key of a digest."""
    query = select(JournalEntry.seq, JournalEntry.table, JournalEntry.before, JournalEntry.after)
    for seq, table, before, after in session.execute(query.where(JournalEntry.table.in_(PERSONAL))):
        for side in (before or {}, after or {}):
            named = table != Unsettled.__tablename__ or names_people(side.get("field"))
            shown = [c for c in PERSONAL[table] if side.get(c) is not None and not is_digest(table, c, side[c])]
            if (named and shown) or NEVER_KEPT & side.keys():
                yield f"La ligne {seq} du journal contient une donnée personnelle."


def revisions(session: Session) -> Iterator[str]:
    """What caches are keyed by exists: for the whole, and for each initiative."""
    there = set(session.scalars(select(Revision.scope)))
    wanted = {f"initiative:{key}" for key in session.scalars(select(Initiative.id))}
    if session.scalars(select(Act.id).limit(1)).first() is not None:
        wanted.add("all")
    for scope in sorted(wanted - there):
        yield f"La révision « {scope} » manque : les écrans pourraient montrer d'anciens chiffres."


CHECKS: tuple[Check, ...] = (
    one_home,
    tree_of_axes,
    placements,
    amendments,
    volets,
    determinants,
    vocabularies,
    objectives,
    published_by_home,
    parts_of_indicators,
    merges,
    signatories,
    refusals,
    journal_in_order,
    sheets_in_journal,
    details_not_in_journal,
    revisions,
)


def _depths(parents: Mapping[int, int | None]) -> dict[int, int | None]:
    """How deep each node stands, 1 for a root; None for those that lead back to themselves."""
    return {key: _depth(parents, key) for key in parents}


def _depth(parents: Mapping[int, int | None], key: int) -> int | None:
    seen: set[int] = set()
    at: int | None = key
    while at is not None:
        if at in seen:
            return None
        seen.add(at)
        at = parents.get(at)
    return len(seen)


def _circular(session: Session, key: Any, parent: Any) -> list[int]:
    parents: dict[int, int | None] = {row[0]: row[1] for row in session.execute(select(key, parent))}
    return [child for child, depth in _depths(parents).items() if depth is None]

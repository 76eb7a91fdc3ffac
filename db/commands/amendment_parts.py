"""What an avenant does to the contract: its sheets, its perimeter, its signatories. What it no longer does is put back.

Everywhere `was` is the signature as it stood before the act: where an avenant is dated anew, what held to the former
day moves with it.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.commands.common import found, next_position
from db.commands.directory import find_or_create_organisation, involve
from db.errors import Invalid
from db.models import ActionSheet, Amendment, AmendmentSheet, Coverage, Involvement, Placement, Territory
from db.models.base import now_utc
from db.rules import dates
from db.rules.contract import brought_in, day_before, took_out
from db.rules.contract_form import AmendmentTerms
from db.rules.vocabulary import AmendmentChange, InvolvementRole, PlacementEntry
from db.viewer import Viewer

Wanted = dict[int, tuple[AmendmentChange, str | None]]


def settle(session: Session, viewer: Viewer, amendment: Amendment, terms: AmendmentTerms, *, was: date) -> None:
    """Have an avenant do exactly what its terms say, inside an act. Raises Invalid."""
    _sheets(session, amendment, wanted_sheets(terms), was)
    _ground(session, amendment, terms, was)
    _signatories(session, viewer, amendment, terms.signatories, was)
    session.flush()


def wanted_sheets(terms: AmendmentTerms) -> Wanted:
    """What is done to each sheet; `Invalid` when the same one appears twice."""
    told = [(key, AmendmentChange.ADDED, None) for key in terms.added]
    told += [(key, AmendmentChange.WITHDRAWN, None) for key in terms.withdrawn]
    rewritten = [(key, AmendmentChange.REWRITTEN, note) for key, note in terms.rewritten.items()]
    wanted: Wanted = {}
    for key, change, note in [*told, *rewritten]:
        if key in wanted:
            first = wanted[key][0].label_fr
            both = f"{first} deux fois" if first == change.label_fr else f"à la fois {first} et {change.label_fr}"
            raise Invalid(f"La même fiche ne peut pas être {both} par un avenant : retirez-la de l'une des listes.")
        wanted[key] = (change, note)
    return wanted


def _sheets(session: Session, amendment: Amendment, wanted: Wanted, was: date) -> None:
    held = _held_sheets(session, amendment)
    for key, row in held.items():
        kept = key in wanted and wanted[key][0] is row.change
        if not kept:
            _release(session.get_one(Placement, key), row.change)
        if key not in wanted:
            row.archived_at = now_utc()
    named = select(Placement).where(Placement.amendment_id == amendment.id, Placement.archived_at.is_(None))
    for placement in session.scalars(named):
        if placement.id not in held and placement.id not in wanted:  # added by a file, which says no more
            _release(placement, AmendmentChange.ADDED)
    for key, (change, note) in wanted.items():
        change_sheet(session, amendment, found(session, Placement, key), change, note, was=was, row=held.get(key))


def _held_sheets(session: Session, amendment: Amendment) -> dict[int, AmendmentSheet]:
    rows = session.scalars(
        select(AmendmentSheet).where(AmendmentSheet.amendment_id == amendment.id, AmendmentSheet.archived_at.is_(None))
    )
    return {row.placement_id: row for row in rows}


def change_sheet(
    session: Session,
    amendment: Amendment,
    placement: Placement,
    change: AmendmentChange,
    note: str | None,
    *,
    was: date,
    row: AmendmentSheet | None = None,
) -> AmendmentSheet:
    """Have an avenant change one sheet of its plan; `row` is what it said of it so far. Raises Invalid."""
    if placement.initiative_id != amendment.initiative_id:
        raise Invalid("Cette fiche n'est pas dans le plan que l'avenant modifie.")
    _check_sheet(session, amendment, placement, change, is_held=row is not None and row.change is change)
    since, until = _span(placement, change, amendment, was)
    if since and until and until < since:
        raise Invalid(
            f"{_named(session, placement)} entrerait dans le plan le {since:%d/%m/%Y}, après en être sortie le "
            f"{until:%d/%m/%Y} : corrigez la date de signature ou l'une des deux listes."
        )
    row = row or AmendmentSheet(amendment_id=amendment.id, placement_id=placement.id)
    row.change, row.note = change, note
    session.add(row)
    placement.since, placement.until = since, until
    if change is AmendmentChange.ADDED:
        placement.entry, placement.amendment_id = PlacementEntry.AMENDMENT, amendment.id
    return row


def _check_sheet(
    session: Session, amendment: Amendment, placement: Placement, change: AmendmentChange, *, is_held: bool
) -> None:
    if is_held:
        return
    left = placement.until
    if change is AmendmentChange.WITHDRAWN and left is not None:
        raise Invalid(
            f"{_named(session, placement)} est déjà retirée du plan depuis le {left:%d/%m/%Y} : "
            "elle ne peut pas l'être deux fois."
        )
    if change is not AmendmentChange.WITHDRAWN and left is not None and left <= amendment.signed_on:
        raise Invalid(
            f"{_named(session, placement)} est retirée du plan depuis le {left:%d/%m/%Y} : "
            f"elle ne peut pas être {change.label_fr} ensuite."
        )
    if change is AmendmentChange.ADDED and placement.amendment_id not in (None, amendment.id):
        other = session.get_one(Amendment, placement.amendment_id)
        raise Invalid(f"{_named(session, placement)} est déjà ajoutée par l'avenant n° {other.number}.")


def _span(
    placement: Placement, change: AmendmentChange, amendment: Amendment, was: date
) -> tuple[date | None, date | None]:
    """From when to when the sheet is in the plan, once the avenant has changed it."""
    since, day = placement.since, amendment.signed_on
    if change is AmendmentChange.WITHDRAWN:
        return since, day
    if change is AmendmentChange.ADDED:
        came_with_it = placement.entry is PlacementEntry.INITIAL or since == was
        if came_with_it or (since is not None and since > day):
            since = day
    return since, placement.until


def _release(placement: Placement, change: AmendmentChange) -> None:
    """Put back what the avenant no longer does to a sheet."""
    if change is AmendmentChange.WITHDRAWN:
        placement.until = None
    elif change is AmendmentChange.ADDED:
        placement.entry, placement.amendment_id = PlacementEntry.UNPLANNED, None


def _named(session: Session, placement: Placement) -> str:
    title = session.get_one(ActionSheet, placement.sheet_id).title
    return f"La fiche « {placement.code} {title} »" if placement.code else f"La fiche « {title} »"


def _ground(session: Session, amendment: Amendment, terms: AmendmentTerms, was: date) -> None:
    both = set(terms.entering) & set(terms.leaving)
    if both:
        name = _territory(session, next(iter(both)))
        raise Invalid(f"« {name} » ne peut pas entrer dans le périmètre et en sortir par le même avenant.")
    rows = session.scalars(
        select(Coverage).where(Coverage.initiative_id == amendment.initiative_id, Coverage.archived_at.is_(None))
    ).all()
    in_by = {r.territory_id: r for r in rows if brought_in(r.starts_on, r.ends_on, r.amendment_id, amendment.id, was)}
    out_by = {r.territory_id: r for r in rows if took_out(r.ends_on, r.amendment_id, amendment.id, was)}
    for key in in_by.keys() - set(terms.entering):
        in_by[key].archived_at = now_utc()
    for key in out_by.keys() - set(terms.leaving):
        out_by[key].ends_on = None
        out_by[key].amendment_id = _brought_by(session, amendment, out_by[key])
    session.flush()
    for key in terms.entering:
        _enter(session, amendment, key, in_by.get(key), [row for row in rows if row.territory_id == key])
    for key in terms.leaving:
        _leave(session, amendment, key, out_by.get(key), [row for row in rows if row.territory_id == key])


def _brought_by(session: Session, amendment: Amendment, row: Coverage) -> int | None:
    """The avenant that brought a territory in, when one did: it is signed the day the territory is covered from."""
    return session.scalars(
        select(Amendment.id).where(
            Amendment.initiative_id == amendment.initiative_id,
            Amendment.id != amendment.id,
            Amendment.signed_on == row.starts_on,
            Amendment.archived_at.is_(None),
        )
    ).first()


def _enter(
    session: Session, amendment: Amendment, territory_id: int, held: Coverage | None, rows: Iterable[Coverage]
) -> None:
    day = amendment.signed_on
    if held is None:
        if any(row.archived_at is None and dates.in_force(row.starts_on, row.ends_on, day) for row in rows):
            name = _territory(session, territory_id)
            raise Invalid(f"« {name} » est déjà dans le périmètre du contrat : retirez ce territoire de l'avenant.")
        held = Coverage(initiative_id=amendment.initiative_id, territory_id=territory_id, amendment_id=amendment.id)
        session.add(held)
    held.starts_on = day
    _ordered(session, held)


def _leave(
    session: Session, amendment: Amendment, territory_id: int, held: Coverage | None, rows: Iterable[Coverage]
) -> None:
    day = amendment.signed_on
    if held is None:
        held = next((r for r in rows if r.archived_at is None and dates.in_force(r.starts_on, r.ends_on, day)), None)
    if held is None:
        name = _territory(session, territory_id)
        raise Invalid(f"« {name} » n'est pas dans le périmètre du contrat à cette date : il n'a pas à en sortir.")
    held.ends_on, held.amendment_id = day_before(day), amendment.id
    _ordered(session, held)


def _ordered(session: Session, row: Coverage) -> None:
    if row.starts_on is not None and row.ends_on is not None and row.ends_on < row.starts_on:
        raise Invalid(
            f"« {_territory(session, row.territory_id)} » sortirait du périmètre avant d'y être entré : "
            "corrigez la date de signature de l'un des deux avenants."
        )


def _territory(session: Session, key: int) -> str:
    return found(session, Territory, key).name


def _signatories(session: Session, viewer: Viewer, amendment: Amendment, names: Iterable[str], was: date) -> None:
    initiative_id, day = amendment.initiative_id, amendment.signed_on
    wanted = list(
        dict.fromkeys(
            find_or_create_organisation(session, viewer, name, initiative_id=initiative_id).id for name in names
        )
    )
    held = {row.organisation_id: row for row in _signing(session, Involvement.amendment_id == amendment.id)}
    contract = _signing(session, Involvement.initiative_id == initiative_id)
    came = {row.organisation_id: row for row in contract if row.starts_on == was and row.organisation_id in held}
    for key in held.keys() - set(wanted):
        held[key].archived_at = now_utc()
        if key in came:
            came[key].archived_at = now_utc()
    for position, key in enumerate(wanted):
        if key in held:
            held[key].position = position
            if key in came:
                came[key].starts_on = day
            continue
        involve(
            session,
            viewer,
            role=InvolvementRole.SIGNATORY,
            organisation_id=key,
            amendment_id=amendment.id,
            position=position,
        )
        _join(session, viewer, initiative_id, key, day, contract)


def _join(
    session: Session, viewer: Viewer, initiative_id: int, organisation_id: int, day: date, contract: list[Involvement]
) -> None:
    """One that signs an avenant signs the contract from that day, unless it did already."""
    mine = [row for row in contract if row.organisation_id == organisation_id and row.archived_at is None]
    if any(dates.in_force(row.starts_on, row.ends_on, day) for row in mine):
        return
    of_contract = (Involvement.initiative_id == initiative_id, Involvement.role == InvolvementRole.SIGNATORY)
    involve(
        session,
        viewer,
        role=InvolvementRole.SIGNATORY,
        organisation_id=organisation_id,
        initiative_id=initiative_id,
        position=next_position(session, Involvement.position, *of_contract),
        starts_on=day,
    )


def _signing(session: Session, of: ColumnElement[bool]) -> list[Involvement]:
    """Who signs the contract, or an avenant, as the rows that say so."""
    return list(
        session.scalars(
            select(Involvement)
            .where(of, Involvement.role == InvolvementRole.SIGNATORY, Involvement.archived_at.is_(None))
            .order_by(Involvement.position, Involvement.id)
        )
    )

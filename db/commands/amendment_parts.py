"""What an avenant does to the contract: its sheets, its perimeter, its signatories. What it no longer does is put back.

Everywhere `was` is the signature as it stood before the act: where an avenant is dated anew, what held to the former
day moves with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ColumnElement, and_, select
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
    """Have an avenant do exactly what its terms say, inside an act. Raises Invalid.

    What it does to a sheet that is archived stays: no form shows it, and the sheet may come back.
    """
    wanted = wanted_sheets(terms)
    for key in wanted:
        found(session, Placement, key)
    done = _done(session, amendment, _held_sheets(session, amendment))
    unseen = {key: what for key, what in done.items() if session.get_one(Placement, key).archived_at is not None}
    _settle(session, viewer, amendment, terms, unseen | wanted, was)


def put_back(session: Session, viewer: Viewer, amendment: Amendment) -> None:
    """Have an avenant do nothing any more, not even to the sheets that are archived. Raises Invalid."""
    nothing = AmendmentTerms(amendment.number, amendment.signed_on, amendment.object)
    _settle(session, viewer, amendment, nothing, {}, amendment.signed_on)


def _settle(
    session: Session, viewer: Viewer, amendment: Amendment, terms: AmendmentTerms, sheets: Wanted, was: date
) -> None:
    _sheets(session, amendment, sheets, was)
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
    for key, (change, _) in _done(session, amendment, held).items():
        row = held.get(key)
        if key not in wanted or wanted[key][0] is not change:
            _release(session, session.get_one(Placement, key), change, row)
        if key not in wanted and row is not None:
            row.archived_at = now_utc()
    for key, (change, note) in wanted.items():
        change_sheet(session, amendment, session.get_one(Placement, key), change, note, was=was, row=held.get(key))


def _done(session: Session, amendment: Amendment, held: Mapping[int, AmendmentSheet]) -> Wanted:
    """What an avenant does to each sheet so far. One that names its avenant was added by it, even where nothing else
    says so, as after an import."""
    named = session.scalars(select(Placement.id).where(Placement.amendment_id == amendment.id))
    added: Wanted = dict.fromkeys(named, (AmendmentChange.ADDED, None))
    return added | {key: (row.change, row.note) for key, row in held.items()}


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
    is_held = row is not None and row.change is change
    _check_sheet(session, amendment, placement, change, is_held=is_held)
    row = row or AmendmentSheet(amendment_id=amendment.id, placement_id=placement.id)
    row.change, row.note = change, note
    if not is_held:
        _remember(row, placement)
    if change is AmendmentChange.ADDED:
        _dated(session, placement, _entered(placement, row, amendment.signed_on, was), placement.until)
        placement.entry, placement.amendment_id = PlacementEntry.AMENDMENT, amendment.id
    elif change is AmendmentChange.WITHDRAWN:
        _dated(session, placement, placement.since, amendment.signed_on)
    session.add(row)
    return row


def _check_sheet(
    session: Session, amendment: Amendment, placement: Placement, change: AmendmentChange, *, is_held: bool
) -> None:
    left = placement.until
    if change is AmendmentChange.WITHDRAWN:
        if left is not None and not is_held:
            raise Invalid(
                f"{_named(session, placement)} est déjà retirée du plan depuis le {left:%d/%m/%Y} : "
                "elle ne peut pas l'être deux fois."
            )
        _check_later(session, amendment, placement)
    elif left is not None and left <= amendment.signed_on:
        raise Invalid(
            f"{_named(session, placement)} est retirée du plan depuis le {left:%d/%m/%Y} : "
            f"elle ne peut pas être {change.label_fr} ensuite."
        )
    if change is AmendmentChange.ADDED and placement.amendment_id not in (None, amendment.id):
        other = session.get_one(Amendment, placement.amendment_id)
        raise Invalid(f"{_named(session, placement)} est déjà ajoutée par l'avenant n° {other.number}.")


def _check_later(session: Session, amendment: Amendment, placement: Placement) -> None:
    """`Invalid` where another avenant adds or rewrites, from then on, a sheet that this one withdraws."""
    told = AmendmentSheet
    other = session.execute(
        select(Amendment.number, Amendment.signed_on, told.change)
        .join(told, told.amendment_id == Amendment.id)
        .where(told.placement_id == placement.id, told.change != AmendmentChange.WITHDRAWN)
        .where(told.archived_at.is_(None), Amendment.archived_at.is_(None), Amendment.id != amendment.id)
        .where(Amendment.signed_on >= amendment.signed_on)
        .order_by(Amendment.signed_on, Amendment.number)
    ).first()
    if other is not None:
        raise Invalid(
            f"{_named(session, placement)} est {other.change.label_fr} par l'avenant n° {other.number} du "
            f"{other.signed_on:%d/%m/%Y} : elle ne peut pas être retirée dès le {amendment.signed_on:%d/%m/%Y}. "
            "Corrigez l'un des deux avenants."
        )


def _remember(row: AmendmentSheet, placement: Placement) -> None:
    """Keep with the avenant what a sheet that it adds was until then."""
    is_known = row.change is AmendmentChange.ADDED and placement.entry is not PlacementEntry.AMENDMENT
    row.was_initial = placement.entry is PlacementEntry.INITIAL if is_known else None
    row.was_since = placement.since if is_known else None


def _entered(placement: Placement, row: AmendmentSheet, day: date, was: date) -> date | None:
    """The day from which a sheet that an avenant adds is in the plan: the signature, unless it came before."""
    if row.was_initial:
        return day
    since = placement.since if row.was_initial is None else row.was_since
    if since is None:
        return None
    came_with_it = row.was_initial is None and since == was
    return day if came_with_it else min(since, day)


def _release(session: Session, placement: Placement, change: AmendmentChange, row: AmendmentSheet | None) -> None:
    """Put back what the avenant no longer does to a sheet."""
    if change is AmendmentChange.WITHDRAWN:
        placement.until = None
    elif change is AmendmentChange.ADDED:
        placement.entry, placement.amendment_id = PlacementEntry.UNPLANNED, None
        if row is not None and row.was_initial is not None:
            placement.entry = PlacementEntry.INITIAL if row.was_initial else PlacementEntry.UNPLANNED
            _dated(session, placement, row.was_since, placement.until)


def _dated(session: Session, placement: Placement, since: date | None, until: date | None) -> None:
    if since and until and until < since:
        raise Invalid(
            f"{_named(session, placement)} entrerait dans le plan le {since:%d/%m/%Y}, après en être sortie le "
            f"{until:%d/%m/%Y} : corrigez la date de signature ou l'une des deux listes."
        )
    placement.since, placement.until = since, until


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
        _never_in(session, amendment, in_by[key])
    for key in out_by.keys() - set(terms.leaving):
        out_by[key].ends_on = None
        out_by[key].amendment_id = _brought_by(session, amendment, out_by[key])
    session.flush()
    for key in terms.entering:
        _enter(session, amendment, key, in_by.get(key), [row for row in rows if row.territory_id == key])
    for key in terms.leaving:
        _leave(session, amendment, key, out_by.get(key), [row for row in rows if row.territory_id == key])


def _never_in(session: Session, amendment: Amendment, row: Coverage) -> None:
    """Take away a territory that an avenant no longer brings in; `Invalid` where another one takes it out later."""
    if row.ends_on is not None and row.amendment_id not in (None, amendment.id):
        other = session.get_one(Amendment, row.amendment_id)
        raise Invalid(
            f"« {_territory(session, row.territory_id)} » sort du périmètre par l'avenant n° {other.number} : "
            "modifiez d'abord cet avenant."
        )
    row.archived_at = now_utc()


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
    initiative_id = amendment.initiative_id
    wanted = list(
        dict.fromkeys(
            find_or_create_organisation(session, viewer, name, initiative_id=initiative_id).id for name in names
        )
    )
    held = {row.organisation_id: row for row in _signing(session, Involvement.amendment_id == amendment.id)}
    for key in held.keys() - set(wanted):
        held[key].archived_at = now_utc()
    for position, key in enumerate(wanted):
        if key in held:
            held[key].position = position
        else:
            involve(
                session,
                viewer,
                role=InvolvementRole.SIGNATORY,
                organisation_id=key,
                amendment_id=amendment.id,
                position=position,
            )
    session.flush()
    signs = _days_signed(session, initiative_id)
    for key in dict.fromkeys([*held, *wanted]):
        _join(session, viewer, initiative_id, key, signs[key], was)


def _days_signed(session: Session, initiative_id: int) -> dict[int | None, set[date]]:
    """For each organisation, the days of the avenants that it signs."""
    rows = session.execute(
        select(Involvement.organisation_id, Amendment.signed_on)
        .join(Amendment, Amendment.id == Involvement.amendment_id)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .where(Involvement.role == InvolvementRole.SIGNATORY, Involvement.archived_at.is_(None))
    )
    days: dict[int | None, set[date]] = defaultdict(set)
    for key, day in rows:
        days[key].add(day)
    return days


def _join(
    session: Session, viewer: Viewer, initiative_id: int, organisation_id: int | None, days: set[date], was: date
) -> None:
    """One that signs avenants signs the contract from the first of their days, unless it did already."""
    contract = (Involvement.initiative_id == initiative_id, Involvement.role == InvolvementRole.SIGNATORY)
    mine = _signing(session, and_(*contract, Involvement.organisation_id == organisation_id))
    came = [row for row in mine if row.starts_on in {was, *days}]
    others = [row for row in mine if row not in came]
    new = [day for day in days if not any(dates.in_force(row.starts_on, row.ends_on, day) for row in others)]
    for row in came:
        if new:
            row.starts_on = min(new)
        else:
            row.archived_at = now_utc()
    if new and not came:
        involve(
            session,
            viewer,
            role=InvolvementRole.SIGNATORY,
            organisation_id=organisation_id,
            initiative_id=initiative_id,
            position=next_position(session, Involvement.position, *contract),
            starts_on=min(new),
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

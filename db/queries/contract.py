"""The contract and its avenants: what they say, and the contract as signed beside what it is on any day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from db.models import (
    ActionSheet,
    Amendment,
    AmendmentSheet,
    Coverage,
    Initiative,
    Involvement,
    Organisation,
    Placement,
    Territory,
)
from db.queries import facts, reads
from db.queries.standing import stands
from db.rights import Operation
from db.rules import contract as rules
from db.rules import contract_form as forms
from db.rules import progress
from db.rules.access import SharedPage
from db.rules.contract import (
    AmendmentTold,
    Comparison,
    Contract,
    ContractChoices,
    Ground,
    PlacedSheet,
    SheetChoice,
    SheetMention,
    Signatory,
)
from db.rules.forms import Written
from db.rules.plan import NO_STATUS
from db.rules.text import fold
from db.rules.vocabulary import AmendmentChange, InvolvementRole, TerritoryKind
from db.viewer import Viewer, require, require_page

COVERED = (TerritoryKind.COMMUNE, TerritoryKind.INTERCOMMUNALITY)
Mentions = dict[tuple[int, AmendmentChange], list[SheetMention]]


@reads("initiative", "directory", "reference")
def contract(session: Session, viewer: Viewer, initiative_id: int, on: date) -> Contract:
    """The contract whole, avenants to come included: eight queries. `on` says which sheets stand, so that they open.

    Raises Refused when the viewer may not read the initiative.
    """
    require_page(viewer, SharedPage.CONTRACT, initiative_id)
    here = session.get_one(Initiative, initiative_id)
    grounds = _grounds(session, initiative_id)
    return Contract(
        signed_on=here.signed_on,
        starts_on=here.starts_on,
        ends_on=here.ends_on,
        sponsors=tuple(who.name for who in _who(session, initiative_id, InvolvementRole.SPONSOR)),
        signatories=_who(session, initiative_id, InvolvementRole.SIGNATORY),
        grounds=grounds,
        amendments=_amendments(session, initiative_id, grounds, on),
    )


@reads("initiative", "directory", "reference")
def comparison(session: Session, viewer: Viewer, initiative_id: int, on: date, day: date) -> Comparison:
    """The contract as signed and as it is on `day`, as this viewer sees it: twelve queries, whatever its size.

    Raises Refused when the viewer may not read the initiative.
    """
    whole = contract(session, viewer, initiative_id, on)
    return rules.compare(whole, _placed(session, viewer, initiative_id, day), day)


@reads("initiative", "directory", "reference")
def contract_choices(session: Session, viewer: Viewer, initiative_id: int, on: date) -> ContractChoices:
    """What who writes chooses among: the sheets of the plan, and the territories of its départements; nothing for who
    may not write there.

    Raises Refused when the viewer may not read the initiative.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.may(Operation.WRITE, initiative_id):
        return ContractChoices((), ())
    return ContractChoices(sheet_choices(session, initiative_id, on), _territories_near(session, initiative_id))


def amendment_base(
    session: Session, viewer: Viewer, *, initiative_id: int, on: date, amendment_id: int | None
) -> dict[str, Written]:
    """What the form of an avenant holds when it is opened, as people write it. Raises Refused."""
    return forms.written_amendment(contract(session, viewer, initiative_id, on), amendment_id)


def contract_base(session: Session, viewer: Viewer, *, initiative_id: int, on: date) -> dict[str, Written]:
    """What the form of the contract itself holds when it is opened, as people write it. Raises Refused."""
    return forms.written_contract(contract(session, viewer, initiative_id, on))


def _who(session: Session, initiative_id: int, role: InvolvementRole) -> tuple[Signatory, ...]:
    link = Involvement
    rows = session.execute(
        select(Organisation.id, Organisation.name, link.starts_on, link.ends_on)
        .join(link, link.organisation_id == Organisation.id)
        .where(link.initiative_id == initiative_id, link.role == role, link.archived_at.is_(None))
        .order_by(link.starts_on.nulls_first(), link.position, link.id)
    )
    return tuple(Signatory(*row) for row in rows)


def _grounds(session: Session, initiative_id: int) -> tuple[Ground, ...]:
    t, c = Territory, Coverage
    columns: list[Any] = [t.id, t.kind, t.code, t.name, c.starts_on, c.ends_on, c.amendment_id]
    rows = session.execute(
        select(*columns)
        .join(c, c.territory_id == t.id)
        .where(c.initiative_id == initiative_id, c.archived_at.is_(None))
        .order_by(t.sort_key, t.id, c.id)
    )
    return tuple(Ground(*row) for row in rows)


def _amendments(session: Session, initiative_id: int, grounds: Iterable[Ground], on: date) -> tuple[AmendmentTold, ...]:
    rows = session.scalars(
        select(Amendment)
        .where(Amendment.initiative_id == initiative_id, Amendment.archived_at.is_(None))
        .order_by(Amendment.signed_on, Amendment.number)
    ).all()
    mentions, signed_by, known = (
        _mentions(session, initiative_id, on),
        _signed_by(session, initiative_id),
        list(grounds),
    )
    return tuple(
        AmendmentTold(
            id=row.id,
            number=row.number,
            signed_on=row.signed_on,
            object=row.object,
            new_ends_on=row.new_ends_on,
            added=tuple(mentions[row.id, AmendmentChange.ADDED]),
            withdrawn=tuple(mentions[row.id, AmendmentChange.WITHDRAWN]),
            rewritten=tuple(mentions[row.id, AmendmentChange.REWRITTEN]),
            entering=tuple(
                g for g in known if rules.brought_in(g.starts_on, g.ends_on, g.amendment_id, row.id, row.signed_on)
            ),
            leaving=tuple(g for g in known if rules.took_out(g.ends_on, g.amendment_id, row.id, row.signed_on)),
            signatories=tuple(signed_by[row.id]),
        )
        for row in rows
    )


def _mentions(session: Session, initiative_id: int, on: date) -> Mentions:
    """The sheets that each avenant changes. One that names its avenant was added by it, even where nothing else says
    so, as after an import."""
    places = {sheet.placement_id: sheet for sheet in sheet_choices(session, initiative_id, on)}
    change = AmendmentSheet
    told = session.execute(
        select(change.amendment_id, change.change, change.placement_id, change.note)
        .join(Amendment, Amendment.id == change.amendment_id)
        .where(Amendment.initiative_id == initiative_id, change.archived_at.is_(None))
    ).all()
    changes = {(amendment, key): (what, note) for amendment, what, key, note in told}
    for sheet in places.values():
        if sheet.amendment_id is not None:
            changes.setdefault((sheet.amendment_id, sheet.placement_id), (AmendmentChange.ADDED, None))
    rank = {key: place for place, key in enumerate(places)}
    found: Mentions = defaultdict(list)
    for (amendment, key), (what, note) in sorted(changes.items(), key=lambda item: rank.get(item[0][1], -1)):
        if key in places:
            found[amendment, what].append(SheetMention(key, places[key].label, places[key].stands, note))
    return found


def sheet_choices(session: Session, initiative_id: int, on: date) -> tuple[SheetChoice, ...]:
    """Every sheet that is or was in the plan, in its order, each under a label of its own."""
    p, sheet = Placement, ActionSheet
    rows = session.execute(
        select(p.id, p.code, sheet.title, p.entry, p.amendment_id, p.until, stands(on))
        .join(sheet, sheet.id == p.sheet_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None), sheet.archived_at.is_(None))
        .order_by(p.position, p.id)
    ).all()
    labels = forms.sheet_labels([(key, code, title) for key, code, title, *_ in rows])
    return tuple(
        SheetChoice(key, labels[key], entry, amendment_id, until, bool(here))
        for key, _, _, entry, amendment_id, until, here in rows
    )


def _signed_by(session: Session, initiative_id: int) -> dict[int, list[str]]:
    link = Involvement
    rows = session.execute(
        select(link.amendment_id, Organisation.name)
        .join(Organisation, Organisation.id == link.organisation_id)
        .join(Amendment, Amendment.id == link.amendment_id)
        .where(Amendment.initiative_id == initiative_id, link.archived_at.is_(None))
        .where(link.role == InvolvementRole.SIGNATORY)
        .order_by(link.position, link.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for amendment_id, name in rows:
        if amendment_id is not None:
            found[amendment_id].append(name)
    return found


def _placed(session: Session, viewer: Viewer, initiative_id: int, day: date) -> list[PlacedSheet]:
    """Every sheet that is or was in the plan, with the progress that it had declared by a day."""
    p, sheet = Placement, ActionSheet
    place: list[Any] = [p.sheet_id, p.entry, Amendment.signed_on, p.since, p.until]
    columns = [*place, sheet.is_continuous, sheet.milestones_tell_all]
    rows = session.execute(
        select(*columns)
        .join(sheet, sheet.id == p.sheet_id)
        .outerjoin(Amendment, Amendment.id == p.amendment_id)
        .where(p.initiative_id == initiative_id, p.archived_at.is_(None), sheet.archived_at.is_(None))
        .order_by(p.position, p.id)
    ).all()
    statuses = facts.statuses(session, viewer, initiative_id, day)
    declared = facts.progress(session, viewer, initiative_id, day)
    steps = facts.milestones(session, initiative_id)
    found = []
    for key, entry, amended_on, since, until, is_continuous, tell_all in rows:
        status = statuses.get(key, NO_STATUS)
        told = progress.sheet_progress(
            status.status,
            is_continuous,
            tell_all,
            declared.get(key),
            [(rules.state_on(step, day), float(step.weight)) for step in steps.get(key, [])],
            status.outcome,
        )
        found.append(PlacedSheet(entry, amended_on, since, until, told))
    return found


def _territories_near(session: Session, initiative_id: int) -> tuple[str, ...]:
    """The EPCI, then the communes, of the départements in which the contract covers something: all of them, by label.

    None before anything is covered: a name or a code is then typed.
    """
    t = Territory
    covered = (
        select(t.code, t.kind, t.department_code)
        .join(Coverage, Coverage.territory_id == t.id)
        .where(Coverage.initiative_id == initiative_id, Coverage.archived_at.is_(None))
        .subquery()
    )
    inside: ColumnElement[bool] = t.intercommunality_code.in_(
        select(covered.c.code).where(covered.c.kind == TerritoryKind.INTERCOMMUNALITY)
    )
    departments = {code for code in session.scalars(select(covered.c.department_code).distinct()) if code}
    departments |= {code for code in session.scalars(select(t.department_code).where(inside).distinct()) if code}
    communes = session.execute(
        select(t.name, t.code, t.intercommunality_code)
        .where(t.kind == TerritoryKind.COMMUNE, t.department_code.in_(departments))
        .order_by(t.sort_key, t.code)
    ).all()
    around = {epci for _, _, epci in communes if epci}
    wider = session.execute(
        select(t.name, t.code)
        .where(t.kind == TerritoryKind.INTERCOMMUNALITY, t.code.in_(around))
        .order_by(t.sort_key, t.code)
    )
    return tuple(rules.territory_label(name, code) for name, code in [*wider, *((n, c) for n, c, _ in communes)])


def territories_named(session: Session, initiative_id: int, typed: str) -> list[tuple[int, str]]:
    """The communes and EPCI that a text names, by their label, their code or their name: (id, label) of each.

    Of several of one name, those of the départements already covered are meant.
    """
    name, code = forms.read_territory(typed)
    t = Territory
    by: ColumnElement[bool] = t.code == code if code else or_(t.code == name, t.search_text == fold(name))
    rows = session.execute(select(t.id, t.name, t.code).where(t.kind.in_(COVERED), by).order_by(t.kind, t.code)).all()
    if len(rows) > 1:
        near = set(_territories_near(session, initiative_id))
        close = [row for row in rows if rules.territory_label(row.name, row.code) in near]
        rows = close or rows
    return [(row.id, rules.territory_label(row.name, row.code)) for row in rows]

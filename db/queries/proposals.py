"""What partners propose by their links: for who coordinates, and for the link itself."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.models import (
    ActionSheet,
    AnswerLink,
    Initiative,
    Involvement,
    Milestone,
    Organisation,
    Placement,
    Proposal,
    WeatherEntry,
)
from db.posts import vacancies
from db.queries import facts, reads
from db.rights import Operation
from db.rules.access import ProposalState
from db.rules.proposals import Asking, LeadLink, LedSheet, ProposalTold, SheetAsked, StepAsked
from db.rules.text import numbered
from db.rules.vacancy import vacant_since
from db.rules.vocabulary import InvolvementRole, MilestoneState, PlacementRole
from db.viewer import Viewer, require

TEXTS = ("done", "todo", "obstacles", "highlights")


@reads("initiative", "directory")
def proposals(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[ProposalTold, ...]:
    """What waits to be decided, the oldest first; none for who does not coordinate the plan.

    Raises Refused when the viewer may not read it.
    """
    require(viewer, Operation.READ, initiative_id)
    if not viewer.coordinates(initiative_id):
        return ()
    p, here = Proposal, Placement
    rows = session.execute(
        select(p, ActionSheet.title, here.code, here.id, Organisation.name)
        .join(ActionSheet, ActionSheet.id == p.sheet_id)
        .join(AnswerLink, AnswerLink.id == p.link_id)
        .join(Organisation, Organisation.id == AnswerLink.organisation_id)
        .outerjoin(
            here,
            (here.sheet_id == p.sheet_id) & (here.initiative_id == initiative_id) & here.archived_at.is_(None),
        )
        .where(p.initiative_id == initiative_id, p.state == ProposalState.PROPOSED, p.archived_at.is_(None))
        .order_by(p.id)
    ).all()
    steps = _labels(session, {step for row, *_ in rows for step in row.typed.get("steps", ())})
    return tuple(
        ProposalTold(
            id=row.id,
            sheet_id=row.sheet_id,
            placement_id=place,
            sheet=numbered(code, title),
            organisation=structure,
            name=row.name,
            function=row.function,
            on_date=row.on_date,
            recorded_at=row.recorded_at,
            typed={name: value for name, value in row.typed.items() if name != "steps"},
            steps=tuple(steps[step] for step in row.typed.get("steps", ()) if step in steps),
        )
        for row, title, code, place, structure in rows
    )


@reads("initiative", "directory")
def lead_links(session: Session, viewer: Viewer, initiative_id: int, on: date) -> tuple[LeadLink, ...]:
    """The structures that lead sheets of the plan, by name, each with its link when it has one that opens; none for
    who does not coordinate the plan. Raises Refused when the viewer may not read it."""
    require(viewer, Operation.READ, initiative_id)
    if not viewer.coordinates(initiative_id):
        return ()
    led = _led(session, initiative_id, on)
    links = {link.organisation_id: link for link in _open_links(session, initiative_id, on)}
    waiting = _waiting_by_link(session, initiative_id)
    return tuple(
        LeadLink(
            organisation_id=key,
            organisation=name,
            sheets=sheets,
            link_id=link.id if (link := links.get(key)) else None,
            ends_on=link.ends_on if link else None,
            waiting=waiting.get(key, 0),
        )
        for (key, name), sheets in led.items()
    )


def _led(session: Session, initiative_id: int, on: date) -> dict[tuple[int, str], tuple[LedSheet, ...]]:
    """The plan's own sheets that each structure leads, in the order of the plan; structures by name."""
    part, home = Involvement, Placement
    rows = session.execute(
        select(Organisation.id, Organisation.name, home.id, home.code, ActionSheet.title)
        .join(part, part.organisation_id == Organisation.id)
        .join(home, home.sheet_id == part.sheet_id)
        .join(ActionSheet, ActionSheet.id == part.sheet_id)
        .where(home.initiative_id == initiative_id, home.role == PlacementRole.OWNER, home.archived_at.is_(None))
        .where(part.role.in_([InvolvementRole.LEAD, InvolvementRole.CO_LEAD]), part.archived_at.is_(None))
        .where(*facts.in_force(on), ActionSheet.archived_at.is_(None))
        .order_by(Organisation.sort_key, Organisation.id, home.position, home.id)
    )
    found: dict[tuple[int, str], dict[int, LedSheet]] = defaultdict(dict)  # one that leads and co-leads leads once
    for key, name, place, code, title in rows:
        found[key, name][place] = LedSheet(place, numbered(code, title))
    return {structure: tuple(sheets.values()) for structure, sheets in found.items()}


def _open_links(session: Session, initiative_id: int, on: date) -> list[AnswerLink]:
    of = AnswerLink
    return list(
        session.scalars(
            select(of)
            .where(of.initiative_id == initiative_id, of.revoked_at.is_(None), of.archived_at.is_(None))
            .where(of.ends_on >= on)
            .order_by(of.id)
        )
    )


def _waiting_by_link(session: Session, initiative_id: int) -> dict[int, int]:
    p = Proposal
    rows = session.execute(
        select(AnswerLink.organisation_id, func.count())
        .join(p, p.link_id == AnswerLink.id)
        .where(p.initiative_id == initiative_id, p.state == ProposalState.PROPOSED, p.archived_at.is_(None))
        .group_by(AnswerLink.organisation_id)
    )
    return {key: count for key, count in rows.all()}  # noqa: C416


def _labels(session: Session, steps: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Milestone.id, Milestone.label).where(Milestone.id.in_(steps)))
    return {key: label for key, label in rows.all()}  # noqa: C416


def asking(session: Session, link: AnswerLink, on: date) -> Asking:
    """What a link shows to who opens it: the sheets that its structure leads, with what readers see of them last.

    Nothing in preparation: but what came by this very link, which is its own.
    """
    sheets = facts.led_sheets(session, link.initiative_id, link.organisation_id, on)
    place = Placement
    rows = session.execute(
        select(ActionSheet, place.code)
        .join(place, place.sheet_id == ActionSheet.id)
        .where(ActionSheet.id.in_(sheets), place.initiative_id == link.initiative_id, place.archived_at.is_(None))
        .order_by(place.position, place.id)
    ).all()
    reader = Viewer(link.actor_id, published_only=True)
    progress = facts.progress(session, reader, link.initiative_id, on)
    weathers, steps = _last_weathers(session, reader, link.initiative_id, on), _open_steps(session, sheets)
    before = _last_proposals(session, link.id)
    return Asking(
        initiative=session.get_one(Initiative, link.initiative_id).short_name,
        organisation=session.get_one(Organisation, link.organisation_id).name,
        ends_on=link.ends_on,
        sheets=tuple(
            SheetAsked(
                sheet_id=sheet.id,
                label=numbered(code, sheet.title),
                plain_line=sheet.plain_line,
                last=_last({**_percent(progress.get(sheet.id)), **weathers.get(sheet.id, {})}, before.get(sheet.id)),
                steps=tuple(steps.get(sheet.id, ())),
                ticked=_ticked(before.get(sheet.id)),
                proposed_on=said.on_date if (said := before.get(sheet.id)) else None,
                state=said.state if said else None,
                reason=said.reason if said else None,
            )
            for sheet, code in rows
        ),
        vacant_since=vacant_since(vacancies(session, link.initiative_id), on),
    )


def _percent(known: tuple[int, date | None] | None) -> dict[str, str]:
    return {"progress": f"{known[0]} %"} if known else {}


def _last(shown: dict[str, str], before: Proposal | None) -> dict[str, str]:
    """What the form of a sheet begins with: what readers see, under what the link said last. While that waits, or once
    it was refused and is to be corrected, it stands alone: exactly what was sent."""
    if before is None:
        return shown
    typed = {name: str(value) for name, value in before.typed.items() if name != "steps"}
    return {**shown, **typed} if before.state is ProposalState.ACCEPTED else typed


def _ticked(before: Proposal | None) -> frozenset[int]:
    """The steps that the link said to be done, until somebody accepts it: they are then done."""
    if before is None or before.state is ProposalState.ACCEPTED:
        return frozenset()
    return frozenset(before.typed.get("steps", ()))


def _last_weathers(session: Session, reader: Viewer, initiative_id: int, on: date) -> dict[int, dict[str, str]]:
    w = WeatherEntry
    rows = session.execute(
        facts.latest(reader, initiative_id, w, on, w.weather, w.done, w.todo, w.obstacles, w.highlights)
    )
    found: dict[int, dict[str, str]] = {}
    for key, sign, *texts in rows:
        said = {name: text for name, text in zip(TEXTS, texts, strict=True) if text}
        found[key] = {**({"weather": sign.label_fr} if sign else {}), **said}
    return found


def _open_steps(session: Session, sheets: Collection[int]) -> dict[int, list[StepAsked]]:
    m = Milestone
    rows = session.scalars(
        select(m)
        .where(m.sheet_id.in_(sheets), m.archived_at.is_(None))
        .where(m.state.not_in([MilestoneState.DONE, MilestoneState.DROPPED]))
        .order_by(m.position, m.id)
    )
    found: dict[int, list[StepAsked]] = defaultdict(list)
    for row in rows:
        found[row.sheet_id].append(StepAsked(row.id, row.label, row.state, row.due_on))
    return found


def _last_proposals(session: Session, link_id: int) -> dict[int, Proposal]:
    p = Proposal
    rows = session.scalars(select(p).where(p.link_id == link_id, p.archived_at.is_(None)).order_by(p.id))
    return {row.sheet_id: row for row in rows}

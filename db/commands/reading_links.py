"""Links by which one page of a démarche is read without an account: made, withdrawn, opened, counted."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, Executable, select, update
from sqlalchemy.orm import Session

from db.commands.common import found, one_line
from db.commands.sessions import digest_of
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import ActionSheet, Initiative, Placement, ReadingLink
from db.models.base import now_utc
from db.prepared import prepared
from db.rights import Operation
from db.rules.access import SharedPage
from db.rules.filtering import Filters, as_filters
from db.rules.reading_dates import read_date
from db.rules.sharing import LINK_DAYS, MOST_DAYS, OpenLink, SharedView
from db.viewer import UNKNOWN, Viewer, require

NAME_LENGTH, WORD_LENGTH = 150, 300
ONLY_COORDINATION = (
    "« À compléter » est une liste de la coordination : elle ne se partage pas. Retirez ce filtre du plan, puis "
    "partagez-le. Aucun lien n'a été fait."
)


def make_reading_link(
    session: Session,
    viewer: Viewer,
    *,
    initiative_id: int,
    page: SharedPage,
    for_whom: str,
    until: str | None,
    secret: str,
    on: date,
    placement_id: int | None = None,
    filters: Mapping[str, object] | None = None,
) -> ReadingLink:
    """Make a link that shows one page of a démarche, as it is published, until the end of the day typed in `until`: 30
    days when there is none, 90 at most. `on` is the true day there, whatever day a fiction says it is.

    The secret is shown once by who made it; its digest alone is kept. Raises Refused for who may not publish, or for a
    fiche that does not stand there; Invalid, saying what to correct, when something typed will not do.
    """
    require(viewer, Operation.PUBLISH, initiative_id)
    whom = one_line(for_whom, "Pour qui est ce lien", NAME_LENGTH)
    ends_on = _last_day(until, on)
    _standing(session, initiative_id, page, placement_id)
    asked = _asked(page, filters or {})
    label = f"Lien de lecture : {page.label_fr}"
    with acting(session, viewer.actor_id, "make_reading_link", label, initiative_id):
        link = ReadingLink(
            digest=digest_of(secret),
            initiative_id=initiative_id,
            page=page,
            placement_id=placement_id,
            filters=asked.asked,
            for_whom=whom,
            made_by_id=viewer.actor_id,
            made_on=on,
            ends_on=ends_on,
        )
        session.add(link)
        session.flush()
    return link


def _last_day(typed: str | None, on: date) -> date:
    read = read_date(typed, end=True)
    if read.reason is not None:
        raise Invalid(f"Fin du lien : « {typed} » n'est pas compris, aucun lien n'a été fait. {read.reason}")
    last, most = read.value.day if read.value else on + timedelta(days=LINK_DAYS), on + timedelta(days=MOST_DAYS)
    if last < on:
        raise Invalid(f"Ce lien serait déjà fini : {last:%d/%m/%Y} est passé. Donnez un jour à venir.")
    if last > most:
        raise Invalid(
            f"Un lien de lecture dure {MOST_DAYS} jours au plus : donnez au plus tard le {most:%d/%m/%Y}, "
            "et faites-en un autre le moment venu."
        )
    return last


def _standing(session: Session, initiative_id: int, page: SharedPage, placement_id: int | None) -> None:
    """`Refused` unless a page of a fiche comes with one that stands in this plan, and any other with none."""
    if (page is SharedPage.SHEET) != (placement_id is not None):
        raise Refused(UNKNOWN)
    if placement_id is not None:
        place = found(session, Placement, placement_id)
        found(session, ActionSheet, place.sheet_id)
        if place.initiative_id != initiative_id:
            raise Refused(UNKNOWN)


def _asked(page: SharedPage, typed: Mapping[str, object]) -> Filters:
    """What the plan is narrowed to. No other page is."""
    asked = as_filters(typed) if page is SharedPage.PLAN else Filters()
    if asked.completer:
        raise Invalid(ONLY_COORDINATION)
    if any(len(str(word)) > WORD_LENGTH for word in asked.asked.values()):
        raise Invalid(f"Un des filtres compte plus de {WORD_LENGTH} caractères : raccourcissez-le.")
    return asked


def revoke_reading_link(session: Session, viewer: Viewer, *, link_id: int) -> None:
    """Have a link show nothing more, at once, to whoever has it open too."""
    link = found(session, ReadingLink, link_id)
    require(viewer, Operation.PUBLISH, link.initiative_id)
    label = f"Retrait d'un lien de lecture : {link.page.label_fr}"
    with acting(session, viewer.actor_id, "revoke_reading_link", label, link.initiative_id):
        link.revoked_at = link.revoked_at or now_utc()
        session.flush()


def link_behind(session: Session, secret: str, *, at: datetime) -> OpenLink | None:
    """The link of this secret, whether or not it still shows something; None when there is none."""
    row = session.execute(*_of_digest(digest_of(secret))).one_or_none()
    if row is None:
        return None
    link, code, name, zone, archived = row.ReadingLink, row.code, row.short_name, row.time_zone, row[4:]
    lasts = link.ends_on >= at.astimezone(ZoneInfo(zone)).date()
    stands = link.revoked_at is None and link.archived_at is None and not any(archived)
    view = SharedView(link.page, link.placement_id, as_filters(link.filters))
    return OpenLink(link.id, link.initiative_id, code, name, view, link.ends_on, is_open=lasts and stands)


@prepared("digest")
def _of_digest(digest: str) -> Executable:
    link, here = ReadingLink, Initiative
    archived = (here.archived_at, Placement.archived_at, ActionSheet.archived_at)
    return (
        select(link, here.code, here.short_name, here.time_zone, *archived)
        .join(here, here.id == link.initiative_id)
        .outerjoin(Placement, Placement.id == link.placement_id)
        .outerjoin(ActionSheet, ActionSheet.id == Placement.sheet_id)
        .where(link.digest == digest)
    )


def count_opening(on: Engine, link_id: int, *, at: datetime) -> None:
    """Note that a link was opened. It is no act of anybody's: neither journalled, nor moving any revision."""
    link = ReadingLink
    noted = update(link).where(link.id == link_id).values(openings=link.openings + 1, last_opening_at=at)
    with on.execution_options(writes=True).begin() as connection:
        connection.execute(noted)

"""Links of reading, as who publishes makes them."""

from datetime import date
from typing import Any

from sqlalchemy import Engine

from db.commands.reading_links import link_behind, make_reading_link
from db.commands.sessions import new_secret
from db.engine import reading, writing
from db.models.base import now_utc
from db.rules.access import SharedPage
from db.rules.sharing import OpenLink
from db.viewer import Viewer, viewer_by_link
from tests.conftest import viewer_in

DEMO = 1


def shared(
    engine: Engine,
    page: SharedPage = SharedPage.OVERVIEW,
    *,
    initiative_id: int = DEMO,
    on: date | None = None,
    until: str | None = None,
    **more: Any,
) -> str:
    """Share a page; gives the secret of its link."""
    secret = new_secret()
    with writing(engine) as session:
        make_reading_link(
            session, viewer_in(engine), initiative_id=initiative_id, page=page, for_whom="Bureau du COPIL",
            until=until, secret=secret, on=on or now_utc().date(), **more,
        )  # fmt: skip
    return secret


def behind(engine: Engine, secret: str) -> OpenLink:
    """The link of a secret, now."""
    with reading(engine) as session:
        found = link_behind(session, secret, at=now_utc())
    assert found is not None
    return found


def guest(engine: Engine, page: SharedPage, **more: Any) -> Viewer:
    """Who reads a page by a link."""
    return viewer_by_link(behind(engine, shared(engine, page, **more)))

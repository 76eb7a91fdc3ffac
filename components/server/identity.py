"""Who a request, or a session of pages, comes from: the person at the machine, the account of a signed-in browser, or
who reads by a link.

Nothing of it is kept: the session or the link of the cookie is asked for at every run of a page, so that one that is
revoked, or whose account is closed, sees nothing more.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from components.server.cookies import cookie
from db.commands.reading_links import link_behind
from db.commands.sessions import Presence, presence, seen
from db.engine import engine, reading
from db.errors import Refused
from db.models.base import now_utc
from db.rules.sharing import OpenLink
from db.settings import settings
from db.viewer import LOCAL_LOGIN, NOBODY, Viewer, viewer_named

TEST_COOKIE = "balise_test_person"
NO_LONGER = (
    "Vous n'êtes plus connecté : rien n'a été enregistré à l'instant. "
    "Ce que vous aviez tapé avant reste en brouillon ; connectez-vous pour le retrouver."
)
NOT_SIGNED_IN = "Vous n'êtes pas connecté : connectez-vous, puis reprenez le lien."
NO_DOWNLOAD = "Un lien de lecture montre une page, et n'ouvre aucun téléchargement : connectez-vous pour le prendre."
logger = logging.getLogger("balise.access")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is there. `login` is None for who is not signed in; `actor_id` is then that of whose session ended by its
    age, who may still have what they were typing kept, else nobody's. `session` is that of the cookie; `link`, that of
    who is not signed in and reads by one, whether or not it still shows something."""

    login: str | None
    actor_id: int = NOBODY
    session: Presence | None = None
    link: OpenLink | None = None


def session_cookie() -> str:
    """The name of the cookie that holds a session."""
    return cookie("session")


def reading_cookie() -> str:
    """The name of the cookie that holds the secret of a link of reading that was opened."""
    return cookie("lecture")


def caller(cookies: Callable[[], Mapping[str, str]], *, counts: bool = True) -> Caller:
    """Who comes with these cookies. Unless `counts` is false, that they came keeps their session open.

    In local mode, the person at the machine; under the tests' own switch (`TEST_SIGN_IN`), the account that a cookie
    names. Cookies are asked for only when they are needed. A link of reading counts where no session does.
    """
    told = settings()
    if not told.by_accounts:
        return Caller(cookies().get(TEST_COOKIE, LOCAL_LOGIN) if told.test_sign_in else LOCAL_LOGIN)
    secret, at = cookies().get(session_cookie()), now_utc()
    with reading() as session:
        found = presence(session, secret, at=at) if secret else None
        if found is None:
            return Caller(None, link=_link(session, cookies().get(reading_cookie()), at))
    if not found.is_open:
        return Caller(None, NOBODY if found.was_ended else found.actor_id, found)
    if counts:
        _note(found, at)
    return Caller(found.login, found.actor_id, found)


def _link(session: Session, secret: str | None, at: datetime) -> OpenLink | None:
    return link_behind(session, secret, at=at) if secret else None


def _note(found: Presence, at: datetime) -> None:
    """That somebody is there is worth no failure: when the database is busy, it is noted a little later."""
    try:
        seen(engine(), found, at=at)
    except OperationalError:
        logger.warning("session %s: its use could not be noted", found.session_id)


def viewer_behind(cookies: Mapping[str, str]) -> Viewer:
    """The viewer that a request outside the pages comes from. Raises Refused when nobody is signed in."""
    who = caller(lambda: cookies)
    if who.login is None:
        raise Refused(NO_DOWNLOAD if who.link is not None else NOT_SIGNED_IN)
    with reading() as session:
        return viewer_named(session, who.login, datetime.now(ZoneInfo("Europe/Paris")).date())

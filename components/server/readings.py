"""The page of a link of reading: one page of a démarche, shown without an account.

A plain document. Opening the link changes nothing (mail scanners open links too): its secret goes into a cookie, and
out of the address; the button that follows is what opens the page, and is counted.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from components import formats
from components.server.answers import form, sentence
from components.server.cookies import cookie, hand, out_of_address, take_back
from components.server.entrance import with_accounts
from components.server.identity import caller, reading_cookie, session_cookie, viewer_behind
from components.server.posts import READING
from db.commands.reading_links import count_opening, link_behind
from db.engine import engine, reading
from db.errors import Refused
from db.models.base import now_utc
from db.rules.sharing import GONE, OpenLink
from db.rules.ways_in import LONGEST

LINK_SECONDS = 1800
NOT_YOURS = (
    "Vous êtes connecté, et la démarche que ce lien montre n'est pas ouverte à votre accès. Pour le lire, "
    "déconnectez-vous d'abord, ou ouvrez le lien dans une fenêtre privée de votre navigateur."
)
OWN_RIGHTS = "Vous êtes connecté : cette page s'ouvrira avec vos propres droits."


def link_cookie() -> str:
    """The name of the cookie that carries the secret of a link from its address to its button."""
    return cookie("lien")


@with_accounts
async def take_reading(request: Request) -> Response:
    """A link of reading is followed."""
    return out_of_address(request, link_cookie(), LINK_SECONDS, READING)


@with_accounts
async def read_page(request: Request) -> Response:
    """What the link shows, and the button that opens it; or what that button does."""
    secret = request.cookies.get(link_cookie()) or request.cookies.get(reading_cookie(), "")
    try:
        link, is_signed_in = await run_in_threadpool(_known, request, secret)
    except Refused as refusal:
        return _closed(refusal, request.cookies.get(reading_cookie()) == secret)
    if request.method == "GET":
        return _door(link, is_signed_in=is_signed_in)
    await run_in_threadpool(count_opening, engine(), link.id, at=now_utc())
    answer = RedirectResponse(link.view.address(link.code), 303)
    take_back(answer, link_cookie())
    if not is_signed_in:
        hand(answer, reading_cookie(), secret, int(LONGEST.total_seconds()))
        take_back(answer, session_cookie())
    return answer


def _known(request: Request, secret: str) -> tuple[OpenLink, bool]:
    """The link of a secret, and whether who follows it is signed in: they read what their own rights open, no more.

    Raises Refused for a link that shows nothing more, and for who is signed in and may not read the page.
    """
    with reading() as session:
        link = link_behind(session, secret, at=now_utc()) if secret else None
    if link is None or not link.is_open:
        raise Refused(GONE)
    is_signed_in = caller(lambda: request.cookies).login is not None
    if is_signed_in and not viewer_behind(request.cookies).reads_page(link.view.page, link.initiative_id):
        raise Refused(NOT_YOURS)
    return link, is_signed_in


def _door(link: OpenLink, *, is_signed_in: bool) -> Response:
    told = f"Une page de « {link.initiative} » vous est montrée, en lecture seule, telle qu'elle est publiée."
    until = f"Ce lien sert jusqu'au {formats.day(link.ends_on)} inclus. Qui l'a peut lire cette page : gardez-le."
    return form(
        link.view.page.label_fr,
        READING,
        "Lire cette page",
        (),
        told=OWN_RIGHTS if is_signed_in else "",
        intro=told,
        after=until,
    )


def _closed(refusal: Refused, was_read: bool) -> Response:
    """The link shows nothing more: the browser forgets it, so that Balise opens by its usual door next time. Another
    link that is being read stays."""
    answer = sentence(404, refusal.message)
    take_back(answer, link_cookie())
    if was_read:
        take_back(answer, reading_cookie())
    return answer

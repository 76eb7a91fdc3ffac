"""The doors of an installation that is shared: signing in and out, choosing and changing a password.

Plain documents, without any script. A link with a secret changes nothing when it is opened (mail scanners open them
too): it hands its secret to a cookie, so that it leaves the address bar, and the form that follows is what acts.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial, wraps

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from components.server.answers import Input, form, sentence
from components.server.cookies import cookie, hand, out_of_address, take_back
from components.server.identity import Caller, caller, reading_cookie, session_cookie
from components.server.posts import FOREIGN, came_from, device_of, fields_of, is_own, local_path
from db.commands import handover, sessions, ways_in
from db.commands.sessions import TooMany
from db.engine import reading, writing
from db.errors import BaliseError, Invalid, Refused
from db.models.base import now_utc
from db.rules.access import AccountKeyKind
from db.rules.ways_in import LEAST, KeyTold
from db.settings import settings

ENTER, LEAVE, KEY, PASSWORD = "/entrer", "/sortir", "/acces", "/mot-de-passe"
KEY_SECONDS = 1800
UNLIKE = "Les deux mots de passe ne sont pas les mêmes : tapez deux fois le même. Rien n'a été changé."
FORGOTTEN = "Mot de passe oublié ? La personne qui administre Balise vous donnera un nouveau lien."
ADVICE = (
    f"{LEAST} caractères au moins, espaces compris. Quatre mots sans rapport entre eux se retiennent bien ; "
    "aucun chiffre ni signe n'est exigé."
)
TOLD = {
    "choisi": "Votre mot de passe est enregistré. Entrez avec lui.",
    "parti": "Votre connexion est fermée.",
    "change": "Votre mot de passe est changé ; vos autres connexions ont été fermées.",
}
logger = logging.getLogger("balise.access")
Answer = Callable[[Request], Awaitable[Response]]


def key_cookie() -> str:
    """The name of the cookie that carries the secret of a link from its address to its form."""
    return cookie("acces")


def with_accounts(answer: Answer) -> Answer:
    """A route that exists only where people sign in, and whose forms come from its own pages alone."""

    @wraps(answer)
    async def guarded(request: Request) -> Response:
        if not settings().by_accounts:
            return sentence(404, "Il n'y a rien à cette adresse : cette installation s'ouvre sans mot de passe.")
        if request.method == "POST" and not is_own(request):
            return sentence(403, FOREIGN)
        try:
            return await answer(request)
        except BaliseError as error:
            return sentence(400, error.message)

    return guarded


@with_accounts
async def enter(request: Request) -> Response:
    """Sign in: the form, or what was typed in it."""
    if request.method == "GET":
        following = local_path(request.query_params.get("next") or came_from(request))
        if (await _who(request)).login is not None:
            return RedirectResponse(following, 303)
        return _entrance(following, told=TOLD.get(request.query_params.get("fait", ""), ""))
    typed = await fields_of(request)
    following, login = local_path(typed.get("next")), typed.get("login", "")
    try:
        secret = await run_in_threadpool(_sign_in, request, login, typed.get("password", ""))
    except TooMany as refusal:
        return _entrance(following, login=login, fault=refusal.message, status=429)
    except Refused as refusal:
        return _entrance(following, login=login, fault=refusal.message, status=401)
    answer = RedirectResponse(following, 303)
    hand(answer, session_cookie(), secret)
    take_back(answer, reading_cookie())  # their own rights from now on, and the way in again once they leave
    return answer


def _entrance(following: str, *, login: str = "", told: str = "", fault: str = "", status: int = 200) -> Response:
    wrong = bool(fault) and status == 401
    inputs = [
        Input("login", "Identifiant", "username", value=login, is_secret=False, is_wrong=wrong),
        Input("password", "Mot de passe", "current-password", is_wrong=wrong),
    ]
    return form(
        "Entrer", ENTER, "Entrer", inputs, told=told, fault=fault, hidden=following, after=FORGOTTEN, status=status
    )


def _sign_in(request: Request, login: str, password: str) -> str:
    """The secret of a new session, the one this browser had being ended. Raises TooMany and Refused."""
    at, address = now_utc(), _address(request)
    try:
        with writing() as session:
            tried = sessions.attempt(session, login=login, address=address, at=at)
        tried = sessions.prove(tried, password)
        with writing() as session:
            secret = sessions.sign_in(session, tried, at=at, device=device_of(request.headers.get("user-agent", "")))
            sessions.sign_out(session, request.cookies.get(session_cookie(), ""), at=at)
            handover.receive(session, account_id=tried.known_account, at=at)
    except BaliseError as refusal:
        logger.warning("sign-in refused from %r: %s", address, type(refusal).__name__)
        raise
    logger.info("account %s signed in from %r", tried.account_id, address)
    return secret


@with_accounts
async def leave(request: Request) -> Response:
    """Sign out: the button, or what it does."""
    who = await _who(request)
    if request.method == "GET":
        if who.login is None:
            return RedirectResponse(ENTER, 303)
        said = f"Votre identifiant est {who.login}. Vos brouillons sont gardés."
        return form("Se déconnecter", LEAVE, "Me déconnecter", (), intro=said)
    await run_in_threadpool(_sign_out, request.cookies.get(session_cookie(), ""))
    answer = RedirectResponse(f"{ENTER}?fait=parti", 303)
    take_back(answer, session_cookie())
    return answer


def _sign_out(secret: str) -> None:
    with writing() as session:
        sessions.sign_out(session, secret, at=now_utc())


@with_accounts
async def take_key(request: Request) -> Response:
    """The link by which a password is chosen is followed."""
    return out_of_address(request, key_cookie(), KEY_SECONDS, KEY)


@with_accounts
async def use_key(request: Request) -> Response:
    """Choose a password with the link that was opened: the form, or what was typed in it."""
    secret = request.cookies.get(key_cookie(), "")
    try:
        told = await run_in_threadpool(_key_told, secret)
    except Refused as refusal:
        return sentence(404, refusal.message)
    if request.method == "GET":
        return _choice(told)
    typed = await fields_of(request)
    try:
        await run_in_threadpool(_choose, secret, _twice(typed))
    except Invalid as fault:
        return _choice(told, fault.message)
    answer = RedirectResponse(f"{ENTER}?fait=choisi", 303)
    take_back(answer, key_cookie())
    take_back(answer, session_cookie())
    return answer


def _key_told(secret: str) -> KeyTold:
    with reading() as session:
        return ways_in.key_told(session, secret, at=now_utc())


def _choose(secret: str, password: str) -> None:
    with writing() as session:
        ways_in.choose_password(session, secret=secret, password=password, at=now_utc())


def _choice(told: KeyTold, fault: str = "") -> Response:
    invited = told.kind is AccountKeyKind.INVITATION
    intro = (
        "Un accès à Balise vous est ouvert. Choisissez votre mot de passe : ce lien ne servira plus ensuite."
        if invited
        else "Choisissez un nouveau mot de passe : ce lien ne servira plus ensuite, et vos connexions seront fermées."
    )
    login = Input("login", "Votre identifiant", "username", value=told.login, is_secret=False, is_given=True)
    inputs = [login, *_new_password(is_wrong=bool(fault))]
    title = "Choisir un mot de passe"
    return form(title, KEY, "Enregistrer", inputs, intro=intro, fault=fault, status=400 if fault else 200)


def _new_password(*, is_wrong: bool) -> list[Input]:
    return [
        Input("password", "Mot de passe choisi", "new-password", hint=ADVICE, is_wrong=is_wrong),
        Input("again", "Le même, une seconde fois", "new-password", is_wrong=is_wrong),
    ]


def _twice(typed: dict[str, str]) -> str:
    password = typed.get("password", "")
    if password != typed.get("again"):
        raise Invalid(UNLIKE)
    return password


@with_accounts
async def change_password(request: Request) -> Response:
    """Change one's password: the form, or what was typed in it."""
    who = await _who(request)
    if who.login is None:
        return RedirectResponse(f"{ENTER}?next={PASSWORD}", 303)
    if request.method == "GET":
        return _change(who)
    typed = await fields_of(request)
    try:
        await run_in_threadpool(_write_change, request, who, typed.get("current", ""), _twice(typed))
    except BaliseError as fault:
        return _change(who, fault.message)
    return RedirectResponse("/mon-acces?fait=change", 303)


def _change(who: Caller, fault: str = "") -> Response:
    login = Input("login", "Votre identifiant", "username", value=who.login or "", is_secret=False, is_given=True)
    current = Input("current", "Mot de passe actuel", "current-password", is_wrong=bool(fault))
    inputs = [login, current, *_new_password(is_wrong=bool(fault))]
    intro = "Vos connexions ouvertes ailleurs seront fermées ; celle-ci reste ouverte."
    title, status = "Changer de mot de passe", 400 if fault else 200
    return form(title, PASSWORD, "Changer", inputs, intro=intro, fault=fault, status=status)


def _write_change(request: Request, who: Caller, current: str, password: str) -> None:
    assert who.session is not None
    at, here = now_utc(), who.session
    with writing() as session:
        tried = sessions.attempt(session, login=here.login, address=_address(request), at=at)
    tried = sessions.prove(tried, current)
    if not tried.is_proved:
        raise Invalid("Le mot de passe actuel n'est pas le bon : rien n'a été changé.")
    with writing() as session:
        account_id = sessions.forgive(session, tried)
        kept = here.session_id
        ways_in.change_password(session, account_id=account_id, password=password, kept=kept, at=at)


async def _who(request: Request) -> Caller:
    return await run_in_threadpool(partial(caller, lambda: request.cookies))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

"""What a form sends: read whole, small, and only when it comes from a page of this server."""

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from db.errors import Invalid
from db.settings import settings

MOST_BYTES, MOST_FIELDS = 16_384, 20
READING = "/lecture"
OWN_PAGES = frozenset({"/entrer", "/sortir", "/acces", "/mot-de-passe", READING})
FOREIGN = "Cette demande ne vient pas d'une page de Balise : rien n'a été fait. Revenez à Balise et recommencez."


def is_own(request: Request) -> bool:
    """Whether a browser sent this from a page of this very server: what it says of the page, else where it came from.

    A request that says neither is not.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    hosts = {request.headers.get("host", ""), urlsplit(settings().public_url).netloc} - {""}
    return origin.netloc in hosts


async def fields_of(request: Request, *, most: int = MOST_BYTES, fields: int = MOST_FIELDS) -> dict[str, str]:
    """The fields of a form, by name. Raises Invalid when there is more than a form holds: `most` bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise Invalid("Ce formulaire est trop long : rien n'a été fait. Revenez à Balise et recommencez.")
    sent = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=fields)
    return {name: values[0] for name, values in sent.items()}


def local_path(asked: str | None) -> str:
    """Where to go next: an address of Balise itself, or its first page when what is asked is another's."""
    path = asked or ""
    clean = path.startswith("/") and path.isprintable() and "\\" not in path and not path.startswith("//")
    parts = urlsplit(path) if clean else None
    own = parts is not None and parts.path.startswith(tuple(f"{page}/" for page in OWN_PAGES))
    return "/" if parts is None or own or parts.path in OWN_PAGES or parts.path.startswith("//") else path


def came_from(request: Request) -> str | None:
    """The page of this server on which a link was followed, as its browser tells it."""
    parts = urlsplit(request.headers.get("referer", ""))
    if not parts.netloc or parts.netloc != request.headers.get("host"):
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def device_of(user_agent: str) -> str | None:
    """« Firefox sur Windows »: enough for somebody to recognise their own browser; None when it says nothing known."""
    browsers = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "FxiOS": "Firefox", "Chrome": "Chrome"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "Mac"}
    browser = _first(user_agent, {**browsers, "CriOS": "Chrome", "Safari": "Safari"})
    system = _first(user_agent, {**systems, "CrOS": "Chromebook", "Linux": "Linux"})
    return " sur ".join(part for part in (browser, system) if part) or None


def _first(text: str, words: dict[str, str]) -> str | None:
    return next((said for word, said in words.items() if word in text), None)

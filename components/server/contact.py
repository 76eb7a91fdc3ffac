"""`/.well-known/security.txt`: where somebody who finds a flaw says it (RFC 9116)."""

from datetime import UTC, datetime, time, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from components.server.answers import sentence
from db.models.base import now_utc
from db.settings import settings

SECURITY = "/.well-known/security.txt"
VALID = timedelta(days=180)
NOT_SHARED = "Cette installation n'est ouverte qu'à la personne qui est à la machine : elle n'a pas d'adresse publique."


def expiry(at: datetime) -> datetime:
    """Until when what is told at that instant may be relied on: a midnight, six months on."""
    return datetime.combine((at + VALID).date(), time(), UTC)


def security_txt(_request: Request) -> Response:
    """The page that names who answers, and until when this holds; 404 on a machine that nobody else reaches."""
    told = settings()
    if not told.by_accounts or not told.public_url:
        return sentence(404, NOT_SHARED)
    lines = (
        f"Contact: {told.address_of('/mentions-legales')}",
        f"Expires: {expiry(now_utc()):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {told.address_of(SECURITY)}",
    )
    return PlainTextResponse("\n".join(lines) + "\n")

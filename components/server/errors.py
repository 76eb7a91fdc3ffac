"""What a person is told when something broke: a sentence and a number; the log keeps the rest under that number."""

import logging
import secrets

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.server.answers import sentence
from db.errors import BaliseError
from db.failures import told_of

logger = logging.getLogger("balise.incident")


def incident(error: BaseException) -> str:
    """Log the error in full under a new incident number, and return that number."""
    number = secrets.token_hex(3).upper()
    logger.error("incident %s", number, exc_info=error)
    return number


def advice(number: str) -> str:
    """What happened, what was kept, what to do now."""
    return (
        "Cette page n'a pas pu s'afficher en entier. Ce qui était enregistré l'est toujours. "
        "Rechargez la page ; si cela recommence, donnez le numéro d'incident "
        f"{number} à la personne qui administre Balise."
    )


def explain(error: Exception) -> bool:
    """Streamlit's `on_script_error`: say it in French on the page, and keep the default box away."""
    told = error if isinstance(error, BaliseError) else told_of(error)
    if told is not None:
        st.warning(told.message)
    else:
        st.error(advice(incident(error)))
    return True


def answer_failure(_request: Request, error: Exception) -> Response:
    """The same for what is not a page (downloads, health): a short document, and status 500, or 503 when it is the
    database that fails."""
    told = error if isinstance(error, BaliseError) else told_of(error)
    if told is not None:
        return sentence(503, told.message)
    return sentence(500, advice(incident(error)))


class Explained:
    """Middleware that answers what broke in a route while there is still time: inside `Armoured`, so that this answer
    too carries the headers that protect a browser."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a sentence and a number when it breaks before anything was said."""
        started = False

        async def note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, note)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await answer_failure(Request(scope), error)(scope, receive, send)

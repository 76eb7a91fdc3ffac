"""What a person is told when something broke: a sentence and a number; the log keeps the rest under that number."""

import logging
import secrets

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from components.server.answers import sentence
from db.errors import BaliseError

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
    if isinstance(error, BaliseError):
        st.warning(error.message)
    else:
        st.error(advice(incident(error)))
    return True


def answer_failure(_request: Request, error: Exception) -> Response:
    """The same for what is not a page (downloads, health): a short document and status 500."""
    return sentence(500, advice(incident(error)))

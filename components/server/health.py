"""`/healthz`: whether this server can serve, for a supervisor. Says nothing about the data."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse

from db.engine import reading
from db.errors import BaliseError

HEALTH = "/healthz"
NOT_KEPT = {"cache-control": "no-store"}


def health(_request: Request) -> JSONResponse:
    """200 `{"etat": "ok"}` when the database answers, else 503 `{"etat": "base injoignable"}`."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except (SQLAlchemyError, BaliseError, OSError):
        return JSONResponse({"etat": "base injoignable"}, status_code=503, headers=NOT_KEPT)
    return JSONResponse({"etat": "ok"}, headers=NOT_KEPT)

"""The page's only script of its own: it keeps what is being typed in a text area."""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

ADDRESS = "/balise/draft.js"
FILE = Path(__file__).resolve().parent.parent / "draft.js"


@cache
def _source() -> str:
    return FILE.read_text(encoding="utf-8")


async def draft_script(_request: Request) -> Response:
    """The script, which a browser asks for again after an update."""
    return Response(_source(), media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"})

"""The page's only scripts of its own, served as one: what is being typed is kept, what is said is said in French."""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

ADDRESS = "/balise/page.js"
COMPONENTS = Path(__file__).resolve().parent.parent
FILES = ("draft.js", "french.js")


@cache
def _source() -> str:
    return "".join((COMPONENTS / name).read_text(encoding="utf-8") for name in FILES)


async def page_script(_request: Request) -> Response:
    """The script, which a browser asks for again after an update."""
    return Response(_source(), media_type="text/javascript; charset=utf-8", headers={"cache-control": "no-cache"})

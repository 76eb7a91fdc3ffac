"""The cookies that the doors give: read by no script, sent by no other site, for this host alone behind TLS."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.settings import settings


def cookie(what: str) -> str:
    """The name of the cookie that holds something: behind TLS, one that browsers accept from this host alone."""
    return f"__Host-balise_{what}" if settings().is_secure else f"balise_{what}"


def hand(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Give a cookie; it ends with the browser unless `seconds` says when."""
    secure = settings().is_secure
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def out_of_address(request: Request, name: str, seconds: int, to: str) -> Response:
    """A link is followed: its secret goes into a cookie, and out of the address."""
    answer = RedirectResponse(to, 303)
    hand(answer, name, request.path_params["secret"], seconds)
    return answer


def take_back(answer: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    answer.delete_cookie(name, path="/", secure=settings().is_secure, httponly=True, samesite="lax")

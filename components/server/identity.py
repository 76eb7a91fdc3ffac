"""Who a request comes from. The person at the machine, until accounts can be signed in to."""

from collections.abc import Callable, Mapping

from db.settings import settings
from db.viewer import LOCAL_LOGIN

TEST_COOKIE = "balise_test_person"


def login_of(cookies: Callable[[], Mapping[str, str]]) -> str:
    """The login of the account that a request, or a session of pages, is made with.

    The local account; under the tests' own switch (`TEST_SIGN_IN`), the one that a cookie names. Cookies are asked for
    only then: a page would pay for them at every run.
    """
    if not settings().test_sign_in:
        return LOCAL_LOGIN
    return cookies().get(TEST_COOKIE, LOCAL_LOGIN)

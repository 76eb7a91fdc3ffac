"""What a person does in a browser, said as a person says it; two people may do it at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import quote

from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import Engine

from components.server.identity import TEST_COOKIE
from db.commands.accounts import open_account
from db.engine import writing
from db.rules.access import Role
from tests.browser import until
from tests.conftest import viewer_in
from tests.serving import Server

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
SETTLED = f"{READY}:not(:has([data-stale='true']))"
PREPARATION = f"vue={quote('En préparation')}"


def colleague(engine: Engine, login: str, function: str, role: Role = Role.COORDINATOR) -> str:
    """An account for somebody else; gives its login."""
    with writing(engine) as session:
        open_account(session, viewer_in(engine), login=login, function=function, role=role, starts_on=date(2026, 1, 1))
    return login


@contextmanager
def signed_in(chromium: Browser, server: Server, login: str | None = None, width: int = 1280) -> Iterator[Page]:
    """A browser of somebody's own: the person at the machine, or, under the tests' switch, the account named."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 844 if width < 600 else 720})
    if login is not None:
        context.add_cookies([{"name": TEST_COOKIE, "value": login, "url": server.url}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def goes_to(page: Page, server: Server, address: str) -> None:
    """Open an address in preparation, and wait until it is drawn."""
    sign = "&" if "?" in address else "?"
    page.goto(f"{server.url}{address}{sign}{PREPARATION}")
    drawn(page)


def drawn(page: Page) -> None:
    """Wait until the page has said all it has to say."""
    page.wait_for_selector(SETTLED)


def at_rest(page: Page) -> None:
    """Wait until nothing that is drawn is fading any more: what was old a moment ago is shown at its full ink."""
    drawn(page)
    until(
        page,
        "() => [...document.querySelectorAll('[data-testid=stElementContainer]')]"
        ".every(e => getComputedStyle(e).opacity === '1')",
    )


def field(page: Page, label: str) -> Locator:
    """A field by its name."""
    return page.get_by_label(label, exact=True)


def presses(page: Page, button: str) -> None:
    """Click a button, and wait for what it does."""
    page.get_by_role("button", name=button).first.click()
    drawn(page)


def reads(page: Page, words: str) -> None:
    """The page comes to say these words."""
    expect(page.get_by_text(words).first).to_be_visible()

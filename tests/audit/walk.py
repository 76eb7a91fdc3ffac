"""The visits made one after the other, in few browsers and on two servers, and what is wrong on the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect
from sqlalchemy import Engine

from tests.audit.floor import ENGLISH, FLOOR, Known
from tests.audit.installation import Installation, installed
from tests.audit.looking import Fault, look
from tests.audit.visits import Visit
from tests.e2e.people import at_rest
from tests.house import ROOT
from tests.serving import Server, serving

HEADING = "h1"
OWN = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")


@dataclass
class Walk:
    """Visits of a shared installation and of one that is new, with what was wrong and what of the floor was met."""

    chromium: Browser
    shared: Installation
    new: Server
    met: set[Known] = field(default_factory=set)
    visits: int = 0
    _pages: dict[Any, Page] = field(default_factory=dict)
    _asked: list[str] = field(default_factory=list)

    def goes_to(self, visit: Visit) -> list[Fault]:
        """Make a visit; gives what is wrong there."""
        self.visits += 1
        page, address = self._page(visit), self._address(visit)
        try:
            page.goto(address)
            settled(page)
            if visit.do is not None:
                visit.do(page)
                settled(page)
            found = look(page, self.met)
        except (Error, AssertionError) as error:
            found = [Fault("not seen", str(error).splitlines()[0])]
        asked, self._asked[:] = [Fault("asked outside", url) for url in self._asked], []
        return [*found, *asked]

    def not_met(self) -> list[str]:
        """What of the floor was nowhere met: it is no longer needed."""
        return [f"{one.rule}: {one.what}" for one in (*FLOOR, *ENGLISH) if one not in self.met]

    def _address(self, visit: Visit) -> str:
        if visit.is_new:
            return self.new.url + visit.address
        home = self.shared
        links = visit.address.format(invitation=home.invitation, answer=home.answer, reading=home.reading)
        return home.server.url + links

    def _page(self, visit: Visit) -> Page:
        key = (visit.role, visit.scheme, visit.is_new)
        if key not in self._pages:
            role = None if visit.is_new else visit.role
            page = self.shared.context(self.chromium, role, visit.scheme).new_page()
            page.on("request", lambda sent: None if sent.url.startswith(OWN) else self._asked.append(sent.url))
            self._pages[key] = page
        return self._pages[key]


def settled(page: Page) -> None:
    """Wait until what is shown is whole and at rest."""
    expect(page.locator(HEADING).first).to_be_visible(timeout=30_000)
    if page.get_by_test_id("stApp").count():
        page.wait_for_timeout(100)  # a run that was asked for begins a moment later
        at_rest(page)


@contextmanager
def walking(chromium: Browser, demo: Engine, new: Engine) -> Iterator[Walk]:
    """Two servers: the demonstration shared by accounts, and an installation that holds nothing."""
    url = new.url.render_as_string(hide_password=False)
    with installed(demo) as shared, serving(ROOT / "app.py", database_url=url) as server:
        yield Walk(chromium, shared, server)

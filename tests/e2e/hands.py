"""What somebody's hands do at a keyboard and a mouse, counted, and the line they work on, which may be slow."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, WebSocketRoute


@dataclass
class Hand:
    """Somebody's hands: whatever they press or click is counted, each key of a chord too."""

    page: Page
    gestures: int = 0

    def clicks(self, where: Locator) -> None:
        where.click()
        self.gestures += 1

    def presses(self, keys: str, times: int = 1) -> None:
        for _ in range(times):
            self.page.keyboard.press(keys)
        self.gestures += times * len(keys.split("+"))

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.gestures += len(text)

    def tabs_to(self, where: Locator, most: int) -> None:
        """Go from field to field until this one; it is not further than `most` of them."""
        for _ in range(most):
            self.presses("Tab")
            if where.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"the field is further than {most} tabs: {where}")

    def picks(self, place: int) -> None:
        """Choose among buttons side by side, from the first one, where the focus is."""
        self.presses("ArrowRight", place)
        self.presses("Space")

    def rests(self) -> int:
        """What was pressed and clicked since the last rest."""
        spent, self.gestures = self.gestures, 0
        return spent


class Line:
    """What comes from the server to a page that is opened after this; it may be held back."""

    def __init__(self, page: Page) -> None:
        self.held: list[str | bytes] | None = None
        self.socket: WebSocketRoute | None = None
        page.route_web_socket(re.compile("/_stcore/stream"), self._open)

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Whatever the server says meanwhile arrives at the end."""
        self.held = []
        yield
        held, self.held = self.held, None
        for message in held:
            self._arrives(message)

    def _open(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.connect_to_server().on_message(self._arrives)

    def _arrives(self, message: str | bytes) -> None:
        if self.held is not None:
            self.held.append(message)
        elif self.socket is not None:
            self.socket.send(message)

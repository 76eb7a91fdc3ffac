"""Going about a page with the Tab key alone, and what is seen of where one is."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page

STILL = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync('*, *::before, *::after { transition: none !important; animation: none !important; }');
  if (!document.stopped) document.adoptedStyleSheets = [...document.adoptedStyleSheets, (document.stopped = still)];
}"""
STOP = """() => {
  const DRAWN = ['content', 'outline', 'boxShadow', 'borderColor', 'backgroundColor', 'color', 'textDecoration'];
  const drawn = (node, part) => DRAWN.map((name) => getComputedStyle(node, part)[name]).join();
  const look = (node) => {
    const near = [node, node.nextElementSibling, ...node.children];
    for (let at = node.parentElement, up = 0; at && up < 4; at = at.parentElement, up += 1) near.push(at);
    const around = near.filter(Boolean).map((one) => drawn(one));
    return [...around, drawn(node, '::before'), drawn(node, '::after')].join('|');
  };
  const last = document.lastStop, here = document.activeElement;
  const unseen = last && last.node !== here && last.node.isConnected && look(last.node) === last.look;
  document.lastStop = here === document.body ? null : {node: here, look: look(here)};
  return unseen ? last.node.outerHTML.slice(0, 200) : '';
}"""
IS_HERE = "(node) => node === document.activeElement"


@dataclass
class Keyboard:
    """Somebody without a mouse; `unseen` are the stops that look the same with the focus as without it."""

    page: Page
    unseen: list[Any]

    def reaches(self, where: Locator, most: int = 120) -> None:
        """Go from stop to stop until this one, which is not further than `most` of them."""
        self.page.evaluate(STILL)
        for _ in range(most):
            self.page.keyboard.press("Tab")
            self._looks()
            if where.evaluate(IS_HERE):
                return
        raise AssertionError(f"it is further than {most} stops: {where}")

    def types(self, text: str) -> None:
        self.page.keyboard.type(text)

    def presses(self, keys: str) -> None:
        self.page.keyboard.press(keys)

    def _looks(self) -> None:
        if stop := self.page.evaluate(STOP):
            self.unseen.append(stop)

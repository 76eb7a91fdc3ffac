"""What is wrong with a page that is shown: its accessibility, what is not French, what sticks out of narrow screens."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.audit.floor import ENGLISH, FLOOR, Known

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice")
WIDTHS = (683, 320)
"""A screen of 1,366 px read at 200 %, and one of 1,280 px read at 400 %."""
RUN = """async (tags) => {
  const {violations} = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
  return violations.flatMap(({id, nodes}) => nodes.map(({target, html}) => [id, target.flat(9), html]));
}"""
MATCHES = "([target, selector]) => !!document.querySelector(target)?.matches(selector)"
OVER = """() => Math.max(...[document.documentElement, ...document.querySelectorAll(
  '.stMain, [data-testid=stMainBlockContainer], [data-testid=stBottom], [role=dialog]')]
  .map((box) => box.scrollWidth - box.clientWidth))"""
SAID = """() => {
  const heard = (node) => node.checkVisibility({visibilityProperty: true}) && !node.closest('[aria-hidden=true]');
  const named = [
    'aria-label', 'aria-roledescription', 'aria-description', 'aria-valuetext', 'alt', 'title', 'placeholder'
  ];
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const {data, parentElement} = walk.currentNode;
    if (!parentElement.closest('script, style, [data-testid=stIconMaterial]') && heard(parentElement)) texts.push(data);
  }
  for (const node of document.querySelectorAll('body *')) {
    if (heard(node)) texts.push(...named.map((name) => node.getAttribute(name)));
  }
  return texts.filter(Boolean);
}"""
WORDS = re.compile(
    r"\b(?:the|and|with|your|you|of|from|open|close|clear|collapse|expand|sidebar|link|heading|fullscreen|copy|download"
    r"|choose|select|selected|browse|upload|drag|drop|search|skip|add|row|delete|column|columns|value|remove|increment"
    r"|decrement|no results?|available|press|enter|files?|toggle|chart|click|loading|connecting|running|view|show|hide"
    r"|deploy|rerun|settings|data|dialog|send|submit|next|previous|help|empty|required|this|is|are|not|has|for|icon|axis"
    r"|legend|visualization|group mark|progress|shortcut|app)\b",
    re.IGNORECASE,
)
NAMED = """() => [...document.querySelectorAll('[aria-label]')].filter((node) => !node.closest('[aria-hidden=true]'))
  .map((node) => node.getAttribute('aria-label'))"""
MARKS = re.compile(r":[\w-]+\[|:material/|\*\*|\\[^\w\s]")
PATH = re.compile(r"/\S+")
POINT_FIGURE = re.compile(r"\d\.\d(?!\d*\.)\s?(%|€)")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, by its rule, and where."""

    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}"


def look(page: Page, met: set[Known]) -> list[Fault]:
    """Everything wrong with what is shown, at 1,280 px then narrower; what of the floor is met is added to `met`."""
    found = _read(page, met)
    if found:  # what was still fading, or not yet put in French, is asked again
        page.wait_for_timeout(700)
        found = _read(page, met)
    return [*found, *sticking_out(page)]


def _read(page: Page, met: set[Known]) -> list[Fault]:
    return [*against_the_rules(page, met), *not_french(page, met), *marked_up(page)]


def against_the_rules(page: Page, met: set[Known]) -> Iterator[Fault]:
    """The nodes that break a rule of axe (WCAG A and AA, RGAA, best practice), outside the floor."""
    page.evaluate(AXE_SCRIPT)
    found: list[tuple[str, list[str], str]] = page.evaluate(RUN, list(TAGS))
    for rule, target, html in found:
        known = next((one for one in FLOOR if one.rule == rule and _is(page, target, one.what)), None)
        if known is None:
            yield Fault(rule, f"{' '.join(target)} {html[:160]}")
        else:
            met.add(known)


def marked_up(page: Page) -> Iterator[Fault]:
    """The names read aloud with the marks of the text that is shown: stars, colours, escapes."""
    for name in page.evaluate(NAMED):
        if MARKS.search(name):
            yield Fault("markup read aloud", name[:160])


def _is(page: Page, target: list[str], selector: str) -> bool:
    return bool(page.evaluate(MATCHES, [target[-1], selector]))


def not_french(page: Page, met: set[Known]) -> Iterator[Fault]:
    """The words of English that are shown or read aloud, outside the floor; figures with a point; another language."""
    if page.evaluate("document.documentElement.lang") != "fr":
        yield Fault("language", "the document does not say that it is in French")
    for text in page.evaluate(SAID):
        yield from (Fault("figure", found.group()) for found in POINT_FIGURE.finditer(str(text)))
        for line in filter(WORDS.search, PATH.sub("", str(text)).splitlines()):
            known = next((one for one in ENGLISH if one.what == line.strip()), None)
            if known is None:
                yield Fault("english", line.strip()[:160])
            else:
                met.add(known)


def sticking_out(page: Page) -> Iterator[Fault]:
    """The widths at which something of the page is only reached by scrolling sideways."""
    size = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 720})
        page.wait_for_timeout(150)  # charts follow the width of their place a moment later
        if (over := _settled(page)) > 0:
            yield Fault("overflow", f"{over} px at {width} px")
    if size is not None:
        page.set_viewport_size(size)


def _settled(page: Page) -> Any:
    for _ in range(10):
        if page.evaluate(OVER) <= 0:
            return 0
        page.wait_for_timeout(100)
    return page.evaluate(OVER)

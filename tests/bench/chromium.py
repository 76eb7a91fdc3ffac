"""What a reader waits for in Chromium: until every chart of a page is drawn, and from one page to the next."""

from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import until
from tests.serving import Server

TIMES = 7
SIZE = {"width": 1280, "height": 800}
# The script has run, its title is there, and every chart it announced has drawn its marks.
DRAWN = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  const charts = [...document.querySelectorAll('[data-testid="stVegaLiteChart"]')];
  const drawn = charts.every((chart) => chart.querySelector('svg.marks, canvas.marks'));
  return app?.dataset.testScriptState === 'notRunning' && document.querySelector('h1') && drawn && performance.now();
}"""
ARRIVED = """([before, started]) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const moved = document.querySelector('.stMain').innerText !== before;
  const settled = app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale="true"]');
  return location.pathname.endsWith('/plan') && moved && settled && performance.now() - started;
}"""


def _drawn_ms(context: BrowserContext, address: str) -> float:
    page = context.new_page()
    page.goto(address, wait_until="commit")
    taken = float(until(page, DRAWN))
    page.close()
    return taken


def fresh_ms(launched: Browser, server: Server, page: str) -> float:
    """Milliseconds from navigation to every chart drawn, nothing in cache: a median."""
    taken = []
    for _ in range(TIMES):
        context = launched.new_context(viewport=SIZE, locale="fr-FR")
        taken.append(_drawn_ms(context, server.url + page))
        context.close()
    return median(taken)


def warm_ms(launched: Browser, server: Server, page: str) -> float:
    """The same in a context that has seen the page once: a median."""
    context = launched.new_context(viewport=SIZE, locale="fr-FR")
    _drawn_ms(context, server.url + page)
    taken = [_drawn_ms(context, server.url + page) for _ in range(TIMES)]
    context.close()
    return median(taken)


def navigation_ms(launched: Browser, server: Server, section: str) -> float:
    """Milliseconds from the click on the second page of a section of the navigation to that page settled: a median."""
    context = launched.new_context(viewport=SIZE, locale="fr-FR")
    taken = [_navigate(context.new_page(), server, section) for _ in range(TIMES)]
    context.close()
    return median(taken)


def _navigate(page: Page, server: Server, section: str) -> float:
    page.goto(server.url)
    until(page, DRAWN)
    page.get_by_text(section, exact=True).first.click()
    link = page.locator('a[href$="/plan"]').first
    link.wait_for()
    before = page.locator(".stMain").inner_text()
    started = link.evaluate("(link) => { const now = performance.now(); link.click(); return now; }")
    taken = float(until(page, ARRIVED, [before, started]))
    page.close()
    return taken

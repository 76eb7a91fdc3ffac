"""The README's pictures, taken from the demonstration: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from db import migrate
from db.commands import demo, reference
from db.engine import make_engine
from tests.browser import chromium, until
from tests.serving import ROOT, serving

SHOTS = {"vue-d-ensemble.png": "/?demarche=demo", "plan-d-action.png": "/plan?demarche=demo"}
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'
DEPARTMENTS = ("84",)


def demonstration(folder: Path) -> str:
    """The address of a database that holds the demonstration."""
    url = f"sqlite:///{folder / 'demo.db'}"
    engine = make_engine(url)
    migrate.upgrade(engine)
    reference.install(engine, DEPARTMENTS)
    demo.load(engine)
    engine.dispose()
    return url


def take(browser: Browser, address: str, path: Path) -> None:
    """One picture of a page as a projector shows it, once everything is drawn."""
    page = browser.new_page(locale="fr-FR", viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.wait_for_selector(IDLE)
    page.wait_for_load_state("networkidle")
    until(page, "() => document.querySelectorAll('[data-testid=stSkeleton]').length === 0")
    page.screenshot(path=path)
    page.close()


def main() -> None:
    """Write every picture in `docs/`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(ROOT / "app.py", database_url=demonstration(Path(folder))) as server,
        chromium() as browser,
    ):
        for name, address in SHOTS.items():
            take(browser, server.url + address, ROOT / "docs" / name)


if __name__ == "__main__":
    main()

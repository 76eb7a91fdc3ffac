"""The Chromium that tests and bench drive: one already installed, else Playwright's own, else Debian's.

`python -m tests.browser` makes sure that one is there and says plainly what is missing otherwise.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

INSTALLED_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALLED_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ASKED_EACH_FRAME = """(argument) => new Promise((found, failed) => {
  const condition = %s, last = performance.now() + %d;
  const look = () => {
    const said = condition(argument);
    if (said) found(said);
    else if (performance.now() > last) failed(new Error('what was awaited did not come'));
    else requestAnimationFrame(look);
  };
  look();
})"""
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
MISSING = """Aucun navigateur pour les tests : ni Chromium ni Chrome sur cette machine, et il n'a pas pu être installé.
Installez Chromium ou Chrome (sous Debian ou Ubuntu : apt install chromium), puis relancez la commande."""


def executable() -> str | None:
    """The path of a browser that starts, or None when there is none yet."""
    return next((path for path in _candidates() if path and Path(path).exists() and _starts(path)), None)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser that is running, and closed at the end."""
    from playwright.sync_api import sync_playwright  # here: the tests that need no browser do not pay for it

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield launched
        finally:
            launched.close()


def _candidates() -> Iterator[str | None]:
    """Lazily: asking Playwright takes half a second."""
    yield from map(shutil.which, INSTALLED_NAMES)
    yield from INSTALLED_PATHS
    yield _own()


def _own() -> str:
    """Where Playwright keeps the browser that it downloads."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Some distributions put a launcher under that name that only explains how to install the real one."""
    try:
        return subprocess.run([path, "--version", *FLAGS], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _install() -> None:
    """Ask Playwright for its browser, then Debian when we are root; failures are judged by `executable`."""
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=False)


def until(page: "Page", condition: str, argument: object = None, seconds: int = 60) -> Any:
    """Wait until a JavaScript function says something true of a page, and give what it says.

    Asked frame after frame within one evaluation: the pages let nothing be evaluated later, so that Playwright's own
    wait fails at its second look.
    """
    return page.evaluate(ASKED_EACH_FRAME % (condition, 1000 * seconds), argument)


def main() -> int:
    """Make sure that a browser is there: exit code 0, or 1 with a sentence."""
    if executable() is None:
        print("Aucun navigateur trouvé : installation de Chromium pour les tests")
        _install()
    if executable() is None:
        print(MISSING, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

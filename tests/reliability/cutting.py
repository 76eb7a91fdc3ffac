"""The network is cut while somebody types: what they typed is there when it comes back, and is written once.

At length it stays cut for 2, 30 and 150 seconds, beyond the time that a reader's session waits by default.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, func, select

from components.server.identity import TEST_COOKIE
from db.engine import reading
from db.models import Act, ActionSheet, Placement
from tests import browser
from tests.conftest import Databases
from tests.e2e.people import colleague, drawn, field, goes_to, presses, reads, signed_in
from tests.house import ROOT
from tests.reliability.cable import Cable
from tests.reliability.told import Told
from tests.serving import serving

SECONDS = (2, 30, 150)
KEPT, JUST_TYPED = "Gardé avant la coupure", ", et tapé à l'instant où elle vient"


@contextmanager
def house(databases: Databases, kind: str) -> Iterator[tuple[Engine, Cable]]:
    """A server on the demonstration, at the end of a cable; Claire also coordinates."""
    engine = databases.copy(kind, "demo", to_be_broken=True)
    colleague(engine, "claire", "Claire, coordination")
    url = engine.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url, test_sign_in=True) as server, Cable(server) as cable:
        yield engine, cable
    engine.dispose()


def is_cut_off(page: Page, cable: Cable, engine: Engine, code: str, seconds: float) -> None:
    """Open the form of a fiche, type, lose the network before the last words are kept, find it again."""
    goes_to(page, cable.server, f"{_fiche(engine, code)}&modifier=constat")
    text = field(page, "Descriptif")
    text.fill(KEPT)
    page.keyboard.press("Tab")
    reads(page, "Brouillon gardé à")
    text.focus()
    page.keyboard.press("End")
    page.keyboard.type(JUST_TYPED)
    cable.cut()
    page.wait_for_timeout(1000 * seconds)
    cable.mend()


def comes_back(chromium: Browser, cable: Cable, engine: Engine, code: str, seconds: float) -> bool:
    """Whether all that was typed is saved, in one act, once the network is back."""
    done = _acts(engine)
    with signed_in(chromium, cable.server) as page:
        is_cut_off(page, cable, engine, code, seconds)
        expect(page.get_by_role("button", name="Enregistrer").first).to_be_enabled(timeout=60_000)
        page.keyboard.press("Tab")
        drawn(page)
        expect(field(page, "Descriptif")).to_have_value(KEPT + JUST_TYPED)
        presses(page, "Enregistrer")
        reads(page, "Enregistré à")
    return _text(engine, code) == KEPT + JUST_TYPED and _acts(engine) == done + 1


def somebody_else_comes_back(chromium: Browser, cable: Cable, engine: Engine, code: str) -> bool:
    """Whether nothing is done for who had left, when another person comes in meanwhile in this browser: it is said."""
    done = _acts(engine)
    with signed_in(chromium, cable.server) as page:
        is_cut_off(page, cable, engine, code, 0)
        cookie = {"name": TEST_COOKIE, "value": "claire", "url": cable.server.url}
        page.context.add_cookies([cookie])
        expect(page.get_by_role("button", name="Enregistrer").first).to_be_enabled(timeout=60_000)
        page.keyboard.press("Tab")
        drawn(page)
        presses(page, "Enregistrer")
        reads(page, "Rien n'a été écrit")
    return _acts(engine) == done and _text(engine, code) != KEPT + JUST_TYPED


def _fiche(engine: Engine, code: str) -> str:
    with reading(engine) as session:
        place = session.scalars(select(Placement.id).where(Placement.code == code)).one()
    return f"/fiche?demarche=demo&fiche={place}"


def _text(engine: Engine, code: str) -> str | None:
    with reading(engine) as session:
        return session.scalars(select(ActionSheet.description).join(Placement).where(Placement.code == code)).one()


def _acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.max(Act.id))) or 0


def at_length(kind: str) -> Told:
    """Three cuts, and somebody else who comes in during a fourth."""
    with Databases.apart() as made, browser.chromium() as chromium, house(made, kind) as (engine, cable):
        kept = [
            comes_back(chromium, cable, engine, code, seconds)
            for code, seconds in zip(("2.1", "2.2", "2.3"), SECONDS, strict=True)
        ]
        kept.append(somebody_else_comes_back(chromium, cable, engine, "3.1"))
    return Told("cuts", kind, acknowledged=len(SECONDS), lost=kept.count(False), cases=len(kept))

"""`python -m tests.bench [--long] [--only PART]`: each figure that Balise promises, a JSON object a line; exit code 1
if one misses.

Each server is started by `streamlit run` with the shipped configuration, one after the other; nothing is reported when
the empty page itself takes more than 20 ms, since this machine is then no ruler.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import select

from db.commands.series import declare_progress
from db.engine import make_engine, reading, writing
from db.models import Initiative, Placement
from db.viewer import local_viewer
from tests import browser
from tests.bench import chromium, editing, history, places, ruler, workbook
from tests.bench.national import BIG_CODE
from tests.bench.places import BALISE, EMPTY, OVERVIEW, PAGES, PLAN, RIGHTS, TWO_PAGES, sqlite_url
from tests.bench.report import line
from tests.serving import Server, serving

EMPTY_PAGE_MS = 20.0
SESSIONS = 20
SHORT, LONG = (20.0, 60.0), (120.0, 600.0)
PARTS = ("server", "editing", "country", "chromium", "workbook", "history")


def main() -> int:
    """Run everything; 0 when every limit holds, 1 when one misses, 2 when this machine cannot measure."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="mesure la mémoire de la 2e à la 10e minute")
    parser.add_argument("--only", choices=PARTS, help="ne mesure que cette partie : make bench BENCH='--only editing'")
    asked = parser.parse_args()
    moments = LONG if asked.long else SHORT
    with tempfile.TemporaryDirectory() as folder, serving(EMPTY) as empty:
        empty_ms = ruler.page_ms(empty, OVERVIEW)
        if empty_ms > EMPTY_PAGE_MS:
            print(f"La page vide prend {empty_ms:.1f} ms : rien n'est mesuré sur cette machine.", file=sys.stderr)
            return 2
        held = [line("page vide", empty_ms, "ms")]
        demo, national = Path(folder) / "demo.db", Path(folder) / "national.db"
        places.demonstration(demo)
        parts: tuple[Callable[[], Iterator[bool]], ...] = (
            partial(in_server, demo, empty, empty_ms, moments),
            partial(of_editing, demo, national, empty_ms),
            partial(in_country, demo, national, empty, empty_ms, moments),
            partial(in_chromium, demo, empty),
            partial(of_workbook, Path(folder)),
            partial(of_history, Path(folder), empty_ms),
        )
        for name, measured in zip(PARTS, parts, strict=True):
            if asked.only in (None, name):
                held += measured()
    return 0 if all(held) else 1


def in_server(demo: Path, empty: Server, empty_ms: float, moments: tuple[float, float]) -> Iterator[bool]:
    """Pages, rights, writes, CPU, twenty sessions and memory, on the demonstration."""
    with serving(RIGHTS, database_url=sqlite_url(demo)) as rights:
        yield line("droits, session et révisions", ruler.page_ms(rights, OVERVIEW) - empty_ms, "ms", empty_ms, 1.0)
    with serving(BALISE, database_url=sqlite_url(demo)) as balise:
        for page in PAGES:
            yield line(f"{page} en cache", ruler.page_ms(balise, page), "ms", empty_ms, 5.0)
        after = ruler.after_write_ms(balise, OVERVIEW, lambda turn: write(demo, turn))
        yield line("/ première fois après une écriture", after, "ms", empty_ms, 25.0)
        empty_cpu = ruler.view_cpu_ms(empty, OVERVIEW)
        yield line("/ processeur du serveur par vue", ruler.view_cpu_ms(balise, OVERVIEW), "ms", empty_cpu, 1.6)
        many = ruler.load(balise, OVERVIEW, sessions=SESSIONS, rounds=10, think=1.0)
        yield line("/ vingt sessions, médiane", many["p50_ms"], "ms", empty_ms, p95_ms=many["p95_ms"])
        start, end = ruler.memory_under_load(balise, OVERVIEW, SESSIONS, moments)
        vacant, _ = ruler.memory_under_load(empty, OVERVIEW, SESSIONS, (20.0, 21.0))
        yield line("mémoire à vingt sessions", end, "Mo", vacant, 300.0, spread=True)
        yield line("mémoire, croissance", end, "Mo", start, 20.0, spread=True, window_s=moments)


def write(database: Path, turn: int) -> None:
    """A write that a lead would make: a progress declared, by the command that the product uses."""
    engine = make_engine(sqlite_url(database))
    with writing(engine) as session:
        sheet, initiative = session.execute(select(Placement.sheet_id, Placement.initiative_id).limit(1)).one()
        on = session.get_one(Initiative, initiative).reference_date
        assert on is not None
        declare_progress(session, local_viewer(session, on), sheet_id=sheet, on=on, percent=turn % 100)
    engine.dispose()


def code_of_demonstration(database: Path) -> str:
    """The code of the only démarche of the demonstration's database."""
    engine = make_engine(sqlite_url(database))
    with reading(engine) as session:
        code = session.scalars(select(Initiative.code).order_by(Initiative.id)).first()
    engine.dispose()
    assert code is not None
    return code


def of_editing(demo: Path, national: Path, empty_ms: float) -> Iterator[bool]:
    """A section saved on the demonstration; 200 fiches changed at once, in the midst of a whole country."""
    places.national(national, demo)
    with serving(BALISE, database_url=sqlite_url(demo)) as balise:
        took = editing.save_section(balise, demo, code_of_demonstration(demo))
        yield line("garder un brouillon", took.kept, "ms", empty_ms)
        yield line("enregistrer une section", took.saved, "ms", empty_ms, 10.0, written_ms=round(took.written, 2))
    with serving(BALISE, database_url=sqlite_url(national)) as balise:
        changed = editing.change_many_ms(balise, national)
        yield line("modifier 200 fiches en un acte", changed, "ms", empty_ms, 60.0)


def in_country(
    demo: Path, national: Path, empty: Server, empty_ms: float, moments: tuple[float, float]
) -> Iterator[bool]:
    """The same pages of the demonstration in the midst of a whole country, and a plan of 200 rows."""
    places.national(national, demo)
    code = code_of_demonstration(demo)
    pages = [places.of_initiative(page, code) for page in PAGES]
    with serving(BALISE, database_url=sqlite_url(demo)) as alone:
        references = {page: ruler.page_ms(alone, page) for page in pages}
    with serving(BALISE, database_url=sqlite_url(national)) as balise:
        for page in pages:
            yield line(f"{page} parmi 860 démarches", ruler.page_ms(balise, page), "ms", references[page], 1.3)
        grid = ruler.page_ms(balise, places.of_initiative(PLAN, BIG_CODE))
        yield line("/plan de 200 lignes", grid, "ms", empty_ms, 7.0)
        _, end = ruler.memory_under_load(balise, places.of_initiative(OVERVIEW, code), SESSIONS, moments)
        vacant, _ = ruler.memory_under_load(empty, OVERVIEW, SESSIONS, (20.0, 21.0))
        yield line("mémoire à vingt sessions, 860 démarches", end, "Mo", vacant, 450.0, spread=True)


def in_chromium(demo: Path, empty: Server) -> Iterator[bool]:
    """What a reader waits for."""
    url = sqlite_url(demo)
    with browser.chromium() as launched, serving(BALISE, database_url=url) as balise, serving(TWO_PAGES) as two:
        for name, measure, limit in (("neuf", chromium.fresh_ms, 2.3), ("déjà venu", chromium.warm_ms, 2.5)):
            reference = measure(launched, empty, OVERVIEW)
            yield line(f"/ tous les graphiques, {name}", measure(launched, balise, OVERVIEW), "ms", reference, limit)
        reference = chromium.navigation_ms(launched, two, "Piloter")
        yield line("/plan par la navigation", chromium.navigation_ms(launched, balise, "Piloter"), "ms", reference, 2.0)


def of_workbook(folder: Path) -> Iterator[bool]:
    """A workbook of 2,000 fiches against what pandas takes to merely read it."""
    read, checked, pandas = workbook.measure(folder)
    yield line("classeur de 2 000 fiches, lecture", read, "ms", pandas, 0.5)
    yield line("classeur de 2 000 fiches, lecture et vérification", checked, "ms", pandas, 1.0)


def of_history(folder: Path, empty_ms: float) -> Iterator[bool]:
    """The history of a fiche that has a thousand acts, and the acts of its plan, among more than 100,000 lines."""
    database = folder / "history.db"
    places.demonstration(database)
    engine = make_engine(sqlite_url(database))
    plan, sheet = history.fill(engine)
    held = history.lines(engine)
    costs = history.costs_ms(engine, plan, sheet)
    engine.dispose()
    for name, took in costs.items():
        yield line(name, took, "ms", empty_ms, 5.0, lines=held)


if __name__ == "__main__":
    sys.exit(main())

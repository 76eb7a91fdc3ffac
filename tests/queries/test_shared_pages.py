"""Who reads by a link: every query, asked for each page that a link may show; what is told is that page's alone."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.errors import Refused
from db.models import Placement
from db.queries.initiatives import choices
from db.queries.plan import plan_state
from db.queries.sheet import sheet_detail
from db.rights import Operation
from db.rules import filtering
from db.rules.access import Role, SharedPage
from db.rules.filtering import Filters
from db.rules.sharing import OpenLink, SharedView
from db.viewer import NOBODY, Viewer, viewer_by_link
from tests.conftest import ON, Databases, viewer_in
from tests.queries.test_scope import DEMO, NOTHING, PREPARED, SECRETS, asked, lent, places, readers, told_or_refused

__all__ = ["lent"]
HEAD = {"choices", "header"}
TOLD = {
    SharedPage.OVERVIEW: HEAD | {"plan_state", "overview"},
    SharedPage.PLAN: HEAD | {"plan_state"},
    SharedPage.SHEET: HEAD | {"plan_state", "sheet_detail"},
    SharedPage.CONTRACT: HEAD | {"contract", "comparison"},
}
"""The queries that answer something to who reads a page by a link; each was weighed."""
WHOLE = Viewer(1, ((DEMO, Role.SIGNATORY),))


def guest(page: SharedPage, place: int | None = None, *, is_open: bool = True, **filters: Any) -> Viewer:
    view = SharedView(page, place, Filters(**filters))
    return viewer_by_link(OpenLink(1, DEMO, "demo", "CLS", view, ON, is_open))


def told(query: Callable[..., Any], engine: Engine, viewer: Viewer, number: str = "2.2") -> Any:
    with reading(engine) as session:
        try:
            return asked(query, session, viewer, *places(session, number)[number])
        except Refused:
            return None


def place(engine: Engine, number: str) -> int:
    with reading(engine) as session:
        return session.scalars(
            select(Placement.id).where(Placement.code == number, Placement.initiative_id == DEMO)
        ).one()


def guest_of(engine: Engine, page: SharedPage, number: str = "2.2", **filters: Any) -> Viewer:
    return guest(page, place(engine, number) if page is SharedPage.SHEET else None, **filters)


@pytest.mark.parametrize("page", list(SharedPage))
def test_a_page_that_is_shared_is_told_by_its_own_queries_and_by_no_other(
    page: SharedPage, sqlite_demo: Engine
) -> None:
    viewer = guest_of(sqlite_demo, page)
    answered = {query.__name__ for query in readers() if told(query, sqlite_demo, viewer) not in NOTHING}
    assert answered == TOLD[page]


@pytest.mark.parametrize("page", list(SharedPage))
def test_a_link_that_shows_nothing_more_tells_nothing(page: SharedPage, sqlite_demo: Engine) -> None:
    closed = guest(page, is_open=False)
    assert all(told(query, sqlite_demo, closed) in NOTHING for query in readers())


@pytest.mark.parametrize("operation", [one for one in Operation if one is not Operation.READ])
def test_who_reads_by_a_link_may_do_nothing_else(operation: Operation) -> None:
    assert not any(guest(page).reaches(operation, DEMO) for page in SharedPage)


def test_a_link_opens_no_other_démarche(sqlite_demo: Engine) -> None:
    viewer = guest(SharedPage.OVERVIEW)
    assert not viewer.reaches(Operation.READ, DEMO + 1) and not viewer.reaches(Operation.READ)
    with reading(sqlite_demo) as session:
        assert [choice.id for choice in choices(session, viewer)] == [DEMO]


@pytest.mark.parametrize("page", list(SharedPage))
def test_a_shared_page_tells_nothing_that_is_in_preparation(page: SharedPage, lent: tuple[Engine, int]) -> None:
    said = []
    with reading(lent[0]) as session:
        for number, (sheet_id, key) in places(session, *PREPARED).items():
            viewer = guest_of(lent[0], page, number)
            said += [repr(told_or_refused(query, session, viewer, sheet_id, key)) for query in readers()]
    assert [secret for secret in SECRETS if secret in "\n".join(said)] == []


def test_the_link_of_a_fiche_shows_that_one_alone_and_names_nobody_who_signs(sqlite_demo: Engine) -> None:
    viewer = guest_of(sqlite_demo, SharedPage.SHEET, "1.1")
    with reading(sqlite_demo) as session:
        state = plan_state(session, viewer, DEMO, ON)
        mine = sheet_detail(session, viewer, DEMO, ON, place(sqlite_demo, "1.1"))
        others = session.scalars(select(Placement.id).where(Placement.code != "1.1")).all()
        assert all(sheet_detail(session, viewer, DEMO, ON, key) is None for key in others)
        whole = sheet_detail(session, WHOLE, DEMO, ON, place(sqlite_demo, "1.1"))
    assert [sheet.code for sheet in state.sheets] == ["1.1"]
    assert [node.id for node in state.axes] == list(state.sheets[0].axis_path)
    assert mine is not None and whole is not None and mine.weathers
    assert {note.signed_by for note in mine.weathers} == {None} != {note.signed_by for note in whole.weathers}


@pytest.mark.parametrize("asks", [{"statut": "en cours"}, {"retard": True}, {"q": "santé mentale"}, {"axe": "inconnu"}])
def test_the_link_of_a_filtered_plan_shows_what_its_filters_keep_whatever_the_address_says(
    asks: dict[str, Any], sqlite_demo: Engine
) -> None:
    with reading(sqlite_demo) as session:
        shown = plan_state(session, guest(SharedPage.PLAN, **asks), DEMO, ON)
        whole = plan_state(session, WHOLE, DEMO, ON)
    assert shown.sheets == filtering.apply(whole, Filters(**asks)) != whole.sheets
    assert {node.id for node in shown.axes} == {key for sheet in shown.sheets for key in sheet.axis_path}
    assert shown.roll_up.of <= len(shown.sheets)


def test_two_views_are_never_answered_from_the_same_memory() -> None:
    views = [guest(SharedPage.SHEET, 1), guest(SharedPage.SHEET, 2), guest(SharedPage.PLAN)]
    views += [guest(SharedPage.PLAN, retard=True), guest(SharedPage.OVERVIEW), WHOLE]
    assert len({viewer.scope_key for viewer in views}) == len(set(views)) == len(views)


def test_who_reads_by_a_link_is_nobody_for_the_journal() -> None:
    assert guest(SharedPage.PLAN).actor_id == NOBODY


def test_a_fiche_that_left_the_plan_is_shown_by_its_link_no_more(databases: Databases) -> None:
    made = databases.copy("sqlite", "demo")
    key = place(made, "1.1")
    viewer = guest(SharedPage.SHEET, key)
    with writing(made) as session:
        archive_sheet(session, viewer_in(made), placement_id=key)
    with reading(made) as session:
        assert plan_state(session, viewer, DEMO, ON).sheets == ()
        assert sheet_detail(session, viewer, DEMO, ON, key) is None
    made.dispose()

"""« À préciser », one cell after the other: on the plan's page and on a fiche."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from components import workspace
from components.unsettled_view import ADDRESS
from db.commands.plan import rewrite_sheet
from db.engine import reading, writing
from db.exchange.fields import Field
from db.models import Milestone
from db.queries.unsettled import unsettled_cells
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.messy import BUS, WORKSHOPS, Messy, a_messy_plan
from tests.pages.opening import on_database, opened, words


@pytest.fixture
def plan(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> Iterator[Messy]:
    made = a_messy_plan(sqlite_engine, viewer, tmp_path)
    with on_database(sqlite_engine):
        yield made


def at(cell: int | None = None, **query: str) -> AppTest:
    """The list, at a cell."""
    if cell is not None:
        query[ADDRESS] = str(cell)
    app = opened("plan.py", liste="preciser", vue=workspace.PREPARATION, **query)
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(
        [words(app), *(str(one.value) for one in (*app.success, *app.error, *app.info, *app.subheader, *app.caption))]
    )


def typed(app: AppTest, text: str, name: str = "line") -> AppTest:
    app.text_input(key=f"settle:{name}").set_value(text).run()
    return press(app, "settle_write")


def test_a_cell_is_shown_with_what_was_written_where_and_why(plan: Messy) -> None:
    shown = said(at(plan.cell("starts_on")))
    for words_of_it in ("Bus santé", "Date de début : « courant 2026 »", "Date approchée", "ligne 3", " sur 36**"):
        assert words_of_it in shown


def test_a_value_is_written_and_the_next_cell_comes_with_an_empty_field(plan: Messy) -> None:
    app = typed(at(plan.cell("starts_on")), "mars 2026")
    assert plan.says(Field.STARTS_ON) == "mars 2026"
    assert "Date de début : « mars 2026 » est écrit." in said(app)
    assert "Date de fin : « semaine 12 »" in said(app)
    assert app.query_params[ADDRESS] == str(plan.cell("ends_on"))
    assert app.text_input(key="settle:line").value == ""
    assert " sur 35**" in said(app)


def test_one_click_on_a_choice_writes_it(plan: Messy) -> None:
    app = at(plan.cell("priority"))
    assert [app.button(key=f"settle_choice_{n}").label for n in (1, 2, 3)] == ["haute", "moyenne", "basse"]
    press(app, "settle_choice_2")
    assert plan.says(Field.PRIORITY) == "moyenne"


def test_the_keyboard_reaches_every_button(plan: Messy) -> None:
    app = at(plan.cell("priority"))
    keys = {key: app.button(key=key).proto.shortcut for key in ("settle_write", "settle_skip", "settle_leave")}
    assert keys == {"settle_write": "ctrl+enter", "settle_skip": "alt+p", "settle_leave": "alt+l"}
    assert app.button(key="settle_choice_1").proto.shortcut == "alt+1"


def test_what_cannot_be_understood_is_said_and_stays_in_the_field(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = typed(at(cell), "bientôt")
    assert "Ce n'est pas une date" in said(app)
    assert app.text_input(key="settle:line").value == "bientôt"
    assert app.query_params[ADDRESS] == str(cell)
    again = at(cell, **{workspace.DRAFT: app.query_params[workspace.DRAFT]})
    assert again.text_input(key="settle:line").value == "bientôt"
    typed(again, "2026")
    assert plan.says(Field.STARTS_ON) == "2026"


def test_passing_writes_nothing_and_what_was_typed_is_there_on_coming_back(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = at(cell)
    app.text_input(key="settle:line").set_value("mars 2026").run()
    press(app, "settle_skip")
    assert app.query_params[ADDRESS] == str(plan.cell("ends_on"))
    assert app.text_input(key="settle:line").value == ""
    assert plan.row(cell).settled_at is None
    assert at(cell).text_input(key="settle:line").value == "mars 2026"


def test_the_last_cell_is_followed_by_the_first(plan: Messy) -> None:
    app = at(plan.cell("funder_amount", WORKSHOPS))
    press(app, "settle_skip")
    assert "**1 sur 36**" in said(app)


def test_a_cell_left_as_it_is_waits_no_more(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = press(at(cell), "settle_leave")
    assert plan.row(cell).settled_as == "laissé tel quel"
    assert "est laissé tel quel" in said(app)


def test_what_was_settled_is_taken_back_from_what_is_said_of_it(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = press(typed(at(cell), "mars 2026"), "undo_last")
    assert plan.row(cell).settled_at is None
    assert plan.says(Field.STARTS_ON) == "—"
    assert " sur 36**" in said(app)


def test_two_values_are_shown_when_somebody_filled_the_field_meanwhile(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = at(cell)
    with writing(plan.engine) as session:
        rewrite_sheet(session, plan.viewer, sheet_id=plan.sheets[BUS], fields={"starts_on": date(2026, 5, 4)})
    typed(app, "mars 2026")
    assert "contient déjà « 04/05/2026 »" in said(app)
    assert "Écrit par La coordination" in said(app)
    press(app, "settle_mine")
    assert plan.says(Field.STARTS_ON) == "mars 2026"


def test_the_other_value_may_be_kept(plan: Messy) -> None:
    cell = plan.cell("starts_on")
    app = at(cell)
    with writing(plan.engine) as session:
        rewrite_sheet(session, plan.viewer, sheet_id=plan.sheets[BUS], fields={"starts_on": date(2026, 5, 4)})
    press(typed(app, "mars 2026"), "settle_theirs")
    assert plan.says(Field.STARTS_ON) == "04/05/2026"
    assert plan.row(cell).settled_at is not None


def test_a_field_that_is_not_empty_says_what_it_holds(plan: Messy) -> None:
    assert "Le champ contient aujourd'hui : 1 · Soins" in said(at(plan.cell("axis", WORKSHOPS)))


def test_names_are_chosen_or_written(plan: Messy) -> None:
    app = at(plan.cell("target_groups"))
    app.multiselect(key="settle:names").set_value(["Étudiants"]).run()
    press(app, "settle_write")
    assert plan.says(Field.TARGET_GROUPS) == "Étudiants"


def test_each_funder_has_its_own_amount(plan: Messy) -> None:
    app = at(plan.cell("funder_amount"))
    app.text_input(key="settle:amount:ARS").set_value("30 000").run()
    app.text_input(key="settle:amount:CAF").set_value("NC").run()
    press(app, "settle_write")
    assert (
        plan.says(Field.FUNDER).replace("\u202f", " ").replace("\u00a0", " ") == "ARS : 30 000 € ; CAF : non disponible"
    )


def test_the_state_of_an_etape_is_answered_by_the_states_of_etapes(plan: Messy) -> None:
    app = at(plan.cell("status", raw="bientôt fini"))
    assert app.button(key="settle_choice_3").label == "franchie"
    press(app, "settle_choice_3")
    with reading(plan.engine) as session:
        assert session.get_one(Milestone, plan.step("Acheter le bus")).state == "done"


def test_the_answers_follow_what_the_cell_is_about(plan: Messy) -> None:
    app = at(plan.cell("status", raw="bientôt fini"))
    app.selectbox(key="settle:step").set_value("").run()
    assert "reportée" in [button.label for button in app.button]


def test_the_days_of_the_contract_are_three_fields(plan: Messy) -> None:
    app = at(plan.cell("ends_on", None))
    assert "Dates du contrat : « 2025\\-2030 »" in said(app)
    app.text_input(key="settle:ends_on").set_value("2030").run()
    press(app, "settle_write")
    assert "sur 35**" in said(app)


def test_the_table_of_all_cells_is_behind_a_toggle(plan: Messy) -> None:
    app = at()
    assert len(app.table) == 0
    app.toggle(key="unsettled_table").set_value(True).run()
    assert "courant 2026" in app.table[0].value.to_string()


def test_the_cells_of_a_fiche_are_settled_on_its_page(plan: Messy) -> None:
    with reading(plan.engine) as session:
        cells = unsettled_cells(session, plan.viewer, plan.initiative_id, ON)
    placement = next(one.placement_id for one in cells if one.sheet and "Permanences" in one.sheet)
    app = opened("sheet.py", fiche=str(placement), vue=workspace.PREPARATION)
    assert "À préciser" in [header.value for header in app.header]
    assert "**1 sur 2**" in said(app)
    app.text_input(key="settle:line").set_value("2").run()
    app.button(key="settle_write").click().run()
    assert plan.draft("Permanences").code == "2"

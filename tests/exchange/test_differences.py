"""What an import touches of what is there: only what the file says otherwise, and never what it cannot say."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from db.commands.directory import add_alias, find_or_create_organisation, involve
from db.commands.funding import add_budget_item, add_funding_line
from db.commands.imports import Imported
from db.commands.initiatives import set_coverage
from db.commands.series import declare_status
from db.commands.sheets import attach_place, attach_term
from db.engine import reading, writing
from db.exchange import resolve
from db.exchange.compare import Fate, ImportPlan, compare
from db.exchange.fields import Field
from db.exchange.remarks import remarks
from db.models import (
    ActionSheet,
    Axis,
    FundingLine,
    ImportedValue,
    Involvement,
    Milestone,
    Organisation,
    SheetTerm,
    StatusEntry,
    Term,
    Territory,
)
from db.queries.plan import plan_state
from db.rules.vocabulary import InvolvementRole, Status, TerritoryKind, Vocabulary
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import Rows, plan_of_rows
from tests.exchange.importing import day, imported

Enrich = Callable[[Session, Viewer], None]


def again(engine: Engine, viewer: Viewer, folder: Path, made: Imported, rows: Rows) -> ImportPlan:
    with reading(engine) as session:
        return compare(session, viewer, plan_of_rows(folder, rows), made.initiative_id, ON)


def sheet_id(session: Session) -> int:
    return session.scalars(select(ActionSheet.id)).one()


def organisation_id(session: Session, name: str) -> int:
    return session.scalars(select(Organisation.id).where(Organisation.name == name)).one()


def rank_a_determinant(session: Session, viewer: Viewer) -> None:
    term = session.scalars(select(SheetTerm.term_id)).one()
    attach_term(session, viewer, sheet_id=sheet_id(session), term_id=term, rank=1)


def date_a_place(session: Session, viewer: Viewer) -> None:
    attach_place(session, viewer, sheet_id=sheet_id(session), label="Gare", on_date=day("2026-05-01"))


def detail_the_budget(session: Session, viewer: Viewer) -> None:
    add_budget_item(session, viewer, sheet_id=sheet_id(session), amount_cents=50_000, year=2027, label="Poste")


def date_the_money(session: Session, viewer: Viewer) -> None:
    funder = organisation_id(session, "ARS")
    add_funding_line(session, viewer, sheet_id=sheet_id(session), funder_id=funder, year=2026)


@pytest.mark.parametrize(
    ("header", "first", "second", "enrich", "field"),
    [
        ("Déterminants de santé", "Logement", "Emploi", rank_a_determinant, Field.DETERMINANTS),
        ("Lieux", "Mairie", "Halle", date_a_place, Field.PLACES),
        ("Budget", "1000", "1200", detail_the_budget, Field.BUDGET),
        ("Financeur", "ARS : 5000 €", "ARS : 6000 €", date_the_money, Field.FUNDER),
    ],
)
def test_what_says_more_than_a_file_can_is_a_conflict_and_never_written_over(
    sqlite_engine: Engine,
    viewer: Viewer,
    tmp_path: Path,
    header: str,
    first: str,
    second: str,
    enrich: Enrich,
    field: Field,
) -> None:
    if field is Field.DETERMINANTS:
        with reading(sqlite_engine) as session:
            labels = select(Term.label).where(Term.vocabulary == Vocabulary.DETERMINANT).order_by(Term.id)
            first, second = session.scalars(labels).all()[:2]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", header], ["Bus", first]]))
    with writing(sqlite_engine) as session:
        enrich(session, viewer)
    plan = again(sqlite_engine, viewer, tmp_path, made, [["Titre", header], ["Bus", second]])
    assert [change.field for change in plan.sheets[0].conflicts] == [field]
    assert not plan.changes_something


def test_a_partner_that_the_file_still_names_keeps_its_row(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Partenaires"], ["Bus", "CCAS ; CPAM"]]))
    with reading(sqlite_engine) as session:
        key = session.scalars(select(Involvement.id).order_by(Involvement.position)).all()[0]
    rows = [["Titre", "Partenaires"], ["Bus", "CCAS ; CPTS"]]
    imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows), made.initiative_id)
    with reading(sqlite_engine) as session:
        live = select(Involvement.id).where(Involvement.archived_at.is_(None)).order_by(Involvement.position)
        assert session.scalars(live).first() == key


def test_a_changed_amount_stays_on_its_line_and_a_step_on_its_row(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    header = ["Titre", "Sous-action", "Statut", "Financeur", "Montant"]
    rows = [header, ["Bus", "", "", "ARS", "5000"], ["Bus", "Étude", "À venir", "", ""]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    with reading(sqlite_engine) as session:
        before = [session.scalars(select(table.id)).all() for table in (FundingLine, Milestone)]
    rows = [header, ["Bus", "", "", "ARS", "6000"], ["Bus", "Étude", "Terminée", "", ""]]
    done = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows), made.initiative_id)
    with reading(sqlite_engine) as session:
        after = [session.scalars(select(table.id)).all() for table in (FundingLine, Milestone)]
    assert {change.field for change in done.plan.sheets[0].changes} == {Field.FUNDER, Field.MILESTONES}
    assert after == before


def test_one_title_under_two_numbers_is_two_fiches_that_are_found_again(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    header = ["N°", "Titre", "Notes"]
    rows = [header, ["1", "Communication", "a"], ["2", "Communication", "b"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    plan = again(sqlite_engine, viewer, tmp_path, made, [*rows, ["3", "Communication", "c"]])
    assert [sheet.fate for sheet in plan.sheets] == [Fate.UNCHANGED, Fate.UNCHANGED, Fate.CREATED]
    plan = again(sqlite_engine, viewer, tmp_path, made, [header, ["", "Communication", "d"]])
    assert [sheet.fate for sheet in plan.sheets] == [Fate.LEFT]
    assert "2 fiches du plan portent ce titre" in plan.to_settle[0].reason


def test_two_sister_axes_of_one_title_stay_two_and_a_renumbered_one_stays_one(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Axe", "Titre"], ["Axe 1 : Coordination", "Bus"], ["Axe 2 : Coordination", "Car"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    with reading(sqlite_engine) as session:
        assert session.scalars(select(Axis.code).order_by(Axis.id)).all() == ["1", "2"]
    assert not again(sqlite_engine, viewer, tmp_path, made, rows).changes_something
    moved = again(sqlite_engine, viewer, tmp_path, made, [*rows[:2], ["Axe 1 : Coordination", "Car"]])
    assert [change.field for change in moved.sheets[1].changes] == [Field.AXIS]


def test_a_name_that_two_organisations_bear_is_to_be_settled_with_both_as_choices(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as session:
        for name, alias in (("Maison sport loisirs", "Msl-84"), ("Maison santé du Lac", "Msl 84")):
            one = find_or_create_organisation(session, viewer, name)
            add_alias(session, viewer, organisation_id=one.id, label=alias)
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Pilote"], ["Bus", "Msl 84 ; CCAS"]]))
    (item,) = made.plan.to_settle
    assert (item.value, set(item.choices)) == ("Msl 84", {"Maison sport loisirs", "Maison santé du Lac"})
    assert made.plan.sheets[0].sheet.leads == ("CCAS",)
    with writing(sqlite_engine) as session:
        involve(
            session,
            viewer,
            role=InvolvementRole.LEAD,
            sheet_id=sheet_id(session),
            organisation_id=organisation_id(session, "Maison santé du Lac"),
        )
    plan = again(sqlite_engine, viewer, tmp_path, made, [["Titre", "Pilote"], ["Bus", "Msl 84 ; CCAS"]])
    assert not plan.changes_something
    assert plan.sheets[0].conflicts == ()


def test_a_commune_that_is_no_longer_covered_is_a_mere_name(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre"], ["Bus"]]))
    with writing(sqlite_engine) as session:
        for code, ends in (("84007", None), ("84031", day("2026-06-30"))):
            commune = select(Territory.id).where(Territory.kind == TerritoryKind.COMMUNE, Territory.code == code)
            set_coverage(
                session,
                viewer,
                initiative_id=made.initiative_id,
                territory_id=session.scalars(commune).one(),
                ends_on=ends,
            )
    with reading(sqlite_engine) as session:
        assert list(resolve.names(session, made.initiative_id, ON).communes) == ["avignon"]


def test_words_added_to_a_common_list_and_blank_cells_are_announced(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Titre", "Publics", "Notes"], ["Bus", "Saisonniers agricoles ; Bateliers", "a"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    said = [note.message for note in remarks(made.plan)]
    assert said == ["2 publics ajoutés à la liste commune : « Saisonniers agricoles », « Bateliers »."]
    plan = again(sqlite_engine, viewer, tmp_path, made, [rows[0], ["Bus", "", ""]])
    said = [note.message for note in remarks(plan)]
    assert said == ["2 cellules vides dans le fichier : ce que Balise contient est gardé."]


def test_the_first_state_of_a_sheet_is_undated_since_its_file_does_not_say_and_says_so(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, [["Titre", "Statut"], ["Bus", "En cours"]]))
    assert "repris sans date" in remarks(made.plan)[0].message
    with reading(sqlite_engine) as session:
        entry = session.scalars(select(StatusEntry)).one()
    assert entry.on_date is None


def test_news_older_than_the_import_come_after_what_the_file_said(
    engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    made = imported(engine, viewer, plan_of_rows(tmp_path, [["Titre", "Statut"], ["Bus", "À venir"]]))
    with reading(engine) as session:
        row = plan_state(session, viewer, made.initiative_id, ON).sheets[0]
    assert (row.last_news, row.needs_news) == (None, False)
    with writing(engine) as session:
        declare_status(session, viewer, sheet_id=row.sheet_id, status=Status.ONGOING, on=date(2026, 9, 3))
    with reading(engine) as session:
        row = plan_state(session, viewer, made.initiative_id, ON).sheets[0]
    assert (row.status, row.last_news) == (Status.ONGOING, date(2026, 9, 3))


def test_a_state_that_a_file_changes_is_dated_the_day_of_the_import(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Titre", "Statut"], ["Bus", "En cours"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    plan = again(sqlite_engine, viewer, tmp_path, made, [rows[0], ["Bus", "Terminé"]])
    assert "datés du jour de l'import (01/10/2026)" in remarks(plan)[0].message


def test_a_month_of_doing_and_a_month_of_postponement_keep_their_precision(
    engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    header = ["Titre", "Sous-action", "Statut", "Nouvelle date", "Fait le"]
    rows = [header, ["Bus", "", "Reportée", "mars 2027", ""], ["Bus", "Étude", "Terminée", "", "mai 2026"]]
    imported(engine, viewer, plan_of_rows(tmp_path, rows))
    with reading(engine) as session:
        entry, step = session.scalars(select(StatusEntry)).one(), session.scalars(select(Milestone)).one()
    assert (entry.until, entry.until_precision) == (day("2027-03-31"), "month")
    assert (step.done_on, step.done_precision) == (day("2026-05-31"), "month")


def test_who_signed_a_meteo_is_not_remembered_by_the_import(
    sqlite_engine: Engine, viewer: Viewer, tmp_path: Path
) -> None:
    rows = [["Titre", "Météo", "Météo signée par"], ["Bus", "Soleil", "Camille Exemple"]]
    made = imported(sqlite_engine, viewer, plan_of_rows(tmp_path, rows))
    with reading(sqlite_engine) as session:
        written = [str(value) for value in session.scalars(select(ImportedValue.value))]
    assert not any("Camille" in value for value in written)
    assert not again(sqlite_engine, viewer, tmp_path, made, rows).changes_something

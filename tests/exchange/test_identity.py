"""The démarche itself in a workbook: recognised by its mark, read when the plan makes a new one, never imposed."""

from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select

from db.engine import reading
from db.exchange.draft import PlanDraft
from db.exchange.held import identity_of
from db.exchange.identity import MARK, AmendmentDraft, Identity, differences, read_identity
from db.exchange.rows import understand
from db.exchange.workbook import Workbook, read_workbook
from db.models import Amendment, Placement
from db.viewer import Viewer
from tests.conftest import ON
from tests.exchange.files import Rows, xlsx
from tests.exchange.importing import imported

PLAN: Rows = [["Plan du Ventoux"], ["Titre", "Entrée dans le plan"], ["Bus santé", "par avenant n° 2"]]
SAID: Rows = [
    [MARK],
    ["Nom", "Contrat du Ventoux"],
    ["Type de démarche", "Contrat local de santé"],
    ["Début", date(2025, 1, 1)],
    ["Fin au contrat initial", "31/12/2029"],
    ["Avenant", 2, date(2026, 3, 1), "Ajoute une fiche"],
]


def workbook(folder: Path, *said: Rows) -> Workbook:
    return read_workbook(xlsx(folder / "plan.xlsx", ("Plan", PLAN), *(("Démarche", rows) for rows in said)))


def read(folder: Path, said: Rows) -> tuple[PlanDraft, Identity]:
    book = workbook(folder, said)
    identity = read_identity(book)
    assert identity is not None
    return understand(book), identity


def test_a_workbook_of_somebody_else_says_nothing_of_the_demarche(tmp_path: Path) -> None:
    assert read_identity(workbook(tmp_path)) is None
    assert read_identity(workbook(tmp_path, [["Nom", "Contrat du Ventoux"]])) is None


def test_the_plan_stays_the_sheet_that_is_read(tmp_path: Path) -> None:
    draft, _ = read(tmp_path, SAID)
    assert (draft.worksheet, len(draft.sheets)) == ("Plan", 1)


def test_a_new_demarche_takes_its_dates_and_its_avenants(engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    draft, identity = read(tmp_path, SAID)
    made = imported(engine, viewer, draft, identity=identity)
    with reading(engine) as session:
        held = identity_of(session, made.initiative_id, ON)
        entered = session.scalars(
            select(Amendment.number).join(Placement, Placement.amendment_id == Amendment.id)
        ).all()
    assert held is not None
    assert (held.name, held.starts_on, held.ends_on) == ("Contrat du Ventoux", date(2025, 1, 1), date(2029, 12, 31))
    assert entered == [2]
    assert made.plan.to_settle == ()


def test_a_demarche_that_exists_keeps_what_it_says(sqlite_engine: Engine, viewer: Viewer, tmp_path: Path) -> None:
    draft, identity = read(tmp_path, SAID)
    made = imported(sqlite_engine, viewer, draft, identity=identity)
    other = Identity(name="Autre nom", ends_on=date(2031, 1, 1), amendments=(AmendmentDraft(9, ON, "Autre"),))
    again = imported(sqlite_engine, viewer, draft, made.initiative_id, identity=other)
    with reading(sqlite_engine) as session:
        held = identity_of(session, made.initiative_id, ON)
    assert again.act_id is None
    assert held is not None
    assert held.name == "Contrat du Ventoux"
    assert [note.message for note in differences(other, held)] == [
        "Nom : le fichier dit « Autre nom » ; « Contrat du Ventoux » est gardé. Corrigez dans Balise si besoin.",
        "Fin au contrat initial : le fichier dit « 01/01/2031 » ; « 31/12/2029 » est gardé. "
        "Corrigez dans Balise si besoin.",
        "L'avenant n° 9 du fichier n'est pas dans la démarche : ajoutez-le dans Balise.",
    ]


def test_what_is_not_understood_of_the_demarche_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [["Phase", "bientôt"], ["Signature", "mars 2025"], ["Avenant", "un"]]
    rows.append(["Territoire couvert", "", "84", "Vaison"])
    _, identity = read(tmp_path, [[MARK], *rows])
    assert (identity.phase, identity.signed_on, identity.amendments, identity.grounds) == (None, None, (), ())
    told = " ".join(note.message for note in identity.notes)
    assert [word for word in ("bientôt", "mars 2025", "un", "Vaison") if f"« {word} »" not in told] == []


def test_dates_that_go_against_each_other_are_left_out(tmp_path: Path) -> None:
    _, identity = read(tmp_path, [[MARK], ["Début", date(2026, 1, 1)], ["Fin au contrat initial", date(2025, 1, 1)]])
    assert (identity.starts_on, identity.ends_on) == (None, None)
    assert len(identity.notes) == 1


def test_an_avenant_dated_before_the_contract_or_with_an_endless_object_is_left_out_and_told(tmp_path: Path) -> None:
    rows = [["Signature", date(2025, 1, 1)], ["Avenant", 1, date(2024, 12, 31), "Trop tôt"]]
    rows += [["Avenant", 2, date(2025, 6, 1), "x" * 5000], ["Avenant", 3, date(2025, 6, 1), "Juste"]]
    _, identity = read(tmp_path, [[MARK], *rows])
    assert [amendment.number for amendment in identity.amendments] == [3]
    early, endless = (note.message for note in identity.notes)
    assert "avenant n° 1 daté d'avant la signature du contrat" in early
    assert "avenant n° 2 dont l'objet dépasse 2000 caractères" in endless

"""A section of a fiche saved: what is typed is written; what cannot be kept is said, and nothing is lost."""

import pytest
from sqlalchemy import Engine, func, select

from db.commands.drafts import draft_of, drop_draft, find_draft, keep, start_draft
from db.commands.editing.bulk import change_sheets, seen_by
from db.commands.sheet_life import archive_sheet
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, Milestone, Organisation, ProgressEntry, SheetObjective, StatusEntry, WeatherEntry
from db.rules.access import Role
from db.rules.sections import Section, section_of, subject_of
from db.rules.vocabulary import MilestoneState, Status
from db.viewer import Viewer
from tests.builders import Plan, colleague, plan_in
from tests.commands.editing import CLAIRE, ON, edits, holds, opens, saves


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    return plan_in(engine, viewer)


def acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Act)) or 0


def rows(engine: Engine, table: type, sheet_id: int) -> list:  # type: ignore[type-arg]
    with reading(engine) as session:
        found = select(table).where(table.sheet_id == sheet_id, table.archived_at.is_(None)).order_by(table.id)
        return list(session.scalars(found))


@pytest.mark.parametrize(
    ("section", "field", "typed", "held"),
    [
        (Section.IDENTITY, "title", "Bus santé", "Bus santé"),
        (Section.IDENTITY, "code", "2.9", "2.9"),
        (Section.IDENTITY, "priority", "haute", "haute"),
        (Section.RATIONALE, "rationale", "Un constat\nsur deux lignes", "Un constat\nsur deux lignes"),
        (Section.RATIONALE, "rationale", "👩‍⚕️ soins à La Réunion", "👩‍⚕️ soins à La Réunion"),
        (Section.RATIONALE, "rationale", "صحة الجوار", "صحة الجوار"),
        (Section.RATIONALE, "rationale", "<p class=MsoNormal>Collé</p>", "<p class=MsoNormal>Collé</p>"),
        (Section.RATIONALE, "rationale", "a\u202eb\u200bc", "abc"),
        (Section.REACH, "target_groups", ["habitants des qpv", "Un public"], ["Habitants des QPV", "Un public"]),
        (Section.REACH, "places", ["Cavaillon", "Salle des fêtes"], ["Cavaillon", "Salle des fêtes"]),
        (Section.CALENDAR, "starts", "3/2025", "mars 2025"),
        (Section.CALENDAR, "ends", "T2 2027", "T2 2027"),
        (Section.CALENDAR, "is_continuous", True, True),
        (Section.PARTNERS, "leads", ["Maison de santé"], ["Maison de santé"]),
        (Section.PARTNERS, "partners", ["A", "B", "a"], ["A", "B"]),
        (Section.MORE, "means", "Un poste", "Un poste"),
    ],
)
def test_a_field_is_written_as_it_is_read_back(
    sqlite_engine: Engine, viewer: Viewer, section: Section, field: str, typed: object, held: object
):
    plan = plan_in(sqlite_engine, viewer)
    edits(sqlite_engine, viewer, plan.sheets["1.1"], section, **{field: typed})
    assert holds(sqlite_engine, viewer, plan.sheets["1.1"], section)[field] == held


@pytest.mark.parametrize(
    ("section", "typed", "said"),
    [
        (Section.CALENDAR, {"starts": "2027", "ends": "2026"}, "précède"),
        (Section.CALENDAR, {"starts": "31/02/2027"}, "n'existe pas au calendrier"),
        (Section.CALENDAR, {"ends": "2027", "milestones": [{"label": "Bilan", "due": "2029"}]}, "après la fin"),
        (Section.CALENDAR, {"starts": "2027", "milestones": [{"label": "Avis", "due": "2025"}]}, "avant le début"),
        (Section.IDENTITY, {"title": "x" * 5000}, "5000 caractères"),
        (Section.IDENTITY, {"title": "   "}, "ne peut pas être vide"),
        (Section.IDENTITY, {"code": "1.2"}, "déjà celui de"),
        (Section.IDENTITY, {"axis": "9 · Un axe disparu"}, "n'est plus dans ce plan"),
        (Section.IDENTITY, {"priority": "urgente"}, "n'est pas dans la liste"),
        (Section.NEWS, {"progress": "120"}, "va de 0 à 100"),
        (Section.NEWS, {"progress": "beaucoup"}, "Ce n'est pas"),
        (Section.NEWS, {"progress": "33,5"}, "nombre entier"),
        (Section.NEWS, {"progress": "50", "on": "01/01/2030"}, "pas encore passé"),
        (Section.NEWS, {"status": "en cours", "outcome": "réalisée"}, "terminée"),
        (Section.REACH, {"main_determinant": "Revenu", "determinants": ["A", "B", "C"]}, "deux"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_is_lost(
    sqlite_engine: Engine, viewer: Viewer, section: Section, typed: dict[str, object], said: str
):
    plan = plan_in(sqlite_engine, viewer)
    sheet_id = plan.sheets["1.1"]
    draft, before = opens(sqlite_engine, viewer, sheet_id, section), holds(sqlite_engine, viewer, sheet_id, section)
    with writing(sqlite_engine) as session:
        keep(session, viewer, draft.key, typed)
    rows_typed = {
        k: [{"id": None, "new": "new1", **r} for r in v] if k == "milestones" else v for k, v in typed.items()
    }
    done = acts(sqlite_engine)
    with pytest.raises(Invalid, match="(?i)" + (said if said != "deux" else "2 autres")):
        saves(sqlite_engine, viewer, draft, **rows_typed)
    assert holds(sqlite_engine, viewer, sheet_id, section) == before
    assert acts(sqlite_engine) == done
    with reading(sqlite_engine) as session:
        kept, _ = draft_of(session, viewer, draft.key)
    assert not kept.is_closed
    assert set(kept.typed) == {name for name, value in typed.items() if value != draft.base.get(name)}


def test_everything_wrong_is_said_at_once(engine: Engine, viewer: Viewer, plan: Plan):
    with pytest.raises(Invalid) as refused:
        edits(engine, viewer, plan.sheets["1.1"], Section.NEWS, progress="120", weather="grêle")
    assert "0 à 100" in refused.value.message
    assert "grêle" in refused.value.message


def test_a_date_that_cannot_be_kept_is_said_once(engine: Engine, viewer: Viewer, plan: Plan):
    with pytest.raises(Invalid) as refused:
        told = {"status": "en cours", "progress": "40 %", "weather": "soleil", "on": "45/45/2026"}
        edits(engine, viewer, plan.sheets["1.1"], Section.NEWS, **told)
    assert refused.value.message.count("45/45/2026") == 1


def test_news_are_new_dated_entries_and_nothing_is_overwritten(engine: Engine, viewer: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    edits(engine, viewer, sheet_id, Section.NEWS, status="en cours", progress="40 %", weather="soleil", done="Lancée")
    edits(
        engine, viewer, sheet_id, Section.NEWS, status="en pause", reason="Poste vacant", progress="45", on="30/09/2026"
    )
    assert [row.status for row in rows(engine, StatusEntry, sheet_id)] == [Status.ONGOING, Status.PAUSED]
    assert [row.percent for row in rows(engine, ProgressEntry, sheet_id)] == [40, 45]
    assert [row.done for row in rows(engine, WeatherEntry, sheet_id)] == ["Lancée"]
    assert rows(engine, ProgressEntry, sheet_id)[1].on_date.isoformat() == "2026-09-30"


def test_the_same_progress_declared_again_is_news(engine: Engine, viewer: Viewer, plan: Plan):
    for _ in range(2):
        edits(engine, viewer, plan.sheets["1.1"], Section.NEWS, progress="40")
    assert len(rows(engine, ProgressEntry, plan.sheets["1.1"])) == 2


def test_a_reason_leaves_with_the_status_it_explained(engine: Engine, viewer: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    edits(
        engine, viewer, sheet_id, Section.NEWS, status="bloquée", reason="Local indisponible", unblocked_by="La mairie"
    )
    edits(engine, viewer, sheet_id, Section.NEWS, status="en cours")
    last = rows(engine, StatusEntry, sheet_id)[-1]
    assert (last.status, last.reason, last.unblocked_by) == (Status.ONGOING, None, None)


def test_a_form_in_which_nothing_changed_is_no_act(engine: Engine, viewer: Viewer, plan: Plan):
    before = acts(engine)
    edits(engine, viewer, plan.sheets["1.1"], Section.RATIONALE)
    edits(engine, viewer, plan.sheets["1.1"], Section.NEWS)
    assert acts(engine) == before


def test_the_same_form_sent_twice_is_one_act(engine: Engine, viewer: Viewer, plan: Plan):
    draft = opens(engine, viewer, plan.sheets["1.1"], Section.NEWS)
    for _ in range(3):
        saves(engine, viewer, draft, progress="40")
    assert len(rows(engine, ProgressEntry, plan.sheets["1.1"])) == 1


def test_objectives_are_a_tree_by_their_levels_and_keep_their_rows(engine: Engine, viewer: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    typed = [
        {"id": None, "new": "new1", "level": "objectif général", "code": "1", "text": "Réduire"},
        {"id": None, "new": "new2", "level": "objectif spécifique", "code": "1.1", "text": "Aller vers"},
        {"id": None, "new": "new3", "level": "objectif opérationnel", "code": None, "text": "Permanences"},
        {"id": None, "new": "new4", "level": "objectif spécifique", "code": "1.2", "text": "Former"},
    ]
    edits(engine, viewer, sheet_id, Section.RATIONALE, objectives=typed)
    first = rows(engine, SheetObjective, sheet_id)
    parents = {row.text: next((up.text for up in first if up.id == row.parent_id), None) for row in first}
    assert parents == {"Réduire": None, "Aller vers": "Réduire", "Permanences": "Aller vers", "Former": "Réduire"}
    held = list(holds(engine, viewer, sheet_id, Section.RATIONALE)["objectives"])
    edits(engine, viewer, sheet_id, Section.RATIONALE, objectives=[held[0], held[3], held[1]])
    again = rows(engine, SheetObjective, sheet_id)
    assert {row.id for row in again} < {row.id for row in first}
    assert [node["text"] for node in holds(engine, viewer, sheet_id, Section.RATIONALE)["objectives"]] == [
        "Réduire",
        "Former",
        "Aller vers",
    ]


def test_steps_are_added_moved_changed_and_taken_away(engine: Engine, viewer: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    typed = [
        {"id": None, "new": "new1", "label": "Recruter", "due": "mars 2027", "state": "à venir", "lead": "CPAM"},
        {"id": None, "new": "new2", "label": "Ouvrir", "due": "2027", "state": "à venir", "weight": 3},
    ]
    edits(engine, viewer, sheet_id, Section.CALENDAR, milestones=typed)
    recruit, opening = holds(engine, viewer, sheet_id, Section.CALENDAR)["milestones"]
    assert (recruit["due"], recruit["lead"], opening["weight"]) == ("mars 2027", "CPAM", 3)
    done = {**recruit, "state": "franchie", "done": "12/09/2026"}
    edits(engine, viewer, sheet_id, Section.CALENDAR, milestones=[opening, done])
    left = {row.label: row for row in rows(engine, Milestone, sheet_id)}
    assert left["Recruter"].state is MilestoneState.DONE
    assert left["Recruter"].position == 1
    edits(engine, viewer, sheet_id, Section.CALENDAR, milestones=[opening])
    assert [row.label for row in rows(engine, Milestone, sheet_id)] == ["Ouvrir"]


def test_a_structure_written_another_way_is_the_one_that_is_known(engine: Engine, viewer: Viewer, plan: Plan):
    edits(engine, viewer, plan.sheets["1.1"], Section.PARTNERS, leads=["Association Méandre"])
    edits(engine, viewer, plan.sheets["1.2"], Section.PARTNERS, leads=["association meandre"])
    assert holds(engine, viewer, plan.sheets["1.2"], Section.PARTNERS)["leads"] == ["Association Méandre"]
    with reading(engine) as session:
        named = select(func.count()).select_from(Organisation).where(Organisation.name.like("%andre"))
        assert session.scalar(named) == 1


def test_a_change_is_taken_back_whole(engine: Engine, viewer: Viewer, plan: Plan):
    sheet_id = plan.sheets["1.1"]
    for section, typed in (
        (Section.REACH, {"target_groups": ["Jeunes"], "places": ["Cavaillon"], "main_determinant": "Revenu"}),
        (Section.PARTNERS, {"leads": ["Une structure à nous"]}),
        (Section.NEWS, {"status": "en pause", "progress": "10", "weather": "orage"}),
    ):
        before = holds(engine, viewer, sheet_id, section)
        edits(engine, viewer, sheet_id, section, **typed)
        assert holds(engine, viewer, sheet_id, section) != before
        with writing(engine) as session:
            undo_act(session, viewer, session.scalar(select(func.max(Act.id))) or 0)
        assert holds(engine, viewer, sheet_id, section) == before


def test_a_draft_is_its_author_s_own_and_comes_back_until_it_is_saved(engine: Engine, viewer: Viewer, plan: Plan):
    claire, subject = colleague(engine, CLAIRE), subject_of(plan.sheets["1.1"], Section.RATIONALE)
    draft = opens(engine, viewer, plan.sheets["1.1"], Section.RATIONALE)
    with writing(engine) as session:
        keep(session, viewer, draft.key, {"rationale": "À moitié"})
    with reading(engine) as session:
        found = find_draft(session, viewer, subject)
        assert found is not None
        assert found.value("rationale") == "À moitié"
        assert find_draft(session, claire, subject) is None
        with pytest.raises(Refused):
            draft_of(session, claire, draft.key)
    saves(engine, viewer, draft, rationale="À moitié")
    with reading(engine) as session:
        assert find_draft(session, viewer, subject, draft.key) is None


def test_keeping_a_draft_is_no_act_and_moves_no_revision(engine: Engine, viewer: Viewer, plan: Plan):
    draft, before = opens(engine, viewer, plan.sheets["1.1"], Section.RATIONALE), acts(engine)
    with writing(engine) as session:
        keep(session, viewer, draft.key, {"rationale": "x"})
    assert acts(engine) == before


def test_a_draft_that_is_abandoned_is_forgotten(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        draft = start_draft(session, viewer, "x:1", {})
        drop_draft(session, viewer, draft.key)
        assert find_draft(session, viewer, "x:1", draft.key) is None


def test_a_reader_may_neither_open_nor_save_a_section(engine: Engine, viewer: Viewer, plan: Plan):
    draft = opens(engine, viewer, plan.sheets["1.1"], Section.RATIONALE)
    reader = Viewer(viewer.actor_id, ((plan.initiative_id, Role.SIGNATORY),))
    with pytest.raises(Refused):
        opens(engine, reader, plan.sheets["1.1"], Section.RATIONALE)
    with pytest.raises(Refused):
        saves(engine, reader, draft, rationale="x")


@pytest.mark.parametrize("subject", ["sheet:1:autre", "sheet:x:constat", "bulk:1", ""])
def test_a_draft_about_something_else_is_no_section(subject: str):
    assert section_of(subject) is None


def test_one_change_to_many_fiches_is_one_act_taken_back_at_once(engine: Engine, viewer: Viewer, plan: Plan):
    sheets = tuple(plan.sheets.values())
    values = {"status": "en pause", "progress": "20", "leads": ["CPAM"], "starts": "mars 2026"}
    with reading(engine) as session:
        seen, since = seen_by(session, viewer, plan.initiative_id, ON, sheets, tuple(values))
    before = acts(engine)
    with writing(engine) as session:
        change_sheets(session, viewer, initiative_id=plan.initiative_id, seen=seen, since=since, values=values, on=ON)
    assert acts(engine) == before + 1
    for sheet_id in sheets:
        assert holds(engine, viewer, sheet_id, Section.NEWS)["status"] == "en pause"
        assert holds(engine, viewer, sheet_id, Section.PARTNERS)["leads"] == ["CPAM"]
        assert holds(engine, viewer, sheet_id, Section.CALENDAR)["starts"] == "mars 2026"
    with writing(engine) as session:
        undo_act(session, viewer, session.scalar(select(func.max(Act.id))) or 0)
    assert holds(engine, viewer, sheets[0], Section.NEWS)["status"] is None


def test_a_bulk_change_that_one_fiche_cannot_take_is_written_nowhere(engine: Engine, viewer: Viewer, plan: Plan):
    edits(engine, viewer, plan.sheets["1.2"], Section.CALENDAR, starts="2028")
    sheets = tuple(plan.sheets.values())
    with reading(engine) as session:
        seen, since = seen_by(session, viewer, plan.initiative_id, ON, sheets, ("ends",))
    with pytest.raises(Invalid, match=r"1\.2 Fiche"), writing(engine) as session:
        change_sheets(
            session, viewer, initiative_id=plan.initiative_id, seen=seen, since=since, values={"ends": "2027"}, on=ON
        )
    assert holds(engine, viewer, plan.sheets["1.1"], Section.CALENDAR)["ends"] is None


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (1, r"^L'une des fiches choisies a été retirée du plan.* : décochez-la\.$"),
        (2, r"^2 des fiches choisies ont été retirées du plan.* : décochez-les\.$"),
    ],
)
def test_a_bulk_change_of_fiches_that_left_the_plan_counts_them(
    sqlite_engine: Engine, viewer: Viewer, gone: int, said: str
):
    plan = plan_in(sqlite_engine, viewer, sheets=("1.1", "1.2", "1.3"))
    with writing(sqlite_engine) as session:
        seen, since = seen_by(session, viewer, plan.initiative_id, ON, tuple(plan.sheets.values()), ("ends",))
        for placement_id in list(plan.placements.values())[:gone]:
            archive_sheet(session, viewer, placement_id=placement_id)
    asked = {"initiative_id": plan.initiative_id, "seen": seen, "since": since, "on": ON}
    with pytest.raises(Invalid, match=said), writing(sqlite_engine) as session:
        change_sheets(session, viewer, values={"ends": "2027"}, **asked)


def test_a_bulk_change_is_of_the_fields_that_are_changed_together(sqlite_engine: Engine, viewer: Viewer):
    plan = plan_in(sqlite_engine, viewer)
    asked = {"initiative_id": plan.initiative_id, "seen": {plan.sheets["1.1"]: {"title": None}}, "since": 0, "on": ON}
    with pytest.raises(TypeError, match="title"), writing(sqlite_engine) as session:
        change_sheets(session, viewer, values={"title": "La même"}, **asked)
    assert holds(sqlite_engine, viewer, plan.sheets["1.1"], Section.IDENTITY)["title"] == "Fiche 1.1"


def test_a_bulk_change_asks_for_fiches_and_for_a_change(engine: Engine, viewer: Viewer, plan: Plan):
    with pytest.raises(Invalid, match="au moins une fiche"), writing(engine) as session:
        change_sheets(
            session, viewer, initiative_id=plan.initiative_id, seen={}, since=0, values={"status": "x"}, on=ON
        )

"""Deleting archived fiches for good: by who administers, after a backup, whole, journalled, never taken back."""

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select

from db import check, shelf
from db.commands.logbook import note
from db.commands.purging import purge_sheets
from db.commands.sheet_life import archive_sheet
from db.commands.undo import undo_act
from db.commands.undoing.leaning import columns_to
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import MODELS, ActionSheet, JournalEntry, LogbookNote, Placement
from db.queries.acts import past_acts
from db.queries.archives import archived_fiches
from db.rules.access import Role
from db.rules.archives import WORD, ArchivedFiche
from db.rules.backups import BackupKind
from db.rules.vocabulary import ChangeKind
from db.viewer import Viewer
from tests.builders import plan_in
from tests.commands.taking_back import label, last_act
from tests.conftest import BOTH, ON, Databases

DEMO = 1


@pytest.fixture(params=BOTH)
def demo(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """The demonstration, one's own, on each engine in turn."""
    made = databases.copy(request.param, "demo")
    yield made
    made.dispose()


def archived(engine: Engine, viewer: Viewer) -> dict[int, ArchivedFiche]:
    """Every fiche of the plan, archived, as who administers is told of it."""
    with reading(engine) as session:
        places = session.scalars(select(Placement.id).where(Placement.initiative_id == DEMO)).all()
    for place in places:
        with writing(engine) as session:
            archive_sheet(session, viewer, placement_id=place)
    with reading(engine) as session:
        return {fiche.sheet_id: fiche for fiche in archived_fiches(session, viewer)}


def purge(engine: Engine, viewer: Viewer, *sheets: int, word: str = WORD) -> int:
    with writing(engine) as session:
        return purge_sheets(session, viewer, sheets=sheets, word=word)


def counts(engine: Engine) -> Counter[str]:
    with reading(engine) as session:
        return Counter({name: session.scalar(select(func.count()).select_from(m)) or 0 for name, m in MODELS.items()})


def test_what_is_held_by_a_decision_or_an_amendment_says_so_and_the_rest_goes_whole(demo: Engine, viewer: Viewer):
    fiches = archived(demo, viewer)
    free = [key for key, fiche in fiches.items() if not fiche.held_by]
    held = {key: fiche for key, fiche in fiches.items() if fiche.held_by}
    assert len(free) > 5 and any("décision" in held_by for fiche in held.values() for held_by in fiche.held_by)
    before = counts(demo)
    gone = purge(demo, viewer, *free)
    left = before - counts(demo)
    assert gone == left.total() > 20 * len(free) and left["action_sheet"] == len(free)
    with reading(demo) as session:
        assert set(session.scalars(select(ActionSheet.id))) == set(held)
        for column in columns_to("action_sheet"):
            assert session.scalars(select(column).where(column.in_(free))).all() == []
    assert check.problems(demo) == []


def test_every_row_that_went_is_whole_in_the_journal(demo: Engine, viewer: Viewer):
    fiches = archived(demo, viewer)
    key = next(key for key, fiche in fiches.items() if not fiche.held_by)
    gone = purge(demo, viewer, key)
    with reading(demo) as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.act_id == last_act(demo))).all()
    deleted = [line for line in lines if line.kind is ChangeKind.DELETE]
    assert len(deleted) == gone and all(line.before and line.before["id"] for line in deleted)
    (sheet,) = (line.before for line in deleted if line.table == "action_sheet")
    assert sheet is not None and sheet["title"] in fiches[key].label


def test_a_fiche_that_is_held_stays_and_what_holds_it_is_named(demo: Engine, viewer: Viewer):
    fiches = archived(demo, viewer)
    held = next(fiche for fiche in fiches.values() if fiche.held_by)
    free = next(key for key, fiche in fiches.items() if not fiche.held_by)
    with pytest.raises(Invalid) as refusal:
        purge(demo, viewer, free, held.sheet_id)
    assert held.held_by[0] in refusal.value.message
    with reading(demo) as session:
        assert session.get(ActionSheet, free) is not None


def test_a_backup_is_made_before_and_the_act_names_it(demo: Engine, viewer: Viewer):
    key = next(key for key, fiche in archived(demo, viewer).items() if not fiche.held_by)
    purge(demo, viewer, key)
    done = label(demo, last_act(demo))
    if demo.dialect.name == "sqlite":
        newest = shelf.kept(demo)[0]
        assert newest.kind is BackupKind.BEFORE_PURGE and newest.name in done
    else:
        assert done.endswith("(sans sauvegarde faite par Balise)")


def test_without_its_backup_nothing_is_deleted(own_demo: Engine, viewer: Viewer, monkeypatch: pytest.MonkeyPatch):
    key = next(key for key, fiche in archived(own_demo, viewer).items() if not fiche.held_by)

    def broken(*_: object) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(shelf, "save", broken)
    with pytest.raises(Refused, match="Sans sauvegarde"):
        purge(own_demo, viewer, key)
    with reading(own_demo) as session:
        assert session.get(ActionSheet, key) is not None


def test_it_is_never_taken_back_and_the_backup_to_restore_is_named(demo: Engine, viewer: Viewer):
    key = next(key for key, fiche in archived(demo, viewer).items() if not fiche.held_by)
    purge(demo, viewer, key)
    done = last_act(demo)
    with pytest.raises(Invalid) as refusal, writing(demo) as session:
        undo_act(session, viewer, done)
    assert label(demo, done) in refusal.value.message and "restaurez une sauvegarde" in refusal.value.message


def test_each_demarche_is_told_among_its_last_acts_of_the_fiches_that_it_lost(demo: Engine, viewer: Viewer):
    other = plan_in(demo, viewer, name="Une autre démarche")
    with writing(demo) as session:
        archive_sheet(session, viewer, placement_id=other.placements["1.1"])
    free = [
        key for key, fiche in archived(demo, viewer).items() if not fiche.held_by and key not in other.sheets.values()
    ]
    gone = purge(demo, viewer, *free[:2], other.sheets["1.1"])
    with reading(demo) as session:
        told = [past_acts(session, viewer, plan, ON).acts[0] for plan in (DEMO, other.initiative_id)]
        left = {act.id: session.scalar(select(func.count()).where(JournalEntry.act_id == act.id)) for act in told}
    assert [act.label.partition(" (")[0] for act in told] == ["Purge de 2 fiches", "Purge de « Fiche 1.1 »"]
    assert len(left) == 2 and sum(count or 0 for count in left.values()) >= gone
    assert check.problems(demo) == []


def test_a_line_of_the_logbook_stays_and_is_about_no_fiche_any_more(demo: Engine, viewer: Viewer):
    with reading(demo) as session:
        key = session.scalars(select(Placement.sheet_id).where(Placement.code == "1.1")).one()
    with writing(demo) as session:
        row = note(session, viewer, initiative_id=DEMO, text="Rappeler la mairie", noted_on=ON, sheet_id=key).id
    archived(demo, viewer)
    purge(demo, viewer, key)
    with reading(demo) as session:
        kept = session.get_one(LogbookNote, row)
    assert (kept.text, kept.sheet_id) == ("Rappeler la mairie", None)


@pytest.mark.parametrize("word", ["", "purger", "OUI"])
def test_without_the_word_nothing_is_deleted(own_demo: Engine, viewer: Viewer, word: str):
    key = next(key for key, fiche in archived(own_demo, viewer).items() if not fiche.held_by)
    with pytest.raises(Invalid, match="tapez PURGER"):
        purge(own_demo, viewer, key, word=word)


def test_what_is_not_archived_nor_there_is_not_deleted(own_demo: Engine, viewer: Viewer):
    with pytest.raises(Invalid, match="n'est pas archivée"):
        purge(own_demo, viewer, 1)
    for wrong in ((), (999_999,), (1, 999_999)):
        with pytest.raises(Invalid, match="Choisissez"):
            purge(own_demo, viewer, *wrong)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_but_who_administers_the_installation_is_shown_the_archives_or_purges(
    own_demo: Engine, viewer: Viewer, role: Role
):
    key = next(iter(archived(own_demo, viewer)))
    for roles in (((DEMO, role),), ((None, role),)):
        other = Viewer(viewer.actor_id, roles)
        if roles == ((None, Role.ADMINISTRATOR),):
            continue
        with pytest.raises(Refused):
            purge(own_demo, other, key)
        with reading(own_demo) as session, pytest.raises(Refused):
            archived_fiches(session, other)

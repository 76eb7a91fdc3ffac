"""A démarche carried from one installation to another is the same there, and so is its past."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select

from db import check
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Act, Actor, AnswerLink, Initiative, JournalEntry, Milestone, PersonDetail, Proposal
from db.portable.past import ADOPTION
from db.rules.vocabulary import ActorKind
from tests.builders import colleague
from tests.conftest import Databases, viewer_in
from tests.portable import carrying
from tests.portable.carrying import adopted, carried, histories, id_of, journal_of, parcel_of, screens, workbook

WAYS = [("sqlite",), pytest.param(("postgresql", "postgresql", "sqlite"), marks=pytest.mark.postgresql)]


@pytest.fixture(scope="module")
def lived(databases: Databases) -> Iterator[Engine]:
    """The demonstration, some weeks later: read it, never write in it."""
    made = databases.copy("sqlite", "demo")
    carrying.live(made, viewer_in(made))
    yield made
    made.dispose()


@pytest.mark.parametrize("way", WAYS, ids="-".join)
def test_a_demarche_is_the_same_there_with_all_its_past(
    lived: Engine, way: tuple[str, ...], databases: Databases
) -> None:
    """Carried from server to server, each on its engine."""
    here = id_of(lived)
    plan, pages = workbook(lived, here), screens(lived, here)
    lines, before = journal_of(lived, here), histories(lived, here)
    assert len(before) == 24
    assert any(act[1]["changes"] for act in before["1.1"][0])
    source = lived
    for to in way:
        there = databases.copy(to)
        done = carried(source, there)
        assert check.problems(there) == []
        assert workbook(there, done.initiative_id) == plan
        assert screens(there, done.initiative_id) == pages
        after = {number: told_in(found) for number, found in histories(there, done.initiative_id).items()}
        newest = after["plan"].pop(0)
        assert "Accueil de la démarche « CLS Durance-Luberon (démonstration) » (archive du" in newest
        assert journal_of(there, done.initiative_id) == lines
        assert after == {number: told_in(found) for number, found in before.items()}
        source = there


def told_in(pages: list[list[object]]) -> list[str]:
    """The acts of a history in their order, whatever the page."""
    return [str(act) for page in pages for act in page]


def test_carried_again_it_is_the_same_archive(lived: Engine, databases: Databases) -> None:
    there, further = databases.copy("sqlite"), databases.copy("sqlite")
    adopted(there, parcel_of(lived))
    again = parcel_of(there)  # a link was open, and adoption closed it: that act is of the démarche's past from now on
    assert [act["label"] for act in again.rows["act"] if act["operation"] == ADOPTION] == [
        "Accueil de « CLS Durance-Luberon (démonstration) » : structures, mots, auteurs"
    ]
    adopted(further, again)
    assert parcel_of(further).rows == again.rows


def test_a_demarche_with_no_link_makes_the_same_bytes_twice(sqlite_demo: Engine, databases: Databases) -> None:
    there = databases.copy("sqlite")
    first = parcel_of(sqlite_demo)
    adopted(there, first)
    assert parcel_of(there).rows == first.rows


def test_no_secret_leaves_and_nothing_opens_there(lived: Engine, databases: Databases) -> None:
    packed = carrying.packed(lived)
    rows = parcel_of(lived).rows
    with reading(lived) as session:
        digest = session.scalars(select(AnswerLink.digest)).one()
    assert digest not in str(rows)
    assert b"credential" not in packed.content
    assert packed.held.contacts == 1
    there = databases.copy("sqlite")
    adopted(there, parcel_of(lived))
    with reading(there) as session:
        link = session.scalars(select(AnswerLink)).one()
        assert link.digest != digest
        assert link.revoked_at is not None


def test_contacts_and_answers_come_with_what_they_point_to(lived: Engine, databases: Databases) -> None:
    there = databases.copy("sqlite")
    adopted(there, parcel_of(lived))
    with reading(there) as session:
        assert session.scalars(select(PersonDetail.email)).all() == [carrying.EMAIL]
        step = session.scalars(select(Milestone).where(Milestone.label == "Recruter")).one()
        assert session.scalars(select(Proposal)).one().typed["steps"] == [step.id]


def test_who_acted_there_is_nobody_here(lived: Engine, databases: Databases) -> None:
    there = databases.copy("sqlite")
    done = adopted(there, parcel_of(lived))
    with reading(there) as session:
        authors = select(Act.actor_id).where(Act.initiative_id == done.initiative_id, Act.operation != ADOPTION)
        assert viewer_in(there).actor_id not in set(session.scalars(authors))
        kinds = select(Actor.kind, func.count()).group_by(Actor.kind)
        assert dict(session.execute(kinds).all())[ActorKind.SYSTEM] == 1


def test_the_journal_goes_on_in_order_after_what_was_here(lived: Engine, databases: Databases) -> None:
    there = databases.copy("sqlite")
    with reading(there) as session:
        last = session.scalar(select(func.max(JournalEntry.seq)))
    parcel = parcel_of(lived)
    adopted(there, parcel)
    with reading(there) as session:
        lines = session.execute(
            select(JournalEntry.at_utc, JournalEntry.kind, JournalEntry.table)
            .where(JournalEntry.seq > last, JournalEntry.operation != ADOPTION)
            .order_by(JournalEntry.seq)
        ).all()
    told = [(line["at_utc"], line["kind"], line["table"]) for line in parcel.rows["journal"]]
    assert [(at.isoformat(), kind.value, table) for at, kind, table in lines] == told


def test_an_act_done_there_is_taken_back_here(lived: Engine, databases: Databases) -> None:
    there = databases.copy("sqlite")
    done = adopted(there, parcel_of(lived))
    viewer = viewer_in(there)
    (first, _), *_ = carrying.sheets_of(there, done.initiative_id).values()
    with reading(there) as session:
        labels = select(Act.id).where(Act.label.like("Modification de la fiche%"))
        act = session.scalars(labels).one()
    with writing(there) as session:
        undo_act(session, viewer, act)
    assert "Un titre changé" not in str(screens(there, done.initiative_id))
    with writing(there) as session:  # the step that was undone there comes back, under a key that was kept for it
        undone = session.scalars(select(Act.id).where(Act.undoes_id.is_not(None)).order_by(Act.id)).first()
        undo_act(session, viewer, undone or 0)
    with reading(there) as session:
        step = session.scalars(select(Milestone).where(Milestone.label == "Retirée aussitôt")).one()
        assert step.sheet_id == first


def test_an_adoption_taken_back_withdraws_the_demarche_and_gives_it_back(lived: Engine, databases: Databases) -> None:
    there, parcel = databases.copy("sqlite"), parcel_of(lived)
    done = adopted(there, parcel)
    viewer = viewer_in(there)
    somebody = colleague(there)
    with pytest.raises(Refused), writing(there) as session:
        undo_act(session, somebody, done.act_id)
    with writing(there) as session:
        back = undo_act(session, viewer, done.act_id)
    with reading(there) as session:
        assert session.get_one(Initiative, done.initiative_id).archived_at is not None
    again = adopted(there, parcel)
    assert again.initiative_id != done.initiative_id
    assert workbook(there, again.initiative_id) == workbook(lived, id_of(lived))
    with writing(there) as session:
        undo_act(session, viewer, again.act_id)
    with writing(there) as session:
        undo_act(session, viewer, back)
    with reading(there) as session:
        assert session.get_one(Initiative, done.initiative_id).archived_at is None


def test_a_demarche_that_is_here_already_is_refused(lived: Engine) -> None:
    with pytest.raises(Invalid, match=r"est déjà ici : « CLS Durance-Luberon.*Rien n'a été écrit"):
        adopted(lived, parcel_of(lived))

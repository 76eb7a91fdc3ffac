"""What the page of points says before a point is published, and before one is withdrawn."""

from dataclasses import replace
from datetime import UTC, date, datetime

from components.publishing import sentences, withdrawal
from db.rules.plan import SheetRow
from db.rules.points import Change, PastPoint, ProgressSaid, ToPublish, Where

MARCH = date(2027, 3, 15)
POINT = PastPoint(1, "Point du 1er mars", date(2027, 3, 1), datetime(2027, 3, 2, tzinfo=UTC), 3, None, None, "A", 7)


def change(sheet_id: int | None) -> Change:
    return Change(Where(sheet_id, None, sheet_id, "Fiche"), None, None, ProgressSaid(10, None, MARCH))


def told(entries: int, later: int = 0, *sheets: int | None, alone: SheetRow | None = None) -> str:
    lines = sentences(ToPublish(tuple(map(change, sheets)), ((entries, entries),), later), MARCH, alone)
    return "\n".join(lines).replace("\u00a0", " ")


def test_what_enters_is_counted_in_entries_and_in_fiches():
    assert told(5, 0, 1, 1, 2, None).startswith("**Cinq saisies entrent dans ce point, sur deux fiches.**")
    assert told(1, 0, 1).startswith("**Une saisie entre dans ce point, sur une fiche.**")


def test_what_is_dated_later_is_said_to_stay():
    assert "Deux saisies, datées d'après le 15 mars 2027, restent en préparation." in told(5, 2, 1)
    assert "Une saisie, datée d'après le 15 mars 2027, reste en préparation." in told(5, 1, 1)


def test_a_point_without_anything_new_says_so_before_anything_is_asked():
    assert told(0).startswith("**Rien de nouveau n'est à publier**")


def test_entries_that_change_nothing_for_readers_are_said_so():
    assert "sans rien changer à ce que les lecteurs voient" in told(2)


def test_before_a_point_is_withdrawn_readers_are_said_to_go_back_to_the_one_before():
    second = replace(POINT, id=2, name="Point du 15 mars", as_of=MARCH)
    said = withdrawal(second, (second, POINT)).replace("\u00a0", " ")
    assert "3 saisies repassent en préparation" in said
    assert "liront de nouveau « Point du 1er mars » (1er mars 2027)" in said


def test_before_the_only_point_is_withdrawn_readers_are_said_to_see_nothing_more():
    assert "ne verront plus ni statut" in withdrawal(POINT, (POINT,))


def test_a_fiche_published_alone_goes_back_to_its_own_point_not_to_that_of_another():
    other = replace(POINT, id=2, name="Fiche 9", sheet_id=9, sheet="9")
    mine = replace(POINT, id=3, name="Fiche 5", sheet_id=5, sheet="5")
    again = replace(mine, id=4, name="Fiche 5 encore")
    assert "« Fiche 5 »" in withdrawal(again, (again, mine, other, POINT))
    assert "« Point du 1er mars »" in withdrawal(mine, (mine, other, POINT))

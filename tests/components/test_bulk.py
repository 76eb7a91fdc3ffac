"""What a change of several fiches says before it is made."""

from components.editing.bulk import unread


def test_what_cannot_be_read_is_said_once_and_before_anything_is_promised():
    told = unread({"progress": "120", "ends": "31/02/2027", "starts": "mars 2026", "status": "en cours"})
    assert [line.split(" : ")[0] for line in told] == ["Avancement", "Fin"]
    assert "0 à 100" in told[0]


def test_what_is_read_is_not_warned_of():
    assert unread({"progress": "45 %", "ends": "T2 2027"}) == []

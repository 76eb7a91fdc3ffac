from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from components import sharing
from components.reading_room import is_shown
from db.rules.access import SharedPage
from db.rules.filtering import Filters, as_filters
from db.rules.sharing import LinkTold, OpenLink, SharedView

ON, AT = date(2026, 10, 1), datetime(2026, 10, 1, 12, 32, tzinfo=UTC)


def told(monkeypatch: pytest.MonkeyPatch, openings: int, whom: str = "Presse", **filters: object) -> str:
    from zoneinfo import ZoneInfo

    monkeypatch.setattr(sharing.workspace, "zone", lambda: ZoneInfo("Europe/Paris"))
    view = SharedView(SharedPage.PLAN, filters=as_filters(filters))
    return sharing.link_words(
        LinkTold(1, view, None, whom, "Coordination", ON, ON, openings, AT if openings else None)
    ).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("openings", "words"),
    [
        (0, "· jamais ouvert ·"),
        (1, "· ouvert une fois, le 1er octobre 2026 à 14 h 32 ·"),
        (2, "· ouvert deux fois, la dernière le 1er octobre 2026 à 14 h 32 ·"),
    ],
)
def test_a_link_says_how_often_it_was_opened(monkeypatch: pytest.MonkeyPatch, openings: int, words: str) -> None:
    assert words in told(monkeypatch, openings)


def test_what_was_typed_of_a_link_is_never_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    said = told(monkeypatch, 0, whom="**gras** [ici](x)", q="<b>", statut="$x$")
    assert r"\*\*gras\*\* \[ici\]\(x\)" in said and r"\<b\>" in said and r"\$x\$" in said


@pytest.mark.parametrize(
    "view",
    [
        SharedView(SharedPage.OVERVIEW),
        SharedView(SharedPage.SHEET, 12),
        SharedView(SharedPage.PLAN, filters=Filters(axe="\u2003Un axe & un autre", retard=True)),
        SharedView(SharedPage.CONTRACT),
    ],
)
def test_the_address_of_a_view_is_the_one_that_its_link_opens_and_carries_its_filters(view: SharedView) -> None:
    parts = urlsplit(view.address("demo"))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert is_shown(OpenLink(1, 1, "demo", "CLS", view, ON, True), parts.path.strip("/"), dict(asked))
    assert as_filters(asked) == view.filters

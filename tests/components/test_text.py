import re

import pytest

from components.text import escape, paragraphs


def shown(markdown: str) -> str:
    """What a reader sees: escapes read, the invisible word joiner left out."""
    return re.sub(r"\\(.)", r"\1", markdown).replace("\u2060", "")


@pytest.mark.parametrize(
    "text",
    [
        "*gras* _italique_ [lien](http://exemple.fr) <b>",
        "1. un # titre | ~~barré~~ `code` $x^2$",
        ":red[rouge] :tada: :material/home: :blue-badge[x]",
        "du 1er -> au 3 => oui, 5 >= 4, a -- b",
        "Fiche 2.2 : « accueillir » (2024-2028) & après",
    ],
)
def test_an_escaped_text_is_shown_to_the_letter(text: str):
    assert shown(escape(text)) == text


@pytest.mark.parametrize("mark", list("\\`*_{}[]()<>#|~$:"))
def test_no_mark_of_markdown_is_left_alone(mark: str):
    assert escape(f"a{mark}b") == f"a\\{mark}b"


def test_an_icon_written_in_a_title_is_not_drawn():
    assert ":material/" not in escape(":material/home:").replace("\\", "")


def test_an_arrow_typed_in_a_title_stays_as_it_was_typed():
    assert "->" not in escape("a -> b").replace("\\", "")


def test_a_text_on_several_lines_becomes_one_in_a_title():
    assert escape("une\n  fiche") == "une fiche"


def test_lines_and_paragraphs_stay_where_they_were_typed():
    assert paragraphs("un\ndeux\n\n\ntrois") == "un  \ndeux\n\ntrois"


def test_a_dash_at_the_start_of_a_line_is_no_list():
    assert paragraphs("- un\n+ deux\n1. trois").splitlines() == ["\\- un  ", "\\+ deux  ", "1\\. trois"]

import pytest

from db.rules.markup import has_markup, without_markup

WORD = (
    "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]--><style>p.MsoNormal{margin:0}</style>"
    "<p class=MsoNormal>Deux&nbsp;permanences<o:p></o:p></p><ul><li>à Cavaillon</li><li>à Pertuis</li></ul>"
)


@pytest.mark.parametrize("text", [WORD, "un <b>gras</b>", "A &amp; B", "<br/>", "<p style='x'>"])
def test_a_text_pasted_with_its_markup_is_seen(text: str):
    assert has_markup(text)


@pytest.mark.parametrize(
    "text", ["2 < 3 et 5 > 4", "moins de <11 personnes", "R&D ; A & B", "a <- b", "👩‍⚕️ « oui »", ""]
)
def test_an_ordinary_text_is_not_taken_for_markup(text: str):
    assert not has_markup(text)


def test_the_words_are_kept_and_the_markup_goes():
    assert without_markup(WORD) == "Deux permanences\n\n- à Cavaillon\n\n- à Pertuis"


@pytest.mark.parametrize("text", ["<p>non fermé", "<b", "<<<>>>", "</p></p>", "<style>a", "&#xFFFFFFF;"])
def test_a_broken_markup_is_read_without_a_failure(text: str):
    assert isinstance(without_markup(text), str)

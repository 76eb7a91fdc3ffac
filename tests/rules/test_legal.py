import pytest

from db.rules.legal import FOOTER, HEADING, LIST, PARAGRAPH, SUPPLIED, Block, LegalText, as_written, blocks


def test_a_text_is_headings_paragraphs_and_lists():
    text = "# Qui\nNous.\nEt vous.\n\nUn autre paragraphe.\n- un\n\n- deux\n# Où\n-tiret collé\n#dièse collé"
    assert blocks(text) == (
        Block(HEADING, ("Qui",)),
        Block(PARAGRAPH, ("Nous.", "Et vous.")),
        Block(PARAGRAPH, ("Un autre paragraphe.",)),
        Block(LIST, ("un", "deux")),
        Block(HEADING, ("Où",)),
        Block(PARAGRAPH, ("-tiret collé", "#dièse collé")),
    )


@pytest.mark.parametrize("text", ["", "   \n\n \t\n", "\r\n"])
def test_an_empty_text_has_no_block(text: str):
    assert blocks(text) == ()


@pytest.mark.parametrize("name", list(LegalText))
def test_each_text_is_supplied_under_headings(name: LegalText):
    assert any(block.kind == HEADING for block in blocks(SUPPLIED[name]))
    assert as_written(name, None).is_supplied
    assert as_written(name, SUPPLIED[name].strip()).is_supplied


def test_a_text_is_ready_once_nothing_is_left_to_fill_in():
    assert [as_written(name, None).is_ready for name in LegalText] == [False, False, True, False]
    half = as_written(LegalText.NOTICES, "Ville de Test\n[À compléter : l'hébergeur]")
    assert (half.is_supplied, half.blanks, half.is_ready) == (False, 1, False)
    assert as_written(LegalText.NOTICES, "Ville de Test").is_ready


def test_accessibility_is_announced_as_not_conforming_and_no_rate_is_claimed():
    assert FOOTER["accessibilite"] == "Accessibilité : non conforme"
    assert "non conforme" in SUPPLIED[LegalText.ACCESSIBILITY]
    assert "%" not in SUPPLIED[LegalText.ACCESSIBILITY]

import pytest

from db.rules.mentions import masked, mentions

CLAIRE = mentions(["Claire Lefèvre-Œil"], ["claire.l@ville.example"], ["04 90 12 34 56"])


@pytest.mark.parametrize(
    "text",
    [
        *("Claire Lefèvre-Œil", "claire lefevre œil", "LEFÈVRE-ŒIL Claire", "Lefevre Œil, Claire"),
        *("Claire\u00a0Lefe\u0300vre-Œil", "voir CLAIRE.L@ville.example."),
        *(
            "0490123456",
            "04.90.12.34.56",
            "+33 4 90 12 34 56",
            "+33 (0)4 90 12 34 56",
            "0033490123456",
            "04-90-12-34-56",
        ),
    ],
)
def test_a_person_is_found_however_they_are_written(text: str):
    assert masked(text, CLAIRE) not in (text, "")
    assert CLAIRE.search(masked(text, CLAIRE)) is None


@pytest.mark.parametrize(
    "text",
    [
        "Claire",
        "une claire idée",
        "Lefèvre-Œil",
        "Claire Lefèvre-Œillet",
        "104901234567",
        "xclaire.l@ville.example",
        "",
    ],
)
def test_somebody_else_and_common_words_are_left(text: str):
    assert masked(text, CLAIRE) == text


def test_a_name_of_one_word_is_never_searched():
    assert masked("Martin, Saint-Martin", mentions(["Martin"], [], [])) == "Martin, Saint-Martin"


def test_nobody_is_found_by_nothing():
    assert masked("tout", mentions([None, ""], [None, " "], [None, "112"])) == "tout"


def test_a_json_value_is_masked_inside():
    told = {"raw": "Claire Lefèvre-Œil", "rows": ["x", {"y": "avec Claire Lefèvre-Œil"}], "n": 3, "none": None}
    assert masked(told, CLAIRE) == {"raw": "[…]", "rows": ["x", {"y": "avec […]"}], "n": 3, "none": None}

"""The open vocabularies of db/reference/terms.yaml: complete, coherent, able to name what the demonstration says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from db.rules.vocabulary import Vocabulary

REFERENCE = Path(__file__).resolve().parents[2] / "db" / "reference"
TERMS: dict[str, list[dict[str, Any]]] = yaml.safe_load((REFERENCE / "terms.yaml").read_text(encoding="utf-8"))
DEMO: dict[str, Any] = yaml.safe_load((REFERENCE / "demo_cls.yaml").read_text(encoding="utf-8"))
SHEETS: list[dict[str, Any]] = DEMO["fiches"]

NAMED_SCHEMES = [
    *("PRS", "PRAPS", "PTSM", "CTS", "PRSE", "CLS", "CLSM", "ASV", "RTPS", "CPTS", "PSLA", "MSP", "Centre de santé"),
    *("PASS", "PRE", "PESL", "CESCO", "CESCII", "CE", "Cité éducative", "CLSPD", "NPNRU", "CUCS", "Contrat de ville"),
    *("Adultes-relais", "Engagements Quartiers 2030", "CFPPA", "PNNS", "Hôpital promoteur de santé"),
]


def words(vocabulary: Vocabulary) -> dict[str, str]:
    """Each label or alias of a vocabulary, with the code it leads to."""
    return {word: term["code"] for term in TERMS[vocabulary] for word in (term["label"], *term["aliases"])}


def codes(vocabulary: Vocabulary) -> set[str]:
    return {term["code"] for term in TERMS[vocabulary]}


def test_every_vocabulary_has_its_list_and_no_other_key_exists() -> None:
    assert set(TERMS) == {str(vocabulary) for vocabulary in Vocabulary}


@pytest.mark.parametrize("vocabulary", list(Vocabulary))
def test_a_code_is_snake_case_ascii_and_used_once(vocabulary: Vocabulary) -> None:
    listed = [term["code"] for term in TERMS[vocabulary]]
    assert len(listed) == len(set(listed))
    assert [code for code in listed if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", code)] == []


@pytest.mark.parametrize("vocabulary", list(Vocabulary))
def test_a_word_leads_to_one_term_only(vocabulary: Vocabulary) -> None:
    seen: dict[str, str] = {}
    for term in TERMS[vocabulary]:
        for word in (term["label"], *term["aliases"]):
            assert seen.setdefault(word.casefold(), term["code"]) == term["code"], word


@pytest.mark.parametrize("vocabulary", list(Vocabulary))
def test_a_parent_is_a_term_of_the_same_list_and_of_the_first_level(vocabulary: Vocabulary) -> None:
    top = {term["code"] for term in TERMS[vocabulary] if "parent" not in term}
    assert {term["parent"] for term in TERMS[vocabulary] if "parent" in term} <= top


def test_determinants_are_four_families_that_each_hold_factors() -> None:
    families = {term["code"] for term in TERMS[Vocabulary.DETERMINANT] if "parent" not in term}
    assert families == set(DEMO["nomenclatures"]["determinants"])
    assert {term.get("parent") for term in TERMS[Vocabulary.DETERMINANT]} - {None} == families


@pytest.mark.parametrize("name", NAMED_SCHEMES)
def test_a_scheme_that_the_field_names_is_found(name: str) -> None:
    assert name in words(Vocabulary.LINKED_SCHEME)


def test_a_linked_scheme_says_its_full_name_its_kind_and_what_it_is() -> None:
    for term in TERMS[Vocabulary.LINKED_SCHEME]:
        assert term["full_name"] and term["kind"], term["code"]
        assert term["note"].endswith(".") and len(term["note"]) <= 160, term["code"]


def test_every_public_of_the_demonstration_is_a_term() -> None:
    assert {public for sheet in SHEETS for public in sheet["publics"]} <= set(words(Vocabulary.TARGET_GROUP))


def test_every_funding_scheme_of_the_demonstration_is_a_term() -> None:
    named = {line["dispositif"] for sheet in SHEETS for line in sheet["financements"]}
    assert named <= set(words(Vocabulary.FUNDING_SCHEME))


def test_every_code_used_by_a_sheet_of_the_demonstration_exists() -> None:
    for sheet in SHEETS:
        assert set(sheet["dispositifs"]) <= codes(Vocabulary.LINKED_SCHEME), sheet["code"]
        assert set(sheet["portee"]["milieux"]) <= codes(Vocabulary.SETTING), sheet["code"]


def test_the_factors_of_a_sheet_belong_to_the_families_it_names() -> None:
    family = {term["code"]: term.get("parent") for term in TERMS[Vocabulary.DETERMINANT]}
    for sheet in SHEETS:
        factors = [sheet["determinant_principal"], *sheet["determinants_secondaires"]]
        assert {family[factor] for factor in factors} == set(sheet["determinants"]), sheet["code"]

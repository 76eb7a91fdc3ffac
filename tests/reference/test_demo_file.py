"""The demonstration's file: its own totals still hold, and what was added to it is complete and coherent."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import yaml

REFERENCE = Path(__file__).resolve().parents[2] / "db" / "reference"
DEMO: dict[str, Any] = yaml.safe_load((REFERENCE / "demo_cls.yaml").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(DEMO["meta"]["date_reference"])
POINT = date.fromisoformat(DEMO["point"]["date"])
SIX_MONTHS_AGO = date(2026, 4, 1)
LAST_COPIL = date(2026, 6, 23)
STAGES = DEMO["nomenclatures"]["etapes_financement"]

SHEETS: dict[str, dict[str, Any]] = {sheet["code"]: sheet for sheet in DEMO["fiches"]}
RUNNING = [sheet for sheet in SHEETS.values() if sheet["statut"] == "en_cours"]
INDICATORS = [indicator for sheet in SHEETS.values() for indicator in sheet["indicateurs"]]
LINES = [line for sheet in SHEETS.values() for line in sheet["financements"]]


def day(text: str) -> date:
    return date.fromisoformat(text)


def last_day(entries: list[dict[str, Any]]) -> date:
    return max(day(entry["date"]) for entry in entries)


def last_news(sheet: dict[str, Any]) -> date:
    return max(last_day(sheet[series]) for series in ("meteos", "avancements", "historique_statuts"))


def published_days(sheet: dict[str, Any]) -> Iterator[date]:
    """Every day on which something is said to have happened on a sheet."""
    for series in ("meteos", "avancements", "historique_statuts"):
        yield from (day(entry["date"]) for entry in sheet[series])
    yield from (day(step["fait_le"]) for step in sheet["etapes"] if "fait_le" in step)
    yield from (day(on) for line in sheet["financements"] for on in line.get("dates", {}).values())
    yield from (day(value["date_mesure"]) for indicator in sheet["indicateurs"] for value in indicator["mesures"])


def cash_2026(sheet: dict[str, Any], decision: str, stage: str) -> int:
    return sum(
        line["montants_eur"][stage]
        for line in sheet["financements"]
        if (line["exercice"], line["nature"], line["decision"]) == (2026, "numeraire", decision)
    )


def need_2026(sheet: dict[str, Any]) -> int:
    return sum(
        item["montant"]
        for item in sheet.get("budget_previsionnel", [])
        if (item["exercice"], item["nature"]) == (2026, "numeraire")
    )


# --- the file as it was received -------------------------------------------------------------------------------------


def test_the_counts_that_the_file_states_are_those_of_the_file() -> None:
    stated = DEMO["totaux_de_controle"]
    meetings = DEMO["gouvernance"]["reunions"]
    decisions = sum(len(meeting["releve_de_decisions"]) for meeting in meetings)
    counted = {
        "nb_fiches": len(DEMO["fiches"]),
        "nb_indicateurs": len(INDICATORS),
        "nb_lignes_financement": len(LINES),
        "nb_reunions": len(meetings),
        "nb_decisions": decisions,
    }
    assert counted == {key: stated[key] for key in counted}


def test_the_amounts_that_the_file_states_are_the_sums_of_its_lines() -> None:
    totals = {key: dict.fromkeys(STAGES, 0) for key in DEMO["totaux_de_controle"]["financements_eur"]}
    for line in LINES:
        if line["decision"] == "refuse":
            # A refused line was asked for, and counts nowhere else; its other amounts are zero in the file.
            assert not any(line["montants_eur"][stage] for stage in STAGES if stage != "demande")
        for stage in STAGES:
            totals[f"{line['exercice']}_{line['nature']}"][stage] += line["montants_eur"][stage] or 0
    assert totals == DEMO["totaux_de_controle"]["financements_eur"]


def test_the_planted_traps_are_still_listed() -> None:
    assert len(DEMO["cas_limites"]) == 14


def test_nobody_is_named_and_the_file_says_it_is_fictitious() -> None:
    text = (REFERENCE / "demo_cls.yaml").read_text(encoding="utf-8")
    assert text.startswith("# DONNÉES FICTIVES")
    assert re.findall(r"\b(?:Mme|M\.|Mlle|Dr|Pr|Monsieur|Madame|Docteur)\s+[A-ZÀ-Ý]", text) == []


# --- the point and what is in preparation ----------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHEETS)
def test_everything_dated_on_a_sheet_belongs_to_the_published_point(code: str) -> None:
    assert max(published_days(SHEETS[code])) <= POINT < TODAY


def test_entries_in_preparation_come_after_the_point_and_cover_each_series() -> None:
    entries = DEMO["en_preparation"]
    assert all(POINT < day(entry["date"]) <= TODAY for entry in entries)
    assert {entry["type"] for entry in entries} == {"meteo", "avancement", "montant", "mesure", "statut"}
    assert all(entry["fiche"] in SHEETS for entry in entries)


def test_entries_in_preparation_name_what_their_sheet_holds_and_say_something_new() -> None:
    by_type = {entry["type"]: entry for entry in DEMO["en_preparation"]}
    amount, value = by_type["montant"], by_type["mesure"]
    lines = {line["id"]: line for line in SHEETS[amount["fiche"]]["financements"]}
    assert lines[amount["financement"]]["montants_eur"][amount["etape"]] is None
    indicators = {indicator["code"]: indicator for indicator in SHEETS[value["fiche"]]["indicateurs"]}
    assert value["periode"] not in {known["periode"] for known in indicators[value["indicateur"]]["mesures"]}
    assert round(100 * value["numerateur"] / value["denominateur"], 1) == value["valeur"]
    assert by_type["avancement"]["pct"] != SHEETS[by_type["avancement"]["fiche"]]["avancement_pct"]
    assert by_type["statut"]["statut"] != SHEETS[by_type["statut"]["fiche"]]["statut"]
    assert by_type["meteo"]["freins"]


def test_entries_in_preparation_can_be_told_apart_from_the_published_ones() -> None:
    published = yaml.safe_dump({key: DEMO[key] for key in DEMO if key != "en_preparation"}, allow_unicode=True)
    for needle in ("quarante-trois jeunes", "6437", "69.8", "pct: 79", "cuisine pédagogique est fermée"):
        assert needle not in published


# --- news: status, progress, météo -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHEETS)
def test_the_last_status_of_the_history_is_the_status_of_the_sheet(code: str) -> None:
    history = SHEETS[code]["historique_statuts"]
    assert history and history[-1]["statut"] == SHEETS[code]["statut"]
    assert [entry["date"] for entry in history] == sorted(entry["date"] for entry in history)


@pytest.mark.parametrize("code", SHEETS)
def test_the_last_progress_is_that_of_the_sheet_and_progress_never_falls(code: str) -> None:
    declared = SHEETS[code]["avancements"]
    assert declared[-1]["pct"] == SHEETS[code]["avancement_pct"]
    assert [entry["date"] for entry in declared] == sorted({entry["date"] for entry in declared})
    assert [entry["pct"] for entry in declared] == sorted(entry["pct"] for entry in declared)


@pytest.mark.parametrize("code", SHEETS)
def test_a_sheet_has_one_to_three_signed_and_worded_meteos(code: str) -> None:
    meteos = SHEETS[code]["meteos"]
    assert 1 <= len(meteos) <= 3
    assert [meteo["date"] for meteo in meteos] == sorted({meteo["date"] for meteo in meteos})
    for meteo in meteos:
        assert meteo["meteo"] in {"soleil", "couvert", "nuage", "orage"}
        assert all(meteo[part] for part in ("deja_fait", "a_faire", "freins", "a_valoriser", "signe"))


def test_the_mean_progress_is_52_percent_over_the_22_sheets_that_are_not_dropped() -> None:
    known = [sheet["avancement_pct"] for sheet in SHEETS.values() if sheet["statut"] != "abandonne"]
    assert (len(known), round(mean(known))) == (22, 52)


def test_four_running_sheets_have_a_progress_older_than_six_months() -> None:
    assert [s["code"] for s in RUNNING if last_day(s["avancements"]) < SIX_MONTHS_AGO] == ["2.3", "3.3", "4.3", "4.4"]


def test_every_other_progress_that_counts_is_recent() -> None:
    counted = [sheet for sheet in SHEETS.values() if sheet["statut"] != "abandonne"]
    assert sum(last_day(sheet["avancements"]) < SIX_MONTHS_AGO for sheet in counted) == 4


def test_three_running_sheets_are_without_news() -> None:
    assert [sheet["code"] for sheet in RUNNING if last_news(sheet) < SIX_MONTHS_AGO] == ["3.3", "4.3", "4.4"]


def test_something_happened_since_the_last_copil() -> None:
    done = {s["code"] for s in SHEETS.values() for e in s["etapes"] if day(e.get("fait_le", "1970-01-01")) > LAST_COPIL}
    moved = {s["code"] for s in SHEETS.values() if last_day(s["historique_statuts"]) > LAST_COPIL}
    dated = [
        (line["id"], stage) for line in LINES for stage, on in line.get("dates", {}).items() if day(on) > LAST_COPIL
    ]
    assert done == {"1.4", "4.1", "4.2", "5.3"}
    assert moved == {"1.4", "2.2", "5.4"}
    assert {line for line, stage in dated if stage == "notifie"} == {"F065", "F078", "F080", "F090"}
    assert [line for line, stage in dated if stage == "refuse"] == ["F084"]


# --- what a sheet says -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", SHEETS)
def test_the_plain_line_is_short_and_holds_no_acronym(code: str) -> None:
    plain = SHEETS[code]["en_clair"]
    assert 40 <= len(plain) <= 200
    assert re.findall(r"[A-ZÀ-Ý]{2,}", plain) == []


@pytest.mark.parametrize("code", SHEETS)
def test_a_done_milestone_has_its_day_and_no_other_has_one(code: str) -> None:
    for step in SHEETS[code]["etapes"]:
        assert (step["statut"] == "fait") == ("fait_le" in step), step["libelle"]


def test_milestones_describe_the_whole_action_only_where_they_agree_with_the_progress() -> None:
    ticked = [sheet for sheet in SHEETS.values() if sheet.get("etapes_completes")]
    assert 1 <= len(ticked) <= 2
    for sheet in ticked:
        weights = [(step.get("poids", 1), step["statut"] == "fait") for step in sheet["etapes"]]
        share = 100 * sum(w for w, is_done in weights if is_done) / sum(w for w, _ in weights)
        assert abs(share - sheet["avancement_pct"]) <= 0.5, sheet["code"]


@pytest.mark.parametrize("code", SHEETS)
def test_the_places_of_a_sheet_agree_with_its_scale(code: str) -> None:
    sheet = SHEETS[code]
    territory = DEMO["territoire"]
    perimeter = {commune["insee"] for commune in territory["communes"]}
    insee_of = {commune["nom"]: commune["insee"] for commune in territory["communes"]}
    commune_of_district = {district["code"]: insee_of[district["commune"]] for district in territory["qpv"]}
    places = sheet["portee"]
    districts = {commune_of_district[district] for district in places["qpv"]}
    assert places["qpv"] == sheet["qpv_concernes"]
    assert districts <= set(places["communes"]) <= perimeter
    if sheet["echelle"] == "EPCI":
        assert set(places["communes"]) == perimeter
    if sheet["echelle"] == "QPV":
        assert set(places["communes"]) == districts


@pytest.mark.parametrize("code", SHEETS)
def test_a_sheet_names_one_principal_determinant_and_at_most_two_others(code: str) -> None:
    sheet = SHEETS[code]
    secondary = sheet["determinants_secondaires"]
    assert len(secondary) <= 2 and len({sheet["determinant_principal"], *secondary}) == len(secondary) + 1


# --- amendments ------------------------------------------------------------------------------------------------------


def test_sheets_added_by_an_amendment_say_so_and_the_end_of_the_contract_holds() -> None:
    amendments = {amendment["numero"]: amendment for amendment in DEMO["demarche"]["avenants"]}
    added = {(code, number) for number, one in amendments.items() for code in one["fiches_ajoutees"]}
    assert added == {(s["code"], s["avenant"]) for s in SHEETS.values() if s["origine"] == "avenant"}
    assert all(one["nouvelle_fin"] is None for one in amendments.values())
    start, end = day(DEMO["demarche"]["date_signature"]), day(DEMO["demarche"]["date_fin"])
    assert round(100 * (TODAY - start).days / (end - start).days) == 53


def test_a_sheet_comes_from_the_initial_contract_an_amendment_or_neither() -> None:
    assert {sheet["origine"] for sheet in SHEETS.values()} == {"initial", "avenant", "hors_contrat_initial"}
    outside = [sheet for sheet in SHEETS.values() if sheet["origine"] == "hors_contrat_initial"]
    assert len(outside) == 1 and day(outside[0]["inscrite_le"]) == day(outside[0]["historique_statuts"][0]["date"])


def test_a_sheet_added_by_an_amendment_has_no_history_before_it() -> None:
    signed = {amendment["numero"]: amendment["signe_le"] for amendment in DEMO["demarche"]["avenants"]}
    for sheet in SHEETS.values():
        if sheet["origine"] == "avenant":
            assert sheet["historique_statuts"][0]["date"] == signed[sheet["avenant"]], sheet["code"]


# --- indicators ------------------------------------------------------------------------------------------------------


def test_each_of_the_71_indicators_says_how_it_adds_up_what_it_counts_and_whether_it_is_sensitive() -> None:
    assert len(INDICATORS) == 71
    for indicator in INDICATORS:
        assert indicator["cumul"] in {"etat", "activite", "cumul"}, indicator["code"]
        assert indicator["compte"] in {"personnes_differentes", "participations", "professionnels", None}
        assert isinstance(indicator["sensible"], bool), indicator["code"]


def test_only_a_count_adds_up_and_rates_scores_and_texts_are_states() -> None:
    for indicator in INDICATORS:
        if indicator["type_valeur"] != "nombre":
            assert (indicator["cumul"], indicator["compte"]) == ("etat", None), indicator["code"]


def test_workshops_of_the_year_start_from_zero_and_the_register_is_a_state() -> None:
    adds_up = {indicator["code"]: indicator["cumul"] for indicator in INDICATORS}
    assert adds_up["4.2-I1"] == "activite"
    assert adds_up["1.4-I1"] == "activite"
    assert adds_up["5.3-I1"] == "etat"
    assert adds_up["5.1-I3"] == "cumul"


def test_the_masked_breakdown_belongs_to_a_sensitive_indicator() -> None:
    masked = [
        indicator
        for indicator in INDICATORS
        if any("motif_masquage" in value.get("ventilation", {}) for value in indicator["mesures"])
    ]
    assert masked and all(indicator["sensible"] for indicator in masked)


def test_the_six_requested_indicators_name_a_funder_of_their_sheet() -> None:
    requested = 0
    for sheet in SHEETS.values():
        funders = {line["financeur"] for line in sheet["financements"]}
        for indicator in sheet["indicateurs"]:
            assert indicator["exige_par_financeur"] == ("demande_par" in indicator), indicator["code"]
            if indicator["exige_par_financeur"]:
                requested += 1
                assert indicator["demande_par"] in funders, indicator["code"]
    assert requested == 6


# --- money -----------------------------------------------------------------------------------------------------------


def test_every_line_says_mainstream_or_specific_and_urban_policy_money_is_specific() -> None:
    for line in LINES:
        specific = line["financeur_code"] == "ETAT147"
        assert line["regime"] == ("credits_specifiques" if specific else "droit_commun"), line["id"]


def test_every_line_of_2026_and_every_refusal_is_dated_in_order() -> None:
    for line in LINES:
        dates = line.get("dates")
        if line["exercice"] != 2026 and line["decision"] != "refuse":
            assert dates is None, line["id"]
            continue
        expected = {"accorde": ["demande", "notifie"], "refuse": ["demande", "refuse"], "en_instruction": ["demande"]}
        assert list(dates) == expected[line["decision"]], line["id"]
        assert list(dates.values()) == sorted(dates.values()), line["id"]


def test_an_answer_is_expected_on_the_two_lines_under_review() -> None:
    awaited = {line["id"]: line["reponse_attendue"] for line in LINES if "reponse_attendue" in line}
    assert set(awaited) == {line["id"] for line in LINES if line["decision"] == "en_instruction"} == {"F039", "F089"}
    assert all(day(on) > TODAY for on in awaited.values())


def test_the_money_of_a_sheet_whose_lead_is_to_be_named_still_has_a_beneficiary() -> None:
    for sheet in SHEETS.values():
        if sheet["pilote"]["structure"] == "À désigner":
            assert all(line.get("porteur") for line in sheet["financements"])


def test_at_least_eight_sheets_have_a_budget_among_which_those_that_await_a_decision() -> None:
    with_need = {code for code, sheet in SHEETS.items() if need_2026(sheet)}
    assert len(with_need) >= 8
    assert {"2.2", "5.4"} <= with_need


@pytest.mark.parametrize("code", [code for code, sheet in SHEETS.items() if need_2026(sheet)])
def test_a_need_covers_what_is_granted_and_what_is_awaited(code: str) -> None:
    sheet = SHEETS[code]
    secured, awaited = cash_2026(sheet, "accorde", "notifie"), cash_2026(sheet, "en_instruction", "demande")
    assert need_2026(sheet) >= secured + awaited


def test_the_need_of_5_4_is_6000_secured_18000_awaited_and_3000_to_find() -> None:
    sheet = SHEETS["5.4"]
    secured, awaited = cash_2026(sheet, "accorde", "notifie"), cash_2026(sheet, "en_instruction", "demande")
    assert (secured, awaited, need_2026(sheet) - secured - awaited) == (6000, 18000, 3000)


def test_a_refusal_is_still_to_be_found() -> None:
    sheet = SHEETS["5.2"]
    assert need_2026(sheet) - cash_2026(sheet, "accorde", "notifie") >= cash_2026(sheet, "refuse", "demande") > 0


def test_a_budget_item_is_a_positive_amount_of_one_nature() -> None:
    for sheet in SHEETS.values():
        for item in sheet.get("budget_previsionnel", []):
            assert set(item) == {"exercice", "libelle", "montant", "nature"}
            assert isinstance(item["montant"], int) and item["montant"] > 0
            assert item["nature"] in {"numeraire", "valorisation"}

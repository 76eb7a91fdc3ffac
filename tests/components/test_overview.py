from datetime import date

from components import overview, overview_tiles
from db.rules.attainment import AttainmentWord
from db.rules.overview import (
    AwaitedAnswers,
    IndicatorWords,
    OpenDecisions,
    Since,
    StatusMoves,
    YearMoney,
    arbitrations,
    understood,
)
from db.rules.progress import RollUp
from db.rules.totals import Known
from db.rules.vocabulary import PlacementEntry, Status
from tests.components.plans import axis, plan, sheet

DAY = date(2026, 6, 23)
ASKED = AwaitedAnswers(1, Known(1800000, 1, 1), None)


def test_a_paused_sheet_asks_to_go_on_or_to_give_up():
    state = plan([], [sheet(1, status=Status.PAUSED, status_on=date(2026, 7, 1))])
    [item] = arbitrations(state, {})
    assert overview.questions(item) == ["en pause depuis juillet 2026, poursuivre ou renoncer"]


def test_an_answer_awaited_is_told_by_its_amount_and_never_by_who_owes_it():
    [item] = arbitrations(plan([], [sheet(1)]), {1: ASKED})
    assert overview.questions(item) == ["une réponse de financeur attendue (18\u202f000\u00a0€)"]


def test_several_answers_awaited_agree():
    told = overview.answers_sentence(AwaitedAnswers(2, Known(None, 0, 2), date(2026, 11, 17)))
    assert told == "deux réponses de financeurs attendues en nov. 2026"


def test_an_action_outside_the_contract_waits_to_be_validated():
    [item] = arbitrations(plan([], [sheet(1, entry=PlacementEntry.UNPLANNED)]), {})
    assert overview.questions(item) == ["action hors contrat initial, à valider"]


def test_a_finished_or_abandoned_sheet_asks_nothing():
    state = plan([], [sheet(1, status=Status.DONE, to_discuss=True), sheet(2, status=Status.DROPPED)])
    assert arbitrations(state, {1: ASKED, 2: ASKED}) == ()


def test_what_is_halted_or_to_be_discussed_comes_before_answers():
    state = plan([], [sheet(1), sheet(2, to_discuss=True)])
    assert [item.sheet.sheet_id for item in arbitrations(state, {1: ASKED})] == [2, 1]


def test_a_title_that_looks_like_markup_is_shown_as_typed():
    [item] = arbitrations(plan([], [sheet(1, "*Aller* :red[vers] $x$", status=Status.BLOCKED)]), {})
    assert r"\*Aller\* \:red\[vers\] \$x\$" in overview.sheet_link(item, "demo").label


def test_a_link_to_a_sheet_names_its_placement_and_its_initiative():
    [item] = arbitrations(plan([], [sheet(7, status=Status.BLOCKED)]), {})
    assert overview.sheet_link(item, "demo").parameters == {"demarche": "demo", "fiche": "7"}


def test_sheets_without_news_are_a_number():
    silent = [sheet(key, declared_on=date(2026, 1, 1)) for key in (1, 2, 3)]
    assert overview.silence_sentence(plan([], silent)) == "Trois fiches attendent des nouvelles"
    assert overview.silence_sentence(plan([], silent[:1])) == "Une fiche attend des nouvelles"
    assert overview.silence_sentence(plan([], [sheet(1)])) is None


def test_the_tile_of_sheets_counts_each_status_and_leads_to_the_late_ones():
    tile = overview_tiles.sheets_tile(plan([], [sheet(1), sheet(2, ends=date(2026, 8, 31))]), "demo")
    assert (tile.figure, tile.lines) == ("2", ("2\u00a0en\u00a0cours",))
    assert tile.link is not None
    assert tile.link.parameters == {"demarche": "demo", "retard": "true"}
    assert "1 en retard" in tile.link.label


def test_the_tile_of_sheets_says_when_none_is_late():
    assert "aucune en retard" in overview_tiles.sheets_tile(plan([], [sheet(1)]), "demo").lines


def test_the_tile_of_progress_says_its_base_and_its_age():
    tile = overview_tiles.progress_tile(RollUp(52.4, 18, 22, 4), "demo")
    assert tile.figure == "52\u202f%"
    assert tile.lines == ("18\u00a0fiches sur\u00a022", "dont 4 de plus de six mois")


def test_progress_nobody_declared_is_not_zero():
    assert overview_tiles.progress_tile(RollUp(None, 0, 29, 0), "demo").figure == ":gray[*non renseigné*]"


def test_the_tile_of_indicators_sets_apart_what_can_be_judged():
    words = IndicatorWords({AttainmentWord.REACHED: 2, AttainmentWord.BELOW: 1, AttainmentWord.YEAR_RUNNING: 5})
    tile = overview_tiles.indicators_tile(words)
    assert tile.figure == "2 sur\u00a03"
    assert tile.lines == ("jugés sont atteints ou conformes", "5\u00a0année\u00a0en\u00a0cours")


def test_a_plan_without_indicators_says_so():
    assert overview_tiles.indicators_tile(IndicatorWords({})).lines == ("aucun indicateur n'est encore suivi",)


def test_the_tile_of_money_says_what_is_awaited_and_for_how_many_sheets_the_need_is_known():
    tile = overview_tiles.money_tile(YearMoney(2026, Known(46210000, 32, 34), Known(2500000, 2, 2), 11, 23))
    assert (tile.label, tile.figure) == ("Financements 2026", "462\u202f100\u00a0€")
    assert tile.lines == (
        "accordés, connus pour 32\u00a0lignes sur\u00a034",
        "25\u202f000\u00a0€ en attente de réponse",
        "besoin connu : 11\u00a0fiches sur\u00a023",
    )


def test_the_tile_of_money_says_how_many_lines_have_no_year():
    one, several = (
        overview_tiles.money_tile(YearMoney(2026, Known(100, 1, 1), Known(0, 0, 0), 0, 2, without_year=count))
        for count in (1, 3)
    )
    assert one.lines[-1] == "1\u00a0ligne sans exercice, non comptée"
    assert several.lines[-1] == "3\u00a0lignes sans exercice, non comptées"


def test_money_nobody_recorded_is_not_zero():
    tile = overview_tiles.money_tile(YearMoney(2026, Known(0, 0, 0), Known(0, 0, 0), 0, 29))
    assert tile.figure == ":gray[*non renseigné*]"


def test_the_tile_of_decisions_agrees_with_its_number():
    assert overview_tiles.decisions_tile(OpenDecisions(1, 0)).lines == (
        "décision ouverte",
        "aucune à échéance dépassée",
    )
    assert overview_tiles.decisions_tile(OpenDecisions(6, 3)).lines == ("décisions ouvertes", "3 à échéance dépassée")


def test_what_happened_since_the_committee_has_one_line_a_subject():
    since = Since(DAY, StatusMoves(started=2, finished=1), 4, 1, 5100000, 3, 1, 2)
    assert [line.split(": ", 1)[1] for line in overview.since_lines(since)] == [
        "4 étapes franchies",
        "2\u00a0fiches démarrées, 1 terminée",
        "1 échéance déplacée",
        "51\u202f000\u00a0€ accordés (3\u00a0financements), 1 refus",
        "2 décisions exécutées",
    ]


def test_a_refusal_alone_is_told():
    [line] = overview.since_lines(Since(DAY, refusals=1))
    assert line.endswith("1 refus")


def test_nothing_since_the_committee_has_no_line():
    assert overview.since_lines(Since(DAY)) == []


def test_after_an_import_what_was_understood_is_told_in_numbers():
    access = axis(1, "Faciliter l'accès")
    state = plan([access], [sheet(1, under=access, starts=date(2026, 2, 1)), sheet(2, lead=None)])
    told = overview.understood_lines(understood(state), "plan_[1].xlsx")
    assert told == [
        "2\u00a0fiches et 1\u00a0axe dans plan\\_\\[1\\]\\.xlsx",
        "1\u00a0fiche sur\u00a02 a un pilote : 1\u00a0structure pilote en tout",
        "Une fiche commence en 2026",
    ]


def test_after_an_import_nothing_missing_is_told():
    told = overview.understood_lines(understood(plan([], [sheet(1, lead=None)])), "plan.csv")
    assert told == ["1\u00a0fiche et 0\u00a0axe dans plan\\.csv"]


def test_the_marks_of_the_timeline_are_explained_only_when_they_are_there():
    assert overview.timeline_marks(plan([], [sheet(1)])) == ""
    assert overview.timeline_marks(plan([], [sheet(1, ends=date(2026, 1, 1))])) == "Contour orange : en retard"


def test_cells_to_settle_agree_with_their_number():
    assert overview.unsettled_sentence(1).startswith("1\u00a0cellule à préciser : gardée telle quelle")

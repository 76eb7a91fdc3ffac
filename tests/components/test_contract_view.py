from dataclasses import replace
from datetime import date

from components import contract_view, unplanned
from db.rules.contract import AmendmentTold, Comparison, Contract, Ground, Picture
from db.rules.progress import RollUp
from db.rules.vocabulary import PlacementEntry, Status, TerritoryKind
from tests.components.plans import sheet

DAY = date(2026, 10, 1)
SIGNED = Picture(
    sheets=20,
    by_entry={PlacementEntry.INITIAL: 20},
    withdrawn=1,
    progress=RollUp(52.6, 19, 19, 3),
    ends_on=date(2028, 12, 31),
    elapsed=0.527,
    signatories=10,
    territories={TerritoryKind.COMMUNE: 6},
)
NOW = replace(
    SIGNED,
    sheets=22,
    by_entry={PlacementEntry.INITIAL: 19, PlacementEntry.AMENDMENT: 2, PlacementEntry.UNPLANNED: 1},
    progress=RollUp(None, 0, 22, 0),
    ends_on=date(2029, 12, 31),
    elapsed=0.437,
    signatories=11,
    territories={TerritoryKind.COMMUNE: 6, TerritoryKind.INTERCOMMUNALITY: 1},
)
COMPARED = Comparison(DAY, date(2024, 3, 29), 1, SIGNED, NOW)
CONTRACT = Contract(date(2024, 3, 29), date(2024, 3, 29), date(2028, 12, 31), ("Agglo",), (), (), ())
AMENDMENT = AmendmentTold(1, 1, date(2025, 1, 1), "Objet", date(2029, 12, 31), (), (), (), (), (), ())


def plain(text: str) -> str:
    """The text with ordinary spaces."""
    return text.replace("\u00a0", " ")


def test_a_sentence_says_all_that_moved_since_the_signature():
    assert plain(contract_view.changes_sentence(COMPARED)) == (
        "Au 1er octobre 2026, un avenant est signé. Depuis la signature : deux fiches ajoutées par avenant ; une "
        "action hors contrat initial ; une fiche retirée ; la fin est portée au 31 décembre 2029 ; "
        "11 signataires au lieu de 10 ; 6 communes et 1 intercommunalité au lieu de 6 communes."
    )


def test_a_contract_that_has_not_moved_is_said_to_be_as_it_was_signed():
    same = replace(SIGNED, withdrawn=0)
    told = contract_view.changes_sentence(replace(COMPARED, amendments=0, signed=same, now=same))
    assert told == "Au 1er\u00a0octobre 2026, aucun avenant n'est signé. Le contrat est tel qu'il a été signé."


def test_the_two_states_stand_side_by_side_with_what_each_figure_stands_on():
    rows = {label: (signed, now) for label, signed, now in contract_view.comparison_rows(COMPARED)}
    assert rows["Fiches actions"] == (
        "**20**  \n:gray[dont 1 retirée depuis]",
        "**22**  \n:gray[19 au contrat initial, 2 par avenant et 1 hors contrat initial\u00a0; 1 retirée]",
    )
    assert rows["Avancement déclaré"] == (
        "**53\u202f%**  \n:gray[19\u00a0fiches sur\u00a019, dont 3 de plus de six mois]",
        ":gray[*non renseigné*]",
    )
    assert rows["Fin du contrat"] == ("31/12/2028", "31/12/2029")
    assert rows["Temps écoulé"] == ("**53\u202f%**", "**44\u202f%**")
    assert rows["Signataires"] == ("10", "11")


def test_the_contract_says_who_carries_it_and_until_when_it_now_runs():
    assert contract_view.contract_sentence(CONTRACT, DAY) == (
        "Signé le 29\u00a0mars 2024, porté par Agglo. Il court du 29\u00a0mars 2024 au 31\u00a0décembre 2028."
    )
    longer = replace(CONTRACT, amendments=(AMENDMENT,))
    assert contract_view.contract_sentence(longer, DAY).endswith("au 31\u00a0décembre 2029.")
    unknown = replace(CONTRACT, signed_on=None, starts_on=None, ends_on=None, sponsors=())
    assert contract_view.contract_sentence(unknown, DAY) == (
        "Date de signature non renseignée. Sa date de fin n'est pas renseignée."
    )


def test_an_amendment_says_what_it_does_beside_the_sheets_and_names_are_shown_as_typed():
    town = Ground(1, TerritoryKind.COMMUNE, "84050", "Gordes", None, None, 1)
    told = replace(AMENDMENT, entering=(town,), leaving=(town, town), signatories=("Caisse *A*",))
    assert contract_view.effects(told) == [
        "La fin du contrat est portée au 31\u00a0décembre 2029.",
        "Gordes entre dans le périmètre.",
        "Gordes et Gordes sortent du périmètre.",
        r"Signé par Caisse \*A\*.",
    ]


def test_the_month_of_an_unplanned_action_is_the_one_chosen_or_the_one_written():
    chosen = {"title": "T", "lead": None, "month": "octobre 2026", "other_month": "mars 2027"}
    assert unplanned.asked(chosen) == {"title": "T", "lead": None, "month": "octobre 2026"}
    assert unplanned.asked({**chosen, "month": unplanned.OTHER})["month"] == "mars 2027"


def test_an_action_awaits_its_validation_until_a_committee_gave_it():
    outside = sheet(1, entry=PlacementEntry.UNPLANNED, status=Status.ONGOING)
    assert unplanned.awaits_validation(outside)
    assert not unplanned.awaits_validation(replace(outside, validated_on=DAY))
    assert not unplanned.awaits_validation(sheet(1))

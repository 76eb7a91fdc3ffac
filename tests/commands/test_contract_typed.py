"""The forms of the contract and of its avenants, as people write them."""

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from db.commands import drafts
from db.commands.amendments import remove_amendment
from db.commands.contract_typed import read_amendment, save_amendment, save_contract
from db.commands.plan import add_sheet
from db.engine import reading, writing
from db.errors import Archived, Conflict, Invalid
from db.models import Act, JournalEntry
from db.queries.contract import amendment_base, contract_base
from db.rules.contract_form import AmendmentTerms, note_field
from db.rules.forms import Written
from db.rules.vocabulary import PlacementEntry
from db.viewer import Viewer
from tests.builders import colleague
from tests.commands.amending import (
    FIRST,
    GORDES,
    ON,
    ROBION,
    Signed,
    composed,
    signed_contract,
    the_only_one,
    told,
)
from tests.commands.editing import CLAIRE
from tests.commands.taking_back import last_act, undo

OBJECT = "Prolongation d'un an"


@pytest.fixture
def signed(engine: Engine, viewer: Viewer) -> Signed:
    return signed_contract(engine, viewer)


@pytest.fixture
def local(sqlite_engine: Engine, viewer: Viewer) -> Signed:
    return signed_contract(sqlite_engine, viewer)


def opened(engine: Engine, viewer: Viewer, signed: Signed, amendment_id: int | None = None) -> str:
    """The key of the draft of a form just opened: of an avenant, or of a new one."""
    with writing(engine) as session:
        base = amendment_base(session, viewer, initiative_id=signed.id, on=ON, amendment_id=amendment_id)
        return drafts.start_draft(session, viewer, f"amendment:{signed.id}", base).key


def held(engine: Engine, viewer: Viewer, key: str) -> dict[str, Written]:
    """What the fields of a draft show."""
    with reading(engine) as session:
        return dict(drafts.draft_of(session, viewer, key)[0].base)


def save(
    engine: Engine,
    viewer: Viewer,
    signed: Signed,
    key: str,
    typed: Mapping[str, Written],
    amendment_id: int | None = None,
) -> None:
    with writing(engine) as session:
        save_amendment(
            session,
            viewer,
            key=key,
            typed={**held(engine, viewer, key), **typed},
            initiative_id=signed.id,
            on=ON,
            amendment_id=amendment_id,
        )


def test_an_amendment_is_composed_as_it_is_typed(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    typed = {
        "signed_on": "1er mars 2025",
        "object": OBJECT,
        "new_ends_on": "2029",
        "added": ["1.4 Fiche 1.4"],
        "withdrawn": ["1.2 Fiche 1.2"],
        "rewritten": ["1.1 Fiche 1.1"],
        note_field(signed.place("1.1")): "Les dates",
        "entering": ["gordes"],
        "leaving": ["Robion (84099)"],
        "signatories": ["Caisse", "caisse", "Agence"],
    }
    save(engine, viewer, signed, opened(engine, viewer, signed), typed)
    amendment = the_only_one(engine, viewer, signed)
    assert (amendment.number, amendment.signed_on, amendment.new_ends_on) == (1, FIRST, date(2029, 12, 31))
    assert [(sheet.label, sheet.note) for sheet in amendment.rewritten] == [("1.1 Fiche 1.1", "Les dates")]
    assert [ground.name for ground in amendment.entering] == ["Gordes"]
    assert amendment.signatories == ("Caisse", "Agence")


def terms(engine: Engine, signed: Signed, **typed: Written) -> AmendmentTerms:
    given = {"number": "1", "signed_on": "01/03/2025", "object": OBJECT, **typed}
    with reading(engine) as session:
        return read_amendment(session, signed.id, given, ON)


@pytest.mark.parametrize("typed", ["Gordes", "84050", "Gordes (84050)", " gordes "])
def test_a_territory_is_known_by_its_name_its_code_or_its_label(
    sqlite_engine: Engine, viewer: Viewer, local: Signed, typed: str
) -> None:
    assert terms(sqlite_engine, local, entering=[typed]).entering == (local.towns[GORDES],)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": "deux"}, "Numéro : un nombre entier, de 1 à 999, et non « deux »"),
        ({"number": None}, "Numéro : un nombre entier"),
        ({"number": "1" * 30}, "Numéro : un nombre entier"),
        ({"signed_on": ""}, "Date de signature : dites quel jour"),
        ({"signed_on": "mars 2025"}, "« mars 2025 » ne dit pas quel jour"),
        ({"signed_on": "32/01/2026"}, "Ce jour n'existe pas"),
        ({"new_ends_on": "plus tard"}, "Nouvelle fin du contrat : « plus tard »"),
        ({"object": "x" * 5000}, "compte 5000 caractères ; 2000 au plus"),
        ({"object": None}, "Objet : l'objet de l'avenant ne peut pas être vide"),
        ({"added": ["9.9 Inconnue"]}, "« 9.9 Inconnue » n'est plus dans le plan sous ce nom"),
        ({"entering": ["Nullepart-sur-Rien"]}, "n'est ni une commune ni un EPCI connu"),
        ({"signatories": ["z" * 400]}, "Signataires : le nom d'un signataire compte 400 caractères"),
    ],
)
def test_what_cannot_be_read_is_told_field_by_field(
    sqlite_engine: Engine, viewer: Viewer, local: Signed, typed: dict[str, Written], said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        terms(sqlite_engine, local, **typed)
    assert said in refused.value.message


def test_all_that_cannot_be_read_is_told_at_once(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    with pytest.raises(Invalid) as refused:
        terms(sqlite_engine, local, number="x", signed_on="y", object="")
    assert len(refused.value.message.split("\n\n")) == 3


def test_two_people_who_change_different_fields_of_an_amendment_both_keep_theirs(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Avant", leaving=(signed.towns[ROBION],)))
    mine, theirs = opened(engine, viewer, signed, key), opened(engine, viewer, signed, key)
    save(engine, viewer, signed, theirs, {"object": "Leur objet"}, key)
    save(engine, viewer, signed, mine, {"new_ends_on": "31/12/2029"}, key)
    amendment = the_only_one(engine, viewer, signed)
    assert (amendment.object, amendment.new_ends_on) == ("Leur objet", date(2029, 12, 31))
    assert [ground.name for ground in amendment.leaving] == ["Robion"]


def test_the_second_to_change_the_same_field_sees_both_values_and_writes_nothing(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Avant"))
    other = colleague(engine, CLAIRE)
    mine, theirs = opened(engine, viewer, signed, key), opened(engine, other, signed, key)
    save(engine, other, signed, theirs, {"object": "Le leur"}, key)
    with pytest.raises(Conflict) as refused:
        save(engine, viewer, signed, mine, {"object": "Le mien", "new_ends_on": "2029"}, key)
    [clash] = refused.value.clashes
    assert (clash.label, clash.base, clash.theirs, clash.mine) == ("Objet", "Avant", "Le leur", "Le mien")
    assert clash.author == "Claire, coordination"
    assert "Claire, coordination" in refused.value.message
    assert the_only_one(engine, viewer, signed).new_ends_on is None


def test_once_theirs_was_seen_the_form_is_saved_on_top_of_it(
    sqlite_engine: Engine, viewer: Viewer, local: Signed
) -> None:
    engine = sqlite_engine
    key = composed(engine, viewer, local, AmendmentTerms(1, FIRST, "Avant"))
    mine, theirs = opened(engine, viewer, local, key), opened(engine, viewer, local, key)
    save(engine, viewer, local, theirs, {"object": "Le leur"}, key)
    with writing(engine) as session:
        drafts.rebase(session, viewer, mine, {"object": "Le leur"})
    save(engine, viewer, local, mine, {"object": "Le mien"}, key)
    assert the_only_one(engine, viewer, local).object == "Le mien"


def trace(engine: Engine) -> tuple[int, int]:
    """How many acts there are, and lines of the journal."""
    with reading(engine) as session:
        acts, lines = (session.scalar(select(func.count()).select_from(table)) for table in (Act, JournalEntry))
    return acts or 0, lines or 0


def test_a_form_saved_as_it_was_opened_writes_nothing(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    terms = AmendmentTerms(1, FIRST, "Avant", leaving=(signed.towns[ROBION],), signatories=("Caisse", "Agence"))
    key = composed(engine, viewer, signed, terms)
    with writing(engine) as session:  # as a file does, which says no more of it
        entry, amendment = PlacementEntry.AMENDMENT, key
        add_sheet(session, viewer, initiative_id=signed.id, title="Venue", entry=entry, amendment_id=amendment)
    mine = opened(engine, viewer, signed, key)
    own, base = opened_contract(engine, viewer, signed)
    before = trace(engine)
    save(engine, viewer, signed, mine, {"signed_on": "1er mars 2025"}, key)
    with writing(engine) as session:
        save_contract(session, viewer, key=own, typed=base, initiative_id=signed.id, on=ON)
    assert trace(engine) == before


def test_an_amendment_removed_while_its_form_is_open_says_by_whom_and_the_form_goes_on_once_it_is_back(
    engine: Engine, viewer: Viewer, signed: Signed
) -> None:
    key = composed(engine, viewer, signed, AmendmentTerms(1, FIRST, "Avant"))
    mine, other = opened(engine, viewer, signed, key), colleague(engine, CLAIRE)
    with writing(engine) as session:
        remove_amendment(session, other, amendment_id=key)
    with pytest.raises(Archived, match=r"L'avenant n° 1 a été supprimé par Claire, coordination, le .* à \d+ h \d\d"):
        save(engine, viewer, signed, mine, {"object": "Le mien"}, key)
    undo(engine, viewer, last_act(engine))
    save(engine, viewer, signed, mine, {"object": "Le mien"}, key)
    assert the_only_one(engine, viewer, signed).object == "Le mien"


def test_the_contract_is_saved_as_it_is_typed(engine: Engine, viewer: Viewer, signed: Signed) -> None:
    key, base = opened_contract(engine, viewer, signed)
    typed = {
        **base,
        "signed_on": "15/03/2024",
        "starts_on": "mars 2024",
        "ends_on": "2028",
        "signatories": [*base["signatories"], "Département"],
        "territories": ["Cavaillon (84035)", "Pertuis"],
    }
    with writing(engine) as session:
        save_contract(session, viewer, key=key, typed=typed, initiative_id=signed.id, on=ON)
    contract = told(engine, viewer, signed)
    assert (contract.signed_on, contract.starts_on, contract.ends_on) == (
        date(2024, 3, 15),
        date(2024, 3, 1),
        date(2028, 12, 31),
    )
    assert [who.name for who in contract.signatories] == ["Agence", "Ville", "Département"]
    assert [ground.name for ground in contract.grounds] == ["Cavaillon", "Pertuis"]


def test_a_signature_is_a_day_and_nothing_wider(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    key, base = opened_contract(sqlite_engine, viewer, local)
    with pytest.raises(Invalid, match="ne dit pas quel jour"), writing(sqlite_engine) as session:
        typed = {**base, "signed_on": "2024"}
        save_contract(session, viewer, key=key, typed=typed, initiative_id=local.id, on=ON)


def test_the_same_day_written_two_ways_is_no_change(sqlite_engine: Engine, viewer: Viewer, local: Signed) -> None:
    engine = sqlite_engine
    key = composed(engine, viewer, local, AmendmentTerms(1, FIRST, "Avant"))
    mine, theirs = opened(engine, viewer, local, key), opened(engine, viewer, local, key)
    save(engine, viewer, local, theirs, {"signed_on": "02/03/2025"}, key)
    save(engine, viewer, local, mine, {"signed_on": "1er mars 2025", "object": "Le mien"}, key)
    amendment = the_only_one(engine, viewer, local)
    assert (amendment.signed_on, amendment.object) == (date(2025, 3, 2), "Le mien")


def opened_contract(engine: Engine, viewer: Viewer, signed: Signed) -> tuple[str, dict[str, Written]]:
    """The key of the draft of the contract's own form, just opened, and what it holds."""
    with writing(engine) as session:
        base = contract_base(session, viewer, initiative_id=signed.id, on=ON)
        return drafts.start_draft(session, viewer, f"contract:{signed.id}", base).key, base

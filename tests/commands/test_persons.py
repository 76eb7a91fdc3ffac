"""A person is handed all that is held of them; once erased, nothing of them is left anywhere."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, select, text

from db.commands import passwords, roles, ways_in
from db.commands.accounts import open_account
from db.commands.consultations import consult_acts
from db.commands.directory import add_person, find_or_create_organisation, involve
from db.commands.drafts import keep, start_draft
from db.commands.governance import add_body, add_decision, add_meeting
from db.commands.logbook import note
from db.commands.persons import GONE, erase_person, erase_person_named, export_person, review_person
from db.commands.plan import rewrite_sheet
from db.commands.series import declare_weather
from db.commands.sessions import digest_of
from db.engine import reading, writing
from db.erasure import clean
from db.errors import Invalid, Refused
from db.journal import acting
from db.models import (
    Account,
    AccountKey,
    Act,
    Credential,
    Decision,
    Handover,
    JournalEntry,
    Person,
    Throttle,
    WebSession,
)
from db.models.base import now_utc
from db.queries.persons import persons_held
from db.rules.access import AccountKeyKind, Role
from db.rules.vocabulary import BodyKind, InvolvementRole, MeetingState, Weather
from db.viewer import LOCAL_LOGIN, Viewer, viewer_named
from tests.builders import Plan, colleague, plan_in
from tests.commands.coming_in import QUICK
from tests.commands.handing import FUNCTION, LEAVER, Desk, account_for, coordinated, holds, passes
from tests.commands.taking_back import label, last_act, undo
from tests.conftest import ON, viewer_in

NAME, EMAIL, PHONE = "Zoé Quémeneur-Blévin", "zoe.quemeneur@ville.example", "06 98 76 54 32"
NEEDLES = ("quemeneur", "quémeneur", "blévin", "blevin", "zoe.q", "98 76 54", "98.76.54", "98765432")


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    """A plan in which somebody was named wherever one can be."""
    made = plan_in(engine, viewer)
    sheet = made.sheets["1.1"]
    with writing(engine) as session:
        by = (session, viewer)
        ccas = find_or_create_organisation(*by, "CCAS")
        cabinet = find_or_create_organisation(*by, f"Cabinet {NAME}")
        person = add_person(
            *by,
            function="Directrice",
            organisation_id=ccas.id,
            name=NAME,
            email=EMAIL,
            phone=PHONE,
            origin=f"carte de visite de {NAME}",
            on=ON,
        )
        involve(*by, role=InvolvementRole.LEAD, sheet_id=sheet, organisation_id=cabinet.id, person_id=person.id)
        rewrite_sheet(
            *by,
            sheet_id=sheet,
            fields={"title": f"Animer avec {NAME}", "notes": f"Appeler {NAME.upper()} au 06.98.76.54.32\nou {EMAIL}"},
        )
        declare_weather(
            *by, sheet_id=sheet, on=ON, weather=Weather.SUNNY, done="Vu Quemeneur-Blevin Zoe", signed_by=NAME
        )
        note(*by, initiative_id=made.initiative_id, text=f"{NAME} rappellera (+33 6 98 76 54 32)", noted_on=ON)
        note(*by, initiative_id=made.initiative_id, text=f"Urgent\n{NAME}", noted_on=ON)
        body = add_body(*by, initiative_ids=[made.initiative_id], kind=BodyKind.COPIL, name=f"Comité de {NAME}")
        meeting = add_meeting(*by, body_id=body.id, held_on=ON, state=MeetingState.CLOSED)
        add_decision(*by, meeting_id=meeting.id, number="1", text=f"Confié à {NAME}", owner_text=NAME)
        account = open_account(*by, login=EMAIL, function=f"Directrice ({NAME})", role=Role.COORDINATOR, starts_on=ON)
        with acting(session, viewer.actor_id, "invite", "Rattachement d'un accès"):
            account.person_id = person.id
            session.flush()
    with writing(engine) as session:
        theirs = viewer_named(session, EMAIL, ON)
        draft = start_draft(session, theirs, "note:1", {"text": NAME})
        keep(session, theirs, draft.key, {"text": f"brouillon de {NAME}"})
        note(session, theirs, initiative_id=made.initiative_id, text=f"écrit par {NAME}", noted_on=ON)
    return made


@pytest.fixture
def access(engine: Engine, plan: Plan) -> int:
    """What signing in leaves: a password, a session, a link, failures."""
    with writing(engine) as session:
        account = session.query(Account).filter_by(login=EMAIL).one()
        later = now_utc() + timedelta(days=1)
        session.add_all(
            [
                Credential(account_id=account.id, password_hash="$argon2id$x"),
                WebSession(digest="d1", account_id=account.id, device=f"Téléphone de {NAME}", ends_at=later),
                AccountKey(kind=AccountKeyKind.INVITATION, digest="d2", account_id=account.id, ends_at=later),
                Throttle(subject=digest_of(f"account:{EMAIL}")),
            ]
        )
        return account.id


def rows_that_name_them(engine: Engine) -> list[str]:
    """Each row, of any table, in which a needle is left."""
    found = []
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                raw = " ".join(str(part) for part in row)
                said = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), raw).casefold()
                found += [f"{table}: {needle} in {said[:200]}" for needle in NEEDLES if needle in said]
    return found


def test_once_erased_a_person_is_in_no_table_journal_and_search_words_included(
    engine: Engine, viewer: Viewer, access: int
):
    assert rows_that_name_them(engine)
    with writing(engine) as session:
        done = erase_person(session, viewer, who=EMAIL, on=ON)
    assert clean(engine)
    assert rows_that_name_them(engine) == []
    assert done.places["journal"] > 5
    with reading(engine) as session:
        tables = (Credential, WebSession, AccountKey, Throttle)
        assert [session.query(table).count() for table in tables] == [0, 0, 0, 0]
        account = session.get_one(Account, access)
        assert (account.login, account.disabled_at is not None) == (f"efface-{access}", True)
        assert session.get_one(Person, account.person_id).function == "Directrice"


def test_once_erased_nothing_of_them_is_left_in_the_bytes_of_the_files(sqlite_engine: Engine):
    engine = sqlite_engine
    viewer = viewer_in(engine)
    made = plan_in(engine, viewer)
    with writing(engine) as session:
        person = add_person(
            session, viewer, function="Directrice", name=NAME, email=EMAIL, phone=PHONE, origin="saisie", on=ON
        )
        note(session, viewer, initiative_id=made.initiative_id, text=f"{NAME} {EMAIL} {PHONE}", noted_on=ON)
        number = person.id
    assert in_files(engine)
    with writing(engine) as session:
        erase_person(session, viewer, who=str(number), on=ON)
    assert clean(engine)
    assert in_files(engine) == []


def in_files(engine: Engine) -> list[str]:
    """The needles found in the bytes of the database, of its write-ahead log and of its index."""
    base = Path(str(engine.url.database))
    files = [base, *base.parent.glob(f"{base.name}-*")]
    content = b"".join(path.read_bytes() for path in files if path.exists())
    return [needle for needle in (NAME, EMAIL, PHONE, "Quémeneur") if needle.encode() in content]


def test_a_person_is_handed_all_that_is_held_of_them_and_no_secret(engine: Engine, viewer: Viewer, access: int):
    with reading(engine) as session:
        told = export_person(session, viewer, who=NAME.lower())
    said = json.dumps(told, ensure_ascii=False)
    assert {part["table"] for part in told["contacts"]} == {"person", "person_detail"}
    assert [part["role"] for part in told["roles_tenus"]] == ["lead"]
    assert [part["login"] for part in told["acces"]] == [EMAIL]
    assert (len(told["droits"]), len(told["connexions"]), len(told["liens_envoyes"])) == (1, 1, 1)
    assert [part["label"] for part in told["actes"]] == ["Ligne notée au carnet de bord"]
    assert "brouillon de" in said
    assert {"action_sheet", "decision", "body", "weather_entry"} <= {part["table"] for part in told["nomme_ailleurs"]}
    assert "argon2" not in said
    assert all(secret not in said for secret in ('"digest"', '"salt"'))


@pytest.mark.parametrize("who", ["", "Zoé", "Quémeneur", "zoe", "99999", "%", NAME + " "])
def test_only_a_whole_name_finds_somebody(engine: Engine, viewer: Viewer, plan: Plan, who: str):
    with reading(engine) as session:
        if who.strip() == NAME:
            assert export_person(session, viewer, who=who)
        else:
            with pytest.raises(Invalid, match="Personne ici"):
                export_person(session, viewer, who=who)


def test_two_people_of_one_name_are_told_apart_by_their_number(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        twins = [
            add_person(session, viewer, function=None, name="Jean Petit", email=f"{n}@x.fr", on=ON).id for n in (1, 2)
        ]
    with writing(engine) as session, pytest.raises(Invalid, match=f"numéros {twins[0]}, {twins[1]}"):
        erase_person(session, viewer, who="Jean Petit", on=ON)
    with writing(engine) as session:
        erase_person(session, viewer, who=str(twins[0]), on=ON)


def test_who_does_not_administer_neither_reads_nor_erases(engine: Engine, plan: Plan):
    somebody = colleague(engine)
    with writing(engine) as session:
        for ask in (
            lambda: export_person(session, somebody, who=NAME),
            lambda: erase_person(session, somebody, who=NAME, on=ON),
            lambda: persons_held(session, somebody, ON),
            lambda: review_person(session, somebody, person_id=1, on=ON),
        ):
            with pytest.raises(Refused):
                ask()


def test_the_access_of_the_machine_itself_is_not_erased(engine: Engine, viewer: Viewer):
    with writing(engine) as session, pytest.raises(Invalid, match="machine"):
        erase_person(session, viewer, who=LOCAL_LOGIN, on=ON)


def test_contacts_are_to_be_reviewed_after_two_years(engine: Engine, viewer: Viewer):
    with writing(engine) as session:
        made = [
            add_person(session, viewer, function="Cadre", name=f"Ana N{n}", on=day).id
            for n, day in enumerate([date(2024, 9, 30), date(2024, 10, 1), date(2020, 2, 29)])
        ]
    with reading(engine) as session:
        assert [one.person_id for one in persons_held(session, viewer, ON) if one.is_due] == [made[2], made[0]]
    with writing(engine) as session:
        review_person(session, viewer, person_id=made[2], on=ON)
    with reading(engine) as session:
        told = [one for one in persons_held(session, viewer, ON) if one.is_due]
    assert [(one.person_id, one.origin, one.since) for one in told] == [(made[0], "saisie", date(2024, 9, 30))]


def test_an_erasure_asked_on_screen_wants_the_name_and_the_word(engine: Engine, viewer: Viewer, access: int) -> None:
    with reading(engine) as session:
        (held,) = persons_held(session, viewer, ON)
    assert (held.name, held.logins, held.origin) == (NAME, (EMAIL,), f"carte de visite de {NAME}")
    for typed in ({"name": "Zoé", "word": "EFFACER"}, {"name": NAME, "word": "effacer"}, {"name": None, "word": None}):
        with pytest.raises(Invalid, match="rien n'est effacé"), writing(engine) as session:
            erase_person_named(session, viewer, who=held.who, on=ON, **typed)
    with writing(engine) as session:
        erase_person_named(session, viewer, who=held.who, name="zoé quemeneur-blevin", word=" EFFACER ", on=ON)
    assert rows_that_name_them(engine) == []
    with reading(engine) as session:
        assert persons_held(session, viewer, ON) == ()


def test_who_has_an_access_alone_is_listed_exported_and_erased_too(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        add_person(session, viewer, function=None, name="7", on=ON)  # a name like a number stands for nobody else
        open_account(session, viewer, login=EMAIL, function="Évaluatrice", role=Role.EVALUATOR, starts_on=ON)
    with reading(engine) as session:
        held = next(one for one in persons_held(session, viewer, ON) if one.name == EMAIL)
        told = export_person(session, viewer, who=held.who)
    assert (held.person_id, held.function, held.is_due) == (None, "Évaluatrice", False)
    assert [part["login"] for part in told["acces"]] == [EMAIL]
    with writing(engine) as session:
        erase_person_named(session, viewer, who=held.who, name=EMAIL, word="EFFACER", on=ON)
    with reading(engine) as session:
        assert [one.name for one in persons_held(session, viewer, ON)] == ["7"]
    with writing(engine) as session, pytest.raises(Invalid, match="Personne ici"):
        erase_person(session, viewer, who=held.who, on=ON)


@pytest.fixture
def desk(engine: Engine, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A démarche whose post passed to somebody known by an access alone, to whom much was done."""
    monkeypatch.setattr(passwords, "HASHING", QUICK)
    made = coordinated(engine, viewer)
    plan = made.plan.initiative_id
    holds(engine, made)
    with writing(engine) as session:
        coming = ways_in.invite(
            session, viewer, login="z.b", function=f"{NAME}, coordinatrice", role=Role.PROJECT_OFFICER,
            secret="un lien", starts_on=ON, initiative_id=plan,
        ).id  # fmt: skip
    with writing(engine) as session:
        ways_in.choose_password(session, secret="un lien", password="quatre mots sans rapport", at=now_utc())
    with writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=coming, secret="un lien de plus")
    with writing(engine) as session:
        ways_in.change_password(session, account_id=coming, password="quatre mots bien autres", kept=0, at=now_utc())
    with writing(engine) as session:
        roles.give_role(session, viewer, account_id=coming, role=Role.SIGNATORY, starts_on=ON, initiative_id=plan)
    undo(engine, viewer, undo(engine, viewer, last_act(engine)))
    with writing(engine) as session:
        consult_acts(session, viewer, account_id=coming, reason="Vérifier")
    desk = Desk(made.plan, {**made.accounts, "z.b": coming})
    passes(engine, viewer, desk, "z.b", word=f"Bonjour {NAME}, tout est dans le carnet")
    return desk


def test_once_erased_who_was_known_by_an_access_alone_is_called_nobody_wherever_the_program_wrote_it(
    engine: Engine, viewer: Viewer, desk: Desk
) -> None:
    assert {"act", "decision", "handover", "journal"} <= {row.split(":")[0] for row in rows_that_name_them(engine)}
    with writing(engine) as session:
        done = erase_person(session, viewer, who="z.b", on=ON)
    assert rows_that_name_them(engine) == []
    assert done.places["decision"] == 1 and done.places["handover"] == 1
    with reading(engine) as session:
        labels = set(session.scalars(select(Act.label)))
        owners = list(session.scalars(select(Decision.owner_text).order_by(Decision.id)))
    assert {f"Mot de passe changé : {GONE}", f"Nouveau lien d'accès : {GONE}", f"Invitation : {GONE}"} <= labels
    assert owners == [GONE, "Ville", None]
    assert f"Invitation : {FUNCTION}" not in labels and f"Ouverture d'un accès : {FUNCTION}" in labels


@pytest.mark.parametrize(
    "ending", [" (en partie)", " (hors données personnelles)", " (hors données personnelles) (en partie)"]
)
def test_once_erased_nobody_is_called_by_an_act_taken_back_in_part(
    engine: Engine, viewer: Viewer, desk: Desk, ending: str
) -> None:
    with writing(engine) as session:
        act = session.scalars(select(Act).where(Act.undoes_id.is_not(None)).order_by(Act.id.desc())).first()
        assert act is not None and NAME in act.label
        act.label += ending
        session.flush()
        key, wanted = act.id, act.label.replace(f"{NAME}, coordinatrice", GONE)
    with writing(engine) as session:
        erase_person(session, viewer, who="z.b", on=ON)
    assert label(engine, key) == wanted


def test_a_function_that_others_have_too_stays_when_one_of_them_is_erased(engine: Engine, viewer: Viewer) -> None:
    desk = coordinated(engine, viewer)
    holds(engine, desk)
    account_for(engine, "suivante", Role.COORDINATOR, desk.plan.initiative_id, FUNCTION)
    with writing(engine) as session:
        erase_person(session, viewer, who=LEAVER, on=ON)
    with reading(engine) as session:
        assert session.scalars(select(Decision.owner_text).order_by(Decision.id)).first() == FUNCTION.lower()
        labels = list(session.scalars(select(Act.label)))
    assert labels.count(f"Ouverture d'un accès : {FUNCTION}") == 2


def test_the_word_of_a_handover_is_not_in_the_journal(engine: Engine, viewer: Viewer, desk: Desk) -> None:
    with reading(engine) as session:
        lines = session.scalars(select(JournalEntry).where(JournalEntry.table == "handover")).all()
        told = json.dumps([line.after for line in lines])
        assert session.scalars(select(Handover.word)).one() is not None
    assert lines and "carnet" not in told and "sha256:" in told


def test_an_erasure_is_not_taken_back_and_says_so(engine: Engine, viewer: Viewer, access: int) -> None:
    with writing(engine) as session:
        erase_person(session, viewer, who=EMAIL, on=ON)
    with pytest.raises(Invalid, match="ne s'annule pas"):
        undo(engine, viewer, last_act(engine))


def test_a_contact_says_where_it_comes_from(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session, pytest.raises(Invalid, match="L'origine"):
        add_person(session, viewer, function=None, name=NAME, origin=" ", on=ON)
    with writing(engine) as session:
        review_person(session, viewer, person_id=add_person(session, viewer, function=None, name=NAME, on=ON).id, on=ON)
    undo(engine, viewer, last_act(engine))
    with reading(engine) as session:
        (held,) = persons_held(session, viewer, ON)
    assert (held.origin, held.recorded_on, held.reviewed_on) == ("saisie", ON, None)

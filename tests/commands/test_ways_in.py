"""Who is let in: invitations, links that serve once, accesses that close, the last who administers."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from db.commands import passwords, roles, sessions, ways_in
from db.commands.directory import find_or_create_organisation
from db.engine import reading, writing
from db.errors import Invalid, Refused
from db.models import Account, Act, Grant
from db.rules.access import AccountKeyKind, Role
from db.viewer import Viewer
from tests.builders import colleague, plan_in
from tests.commands.coming_in import (
    MINUTE,
    NOW,
    PASSWORD,
    QUICK,
    account_of,
    invited,
    is_in,
    settled,
    signs_in,
    viewer_of,
)
from tests.conftest import ON, viewer_in

OTHER = "une autre suite de mots"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHING", QUICK)


def chooses(engine: Engine, secret: str, password: str = PASSWORD, at: timedelta = timedelta()) -> None:
    with writing(engine) as session:
        ways_in.choose_password(session, secret=secret, password=password, at=NOW + at)


def invites(engine: Engine, viewer: Viewer, **typed: object) -> None:
    told = {"login": "x.y", "function": "Quelqu'un", "role": Role.SIGNATORY, "starts_on": ON, "secret": "s"} | typed
    with writing(engine) as session:
        ways_in.invite(session, viewer, **told)  # type: ignore[arg-type]


def test_an_invitation_gives_one_role_in_a_plan_until_a_day(engine: Engine, viewer: Viewer) -> None:
    plan = plan_in(engine, viewer).initiative_id
    invites(engine, viewer, login="Jean.Dupont", initiative_id=plan, ends="juin 2027")
    with reading(engine) as session:
        grant = session.scalars(select(Grant).join(Account, Account.id == Grant.account_id).where(
            Account.login == "jean.dupont")).one()  # fmt: skip
        label = session.scalars(select(Act.label).order_by(Act.id.desc())).first()
    assert (grant.initiative_id, grant.role, grant.ends_on) == (plan, Role.SIGNATORY, date(2027, 6, 30))
    assert label == "Invitation : Quelqu'un"


def test_a_role_over_a_structure_names_it(engine: Engine, viewer: Viewer) -> None:
    with writing(engine) as session:
        structure = find_or_create_organisation(session, viewer, "Ville de Cavaillon").id
    for typed in (None, "  ", "Ville inconnue"):
        with pytest.raises(Invalid):
            invites(engine, viewer, role=Role.LEAD, structure=typed)
    invites(engine, viewer, role=Role.LEAD, structure="ville de cavaillon")
    with reading(engine) as session:
        assert session.scalars(select(Grant.organisation_id).where(Grant.role == Role.LEAD)).one() == structure


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"login": ""}, "identifiant"),
        ({"login": "jean dupont"}, "espace"),
        ({"login": "LOCAL"}, "déjà pris"),
        ({"function": " "}, "fonction"),
        ({"role": None}, "rôle"),
        ({"ends": "bientôt"}, "n'est pas comprise"),
        ({"ends": "2020"}, "précède"),
        ({"role": Role.EVALUATOR}, "a toujours une fin : tapez son dernier jour"),
    ],
)
def test_what_will_not_do_is_said_and_nobody_is_invited(
    engine: Engine, viewer: Viewer, typed: dict[str, object], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        invites(engine, viewer, **typed)
    with reading(engine) as session:
        assert list(session.scalars(select(Account.login))) == ["local"]


def test_a_plan_that_is_not_there_is_never_taken_for_all_of_them(engine: Engine, viewer: Viewer) -> None:
    with pytest.raises(Refused):
        invites(engine, viewer, initiative_id=0)


def test_only_who_administers_lets_in_and_shuts_out(engine: Engine) -> None:
    account = settled(engine)
    mine = colleague(engine)
    acts = [
        lambda s: ways_in.invite(s, mine, login="a.b", function="x", role=Role.EVALUATOR, secret="s", starts_on=ON),
        lambda s: ways_in.new_password_link(s, mine, account_id=account, secret="s"),
        lambda s: ways_in.disable_account(s, mine, account_id=account, on=ON),
        lambda s: ways_in.enable_account(s, mine, account_id=account, on=ON),
        lambda s: roles.withdraw_role(s, mine, grant_id=1, on=ON),
    ]
    for act in acts:
        with pytest.raises(Refused), writing(engine) as session:
            act(session)


def test_a_link_serves_once(engine: Engine) -> None:
    secret = invited(engine)
    chooses(engine, secret)
    with pytest.raises(Refused, match="déjà servi"):
        chooses(engine, secret, OTHER)
    assert is_in(engine, signs_in(engine))


def test_looking_at_a_link_does_not_use_it(engine: Engine) -> None:
    secret = invited(engine)
    with reading(engine) as session:
        told = [ways_in.key_told(session, secret, at=NOW) for _ in range(2)]
    assert [(one.kind, one.login) for one in told] == [(AccountKeyKind.INVITATION, "claire.martin")] * 2
    chooses(engine, secret)


@pytest.mark.parametrize("broken", ["", "x", "é", "claire.martin"])
def test_a_link_that_was_not_copied_whole_opens_nothing(sqlite_engine: Engine, broken: str) -> None:
    secret = invited(sqlite_engine)
    for typed in (broken, secret[:-1], sessions.digest_of(secret)):
        with pytest.raises(Refused):
            chooses(sqlite_engine, typed)


def test_an_invitation_lasts_seven_days_and_a_new_link_one(engine: Engine, viewer: Viewer) -> None:
    secret = invited(engine)
    with pytest.raises(Refused):
        chooses(engine, secret, at=timedelta(days=7))
    chooses(engine, secret, at=timedelta(days=7) - MINUTE)
    with writing(engine) as session:
        account = account_of(engine, "claire.martin")
        kind = ways_in.new_password_link(session, viewer, account_id=account, secret="nouveau", at=NOW)
    assert kind is AccountKeyKind.RESET
    with pytest.raises(Refused):
        chooses(engine, "nouveau", OTHER, timedelta(days=1))
    chooses(engine, "nouveau", OTHER, timedelta(days=1) - MINUTE)


def test_a_new_link_replaces_the_one_that_was_lost(engine: Engine, viewer: Viewer) -> None:
    lost = invited(engine)
    with writing(engine) as session:
        account = account_of(engine, "claire.martin")
        kind = ways_in.new_password_link(session, viewer, account_id=account, secret="nouveau", at=NOW)
    assert kind is AccountKeyKind.INVITATION
    with pytest.raises(Refused):
        chooses(engine, lost)
    chooses(engine, "nouveau")


def test_a_weak_password_is_refused_and_the_link_still_serves(engine: Engine) -> None:
    secret = invited(engine)
    for weak in ("court", "motdepasse2026", "claire.martin 2026"):
        with pytest.raises(Invalid):
            chooses(engine, secret, weak)
    chooses(engine, secret)


def test_a_new_password_by_link_ends_the_sessions_and_forgives_the_failures(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    secret = signs_in(engine)
    for _ in range(5):
        with pytest.raises(Refused):
            signs_in(engine, password="pas le bon du tout", address="198.51.100.1")
    with writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=account, secret="nouveau", at=NOW)
    chooses(engine, "nouveau", OTHER)
    assert not is_in(engine, secret)
    with pytest.raises(Refused):
        signs_in(engine)
    assert is_in(engine, signs_in(engine, password=OTHER))


def test_changing_one_s_password_ends_the_other_sessions_alone(engine: Engine) -> None:
    account = settled(engine)
    here, elsewhere = signs_in(engine), signs_in(engine)
    with writing(engine) as session:
        found = sessions.presence(session, here, at=NOW)
        assert found is not None
        ways_in.change_password(session, account_id=account, password=OTHER, kept=found.session_id, at=NOW)
    assert (is_in(engine, here), is_in(engine, elsewhere)) == (True, False)
    assert is_in(engine, signs_in(engine, password=OTHER))


def test_one_ends_one_s_own_sessions_and_nobody_else_s(engine: Engine) -> None:
    settled(engine)
    settled(engine, "jean.dupont")
    first, second, third = signs_in(engine), signs_in(engine), signs_in(engine)
    others = signs_in(engine, "jean.dupont")
    with reading(engine) as session:
        found = {secret: sessions.presence(session, secret, at=NOW) for secret in (first, second, others)}
    keys = {secret: one.session_id for secret, one in found.items() if one}
    mine = viewer_of(engine, "claire.martin")
    with pytest.raises(Refused), writing(engine) as session:
        ways_in.end_session(session, mine, session_id=keys[others], at=NOW)
    with writing(engine) as session:
        ways_in.end_session(session, mine, session_id=keys[second], at=NOW)
    assert [is_in(engine, one) for one in (first, second, third, others)] == [True, False, True, True]
    with writing(engine) as session:
        ways_in.end_other_sessions(session, mine, kept=keys[first], at=NOW)
    assert [is_in(engine, one) for one in (first, second, third, others)] == [True, False, False, True]


def test_closing_an_access_ends_its_sessions_and_links_at_once_and_opening_it_again_gives_back_its_role(
    engine: Engine, viewer: Viewer
) -> None:
    account = settled(engine)
    secret = signs_in(engine)
    with writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=account, secret="en route", at=NOW)
        ways_in.disable_account(session, viewer, account_id=account, on=ON, at=NOW)
    assert not is_in(engine, secret)
    assert viewer_of(engine, "claire.martin").roles == ()
    with pytest.raises(Invalid, match="rouvrez"), writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=account, secret="x", at=NOW)
    with writing(engine) as session:
        ways_in.enable_account(session, viewer, account_id=account, on=ON)
    assert not is_in(engine, secret)
    with pytest.raises(Refused):
        chooses(engine, "en route")
    assert is_in(engine, signs_in(engine))
    assert viewer_of(engine, "claire.martin").roles == ((None, Role.COORDINATOR),)


def test_the_last_who_administers_is_neither_shut_out_nor_stripped_of_the_role(engine: Engine, viewer: Viewer) -> None:
    first = settled(engine, "premiere", role=Role.ADMINISTRATOR)
    with reading(engine) as session:
        grant = session.scalars(select(Grant.id).where(Grant.account_id == first)).one()
    invited(engine, "pas.encore", role=Role.ADMINISTRATOR)  # who has no password yet cannot come in
    for _ in range(2):
        with pytest.raises(Invalid, match="dernier"), writing(engine) as session:
            ways_in.disable_account(session, viewer, account_id=first, on=ON, at=NOW)
        with pytest.raises(Invalid, match="dernier"), writing(engine) as session:
            roles.withdraw_role(session, viewer, grant_id=grant, on=ON)
    settled(engine, "seconde", role=Role.ADMINISTRATOR)
    with writing(engine) as session:
        roles.withdraw_role(session, viewer, grant_id=grant, on=ON)
    with pytest.raises(Invalid, match="dernier"), writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=account_of(engine, "seconde"), on=ON, at=NOW)


def test_the_person_at_the_machine_has_no_password_and_is_not_shut_out(engine: Engine, viewer: Viewer) -> None:
    local = account_of(engine, "local")
    with pytest.raises(Invalid, match="machine"), writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=local, secret="x", at=NOW)
    with pytest.raises(Invalid, match="machine"), writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=local, on=ON, at=NOW)


def test_each_act_is_in_the_journal_by_function_and_without_a_secret(engine: Engine, viewer: Viewer) -> None:
    account = settled(engine)
    with writing(engine) as session:
        ways_in.new_password_link(session, viewer, account_id=account, secret="nouveau", at=NOW)
    with writing(engine) as session:
        ways_in.disable_account(session, viewer, account_id=account, on=ON, at=NOW)
    with reading(engine) as session:
        told = list(session.scalars(select(Act.label).order_by(Act.id.desc()).limit(4)))[::-1]
    named = "Fonction de claire.martin"
    assert told == [
        f"Invitation : {named}",
        f"Mot de passe choisi : {named}",
        f"Nouveau lien d'accès : {named}",
        f"Accès fermé : {named}",
    ]
    assert viewer_in(engine).roles == ((None, Role.ADMINISTRATOR),)

"""« Accès » and « Mon accès », by role, with passwords and without."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from components import access_roles, forms, my_access, way_in, workspace
from components.server import identity
from db.commands import passwords, roles, sessions, ways_in
from db.commands.passwords import keep_password
from db.commands.plan import rewrite_sheet
from db.engine import reading, writing
from db.models import Grant
from db.models.base import now_utc
from db.rules.access import Role
from db.rules.ways_in import IDLE, LONGEST, WARNED
from db.settings import Access, settings
from db.viewer import viewer_named
from tests.commands.coming_in import QUICK, account_of, invited
from tests.conftest import viewer_in
from tests.pages.opening import on_database, opened, said

STRUCTURE = "Pour quelle structure"


@pytest.fixture
def base(own_demo: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The demonstration, where people sign in."""
    monkeypatch.setattr(passwords, "HASHING", QUICK)
    monkeypatch.setattr(settings(), "access", Access.ACCOUNTS)
    monkeypatch.setattr(settings(), "public_url", "https://balise.exemple.fr")
    with on_database(own_demo):
        yield own_demo


def comes_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, role: Role = Role.ADMINISTRATOR, login: str = "moi"
) -> str:
    """Somebody whose browser bears an open session; gives its secret."""
    invited(engine, login, role=role, at=now_utc())
    with writing(engine) as session:
        secret = sessions.open_session(session, account_of(engine, login), at=now_utc(), device="Firefox sur Linux")
    bears(monkeypatch, secret)
    return secret


def bears(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    cookies = {identity.session_cookie(): secret}
    monkeypatch.setattr(
        workspace, "caller", lambda _cookies, *, counts=True: identity.caller(lambda: cookies, counts=counts)
    )


def told(page: str) -> AppTest:
    app = opened(page)
    assert not app.exception
    return app


def test_without_passwords_both_pages_say_how_one_comes_in(own_demo: Engine) -> None:
    with on_database(own_demo):
        assert "ACCESS=accounts" in said(told("access.py"))
        assert my_access.NO_PASSWORD in said(told("my_access.py"))


def test_who_administers_is_told_of_everybody(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_in(base, monkeypatch)
    invited(base, "jean.dupont", role=Role.EVALUATOR, at=now_utc())
    words = said(told("access.py"))
    assert "jean.dupont" in words
    assert "Évaluateur externe, toutes les démarches" in words
    assert "n'a pas encore choisi son mot de passe" in words


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SIGNATORY, Role.EVALUATOR])
def test_nobody_else_is(base: Engine, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    comes_in(base, monkeypatch, role)
    invited(base, "jean.dupont", at=now_utc())
    assert "jean.dupont" not in said(told("access.py"))


def test_an_invitation_shows_its_link_once(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_in(base, monkeypatch)
    app = told("access.py")
    app.button(key="invite").click().run()
    for label, typed in (("Fonction", "Évaluatrice"), ("Identifiant", "Eva")):
        next(box for box in app.text_input if box.label.startswith(label)).input(typed).run()
    chosen(app, "Rôle", "Évaluateur externe")
    pressed(app, "Inviter")
    assert not app.code  # who evaluates comes until a day, which is asked for
    next(box for box in app.text_input if box.label == "Fin de l'accès (ce rôle en a toujours une)").input("2030").run()
    pressed(app, "Inviter")
    assert not app.exception
    (link,) = [code.value for code in app.code]
    assert "«\u00a0Nouveau lien\u00a0»" in said(app)
    assert link.startswith("https://balise.exemple.fr/acces/")
    with reading(base) as session:
        assert ways_in.key_told(session, link.rpartition("/")[2], at=now_utc()).login == "eva"
    app.button(key="access_link_copied").click().run()
    assert not app.code
    assert "Évaluateur externe, CLS Durance-Luberon (démonstration)" in said(app)


def test_who_leads_or_pays_is_invited_for_a_structure_chosen_in_the_directory(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch)
    app = told("access.py")
    app.button(key="invite").click().run()
    chosen(app, "Rôle", "Signataire")
    assert STRUCTURE not in [box.label for box in app.selectbox]
    for label, typed in (("Fonction", "Pilote du CCAS"), ("Identifiant", "ccas")):
        next(box for box in app.text_input if box.label.startswith(label)).input(typed).run()
    chosen(app, "Rôle", "Pilote ou contributeur")
    chosen(app, STRUCTURE, "CCAS de Cavaillon")
    pressed(app, "Inviter")
    assert app.code
    assert "Pilote ou contributeur, CLS Durance-Luberon (démonstration), pour CCAS de Cavaillon" in said(app)


def test_a_role_is_given_ended_withdrawn_and_taken_back_on_screen(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch)
    invited(base, "jean.dupont", role=Role.EVALUATOR, at=now_utc())
    account = account_of(base, "jean.dupont")
    app = told("access.py")
    app.button(key=f"give_{account}").click().run()
    next(box for box in app.selectbox if box.label == "Rôle").select("Signataire").run()
    pressed(app, "Donner ce rôle")
    assert "Signataire, CLS Durance-Luberon (démonstration)" in said(app)
    evaluator = grant_of(base, account)
    app.button(key=f"end_{evaluator}").click().run()
    ends_on(app).input("juin 2030").run()
    pressed(app, "Enregistrer la fin")
    assert "Évaluateur externe, toutes les démarches, jusqu’au 30\u00a0juin 2030" in said(app)
    app.button(key=f"withdraw_{evaluator}").click().run()
    assert "Évaluateur externe" not in said(app)
    pressed(app, "Annuler")
    assert "Évaluateur externe, toutes les démarches, jusqu’au 30\u00a0juin 2030" in said(app)


def test_an_end_that_somebody_else_changed_meanwhile_is_chosen_and_nothing_is_lost(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch)
    invited(base, "jean.dupont", role=Role.SIGNATORY, at=now_utc())
    grant = grant_of(base, account_of(base, "jean.dupont"))
    app = told("access.py")
    app.button(key=f"end_{grant}").click().run()
    ends_on(app).input("31/12/2030").run()
    with writing(base) as session:
        roles.end_role(session, viewer_in(base), grant_id=grant, ends="30/06/2030", was=None, on=now_utc().date())
    pressed(app, "Enregistrer la fin")
    assert "30/06/2030" in said(app)
    assert ends_on(app).value == "31/12/2030"
    pressed(app, "Enregistrer la fin")  # nothing was chosen: nothing is written
    assert held_until(base, grant) == date(2030, 6, 30)
    app.radio[0].set_value(forms.MINE).run()
    pressed(app, "Enregistrer ces choix")
    assert held_until(base, grant) == date(2030, 12, 31)


def test_a_role_withdrawn_while_a_page_is_open_shows_nothing_more(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch, Role.COORDINATOR)
    app = told("plan.py")
    assert "Durance" in said(app)
    with writing(base) as session:
        grant = grant_of(base, account_of(base, "moi"))
        roles.withdraw_role(session, viewer_in(base), grant_id=grant, on=now_utc().date())
    app.run()
    assert not app.exception
    assert "Durance" not in said(app)


def test_what_was_said_of_an_act_gives_way_to_the_next_one(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_in(base, monkeypatch)
    invited(base, "jean.dupont", role=Role.SIGNATORY, at=now_utc())
    account = account_of(base, "jean.dupont")
    app = told("access.py")
    app.button(key=f"closing_{account}").click().run()
    assert ["est fermé" in box.value for box in app.success] == [True]
    app.button(key=f"again_{account}").click().run()
    assert ["est rouvert" in box.value for box in app.success] == [True]
    app.button(key=f"link_{account}").click().run()
    assert app.code and not app.success


def test_a_refusal_stays_with_the_person_of_whom_it_speaks(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_in(base, monkeypatch)
    with writing(base) as session:
        keep_password(session, account_of(base, "moi"), "x")  # the one who administers, and can come in
    invited(base, "jean.dupont", role=Role.SIGNATORY, at=now_utc())
    jean = account_of(base, "jean.dupont")
    app = told("access.py")
    for key in (f"acts_{jean}", f"give_{jean}", "invite"):
        app.button(key=f"closing_{account_of(base, 'moi')}").click().run()
        assert ["dernier accès" in box.value for box in app.error] == [True]
        app.button(key=key).click().run()
        assert not app.error, key
        if key.startswith("acts"):
            app.button(key="acts_leave").click().run()


def chosen(app: AppTest, label: str, word: str) -> None:
    next(box for box in app.selectbox if box.label == label).select(word).run()
    assert not app.exception


def pressed(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception


def ends_on(app: AppTest) -> TextInput:
    return next(box for box in app.text_input if box.label.startswith("Dernier jour"))


def grant_of(engine: Engine, account: int) -> int:
    with reading(engine) as session:
        return session.scalars(select(Grant.id).where(Grant.account_id == account).order_by(Grant.id)).first() or 0


def held_until(engine: Engine, grant: int) -> date | None:
    with reading(engine) as session:
        return session.get_one(Grant, grant).ends_on


def test_one_sees_where_one_is_signed_in_and_leaves(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    comes_in(base, monkeypatch)
    app = told("my_access.py")
    assert "Firefox sur Linux" in said(app)
    app.button(key="sign_out").click().run()
    assert [title.value for title in app.title] == ["Vous n'êtes plus connecté"]


@pytest.mark.parametrize("page", ["overview.py", "plan.py", "week.py", "access.py", "exchange.py", "guide.py"])
def test_a_session_that_ended_shows_the_way_in_and_nothing_else(
    base: Engine, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    secret = comes_in(base, monkeypatch)
    app = told(page)
    with writing(base) as session:
        sessions.sign_out(session, secret, at=now_utc())
    app.run()
    assert [title.value for title in app.title] == ["Vous n'êtes plus connecté"]
    assert "Durance" not in said(app)
    assert not app.button


def test_an_act_of_who_is_no_longer_signed_in_writes_nothing(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = comes_in(base, monkeypatch)
    invited(base, "jean.dupont", at=now_utc())
    app = told("access.py")
    with writing(base) as session:
        sessions.sign_out(session, secret, at=now_utc())
    app.button(key=f"closing_{account_of(base, 'jean.dupont')}").click().run()
    with reading(base) as session:
        assert sessions._known(session, "jean.dupont")[0] is not None


@pytest.mark.parametrize("at", [IDLE, LONGEST])
def test_a_session_that_is_too_old_shows_the_way_in(base: Engine, monkeypatch: pytest.MonkeyPatch, at: object) -> None:
    invited(base, "moi", role=Role.ADMINISTRATOR, at=now_utc())
    with writing(base) as session:
        secret = sessions.open_session(session, account_of(base, "moi"), at=now_utc() - at)  # type: ignore[operator]
    bears(monkeypatch, secret)
    assert [title.value for title in told("overview.py").title] == ["Vous n'êtes plus connecté"]


def test_a_session_about_to_end_says_so_and_offers_to_stay_where_one_can(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_utc()
    invited(base, "moi", role=Role.ADMINISTRATOR, at=now)
    with writing(base) as session:
        secret = sessions.open_session(session, account_of(base, "moi"), at=now - LONGEST + WARNED / 2)
        found = sessions.presence(session, secret, at=now - LONGEST + WARNED / 2)
    assert found is not None
    sessions.seen(base, found, at=now)
    bears(monkeypatch, secret)
    app = told("guide.py")
    assert ["prend fin" in warning.value for warning in app.warning] == [True]
    assert "stay_signed_in" not in [button.key for button in app.button]
    assert "déconnecté" in way_in.ending(now, ZoneInfo("Europe/Paris"), can_stay=True)


def test_the_first_who_administers_invites_before_there_is_any_démarche(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings(), "access", Access.ACCOUNTS)
    monkeypatch.setattr(settings(), "public_url", "https://balise.exemple.fr")
    with on_database(sqlite_engine):
        comes_in(sqlite_engine, monkeypatch)
        app = told("access.py")
        app.button(key="invite").click().run()
        for label, typed in (("Fonction", "Coordination"), ("Identifiant", "coordination")):
            next(box for box in app.text_input if box.label.startswith(label)).input(typed).run()
        next(button for button in app.button if button.label == "Inviter").click().run()
        assert not app.code  # a role is missing: what was typed stays
        assert [box.value for box in app.text_input if box.label == "Identifiant"] == ["coordination"]
        next(box for box in app.selectbox if box.label == "Rôle").select("Coordinateur").run()
        next(button for button in app.button if button.label == "Inviter").click().run()
        assert not app.exception
        assert len(app.code) == 1


def test_two_démarches_of_the_same_name_are_told_apart() -> None:
    from db.rules.initiative import InitiativeChoice

    same = [InitiativeChoice(key, code, "CLS", "Europe/Paris", None) for key, code in ((1, "a"), (2, "b"))]
    assert access_roles.place_labels(same) == {"CLS (a)": 1, "CLS (b)": 2}


def test_who_administers_says_why_before_reading_somebody_s_acts_and_the_person_is_told(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch)
    invited(base, "jean.dupont", role=Role.COORDINATOR, at=now_utc())
    jean = account_of(base, "jean.dupont")
    with reading(base) as session:
        who = viewer_named(session, "jean.dupont", now_utc().date())
    with writing(base) as session:
        rewrite_sheet(session, who, sheet_id=1, fields={"means": "Un poste *de plus*"})
    app = told("access.py")
    app.button(key=f"acts_{jean}").click().run()
    assert "Modification de la fiche" not in everything(app)
    next(button for button in app.button if button.label == "Voir ses actes").click().run()
    assert any("La raison" in box.value for box in app.error)
    app.text_input[0].input("Retrouver *qui*").run()
    next(button for button in app.button if button.label == "Voir ses actes").click().run()
    assert "Modification de la fiche" in everything(app)
    bears(monkeypatch, opened_by(base, "jean.dupont"))
    words = everything(told("my_access.py"))
    assert "Modification de la fiche" in words
    assert "Consulté par l'administration le" in words and "pour\u00a0: Retrouver *qui*" in words


def opened_by(engine: Engine, login: str) -> str:
    with writing(engine) as session:
        return sessions.open_session(session, account_of(engine, login), at=now_utc(), device="Un téléphone")


def everything(app: AppTest) -> str:
    assert not app.exception
    return "\n".join([said(app), *(table.value.to_string() for table in app.table)]).replace("\\", "")


def test_the_address_of_somebody_s_acts_opens_nothing_to_who_does_not_administer(
    base: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    comes_in(base, monkeypatch, Role.COORDINATOR)
    invited(base, "jean.dupont", at=now_utc())
    app = opened("access.py", actes_de=str(account_of(base, "jean.dupont")))
    assert "Actes de" not in said(app) and "administrent Balise" in said(app)

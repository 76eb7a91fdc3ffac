"""The form of a link of answer, asked of a real server as a browser without scripts asks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from sqlalchemy import Engine, select

from components.server.answers import said
from db.commands.proposals import make_answer_link, refuse_proposal
from db.commands.sheets import add_milestone
from db.engine import reading, writing
from db.models import AnswerLink, Initiative, Proposal
from db.queries.proposals import asking, lead_links
from db.rules.patient import CAUTION
from tests.conftest import ON, Databases, viewer_in
from tests.house import ROOT
from tests.server.test_entrance import Browser
from tests.serving import Server, serving

NAME = "Dominique Exemple"


class Form(HTMLParser):
    """What a browser would send of a page: its fields by name, and the sheets whose part is unfolded."""

    def __init__(self, body: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.unfolded: list[bool] = []
        self.forms, self._area = 0, ""
        self.feed(body)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        self.forms += tag == "form"
        if tag == "details":
            self.unfolded.append("open" in told)
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""
        if tag == "input" and (told.get("type") == "text" or "checked" in told):
            self.fields[name] = told.get("value") or "on"

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data


@dataclass(frozen=True, slots=True)
class Lead:
    """A structure that leads two sheets or more, on its phone: the link, the sheets, a step of the first."""

    server: Server
    engine: Engine
    secret: str
    sheets: tuple[int, ...]
    step: int

    def opens(self) -> Browser:
        phone = Browser(self.server.url)
        assert phone.goes(f"/reponse/{self.secret}") == (303, "/reponse")
        assert phone.goes("/reponse")[0] == 200
        return phone

    def waiting(self) -> list[Proposal]:
        with reading(self.engine) as session:
            return list(session.scalars(select(Proposal).where(Proposal.archived_at.is_(None)).order_by(Proposal.id)))


@pytest.fixture(scope="module")
def house(databases: Databases) -> Iterator[tuple[Server, Engine]]:
    made = databases.copy("sqlite", "demo")
    with serving(ROOT / "app.py", database_url=made.url.render_as_string(hide_password=False), by_accounts=True) as one:
        yield one, made


@pytest.fixture
def lead(house: tuple[Server, Engine], request: pytest.FixtureRequest) -> Lead:
    server, engine = house
    viewer, secret = viewer_in(engine), f"secret-{request.node.name}"
    with writing(engine) as session:
        plan = session.scalars(select(Initiative).where(Initiative.code == "demo")).one()
        who = max(lead_links(session, viewer, plan.id, ON), key=lambda one: len(one.sheets)).organisation_id
        link = make_answer_link(
            session, viewer, initiative_id=plan.id, organisation_id=who, secret=secret, on=plan.reference_date or ON
        )
        sheets = tuple(one.sheet_id for one in asking(session, session.get_one(AnswerLink, link.id), ON).sheets)
        step = add_milestone(session, viewer, sheet_id=sheets[0], label="Trouver un local").id
    assert len(sheets) > 1
    return Lead(server, engine, secret, sheets, step)


def test_what_was_typed_of_another_sheet_stays_on_the_page_once_one_is_sent(lead: Lead) -> None:
    phone = lead.opens()
    first, second, *_ = lead.sheets
    form = Form(phone.body)
    assert form.forms == 1
    typed = form.fields | {
        "name": NAME,
        "function": "Directeur",
        f"{first}.done": "Tapé, pas envoyé",
        f"{first}.step_{lead.step}": "on",
        f"{second}.done": "\nEnvoyé",
    }
    before = len(lead.waiting())
    for _ in range(2):  # a second press, or the page asked for again
        assert phone.goes("/reponse", typed | {"sheet": str(second)})[0] == 200
    assert "C&#x27;est envoyé pour" in phone.body
    sent = lead.waiting()[before:]
    assert [(row.sheet_id, row.typed["done"], row.name) for row in sent] == [(second, "Envoyé", NAME)]
    after = Form(phone.body)
    kept = ("name", "function", f"{first}.done", f"{first}.step_{lead.step}")
    assert [after.fields[name] for name in kept] == [typed[name] for name in kept]
    assert after.unfolded == [True] + [False] * (len(lead.sheets) - 1)
    assert phone.body.count("tapé, pas encore envoyé") == 1


def test_what_is_wrong_is_said_of_the_sheet_sent_and_all_that_was_typed_stays(lead: Lead) -> None:
    phone = lead.opens()
    first, second, *_ = lead.sheets
    typed = Form(phone.body).fields | {"name": NAME, f"{first}.done": "Autre", f"{second}.progress": "120"}
    assert phone.goes("/reponse", typed | {"sheet": str(second)})[0] == 400
    assert "0 à 100" in phone.body and phone.body.count('role="alert"') == 1
    assert Form(phone.body).fields == typed


def test_the_texts_of_thirty_sheets_at_their_longest_are_taken(lead: Lead) -> None:
    phone = lead.opens()
    first = lead.sheets[0]
    typed = {f"{key}.{name}": "é" * 2500 for key in range(9000, 9030) for name in ("done", "todo", "obstacles")}
    typed |= {"name": NAME, f"{first}.done": "Court", "sheet": str(first)}
    assert phone.goes("/reponse", typed)[0] == 200
    assert lead.waiting()[-1].typed["done"] == "Court"


def test_enter_in_a_field_sends_no_sheet_by_surprise(lead: Lead) -> None:
    first_button = re.search("<button[^>]*>", lead.opens().body)
    assert first_button is not None and "disabled" in first_button[0]


def test_a_refused_answer_is_in_the_form_ready_to_be_corrected(lead: Lead) -> None:
    phone = lead.opens()
    first = lead.sheets[0]
    sent = {f"{first}.progress": "35", f"{first}.weather": "couvert", f"{first}.todo": "Trouver un local"}
    sent[f"{first}.step_{lead.step}"] = "on"
    assert phone.goes("/reponse", sent | {"name": NAME, "sheet": str(first)})[0] == 200
    with writing(lead.engine) as session:
        key = lead.waiting()[-1].id
        refuse_proposal(session, viewer_in(lead.engine), proposal_id=key, reason="C'est le chiffre de l'an dernier")
    assert phone.goes("/reponse")[0] == 200
    assert "le chiffre de l&#x27;an dernier" in phone.body
    mine = {name: text for name, text in Form(phone.body).fields.items() if name.startswith(f"{first}.") and text}
    assert mine == sent


def test_a_text_that_speaks_of_a_patient_is_kept_and_gently_told(lead: Lead) -> None:
    phone = lead.opens()
    first = lead.sheets[0]
    for text, is_told in (("Douze patients reçus", False), ("Mme Dupont, née le 12/03/1961", True)):
        assert phone.goes("/reponse", {f"{first}.done": text, "name": NAME, "sheet": str(first)})[0] == 200
        assert (said(CAUTION) in phone.body) is is_told
        assert lead.waiting()[-1].typed["done"] == text

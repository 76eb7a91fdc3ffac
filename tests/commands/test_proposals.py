"""What partners say by a link: theirs alone, seen by nobody until it is accepted, never lost."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, func, select

from db.commands.directory import find_or_create_organisation, involve
from db.commands.persons import erase_person_named, export_person
from db.commands.proposals import accept_proposal, make_answer_link, propose, refuse_proposal, revoke_answer_link
from db.commands.sheets import add_milestone
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.errors import Conflict, Invalid, Refused
from db.journal import DIGEST, last_act
from db.models import AnswerLink, JournalEntry, Milestone, ProgressEntry, Proposal, WeatherEntry
from db.queries.persons import persons_held
from db.queries.plan import plan_state
from db.queries.proposals import asking, lead_links, proposals
from db.queries.week import my_week
from db.rules.access import ProposalState, Role
from db.rules.mentions import MASK
from db.rules.proposals import LINK_DAYS
from db.rules.vocabulary import InvolvementRole, MilestoneState
from db.viewer import Viewer
from tests.builders import Plan, plan_in

ON = date(2026, 10, 1)
SECRET = "un-secret-de-deux-cent-cinquante-six-bits"
SAID = {"progress": "45 %", "weather": "couvert", "done": "Deux ateliers", "obstacles": "Le local ferme"}


@pytest.fixture
def plan(engine: Engine, viewer: Viewer) -> Plan:
    """A plan of two fiches; the first is led by the CCAS."""
    made = plan_in(engine, viewer)
    with writing(engine) as session:
        ccas = find_or_create_organisation(session, viewer, "CCAS d'essai").id
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=ccas, sheet_id=made.sheets["1.1"])
        add_milestone(session, viewer, sheet_id=made.sheets["1.1"], label="Recruter")
    return made


def ccas(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    with reading(engine) as session:
        return lead_links(session, viewer, plan.initiative_id, ON)[0].organisation_id


@pytest.fixture
def link(engine: Engine, viewer: Viewer, plan: Plan) -> int:
    return linked(engine, viewer, plan)


def linked(engine: Engine, viewer: Viewer, plan: Plan, secret: str = SECRET) -> int:
    who = ccas(engine, viewer, plan)
    with writing(engine) as session:
        return make_answer_link(
            session, viewer, initiative_id=plan.initiative_id, organisation_id=who, secret=secret, on=ON
        ).id


def says(engine: Engine, plan: Plan, number: str = "1.1", on: date = ON, secret: str = SECRET, **typed: object) -> int:
    told = {"typed": SAID, "steps": (), "name": "Dominique Exemple", "function": "Direction", **typed}
    with writing(engine) as session:
        return propose(session, secret=secret, sheet_id=plan.sheets[number], on=on, **told).id  # type: ignore[arg-type]


def counts(engine: Engine) -> tuple[int, int]:
    with reading(engine) as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (ProgressEntry, WeatherEntry))


def step(engine: Engine) -> Milestone:
    with reading(engine) as session:
        return session.scalars(select(Milestone)).one()


def test_what_is_proposed_is_seen_by_nobody_but_who_decides(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    says(engine, plan)
    with reading(engine) as session:
        told = proposals(session, viewer, plan.initiative_id, ON)
        reader = Viewer(1, ((plan.initiative_id, Role.SIGNATORY),))
        assert proposals(session, reader, plan.initiative_id, ON) == ()
        assert plan_state(session, viewer, plan.initiative_id, ON).sheets[0].progress.percent is None
    assert (told[0].name, told[0].organisation, told[0].typed["done"]) == (
        "Dominique Exemple",
        "CCAS d'essai",
        "Deux ateliers",
    )
    assert counts(engine) == (0, 0)


def test_what_is_accepted_is_news_signed_and_dated_by_who_said_it(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    key = says(engine, plan, steps=(step(engine).id,), on=date(2026, 9, 20))
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
    with reading(engine) as session:
        weather = session.scalars(select(WeatherEntry)).one()
        progress = session.scalars(select(ProgressEntry)).one()
    assert (weather.done, weather.signed_by, weather.on_date) == (
        "Deux ateliers",
        "Dominique Exemple, Direction",
        date(2026, 9, 20),
    )
    assert (progress.percent, progress.publication_id) == (45, None)
    assert step(engine).state is MilestoneState.DONE


def test_an_acceptance_is_taken_back_whole(engine: Engine, viewer: Viewer, plan: Plan, link: int) -> None:
    key = says(engine, plan, steps=(step(engine).id,))
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
        done = last_act(session)
    assert done is not None
    with writing(engine) as session:
        undo_act(session, viewer, done)
    with reading(engine) as session:
        assert session.get_one(Proposal, key).state is ProposalState.PROPOSED
        assert plan_state(session, viewer, plan.initiative_id, ON).sheets[0].progress.percent is None
    assert step(engine).state is MilestoneState.PLANNED


def test_what_is_refused_writes_nothing_and_says_why_on_the_same_link(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    key = says(engine, plan)
    with pytest.raises(Invalid), writing(engine) as session:
        refuse_proposal(session, viewer, proposal_id=key, reason="  ")
    with writing(engine) as session:
        refuse_proposal(session, viewer, proposal_id=key, reason="Le chiffre est celui de l'an dernier")
    with reading(engine) as session:
        sheet = asking(session, session.get_one(AnswerLink, link), ON).sheets[0]
    assert (sheet.state, sheet.reason) == (ProposalState.REFUSED, "Le chiffre est celui de l'an dernier")
    assert sheet.last == SAID
    assert counts(engine) == (0, 0)


def test_a_proposal_is_decided_once(engine: Engine, viewer: Viewer, plan: Plan, link: int) -> None:
    key = says(engine, plan)
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
    with pytest.raises(Conflict, match="déjà acceptée"), writing(engine) as session:
        refuse_proposal(session, viewer, proposal_id=key, reason="Non")


def test_the_same_thing_sent_twice_is_said_once(engine: Engine, plan: Plan, link: int) -> None:
    assert says(engine, plan) == says(engine, plan)


def test_a_page_asked_for_again_once_it_was_decided_proposes_nothing_more(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    key = says(engine, plan, steps=(step(engine).id,))
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
    assert says(engine, plan, steps=(step(engine).id,)) == key
    other = says(engine, plan, typed={"done": "Trois ateliers"})
    assert other != key
    with writing(engine) as session:
        refuse_proposal(session, viewer, proposal_id=other, reason="Lesquels ?")
    with pytest.raises(Invalid, match="Corrigez-la d'abord"):
        says(engine, plan, typed={"done": "Trois ateliers"})
    with reading(engine) as session:
        assert proposals(session, viewer, plan.initiative_id, ON) == ()
    assert says(engine, plan, typed={"done": "Trois ateliers, les 2, 9 et 16"}) not in (key, other)


def test_what_a_person_says_again_takes_the_place_of_what_they_said_and_a_colleague_s_stays(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    says(engine, plan)
    says(engine, plan, name="Claude Exemple", typed={"done": "Trois ateliers"})
    says(engine, plan, typed={"done": "Quatre ateliers"})
    with reading(engine) as session:
        told = proposals(session, viewer, plan.initiative_id, ON)
    assert [(one.name, one.typed) for one in told] == [
        ("Claude Exemple", {"done": "Trois ateliers"}),
        ("Dominique Exemple", {"done": "Quatre ateliers"}),
    ]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"typed": {"progress": "120"}}, "0 à 100"),
        ({"typed": {"weather": "grêle"}}, "pas dans la liste"),
        ({"typed": {}}, "au moins une chose"),
        ({"typed": {"done": "x" * 5000}}, "raccourcissez"),
        ({"name": " "}, "Votre nom"),
    ],
)
def test_what_cannot_be_kept_is_said_at_once(
    engine: Engine, plan: Plan, link: int, typed: dict[str, object], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        says(engine, plan, **typed)


def test_a_sheet_that_is_not_the_structure_s_does_not_exist_for_its_link(engine: Engine, plan: Plan, link: int) -> None:
    with pytest.raises(Refused):
        says(engine, plan, "1.2")


@pytest.mark.parametrize("secret", ["", "autre", SECRET[:-1], SECRET + "x"])
def test_a_secret_that_is_not_the_link_s_opens_nothing(engine: Engine, plan: Plan, link: int, secret: str) -> None:
    with pytest.raises(Refused, match="ne sert plus"):
        says(engine, plan, secret=secret)


def test_a_link_opens_for_45_days_and_nothing_after(engine: Engine, plan: Plan, link: int) -> None:
    says(engine, plan, on=ON + timedelta(days=LINK_DAYS))
    with pytest.raises(Refused, match="ne sert plus"):
        says(engine, plan, on=ON + timedelta(days=LINK_DAYS + 1))


def test_a_link_that_was_withdrawn_opens_nothing_and_what_came_by_it_stays(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    says(engine, plan)
    with writing(engine) as session:
        revoke_answer_link(session, viewer, link_id=link)
    with pytest.raises(Refused):
        says(engine, plan)
    with reading(engine) as session:
        assert len(proposals(session, viewer, plan.initiative_id, ON)) == 1


def test_a_new_link_closes_the_one_before(engine: Engine, viewer: Viewer, plan: Plan, link: int) -> None:
    linked(engine, viewer, plan, secret="un-autre-secret")
    with pytest.raises(Refused):
        says(engine, plan)
    says(engine, plan, secret="un-autre-secret")


def test_a_structure_that_leads_nothing_is_given_no_link(engine: Engine, viewer: Viewer, plan: Plan, link: int) -> None:
    with writing(engine) as session:
        other = find_or_create_organisation(session, viewer, "Une autre structure").id
    with pytest.raises(Invalid, match="ne pilote aucune fiche"), writing(engine) as session:
        make_answer_link(session, viewer, initiative_id=plan.initiative_id, organisation_id=other, secret="x", on=ON)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.LEAD, Role.EVALUATOR, Role.FUNDER])
def test_who_does_not_write_in_the_plan_makes_no_link_and_decides_nothing(
    engine: Engine, viewer: Viewer, plan: Plan, link: int, role: Role
) -> None:
    other, key = Viewer(1, ((plan.initiative_id, role),)), says(engine, plan)
    for act in (
        lambda session: revoke_answer_link(session, other, link_id=link),
        lambda session: accept_proposal(session, other, proposal_id=key, on=ON),
        lambda session: refuse_proposal(session, other, proposal_id=key, reason="Non"),
    ):
        with pytest.raises(Refused), writing(engine) as session:
            act(session)


def test_the_journal_keeps_no_name_of_who_answered_and_no_secret(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    says(engine, plan)
    with reading(engine) as session:
        told = [str(line.after) for line in session.scalars(select(JournalEntry))]
    assert not any("Dominique" in line or SECRET in line for line in told)
    assert any(DIGEST in line for line in told)


def test_the_form_starts_from_what_readers_see_and_from_what_was_said_last(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    key = says(engine, plan)
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
    with reading(engine) as session:
        sheet = asking(session, session.get_one(AnswerLink, link), ON).sheets[0]
    assert sheet.last == {**SAID}
    assert [one.label for one in sheet.steps] == ["Recruter"]


def test_answers_that_wait_are_in_the_week_of_who_coordinates(
    engine: Engine, viewer: Viewer, plan: Plan, link: int
) -> None:
    says(engine, plan)
    with reading(engine) as session:
        week = my_week(session, viewer, ((plan.initiative_id, ON),))
    assert week is not None
    assert [(one.initiative_id, one.answers) for one in week.received.items] == [(plan.initiative_id, 1)]


@pytest.mark.parametrize("name", ["Dominique Exemple", "Dominique"])
def test_who_is_known_by_their_answers_alone_is_listed_exported_and_erased(
    engine: Engine, viewer: Viewer, plan: Plan, link: int, name: str
) -> None:
    key = says(engine, plan, name=name)
    says(engine, plan, name="Claude Exemple", typed={"done": f"{name}, Direction, a tout fait"})
    with writing(engine) as session:
        accept_proposal(session, viewer, proposal_id=key, on=ON)
    with reading(engine) as session:
        held = next(one for one in persons_held(session, viewer, ON) if one.name == name)
        told = export_person(session, viewer, who=name.upper())
        assert export_person(session, viewer, who=held.who) == told
    assert (held.organisation, held.function, held.is_due) == ("CCAS d'essai", "Direction", False)
    assert [(row["id"], row["name"], row["typed"]) for row in told["reponses_par_lien"]] == [(key, name, SAID)]
    assert {"proposal", "weather_entry"} <= {part["table"] for part in told["nomme_ailleurs"]}
    with writing(engine) as session:
        done = erase_person_named(session, viewer, who=held.who, name=name, word="EFFACER", on=ON)
    assert done.places["proposal"] == 2
    with reading(engine) as session:
        kept = [str((row.name, row.typed)) for row in session.scalars(select(Proposal))]
        kept += [str(row.signed_by) for row in session.scalars(select(WeatherEntry))]
        kept += [str((row.before, row.after)) for row in session.scalars(select(JournalEntry))]
        assert not any("Dominique" in text for text in kept)
        assert [one.name for one in persons_held(session, viewer, ON)] == ["Claude Exemple"]
    for who in (name, held.who, MASK):
        with pytest.raises(Invalid, match="Personne ici"), reading(engine) as session:
            export_person(session, viewer, who=who)

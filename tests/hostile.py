"""A plan in which every text that people type is an attack, written as users write it: by commands."""

from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.commands.accounts import open_account
from db.commands.amendments import compose_amendment
from db.commands.directory import add_alias, add_person, find_or_create_organisation, involve
from db.commands.drafts import keep, start_draft
from db.commands.evaluation import add_assessment_item, add_evaluation_question, add_score
from db.commands.funding import add_budget_item, add_funding_line, decide_funding, record_amount
from db.commands.governance import add_agenda_item, add_body, add_decision, add_meeting
from db.commands.handover import hand_over
from db.commands.imports import apply_import
from db.commands.indicators import add_breakdown, add_indicator, record_measurement, set_target
from db.commands.initiatives import create_initiative
from db.commands.logbook import add_reminder, note
from db.commands.plan import add_axis, add_sheet
from db.commands.proposals import make_answer_link, propose, refuse_proposal
from db.commands.publish import publish_point
from db.commands.reading_links import make_reading_link
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_status, declare_weather
from db.commands.sheets import add_milestone, add_objective, attach_place, attach_term
from db.commands.unplanned import add_unplanned
from db.engine import writing
from db.exchange.upload import read_bytes, understand_book
from db.models import ActionSheet, Base
from db.rules.access import Role, SharedPage
from db.rules.contract_form import AmendmentTerms
from db.rules.vocabulary import (
    Absence,
    BodyKind,
    Direction,
    EvaluationCriterion,
    FundingDecision,
    FundingStage,
    InitiativeKind,
    InvolvementRole,
    MeasurementStatus,
    MeetingState,
    Status,
    ValueType,
    Vocabulary,
    Weather,
)
from db.viewer import Viewer
from tests.exchange.files import xlsx
from tests.payloads import TEXTS
from tests.typed_columns import free_columns

ON = date(2026, 10, 1)
NAMES = "hostile"


@dataclass(frozen=True, slots=True)
class Hostile:
    """The plan: its démarche, and the placement of the fiche that bears each text as its title."""

    initiative_id: int
    code: str
    placements: tuple[int, ...]


class Hand:
    """Whoever types: each call gives the next attack, so that fields hold all of them in turn."""

    def __init__(self, start: int) -> None:
        self.texts = cycle([*TEXTS[start:], *TEXTS[:start]])

    def __call__(self) -> str:
        return next(self.texts)

    def columns(self, table: type[Base], *without: str) -> dict[str, str]:
        """Every free column of a table, filled with three texts: a fiche in three holds all of them in each field."""
        named = [name for name in free_columns(table) if name not in without]
        return {name: "\n\n".join(self() for _ in range(3)) for name in named}


def hostile_plan(engine: Engine, viewer: Viewer, folder: Path) -> Hostile:
    """The plan, with a fiche for each attack in every field of it, in preparation after a first point."""
    with writing(engine) as session:
        return _Filling(session, viewer, folder).all()


class _Filling:
    def __init__(self, session: Session, viewer: Viewer, folder: Path) -> None:
        self.session, self.viewer, self.folder = session, viewer, folder
        self.by = (session, viewer)

    def all(self) -> Hostile:
        short = TEXTS[3]
        initiative = create_initiative(
            *self.by,
            name=TEXTS[0],
            short_name=short,
            code=NAMES,
            kind=InitiativeKind.CLS,
            fields={
                "starts_on": date(2024, 1, 1),
                "ends_on": date(2028, 12, 31),
                "reference_date": ON,
                "regional_link": TEXTS[4],
            },
        )
        self.home = initiative.id
        placements = tuple(self._sheet(rank, text) for rank, text in enumerate(TEXTS))
        self._contract(placements)
        self._governance()
        self._evaluation()
        self._of_the_plan()
        publish_point(*self.by, initiative_id=self.home, name=TEXTS[3], as_of=date(2026, 6, 30))
        for rank, placement in enumerate(placements):
            self._news(placement.sheet_id, Hand(rank + 5), date(2026, 9, 20))
        self._import()
        self._hand_over()
        self._share()
        for text in TEXTS[:20]:
            create_initiative(*self.by, name=text, short_name=text)
        return Hostile(self.home, NAMES, tuple(placement.id for placement in placements))

    def _hand_over(self) -> None:
        told: dict[str, Any] = {"role": Role.COORDINATOR, "starts_on": date(2024, 1, 1), "initiative_id": self.home}
        leaves, comes = (open_account(*self.by, login=text, function=text, **told).id for text in TEXTS[:2])
        word: dict[str, Any] = {"starts": f"{ON:%d/%m/%Y}", "today": ON, "word": "\n\n".join(TEXTS)[:4000]}
        hand_over(*self.by, initiative_id=self.home, from_account_id=leaves, to_account_id=comes, **word)

    def _share(self) -> None:
        for rank, text in enumerate(TEXTS):
            told: dict[str, Any] = {"page": SharedPage.PLAN, "until": None, "on": ON, "filters": {"q": text[:140]}}
            make_reading_link(
                *self.by, initiative_id=self.home, for_whom=text[:140], secret=f"une lecture {rank}", **told
            )

    def _sheet(self, rank: int, text: str) -> Any:
        hand = Hand(rank)
        axis = add_axis(*self.by, initiative_id=self.home, title=text, code=f"{text[:16]}{rank}")
        under = add_axis(*self.by, initiative_id=self.home, title=hand(), parent_id=axis.id)
        organisation = find_or_create_organisation(*self.by, f"{text} {rank}", acronym=hand())
        add_alias(*self.by, organisation_id=organisation.id, label=f"alias {hand()} {rank}")
        placement = add_sheet(
            *self.by,
            initiative_id=self.home,
            title=text,
            axis_id=under.id,
            code=text[:18],
            fields={**hand.columns(ActionSheet, "title", "plain_line"), "plain_line": text},
        )
        sheet = placement.sheet_id
        objective = add_objective(*self.by, sheet_id=sheet, text=hand(), code=hand()[:10])
        add_objective(*self.by, sheet_id=sheet, text=hand(), parent_id=objective.id)
        for due in (date(2026, 3, 1), date(2027, 3, 1)):
            add_milestone(
                *self.by, sheet_id=sheet, label=hand(), state_word=hand(), due_on=due, lead_id=organisation.id
            )
        attach_place(*self.by, sheet_id=sheet, label=hand())
        for vocabulary in (Vocabulary.TARGET_GROUP, Vocabulary.DETERMINANT, Vocabulary.LINKED_SCHEME):
            term = find_or_create_term(*self.by, vocabulary=vocabulary, label=f"{text} {rank}")
            attach_term(*self.by, sheet_id=sheet, term_id=term.id)
        person = add_person(
            *self.by,
            function=hand(),
            organisation_id=organisation.id,
            name=hand(),
            email=hand(),
            phone=hand(),
            origin=hand(),
            on=ON,
        )
        for role in (InvolvementRole.LEAD, InvolvementRole.PARTNER):
            involve(
                *self.by,
                role=role,
                sheet_id=sheet,
                organisation_id=organisation.id,
                person_id=person.id,
                function=hand(),
            )
        self._money(sheet, organisation.id, hand)
        self._indicator(hand, sheet_id=sheet)
        self._news(sheet, hand, date(2026, 5, 2))
        self._answer(sheet, organisation.id, hand, rank)
        note(*self.by, initiative_id=self.home, text=text, noted_on=ON, sheet_id=sheet, organisation_id=organisation.id)
        add_reminder(*self.by, initiative_id=self.home, text=text, due=date(2026, 9, 28), sheet_id=sheet)
        return placement

    def _answer(self, sheet: int, organisation: int, hand: Hand, rank: int) -> None:
        """What a partner says by a link: one answer that is refused, one that waits."""
        make_answer_link(
            *self.by, initiative_id=self.home, organisation_id=organisation, secret=f"secret {rank}", on=ON
        )
        for _ in range(2):
            said = propose(
                self.session,
                secret=f"secret {rank}",
                sheet_id=sheet,
                typed={name: hand() for name in ("done", "todo", "obstacles", "highlights")},
                steps=(),
                name=hand()[:140],
                function=hand(),
                on=ON,
            )
            if said.id % 2:
                refuse_proposal(*self.by, proposal_id=said.id, reason=hand())

    def _news(self, sheet: int, hand: Hand, on: date) -> None:
        status = (Status.ONGOING, Status.BLOCKED, Status.POSTPONED, Status.DROPPED)[sheet % 4]
        declare_status(
            *self.by,
            sheet_id=sheet,
            status=status,
            on=on,
            word=hand(),
            to_discuss=True,
            reason=hand(),
            unblocked_by=hand(),
            comment=hand(),
        )
        declare_progress(*self.by, sheet_id=sheet, on=on, percent=40, comment=hand())
        declare_weather(
            *self.by,
            sheet_id=sheet,
            on=on,
            weather=Weather.STORM,
            done=hand(),
            todo=hand(),
            obstacles=hand(),
            highlights=hand(),
            signed_by=hand(),
            comment=hand(),
        )

    def _money(self, sheet: int, organisation: int, hand: Hand) -> None:
        add_budget_item(*self.by, sheet_id=sheet, amount_cents=5_000_00, year=2026, label=hand())
        line = add_funding_line(
            *self.by,
            funder_id=organisation,
            beneficiary_id=organisation,
            sheet_id=sheet,
            scheme_label=hand(),
            frame=hand(),
            year=2026,
            reference=hand(),
            note=hand(),
        )
        decide_funding(*self.by, line_id=line.id, decision=FundingDecision.GRANTED, on=ON, comment=hand())
        record_amount(
            *self.by,
            line_id=line.id,
            stage=FundingStage.GRANTED,
            on=date(2026, 5, 1),
            amount_cents=2_000_00,
            reference=hand(),
            comment=hand(),
        )
        record_amount(
            *self.by,
            line_id=line.id,
            stage=FundingStage.GRANTED,
            on=date(2026, 5, 2),
            amount_cents=-1_00,
            is_correction=True,
            reason=hand(),
        )

    def _indicator(self, hand: Hand, **subject: int) -> None:
        fields = {
            name: hand()
            for name in ("code", "definition", "unit", "source", "verification", "limits", "target_reason", "note")
        }
        told = {"value_type": ValueType.NUMBER}
        told |= {"direction": next(iter(Direction))}
        indicator = add_indicator(*self.by, label=hand(), fields={**fields, **told}, **subject)
        part = add_breakdown(*self.by, indicator_id=indicator.id, dimension=hand(), part=hand())
        for value in ({"absence": Absence.UNAVAILABLE}, {"text_value": hand()}):
            set_target(*self.by, indicator_id=indicator.id, due_on=date(2026, 12, 31), on=ON, comment=hand(), **value)
            record_measurement(
                *self.by,
                indicator_id=indicator.id,
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 6, 30),
                on=date(2026, 6, 30),
                status=next(iter(MeasurementStatus)),
                source=hand(),
                evidence_url=hand(),
                comment=hand(),
                **value,
            )
        assert part.id

    def _contract(self, placements: tuple[Any, ...]) -> None:
        for rank, text in enumerate(TEXTS):
            terms = AmendmentTerms(
                number=rank + 1,
                signed_on=date(2025, 1, 1 + rank % 28),
                object=text,
                rewritten={placements[rank].id: text},
                signatories=(f"{text} signe {rank}",),
            )
            compose_amendment(*self.by, initiative_id=self.home, terms=terms)
        involve(
            *self.by,
            role=InvolvementRole.SIGNATORY,
            initiative_id=self.home,
            organisation_id=find_or_create_organisation(*self.by, TEXTS[3]).id,
            function=TEXTS[5],
        )

    def _governance(self) -> None:
        for rank, text in enumerate(TEXTS):
            hand = Hand(rank)
            body = add_body(
                *self.by,
                initiative_ids=[self.home],
                kind=next(iter(BodyKind)),
                name=text,
                fields={
                    name: hand()
                    for name in ("code", "mission", "chair_text", "composition_text", "quorum_text", "bylaws")
                },
            )
            meeting = add_meeting(
                *self.by, body_id=body.id, held_on=date(2026, 6, 1 + rank % 28), state=MeetingState.CLOSED
            )
            add_agenda_item(*self.by, meeting_id=meeting.id, title=text)
            add_decision(
                *self.by,
                meeting_id=meeting.id,
                number=f"{rank} {text}",
                text=text,
                owner_text=hand(),
                status_word=hand(),
            )

    def _evaluation(self) -> None:
        for rank, text in enumerate(TEXTS):
            question = add_evaluation_question(
                *self.by,
                initiative_id=self.home,
                code=f"{rank} {text}",
                criterion=next(iter(EvaluationCriterion)),
                question=text,
                sources=text,
            )
            item = add_assessment_item(
                *self.by, initiative_id=self.home, grid=text, criterion=text, item=text, scale=text
            )
            add_score(*self.by, year=2026, value=2, question_id=question.id, scale=text, argument=text)
            add_score(*self.by, year=2026, value=2, item_id=item.id, scale=text, argument=text)

    def _of_the_plan(self) -> None:
        for rank, text in enumerate(TEXTS):
            self._indicator(Hand(rank), initiative_id=self.home)
            open_account(*self.by, login=f"{text} {rank}", function=text, role=Role.SIGNATORY, starts_on=ON)
        for text in TEXTS[:4]:
            add_unplanned(
                *self.by, initiative_id=self.home, title=f"imprévue {text}", lead=text, month="mars 2026", on=ON
            )
        draft = start_draft(*self.by, f"note:{self.home}", {})
        keep(*self.by, draft.key, {"text": " ".join(TEXTS)})

    def _import(self) -> None:
        """A file whose cells cannot be understood: they wait to be settled, as they were written."""
        rows = [["Titre de l'action", "Statut", "Date de fin", "Avancement", "Pilote"]]
        rows += [[f"importée {rank}", text, text, text, text] for rank, text in enumerate(TEXTS) if text[0] not in "\t"]
        content = xlsx(self.folder / "hostile.xlsx", rows).read_bytes()
        read = understand_book(read_bytes(content, f"{TEXTS[3]}.xlsx".replace("/", "")), None, None)
        apply_import(*self.by, read.draft.draft, digest="empreinte", on=ON, initiative_id=self.home)

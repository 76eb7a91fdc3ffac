"""The demonstration's governance and its evaluation."""

import re
from collections import defaultdict
from typing import Any

from db.commands.demo_filling import Filling
from db.commands.demo_words import (
    BODIES,
    CRITERIA,
    DECISION_STATUSES,
    GRID_LABELS,
    LATE,
    LATE_WORD,
    certain_day,
)
from db.commands.evaluation import add_assessment_item, add_evaluation_question, add_score
from db.commands.governance import add_agenda_item, add_body, add_decision, add_meeting
from db.rules.vocabulary import Absence, MeetingState

NAMED_SHEET = re.compile(r"fiche (\d+\.\d+)")


def fill(filling: Filling, file: dict[str, Any]) -> None:
    """Add the bodies, their meetings and decisions, the questions and the grids of the file."""
    decided = _sheets_of_decisions(file)
    bodies = {told["code"]: _body(filling, told, place) for place, told in enumerate(file["gouvernance"]["instances"])}
    for meeting in file["gouvernance"]["reunions"]:
        _meeting(filling, bodies[meeting["instance"]], meeting, decided)
    for position, question in enumerate(file["evaluation"]["questions"]):
        _question(filling, question, position)
    _grids(filling, file["evaluation"])


def _sheets_of_decisions(file: dict[str, Any]) -> dict[str, list[str]]:
    """Which sheets say that a decision changed their status, by the number of the decision."""
    decided = defaultdict(list)
    for sheet in file["fiches"]:
        for entry in sheet["historique_statuts"]:
            if "decision" in entry:
                decided[entry["decision"]].append(sheet["code"])
    return decided


def _body(filling: Filling, told: dict[str, Any], position: int) -> int:
    body = add_body(
        filling.session,
        filling.viewer,
        initiative_ids=[filling.initiative_id],
        kind=BODIES[told["code"]],
        name=told["libelle"],
        fields={
            "code": told["code"],
            "mission": told["role"],
            "chair_text": told["presidence"],
            "composition_text": "\n".join(told["composition"]) or None,
            "meetings_per_year": told["frequence_annuelle"],
            "member_count": told["membres"],
            "quorum_text": told.get("quorum"),
            "bylaws": told.get("reglement_interieur"),
            "position": position,
        },
    )
    return body.id


def _meeting(filling: Filling, body_id: int, told: dict[str, Any], decided: dict[str, list[str]]) -> None:
    session, viewer = filling.session, filling.viewer
    meeting = add_meeting(
        session,
        viewer,
        body_id=body_id,
        held_on=certain_day(told["date"]),
        state=MeetingState.CLOSED,
        counts={
            "invited": told["invites"],
            "present": told["presents"],
            "excused": told["excuses"],
            "residents_present": told["habitants_presents"],
            "quorum_required": told["quorum_requis"],
            "quorum_reached": told["quorum_atteint"],
        },
    )
    items = [(title, False) for title in told["ordre_du_jour"]] + [
        (title, True) for title in told["elements_presentes"]
    ]
    for position, (title, is_presentation) in enumerate(items):
        add_agenda_item(
            session, viewer, meeting_id=meeting.id, title=title, is_presentation=is_presentation, position=position
        )
    for decision in told["releve_de_decisions"]:
        about = {*decided.get(decision["numero"], ()), *NAMED_SHEET.findall(decision["texte"])}
        add_decision(
            session,
            viewer,
            meeting_id=meeting.id,
            number=decision["numero"],
            text=decision["texte"],
            owner_text=decision["responsable"],
            due_on=certain_day(decision["echeance"]),
            status=DECISION_STATUSES[decision["statut"]],
            status_word=LATE if decision["statut"] == LATE_WORD else None,
            sheet_ids=[filling.sheet(code) for code in sorted(about)],
        )


def _question(filling: Filling, told: dict[str, Any], position: int) -> None:
    question = add_evaluation_question(
        filling.session,
        filling.viewer,
        initiative_id=filling.initiative_id,
        code=told["code"],
        criterion=CRITERIA[told["critere"]],
        question=told["question"],
        sources=", ".join(told["sources"]) or None,
        indicator_ids=[filling.indicators[code].id for code in told["indicateurs_lies"]],
        position=position,
    )
    add_score(
        filling.session,
        filling.viewer,
        question_id=question.id,
        year=2026,
        value=told["note_2026"],
        absence=Absence.NOT_PROVIDED if told["note_2026"] is None else None,
        scale=told["echelle"],
        argument=told["argument"],
    )


def _grids(filling: Filling, told: dict[str, Any]) -> None:
    own = told["autoevaluation_demarche"]
    lines = [(entry["critere"], item) for entry in own["criteres"] for item in entry["items"]]
    for position, (criterion, item) in enumerate(lines):
        marks = {2024: item["n2024"], 2026: item["n2026"]}
        _line(filling, own["referentiel"], criterion, item["item"], own["echelle"], marks, position)
    seven = told["sept_caracteristiques"]
    grid = f"Sept caractéristiques d'une démarche territoriale de santé ({seven['source']})"
    for position, (criterion, mark) in enumerate(seven["notes_2026"].items()):
        _line(filling, grid, criterion, None, None, {2026: mark}, position)


def _line(
    filling: Filling,
    grid: str,
    criterion: str,
    item: str | None,
    scale: str | None,
    marks: dict[int, int],
    position: int,
) -> None:
    row = add_assessment_item(
        filling.session,
        filling.viewer,
        initiative_id=filling.initiative_id,
        grid=grid,
        criterion=GRID_LABELS[criterion],
        item=item,
        scale=scale,
        position=position,
    )
    for year, value in marks.items():
        add_score(filling.session, filling.viewer, item_id=row.id, year=year, value=value, scale=scale)

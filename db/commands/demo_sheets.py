"""The demonstration's sheets: what they say, where they stand, who takes part, what was declared of them."""

from datetime import date
from typing import Any

from db.commands.amendments import amend_sheet
from db.commands.demo_filling import Filling
from db.commands.demo_words import (
    ENTRIES,
    LATE,
    LATE_WORD,
    OUTCOMES,
    PARTICIPATIONS,
    PRIORITIES,
    SCALES,
    STATUSES,
    STEPS,
    WEATHERS,
    certain_day,
    code_of,
    day,
)
from db.commands.directory import involve
from db.commands.plan import add_sheet
from db.commands.series import declare_progress, declare_status, declare_weather
from db.commands.sheets import add_milestone, add_objective, attach_place, attach_term
from db.rules.vocabulary import AmendmentChange, InvolvementRole, PlacementEntry, Vocabulary

CHANGES = {
    "fiches_ajoutees": AmendmentChange.ADDED,
    "fiches_retirees": AmendmentChange.WITHDRAWN,
    "fiches_reecrites": AmendmentChange.REWRITTEN,
}


def fill(filling: Filling, file: dict[str, Any]) -> None:
    """Add every sheet of the file, then what the amendments do to them."""
    signed = certain_day(file["demarche"]["date_signature"])
    for position, told in enumerate(file["fiches"]):
        _sheet(filling, told, position, signed)
        _people(filling, told)
        _words(filling, told)
        _steps(filling, told)
        _series(filling, told)
    for amendment in file["demarche"]["avenants"]:
        for key, change in CHANGES.items():
            for code in amendment[key]:
                amend_sheet(
                    filling.session,
                    filling.viewer,
                    amendment_id=filling.amendments[amendment["numero"]].id,
                    placement_id=filling.sheets[code].id,
                    change=change,
                )


def _sheet(filling: Filling, told: dict[str, Any], position: int, signed: date) -> None:
    entry = ENTRIES[told["origine"]]
    amendment = filling.amendments[told["avenant"]] if entry is PlacementEntry.AMENDMENT else None
    filling.sheets[told["code"]] = add_sheet(
        filling.session,
        filling.viewer,
        initiative_id=filling.initiative_id,
        title=told["intitule"],
        axis_id=filling.axes[told["objectif_strategique"]],
        code=told["code"],
        position=position,
        entry=entry,
        amendment_id=amendment.id if amendment else None,
        since=amendment.signed_on if amendment else day(told.get("inscrite_le")) or signed,
        fields={
            "plain_line": told["en_clair"],
            "rationale": told["constat"],
            "starts_on": certain_day(told["calendrier"]["debut"]),
            "ends_on": certain_day(told["calendrier"]["fin_prevue"]),
            "priority": code_of(PRIORITIES, told["priorite"]),
            "participation": code_of(PARTICIPATIONS, told["niveau_participation_habitants"]),
            "geo_scope": code_of(SCALES, told["echelle"]),
            "regional_link": told["articulation_prs"],
            "risks": "\n".join(told.get("risques_points_vigilance", ())) or None,
            "milestones_tell_all": told.get("etapes_completes", False),
        },
    )
    for place, text in enumerate(told["objectifs_operationnels"]):
        add_objective(filling.session, filling.viewer, sheet_id=filling.sheet(told["code"]), text=text, position=place)


def _people(filling: Filling, told: dict[str, Any]) -> None:
    lead = told["pilote"]
    parts = [(InvolvementRole.LEAD, lead["structure"], lead["fonction"])]
    parts += [(InvolvementRole.PARTNER, name, None) for name in told["partenaires"]]
    for position, (role, name, function) in enumerate(parts):
        organisation = filling.organisation(name)
        if organisation is not None:
            involve(
                filling.session,
                filling.viewer,
                role=role,
                sheet_id=filling.sheet(told["code"]),
                organisation_id=organisation,
                function=function,
                position=position,
            )


def _words(filling: Filling, told: dict[str, Any]) -> None:
    sheet_id = filling.sheet(told["code"])
    session, viewer = filling.session, filling.viewer
    for vocabulary, key in ((Vocabulary.TARGET_GROUP, "publics"), (Vocabulary.LINKED_SCHEME, "dispositifs")):
        for position, word in enumerate(told[key]):
            term = filling.term(vocabulary, word)
            attach_term(session, viewer, sheet_id=sheet_id, term_id=term.id, position=position)
    factors = [told["determinant_principal"], *told["determinants_secondaires"]]
    ranked = [filling.term(Vocabulary.DETERMINANT, factor) for factor in factors]
    for rank, term in enumerate(ranked, start=1):
        attach_term(session, viewer, sheet_id=sheet_id, term_id=term.id, rank=rank)
    above = {term.parent_id for term in ranked}
    for family in (filling.term(Vocabulary.DETERMINANT, name) for name in told["determinants"]):
        if family.id not in above:  # said by none of its factors
            attach_term(session, viewer, sheet_id=sheet_id, term_id=family.id, position=len(ranked))
    scope = told["portee"]
    for position, code in enumerate([*scope["communes"], *scope["qpv"]]):
        if code in filling.places:
            attach_place(session, viewer, sheet_id=sheet_id, territory_id=filling.places[code], position=position)
    for position, code in enumerate(scope["milieux"], start=len(filling.places)):
        setting = filling.term(Vocabulary.SETTING, code)
        attach_place(session, viewer, sheet_id=sheet_id, term_id=setting.id, position=position)


def _steps(filling: Filling, told: dict[str, Any]) -> None:
    for position, step in enumerate(told["etapes"]):
        add_milestone(
            filling.session,
            filling.viewer,
            sheet_id=filling.sheet(told["code"]),
            label=step["libelle"],
            state=STEPS[step["statut"]],
            state_word=LATE if step["statut"] == LATE_WORD else None,
            due_on=certain_day(step["echeance"]),
            done_on=day(step.get("fait_le")),
            weight=step.get("poids", 1),
            position=position,
        )


def _series(filling: Filling, told: dict[str, Any]) -> None:
    for entry in told["historique_statuts"]:
        declare(filling, told["code"], entry)
    for entry in told["avancements"]:
        progress(filling, told["code"], entry)
    for entry in told["meteos"]:
        weather(filling, told["code"], entry)


def declare(filling: Filling, code: str, entry: dict[str, Any]) -> None:
    """Declare a status of the file."""
    declare_status(
        filling.session,
        filling.viewer,
        sheet_id=filling.sheet(code),
        status=STATUSES[entry["statut"]],
        on=certain_day(entry["date"]),
        outcome=code_of(OUTCOMES, entry.get("issue")),
        until=day(entry.get("jusqu_au")),
        reason=entry.get("motif"),
        comment=f"Décision {entry['decision']}" if "decision" in entry else None,
    )


def progress(filling: Filling, code: str, entry: dict[str, Any]) -> None:
    """Declare a progress of the file."""
    declare_progress(
        filling.session,
        filling.viewer,
        sheet_id=filling.sheet(code),
        on=certain_day(entry["date"]),
        percent=entry["pct"],
    )


def weather(filling: Filling, code: str, entry: dict[str, Any]) -> None:
    """Declare a météo of the file."""
    declare_weather(
        filling.session,
        filling.viewer,
        sheet_id=filling.sheet(code),
        on=certain_day(entry["date"]),
        weather=WEATHERS[entry["meteo"]],
        done=entry["deja_fait"],
        todo=entry["a_faire"],
        obstacles=entry["freins"],
        highlights=entry["a_valoriser"],
        signed_by=entry["signe"],
    )

"""What of a fiche is edited together: its sections, the fields of each, and how a field is called."""

from db.rules.vocabulary import Labelled


class Section(Labelled):
    """A part of the fiche that « Modifier » opens; its code is the word of the address."""

    IDENTITY = "identite", "Titre et place dans le plan"
    RATIONALE = "constat", "Constat, objectifs et résultats"
    REACH = "publics", "Publics, déterminants et territoires"
    CALENDAR = "calendrier", "Calendrier et étapes"
    PARTNERS = "partenaires", "Qui y prend part"
    MORE = "precisions", "Moyens et précisions"
    NEWS = "nouvelles", "Nouvelles de la fiche"


FIELDS: dict[Section, dict[str, str]] = {
    Section.IDENTITY: {
        "title": "Titre",
        "plain_line": "En clair",
        "code": "N° de fiche",
        "axis": "Axe",
        "priority": "Priorité",
    },
    Section.RATIONALE: {
        "rationale": "Constat",
        "description": "Descriptif",
        "objectives": "Objectifs",
        "expected_results": "Résultats attendus",
    },
    Section.REACH: {
        "target_groups": "Publics",
        "target_text": "Publics : précisions",
        "main_determinant": "Déterminant principal",
        "determinants": "Autres déterminants",
        "geo_scope": "Échelle",
        "places": "Lieux",
        "settings": "Milieux",
        "territory_text": "Territoire : précisions",
        "participation": "Participation citoyenne",
        "participation_text": "Participation : précisions",
        "linked_schemes": "Dispositifs liés",
        "themes": "Thèmes",
        "regional_link": "Articulation avec le PRS",
    },
    Section.CALENDAR: {
        "starts": "Début",
        "ends": "Fin",
        "is_continuous": "Action continue ou récurrente",
        "calendar_text": "Calendrier",
        "milestones": "Étapes",
        "milestones_tell_all": "Les étapes décrivent toute l'action",
    },
    Section.PARTNERS: {
        "leads": "Pilote",
        "co_leads": "Copilotes",
        "partners": "Partenaires",
        "beneficiaries": "Bénéficiaires",
        "lead_service": "Direction ou service pilote",
    },
    Section.MORE: {
        "means": "Moyens humains et techniques",
        "governance_text": "Instances de gouvernance",
        "linked_actions": "Actions liées",
        "previous_action": "Action antérieure",
        "levers": "Leviers",
        "risks": "Points de vigilance",
        "evaluation_text": "Évaluation",
        "links": "Documents et liens",
        "notes": "Notes",
    },
    Section.NEWS: {
        "on": "Date des nouvelles",
        "status": "Statut",
        "outcome": "Issue",
        "until": "Reportée jusqu'à",
        "reason": "Motif",
        "unblocked_by": "Qui peut débloquer",
        "to_discuss": "À discuter en séance",
        "progress": "Avancement",
        "weather": "Météo",
        "done": "Déjà fait",
        "todo": "À faire",
        "obstacles": "Freins",
        "highlights": "À valoriser",
        "signed_by": "Signée par (une fonction)",
        "gathered": "Nouvelles recueillies auprès du pilote",
        "gathered_on": "Recueillies le",
    },
}

LABELS = {name: label for fields in FIELDS.values() for name, label in fields.items()}


def subject_of(sheet_id: int, section: Section) -> str:
    """What a draft of this section is about: « sheet:12:constat »."""
    return f"sheet:{sheet_id}:{section.value}"


def section_of(subject: str) -> tuple[int, Section] | None:
    """The fiche and the section that a draft is about; None when it is about something else."""
    kind, _, rest = subject.partition(":")
    sheet, _, section = rest.partition(":")
    if kind != "sheet" or not sheet.isdigit() or section not in set(Section):
        return None
    return int(sheet), Section(section)

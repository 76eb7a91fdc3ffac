"""The words of the demonstration's file, in Balise's own, and how its figures and dates are read."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from db.rules.vocabulary import (
    Accumulation,
    BodyKind,
    CountedPeople,
    DecisionStatus,
    Direction,
    EvaluationCriterion,
    Frequency,
    FundingDecision,
    FundingNature,
    FundingRegime,
    FundingStage,
    GeoScope,
    IndicatorKind,
    MeasurementStatus,
    MilestoneState,
    OrganisationKind,
    Outcome,
    Participation,
    Phase,
    PlacementEntry,
    Priority,
    Status,
    ValueType,
    Weather,
)

E = TypeVar("E", bound=StrEnum)
NOBODY = "À désigner"
LATE_WORD = "en_retard"
LATE = "en retard"

PHASES = {"mise_en_oeuvre": Phase.RUNNING}
ENTRIES = {
    "initial": PlacementEntry.INITIAL,
    "avenant": PlacementEntry.AMENDMENT,
    "hors_contrat_initial": PlacementEntry.UNPLANNED,
}
STATUSES = {
    "a_venir": Status.PLANNED,
    "en_cours": Status.ONGOING,
    "en_pause": Status.PAUSED,
    "reporte": Status.POSTPONED,
    "termine": Status.DONE,
    "abandonne": Status.DROPPED,
}
OUTCOMES = {"realisee": Outcome.FULL, "partielle": Outcome.PARTIAL, "non_realisee": Outcome.NONE}
STEPS = {
    "fait": MilestoneState.DONE,
    "en_cours": MilestoneState.ONGOING,
    "a_venir": MilestoneState.PLANNED,
    LATE_WORD: MilestoneState.ONGOING,
}
WEATHERS = {"soleil": Weather.SUNNY, "couvert": Weather.OVERCAST, "nuage": Weather.CLOUDY, "orage": Weather.STORM}
PRIORITIES = {"haute": Priority.HIGH, "moyenne": Priority.MEDIUM, "basse": Priority.LOW}
PARTICIPATIONS = {
    "aucune": Participation.NONE,
    "information": Participation.INFORMATION,
    "consultation": Participation.CONSULTATION,
    "concertation": Participation.DIALOGUE,
    "co_construction": Participation.CO_CONSTRUCTION,
}
SCALES = {"EPCI": GeoScope.INTERCOMMUNALITY, "QPV": GeoScope.DISTRICT, "communes": GeoScope.SEVERAL_COMMUNES}

INDICATOR_KINDS = {
    "contexte": IndicatorKind.CONTEXT,
    "moyens": IndicatorKind.MEANS,
    "realisation": IndicatorKind.OUTPUT,
    "processus": IndicatorKind.PROCESS,
    "resultat": IndicatorKind.RESULT,
    "impact": IndicatorKind.IMPACT,
}
VALUE_TYPES = {
    "nombre": ValueType.NUMBER,
    "pourcentage": ValueType.RATE,
    "taux": ValueType.RATE,
    "booleen": ValueType.YES_NO,
    "score": ValueType.SCORE,
    "qualitatif": ValueType.TEXT,
}
DIRECTIONS = {"hausse": Direction.UP, "baisse": Direction.DOWN, "neutre": Direction.NEUTRAL}
FREQUENCIES = {
    "trimestrielle": Frequency.QUARTERLY,
    "semestrielle": Frequency.HALF_YEARLY,
    "annuelle": Frequency.YEARLY,
    "ponctuelle": Frequency.ONCE,
}
ACCUMULATIONS = {
    "etat": Accumulation.STATE,
    "activite": Accumulation.PERIOD_ACTIVITY,
    "cumul": Accumulation.CUMULATIVE,
}
PEOPLE = {
    "personnes_differentes": CountedPeople.DISTINCT,
    "participations": CountedPeople.PARTICIPATIONS,
    "professionnels": CountedPeople.PROFESSIONALS,
}
MEASUREMENT_STATUSES = {"validee": MeasurementStatus.VALIDATED, "provisoire": MeasurementStatus.PROVISIONAL}
PARTS = {"qpv": "QPV", "hors_qpv": "hors QPV"}

STAGES = {
    "demande": FundingStage.REQUESTED,
    "notifie": FundingStage.GRANTED,
    "conventionne": FundingStage.CONTRACTED,
    "verse": FundingStage.PAID,
    "depense": FundingStage.SPENT,
    "justifie": FundingStage.JUSTIFIED,
}
DECISIONS = {
    "accorde": FundingDecision.GRANTED,
    "refuse": FundingDecision.REFUSED,
    "en_instruction": FundingDecision.PENDING,
}
NATURES = {"numeraire": FundingNature.CASH, "valorisation": FundingNature.IN_KIND}
REGIMES = {"droit_commun": FundingRegime.MAINSTREAM, "credits_specifiques": FundingRegime.SPECIFIC}

BODIES = {
    "COPIL": BodyKind.COPIL,
    "COPIL_CLSM": BodyKind.COPIL,
    "COTECH": BodyKind.COTECH,
    "COFIN": BodyKind.FUNDERS,
    "GT1": BodyKind.WORKING_GROUP,
    "GT2": BodyKind.WORKING_GROUP,
    "GT3": BodyKind.WORKING_GROUP,
    "CSH": BodyKind.RESIDENTS,
    "PLEN_CLSM": BodyKind.PLENARY,
    "CELLULE": BodyKind.UNIT,
}
DECISION_STATUSES = {
    "fait": DecisionStatus.DONE,
    "en_cours": DecisionStatus.ONGOING,
    LATE_WORD: DecisionStatus.ONGOING,
}
CRITERIA = {
    "pertinence": EvaluationCriterion.RELEVANCE,
    "coherence_interne": EvaluationCriterion.INTERNAL_COHERENCE,
    "coherence_externe": EvaluationCriterion.EXTERNAL_COHERENCE,
    "efficacite": EvaluationCriterion.EFFECTIVENESS,
    "efficience": EvaluationCriterion.EFFICIENCY,
    "utilite_impact": EvaluationCriterion.USEFULNESS,
    "durabilite": EvaluationCriterion.SUSTAINABILITY,
    "participation": EvaluationCriterion.PARTICIPATION,
}
GRID_LABELS = {
    "engagement_politique": "Engagement politique",
    "planification_programmation": "Planification et programmation",
    "ingenierie_specifique": "Ingénierie spécifique",
    "animation_des_partenariats": "Animation des partenariats",
    "politique": "Politique",
    "projet": "En mode projet",
    "territoriale": "Territoriale",
    "ascendante": "Ascendante",
    "partenariale": "Partenariale",
    "transversale": "Transversale",
    "coordonnee": "Coordonnée",
}

# The file writes some structures in short. Who they are is known here, and nowhere else: these are no aliases, since a
# real plan's « ARS » is not this one.
SAME_AS = {
    "ARS": "ARS PACA",
    "ARS PACA (DD84)": "ARS PACA",
    "ARS – santé environnement": "ARS PACA",
    "CAF": "CAF de Vaucluse",
    "CARSAT": "Carsat Sud-Est",
    "CH – pôle psychiatrie (fictif)": "Centre hospitalier (fictif)",
    "CH – psychiatrie (fictif)": "Centre hospitalier (fictif)",
    "CPAM": "CPAM de Vaucluse",
    "CPAM – mission accompagnement santé": "CPAM de Vaucluse",
    "CPTS": "CPTS Durance-Luberon (fictive)",
    "CPTS (fictive)": "CPTS Durance-Luberon (fictive)",
    "EPCI": "Durance-Luberon Agglo (fictif)",
    "EPCI – mobilité": "Durance-Luberon Agglo (fictif)",
    "MSA": "MSA Alpes-Vaucluse",
    "Missions locales": "Mission locale",
    "PASS du CH": "Centre hospitalier (fictif)",
    "Préfecture – MILDECA": "MILDECA (Préfecture)",
    "Ville de Cavaillon": "Commune de Cavaillon",
    "Ville de Pertuis": "Commune de Pertuis",
    "Éducation nationale": "Éducation nationale (DSDEN 84)",
}
KINDS = {
    OrganisationKind.HEALTH_AGENCY: ("ARS",),
    OrganisationKind.INTERCOMMUNALITY: ("Durance-Luberon Agglo",),
    OrganisationKind.STATE: ("Préfecture", "MILDECA", "État", "DRAJES", "DREAL", "PDLHI", "France services"),
    OrganisationKind.COMMUNE: ("Commune", "CCAS", "SCHS", "Police municipale", "Médiathèques", "Réussite éducative"),
    OrganisationKind.DEPARTMENT: ("Département", "PMI", "Conférence des financeurs"),
    OrganisationKind.REGION: ("Région",),
    OrganisationKind.SOCIAL_SECURITY: ("CPAM", "CAF", "MSA", "Carsat", "CARSAT"),
    OrganisationKind.HOSPITAL: ("Centre hospitalier", "Centre de vaccination", "Maison des adolescents"),
    OrganisationKind.PROFESSIONALS: ("CPTS", "Ordre des médecins", "Diététicienne"),
    OrganisationKind.EDUCATION: ("Éducation nationale", "Cité éducative", "Faculté", "CNFPT"),
    OrganisationKind.RESIDENTS: ("Conseils citoyens", "GEM"),
    OrganisationKind.COMPANY: ("Bailleur", "SAD"),
    OrganisationKind.ASSOCIATION: (
        "Association",
        "Centre social",
        "Centres sociaux",
        "Club",
        "CoDES",
        "Comités des fêtes",
        "CRES",
        "CRCDC",
        "CSAPA",
        "Familles rurales",
        "Maison Sport",
        "Mission locale",
        "Mutualité",
        "ORS",
        "Petits Frères",
        "UNAFAM",
        "Épicerie",
        "ADIL",
        "CAUE",
        "Agence d'urbanisme",
    ),
}


def kind_of(name: str) -> OrganisationKind:
    """What sort of structure one of the file's names is."""
    for kind, starts in KINDS.items():
        if name.startswith(starts):
            return kind
    return OrganisationKind.OTHER


def day(text: str | None) -> date | None:
    """A date of the file; None where it has none."""
    return date.fromisoformat(text) if text else None


def certain_day(text: str) -> date:
    """A date that the file always has."""
    return date.fromisoformat(text)


def year_of(period: str | int) -> tuple[date, date]:
    """The first and the last day of a year of the file."""
    year = int(period)
    return date(year, 1, 1), date(year, 12, 31)


def figure(value: int | float | None) -> Decimal | None:
    """A figure of the file, exact: 61.5 is 61.5 and not its nearest binary fraction."""
    return None if value is None else Decimal(str(value))


def cents(euros: int | float | None) -> int | None:
    """Euros of the file, in cents."""
    return None if euros is None else int(Decimal(str(euros)) * 100)


def code_of(words: dict[str, E], told: Any) -> E | None:
    """The code of a word that may be missing; a word that is not in the list is a mistake of the file."""
    return None if told is None else words[told]

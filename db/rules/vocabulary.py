"""The closed lists that the arithmetic depends on, stored as their code.

Open lists of the field (publics, déterminants, dispositifs…) are rows of `term`, which a coordinator may
extend; these are not: a rule reads each of them. `label_fr` is what a reader sees.
"""

from enum import StrEnum


class Labelled(StrEnum):
    """A code with the French words shown for it."""

    label_fr: str

    def __new__(cls, code: str, label_fr: str = "") -> "Labelled":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label_fr = label_fr
        return member


class InitiativeKind(Labelled):
    CLS = "cls", "Contrat local de santé"
    CLSM = "clsm", "Conseil local de santé mentale"
    ASV = "asv", "Atelier santé ville"
    OTHER = "other", "Autre démarche"


class Phase(Labelled):
    DIAGNOSIS = "diagnosis", "diagnostic"
    DRAFTING = "drafting", "élaboration"
    RUNNING = "running", "mise en œuvre"
    EVALUATION = "evaluation", "évaluation"
    CLOSED = "closed", "achevée"


class AxisLevel(Labelled):
    AXIS = "axis", "axe"
    STRATEGIC = "strategic", "objectif stratégique"
    OPERATIONAL = "operational", "objectif opérationnel"


class ObjectiveLevel(Labelled):
    GENERAL = "general", "objectif général"
    SPECIFIC = "specific", "objectif spécifique"
    OPERATIONAL = "operational", "objectif opérationnel"


class PlacementRole(Labelled):
    OWNER = "owner", "plan d'origine"
    GUEST = "guest", "repris d'un autre plan"


class PlacementEntry(Labelled):
    """How a sheet came into a plan."""

    INITIAL = "initial", "au contrat initial"
    AMENDMENT = "amendment", "par avenant"
    UNPLANNED = "unplanned", "hors contrat initial"


class AmendmentChange(Labelled):
    ADDED = "added", "ajoutée"
    WITHDRAWN = "withdrawn", "retirée"
    REWRITTEN = "rewritten", "réécrite"


class Status(Labelled):
    PLANNED = "planned", "à venir"
    ONGOING = "ongoing", "en cours"
    POSTPONED = "postponed", "reportée"
    PAUSED = "paused", "en pause"
    BLOCKED = "blocked", "bloquée"
    DONE = "done", "terminée"
    DROPPED = "dropped", "abandonnée"

    @property
    def is_over(self) -> bool:
        """Terminée or abandonnée: nothing more is expected of the sheet."""
        return self in (Status.DONE, Status.DROPPED)


class Outcome(Labelled):
    FULL = "full", "réalisée"
    PARTIAL = "partial", "partiellement réalisée"
    NONE = "none", "non réalisée"


class MilestoneState(Labelled):
    PLANNED = "planned", "à venir"
    ONGOING = "ongoing", "en cours"
    DONE = "done", "franchie"
    DROPPED = "dropped", "abandonnée"


class Weather(Labelled):
    """La météo of a sheet, as its lead feels it."""

    SUNNY = "sunny", "soleil"
    OVERCAST = "overcast", "couvert"
    CLOUDY = "cloudy", "nuage"
    STORM = "storm", "orage"


class Gathering(Labelled):
    """How the coordination heard news from the lead of a sheet, when it writes them down for them."""

    PHONE = "phone", "par téléphone"
    EMAIL = "email", "par courriel"
    MEETING = "meeting", "en réunion"


class Priority(Labelled):
    HIGH = "high", "haute"
    MEDIUM = "medium", "moyenne"
    LOW = "low", "basse"


class Participation(Labelled):
    NONE = "none", "pas de participation"
    INFORMATION = "information", "information"
    CONSULTATION = "consultation", "consultation"
    DIALOGUE = "dialogue", "concertation"
    CO_CONSTRUCTION = "co_construction", "co-construction"


class GeoScope(Labelled):
    DISTRICT = "district", "quartier prioritaire (QPV)"
    COMMUNE = "commune", "commune"
    SEVERAL_COMMUNES = "several_communes", "plusieurs communes"
    INTERCOMMUNALITY = "intercommunality", "intercommunalité (EPCI)"
    BASIN = "basin", "bassin de vie"
    DEPARTMENT = "department", "département"
    REGION = "region", "région"


class DatePrecision(Labelled):
    """How precisely a date was typed; stored is the first day of the period for a start, the last for an end."""

    DAY = "day", "jour"
    MONTH = "month", "mois"
    QUARTER = "quarter", "trimestre"
    HALF_YEAR = "half_year", "semestre"
    YEAR = "year", "année"


class Absence(Labelled):
    """Why a figure is not there. Zero is none of them: it is a value."""

    NOT_PROVIDED = "not_provided", "non renseigné"
    UNAVAILABLE = "unavailable", "non disponible"
    NOT_APPLICABLE = "not_applicable", "sans objet"


class AbsenceReason(Labelled):
    """What made a figure unavailable, when it was somebody's choice."""

    MASKED = "masked", "masquée à la source"


class InvolvementRole(Labelled):
    LEAD = "lead", "pilote"
    CO_LEAD = "co_lead", "copilote"
    PARTNER = "partner", "partenaire"
    BENEFICIARY = "beneficiary", "bénéficiaire"
    SIGNATORY = "signatory", "signataire"
    SPONSOR = "sponsor", "porteur"
    LEAD_CONTACT = "lead_contact", "personne pilote"
    ELECTED_LEAD = "elected_lead", "élu·e référent·e"
    CHAIR = "chair", "présidence"
    SEAT = "seat", "siège"


class OrganisationKind(Labelled):
    COORDINATION = "coordination", "coordination de la démarche"
    COMMUNE = "commune", "commune ou CCAS"
    INTERCOMMUNALITY = "intercommunality", "intercommunalité"
    DEPARTMENT = "department", "département"
    REGION = "region", "région"
    STATE = "state", "État"
    HEALTH_AGENCY = "health_agency", "agence régionale de santé"
    SOCIAL_SECURITY = "social_security", "organisme de protection sociale"
    HOSPITAL = "hospital", "établissement de santé"
    PROFESSIONALS = "professionals", "professionnels de santé (CPTS, MSP…)"
    ASSOCIATION = "association", "association"
    EDUCATION = "education", "éducation"
    RESIDENTS = "residents", "habitants et usagers"
    COMPANY = "company", "entreprise ou bailleur"
    OTHER = "other", "autre"


class Vocabulary(Labelled):
    """The open lists kept in `term`."""

    TARGET_GROUP = "target_group", "publics"
    DETERMINANT = "determinant", "déterminants de santé"
    LINKED_SCHEME = "linked_scheme", "dispositifs liés"
    FUNDING_SCHEME = "funding_scheme", "dispositifs de financement"
    SECTOR = "sector", "secteurs"
    SETTING = "setting", "milieux"
    THEME = "theme", "thèmes"


class TerritoryKind(Labelled):
    REGION = "region", "région"
    DEPARTMENT = "department", "département"
    INTERCOMMUNALITY = "intercommunality", "intercommunalité (EPCI)"
    COMMUNE = "commune", "commune"
    PRIORITY_DISTRICT = "priority_district", "quartier prioritaire (QPV)"


class IndicatorKind(Labelled):
    CONTEXT = "context", "contexte"
    MEANS = "means", "moyens"
    OUTPUT = "output", "réalisation"
    PROCESS = "process", "processus"
    RESULT = "result", "résultat"
    IMPACT = "impact", "impact"


class ValueType(Labelled):
    NUMBER = "number", "nombre"
    RATE = "rate", "taux"
    AMOUNT = "amount", "montant"
    DURATION = "duration", "durée"
    SCORE = "score", "note sur une échelle"
    YES_NO = "yes_no", "oui ou non"
    TEXT = "text", "texte"


class Accumulation(Labelled):
    """How the values of an indicator add up over time."""

    STATE = "state", "état"
    PERIOD_ACTIVITY = "period_activity", "activité de la période"
    CUMULATIVE = "cumulative", "cumul depuis le début"


class CountedPeople(Labelled):
    DISTINCT = "distinct", "personnes différentes"
    PARTICIPATIONS = "participations", "participations"
    PROFESSIONALS = "professionals", "professionnels"


class Direction(Labelled):
    UP = "up", "hausse"
    DOWN = "down", "baisse"
    STEADY = "steady", "maintien"
    NEUTRAL = "neutral", "neutre"


class Frequency(Labelled):
    MONTHLY = "monthly", "mensuelle"
    QUARTERLY = "quarterly", "trimestrielle"
    HALF_YEARLY = "half_yearly", "semestrielle"
    YEARLY = "yearly", "annuelle"
    ONCE = "once", "ponctuelle"


class MeasurementStatus(Labelled):
    PROPOSED = "proposed", "proposée"
    PROVISIONAL = "provisional", "provisoire"
    VALIDATED = "validated", "validée"
    REFUSED = "refused", "refusée"


class FundingNature(Labelled):
    CASH = "cash", "numéraire"
    IN_KIND = "in_kind", "valorisation"


class FundingRegime(Labelled):
    MAINSTREAM = "mainstream", "droit commun"
    SPECIFIC = "specific", "crédits spécifiques"


class FundingDecision(Labelled):
    NOT_ASKED = "not_asked", "prévue au plan"
    PENDING = "pending", "en instruction"
    GRANTED = "granted", "accordée"
    REFUSED = "refused", "refusée"


class FundingStage(Labelled):
    """What an amount of a line says. `planned` is a plan's own forecast: neither asked nor granted."""

    PLANNED = "planned", "prévu"
    REQUESTED = "requested", "demandé"
    GRANTED = "granted", "accordé"
    CONTRACTED = "contracted", "conventionné"
    PAID = "paid", "versé"
    SPENT = "spent", "dépensé"
    JUSTIFIED = "justified", "justifié"


class BodyKind(Labelled):
    COPIL = "copil", "comité de pilotage (COPIL)"
    COTECH = "cotech", "comité technique (COTECH)"
    WORKING_GROUP = "gt", "groupe de travail (GT)"
    FUNDERS = "cofin", "comité des financeurs"
    PLENARY = "plenary", "assemblée plénière"
    UNIT = "unit", "cellule de coordination"
    RESIDENTS = "residents", "conseil d'habitants"
    COORDINATORS = "coordinators", "réunion des coordinateurs du territoire"
    CITY_CONTRACT_GROUP = "city_contract_group", "groupe santé du contrat de ville"
    OTHER = "other", "autre instance"


class MeetingState(Labelled):
    PREPARATION = "preparation", "en préparation"
    CALLED = "called", "convoquée"
    RUNNING = "running", "en cours"
    CLOSED = "closed", "close"


class DecisionKind(Labelled):
    RESOLUTION = "resolution", "acte"
    REQUEST = "request", "demande"
    ARBITRATION = "arbitration", "arbitrage"


class DecisionForce(Labelled):
    ADOPTED = "adopted", "acté"
    OPINION = "opinion", "avis"
    TO_CONFIRM = "to_confirm", "à confirmer"


class DecisionStatus(Labelled):
    OPEN = "open", "ouverte"
    ONGOING = "ongoing", "en cours"
    DONE = "done", "exécutée"
    DROPPED = "dropped", "abandonnée"


class EvaluationCriterion(Labelled):
    RELEVANCE = "relevance", "pertinence"
    COHERENCE = "coherence", "cohérence"
    INTERNAL_COHERENCE = "internal_coherence", "cohérence interne"
    EXTERNAL_COHERENCE = "external_coherence", "cohérence externe"
    EFFECTIVENESS = "effectiveness", "efficacité"
    EFFICIENCY = "efficiency", "efficience"
    USEFULNESS = "usefulness", "utilité"
    SUSTAINABILITY = "sustainability", "durabilité"
    PARTICIPATION = "participation", "participation"


class NoteUse(Labelled):
    """What a line of the carnet de bord was turned into."""

    WEATHER = "weather", "météo"
    MILESTONE = "milestone", "étape"
    REMINDER = "reminder", "rappel"


class ActorKind(Labelled):
    PERSON = "person", "personne"
    SYSTEM = "system", "Balise"
    IMPORT = "import", "import"
    LINK = "link", "lien"


class ChangeKind(Labelled):
    INSERT = "insert", "ajout"
    UPDATE = "update", "modification"
    DELETE = "delete", "retrait"

"""The columns a plan's workbook may have: their French label (the one Balise exports) and how their cells are read."""

from enum import StrEnum

from db.rules.vocabulary import Labelled


class CellKind(StrEnum):
    """How a cell is read."""

    AXIS = "axis"
    WORD = "word"  # a closed list: status, priority…
    TEXT = "text"
    LIST = "list"
    DATE = "date"
    PERIOD = "period"
    AMOUNT = "amount"
    PERCENT = "percent"
    YES_NO = "yes_no"
    TITLE = "title"
    STRUCTURE = "structure"  # objectives, steps
    NUMBER = "number"


class Field(Labelled):
    """What a column says of a sheet; `label_fr` is the header of the export."""

    kind: CellKind

    def __new__(cls, code: str, label_fr: str, kind: CellKind = CellKind.TEXT) -> "Field":
        member = str.__new__(cls, code)
        member._value_ = code
        member.label_fr = label_fr
        member.kind = kind
        return member

    AXIS = "axis", "Axe", CellKind.AXIS
    SUB_AXIS = "sub_axis", "Objectif stratégique", CellKind.AXIS
    SUB_SUB_AXIS = "sub_sub_axis", "Objectif opérationnel du plan", CellKind.AXIS
    CODE = "code", "N° de fiche", CellKind.TITLE
    TITLE = "title", "Titre de l'action", CellKind.TITLE
    SUB_ACTION = "sub_action", "Titre de la sous-action", CellKind.TITLE
    PLAIN_LINE = "plain_line", "En clair"
    RATIONALE = "rationale", "Constat"
    DESCRIPTION = "description", "Descriptif"
    OBJECTIVES = "objectives", "Objectifs", CellKind.STRUCTURE
    GENERAL_OBJECTIVE = "general_objective", "Objectif général", CellKind.STRUCTURE
    SPECIFIC_OBJECTIVES = "specific_objectives", "Objectifs spécifiques", CellKind.STRUCTURE
    OPERATIONAL_OBJECTIVES = "operational_objectives", "Objectifs opérationnels", CellKind.STRUCTURE
    EXPECTED_RESULTS = "expected_results", "Résultats attendus"
    INDICATORS = "indicators_text", "Indicateurs"
    STATUS = "status", "Statut", CellKind.WORD
    STATUS_REASON = "status_reason", "Motif du statut"
    STATUS_UNTIL = "status_until", "Reportée jusqu'au", CellKind.DATE
    UNBLOCKED_BY = "unblocked_by", "Qui peut débloquer"
    TO_DISCUSS = "to_discuss", "À discuter", CellKind.YES_NO
    PROGRESS = "progress", "Avancement", CellKind.PERCENT
    PRIORITY = "priority", "Priorité", CellKind.WORD
    STARTS_ON = "starts_on", "Date de début", CellKind.DATE
    ENDS_ON = "ends_on", "Date de fin", CellKind.DATE
    PERIOD = "period", "Période", CellKind.PERIOD
    IS_CONTINUOUS = "is_continuous", "Action continue ou récurrente", CellKind.YES_NO
    CALENDAR = "calendar_text", "Calendrier"
    LEAD = "lead", "Structure pilote", CellKind.LIST
    CO_LEAD = "co_lead", "Structure copilote", CellKind.LIST
    PARTNER = "partner", "Partenaires", CellKind.LIST
    BENEFICIARY = "beneficiary", "Structures bénéficiaires", CellKind.LIST
    LEAD_SERVICE = "lead_service", "Direction ou service pilote"
    LEAD_CONTACT = "lead_contact", "Personne pilote", CellKind.LIST
    ELECTED_LEAD = "elected_lead", "Élu·e référent·e", CellKind.LIST
    PARTICIPATION = "participation", "Participation citoyenne", CellKind.WORD
    PARTICIPATION_TEXT = "participation_text", "Participation : précisions"
    TARGET_GROUPS = "target_groups", "Publics", CellKind.LIST
    TARGET_TEXT = "target_text", "Publics : précisions"
    DETERMINANTS = "determinants", "Déterminants de santé", CellKind.LIST
    THEMES = "themes", "Thèmes", CellKind.LIST
    SETTINGS = "settings", "Milieux d'intervention", CellKind.LIST
    GEO_SCOPE = "geo_scope", "Échelle", CellKind.WORD
    PLACES = "places", "Lieux", CellKind.LIST
    TERRITORY = "territory_text", "Territoire : précisions"
    LINKED_SCHEMES = "linked_schemes", "Dispositifs liés", CellKind.LIST
    REGIONAL_LINK = "regional_link", "Articulation avec le PRS"
    MEANS = "means", "Moyens humains et techniques"
    GOVERNANCE = "governance_text", "Instances de gouvernance"
    FUNDING_TEXT = "funding_text", "Financements"
    FUNDER = "funder", "Financeur", CellKind.LIST
    FUNDER_AMOUNT = "funder_amount", "Montant", CellKind.AMOUNT
    BUDGET = "budget", "Budget prévisionnel total", CellKind.AMOUNT
    MILESTONES = "milestones", "Étapes", CellKind.STRUCTURE
    MILESTONES_TELL_ALL = "milestones_tell_all", "Les étapes décrivent toute l'action", CellKind.YES_NO
    DONE_ON = "done_on", "Fait le", CellKind.DATE
    WEIGHT = "weight", "Poids", CellKind.NUMBER
    WEATHER = "weather", "Météo", CellKind.WORD
    WEATHER_DONE = "weather_done", "Déjà fait"
    WEATHER_TODO = "weather_todo", "À faire"
    WEATHER_OBSTACLES = "weather_obstacles", "Freins rencontrés"
    WEATHER_HIGHLIGHTS = "weather_highlights", "À valoriser"
    WEATHER_SIGNED_BY = "weather_signed_by", "Météo signée par"
    ENTRY = "entry", "Entrée dans le plan", CellKind.WORD
    PREVIOUS_ACTION = "previous_action", "Action antérieure"
    LINKED_ACTIONS = "linked_actions", "Actions liées"
    RISKS = "risks", "Risques et points de vigilance"
    LEVERS = "levers", "Leviers"
    EVALUATION = "evaluation_text", "Évaluation"
    NOTES = "notes", "Notes de suivi"
    LINKS = "links", "Documents et liens"


AXIS_FIELDS = (Field.AXIS, Field.SUB_AXIS, Field.SUB_SUB_AXIS)
TEXT_FIELDS = tuple(field for field in Field if field.kind is CellKind.TEXT)
# Several columns may feed these; elsewhere a second column of the same meaning is left aside and reported.
JOINED_KINDS = (CellKind.TEXT, CellKind.LIST, CellKind.STRUCTURE)

# Other labels met: eight families of fiches and eighteen years of public templates; compared without case, accents,
# brackets, numbers or units.
SYNONYMS: dict[Field, str] = {
    Field.AXIS: "axe strategique; axes; axe du plan; axe cls; axe de travail; orientation; orientation strategique; "
    "axe thematique; intitule de l'axe; axe prioritaire",
    Field.SUB_AXIS: "sous-axe; sous axes; objectif strategique; objectifs strategiques; sous-orientation; "
    "objectif strategique du plan",
    Field.SUB_SUB_AXIS: "sous-sous axe; sous-sous-axe; objectif operationnel du plan",
    Field.CODE: "n°; numero; no; num; code; reference; ref; n° fiche; n° action; numero de fiche; "
    "numero de la fiche; "
    "numero d'action; numero de l'action; n° de l'action; n° d'action; n° fiche action; code action; code fiche; "
    "numero fiche action; n° de la fiche; code de la fiche",
    Field.TITLE: "titre de la fiche action; titre; titre de la fiche; intitule; intitule de l'action; "
    "intitule de la fiche action; intitule de la fiche; intitule action; titre action; action; actions; "
    "fiche action; "
    "fiches actions; fiche; nom de l'action; nom; nom de la fiche; libelle; libelle de l'action; "
    "libelle de la fiche action; intervention; projet; titre du projet; intitule du projet; nom du projet; mesure",
    Field.SUB_ACTION: "sous-action; sous action; sous-actions; intitule de la sous-action; titre sous-action",
    Field.PLAIN_LINE: "en clair; en une phrase; resume pour les habitants; accroche",
    Field.RATIONALE: "contexte; constats; problematique; contexte et constats; diagnostic; contexte et enjeux; "
    "enjeux; "
    "constat et problematique; elements de diagnostic; justification; besoins identifies; contexte local; "
    "elements de contexte; constats et enjeux; contexte / constat",
    Field.DESCRIPTION: "description; description de l'action; descriptif de l'action; deroulement; contenu; "
    "contenu de l'action; presentation; presentation de l'action; resume; deroulement de l'action; "
    "detail de l'action; "
    "modalites de mise en oeuvre; modalites; mise en oeuvre; details",
    Field.OBJECTIVES: "objectif; objectifs de l'action; objectif de l'action; objectifs vises; but; finalite; "
    "objectifs de la fiche",
    Field.GENERAL_OBJECTIVE: "objectifs generaux; objectif principal",
    Field.SPECIFIC_OBJECTIVES: "objectif specifique",
    Field.OPERATIONAL_OBJECTIVES: "objectif operationnel",
    Field.EXPECTED_RESULTS: "resultat attendu; resultats; effets attendus; impacts attendus",
    Field.INDICATORS: "indicateurs lies; indicateur; indicateurs de suivi; indicateurs d'evaluation; "
    "indicateurs de suivi et d'evaluation; indicateurs de resultat; indicateurs de processus; "
    "indicateurs de realisation; "
    "indicateurs d'impact; indicateurs de moyens",
    Field.STATUS: "statut du projet; statut de l'action; etat; etat d'avancement; etat de l'action; situation; "
    "statut de la fiche",
    Field.STATUS_REASON: "motif; raison du report; motif du report; raison du statut; motif d'abandon; "
    "cause du blocage",
    Field.STATUS_UNTIL: "reporte au; reporte jusqu'au; nouvelle date; date de report",
    Field.UNBLOCKED_BY: "deblocage; qui debloque",
    Field.TO_DISCUSS: "a discuter; a arbitrer",
    Field.PROGRESS: "avancement; taux d'avancement; taux de realisation; pourcentage d'avancement; progression; "
    "% d'avancement; % avancement; avancement declare; degre d'avancement; % de realisation",
    Field.PRIORITY: "niveau de priorite; priorite de l'action; degre de priorite; priorisation",
    Field.STARTS_ON: "date debut; debut; demarrage; date de demarrage; date de lancement; debut de l'action; "
    "date de debut de l'action; debut previsionnel; date de debut previsionnelle; annee de debut; lancement; "
    "demarre le",
    Field.ENDS_ON: "date fin; fin; echeance; date d'echeance; date de fin previsionnelle; fin prevue; "
    "fin de l'action; "
    "fin previsionnelle; date de fin de l'action; annee de fin; date de fin prevue; date butoir; date de cloture",
    Field.PERIOD: "annee; annees; duree; dates; periode de realisation; periode de mise en oeuvre; date; "
    "annee(s) de realisation",
    Field.IS_CONTINUOUS: "action en amelioration continue; amelioration continue; action continue; "
    "action recurrente; "
    "action permanente; recurrente",
    Field.CALENDAR: "calendrier previsionnel; calendrier de l'action; planning; temporalite; "
    "calendrier de realisation; "
    "frequence; periodicite",
    Field.LEAD: "pilote; pilotes; porteur; porteurs; porteur de l'action; porteur du projet; porteurs du projet; "
    "structure porteuse; structures porteuses; structures pilotes; pilote de l'action; organisme pilote; "
    "organisme porteur; pilotage; structure responsable; responsable; porteur(s); pilote / porteur; pilote(s); "
    "promoteur; structure pilote de l'action; porteur / pilote; maitre d'ouvrage; structure referente",
    Field.CO_LEAD: "copilote; co-pilote; copilotes; co-pilotes; structures copilotes; co-porteur; co-porteurs; "
    "co-pilotage; structure co-pilote; copilotage",
    Field.PARTNER: "partenaire; partenaires operationnels; partenaires associes; partenaires mobilises; partenariat; "
    "partenariats; partenaires de l'action; acteurs; acteurs mobilises; partenaires a mobiliser; "
    "partenaires potentiels; "
    "structures partenaires; partenaires techniques; acteurs associes",
    Field.BENEFICIARY: "structure beneficiaire; organismes beneficiaires",
    Field.LEAD_SERVICE: "service pilote; service-departement-pole pilote; direction pilote; service porteur; "
    "service; "
    "direction; services pilotes; service departement pole pilote; direction / service",
    Field.LEAD_CONTACT: "personnes pilotes; personne referente; referent technique; referent; contact; contacts; "
    "personne contact; referent de l'action; chef de projet; interlocuteur; referente; personnes referentes",
    Field.ELECTED_LEAD: "elu referent; elus referents; elu; elus; elu pilote; elue referente; elu en charge",
    Field.PARTICIPATION: "niveau de participation; participation; participation des habitants; "
    "implication des usagers; "
    "participation des usagers; niveau de participation des habitants; implication des habitants; "
    "niveau de participation citoyenne",
    Field.PARTICIPATION_TEXT: "precisions sur la participation; modalites de participation; participation precisions",
    Field.TARGET_GROUPS: "public; public vise; publics vises; public cible; publics cibles; cible; cibles; "
    "population cible; populations cibles; beneficiaires; population visee; populations visees; public beneficiaire; "
    "types de public; type de public; publics concernes",
    Field.TARGET_TEXT: "precisions sur le public; nombre de beneficiaires; publics precisions; "
    "beneficiaires precisions; "
    "nombre de personnes",
    Field.DETERMINANTS: "determinants; determinant de sante; determinant; determinants vises",
    Field.THEMES: "theme; thematique; thematiques; thematique principale; sous-thematiques; sous-thematique; "
    "champ thematique; thematique de sante",
    Field.SETTINGS: "milieu d'intervention; milieu; milieux; lieu de vie",
    Field.GEO_SCOPE: "echelle territoriale; echelle geographique; echelle d'intervention; niveau geographique; "
    "echelle de l'action; niveau territorial",
    Field.PLACES: "lieu; lieu de l'action; territoire; territoires; territoire concerne; territoire d'intervention; "
    "communes; commune; communes concernees; territoires concernes; secteur geographique; lieu d'intervention; "
    "lieux d'intervention; localisation; zone geographique; perimetre; qpv; quartier; quartiers",
    Field.TERRITORY: "precisions sur le territoire; territoire precisions",
    Field.LINKED_SCHEMES: "dispositifs; dispositif; autres dispositifs; programme; programmes; dispositif lie; "
    "articulation avec d'autres dispositifs; plans et programmes lies; articulation; autres plans; "
    "articulation avec les autres dispositifs; lien avec d'autres dispositifs",
    Field.REGIONAL_LINK: "prs; lien avec le prs; programme prs; objectif du prs; objectifs du prs; "
    "projet regional de sante; "
    "articulation prs; praps; reference au prs; articulation avec le projet regional de sante",
    Field.MEANS: "moyens; moyens humains; moyens techniques; moyens affectes; ressources; moyens mobilises; "
    "moyens necessaires; moyens humains et materiels; moyens humains et financiers; moyens a mobiliser; "
    "ressources mobilisees",
    Field.GOVERNANCE: "gouvernance; instance de gouvernance; comite de pilotage; instances; gouvernance de l'action; "
    "modalites de gouvernance; instance",
    Field.FUNDING_TEXT: "financement; sources de financement; plan de financement; modalites de financement; "
    "moyens financiers; financement de l'action",
    Field.FUNDER: "financeurs; partenaires financiers; partenaire financier; co-financeurs; cofinanceurs; "
    "financeurs potentiels; cofinanceur",
    Field.FUNDER_AMOUNT: "montant; montant du financement; montant finance; montant accorde; montant sollicite; "
    "montant demande; subvention; montant de la subvention",
    Field.BUDGET: "budget; budget total; budget previsionnel; cout; cout total; cout previsionnel; "
    "budget de l'action; "
    "montant total; cout de l'action; cout estime; budget estime; estimation budgetaire; cout previsionnel total",
    Field.MILESTONES: "etapes de la fiche action; etapes de l'action; etape; etapes cles; jalons; jalon; "
    "etapes de mise en oeuvre; sous-actions / etapes; phases",
    Field.MILESTONES_TELL_ALL: "etapes exhaustives; les etapes decrivent toute l'action",
    Field.DONE_ON: "fait le; realise le; date de realisation; date de realisation effective",
    Field.WEIGHT: "poids; ponderation; poids de l'etape",
    Field.WEATHER: "meteo; meteo de l'action; meteo du projet",
    Field.WEATHER_DONE: "deja fait; fait; ce qui est fait; realisations; actions realisees; realise",
    Field.WEATHER_TODO: "a faire; reste a faire; prochaines etapes; a venir; suites a donner; perspectives",
    Field.WEATHER_OBSTACLES: "freins; freins rencontres; difficultes; difficultes rencontrees; obstacles; "
    "points de blocage; "
    "points bloquants",
    Field.WEATHER_HIGHLIGHTS: "a valoriser; reussites; points forts; faits marquants; points positifs",
    Field.WEATHER_SIGNED_BY: "meteo signee par; signataire de la meteo; signe par",
    Field.ENTRY: "contrat initial ou avenant; origine; avenant; entree; statut contractuel; origine de la fiche",
    Field.PREVIOUS_ACTION: "action chainee avec; chainage; reconduction; action precedente; action reconduite; "
    "lien avec l'action anterieure",
    Field.LINKED_ACTIONS: "fiches des plans liees; actions des plans liees; mesures liees; fiches liees; "
    "lien avec d'autres actions; "
    "actions en lien; fiches actions liees",
    Field.RISKS: "risques; points de vigilance; vigilance; conditions de reussite; risque",
    Field.LEVERS: "leviers d'action; facteurs cles; levier; facteurs cles de reussite; "
    "leviers et facteurs de reussite",
    Field.EVALUATION: "modalites d'evaluation; bilan; bilan qualitatif; satisfaction; evaluation de l'action; "
    "suivi et evaluation; methode d'evaluation; criteres d'evaluation",
    Field.NOTES: "notes; note; notes complementaires; commentaire; commentaires; observations; observation; "
    "remarque; "
    "remarques; suivi; suivi de l'action; informations complementaires; precisions",
    Field.LINKS: "documents; liens; document; lien; ressources documentaires; pieces jointes; liens utiles; "
    "documents annexes; annexes; site internet; url",
}  # fmt: skip

"""The closed lists of who comes in, by what, and of what comes by it."""

from db.rules.vocabulary import Labelled


class Role(Labelled):
    ADMINISTRATOR = "administrator", "administrateur"
    COORDINATOR = "coordinator", "coordinateur"
    LEAD = "lead", "pilote ou contributeur"
    SIGNATORY = "signatory", "signataire"
    FUNDER = "funder", "financeur non signataire"
    BODY_MEMBER = "body_member", "membre d'instance"
    RESIDENT_MEMBER = "resident_member", "habitant membre"
    EVALUATOR = "evaluator", "évaluateur externe"
    PROJECT_OFFICER = "project_officer", "chargé·e de projets (mission)"
    LINK_GUEST = "link_guest", "invité par lien"


FOR_A_STRUCTURE = frozenset({Role.LEAD, Role.FUNDER})
"""Roles that reach what a structure leads or pays: without one, they would open nothing."""
FOR_A_TIME = frozenset({Role.EVALUATOR})
"""Roles that are never held without an end."""


class AccountKeyKind(Labelled):
    """What a link sent to somebody opens once."""

    INVITATION = "invitation", "invitation"
    RESET = "reset", "nouveau mot de passe"


class SharedPage(Labelled):
    """The pages that a link of reading may show: those that a committee reads."""

    OVERVIEW = "overview", "Vue d'ensemble"
    PLAN = "plan", "Plan d'action"
    SHEET = "sheet", "Fiche action"
    CONTRACT = "contract", "Contrat et avenants"


class ProposalState(Labelled):
    """Where what a partner typed stands."""

    PROPOSED = "proposed", "proposée"
    ACCEPTED = "accepted", "acceptée"
    REFUSED = "refused", "refusée"

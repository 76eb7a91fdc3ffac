"""The tables, one file an area. Importing this package registers them all."""

from db.models.access import (
    AccountKey,
    BodyMember,
    Consultation,
    Credential,
    InstallationText,
    ReadingLink,
    Throttle,
    WebSession,
)
from db.models.base import Base
from db.models.directory import (
    Account,
    Actor,
    Grant,
    Involvement,
    Organisation,
    OrganisationAlias,
    Person,
    PersonDetail,
)
from db.models.evaluation import AssessmentItem, EvaluationQuestion, EvaluationQuestionIndicator, Score
from db.models.exchange import ImportedValue, ImportRun, Unsettled
from db.models.funding import BudgetItem, FundingDecisionEntry, FundingEvent, FundingLine
from db.models.governance import AgendaItem, Body, BodyInitiative, Decision, DecisionSheet, Meeting
from db.models.handover import Handover, Vacancy
from db.models.indicator import Breakdown, Indicator, Measurement, Target
from db.models.initiative import Amendment, AmendmentSheet, Coverage, Initiative
from db.models.journal import Act, JournalEntry, Revision
from db.models.plan import ActionSheet, Axis, Milestone, Placement, SheetObjective, SheetPlace, SheetTerm
from db.models.proposal import AnswerLink, Proposal
from db.models.series import ProgressEntry, Publication, StatusEntry, WeatherEntry
from db.models.territory import Territory, TerritoryOutline
from db.models.vocabulary import Term, TermAlias
from db.models.work import Draft, LogbookNote, Reminder

MODELS: dict[str, type[Base]] = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
"""Every table by its name, as the journal writes it."""

__all__ = [
    "MODELS",
    "Account",
    "AccountKey",
    "Act",
    "ActionSheet",
    "Actor",
    "AgendaItem",
    "Amendment",
    "AmendmentSheet",
    "AnswerLink",
    "AssessmentItem",
    "Axis",
    "Base",
    "Body",
    "BodyInitiative",
    "BodyMember",
    "Breakdown",
    "BudgetItem",
    "Consultation",
    "Coverage",
    "Credential",
    "Decision",
    "DecisionSheet",
    "Draft",
    "EvaluationQuestion",
    "EvaluationQuestionIndicator",
    "FundingDecisionEntry",
    "FundingEvent",
    "FundingLine",
    "Grant",
    "Handover",
    "ImportRun",
    "ImportedValue",
    "Indicator",
    "Initiative",
    "InstallationText",
    "Involvement",
    "JournalEntry",
    "LogbookNote",
    "Measurement",
    "Meeting",
    "Milestone",
    "Organisation",
    "OrganisationAlias",
    "Person",
    "PersonDetail",
    "Placement",
    "ProgressEntry",
    "Proposal",
    "Publication",
    "ReadingLink",
    "Reminder",
    "Revision",
    "Score",
    "SheetObjective",
    "SheetPlace",
    "SheetTerm",
    "StatusEntry",
    "Target",
    "Term",
    "TermAlias",
    "Territory",
    "TerritoryOutline",
    "Throttle",
    "Unsettled",
    "Vacancy",
    "WeatherEntry",
    "WebSession",
]

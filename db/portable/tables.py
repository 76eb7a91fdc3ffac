"""What a démarche is made of, table by table: how its rows are reached, or why a table stays where it is.

Whoever adds a table adds one line here, in `OWNED` or in `LEFT_OUT`: a test fails until they do.
"""

from db.models import Base

OWNED: dict[str, tuple[str, ...]] = {
    "initiative": (),  # the démarche itself
    "action_sheet": (),  # those whose home it is
    "axis": ("initiative_id",),
    "amendment": ("initiative_id",),
    "placement": ("initiative_id",),
    "amendment_sheet": ("amendment_id",),
    "coverage": ("initiative_id",),
    "body_initiative": ("initiative_id",),
    "body": (),  # those at work for it
    "meeting": ("body_id",),
    "agenda_item": ("meeting_id",),
    "decision": ("meeting_id",),
    "decision_sheet": ("decision_id",),
    "involvement": ("sheet_id", "initiative_id", "amendment_id", "body_id"),
    "sheet_objective": ("sheet_id",),
    "milestone": ("sheet_id",),
    "sheet_term": ("sheet_id",),
    "sheet_place": ("sheet_id",),
    "publication": ("initiative_id",),
    "status_entry": ("sheet_id",),
    "progress_entry": ("sheet_id",),
    "weather_entry": ("sheet_id",),
    "indicator": ("sheet_id", "axis_id", "initiative_id"),
    "breakdown": ("indicator_id",),
    "target": ("indicator_id",),
    "measurement": ("indicator_id",),
    "budget_item": ("sheet_id",),
    "funding_line": ("sheet_id", "initiative_id"),
    "funding_decision": ("line_id",),
    "funding_event": ("line_id",),
    "evaluation_question": ("initiative_id",),
    "evaluation_question_indicator": ("question_id",),
    "assessment_item": ("initiative_id",),
    "score": ("question_id", "item_id"),
    "import_run": ("initiative_id",),
    "imported_value": ("sheet_id",),
    "unsettled": ("sheet_id", "initiative_id"),
    "logbook_note": ("initiative_id",),
    "reminder": ("initiative_id",),
    "answer_link": ("initiative_id",),
    "proposal": ("initiative_id",),
    "vacancy": ("initiative_id",),
}
"""The tables whose rows are the démarche's own, in the order in which they are reached: a row goes when one of these
columns leads to a row that goes."""

SHARED: dict[str, str | None] = {
    "organisation": None,
    "organisation_alias": "organisation_id",
    "person": None,
    "person_detail": "person_id",
    "actor": None,
    "term": None,
    "term_alias": "term_id",
    "territory": None,
}
"""What a démarche shares with others: of these tables, the rows that its own point to; and, through the column given,
those that say something of a row that goes."""

HISTORY = ("act", "journal")
"""What was done on all this."""

LEFT_OUT: dict[str, str] = {
    "account": "a way in is of one installation",
    "account_key": "a secret",
    "body_member": "of accounts",
    "consultation": "of accounts",
    "credential": "a secret",
    "draft": "what somebody is typing there",
    "grant": "of accounts",
    "handover": "between accounts",
    "installation_text": "of one installation",
    "reading_link": "a secret",
    "revision": "of one database",
    "territory_outline": "the reference's",
    "throttle": "of one server",
    "web_session": "a secret",
}
"""The tables that stay where they are, and why."""

WITHOUT: dict[str, frozenset[str]] = {
    "actor": frozenset({"person_id"}),  # who signs in there is nobody here
    "answer_link": frozenset({"digest"}),  # a secret
    "act": frozenset({"idempotency_key"}),  # of forms open there
}
"""The columns that stay, of rows that go; nor are they told by the lines of the journal that go."""

TABLES = (*OWNED, *SHARED, *HISTORY)
"""All that an archive may hold, an entry each."""


def columns_of(table: str) -> tuple[str, ...]:
    """The columns of a table that an archive holds."""
    names = (column.name for column in Base.metadata.tables[table].columns)
    return tuple(name for name in names if name not in WITHOUT.get(table, ()))


def own_key(table: str) -> str:
    """The name of the column that names a row of this table."""
    (key,) = Base.metadata.tables[table].primary_key.columns
    return str(key.name)

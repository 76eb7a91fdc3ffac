"""Drafts, the carnet de bord, reminders, and the day a committee validated an action that was not foreseen."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
ABOUT = (
    ("initiative_id", "initiative", False),
    ("sheet_id", "action_sheet", True),
    ("organisation_id", "organisation", True),
)


def _about(table: str, *more: tuple[str, str, bool]) -> list[SchemaItem]:
    """The columns that say whose a row is and what it is about, with their keys."""
    keys = (*ABOUT, *more, ("actor_id", "actor", False))
    columns: list[SchemaItem] = [sa.Column(name, sa.Integer(), nullable=free) for name, _, free in keys]
    return columns + [
        sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_{table}_{name}_{of}")) for name, of, _ in keys
    ]


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("base", JSON, nullable=False),
        sa.Column("typed", JSON, nullable=False),
        sa.Column("base_seq", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_draft_actor_id_actor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("key", name=op.f("uq_draft_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_actor_id_subject", "draft", ["actor_id", "subject"], unique=False)
    op.create_table(
        "logbook_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "became",
            sa.Enum(
                "weather",
                "milestone",
                "reminder",
                name="became",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        *_about("logbook_note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logbook_note")),
        sqlite_autoincrement=True,
    )
    _indexes("logbook_note", "initiative_id", "sheet_id", "organisation_id", "actor_id")
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        *_about("reminder", ("note_id", "logbook_note", True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sqlite_autoincrement=True,
    )
    _indexes("reminder", "initiative_id", "sheet_id", "organisation_id", "note_id", "actor_id")
    op.add_column("placement", sa.Column("validated_on", sa.Date(), nullable=True))

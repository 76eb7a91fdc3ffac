"""Links by which partners say where the sheets that they lead are, and what they say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
OF_LINK = (
    ("initiative_id", "initiative", False),
    ("organisation_id", "organisation", False),
    ("actor_id", "actor", False),
    ("made_by_id", "actor", False),
)
OF_PROPOSAL = (
    ("link_id", "answer_link", False),
    ("initiative_id", "initiative", False),
    ("sheet_id", "action_sheet", False),
    ("decided_by_id", "actor", True),
)


def _keys(table: str, keys: tuple[tuple[str, str, bool], ...]) -> list[SchemaItem]:
    """The columns that hold keys of other tables, and these keys."""
    columns: list[SchemaItem] = [sa.Column(name, sa.Integer(), nullable=free) for name, _, free in keys]
    return columns + [
        sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_{table}_{name}_{of}")) for name, of, _ in keys
    ]


def _versioned(table: str) -> list[SchemaItem]:
    return [
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "answer_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        *_keys("answer_link", OF_LINK),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        *_versioned("answer_link"),
        sa.UniqueConstraint("digest", name=op.f("uq_answer_link_digest")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        *_keys("proposal", OF_PROPOSAL),
        sa.Column("typed", JSON, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "accepted",
                "refused",
                name="proposal_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_proposal_decided_with_its_instant")
        ),
        sa.CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name=op.f("ck_proposal_refused_for_a_reason")),
        *_versioned("proposal"),
        sqlite_autoincrement=True,
    )
    for table, keys in (("answer_link", OF_LINK), ("proposal", OF_PROPOSAL)):
        for name, _, _ in keys:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])

"""Who follows whom at the coordination of a démarche, and the days on which nobody holds it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
OF_VACANCY = (("initiative_id", "initiative", False),)
OF_HANDOVER = (
    ("initiative_id", "initiative", False),
    ("from_account_id", "account", True),
    ("to_account_id", "account", True),
)


def _dated(table: str, keys: tuple[tuple[str, str, bool], ...]) -> list[SchemaItem]:
    """What both tables share: keys of other tables, from a day to a day, archived and versioned."""
    columns: list[SchemaItem] = [sa.Column("id", sa.Integer(), nullable=False)]
    columns += [sa.Column(name, sa.Integer(), nullable=free) for name, _, free in keys]
    return [
        *columns,
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f(f"ck_{table}_ends_after_start")),
        *(sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_{table}_{name}_{of}")) for name, of, _ in keys),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table("vacancy", *_dated("vacancy", OF_VACANCY), sqlite_autoincrement=True)
    op.create_table(
        "handover",
        *_dated("handover", OF_HANDOVER),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("moved", JSON, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "from_account_id IS NOT NULL OR to_account_id IS NOT NULL", name=op.f("ck_handover_somebody")
        ),
        sa.CheckConstraint("from_account_id <> to_account_id", name=op.f("ck_handover_not_to_oneself")),
        sqlite_autoincrement=True,
    )
    for table, keys in (("vacancy", OF_VACANCY), ("handover", OF_HANDOVER)):
        for name, _, _ in keys:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name])

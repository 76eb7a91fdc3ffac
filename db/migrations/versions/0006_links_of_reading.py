"""Links by which one page of a démarche is read without an account."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
PAGES = ("overview", "plan", "sheet", "contract")
KEYS = (("initiative_id", "initiative", False), ("placement_id", "placement", True), ("made_by_id", "actor", False))


def _keys() -> list[SchemaItem]:
    """The columns that hold keys of other tables, and these keys."""
    columns: list[SchemaItem] = [sa.Column(name, sa.Integer(), nullable=free) for name, _, free in KEYS]
    return columns + [
        sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_reading_link_{name}_{of}")) for name, of, _ in KEYS
    ]


def upgrade() -> None:
    page = sa.Enum(*PAGES, name="shared_page", native_enum=False, create_constraint=True, length=24)
    op.create_table(
        "reading_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("page", page, nullable=False),
        *_keys(),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("for_whom", sa.String(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("last_opening_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(page = 'sheet') = (placement_id IS NOT NULL)", name=op.f("ck_reading_link_sheet_with_its_place")
        ),
        sa.CheckConstraint("ends_on >= made_on", name=op.f("ck_reading_link_ends_after_it_was_made")),
        sa.CheckConstraint("openings >= 0", name=op.f("ck_reading_link_openings_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_reading_link_digest")),
        sqlite_autoincrement=True,
    )
    for name, _, _ in KEYS:
        op.create_index(op.f(f"ix_reading_link_{name}"), "reading_link", [name])

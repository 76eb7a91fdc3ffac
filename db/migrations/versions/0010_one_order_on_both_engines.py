"""Sorting keys are compared letter by letter on PostgreSQL as on SQLite, whatever the language of the server."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FINDABLE = ("action_sheet", "initiative", "organisation", "term", "territory")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in FINDABLE:
            op.alter_column(table, "sort_key", type_=sa.String(collation="C"))

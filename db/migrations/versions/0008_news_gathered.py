"""How the coordination heard news from a lead, and on which day, with the entries that say them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("status_entry", "progress_entry", "weather_entry")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("gathered_on", sa.Date(), nullable=True))
        # In words: SQLite takes the checks of a column that is added with it, and none afterwards.
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN gathered VARCHAR(24) "
            f"CONSTRAINT ck_{table}_gathering CHECK (gathered IN ('phone', 'email', 'meeting')) "
            f"CONSTRAINT ck_{table}_gathered_on_a_day CHECK ((gathered IS NULL) = (gathered_on IS NULL))"
        )

"""What a sheet was before an amendment added it: at the initial contract or outside it, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("amendment_sheet", sa.Column("was_initial", sa.Boolean(), nullable=True))
    op.add_column("amendment_sheet", sa.Column("was_since", sa.Date(), nullable=True))

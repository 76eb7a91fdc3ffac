"""Passwords, sessions, keys sent once and failures; for whom a role is held; who sits in a body; an installation's texts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.schema import SchemaItem

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _instant(name: str, *, free: bool = False) -> SchemaItem:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=free)


def _key(table: str, name: str, of: str) -> list[SchemaItem]:
    """A column that holds the key of another table."""
    return [
        sa.Column(name, sa.Integer(), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint([name], [f"{of}.id"], name=op.f(f"fk_{table}_{name}_{of}")),
    ]


def _create(table: str, *parts: SchemaItem, key: str = "id") -> None:
    columns = [sa.Column("id", sa.Integer(), nullable=False)] if key == "id" else []
    op.create_table(
        table, *columns, *parts, sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")), sqlite_autoincrement=True
    )


def upgrade() -> None:
    _create(
        "credential",
        *_key("credential", "account_id", "account"),
        sa.Column("password_hash", sa.String(), nullable=False),
        _instant("changed_at"),
        key="account_id",
    )
    _create(
        "web_session",
        sa.Column("digest", sa.String(), nullable=False),
        *_key("web_session", "account_id", "account"),
        sa.Column("device", sa.String(), nullable=True),
        _instant("opened_at"),
        _instant("seen_at"),
        _instant("ends_at"),
        _instant("ended_at", free=True),
        sa.UniqueConstraint("digest", name=op.f("uq_web_session_digest")),
    )
    op.create_index("ix_web_session_account_id", "web_session", ["account_id"])
    _create(
        "account_key",
        sa.Column(
            "kind",
            sa.Enum(
                "invitation", "reset", name="account_key_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(), nullable=False),
        *_key("account_key", "account_id", "account"),
        _instant("made_at"),
        _instant("ends_at"),
        _instant("used_at", free=True),
        sa.UniqueConstraint("digest", name=op.f("uq_account_key_digest")),
    )
    op.create_index(op.f("ix_account_key_account_id"), "account_key", ["account_id"])
    _create(
        "throttle",
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _instant("last_at"),
        _instant("free_at", free=True),
        key="subject",
    )
    _create(
        "body_member",
        *_key("body_member", "body_id", "body"),
        *_key("body_member", "account_id", "account"),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        _instant("archived_at", free=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_body_member_ends_after_start")
        ),
    )
    for column in ("body_id", "account_id"):
        op.create_index(op.f(f"ix_body_member_{column}"), "body_member", [column])
    _create(
        "installation_text",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        key="name",
    )
    op.add_column("person_detail", sa.Column("reviewed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("grant", table_kwargs={"sqlite_autoincrement": True}) as grant:
        grant.add_column(sa.Column("organisation_id", sa.Integer(), nullable=True))
        grant.create_foreign_key(
            op.f("fk_grant_organisation_id_organisation"), "organisation", ["organisation_id"], ["id"]
        )
        grant.create_index(op.f("ix_grant_organisation_id"), ["organisation_id"])

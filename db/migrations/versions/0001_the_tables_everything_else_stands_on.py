"""The tables everything else stands on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "action_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("plain_line", sa.String(), nullable=True),
        sa.Column("rationale", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("expected_results", sa.String(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column(
            "starts_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="starts_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "ends_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="ends_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("calendar_text", sa.String(), nullable=True),
        sa.Column(
            "priority",
            sa.Enum("high", "medium", "low", name="priority", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column(
            "participation",
            sa.Enum(
                "none",
                "information",
                "consultation",
                "dialogue",
                "co_construction",
                name="participation",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("participation_text", sa.String(), nullable=True),
        sa.Column(
            "geo_scope",
            sa.Enum(
                "district",
                "commune",
                "several_communes",
                "intercommunality",
                "basin",
                "department",
                "region",
                name="geo_scope",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("territory_text", sa.String(), nullable=True),
        sa.Column("target_text", sa.String(), nullable=True),
        sa.Column("is_continuous", sa.Boolean(), nullable=False),
        sa.Column("milestones_tell_all", sa.Boolean(), nullable=False),
        sa.Column("lead_service", sa.String(), nullable=True),
        sa.Column("means", sa.String(), nullable=True),
        sa.Column("governance_text", sa.String(), nullable=True),
        sa.Column("indicators_text", sa.String(), nullable=True),
        sa.Column("funding_text", sa.String(), nullable=True),
        sa.Column("regional_link", sa.String(), nullable=True),
        sa.Column("linked_actions", sa.String(), nullable=True),
        sa.Column("previous_action", sa.String(), nullable=True),
        sa.Column("risks", sa.String(), nullable=True),
        sa.Column("levers", sa.String(), nullable=True),
        sa.Column("evaluation_text", sa.String(), nullable=True),
        sa.Column("notes", sa.String(), nullable=True),
        sa.Column("links", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(ends_on IS NULL) = (ends_precision IS NULL)", name=op.f("ck_action_sheet_ends_precision_with_date")
        ),
        sa.CheckConstraint(
            "(starts_on IS NULL) = (starts_precision IS NULL)", name=op.f("ck_action_sheet_starts_precision_with_date")
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on",
            name=op.f("ck_action_sheet_ends_after_start"),
        ),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 300", name=op.f("ck_action_sheet_title_length")),
        sa.CheckConstraint(
            "plain_line IS NULL OR length(plain_line) <= 200", name=op.f("ck_action_sheet_plain_line_length")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_sheet")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "body",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "copil",
                "cotech",
                "gt",
                "cofin",
                "plenary",
                "unit",
                "residents",
                "coordinators",
                "city_contract_group",
                "other",
                name="body_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mission", sa.String(), nullable=True),
        sa.Column("chair_text", sa.String(), nullable=True),
        sa.Column("composition_text", sa.String(), nullable=True),
        sa.Column("meetings_per_year", sa.Integer(), nullable=True),
        sa.Column("member_count", sa.Integer(), nullable=True),
        sa.Column("quorum_text", sa.String(), nullable=True),
        sa.Column("bylaws", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cls",
                "clsm",
                "asv",
                "other",
                name="initiative_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("contract_number", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "phase",
            sa.Enum(
                "diagnosis",
                "drafting",
                "running",
                "evaluation",
                "closed",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("regional_link", sa.String(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("reference_date", sa.Date(), nullable=True),
        sa.Column("is_fictitious", sa.Boolean(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_initiative_ends_after_start")
        ),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_initiative_not_its_own_part")),
        sa.ForeignKeyConstraint(["parent_id"], ["initiative.id"], name=op.f("fk_initiative_parent_id_initiative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_initiative_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            "uq_initiative_code",
            ["code"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "revision",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_revision")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "vocabulary",
            sa.Enum(
                "target_group",
                "determinant",
                "linked_scheme",
                "funding_scheme",
                "sector",
                "setting",
                "theme",
                name="vocabulary",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["term.id"], name=op.f("fk_term_parent_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(
            "uq_term_vocabulary_code",
            ["vocabulary", "code"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "territory",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "region",
                "department",
                "intercommunality",
                "commune",
                "priority_district",
                name="territory_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("commune_code", sa.String(), nullable=True),
        sa.Column("intercommunality_code", sa.String(), nullable=True),
        sa.Column("department_code", sa.String(), nullable=True),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territory")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_territory_kind_code")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("territory", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_territory_commune_code"), ["commune_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_department_code"), ["department_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_territory_intercommunality_code"), ["intercommunality_code"], unique=False)

    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("new_ends_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_amendment_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(
            "uq_amendment_initiative_id_number",
            ["initiative_id", "number"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "assessment_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=True),
        sa.Column("scale", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_assessment_item_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_item")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("assessment_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_item_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "axis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "axis",
                "strategic",
                "operational",
                name="axis_level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id <> id", name=op.f("ck_axis_not_under_itself")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_axis_initiative_id_initiative")),
        sa.ForeignKeyConstraint(["parent_id"], ["axis.id"], name=op.f("fk_axis_parent_id_axis")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_axis")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("axis", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_axis_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_axis_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "body_initiative",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_initiative_body_id_body")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_body_initiative_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_initiative")),
        sa.UniqueConstraint("body_id", "initiative_id", name=op.f("uq_body_initiative_body_id_initiative_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("body_initiative", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_body_initiative_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "budget_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column(
            "nature",
            sa.Enum("cash", "in_kind", name="funding_nature", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN amount_cents IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_budget_item_value_or_absence"),
        ),
        sa.CheckConstraint("amount_cents >= 0", name=op.f("ck_budget_item_amount_positive")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_budget_item_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_item")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("budget_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_budget_item_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "evaluation_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "criterion",
            sa.Enum(
                "relevance",
                "coherence",
                "internal_coherence",
                "external_coherence",
                "effectiveness",
                "efficiency",
                "usefulness",
                "sustainability",
                "participation",
                name="evaluation_criterion",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("sources", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_evaluation_question_initiative_id_initiative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_question")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("evaluation_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_question_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "preparation",
                "called",
                "running",
                "closed",
                name="meeting_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("invited", sa.Integer(), nullable=True),
        sa.Column("present", sa.Integer(), nullable=True),
        sa.Column("excused", sa.Integer(), nullable=True),
        sa.Column("residents_present", sa.Integer(), nullable=True),
        sa.Column("quorum_required", sa.Integer(), nullable=True),
        sa.Column("quorum_reached", sa.Boolean(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("present >= 0 AND invited >= 0 AND excused >= 0", name=op.f("ck_meeting_counts_positive")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_meeting_body_id_body")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index("ix_meeting_body_id_held_on", ["body_id", "held_on"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("acronym", sa.String(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "coordination",
                "commune",
                "intercommunality",
                "department",
                "region",
                "state",
                "health_agency",
                "social_security",
                "hospital",
                "professionals",
                "association",
                "education",
                "residents",
                "company",
                "other",
                name="organisation_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sector_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_organisation_not_merged_into_itself")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["organisation.id"], name=op.f("fk_organisation_merged_into_id_organisation")
        ),
        sa.ForeignKeyConstraint(["sector_id"], ["term.id"], name=op.f("fk_organisation_sector_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_sector_id"), ["sector_id"], unique=False)

    op.create_table(
        "sheet_objective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "general",
                "specific",
                "operational",
                name="objective_level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["sheet_objective.id"], name=op.f("fk_sheet_objective_parent_id_sheet_objective")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_objective_sheet_id_action_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_objective")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sheet_objective", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_objective_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_objective_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "sheet_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("term_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column(
            "on_date_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="on_date_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN territory_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN term_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN label IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_sheet_place_one_place"),
        ),
        sa.CheckConstraint(
            "(on_date IS NULL) = (on_date_precision IS NULL)", name=op.f("ck_sheet_place_on_date_precision_with_date")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_place_sheet_id_action_sheet")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_sheet_place_term_id_term")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_sheet_place_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_place")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sheet_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_place_sheet_id"), ["sheet_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_place_term_id"), ["term_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_place_territory_id"), ["territory_id"], unique=False)

    op.create_table(
        "sheet_term",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank IS NULL OR rank BETWEEN 1 AND 3", name=op.f("ck_sheet_term_rank")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_sheet_term_sheet_id_action_sheet")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_sheet_term_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_term")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("sheet_term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_term_term_id"), ["term_id"], unique=False)
        batch_op.create_index("uq_sheet_term_sheet_id_term_id", ["sheet_id", "term_id"], unique=True)

    op.create_table(
        "term_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("term_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_term_alias_term_id_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_alias")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("term_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_alias_search_text"), ["search_text"], unique=False)
        batch_op.create_index(batch_op.f("ix_term_alias_term_id"), ["term_id"], unique=False)

    op.create_table(
        "territory_outline",
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("geometry", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_territory_outline_territory_id_territory")
        ),
        sa.PrimaryKeyConstraint("territory_id", name=op.f("pk_territory_outline")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unsettled",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("choices", JSON, nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN sheet_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_unsettled_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_unsettled_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_unsettled_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsettled")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("unsettled", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unsettled_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index("ix_unsettled_sheet_id_field", ["sheet_id", "field"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("is_presentation", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_agenda_item_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_coverage_ends_after_start")
        ),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_coverage_amendment_id_amendment")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_coverage_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_coverage_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("coverage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coverage_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coverage_territory_id"), ["territory_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "resolution",
                "request",
                "arbitration",
                name="decision_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "force",
            sa.Enum(
                "adopted",
                "opinion",
                "to_confirm",
                name="decision_force",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("owner_text", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "ongoing",
                "done",
                "dropped",
                name="decision_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("status_word", sa.String(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_decision_meeting_id_meeting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "funding_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("funder_id", sa.Integer(), nullable=False),
        sa.Column("beneficiary_id", sa.Integer(), nullable=True),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("scheme_label", sa.String(), nullable=True),
        sa.Column("frame", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column(
            "nature",
            sa.Enum("cash", "in_kind", name="funding_nature", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "regime",
            sa.Enum(
                "mainstream", "specific", name="funding_regime", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN sheet_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_funding_line_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["beneficiary_id"], ["organisation.id"], name=op.f("fk_funding_line_beneficiary_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["organisation.id"], name=op.f("fk_funding_line_funder_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_funding_line_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["scheme_id"], ["term.id"], name=op.f("fk_funding_line_scheme_id_term")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_funding_line_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_line")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("funding_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_line_beneficiary_id"), ["beneficiary_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_line_funder_id"), ["funder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_line_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_line_scheme_id"), ["scheme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_line_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "context",
                "means",
                "output",
                "process",
                "result",
                "impact",
                name="indicator_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column(
            "value_type",
            sa.Enum(
                "number",
                "rate",
                "amount",
                "duration",
                "score",
                "yes_no",
                "text",
                name="value_type",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "accumulation",
            sa.Enum(
                "state",
                "period_activity",
                "cumulative",
                name="accumulation",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "counts",
            sa.Enum(
                "distinct",
                "participations",
                "professionals",
                name="counted_people",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=True),
        sa.Column("lower_bound", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("upper_bound", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "up",
                "down",
                "steady",
                "neutral",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("band_low", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("band_high", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column(
            "frequency",
            sa.Enum(
                "monthly",
                "quarterly",
                "half_yearly",
                "yearly",
                "once",
                name="frequency",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("school_year", sa.Boolean(), nullable=False),
        sa.Column("delay_days", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("verification", sa.String(), nullable=True),
        sa.Column("limits", sa.String(), nullable=True),
        sa.Column("target_reason", sa.String(), nullable=True),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("baseline", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column(
            "baseline_absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="baseline_absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column(
            "baseline_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="baseline_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("applicable_from_on", sa.Date(), nullable=True),
        sa.Column(
            "applicable_from_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="applicable_from_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("applicable_to", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN baseline IS NULL THEN 0 ELSE 1 END) + (CASE WHEN baseline_absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_indicator_baseline_or_absence"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN sheet_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN axis_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_indicator_one_subject"),
        ),
        sa.CheckConstraint(
            "(applicable_from_on IS NULL) = (applicable_from_precision IS NULL)",
            name=op.f("ck_indicator_applicable_from_precision_with_date"),
        ),
        sa.CheckConstraint(
            "(baseline_on IS NULL) = (baseline_precision IS NULL)",
            name=op.f("ck_indicator_baseline_precision_with_date"),
        ),
        sa.ForeignKeyConstraint(["axis_id"], ["axis.id"], name=op.f("fk_indicator_axis_id_axis")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_indicator_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["organisation.id"], name=op.f("fk_indicator_requested_by_id_organisation")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_indicator_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_indicator_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicator_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicator_requested_by_id"), ["requested_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_indicator_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "ongoing",
                "done",
                "dropped",
                name="milestone_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("state_word", sa.String(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "due_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="due_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column(
            "done_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="done_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("done_on IS NULL OR state = 'done'", name=op.f("ck_milestone_done_when_dated")),
        sa.CheckConstraint(
            "(done_on IS NULL) = (done_precision IS NULL)", name=op.f("ck_milestone_done_precision_with_date")
        ),
        sa.CheckConstraint(
            "(due_on IS NULL) = (due_precision IS NULL)", name=op.f("ck_milestone_due_precision_with_date")
        ),
        sa.CheckConstraint("weight > 0", name=op.f("ck_milestone_weight_positive")),
        sa.ForeignKeyConstraint(["lead_id"], ["organisation.id"], name=op.f("fk_milestone_lead_id_organisation")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_milestone_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_lead_id"), ["lead_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_milestone_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "organisation_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_alias_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_alias")),
        sa.UniqueConstraint("search_text", name=op.f("uq_organisation_alias_search_text")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("organisation_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_alias_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_person_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("axis_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("owner", "guest", name="placement_role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "entry",
            sa.Enum(
                "initial",
                "amendment",
                "unplanned",
                name="placement_entry",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(entry = 'amendment') = (amendment_id IS NOT NULL)", name=op.f("ck_placement_amendment_named")
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR until >= since", name=op.f("ck_placement_until_after_since")
        ),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_placement_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["axis_id"], ["axis.id"], name=op.f("fk_placement_axis_id_axis")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_placement_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_placement_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_axis_id"), ["axis_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(
            "uq_placement_initiative_id_code",
            ["initiative_id", "code"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )
        batch_op.create_index(
            "uq_placement_owner",
            ["sheet_id"],
            unique=True,
            sqlite_where=sa.text("role = 'owner' AND archived_at IS NULL"),
            postgresql_where=sa.text("role = 'owner' AND archived_at IS NULL"),
        )
        batch_op.create_index(
            "uq_placement_sheet_id_initiative_id",
            ["sheet_id", "initiative_id"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("scale", sa.String(), nullable=True),
        sa.Column("argument", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN question_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN item_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_score_one_subject"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_score_value_or_absence"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["assessment_item.id"], name=op.f("fk_score_item_id_assessment_item")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["evaluation_question.id"], name=op.f("fk_score_question_id_evaluation_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_question_id"), ["question_id"], unique=False)

    op.create_table(
        "actor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "system",
                "import",
                "link",
                name="actor_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_actor_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("actor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_actor_person_id"), ["person_id"], unique=False)

    op.create_table(
        "amendment_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("amendment_id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            sa.Enum(
                "added",
                "withdrawn",
                "rewritten",
                name="amendment_change",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendment.id"], name=op.f("fk_amendment_sheet_amendment_id_amendment")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placement.id"], name=op.f("fk_amendment_sheet_placement_id_placement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment_sheet")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("amendment_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_sheet_placement_id"), ["placement_id"], unique=False)
        batch_op.create_index(
            "uq_amendment_sheet_amendment_id_placement_id",
            ["amendment_id", "placement_id"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "breakdown",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("territory_id", sa.Integer(), nullable=True),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_breakdown_indicator_id_indicator")),
        sa.ForeignKeyConstraint(["territory_id"], ["territory.id"], name=op.f("fk_breakdown_territory_id_territory")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breakdown")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("breakdown", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breakdown_territory_id"), ["territory_id"], unique=False)
        batch_op.create_index(
            "uq_breakdown_part",
            ["indicator_id", "dimension", "part"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "decision_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_decision_sheet_decision_id_decision")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["action_sheet.id"], name=op.f("fk_decision_sheet_sheet_id_action_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_sheet")),
        sa.UniqueConstraint("decision_id", "sheet_id", name=op.f("uq_decision_sheet_decision_id_sheet_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("decision_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_sheet_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "evaluation_question_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["indicator_id"], ["indicator.id"], name=op.f("fk_evaluation_question_indicator_indicator_id_indicator")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["evaluation_question.id"],
            name=op.f("fk_evaluation_question_indicator_question_id_evaluation_question"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_question_indicator")),
        sa.UniqueConstraint(
            "question_id", "indicator_id", name=op.f("uq_evaluation_question_indicator_question_id_indicator_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("evaluation_question_indicator", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evaluation_question_indicator_indicator_id"), ["indicator_id"], unique=False
        )

    op.create_table(
        "involvement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("amendment_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "co_lead",
                "partner",
                "beneficiary",
                "signatory",
                "sponsor",
                "lead_contact",
                "elected_lead",
                "chair",
                "seat",
                name="involvement_role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("function", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN sheet_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN initiative_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN amendment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN body_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_involvement_one_subject"),
        ),
        sa.CheckConstraint(
            "ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name=op.f("ck_involvement_ends_after_start")
        ),
        sa.CheckConstraint(
            "organisation_id IS NOT NULL OR person_id IS NOT NULL", name=op.f("ck_involvement_somebody")
        ),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendment.id"], name=op.f("fk_involvement_amendment_id_amendment")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_involvement_body_id_body")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_involvement_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_involvement_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_involvement_person_id_person")),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_involvement_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_involvement")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("involvement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_involvement_amendment_id"), ["amendment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_involvement_body_id"), ["body_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_involvement_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_involvement_organisation_id"), ["organisation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_involvement_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_involvement_sheet_id_role", ["sheet_id", "role"], unique=False)

    op.create_table(
        "person_detail",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("recorded_on", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_detail_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_detail")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_account_actor_id_actor")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("actor_id", name=op.f("uq_account_actor_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_account_login",
            ["login"],
            unique=True,
            sqlite_where=sa.text("archived_at IS NULL"),
            postgresql_where=sa.text("archived_at IS NULL"),
        )

    op.create_table(
        "act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_act_actor_id_actor")),
        sa.ForeignKeyConstraint(["undoes_id"], ["act.id"], name=op.f("fk_act_undoes_id_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_act_idempotency_key")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_act_undoes_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_act_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_act_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_publication_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["initiative_id"], ["initiative.id"], name=op.f("fk_publication_initiative_id_initiative")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_publication_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_publication_sheet_id"), ["sheet_id"], unique=False)

    op.create_table(
        "funding_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "not_asked",
                "pending",
                "granted",
                "refused",
                name="funding_decision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("answer_expected_on", sa.Date(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "answer_expected_on IS NULL OR decision = 'pending'",
            name=op.f("ck_funding_decision_answer_expected_when_pending"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_funding_decision_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["funding_line.id"], name=op.f("fk_funding_decision_line_id_funding_line")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_funding_decision_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_decision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("funding_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_decision_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_funding_decision_line_id_on_date", ["line_id", "on_date"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_decision_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "funding_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "planned",
                "requested",
                "granted",
                "contracted",
                "paid",
                "spent",
                "justified",
                name="funding_stage",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.BigInteger(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("is_correction", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN amount_cents IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_funding_event_value_or_absence"),
        ),
        sa.CheckConstraint(
            "NOT is_correction OR reason IS NOT NULL", name=op.f("ck_funding_event_correction_has_reason")
        ),
        sa.CheckConstraint(
            "amount_cents >= 0 OR is_correction", name=op.f("ck_funding_event_negative_only_to_correct")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_funding_event_actor_id_actor")),
        sa.ForeignKeyConstraint(["line_id"], ["funding_line.id"], name=op.f("fk_funding_event_line_id_funding_line")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_funding_event_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funding_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("funding_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_funding_event_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index("ix_funding_event_line_id_stage", ["line_id", "stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_funding_event_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "administrator",
                "coordinator",
                "lead",
                "signatory",
                "funder",
                "body_member",
                "resident_member",
                "evaluator",
                "project_officer",
                "link_guest",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_grant_ends_after_start")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_grant_account_id_account")),
        sa.ForeignKeyConstraint(["initiative_id"], ["initiative.id"], name=op.f("fk_grant_initiative_id_initiative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grant_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grant_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("worksheet", sa.String(), nullable=False),
        sa.Column("header", sa.String(), nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_import_run_act_id_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("import_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_run_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_run_file_digest"), ["file_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_import_run_initiative_id"), ["initiative_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("initiative_id", sa.Integer(), nullable=True),
        sa.Column("at_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("row_key", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "insert", "update", "delete", name="change_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["act.id"], name=op.f("fk_journal_act_id_act")),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_journal_actor_id_actor")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_act_id"), ["act_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_initiative_id"), ["initiative_id"], unique=False)
        batch_op.create_index("ix_journal_table_row_key", ["table", "row_key"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("breakdown_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("text_value", sa.String(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "absence_reason",
            sa.Enum("masked", name="absence_reason", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("numerator", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("denominator", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("sample_size", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "proposed",
                "provisional",
                "validated",
                "refused",
                name="measurement_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("evidence_url", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN text_value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_measurement_value_or_absence"),
        ),
        sa.CheckConstraint("(numerator IS NULL) = (denominator IS NULL)", name=op.f("ck_measurement_both_terms")),
        sa.CheckConstraint(
            "absence_reason IS NULL OR absence IS NOT NULL", name=op.f("ck_measurement_reason_of_absence")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_measurement_ends_after_start")),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_measurement_actor_id_actor")),
        sa.ForeignKeyConstraint(["breakdown_id"], ["breakdown.id"], name=op.f("fk_measurement_breakdown_id_breakdown")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_measurement_indicator_id_indicator")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_measurement_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_measurement_breakdown_id"), ["breakdown_id"], unique=False)
        batch_op.create_index("ix_measurement_indicator_id_ends_on", ["indicator_id", "ends_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_measurement_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "progress_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN percent IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_progress_entry_value_or_absence"),
        ),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_progress_entry_percent_range")),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_progress_entry_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_progress_entry_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["action_sheet.id"], name=op.f("fk_progress_entry_sheet_id_action_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("progress_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_progress_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_progress_entry_publication_id"), ["publication_id"], unique=False)
        batch_op.create_index("ix_progress_entry_sheet_id_on_date", ["sheet_id", "on_date"], unique=False)

    op.create_table(
        "status_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "ongoing",
                "postponed",
                "paused",
                "blocked",
                "done",
                "dropped",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "outcome",
            sa.Enum("full", "partial", "none", name="outcome", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("to_discuss", sa.Boolean(), nullable=False),
        sa.Column("status_word", sa.String(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "until_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="until_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("unblocked_by", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IS NULL OR status = 'done'", name=op.f("ck_status_entry_outcome_when_done")),
        sa.CheckConstraint("until IS NULL OR status = 'postponed'", name=op.f("ck_status_entry_until_when_postponed")),
        sa.CheckConstraint(
            "(until IS NULL) = (until_precision IS NULL)", name=op.f("ck_status_entry_until_precision_with_date")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_status_entry_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_status_entry_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_status_entry_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("status_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_status_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_status_entry_publication_id"), ["publication_id"], unique=False)
        batch_op.create_index("ix_status_entry_sheet_id_on_date", ["sheet_id", "on_date"], unique=False)

    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("breakdown_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "due_precision",
            sa.Enum(
                "day",
                "month",
                "quarter",
                "half_year",
                "year",
                name="due_precision",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("text_value", sa.String(), nullable=True),
        sa.Column(
            "absence",
            sa.Enum(
                "not_provided",
                "unavailable",
                "not_applicable",
                name="absence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN text_value IS NULL THEN 0 ELSE 1 END) + (CASE WHEN absence IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_target_value_or_absence"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_target_actor_id_actor")),
        sa.ForeignKeyConstraint(["breakdown_id"], ["breakdown.id"], name=op.f("fk_target_breakdown_id_breakdown")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicator.id"], name=op.f("fk_target_indicator_id_indicator")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_target_publication_id_publication")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("target", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_target_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_target_breakdown_id"), ["breakdown_id"], unique=False)
        batch_op.create_index("ix_target_indicator_id_due_on", ["indicator_id", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_target_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "weather_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column(
            "weather",
            sa.Enum(
                "sunny",
                "overcast",
                "cloudy",
                "storm",
                name="weather",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("done", sa.String(), nullable=True),
        sa.Column("todo", sa.String(), nullable=True),
        sa.Column("obstacles", sa.String(), nullable=True),
        sa.Column("highlights", sa.String(), nullable=True),
        sa.Column("signed_by", sa.String(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("publication_id", sa.Integer(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["actor.id"], name=op.f("fk_weather_entry_actor_id_actor")),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_weather_entry_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["action_sheet.id"], name=op.f("fk_weather_entry_sheet_id_action_sheet")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weather_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("weather_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weather_entry_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_weather_entry_publication_id"), ["publication_id"], unique=False)
        batch_op.create_index("ix_weather_entry_sheet_id_on_date", ["sheet_id", "on_date"], unique=False)

    op.create_table(
        "imported_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", JSON, nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_imported_value_run_id_import_run")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["action_sheet.id"], name=op.f("fk_imported_value_sheet_id_action_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_value")),
        sa.UniqueConstraint("sheet_id", "field", name=op.f("uq_imported_value_sheet_id_field")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("imported_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_imported_value_run_id"), ["run_id"], unique=False)

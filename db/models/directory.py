"""Who: actors of the journal, persons, accounts and rights, organisations and their part in things."""

import secrets
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import (
    Base,
    Edited,
    Findable,
    Row,
    UtcDateTime,
    Versioned,
    code_of,
    now_utc,
    one_of,
    unique_while_live,
)
from db.rules.access import Role
from db.rules.vocabulary import ActorKind, InvolvementRole, OrganisationKind


def new_salt() -> str:
    """The key of a person's digests: 16 random bytes, in hexadecimal."""
    return secrets.token_hex(16)


class Actor(Row, Base):
    """Whom the journal names. Never deleted; a person's actor bears a function or a pseudonym, not a name."""

    __tablename__ = "actor"

    kind: Mapped[ActorKind] = mapped_column(code_of(ActorKind))
    label: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Organisation(Versioned, Findable, Base):
    """A structure, common to the whole installation. A merge keeps the row, so that it can be undone."""

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),)

    name: Mapped[str]
    acronym: Mapped[str | None]
    kind: Mapped[OrganisationKind] = mapped_column(code_of(OrganisationKind), default=OrganisationKind.OTHER)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)


class OrganisationAlias(Row, Base):
    """Another way of writing an organisation, met in a file or typed."""

    __tablename__ = "organisation_alias"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    label: Mapped[str]
    search_text: Mapped[str] = mapped_column(String, unique=True)


class Person(Versioned, Base):
    """A contact by function. What identifies a human being is in `PersonDetail`, one erasable row."""

    __tablename__ = "person"

    function: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)


class PersonDetail(Edited, Base):
    """The personal details of a person: never in the journal (a digest is), erased on demand.

    Erased and not archived, hence no `archived_at`. `salt` keys the journal's digests and goes with the row: once
    erased, nobody can find a name again by trying names.
    """

    __tablename__ = "person_detail"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    origin: Mapped[str]
    recorded_on: Mapped[date]
    reviewed_on: Mapped[date | None]
    salt: Mapped[str] = mapped_column(default=new_salt)


class Account(Versioned, Base):
    """A way in for a person; how it is proved (password, identity provider) comes apart."""

    __tablename__ = "account"
    __table_args__ = (unique_while_live("uq_account_login", "login"),)

    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id"), unique=True)
    login: Mapped[str]
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Grant(Versioned, Base):
    """A role of an account, in one initiative or (empty) in all, from a day to a day.

    `organisation_id` is the structure for which it is held: what a pilote leads, what a financeur pays.
    """

    __tablename__ = "grant"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    role: Mapped[Role] = mapped_column(code_of(Role))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Involvement(Versioned, Base):
    """The part an organisation (or, failing one, a person) has in a sheet, an initiative, an amendment or a body."""

    __tablename__ = "involvement"
    __table_args__ = (
        CheckConstraint(one_of("sheet_id", "initiative_id", "amendment_id", "body_id"), name="one_subject"),
        CheckConstraint("organisation_id IS NOT NULL OR person_id IS NOT NULL", name="somebody"),
        CheckConstraint("ends_on IS NULL OR starts_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
        Index("ix_involvement_sheet_id_role", "sheet_id", "role"),
    )

    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("action_sheet.id"))
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"), index=True)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"), index=True)
    role: Mapped[InvolvementRole] = mapped_column(code_of(InvolvementRole))
    function: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]

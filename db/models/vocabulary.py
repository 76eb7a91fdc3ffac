"""The open lists of the field, seeded from `db/reference/terms.yaml` and extended by coordinators."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Findable, Row, Versioned, code_of, unique_while_live
from db.rules.vocabulary import Vocabulary


class Term(Versioned, Findable, Base):
    """A word of a list: a public, a determinant (family, then factor), a scheme, a sector, a setting."""

    __tablename__ = "term"
    __table_args__ = (unique_while_live("uq_term_vocabulary_code", "vocabulary", "code"),)

    vocabulary: Mapped[Vocabulary] = mapped_column(code_of(Vocabulary))
    code: Mapped[str]
    label: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"), index=True)
    note: Mapped[str | None]
    position: Mapped[int] = mapped_column(default=0)


class TermAlias(Row, Base):
    """Another way of writing a term."""

    __tablename__ = "term_alias"

    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"), index=True)
    label: Mapped[str]
    search_text: Mapped[str] = mapped_column(index=True)

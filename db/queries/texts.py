"""The texts of an installation, which anybody may read, signed in or not: the law asks for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import InstallationText
from db.rules.legal import LegalText, Written, as_written


def legal_text(session: Session, name: LegalText) -> Written:
    """A text as it stands."""
    return as_written(name, session.scalar(select(InstallationText.text).where(InstallationText.name == name.value)))


def legal_texts(session: Session) -> tuple[Written, ...]:
    """All of them, in the order of the foot of the pages."""
    held = {row.name: row.text for row in session.execute(select(InstallationText.name, InstallationText.text))}
    return tuple(as_written(name, held.get(name.value)) for name in LegalText)

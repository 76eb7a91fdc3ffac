"""What an installation says of itself: its administrator writes it, the journal keeps every version."""

from sqlalchemy.orm import Session

from db.commands.common import words
from db.errors import Conflict, Invalid
from db.journal import acting
from db.models import InstallationText
from db.queries.texts import legal_text
from db.rights import Operation
from db.rules.legal import LONGEST, LegalText
from db.viewer import Viewer, require


def write_text(session: Session, viewer: Viewer, *, name: str, text: str, was: str | None = None) -> None:
    """Have a legal text say this, in plain lines (`db.rules.legal`); the same text writes nothing.

    `was` is what the form held when it was opened: Conflict when somebody else wrote the text meanwhile. Raises Refused
    for who does not administer, Invalid for a text that is empty, too long, or of no known name.
    """
    require(viewer, Operation.ADMINISTER, None)
    if name not in set(LegalText):
        raise Invalid("Ce texte n'est pas l'un de ceux de l'installation : rien n'a été écrit.")
    wanted = LegalText(name)
    written = words(text, f"« {wanted.label_fr} »", LONGEST)
    held = legal_text(session, wanted).text
    if was is not None and held.strip() not in (was.strip(), written):
        raise Conflict(
            f"« {wanted.label_fr} » a été réécrit par quelqu'un d'autre pendant que vous tapiez. Rien n'a été écrit, "
            "votre texte reste en brouillon : relisez la page, puis reprenez."
        )
    with acting(session, viewer.actor_id, "write_text", f"Texte de l'installation : {wanted.label_fr}"):
        row = session.get(InstallationText, wanted.value)
        if row is None:
            session.add(InstallationText(name=wanted.value, text=written))
        elif row.text != written:
            row.text = written
        session.flush()


def text_base(session: Session, name: LegalText) -> dict[str, str]:
    """What the form of a text holds when it is opened."""
    return {"text": legal_text(session, name).text}

"""Acts to take back."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from db.commands.undo import undo_act
from db.engine import reading, writing
from db.journal import acting
from db.models import Act
from db.viewer import Viewer


def last_act(engine: Engine) -> int:
    """The act done last."""
    with reading(engine) as session:
        found = session.scalar(select(func.max(Act.id)))
    assert found is not None
    return found


def undo(engine: Engine, viewer: Viewer, act_id: int, *, keep_changed: bool = False) -> int:
    """Take an act back, in a transaction of its own."""
    with writing(engine) as session:
        return undo_act(session, viewer, act_id, keep_changed=keep_changed)


def label(engine: Engine, act_id: int) -> str:
    """What the history says that an act was."""
    with reading(engine) as session:
        return session.get_one(Act, act_id).label


@contextmanager
def one_act(engine: Engine, viewer: Viewer, initiative_id: int | None = None) -> Iterator[Session]:
    """Several commands as one act, as a bulk edit or an import is."""
    with writing(engine) as session, acting(session, viewer.actor_id, "change_sheets", "Acte d'essai", initiative_id):
        yield session

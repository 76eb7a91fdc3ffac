"""Taking back what gave an access or a role."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from db.commands import passwords, roles
from db.engine import reading, writing
from db.errors import Refused
from db.models import Grant
from db.rules.access import Role
from db.viewer import Viewer
from tests.commands.coming_in import QUICK, account_of, settled, viewer_of
from tests.commands.taking_back import last_act, undo
from tests.conftest import ON


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(passwords, "HASHING", QUICK)
    yield


def test_what_gave_an_access_is_taken_back_by_who_administers_alone(engine: Engine, viewer: Viewer) -> None:
    settled(engine, "partout")
    coordinator = viewer_of(engine, "partout")
    settled(engine, "autre", role=Role.SIGNATORY)
    account = account_of(engine, "autre")
    with writing(engine) as session:
        roles.give_role(session, viewer, account_id=account, role=Role.COORDINATOR, starts_on=ON)
    with pytest.raises(Refused, match="seule une personne qui administre"):
        undo(engine, coordinator, last_act(engine))
    with reading(engine) as session:
        held = session.scalars(select(Grant.role).where(Grant.account_id == account, Grant.archived_at.is_(None))).all()
    assert Role.COORDINATOR in held

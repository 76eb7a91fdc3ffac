"""The installations of the audit: the demonstration, one account a role, each with an open session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from components.server.cookies import cookie
from db.commands import sessions, ways_in
from db.commands.accounts import open_account
from db.commands.proposals import make_answer_link
from db.commands.reading_links import make_reading_link
from db.engine import writing
from db.models import FundingLine, Involvement
from db.models.base import now_utc
from db.rules.access import Role, SharedPage
from db.rules.vocabulary import InvolvementRole
from tests.conftest import ON, viewer_in
from tests.house import ROOT
from tests.serving import Server, serving

DEMO = 1
START = date(2026, 1, 1)
SESSION = cookie("session")


@dataclass(frozen=True, slots=True)
class Installation:
    """A running server by accounts, its database, the secret of each role's session, and of the links handed out."""

    server: Server
    engine: Engine
    keys: dict[Role, str]
    invitation: str
    answer: str
    reading: str

    def cookies(self, role: Role | None) -> dict[str, str]:
        """What the browser of somebody of this role sends; nothing for who is not signed in."""
        return {} if role is None else {SESSION: self.keys[role]}

    def context(self, chromium: Browser, role: Role | None, scheme: str = "light") -> BrowserContext:
        """A browser of somebody of this role, in this appearance."""
        context = chromium.new_context(color_scheme=scheme, locale="fr-FR", viewport={"width": 1280, "height": 720})
        context.add_cookies([{"name": n, "value": v, "url": self.server.url} for n, v in self.cookies(role).items()])
        context.set_default_timeout(30_000)
        return context


@contextmanager
def installed(engine: Engine) -> Iterator[Installation]:
    """Run a server on this database (the demonstration), where an account of each role is signed in."""
    with writing(engine) as session:
        keys = {role: _signed_in(session, engine, role) for role in Role}
        invitation, answer, reading = (sessions.new_secret() for _ in range(3))
        ways_in.invite(
            session, viewer_in(engine), login="invitee", function="Personne invitée", role=Role.SIGNATORY,
            secret=invitation, starts_on=START, at=now_utc(),
        )  # fmt: skip
        make_answer_link(
            session, viewer_in(engine), initiative_id=DEMO, organisation_id=_leading(session),
            secret=answer, on=ON,
        )  # fmt: skip
        make_reading_link(
            session, viewer_in(engine), initiative_id=DEMO, page=SharedPage.PLAN, for_whom="Bureau du COPIL",
            until=None, secret=reading, on=now_utc().date(),
        )  # fmt: skip
    url = engine.url.render_as_string(hide_password=False)
    with serving(ROOT / "app.py", database_url=url, by_accounts=True) as server:
        yield Installation(server, engine, keys, invitation, answer, reading)


def _signed_in(session: Session, engine: Engine, role: Role) -> str:
    """Open an account of this role and a session of it; gives the secret of its cookie."""
    account = open_account(
        session, viewer_in(engine), login=role.value, function=role.label_fr, role=role, starts_on=START,
        initiative_id=None if role is Role.ADMINISTRATOR else DEMO, organisation_id=_held_for(session, role),
    )  # fmt: skip
    return sessions.open_session(session, account.id, at=now_utc(), device="Firefox sur Linux")


def _held_for(session: Session, role: Role) -> int | None:
    """The structure for which a role is held that reaches what a structure leads or pays."""
    if role is Role.FUNDER:
        return session.scalars(select(FundingLine.funder_id).where(FundingLine.sheet_id.is_not(None))).first()
    return _leading(session) if role is Role.LEAD else None


def _leading(session: Session) -> int:
    """A structure that leads a fiche."""
    part = Involvement
    led = select(part.organisation_id).where(part.role == InvolvementRole.LEAD, part.sheet_id.is_not(None))
    return session.scalars(led.order_by(part.id)).first() or 0

"""`python -m db invite`: the first access of an installation that is shared, or a new link for who lost theirs."""

from argparse import Namespace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.cli.upkeep import existing_database
from db.commands import ways_in
from db.commands.sessions import new_secret
from db.engine import writing
from db.errors import Refused
from db.models import Account
from db.models.base import now_utc
from db.rules.access import AccountKeyKind, Role
from db.rules.ways_in import KEY_LASTS
from db.settings import settings
from db.viewer import Viewer, local_viewer

NO_ADDRESS = (
    "Balise ne sait pas à quelle adresse on l'ouvre : donnez PUBLIC_URL, par exemple "
    "PUBLIC_URL=https://balise.exemple.fr, puis relancez la commande. Personne n'a été invité."
)
NO_FUNCTION = 'Dites la fonction de cette personne : --function "Coordinatrice du CLS". Personne n\'a été invité.'


def invite(args: Namespace) -> int:
    """Print the link by which somebody chooses a password: for a new account, or for the one of this login."""
    if not settings().public_url:
        raise Refused(NO_ADDRESS)
    secret, at = new_secret(), now_utc()
    with writing(existing_database()) as session:
        viewer = local_viewer(session, at.date())
        lasts = _new_link(session, viewer, args.login, secret) or _open(session, viewer, args, secret, at.date())
    print(f"Lien de {args.login}, à lui donner par un moyen sûr ; il sert une fois, pendant {lasts} :")
    print(settings().address_of(f"/acces/{secret}"))
    return 0


def _new_link(session: Session, viewer: Viewer, login: str, secret: str) -> str | None:
    """How long the link lasts that was made for the account of this login; None when there is no such account."""
    known = select(Account.id).where(Account.login == login.strip().lower(), Account.archived_at.is_(None))
    account_id = session.scalars(known).first()
    if account_id is None:
        return None
    return _days(ways_in.new_password_link(session, viewer, account_id=account_id, secret=secret))


def _open(session: Session, viewer: Viewer, args: Namespace, secret: str, on: date) -> str:
    if not args.function:
        raise Refused(NO_FUNCTION)
    ways_in.invite(
        session,
        viewer,
        login=args.login,
        function=args.function,
        role=Role(args.role),
        secret=secret,
        starts_on=on,
    )
    return _days(AccountKeyKind.INVITATION)


def _days(kind: AccountKeyKind) -> str:
    days = KEY_LASTS[kind].days
    return f"{days} jours" if days > 1 else "un jour"

"""What must hold before the server starts: the configuration as shipped, a way in that protects it, and a database of
this version."""

import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError
from streamlit import config

from db import migrate
from db.engine import engine
from db.errors import Busy
from db.failures import told_of
from db.models import Revision
from db.settings import settings

# Each of these differs from Streamlit's own default, and protects either the readers or their waiting time.
SHIPPED = {
    "client.showErrorDetails": "none",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.fileWatcherType": "none",
}
# Where the server that carries Streamlit reads whose word it takes for where a request comes from.
BELIEVED = "FORWARDED_ALLOW_IPS"


class NotReady(SystemExit):
    """The server cannot start; carries the French sentence that says what to do."""


def refuse_unless_shipped(root: Path) -> None:
    """Stop the start-up when `.streamlit/config.toml` of this folder was not read.

    Raises NotReady, which ends the process with its sentence.
    """
    missed = [name for name, value in SHIPPED.items() if config.get_option(name) != value]
    if missed:
        raise NotReady(
            "Balise n'a pas démarré : sa configuration "
            f"({root / '.streamlit' / 'config.toml'}) n'a pas été lue, ou ces réglages ont été changés : "
            f"{', '.join(missed)}. Démarrez-la par « make run », ou par « streamlit run app.py »."
        )


def refuse_unless_guarded() -> None:
    """Stop the start-up when anybody could come in: without passwords, on an address that other machines reach; with
    them, without knowing the address that people type. Then believe of proxies the one that is named, and no other.

    Raises NotReady, which ends the process with its sentence.
    """
    told, address = settings(), str(config.get_option("server.address") or "")
    if not told.by_accounts and not is_this_machine(address):
        raise NotReady(
            "Balise n'a pas démarré : sans mot de passe, elle n'écoute que sur cette machine (127.0.0.1), et l'adresse "
            f"demandée est {address or 'celle de toutes ses cartes réseau'}. Gardez 127.0.0.1, ou demandez un mot de "
            "passe à chacun : ACCESS=accounts, avec PUBLIC_URL (voir le README, « Partager une installation »)."
        )
    if told.by_accounts and not is_web_address(told.public_url):
        raise NotReady(
            "Balise n'a pas démarré : avec ACCESS=accounts, dites par PUBLIC_URL l'adresse que les gens tapent, par "
            "exemple PUBLIC_URL=https://balise.exemple.fr. Elle sert aux liens d'invitation et protège les connexions."
        )
    os.environ[BELIEVED] = told.trusted_proxy


def is_this_machine(address: str) -> bool:
    """Whether only this machine reaches a server that listens there."""
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def is_web_address(url: str) -> bool:
    """Whether this is the address of a site, without anything after its name."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.path in ("", "/") and not parts.query


def refuse_unless_migrated() -> None:
    """Stop the start-up when the database is missing, cannot be written in, or is not at this version's schema.

    Raises NotReady, which ends the process with its sentence.
    """
    base = engine()
    if base.dialect.name == "sqlite" and not Path(base.url.database or "").is_file():
        raise NotReady(
            f"Balise n'a pas démarré : il n'y a pas de base de données à sa place ({base.url.database}). Lancez "
            "« python -m db init » pour en créer une, ou « python -m db restore » pour remettre une sauvegarde."
        )
    expected = migrate.head()
    try:
        found = migrate.current(base)
        if found == expected:
            _try_to_write(base)
    except DBAPIError as problem:
        if (told := told_of(problem)) is None:
            raise
        raise NotReady(f"Balise n'a pas démarré. {told.message}") from problem
    if found != expected:
        raise NotReady(
            "Balise n'a pas démarré : sa base de données "
            f"{'est vide' if found is None else 'est d’une autre version'}. "
            "Lancez « python -m db init », qui la prépare sans rien perdre, puis redémarrez."
        )


def _try_to_write(base: Engine) -> None:
    """A base that can only be read would refuse everything that people type; one where somebody else writes will do."""
    try:
        with base.execution_options(writes=True).connect() as connection:
            connection.execute(update(Revision).values(n=Revision.n))
            connection.rollback()
    except DBAPIError as problem:
        if not isinstance(told_of(problem), Busy):
            raise

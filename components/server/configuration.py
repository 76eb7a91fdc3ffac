"""What must hold before the server starts: the configuration as shipped, and a database of this version."""

from pathlib import Path

from streamlit import config

from db import migrate
from db.engine import engine

# Each of these differs from Streamlit's own default, and protects either the readers or their waiting time.
SHIPPED = {
    "client.showErrorDetails": "none",
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "server.fileWatcherType": "none",
}


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


def refuse_unless_migrated() -> None:
    """Stop the start-up when the database is not at this version's schema.

    Raises NotReady, which ends the process with its sentence.
    """
    found, expected = migrate.current(engine()), migrate.head()
    if found != expected:
        raise NotReady(
            "Balise n'a pas démarré : sa base de données "
            f"{'est vide' if found is None else 'est d’une autre version'}. "
            "Lancez « python -m db init », qui la prépare sans rien perdre, puis redémarrez."
        )

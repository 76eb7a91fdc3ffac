"""The pages that are measured, in one list, and the databases they are measured on."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

from components.workspace import PREPARATION, VIEW
from tests.serving import ROOT

OVERVIEW = "/"
PLAN = "/plan"
# What is written in shows its forms to who prepares; in the other view it merely says where they are.
PREPARED = urlencode({VIEW: PREPARATION})
PAGES = (
    OVERVIEW,
    PLAN,
    "/fiche?fiche=1",
    "/contrat",
    "/imprevue",
    f"/organiser?{PREPARED}",
    f"/nouvelles?{PREPARED}",
    f"/plusieurs?{PREPARED}",
    f"/publier?{PREPARED}",
    "/semaine",
    f"/reponses?{PREPARED}",
    "/liens",
    f"/carnet?{PREPARED}",
    f"/actes?{PREPARED}",
    "/demarches",
    "/sauvegardes",
    "/archives",
    "/textes",
    "/importer",
    "/comptes",
    "/passer-la-main",
    "/prise-de-poste",
    "/personnes",
    "/mon-acces",
    "/qui-voit-quoi",
    "/aide",
)
BALISE = ROOT / "app.py"
EMPTY, TWO_PAGES, RIGHTS = (Path(__file__).parent / name / "app.py" for name in ("empty", "two", "rights"))


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite:///{path}"


def of_initiative(page: str, code: str) -> str:
    """The page's address with a démarche chosen."""
    return f"{page}{'&' if '?' in page else '?'}demarche={code}"


def demonstration(path: Path) -> None:
    """A database that holds the demonstration alone."""
    run("db", "init", "--demo-if-empty", database=path)


def national(path: Path, source: Path) -> None:
    """A copy of `source` with a whole country in it, made once."""
    if path.exists():
        return
    shutil.copy(source, path)
    run("tests.bench.national", database=path)


def run(module: str, *arguments: str, database: Path) -> None:
    """`python -m module …` on a database; raises CalledProcessError when it fails."""
    environment = {**os.environ, "DATABASE_URL": sqlite_url(database)}
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=sys.stderr)

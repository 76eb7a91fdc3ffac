"""The words of the command line, in French."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from db.cli import privacy_words
from db.rules.access import Role

PROGRAM = "python -m db"
CODES = """codes de retour :
  0  fait
  1  refusé, ou quelque chose ne va pas : une phrase dit quoi
  2  le fichier ne peut pas être lu
  3  des erreurs du fichier empêchent de l'appliquer

La base est celle de DATABASE_URL (par défaut, un fichier SQLite dans data/)."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help as argparse writes it, its own word aside."""

    def add_usage(
        self, usage: str | None, actions: Iterable[Any], groups: Iterable[Any], prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "utilisation : " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks French, and leaves exit code 2 to files that cannot be read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False, formatter_class=Formatter, allow_abbrev=False)
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument("-h", "--help", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.format_usage()}La commande n'est pas comprise. Voyez « {self.prog} --help ».\n")


def parser() -> Parser:
    """The commands and their arguments; `command` holds the name of the one asked for."""
    top = Parser(prog=PROGRAM, description="Balise : préparer, remplir, vérifier et sauvegarder la base.", epilog=CODES)
    commands = top.add_subparsers(dest="command", metavar="commande", required=True, title="commandes")

    init = commands.add_parser(
        "init",
        help="crée la base ou la met à jour",
        description="Crée la base, ou la met au schéma de cette version après l'avoir sauvegardée, "
        "et installe les territoires et les listes de référence.",
    )
    init.add_argument(
        "--demo-if-empty", action="store_true", help="charge la démonstration si la base n'a aucune démarche"
    )
    commands.add_parser(
        "demo",
        help="charge la démonstration (fictive)",
        description="Charge le contrat fictif de démonstration, au 1er octobre 2026. Refuse s'il est déjà là.",
    )
    _exchange(commands)
    _invite(commands)
    check = commands.add_parser(
        "check",
        help="vérifie la base",
        description="Vérifie tout ce que le schéma seul ne peut garantir, et l'intégrité du fichier. "
        "Sort avec 1 si quelque chose ne va pas.",
    )
    check.add_argument("--json", action="store_true", help="répond par un objet JSON : {ok, problems}")
    backup = commands.add_parser(
        "backup",
        help="sauvegarde la base (SQLite)",
        description="Copie la base dans un fichier, même pendant qu'elle sert, avec son empreinte SHA-256. "
        "N'écrase jamais un fichier. Sur PostgreSQL, dit la commande pg_dump à employer.",
    )
    backup.add_argument(
        "file", metavar="FICHIER", nargs="?", type=Path, help="par défaut, dans « sauvegardes », à côté de la base"
    )
    backup.add_argument("--json", action="store_true", help="répond par un objet JSON : {file, bytes}")
    restore = commands.add_parser(
        "restore",
        help="restaure une sauvegarde (SQLite)",
        description="Remet une sauvegarde à la place de la base, qui est d'abord gardée de côté, après deux questions. "
        "Arrêtez Balise avant, relancez-la après ; chacun devra se reconnecter. "
        "Sur PostgreSQL, dit la commande pg_restore à employer.",
    )
    restore.add_argument("file", metavar="FICHIER", type=Path, help="la sauvegarde")
    restore.add_argument("--yes", action="store_true", help="ne pose pas de question (pour les scripts)")
    _carry(commands)
    privacy_words.add_commands(commands)
    return top


def _carry(commands: Any) -> None:
    out = commands.add_parser(
        "pack",
        help="emporte une démarche : ses données et son journal",
        description="Écrit une archive portable d'une démarche : tout ce qu'elle contient, son historique, et les "
        "coordonnées des personnes qui y ont un rôle, mais aucun accès ni mot de passe. Rangez-la en lieu sûr. Une "
        "autre installation de même version la reprend par « adopt ». N'écrase jamais un fichier.",
    )
    out.add_argument("code", metavar="CODE", help="le code de la démarche")
    out.add_argument("file", metavar="FICHIER", nargs="?", type=Path, help="par défaut, CODE-DATE.balise")
    out.add_argument("--json", action="store_true", help="répond par un objet JSON")
    back = commands.add_parser(
        "adopt",
        help="accueille une démarche emportée d'une autre installation",
        description="Ajoute la démarche d'une archive portable, historique compris, sur SQLite comme sur PostgreSQL. "
        "Les structures de même nom, les mots et les territoires connus ici sont repris ; rien d'autre n'est touché. "
        "Tout est écrit, ou rien. Refuse une démarche dont le code est déjà là, une archive abîmée, modifiée ou d'une "
        "autre version.",
    )
    back.add_argument("file", metavar="FICHIER", type=Path, help="l'archive")
    back.add_argument("--dry-run", action="store_true", help="dit ce que l'archive contient, et ne fait rien")
    back.add_argument("--json", action="store_true", help="répond par un objet JSON")


def _invite(commands: Any) -> None:
    one = commands.add_parser(
        "invite",
        help="ouvre un accès, ou refait un lien perdu",
        description="Ouvre un accès sur une installation partagée (ACCESS=accounts, PUBLIC_URL), et écrit le lien par "
        "lequel cette personne choisit son mot de passe. Si l'identifiant est connu, refait un lien.",
    )
    one.add_argument("login", metavar="IDENTIFIANT", help="prenom.nom, ou une adresse électronique")
    one.add_argument("--function", metavar="FONCTION", help="la fonction, qui la nomme dans l'historique")
    one.add_argument(
        "--role",
        metavar="RÔLE",
        choices=[Role.ADMINISTRATOR.value, Role.COORDINATOR.value],
        default=Role.ADMINISTRATOR.value,
        help="administrator (par défaut) ou coordinator, dans toutes les démarches",
    )


def _exchange(commands: Any) -> None:
    incoming = commands.add_parser(
        "import",
        help="importe un classeur",
        description="Importe un plan d'action (xlsx, xls, ods, csv). Sans --initiative, crée une démarche. "
        "Tout est appliqué, ou rien.",
    )
    incoming.add_argument("file", metavar="FICHIER", type=Path, help="le classeur")
    incoming.add_argument("--initiative", metavar="CODE", help="la démarche à mettre à jour")
    incoming.add_argument("--sheet", metavar="NOM", help="la feuille à lire ; sinon, la mieux reconnue")
    incoming.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, et ne fait rien")
    incoming.add_argument(
        "--new", action="store_true", help="crée une nouvelle démarche, même si ce fichier a déjà été importé"
    )
    incoming.add_argument(
        "--accept-close", action="store_true", help="lit aussi les colonnes dont le libellé n'est que ressemblant"
    )
    incoming.add_argument("--json", action="store_true", help="répond par un objet JSON")
    outgoing = commands.add_parser(
        "export",
        help="exporte un plan en classeur",
        description="Écrit le plan d'une démarche dans un classeur (.xlsx) que l'import sait relire.",
    )
    outgoing.add_argument("file", metavar="FICHIER", type=Path, nargs="?", help="le classeur à écrire")
    outgoing.add_argument("--initiative", metavar="CODE", help="la démarche ; facultatif s'il n'y en a qu'une")
    outgoing.add_argument("--json", action="store_true", help="répond par un objet JSON")

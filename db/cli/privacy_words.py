"""The words of `python -m db person` and `python -m db audit`, in French."""

from pathlib import Path
from typing import Any

EXPORT, ERASE, STALE, REVIEW = "export", "erase", "stale", "review"


def add_commands(commands: Any) -> None:
    """`person` with its own commands, and `audit`."""
    person = commands.add_parser(
        "person",
        help="exporte ou efface ce qui concerne une personne (RGPD)",
        description="Droit d'accès, droit à l'effacement, contacts à relire. QUI est un nom, une adresse électronique, "
        "un identifiant, ou le numéro d'un contact, en entier.",
    )
    actions = person.add_subparsers(dest="action", metavar="action", required=True, title="actions")
    export = actions.add_parser(EXPORT, help="écrit en JSON tout ce qui la concerne", description=_told(EXPORT))
    export.add_argument("who", metavar="QUI", help="la personne")
    export.add_argument("file", metavar="FICHIER", nargs="?", type=Path, help="par défaut, l'écran")
    erase = actions.add_parser(ERASE, help="l'efface, sans retour", description=_told(ERASE))
    erase.add_argument("who", metavar="QUI", help="la personne")
    erase.add_argument("--yes", action="store_true", help="ne pose pas de question (pour les scripts)")
    actions.add_parser(STALE, help="liste les contacts non relus depuis 24 mois", description=_told(STALE))
    review = actions.add_parser(REVIEW, help="note qu'un contact a été relu", description=_told(REVIEW))
    review.add_argument("number", metavar="NUMÉRO", type=int, help="son numéro dans la liste")
    audit = commands.add_parser(
        "audit",
        help="dit ce qui est faible dans l'installation",
        description="Relit les réglages, les droits des fichiers, les sauvegardes, les accès et les textes légaux, et "
        "dit pour chaque faiblesse ce qu'il faut faire. Ne change rien. Sort avec 1 si quelque chose est à reprendre.",
    )
    audit.add_argument("--json", action="store_true", help="répond par un objet JSON : {ok, weaknesses}")


def _told(action: str) -> str:
    """What one of the three does, for its help."""
    return {
        EXPORT: "Écrit tout ce que la base sait d'une personne : contact, rôles, accès, connexions, actes, brouillons "
        "et les endroits où d'autres l'ont nommée. Aucun secret n'en sort.",
        ERASE: "Efface ses coordonnées, son accès, ses connexions, ses brouillons, son nom partout où il a été tapé, "
        "historique compris ; puis réécrit le fichier de la base. La fonction du contact reste. C'est sans retour.",
        STALE: "Les contacts que personne n'a relus depuis 24 mois, à confirmer ou à effacer.",
        REVIEW: "Note qu'un contact a été relu aujourd'hui et sert encore : il sort de la liste pour 24 mois.",
    }[action]

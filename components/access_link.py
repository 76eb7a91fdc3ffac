"""The link by which somebody chooses a password: shown once, to be copied; Balise keeps its digest alone."""

from collections.abc import Callable
from dataclasses import dataclass

from components import shown_once
from components.formats import NBSP
from components.text import escape
from db.rules.access import AccountKeyKind
from db.rules.ways_in import KEY_LASTS

LINK = "access_link"
NOTE = (
    "Donnez-le à cette personne seule, par un moyen sûr. Balise n'envoie pas de courriel et ne garde pas ce "
    f"lien{NBSP}: il ne sera plus montré. Perdu, il se remplace par «{NBSP}Nouveau lien{NBSP}»."
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link that was just made: for whom, its secret, and what it is for."""

    function: str
    secret: str
    kind: AccountKeyKind


def keep_link(link: Link) -> None:
    """Have a link shown, from a callback, until who made it says that it is copied."""
    shown_once.keep(LINK, link)


def show(address_of: Callable[[str], str]) -> None:
    """The link that was just made, if there is one; `address_of` gives the whole address of a path."""
    link: Link | None = shown_once.kept(LINK)
    if link is not None:
        said = f"**Lien pour {escape(link.function)}**{NBSP}: {what_for(link.kind)}"
        shown_once.show(LINK, said, address_of(f"/acces/{link.secret}"), NOTE)


def what_for(kind: AccountKeyKind) -> str:
    """What a link does, how many times, for how long."""
    days = KEY_LASTS[kind].days
    lasts = f"{days} jours" if days > 1 else "un jour"
    return f"il sert une fois, pendant {lasts}, à choisir son mot de passe."

"""The pages, states, appearances and roles that are looked at; a page of the hall is there without being remembered."""

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from components.server.legal import ADDRESSES
from db.rules.access import Role, SharedPage
from db.rules.sections import Section
from tests.bench.places import PAGES, PREPARED, of_initiative
from tests.exchange.files import PLAN, xlsx

CODE = "demo"
SCHEMES = ("light", "dark")
SEES_MOST = Role.ADMINISTRATOR

Do = Callable[[Page], None]


@dataclass(frozen=True, slots=True)
class Visit:
    """An address opened by somebody (None: who is not signed in), and what they do there before it is looked at."""

    address: str
    role: Role | None = SEES_MOST
    scheme: str = "light"
    do: Do | None = None
    name: str = ""
    is_new: bool = False
    """Whether it is on an installation that holds nothing yet."""

    def __str__(self) -> str:
        who = self.role.value if self.role else "nobody"
        return f"{self.name or self.address} as {who}, {self.scheme}"


def pressing(button: str) -> Do:
    """Press the first button of this name."""
    return lambda page: page.get_by_role("button", name=button).first.click()


def unfolding(words: str) -> Do:
    """Open what is folded under these words."""
    return lambda page: page.locator("summary").filter(has_text=re.compile(words)).first.click()


def ticking(label: str) -> Do:
    """Tick a box, or turn a switch on."""
    return lambda page: page.get_by_text(label, exact=True).first.click()


def choosing(label: str, typed: str = "") -> Do:
    """Open a list of choices, and type what is not in it."""

    def do(page: Page) -> None:
        page.get_by_label(label, exact=True).first.click()
        page.keyboard.type(typed)
        expect(page.get_by_role("option").first).to_be_visible()

    return do


def pointing(what: str) -> Do:
    """Show the help of something."""

    def do(page: Page) -> None:
        page.get_by_label(what).first.hover()
        expect(page.get_by_role("tooltip").first).to_be_visible()

    return do


def noting(words: str) -> Do:
    """Note a line in the carnet, which is too long."""

    def do(page: Page) -> None:
        line = page.get_by_test_id("stChatInputTextArea")
        line.fill(words)
        line.press("Enter")
        expect(page.get_by_text("2000 au plus").first).to_be_visible()

    return do


def importing(page: Page) -> None:
    """Drop a workbook, and see what would be imported."""
    with tempfile.TemporaryDirectory() as folder:
        file = xlsx(Path(folder) / "plan.xlsx", [["Contrat local de santé d'essai 2025-2030"], *PLAN])
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
        expect(page.get_by_role("button", name="Importer les 2 fiches")).to_be_visible()
    page.locator("summary").filter(has_text="Fiches à créer").click()
    expect(page.get_by_role("cell", name="Bus santé")).to_be_visible()


def refused_file(page: Page) -> None:
    """Drop a file that is not a workbook."""
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        FilePayload(name="plan.xlsx", mimeType="application/octet-stream", buffer=b"PK nothing")
    )
    expect(page.get_by_text("Rien n'a été importé").first).to_be_visible()


def reading_by_link(page: Page) -> None:
    """Open what a link of reading shows."""
    page.get_by_role("button", name="Lire cette page").click()
    expect(page.get_by_text("Vous lisez cette page par un lien").first).to_be_visible()


def in_preparation(address: str) -> str:
    """An address of the demonstration, in preparation."""
    return f"{here(address)}&{PREPARED}"


def here(address: str) -> str:
    """An address of the demonstration."""
    return of_initiative(address, CODE)


def of_the_hall() -> tuple[Visit, ...]:
    """Every page, seen by who sees most."""
    return tuple(Visit(here(page)) for page in PAGES)


FICHE = "/fiche?fiche=6"
STATES = (
    Visit(in_preparation("/")),
    Visit(in_preparation("/plan")),
    Visit(here("/plan?forme=Par+statut"), do=choosing("Démarche"), name="a list of choices"),
    Visit(here("/plan?forme=Frise"), do=ticking("Voir en tableau"), name="a chart as a table"),
    Visit(here("/plan"), do=pressing("Filtres"), name="filters"),
    Visit(here("/plan"), do=pressing("Réglages"), name="a menu"),
    Visit(here("/"), do=pointing("Aide : Indicateurs"), name="a help"),
    Visit(here("/fiche?fiche=99999"), name="no such fiche"),
    Visit(in_preparation(f"{FICHE}&modifier=nouvelles")),
    Visit(in_preparation(f"{FICHE}&modifier=partenaires"), do=choosing("Partenaires", "Zèbre"), name="a new name"),
    Visit(in_preparation(FICHE), do=unfolding("Historique"), name="history of a fiche"),
    Visit(in_preparation("/actes"), do=pressing("Annuler"), name="undoing, a dialog"),
    Visit(in_preparation("/contrat?avenant=nouveau")),
    Visit(in_preparation("/organiser?organiser=ordre")),
    Visit("/comptes?inviter=nouveau"),
    Visit(here("/passer-la-main"), do=pressing("Passer la main"), name="handing over"),
    Visit("/personnes", do=pressing("Effacer…"), name="erasing a person"),
    Visit(in_preparation("/carnet"), do=noting("a" * 5000), name="a refusal"),
    Visit("/", is_new=True),
    Visit("/importer", is_new=True, do=importing, name="a dry run"),
    Visit(here("/plan"), None),
    Visit("/entrer", None),
    Visit("/acces/{invitation}", None),
    Visit("/reponse/{answer}", None),
    Visit("/lecture/{reading}", None),
    Visit("/lecture/{reading}", None, do=reading_by_link, name="a page read by a link"),
)
"""What a page becomes when it is asked for more, and what is shown to who is not signed in."""
MORE = (
    Visit(in_preparation("/plan?liste=completer")),
    *(Visit(in_preparation(f"{FICHE}&modifier={section.value}")) for section in Section),
    Visit(in_preparation("/publier"), do=pressing("Voir ce qui a changé depuis"), name="since a point"),
    Visit(here("/contrat"), do=pressing("signataires"), name="signatories"),
    Visit(in_preparation("/publier"), do=pressing("Dépublier"), name="unpublishing, a dialog"),
    Visit("/comptes", do=pressing("Fermer l'accès"), name="closing an access"),
    Visit(in_preparation("/contrat?avenant=contrat")),
    Visit(in_preparation("/organiser?organiser=fiche&fiche=6")),
    Visit("/comptes", do=pressing("Donner un autre rôle"), name="a second role"),
    Visit("/comptes", do=pressing("Changer la fin"), name="the end of a role"),
    *(Visit(here(f"/liens?partager={page.value}&fiche=6"), name=f"sharing, {page.value}") for page in SharedPage),
    Visit("/textes?texte=mentions-legales"),
    Visit("/?demarche=absente", name="no such démarche"),
    Visit("/semaine", is_new=True),
    Visit("/importer", is_new=True, do=refused_file, name="a file refused"),
    Visit("/acces/forge", None),
    Visit("/reponse/forge", None),
    *(Visit(address, None) for address in ADDRESSES),
    Visit("/mot-de-passe"),
    Visit("/sortir"),
)
"""The states that are like others."""


def at_least() -> tuple[Visit, ...]:
    """Each page once in the role that sees most, each state and each role once, in one appearance then the other.

    The guest of a link is who opens one.
    """
    roles = tuple(Visit(here("/"), role) for role in Role if role not in (SEES_MOST, Role.LINK_GUEST))
    chosen = (*of_the_hall(), *STATES, *roles)
    return tuple(replace(visit, scheme=scheme) for visit, scheme in zip(chosen, cycle(SCHEMES), strict=False))


def whole() -> Iterator[Visit]:
    """Every page in every role, every state in the role that sees most, all of it in both appearances."""
    pages = [replace(page, role=role) for role in Role for page in of_the_hall()]
    for scheme in SCHEMES:
        yield from (replace(visit, scheme=scheme) for visit in (*pages, *STATES, *MORE))

"""A link of reading: what it shows, how long it lasts, and what screens tell of it."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from db.rules.access import SharedPage
from db.rules.filtering import Filters

LINK_DAYS, MOST_DAYS = 30, 90
ADDRESSES = {
    SharedPage.OVERVIEW: "",
    SharedPage.PLAN: "plan",
    SharedPage.SHEET: "fiche",
    SharedPage.CONTRACT: "contrat",
}
"""Where each page that may be shared is, as the address names it."""


GONE = (
    "Ce lien de lecture ne sert plus : il a été retiré, il est arrivé à son terme, ce qu'il montrait n'est plus là, ou "
    "il n'a pas été copié en entier. Demandez-en un autre à la personne qui vous l'a envoyé."
)
NOTHING_ASKED = Filters()


@dataclass(frozen=True, slots=True)
class SharedView:
    """The one page that a link shows: of a fiche, where it stands; of the plan, what it is narrowed to."""

    page: SharedPage
    placement_id: int | None = None
    filters: Filters = NOTHING_ASKED

    def address(self, code: str) -> str:
        """Where it is read, in the démarche of this code."""
        asked = {name: "true" if value is True else str(value) for name, value in self.filters.asked.items()}
        fiche = {} if self.placement_id is None else {"fiche": str(self.placement_id)}
        return f"/{ADDRESSES[self.page]}?{urlencode({'demarche': code, **fiche, **asked})}"


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link as who holds its secret bears it: in which démarche, what it shows, until when. `is_open`: it shows it."""

    id: int
    initiative_id: int
    code: str
    initiative: str
    view: SharedView
    ends_on: date
    is_open: bool


@dataclass(frozen=True, slots=True)
class LinkTold:
    """A link as who may share is told of it. `sheet` is the fiche that it shows, by number and title."""

    id: int
    view: SharedView
    sheet: str | None
    for_whom: str
    made_by: str
    made_on: date
    ends_on: date
    openings: int
    last_opening_at: datetime | None

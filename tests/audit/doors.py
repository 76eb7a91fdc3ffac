"""The doors tried without a browser, as every role: pages over the websocket, addresses forged, downloads."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus, urlencode

from sqlalchemy import Engine, func, select

from db.commands.plan import add_sheet
from db.commands.series import declare_weather
from db.commands.sheet_life import archive_sheet
from db.engine import reading, writing
from db.models import Act, Placement
from db.rights import RIGHTS, Operation, Reach, allows
from db.rules.access import Role
from tests.audit.installation import DEMO, Installation
from tests.audit.sockets import Told, line
from tests.bench.places import PAGES
from tests.builders import a_plan
from tests.conftest import ON, viewer_in

CODE, NEXT_DOOR = "demo", "voisine"
SECRET, FOREIGN = "le local ferme en décembre", "Contrat du bourg d'à côté"
ABSENT, BROKEN = "987654", "n'a pas pu s'afficher"
PARAMETERS = {
    "fiche": ("fiche", "nouvelles", "publier", "carnet"),
    "demarche": ("", "plan", "contrat"),
    "avenant": ("contrat",),
    "axe_ouvert": ("organiser",),
    "cellule": ("plan",),
    "depuis": ("publier",),
    "jusque": ("publier",),
    "ligne": ("carnet",),
    "refuser": ("reponses",),
    "ajoutee": ("imprevue",),
    "brouillon": ("fiche", "imprevue"),
    "liste": ("plan",),
    "texte": ("textes",),
    "inviter": ("comptes",),
}
"""What an address may name, and on which pages."""
NOT_IDS = ("texte", "1,2", "[1]", "1e3", "²", "0x10", "", " ", "' OR 1=1 --", "../../etc", "%00", "null", "6&{name}=1")
READERS = tuple(role for role in Role if Operation.READ_PREPARATION not in RIGHTS[role])


def prepared(engine: Engine) -> dict[str, str]:
    """Put something in preparation, another démarche next door and a fiche archived; gives the ids to be forged."""
    viewer = viewer_in(engine)
    with writing(engine) as session:
        first = session.scalars(select(Placement).where(Placement.code == "1.1", Placement.initiative_id == DEMO)).one()
        declare_weather(session, viewer, sheet_id=first.sheet_id, on=ON, weather=None, obstacles=SECRET)
        gone = add_sheet(session, viewer, initiative_id=DEMO, title="Fiche qui part")
        archive_sheet(session, viewer, placement_id=gone.id)
        other = a_plan(session, viewer, code=NEXT_DOOR, name=FOREIGN)
    return {"foreign": str(other.placements["1.1"]), "deleted": str(gone.id), "negative": "-1", "huge": str(2**70)}


def secrets_told(home: Installation) -> Iterator[str]:
    """Every page as every role: what is in preparation is sent to who prepares alone, the plan next door to nobody."""
    for role in Role:
        with line(home.server, home.cookies(role)) as socket:
            for page in PAGES:
                name, _, more = page.strip("/").partition("?")
                told = socket.asks(name, f"{more}&demarche={CODE}&vue={quote_plus('En préparation')}")
                yield from _wrong(f"/{page.strip('/')} as {role.value}", told, role)


def _wrong(where: str, told: Told, role: Role | None) -> Iterator[str]:
    if told.broke or told.tells(BROKEN):
        yield f"{where} breaks"
    if role in (None, *READERS) and told.tells(SECRET):
        yield f"{where} is sent what is in preparation"
    if role is not Role.ADMINISTRATOR and told.tells(FOREIGN):
        yield f"{where} is sent what is next door"


def probes(ids: dict[str, str], *names: str) -> Iterator[tuple[str, str, str, bool]]:
    """Each page, parameter (these alone when some are named) and value that is tried, and whether it must answer as one
    that does not exist."""
    for name in names or PARAMETERS:
        for page in PARAMETERS[name]:
            for value in ids.values():
                yield page, name, value, True
            for value in NOT_IDS:
                yield page, name, value.format(name=name), False


def forged(home: Installation, ids: dict[str, str], roles: Iterable[Role], *names: str) -> Iterator[str | None]:
    """Every probe as these roles: what is wrong with its answer, or None."""
    for role in roles:
        reference: dict[tuple[str, str], tuple[str, ...]] = {}
        for page, name, value, alike in probes(ids, *names):
            with line(home.server, home.cookies(role)) as socket:
                told = socket.asks(page, _query(name, value))
            where = f"/{page}?{name}={value[:30]} as {role.value}"
            yield next(_wrong(where, told, role), None)
            told_gone = value == ids["deleted"] and allows(role, Operation.WRITE)  # to put it back in the plan
            if alike and not told_gone and role is not Role.ADMINISTRATOR:
                if (page, name) not in reference:
                    with line(home.server, home.cookies(role)) as socket:
                        reference[page, name] = socket.asks(page, _query(name, ABSENT)).words
                absent = _plain(reference[page, name], ABSENT)
                told_apart = _plain(told.words, value) != absent
                yield f"{where} answers otherwise than what does not exist" if told_apart else None


def _query(name: str, value: str) -> str:
    here = {"demarche": CODE} if name != "demarche" else {}
    return f"{urlencode(here | {'vue': 'En préparation'})}&{name}={quote_plus(value, safe='&=')}"


def _plain(words: Iterable[str], asked: str) -> list[str]:
    """The words of an answer as they are read, what was asked apart."""
    return [re.sub(rf"« {re.escape(asked)} »", "« … »", word.replace("\\", "")) for word in words]


def exports(home: Installation) -> Iterator[str]:
    """Each download as each role and as nobody: given to who reads the whole plan, or administers, alone."""
    kinds = {"plan/demo": Operation.READ, f"plan/{NEXT_DOOR}": None, "plan/absente": None, "essai/x": None}
    kinds |= {"sauvegarde/x.db": None, "sauvegarde/..%2fdemo.db": None, "autre/1": None}
    for role in (None, *Role):
        for kind, asked in kinds.items():
            status = _status(f"{home.server.url}/export/{kind}", home.cookies(role))
            whole = role is not None and asked is not None and allows(role, asked, Reach.PLAN)
            may = whole or (kind == f"plan/{NEXT_DOOR}" and role is Role.ADMINISTRATOR)
            if (status == 200) != may:
                yield f"/export/{kind} as {role.value if role else 'nobody'} answers {status}"


def _status(address: str, cookies: dict[str, str]) -> int:
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=sent), timeout=30) as answer:
            return int(answer.status) if "/entrer" not in answer.url else 401
    except urllib.error.HTTPError as error:
        return error.code


def pressed(home: Installation) -> Iterator[str]:
    """A reader says to have pressed the buttons that who coordinates has on a fiche: nothing is written."""
    with reading(home.engine) as session:
        first = session.scalars(
            select(Placement.id).where(Placement.code == "1.1", Placement.initiative_id == DEMO)
        ).one()
    query = f"demarche={CODE}&fiche={first}&vue={quote_plus('En préparation')}"
    with line(home.server, home.cookies(Role.COORDINATOR)) as socket:
        widgets = tuple(socket.asks("fiche", query).widgets.values())
    before = _acts(home.engine)
    for role in READERS:
        with line(home.server, home.cookies(role)) as socket:
            socket.asks("fiche", query)
            if socket.asks("fiche", query, *widgets).broke:
                yield f"/fiche as {role.value} breaks when buttons are forged"
    if _acts(home.engine) != before:
        yield "a reader wrote by forging buttons"


def _acts(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalars(select(func.count(Act.id))).one()

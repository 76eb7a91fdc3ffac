"""The downloads: the plan as a workbook, the problems that a dry run found, a backup, a whole démarche, what is held of
a person."""

import json
import re
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from components.server.identity import viewer_behind
from components.server.trials import TRIALS
from db import shelf
from db.commands.persons import export_person
from db.engine import reading
from db.errors import Refused
from db.exchange.report import problems_csv
from db.portable import packing
from db.queries import initiatives
from db.rules.persons import read_exact
from db.viewer import UNKNOWN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
JSON = "application/json"
GONE = "Cette personne n'est pas, ou n'est plus, dans la liste : reprenez le lien à la page « Personnes »."
EXPIRED = (
    "Cet essai à blanc n'est plus gardé : il l'est une demi-heure, pour la personne qui l'a fait. "
    "Revenez à la page « Importer, exporter » et déposez le fichier à nouveau."
)


def plan(request: Request, code: str) -> Response:
    """The workbook of the démarche of this code."""
    from db.exchange.export import plan_workbook  # its library is only loaded for those who export

    viewer = viewer_behind(request.cookies)
    with reading() as session:
        choices = initiatives.choices(session, viewer)
        found = next((choice for choice in choices if choice.code == code), None)
        if found is None:
            raise Refused(UNKNOWN)
        on = found.reference_date or datetime.now(ZoneInfo(found.time_zone)).date()
        content = plan_workbook(session, viewer, found.id, on)
    return attachment(content, f"plan-{code}-{on.isoformat()}.xlsx", XLSX)


def trial_problems(request: Request, token: str) -> Response:
    """Everything that a dry run could not take as it is, as CSV."""
    trial = TRIALS.of(token, viewer_behind(request.cookies))
    if trial is None:
        raise Refused(EXPIRED)
    stem = re.sub(r"\.[^.]*$", "", trial.plan.draft.file) or "import"
    return attachment(problems_csv(trial.plan).encode("utf-8"), f"{stem}-a-reprendre.csv", CSV)


def backup(request: Request, name: str) -> Response:
    """The file of a backup, for who administers."""
    viewer = viewer_behind(request.cookies)
    with reading() as session:
        path = shelf.file_of(session, viewer, name)
    return FileResponse(path, filename=path.name, media_type="application/vnd.sqlite3")


def person(request: Request, who: str) -> Response:
    """All that is held of a person, for who administers: the file bears their number, not their name."""
    viewer = viewer_behind(request.cookies)
    if read_exact(who) is None:  # a name in an address would stay in the logs of a proxy
        raise Refused(GONE)
    with reading() as session:
        told = export_person(session, viewer, who=who)
    content = json.dumps(told, ensure_ascii=False, indent=2)
    return attachment(content.encode("utf-8"), f"personne-{who}.json", JSON)


def archive(request: Request, code: str) -> Response:
    """The portable archive of the démarche of this code, for who administers."""
    viewer = viewer_behind(request.cookies)
    with reading() as session:
        packed = packing.pack(session, viewer, code)
    return attachment(packed.content, packed.name, "application/zip")


def attachment(content: bytes, name: str, kind: str) -> Response:
    """A file to be saved under this name, whatever letters it has."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=kind, headers={"content-disposition": disposition})

"""A démarche that has lived, what is read of it, and its way from one database to another."""

import dataclasses
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from db.commands import logbook
from db.commands.adoption import Adopted, adopt_initiative
from db.commands.directory import add_person, find_or_create_organisation, involve
from db.commands.plan import rewrite_sheet
from db.commands.proposals import make_answer_link, propose
from db.commands.reference import find_or_create_term
from db.commands.series import declare_progress, declare_weather
from db.commands.sheets import add_milestone, attach_term
from db.commands.undo import undo_act
from db.engine import reading, writing
from db.exchange.export import plan_workbook
from db.exchange.workbook import Worksheet, read_workbook
from db.models import Act, Initiative, JournalEntry, Placement, SheetTerm
from db.portable import box, packing
from db.portable.box import Parcel
from db.queries import acts, contract, overview, plan
from db.queries import logbook as logbooks
from db.queries.history import sheet_history
from db.queries.sheet import sheet_detail
from db.rules.portable import Packed
from db.rules.vocabulary import InvolvementRole, Vocabulary
from db.viewer import Viewer
from tests.commands.taking_back import last_act, one_act
from tests.conftest import viewer_in

ON = date(2026, 10, 1)
SECRET = "un-secret-de-deux-cent-cinquante-six-bits"
EMAIL = "dominique@exemple.fr"


def id_of(engine: Engine, code: str = "demo") -> int:
    with reading(engine) as session:
        return session.scalars(select(Initiative.id).where(Initiative.code == code)).one()


def sheets_of(engine: Engine, initiative_id: int) -> dict[str, tuple[int, int]]:
    """The fiches of a plan by number: their id, and that of the place where they stand."""
    p = Placement
    with reading(engine) as session:
        rows = session.execute(
            select(p.code, p.sheet_id, p.id).where(p.initiative_id == initiative_id, p.archived_at.is_(None))
        )
        return {str(code): (sheet, place) for code, sheet, place in rows}


def live(engine: Engine, viewer: Viewer, code: str = "demo") -> None:
    """A few weeks of a coordination: acts taken back, words removed, a contact, a partner's answer, the logbook."""
    here = id_of(engine, code)
    (first, _), (second, _), *_ = sheets_of(engine, here).values()
    with writing(engine) as session:
        rewrite_sheet(session, viewer, sheet_id=first, fields={"title": "Un titre changé", "risks": "Un local fermé"})
    with writing(engine) as session:
        milestone = add_milestone(session, viewer, sheet_id=first, label="Recruter").id
    with writing(engine) as session:
        add_milestone(session, viewer, sheet_id=first, label="Retirée aussitôt")
    undone = last_act(engine)
    with writing(engine) as session:
        undo_act(session, viewer, undone)
    with writing(engine) as session:
        word = find_or_create_term(
            session, viewer, vocabulary=Vocabulary.TARGET_GROUP, label="Bateliers", initiative_id=here
        )
        link = attach_term(session, viewer, sheet_id=second, term_id=word.id)
    with one_act(engine, viewer, here) as session:
        session.delete(session.get_one(SheetTerm, link.id))
    with writing(engine) as session:
        ccas = find_or_create_organisation(session, viewer, "CCAS d'ailleurs", initiative_id=here).id
        involve(session, viewer, role=InvolvementRole.LEAD, organisation_id=ccas, sheet_id=first)
        person = add_person(
            session, viewer, function="Directrice", organisation_id=ccas, initiative_id=here, name="Dominique Exemple",
            email=EMAIL, on=ON,
        )  # fmt: skip
        involve(session, viewer, role=InvolvementRole.LEAD_CONTACT, person_id=person.id, sheet_id=first)
    with writing(engine) as session:
        declare_progress(session, viewer, sheet_id=first, on=ON, percent=45)
        declare_weather(
            session, viewer, sheet_id=second, on=ON, weather=None, obstacles="La salle ferme", signed_by="Camille"
        )
    with writing(engine) as session:
        make_answer_link(session, viewer, initiative_id=here, organisation_id=ccas, secret=SECRET, on=ON)
    with writing(engine) as session:
        propose(
            session, secret=SECRET, sheet_id=first, typed={"done": "Deux ateliers"}, steps=(milestone,),
            name="Dominique", function="Direction", on=ON,
        )  # fmt: skip
    with writing(engine) as session:
        note = logbook.note(session, viewer, initiative_id=here, text="Rappelée", noted_on=ON, sheet_id=first)
    with writing(engine) as session:
        logbook.note_to_reminder(session, viewer, note_id=note.id, text="Relancer", due=date(2026, 11, 1))


def packed(engine: Engine, code: str = "demo") -> Packed:
    with reading(engine) as session:
        return packing.pack(session, viewer_in(engine), code)


def parcel_of(engine: Engine, code: str = "demo") -> Parcel:
    return box.read(packed(engine, code).content)


def adopted(engine: Engine, parcel: Parcel) -> Adopted:
    with writing(engine) as session:
        return adopt_initiative(session, viewer_in(engine), parcel=parcel)


def carried(source: Engine, to: Engine, code: str = "demo") -> Adopted:
    return adopted(to, parcel_of(source, code))


def workbook(engine: Engine, initiative_id: int) -> tuple[Worksheet, ...]:
    """The plan as its own export says it."""
    with reading(engine) as session, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        path.write_bytes(plan_workbook(session, viewer_in(engine), initiative_id, ON))
        return read_workbook(path).worksheets


def screens(engine: Engine, initiative_id: int) -> dict[str, Any]:
    """What the pages tell of a plan, keys aside."""
    viewer = viewer_in(engine)
    with reading(engine) as session:
        asked = {
            query.__name__: query(session, viewer, initiative_id, ON)
            for query in (overview.overview, plan.plan_state, contract.contract, logbooks.notes, logbooks.reminders)
        }
        for number, (_, place) in sheets_of(engine, initiative_id).items():
            asked[number] = sheet_detail(session, viewer, initiative_id, ON, place)
    return {name: said(answer) for name, answer in asked.items()}


def histories(engine: Engine, initiative_id: int) -> dict[str, list[Any]]:
    """« Historique » of every fiche, all its pages, and of the plan, keys aside."""
    viewer, found = viewer_in(engine), {}
    with reading(engine) as session:
        for number, (sheet, _) in sheets_of(engine, initiative_id).items():
            found[number] = [
                said(sheet_history(session, viewer, initiative_id, ON, sheet, page).acts) for page in (1, 2)
            ]
        found["plan"] = [said(acts.past_acts(session, viewer, initiative_id, ON, page).acts) for page in (1, 2)]
    return found


def said(answer: Any) -> Any:
    """An answer without the keys that it holds, nor whose it is: two databases name the same row otherwise."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        fields = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
        return type(answer).__name__, {name: said(value) for name, value in fields.items() if not is_key(name)}
    if isinstance(answer, dict):
        return [said(value) for value in answer.values()]
    if isinstance(answer, list | tuple | frozenset | set):
        return [said(value) for value in answer]
    return answer


def is_key(name: str) -> bool:
    return name in ("id", "key", "path", "is_mine") or name.endswith(("_id", "_ids"))


def journal_of(engine: Engine, initiative_id: int) -> int:
    """How many lines the journal holds of the acts of a démarche, the one that took it in aside."""
    j = JournalEntry
    with reading(engine) as session:
        own = select(func.count(j.seq)).join(Act, Act.id == j.act_id).where(Act.initiative_id == initiative_id)
        return session.scalar(own.where(Act.operation != "adopt_initiative")) or 0

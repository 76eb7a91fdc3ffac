"""A form filled by somebody, from its opening to its save, for the tests of editing."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.commands import drafts
from db.commands.editing.save import save_section, section_base
from db.engine import reading, writing
from db.rules.forms import OpenDraft, Written
from db.rules.sections import Section, subject_of
from db.viewer import Viewer

ON = date(2026, 10, 1)
CLAIRE = "Claire, coordination"


def opens(engine: Engine, viewer: Viewer, sheet_id: int, section: Section) -> OpenDraft:
    """Open the form of a section, as « Modifier » does."""
    with writing(engine) as session:
        base = section_base(session, viewer, sheet_id=sheet_id, section=section, on=ON)
        return drafts.start_draft(session, viewer, subject_of(sheet_id, section), base)


def saves(engine: Engine, viewer: Viewer, draft: OpenDraft, **typed: Written) -> None:
    """Save a form in which these fields were typed; the others hold what they held."""
    shown = {} if draft.subject.endswith(Section.NEWS) else dict(draft.base)
    with writing(engine) as session:
        save_section(session, viewer, key=draft.key, typed={**shown, **typed}, on=ON)


def edits(engine: Engine, viewer: Viewer, sheet_id: int, section: Section, **typed: Written) -> None:
    """Open the form of a section, type in it and save it."""
    saves(engine, viewer, opens(engine, viewer, sheet_id, section), **typed)


def holds(engine: Engine, viewer: Viewer, sheet_id: int, section: Section) -> Mapping[str, Written]:
    """What the fields of a section hold."""
    with reading(engine) as session:
        return held_in(session, viewer, sheet_id, section)


def held_in(session: Session, viewer: Viewer, sheet_id: int, section: Section) -> Mapping[str, Written]:
    """The same, in a session."""
    return section_base(session, viewer, sheet_id=sheet_id, section=section, on=ON)

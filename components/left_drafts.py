"""Where a form that its author left open is found again: its page, and what opens it there."""

from components.arrange import axes, frame
from components.contract_form import CONTRACT
from components.contract_form import OPEN as OPEN_CONTRACT
from components.corrections_view import OPEN as OPEN_CORRECTION
from components.filters import OPEN as OPEN_SECTION
from components.lists import ADDRESS as LIST
from components.lists import View
from components.logbook import PAGE as LOGBOOK
from components.logbook import SHEET_PAGE
from components.logbook_forms import LINE, VERB
from components.unsettled_view import ADDRESS as CELL
from db.rules.week import DraftAbout, DraftKind, LeftDraft


def door(draft: LeftDraft) -> tuple[str | None, dict[str, str]]:
    """The page on which a form that was left open is found again, and what opens it there."""
    about = draft.about
    place = {"fiche": str(draft.sheet.placement_id)} if draft.sheet else {}
    match about.kind:
        case DraftKind.SHEET if place:
            return SHEET_PAGE, {**place, OPEN_SECTION: about.detail}
        case DraftKind.CORRECTION if place:
            return SHEET_PAGE, {**place, OPEN_CORRECTION: about.detail}
        case DraftKind.CELL:
            return "plan.py", {LIST: View.UNSETTLED.value, CELL: str(about.cell_id)}
        case DraftKind.SEVERAL:
            return "bulk.py", {}
        case DraftKind.NEW_SHEET:
            return frame.PAGE, {frame.SHOWN: frame.View.NEW.value}
        case DraftKind.ORDER:
            return frame.PAGE, {frame.SHOWN: frame.View.ORDER.value}
        case DraftKind.PLACE if place:
            return frame.PAGE, {frame.SHOWN: frame.View.ONE.value, **place}
        case DraftKind.AXIS:
            return frame.PAGE, {frame.SHOWN: frame.View.AXES.value, frame.AXIS: _axis(about)}
        case DraftKind.UNPLANNED:
            return "unplanned.py", {}
        case DraftKind.POINT:
            return "publish.py", place
        case DraftKind.CONTRACT:
            return "contract.py", {OPEN_CONTRACT: CONTRACT}
        case DraftKind.AMENDMENT:
            return "contract.py", {OPEN_CONTRACT: about.detail}
        case DraftKind.NOTE | DraftKind.REMINDER:
            line, _, verb = about.detail.partition(":")
            return LOGBOOK, {LINE: line, VERB: verb}
    return None, {}


def _axis(about: DraftAbout) -> str:
    """What opens the form of an axis: its own, that of one to come under it, or at the top."""
    if about.axis_id is not None:
        return str(about.axis_id)
    return f"{axes.UNDER}{about.detail}" if about.detail.isdigit() else axes.NEW

"""What an act is called for whom: its own words may name a person, a structure, or what is not told."""

from db.rules.history import UNTOLD
from db.viewer import Viewer

OF_THE_PLAN = frozenset(
    {
        "add_agenda_item", "add_amendment", "add_axis", "add_body", "add_breakdown", "add_budget_item", "add_decision",
        "add_indicator", "add_meeting", "add_milestone", "add_objective", "add_sheet", "add_unplanned", "amend_sheet",
        "archive_axis", "archive_sheet", "attach_place", "attach_term", "change_sheets", "compose_amendment",
        "create_initiative", "create_sheet", "decide_funding", "declare_progress", "declare_status", "declare_vacancy",
        "declare_weather", "duplicate_sheet", "edit_axis", "end_vacancy", "forget_validation", "load_demo", "move_axis",
        "move_placement", "order_axes", "order_plan", "place_sheet", "publish_point", "record_amount",
        "record_measurement", "remove_amendment", "restore_sheet", "revise_amendment", "rewrite_axis",
        "rewrite_contract", "rewrite_sheet", "save_section", "set_coverage", "set_target", "tick_milestone",
        "validate_unplanned",
    }
)  # fmt: skip
"""The acts whose words say of the plan what all who read the whole of it read in it, and name nobody."""
UNDOING = "undo_act"


def words_of(viewer: Viewer, initiative_id: int, operation: str, label: str, *, is_named: bool) -> str:
    """The words of an act of which all is told to this viewer, through a plan.

    Its own to who is told its author (`is_named`), and to who reads the whole plan when they are of the plan alone; of
    an undo, that it is one.
    """
    if is_named:
        return label
    if operation == UNDOING:
        return label.partition(" : ")[0]
    is_of_plan = operation in OF_THE_PLAN and viewer.reads_only(initiative_id) is None
    return label if is_of_plan else UNTOLD

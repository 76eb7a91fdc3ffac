"""What a sheet still lacks, for its coordinator only: three things first, the rest when it serves."""

from dataclasses import dataclass

from db.rules.vocabulary import Labelled, Status


class MissingThing(Labelled):
    """Something a sheet lacks, in the order in which it is asked."""

    LEAD = "lead", "pilote"
    DATES = "dates", "dates"
    RESULT = "result", "un résultat à suivre"
    BUDGET = "budget", "budget prévisionnel"
    BREAKDOWN = "breakdown", "ventilation d'un indicateur"
    PLAIN_LINE = "plain_line", "ligne « En clair »"


FIRST_THINGS = (MissingThing.LEAD, MissingThing.DATES, MissingThing.RESULT)


@dataclass(frozen=True, slots=True)
class SheetContents:
    """What a sheet holds, and what somebody now asks of it.

    `followed_results` counts its indicators. The `…_asked` flags say that the thing serves now: a call is being
    answered (budget), a bilan asks for it (breakdown), a document for inhabitants is prepared (plain line).
    """

    status: Status | None
    is_continuous: bool
    has_lead: bool
    has_start: bool
    has_end: bool
    followed_results: int
    has_budget: bool = False
    has_breakdown: bool = False
    has_plain_line: bool = False
    budget_asked: bool = False
    breakdown_asked: bool = False
    plain_line_asked: bool = False


def missing(sheet: SheetContents) -> tuple[MissingThing, ...]:
    """What a sheet lacks, the most useful first; nothing is asked of an abandoned sheet.

    A continuous sheet has no end to give: its start is enough.
    """
    if sheet.status is Status.DROPPED:
        return ()
    lacks = {
        MissingThing.LEAD: not sheet.has_lead,
        MissingThing.DATES: not (sheet.has_start and (sheet.has_end or sheet.is_continuous)),
        MissingThing.RESULT: sheet.followed_results == 0,
        MissingThing.BUDGET: sheet.budget_asked and not sheet.has_budget,
        MissingThing.BREAKDOWN: sheet.breakdown_asked and not sheet.has_breakdown,
        MissingThing.PLAIN_LINE: sheet.plain_line_asked and not sheet.has_plain_line,
    }
    return tuple(thing for thing, is_lacking in lacks.items() if is_lacking)

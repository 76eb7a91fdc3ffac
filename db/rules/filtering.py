"""What may be asked of the sheets of a plan, in the words of its choices, and the sheets that are left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from db.rules.plan import AxisNode, PlanState, SheetRow
from db.rules.text import fold
from db.rules.vocabulary import InvolvementRole

INDENT = "\u2003"
TO_DISCUSS, NO_STATUS = "à discuter", "non renseigné"
NOBODY = "sans pilote"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked of the plan's sheets, in the words of the choices; the names are those of the address."""

    q: str = ""
    axe: str | None = None
    statut: str | None = None
    pilote: str | None = None
    public: str | None = None
    determinant: str | None = None
    lieu: str | None = None
    financeur: str | None = None
    retard: bool = False
    completer: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked."""
        return self == Filters()

    @property
    def asked(self) -> dict[str, str | bool]:
        """What is asked, by name; nothing of what is not."""
        held = {name: getattr(self, name) for name in NAMES}
        return {name: value for name, value in held.items() if value}


NAMES = tuple(field.name for field in fields(Filters))


def as_filters(asked: Mapping[str, object]) -> Filters:
    """What was asked, from words by name, as an address or a form holds them; other names are left out."""
    held = {name: asked.get(name) for name in NAMES}
    words = {name: str(value) for name, value in held.items() if value and name not in ("retard", "completer")}
    flags = {name: str(held[name]).lower() == "true" for name in ("retard", "completer")}
    return Filters(**words, **flags)  # type: ignore[arg-type]


def apply(state: PlanState, asked: Filters) -> tuple[SheetRow, ...]:
    """The sheets of the plan that meet every filter, in the plan's order. The search ignores accents and case."""
    axis_id = {label: node.id for label, node in axis_choices(state).items()}.get(asked.axe or "")
    words = fold(asked.q).split()
    return tuple(sheet for sheet in state.sheets if _meets(sheet, asked, axis_id, words))


def _meets(sheet: SheetRow, asked: Filters, axis_id: int | None, words: list[str]) -> bool:
    return (
        (asked.axe is None or axis_id in sheet.axis_path)
        and (asked.statut is None or asked.statut in statuses_of(sheet))
        and (asked.pilote is None or asked.pilote in leads_of(sheet))
        and (asked.public is None or asked.public in labels(sheet.target_groups))
        and (asked.determinant is None or asked.determinant in labels(sheet.determinants))
        and (asked.lieu is None or asked.lieu in sheet.places)
        and (asked.financeur is None or asked.financeur in labels(sheet.funders))
        and (not asked.retard or sheet.is_late)
        and (not asked.completer or bool(sheet.missing))
        and (not words or _holds(sheet, words))
    )


def _holds(sheet: SheetRow, words: list[str]) -> bool:
    """Whether every word searched is in the sheet: its number, its text, its leads."""
    text = fold(" ".join([sheet.code or "", sheet.title, *leads_of(sheet)])) + " " + sheet.search_text
    return all(word in text for word in words)


def labels(named: Iterable[object]) -> list[str]:
    """The words of things that have some."""
    return [str(getattr(item, "label", item)) for item in named]


def statuses_of(sheet: SheetRow) -> list[str]:
    """The words of its status that a sheet answers to."""
    flag = [TO_DISCUSS] if sheet.to_discuss else []
    return [sheet.status.label_fr if sheet.status else NO_STATUS, *flag]


def leads_of(sheet: SheetRow) -> list[str]:
    """Who leads the sheet, copilotes included, or the words that say that nobody does."""
    names = labels(sheet.leads)
    return names if any(lead.role is InvolvementRole.LEAD for lead in sheet.leads) else [*names, NOBODY]


def axis_choices(state: PlanState) -> dict[str, AxisNode]:
    """The tree as choices, indented; an axis worded like another is told apart by the axis above it."""
    by_id = {node.id: node for node in state.axes}
    choices: dict[str, AxisNode] = {}
    for node in state.axes:
        label = INDENT * (len(node.path) - 1) + node.label
        if label in choices and node.parent_id in by_id:
            label = f"{label} ({by_id[node.parent_id].label})"
        choices.setdefault(label, node)
    return choices

"""What the last act did, as the page that follows says it."""

from dataclasses import dataclass

from db.rules.forms import Clash


@dataclass(frozen=True, slots=True)
class Notice:
    """What the last act did: said on the page that follows until another act, or another page.

    `act_id` is what can be taken back; `rest` an act of which a part changed since, and the rest can be taken back.
    Of an undo, taking back is doing again (`is_redo`). `form` is the form that was sent, by its draft's key or its own
    name; `clashes` are its fields that somebody else changed meanwhile.
    """

    message: str
    is_refusal: bool = False
    details: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    form: str | None = None
    act_id: int | None = None
    rest: int | None = None
    is_redo: bool = False
    page: str | None = None


def taken_back(is_redo: bool, in_part: bool) -> str:
    """What is said once an act was taken back, or done again."""
    if in_part:
        return f"Le reste est {'rétabli' if is_redo else 'annulé'} ; ce qui avait changé depuis est gardé."
    return "C'est rétabli." if is_redo else "C'est annulé : tout est comme avant."

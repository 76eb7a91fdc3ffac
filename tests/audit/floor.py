"""What of Streamlit itself breaks a rule and cannot be mended from here: each with its reason. It may only shrink."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """A fault that is let through: its rule, what it is (a selector, or the very words), why it cannot be mended."""

    rule: str
    what: str
    why: str


FLOATING = "Streamlit draws what floats over the page at the end of the document, outside every landmark."
FLOOR: tuple[Known, ...] = (
    Known("region", "[role=listbox]", FLOATING),
    Known("region", "[data-floating-ui-portal]", FLOATING),
    Known("region", "#stFloatingOverlayPortal", FLOATING),
)
ENGLISH: tuple[Known, ...] = (
    Known("english", "add icon", "The icon of the uploader, which its button names: neither seen nor read aloud."),
)

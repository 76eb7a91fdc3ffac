"""French numbers of things: the plural begins at two, and thousands are parted by U+202F."""


def counted(count: int, singular: str, several: str | None = None) -> str:
    """« 1 étape », « 3 543 lignes »: for sentences that are read outside of a page too."""
    return f"{whole(count)} {agree(count, singular, several)}"


def whole(count: int) -> str:
    """« 3 543 »."""
    return f"{count:,}".replace(",", "\u202f")


def agree(count: float, singular: str, several: str | None = None) -> str:
    """The word alone, in agreement with a number; the plural takes an s unless it is given."""
    return singular if abs(count) < 2 else several or f"{singular}s"

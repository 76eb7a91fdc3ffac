"""Which fiche of the database a row of a file is: by its number and its title, or a question when they disagree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from db.exchange.draft import SheetDraft, ToSettle
from db.exchange.fields import Field
from db.rules.text import words_of


def code_key(code: str) -> str:
    """What numbers of fiches are compared by: punctuation counts (1.1 is not 1-1), case does not."""
    return " ".join(code.casefold().split())


class Matching:
    """The fiches of a plan, ready to be recognised."""

    def __init__(self, sheets: Mapping[int, SheetDraft]) -> None:
        self.sheets = sheets
        self.by_code = {code_key(sheet.code): key for key, sheet in sheets.items() if sheet.code}
        self.by_title: dict[str, list[int]] = defaultdict(list)
        for key, sheet in sheets.items():
            self.by_title[words_of(sheet.title)].append(key)

    def sheet(self, row: SheetDraft, rows: Iterable[SheetDraft]) -> int | ToSettle | None:
        """The fiche that this row of the file designates, None for a new one, or what must be asked.

        `rows` are all those of the file. A title that several fiches bear says nothing without a number or an axis.
        """
        others = [other for other in rows if other.row != row.row]
        by_code = self.by_code.get(code_key(row.code)) if row.code else None
        titled = self._titled(row, others)
        if by_code is not None:
            if titled and by_code not in titled:
                return _two_sheets(row, self.sheets[by_code], self.sheets[titled[0]])
            return self._unless_another(row, by_code, by_code, others)
        if len(titled) > 1:
            return _several(row, len(titled))
        return self._unless_another(row, titled[0], None, others) if titled else None

    def _titled(self, row: SheetDraft, others: list[SheetDraft]) -> list[int]:
        """The fiches of the row's title that it may be: not those that other rows name by number and title both; and
        where several are left, those of its axis."""
        title = words_of(row.title)
        named = {code_key(other.code) for other in others if other.code and words_of(other.title) == title}
        found = [key for key in self.by_title.get(title, ()) if code_key(self.sheets[key].code or "") not in named]
        if len(found) > 1 and not row.code:
            return [key for key in found if self.sheets[key].axis_path == row.axis_path] or found
        return found

    def _unless_another(
        self, row: SheetDraft, sheet_id: int, by_code: int | None, others: list[SheetDraft]
    ) -> int | ToSettle:
        """The fiche, unless another row of the file designates it through its other sign."""
        here = self.sheets[sheet_id]
        if by_code is not None:
            renamed = words_of(here.title) != words_of(row.title)
            taken = renamed and any(words_of(other.title) == words_of(here.title) for other in others)
        else:
            code = code_key(here.code) if row.code and here.code else None
            taken = code is not None and any(other.code and code_key(other.code) == code for other in others)
        return _renamed_or_new(row, here) if taken else sheet_id


def _question(row: SheetDraft, reason: str, choices: tuple[str, ...]) -> ToSettle:
    value = f"{row.code or ''} {row.title}".strip()
    return ToSettle(row.row, Field.CODE.label_fr, value, reason, choices, Field.CODE)


def _two_sheets(row: SheetDraft, numbered: SheetDraft, titled: SheetDraft) -> ToSettle:
    reason = (
        f"Le numéro {row.code} est celui de « {numbered.title} », mais le titre est celui de la fiche "
        f"{titled.code or 'sans numéro'} : renumérotée ou renommée ? La ligne est laissée de côté."
    )
    return _question(row, reason, (f"Renumérotée : {titled.title}", f"Renommée : {numbered.title}"))


def _renamed_or_new(row: SheetDraft, here: SheetDraft) -> ToSettle:
    reason = (
        f"Cette ligne et une autre du fichier désignent la même fiche, « {here.title} », l'une par son "
        "numéro, l'autre par son titre : la ligne est laissée de côté."
    )
    return _question(row, reason, ("Une nouvelle fiche", f"La fiche « {here.title} »"))


def _several(row: SheetDraft, count: int) -> ToSettle:
    reason = f"{count} fiches du plan portent ce titre : écrire le numéro de celle-ci. La ligne est laissée de côté."
    return _question(row, reason, ())

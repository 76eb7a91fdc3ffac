"""The plan as a workbook: the import's mirror.

Exported, then imported into an empty database, a plan is the same plan: its tree, its fiches with everything that a
column can say, their étapes, the cells that wait to be settled, and the démarche itself. What is not the plan's own
columns stays in Balise: series (only the last status, progress and météo are told), indicators and their values, money
asked and granted, meetings, documents of other plans.
"""

import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.errors import Refused
from db.exchange.cells import YES, Column, Line, Written, axis_line, sheet_lines, status_words
from db.exchange.draft import AxisPath, AxisStep, SheetDraft
from db.exchange.fields import AXIS_FIELDS, CellKind, Field
from db.exchange.held import identity_of
from db.exchange.identity import WORKSHEET as IDENTITY_SHEET
from db.exchange.identity import identity_rows
from db.exchange.layout import row_height
from db.exchange.snapshot import sheets_of
from db.models import Unsettled
from db.queries import facts, initiatives
from db.queries.facts import in_plan
from db.rights import Operation
from db.rules.reading import Cell
from db.rules.vocabulary import (
    AxisLevel,
    GeoScope,
    Outcome,
    Participation,
    PlacementEntry,
    Priority,
    Status,
    Weather,
)
from db.viewer import UNKNOWN, Viewer, of_home, require

WORKSHEET = "Plan d'action"
HELP_SHEET = "Lisez-moi"
SHOWN = "Ce qui est montré"
ALWAYS = (
    *AXIS_FIELDS, Field.CODE, Field.TITLE, Field.SUB_ACTION, Field.STATUS, Field.PROGRESS, Field.PRIORITY,
    Field.STARTS_ON, Field.ENDS_ON, Field.DONE_ON, Field.LEAD, Field.PARTNER, Field.TARGET_GROUPS, Field.DESCRIPTION,
    Field.OBJECTIVES, Field.INDICATORS, Field.BUDGET, Field.FUNDER, Field.FUNDER_AMOUNT, Field.ENTRY,
)  # fmt: skip
"""The columns that a workbook has even when nothing fills them; the others are there when something does."""
CHOICES: dict[Field, tuple[str, ...]] = {
    Field.STATUS: (
        *(status.label_fr for status in Status),
        *(status_words(Status.DONE, outcome) for outcome in Outcome),
    ),
    Field.PRIORITY: tuple(word.label_fr for word in Priority),
    Field.PARTICIPATION: tuple(word.label_fr for word in Participation),
    Field.GEO_SCOPE: tuple(word.label_fr for word in GeoScope),
    Field.WEATHER: tuple(word.label_fr for word in Weather),
    Field.ENTRY: (PlacementEntry.INITIAL.label_fr, "par avenant n° 1", PlacementEntry.UNPLANNED.label_fr),
    Field.TO_DISCUSS: (YES, "non"),
    Field.IS_CONTINUOUS: (YES, "non"),
    Field.MILESTONES_TELL_ALL: (YES, "non"),
}
WIDTHS = {
    CellKind.TITLE: 38, CellKind.AXIS: 22, CellKind.TEXT: 60, CellKind.STRUCTURE: 60, CellKind.LIST: 28,
    CellKind.WORD: 18, CellKind.DATE: 13, CellKind.AMOUNT: 14,
}  # fmt: skip
NARROW = 12
CODE_WIDTH = 8
UNUSED_AXIS_WIDTH = 10  # so that the title, frozen with what stands at its left, leaves room on a screen
HELP = (
    ("Ce classeur", "Le plan d'action tel qu'il est dans Balise au jour de l'export. Il se modifie et se réimporte."),
    ("Une ligne", "Une fiche action. Les lignes qui suivent, sans titre d'action, sont ses étapes (« sous-actions »)."),
    ("Axes", "Écrits sur chaque ligne. Une ligne qui n'a que des axes ouvre un axe encore sans fiche."),
    ("Listes", "Les noms se séparent par des points-virgules ; un nom qui en contient un se met entre guillemets."),
    ("Dates", "15/03/2026, mars 2026, T2 2026, S1 2026 ou 2026 : la précision est gardée."),
    ("Montants", "En euros. Vide : non renseigné. NC : non disponible. Sans objet : sans objet. 0 : zéro."),
    ("Financeurs", "Le montant appartient au financeur écrit à sa gauche. Ajoutez autant de paires qu'il en faut."),
    ("À préciser", "Une cellule que Balise n'a pas comprise est rendue telle quelle : corrigez-la ici ou là-bas."),
    ("Réimporter", "Page « Importer », puis la démarche. Seules les différences sont écrites, après un essai à blanc ; "
     "ce qui a été saisi dans Balise depuis n'est jamais écrasé sans être montré."),
    ("Déterminants", "Le principal d'abord, s'il est dit. L'import garde l'ordre ; le principal se dit dans Balise."),
    ("Ce qui reste dans Balise", "Ce classeur n'emporte pas : l'historique et les points publiés ; les indicateurs "
     "chiffrés, leurs cibles et leurs valeurs ; les montants demandés, accordés ou dépensés, l'année, le dispositif et "
     "le bénéficiaire d'un financement ; le budget ligne à ligne ; la fonction et les dates des partenaires ; les "
     "dates des lieux ; la date des nouvelles et la façon dont elles ont été recueillies ; les instances et leurs "
     "réunions ; les fiches retirées du plan. Réimporter n'en efface rien."),
    ("Ne pas changer", "Le numéro et le titre désignent la fiche : changez l'un ou l'autre, pas les deux à la fois."),
)  # fmt: skip


def plan_workbook(session: Session, viewer: Viewer, initiative_id: int, on: date) -> bytes:
    """The plan of an initiative on a day, as the bytes of an .xlsx file.

    Raises Refused when the viewer may not read it. Personal names and cells to be settled are for who coordinates.
    """
    require(viewer, Operation.READ, initiative_id)
    identity = identity_of(session, initiative_id, on)
    if identity is None:
        raise Refused(UNKNOWN)
    standing = {placement.sheet_id for placement in facts.placements(session, initiative_id, on)}
    held = sheets_of(session, viewer, initiative_id, on)
    sheets = {key: sheet for key, sheet in held.items() if key in standing}
    raws = _raws(session, viewer, initiative_id) if viewer.coordinates(initiative_id) else {}
    lines = _lines(_tree(session, initiative_id), sheets, raws)
    mark, *said = identity_rows(identity)
    shown = [SHOWN, _shown(session, viewer, initiative_id, on)]
    return _written(identity.name or WORKSHEET, lines, [mark, shown, *said], [HELP[0], shown, *HELP[1:]])


def _shown(session: Session, viewer: Viewer, initiative_id: int, on: date) -> str:
    """Which of the two readings of a plan the workbook holds: a published point, or what is in preparation."""
    point = initiatives.header(session, viewer, initiative_id, on).point
    prepared = viewer.prepared is None or initiative_id in viewer.prepared
    if point is None:
        return "En préparation : aucun point n'est encore publié." if prepared else "Aucun point n'est encore publié."
    day = f"du {point.as_of:%d/%m/%Y}, « {point.name} »"
    return f"En préparation, depuis le point {day}." if prepared else f"Point {day}."


def _raws(session: Session, viewer: Viewer, initiative_id: int) -> dict[int, list[tuple[Field, str]]]:
    """The cells that still wait, as they were written; those of a lent sheet stay with its home."""
    rows = session.execute(
        select(Unsettled.sheet_id, Unsettled.field, Unsettled.raw)
        .where(Unsettled.sheet_id.in_(in_plan(initiative_id)))
        .where(Unsettled.archived_at.is_(None), Unsettled.settled_at.is_(None))
        .where(of_home(viewer, Unsettled.sheet_id))
        .order_by(Unsettled.id)
    )
    known = {field.value: field for field in Field}
    found: dict[int, list[tuple[Field, str]]] = defaultdict(list)
    for sheet_id, field, raw in rows:
        if sheet_id is not None and field in known:
            found[sheet_id].append((known[field], raw))
    return found


def _tree(session: Session, initiative_id: int) -> list[AxisPath]:
    nodes = {node.id: node for node in facts.axes(session, initiative_id)}
    return [
        tuple(AxisStep(AxisLevel(nodes[key].level), nodes[key].code, nodes[key].title) for key in node.path)
        for node in nodes.values()
    ]


def _lines(
    tree: Sequence[AxisPath], sheets: dict[int, SheetDraft], raws: dict[int, list[tuple[Field, str]]]
) -> list[Line]:
    """Fiches in the order of the plan; an axis gets a row of its own where no fiche would open it in its turn."""
    waiting = list(tree)
    lines: list[Line] = []
    for sheet_id, sheet in sheets.items():
        if sheet.axis_path in waiting:
            rank = waiting.index(sheet.axis_path)
            lines += [axis_line(path) for path in waiting[:rank] if path != sheet.axis_path[: len(path)]]
            waiting = waiting[rank + 1 :]
        lines += sheet_lines(sheet, raws.get(sheet_id, ()))
    return lines + [axis_line(path) for path in waiting]


def _columns(lines: Iterable[Line]) -> list[Column]:
    """The columns of the workbook, in the order of `Field`; a funder and its amount side by side."""
    used = {column for line in lines for column in line} | {(field, 0) for field in ALWAYS}
    pairs = max(rank for field, rank in used if field in (Field.FUNDER, Field.FUNDER_AMOUNT)) + 1
    columns: list[Column] = []
    for field in Field:
        if field is Field.FUNDER:
            columns += [(one, rank) for rank in range(pairs) for one in (Field.FUNDER, Field.FUNDER_AMOUNT)]
        elif field is not Field.FUNDER_AMOUNT:
            columns += sorted(column for column in used if column[0] is field)
    return columns


def label_of(column: Column) -> str:
    """The header of a column: the field's label, numbered for funders and for what needs several columns."""
    field, rank = column
    return f"{field.label_fr} {rank + 1}" if rank or field in (Field.FUNDER, Field.FUNDER_AMOUNT) else field.label_fr


def _written(
    title: str, lines: Sequence[Line], identity: Sequence[Sequence[Cell]], guide: Sequence[Sequence[Cell]]
) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]  # here: nothing but an export pays for it

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        formats = _formats(book)
        _write_plan(book.add_worksheet(WORKSHEET), formats, title, lines)
        _write_rows(book.add_worksheet(IDENTITY_SHEET), formats, identity, (28, 40, 24, 44, 14, 14))
        _write_rows(book.add_worksheet(HELP_SHEET), formats, guide, (20, 100))
    return out.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    top = {"valign": "top", "text_wrap": True}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "header": book.add_format(top | {"bold": True, "bottom": 1, "bg_color": "#EEEEEE"}),
        "text": book.add_format(top | {"align": "left"}),
        "date": book.add_format(top | {"align": "left", "num_format": "dd/mm/yyyy"}),
        "euros": book.add_format(top | {"num_format": '#,##0 "€"'}),
        "cents": book.add_format(top | {"num_format": '#,##0.00 "€"'}),
    }


def _write_plan(sheet: Any, formats: dict[str, Any], title: str, lines: Sequence[Line]) -> None:
    columns = _columns(lines)
    places = {column: index for index, column in enumerate(columns)}
    used = {column for line in lines for column in line}
    widths = {column: _width(column, column in used) for column in columns}
    last = len(lines) + 1
    sheet.write_string(0, 0, title, formats["title"])
    for column, index in places.items():
        field = column[0]
        sheet.set_column(index, index, widths[column])
        sheet.write_string(1, index, label_of(column), formats["header"])
        if field in CHOICES and lines:
            # a word of the coordinator's own stays possible: the import asks about it
            offered = {"validate": "list", "source": list(CHOICES[field]), "error_type": "information"}
            sheet.data_validation(2, index, last, index, offered)
    sheet.set_row(1, row_height((label_of(column), widths[column]) for column in columns))
    for row, line in enumerate(lines, 2):
        sheet.set_row(row, row_height((value, widths[column]) for column, value in line.items()))
        for column, value in line.items():
            _write(sheet, row, places[column], value, formats, column[0].kind)
    sheet.autofilter(1, 0, max(last, 2), len(columns) - 1)
    sheet.freeze_panes(2, places[Field.TITLE, 0] + 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.set_print_scale(60)  # several pages wide, each with the number and the title, rather than one unreadable
    sheet.repeat_rows(1)
    sheet.repeat_columns(places[Field.CODE, 0], places[Field.TITLE, 0])


def _width(column: Column, is_used: bool) -> int:
    """Characters that a column shows on a line."""
    field = column[0]
    if field is Field.CODE:
        return CODE_WIDTH
    if field.kind is CellKind.AXIS and not is_used:
        return UNUSED_AXIS_WIDTH
    return WIDTHS.get(field.kind, NARROW)


def _write(sheet: Any, row: int, column: int, value: Written, formats: dict[str, Any], kind: CellKind) -> None:
    if isinstance(value, str):
        sheet.write_string(row, column, value, formats["text"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), formats["date"])
    elif kind is CellKind.AMOUNT:
        sheet.write_number(row, column, value, formats["euros" if value == int(value) else "cents"])
    else:
        sheet.write_number(row, column, value, formats["text"])


def _write_rows(sheet: Any, formats: dict[str, Any], rows: Sequence[Sequence[Cell]], widths: Sequence[int]) -> None:
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    for row, cells in enumerate(rows):
        if len(cells) == 1:
            sheet.write_string(row, 0, str(cells[0]), formats["title"])  # a title spreads over the columns at its right
            continue
        sheet.set_row(row, row_height(zip(cells, widths, strict=False)))
        for index, value in enumerate(cells):
            if index == 0 and isinstance(value, str):
                sheet.write_string(row, 0, value, formats["header"])
            elif value is not None and value != "":
                _write(sheet, row, index, value, formats, CellKind.TEXT)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)

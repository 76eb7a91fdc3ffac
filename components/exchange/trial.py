"""The dry run: one sentence, what forbids or waits, then each list behind its own line."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import streamlit as st

from components import tables
from components.exchange.paging import pager, shown_page
from components.formats import agree, listing, out_of, plural
from components.text import escape
from db.rules.imports import CellLine, ChangeLine, Column, KeptLine, NoteLine, Preview, SheetLine

A_PAGE = 25
CUT = 240
Row = dict[str, str]
Line = TypeVar("Line")


def summary(preview: Preview) -> None:
    """What the file is understood as, and what would be written."""
    where = f"onglet « {escape(preview.worksheet)} », en-têtes en ligne {preview.header_row}"
    st.caption(f":material/description: {escape(preview.file)} · {where}")
    st.header(announced(preview), anchor=False)
    lines = [line for line in _aside(preview) if line]
    if lines:
        st.markdown("\n".join(f"- {line}" for line in lines))


def announced(preview: Preview) -> str:
    """« 29 fiches, 5 axes et 16 objectifs à créer ; 2 fiches à modifier »."""
    if preview.refused:
        return f"{plural(len(preview.refused), 'ligne refusée', 'lignes refusées')} : le fichier est à corriger d'abord"
    created = _counts(
        (len(preview.created), "fiche"),
        (preview.axes, "axe"),
        (preview.objectives, "objectif"),
        (preview.milestones, "étape"),
    )
    parts = [f"{listing(created)} à créer"] if created else []
    if preview.changed:
        parts.append(f"{plural(preview.changed, 'fiche')} à modifier")
    if not parts:
        return "Rien à importer : tout ce que dit ce fichier est déjà dans Balise"
    return " ; ".join(parts)


def _counts(*found: tuple[int, str]) -> list[str]:
    return [plural(count, word) for count, word in found if count]


def _aside(preview: Preview) -> list[str]:
    """What the sentence leaves out: the good, then what waits."""
    settle, conflicts = len(preview.to_settle), len(preview.conflicts)
    kept = sum(len(line.fields) for line in preview.kept)
    unchanged, left = preview.unchanged, len(preview.left)
    return [
        f"{out_of(preview.led, preview.in_file, 'fiche')} ont un pilote : "
        f"{plural(preview.leads, 'structure pilote', 'structures pilotes')}"
        if preview.led and preview.created
        else "",
        f"{plural(unchanged, 'fiche')} déjà à jour" if unchanged else "",
        f"**{plural(settle, 'cellule')} à préciser** : "
        f"{agree(settle, 'gardée telle quelle', 'gardées telles quelles')}, le champ reste vide en attendant"
        if settle
        else "",
        f"**{plural(conflicts, 'valeur')}** {agree(conflicts, 'changée', 'changées')} dans Balise et dans le fichier : "
        f"{agree(conflicts, 'celle de Balise est gardée', 'celles de Balise sont gardées')}, sauf si vous en décidez "
        "autrement"
        if conflicts
        else "",
        f"{plural(kept, 'champ')} {agree(kept, 'saisi', 'saisis')} dans Balise depuis : le fichier n'y touche pas"
        if kept
        else "",
        f"**{plural(left, 'ligne')} de côté** : impossible de savoir quelle fiche est visée" if left else "",
    ]


def problems_link(preview: Preview, token: str) -> None:
    """The list of all problems, as a file."""
    if preview.refused or preview.to_settle or preview.conflicts or preview.left:
        st.link_button(
            "Télécharger la liste des points à reprendre (.csv)",
            f"/export/essai/{token}",
            icon=":material/download:",
            type="tertiary",
        )


def refusals(preview: Preview) -> None:
    """What forbids importing, in full view."""
    _list("refuse", "Ce qui empêche d'importer", preview.refused, _refused, opened=True, before=_correct)


def details(preview: Preview) -> None:
    """Every list of the dry run, the urgent ones first; each is only drawn once it is opened."""
    _list("gauche", "Lignes laissées de côté", preview.left, _sheet)
    _list("preciser", "À préciser", preview.to_settle, _to_settle, before=_settle_later)
    _list("creer", "Fiches à créer", preview.created, _sheet)
    _list("changer", "Champs à modifier", preview.changes, _change)
    _list("garder", "Saisi dans Balise depuis : gardé", preview.kept, _kept)
    _list("structures", "Structures à ajouter, tous rôles confondus", preview.organisations, _organisation)
    _list("colonnes", _columns_label(preview.columns), preview.columns, _column, counted=False)
    _list("notes", "Ce qui a été décidé en lisant", preview.notes, _note)


def _list(
    key: str,
    label: str,
    lines: Sequence[Line],
    row: Callable[[Line], Row],
    *,
    opened: bool = False,
    counted: bool = True,
    before: Callable[[], None] | None = None,
) -> None:
    """A table behind its own line, a page at a time; nothing when it is empty."""
    if not lines:
        return
    title = f"{label} ({len(lines)})" if counted else label
    box = st.expander(title, expanded=opened, on_change="rerun", key=f"exchange_list_{key}")
    if not box.open:
        return
    with box:
        if before is not None:
            before()
        _table([row(line) for line in shown_page(key, lines, A_PAGE)])
        pager(key, lines, A_PAGE)


def _table(rows: Sequence[Row]) -> None:
    """Columns that say nothing on this page are left out."""
    names = [name for name in rows[0] if any(row[name] for row in rows)]
    tables.show([{name: row[name] for name in names} for row in rows])


def _correct() -> None:
    st.markdown("Rien n'est écrit tant qu'une ligne est refusée. Corrigez le fichier, puis déposez-le à nouveau.")


def _settle_later() -> None:
    st.markdown(
        "Ces cellules n'empêchent pas d'importer. Elles sont gardées telles qu'écrites et vous attendront dans « Plan "
        "d'action », liste « À préciser » ; vous pouvez aussi les corriger dans le fichier et le déposer à nouveau."
    )


def _sheet(line: SheetLine) -> Row:
    return {
        "Ligne": str(line.row),
        "Fiche": escape(line.name),
        "Axe": escape(line.axis),
        "Statut": escape(line.status),
        "Pilote": escape(line.leads),
        "Dates": escape(line.dates),
        "À préciser": str(line.to_settle) if line.to_settle else "",
    }


def _change(line: ChangeLine) -> Row:
    return {
        "Ligne": str(line.row),
        "Fiche": escape(line.sheet),
        "Champ": escape(line.label),
        "Dans Balise": _cut(line.before),
        "Dans le fichier": _cut(line.after),
    }


def _kept(line: KeptLine) -> Row:
    return {"Ligne": str(line.row), "Fiche": escape(line.sheet), "Champs": escape(", ".join(line.fields))}


def _cell(line: CellLine) -> Row:
    where = " · ".join(part for part in (str(line.row) if line.row else "", escape(line.column)) if part)
    return {"Ligne et colonne": where, "Écrit dans le fichier": _cut(line.value)}


def _to_settle(line: CellLine) -> Row:
    choices = f" :gray[Choix : {escape(_some(line.choices))}]" if line.choices else ""
    return _cell(line) | {"Pourquoi": escape(line.message) + choices}


def _refused(line: CellLine) -> Row:
    return _cell(line) | {"Ce qui est accepté": escape(line.message)}


def _column(column: Column) -> Row:
    read = f"**{escape(column.field)}**" if column.field else f":gray[non lue : {escape(column.reason)}]"
    filled = plural(column.filled, "cellule") if column.field is None and column.filled else ""
    label = escape(column.label) or ":gray[*sans libellé*]"
    return {"Colonne": column.letter, "Libellé": label, "Lue comme": read, "Remplie": filled}


def _organisation(name: str) -> Row:
    return {"Structure": escape(name)}


def _note(line: NoteLine) -> Row:
    return {"Ligne": str(line.row) if line.row else "", "Décision": escape(line.message)}


def _columns_label(columns: Iterable[Column]) -> str:
    found = list(columns)
    ignored = sum(column.field is None for column in found)
    label = f"{plural(len(found) - ignored, 'colonne lue', 'colonnes lues')}"
    return f"{label}, {plural(ignored, 'non lue', 'non lues')}" if ignored else label


def _some(choices: Sequence[str]) -> str:
    shown = list(choices[:6])
    return " · ".join(shown) + (f" · et {len(choices) - 6} autres" if len(choices) > 6 else "")


def _cut(text: str) -> str:
    return escape(text if len(text) <= CUT else f"{text[: CUT - 1]}…") or ":gray[*vide*]"

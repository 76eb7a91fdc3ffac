"""The door: a file is dropped, read once, and understood; whatever cannot be read is told in a sentence."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.formats import plural
from components.text import escape
from db.rules.imports import LARGEST_MO, Answers, Column, Reading, Unreadable

Book = TypeVar("Book")
Draft = TypeVar("Draft")
Found = TypeVar("Found")

ReadAs = tuple[str, str, str | None, frozenset[int] | None, Answers]
"""How a file was read: its SHA-256, its name, the sheet, the columns confirmed, the words chosen."""
Understand = Callable[[Book, str | None, frozenset[int] | None, Answers], Reading[Draft] | Unreadable]

ROUND = "exchange_round"
"""Which uploader is shown: a new one after each import, so that the door is empty again."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was dropped: its name, its bytes, their SHA-256; `about` marks what is asked of it this time."""

    name: str
    content: bytes
    digest: str
    about: str


def open_door(on_drop: Callable[[], None]) -> Upload | None:
    """The place where a file is dropped; the file, when there is one. `on_drop` is called when it changes."""
    words, turn = st.container(), st.session_state.get(ROUND, 0)
    dropped = st.file_uploader(
        f"Le classeur du plan d'action (xlsx, xls, ods ou csv, {LARGEST_MO} Mo au plus)",
        key=f"exchange_file_{turn}",
        on_change=on_drop,
        max_upload_size=LARGEST_MO,
        help="Seule une colonne de titres est nécessaire. L'ordre et le nombre des autres colonnes sont libres.",
    )
    if dropped is None:
        with words:
            st.header("Importer un plan", anchor=False)
            st.markdown(
                "Déposez votre classeur tel qu'il est : l'en-tête et les colonnes sont reconnus, et un essai à blanc "
                "montre tout avant d'écrire quoi que ce soit."
            )
        return None
    content = dropped.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return Upload(dropped.name, content, digest, f"{digest[:12]}_{turn}")


def closed() -> None:
    """What is said to who may not import."""
    st.info("Importer un plan est réservé aux personnes qui coordonnent une démarche. Demandez-leur de le faire.")


def close_door() -> None:
    """Empty the door, once a file was imported: to be called from a callback."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1


def read(
    upload: Upload,
    reader: Callable[[bytes, str], Book | Unreadable],
    understand: Understand[Book, Draft],
    line: DeltaGenerator,
) -> tuple[Reading[Draft], ReadAs] | None:
    """The file as understood without the words chosen, and how it was read; None when it was told why there is none.

    The sheet that is read may be chosen, on the `line` of choices; columns whose label is only close are read once
    they are confirmed.
    """
    book = _told(_book((upload.digest, upload.name), upload, reader))
    if book is None:
        return None

    def plan(worksheet: str | None, accepted: frozenset[int] | None) -> Reading[Draft] | None:
        return _told(_reading((upload.digest, upload.name, worksheet, accepted, frozenset()), book, understand))

    best = plan(None, None)
    whole = plan(_worksheet(best, upload.about, line), None) if best else None
    if whole is None:
        return None
    confirmed = _confirm(whole.columns, f"{upload.about}_{whole.worksheet}")
    found = plan(whole.worksheet, confirmed)
    if found is None:
        return None
    if not found.has_titles:
        st.info("Confirmez la colonne qui porte le titre des fiches : sans elle, aucune fiche ne peut être lue.")
        return None
    return found, (upload.digest, upload.name, whole.worksheet, confirmed, frozenset())


def answered(
    upload: Upload,
    reader: Callable[[bytes, str], Book | Unreadable],
    understand: Understand[Book, Draft],
    read_as: ReadAs,
    answers: Answers,
) -> tuple[Draft, ReadAs] | None:
    """The plan read with the words that were chosen, and how it was read."""
    book = _told(_book((upload.digest, upload.name), upload, reader))
    key = (*read_as[:4], answers)
    found = _told(_reading(key, book, understand)) if book else None
    return (found.draft, key) if found else None


@st.cache_resource(max_entries=4, ttl=1800, show_spinner="Lecture du classeur…")
def _book(key: object, _upload: Upload, _reader: Callable[[bytes, str], Book | Unreadable]) -> Book | Unreadable:
    return _reader(_upload.content, _upload.name)


@st.cache_resource(max_entries=8, ttl=1800, show_spinner="Recherche de l'en-tête et des fiches…")
def _reading(key: ReadAs, _book: Book, _understand: Understand[Book, Draft]) -> Reading[Draft] | Unreadable:
    return _understand(_book, key[2], key[3], key[4])


def _told(found: Found | Unreadable) -> Found | None:
    if isinstance(found, Unreadable):
        st.error(escape(found.message), icon=":material/block:")
        return None
    return found


def _worksheet(reading: Reading[Draft], about: str, line: DeltaGenerator) -> str:
    """Which sheet of the workbook is read, when it has several."""
    names = reading.worksheets
    if len(names) < 2:
        return reading.worksheet
    return line.selectbox("Onglet à lire", names, names.index(reading.worksheet), key=f"exchange_sheet_{about}")


def _confirm(columns: Sequence[Column], about: str) -> frozenset[int]:
    """The columns, among those whose label is only close, that the reader says are well understood."""
    close = [column for column in columns if column.is_close]
    if not close:
        return frozenset()
    with st.container(border=True):
        st.markdown(
            f"**{plural(len(close), 'libellé ressemble', 'libellés ressemblent')} à un libellé connu.** "
            "Cochez ce qui est juste ; le reste n'est pas lu."
        )
        ticked = [
            column.index
            for column in close
            if st.checkbox(
                f"{column.letter} · « {escape(column.label)} » veut dire « {escape(column.field or '')} »",
                key=f"exchange_column_{about}_{column.index}",
            )
        ]
    return frozenset(ticked)

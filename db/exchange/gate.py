"""What a file must satisfy before any parser opens it (the child process imports this: the standard
library, and how heavy a file may be).

A 2 KB workbook can ask a parser for 3 GB. The gate measures the file by streaming through it, and refuses with a French
sentence saying what is wrong, that nothing was imported, and what to do.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from db.rules.imports import LARGEST_MO, too_heavy

MAX_FILE_BYTES = LARGEST_MO * 2**20
MAX_INFLATED_BYTES = 200 * 2**20
MAX_RATIO = 200
RATIO_FLOOR_BYTES = 2**20  # below, a ratio proves nothing: a short sheet of one repeated word compresses very well
MAX_ENTRIES = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 300
CHUNK = 2**18

NOTHING_DONE = "Rien n'a été importé."
SAVE_AS_XLSX = "Ouvrez-le dans Excel ou LibreOffice et enregistrez-le au format .xlsx."


class UnreadableFile(Exception):
    """The file cannot be read at all; the message says what happened, what was kept and what to do."""

    def __init__(self, what: str, remedy: str = SAVE_AS_XLSX) -> None:
        super().__init__(f"{what} {NOTHING_DONE} {remedy}")
        self.what = what
        self.remedy = remedy


def damaged() -> UnreadableFile:
    return UnreadableFile("Le classeur est abîmé ou incomplet.", f"Reprenez l'original. {SAVE_AS_XLSX}")


def too_many(what: str) -> UnreadableFile:
    """More rows, columns or text than can be read."""
    return UnreadableFile(what, "Gardez l'onglet du plan dans un classeur à part, puis recommencez.")


class FileKind(StrEnum):
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "csv"


_EXTENSIONS = {
    FileKind.XLSX: ("xlsx", "xlsm", "xltx", "xltm"),
    FileKind.XLS: ("xls", "xlt"),
    FileKind.ODS: ("ods", "ots"),
    FileKind.TEXT: ("csv", "tsv", "txt", "tab"),
}
_KIND_OF_EXTENSION = {extension: kind for kind, extensions in _EXTENSIONS.items() for extension in extensions}
_KIND_NAMES = {
    FileKind.XLSX: "un classeur Excel (.xlsx)",
    FileKind.XLS: "un ancien classeur Excel (.xls)",
    FileKind.ODS: "un classeur LibreOffice (.ods)",
    FileKind.TEXT: "du texte (.csv)",
}
_MAGICS = [
    (b"%PDF", "un document PDF"), (b"{\\rtf", "un document RTF"), (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"), (b"\x1f\x8b", "une archive compressée"), (b"7z\xbc\xaf", "une archive compressée"),
    (b"Rar!", "une archive compressée"), (b"MZ", "un programme"), (b"\x7fELF", "un programme"),
    (b"SQLite format 3", "une base de données"),
]  # fmt: skip
_MARKUP = re.compile(rb"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|table|head|body|meta)\b", re.I | re.S)


ErrorCells = dict[str, list[tuple[int, int, str]]]


def admit(path: Path, name: str, error_cells: ErrorCells | None = None) -> FileKind:
    """The kind of the file, once it has passed every check.

    `name` is the name the user knows the file by: its extension must agree with the content. `error_cells` receives, by
    internal part, the cells (row and column from 0) that show an error such as #REF!. Raises UnreadableFile.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile(
            "Le fichier est vide (0 octet).", "Vérifiez que la copie s'est bien terminée, puis recommencez."
        )
    if size > MAX_FILE_BYTES:
        what = f"Le fichier pèse {too_heavy(size)}."
        raise UnreadableFile(what, "Retirez les images et les onglets inutiles, puis recommencez.")
    with path.open("rb") as file:
        head = file.read(4096)
        kind = _kind(file, head, {} if error_cells is None else error_cells)
        _same_as_extension(kind, name)
    return kind


def _kind(file: BinaryIO, head: bytes, error_cells: ErrorCells) -> FileKind:
    if head.startswith(b"PK"):
        return _check_zip(file, error_cells)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _check_ole(file)
    for magic, what in _MAGICS:
        if head.startswith(magic):
            raise UnreadableFile(
                f"Le fichier est {what}, pas un classeur.", "Déposez le classeur d'origine (.xlsx, .ods, .csv)."
            )
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise UnreadableFile("Le fichier est une page web (HTML), pas un classeur, quel que soit son nom.")
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml"):
        raise UnreadableFile("Le fichier est un document XML, un format de classeur qui n'est pas lu.")
    if _is_binary(head):
        raise UnreadableFile("Le fichier n'est pas un classeur : son contenu n'est reconnu sous aucun format.")
    return FileKind.TEXT


def _is_binary(head: bytes) -> bool:
    """NUL bytes are those of UTF-16 text (with a mark, or on one side only), or the file is no text."""
    if b"\0" not in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    even, odd = head[0::2].count(0), head[1::2].count(0)
    return min(even, odd) > 0 or max(even, odd) < len(head) // 4


def _same_as_extension(kind: FileKind, name: str) -> None:
    extension = Path(name.replace("\0", "")).suffix.lower().removeprefix(".")
    expected = _KIND_OF_EXTENSION.get(extension)
    if expected is None or expected is kind:
        return
    what = f"Le fichier est nommé .{extension} mais contient {_KIND_NAMES[kind]}."
    raise UnreadableFile(what, f"Renommez-le en .{_EXTENSIONS[kind][0]}, puis recommencez.")


# --- Old binary containers (.xls, and .xlsx behind a password) ---------------------------------------------------


def _check_ole(file: BinaryIO) -> FileKind:
    file.seek(0)
    data = file.read()
    streams = {
        name: name.encode("utf-16-le") in data for name in ("EncryptedPackage", "WordDocument", "PowerPoint Document")
    }
    if streams["EncryptedPackage"]:
        raise UnreadableFile(
            "Le classeur est protégé par un mot de passe.", "Enregistrez-le sans mot de passe, puis recommencez."
        )
    if streams["WordDocument"] or streams["PowerPoint Document"]:
        raise UnreadableFile(
            "Le fichier est un document Word ou PowerPoint, pas un classeur.", "Déposez le classeur d'origine."
        )
    if not any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise UnreadableFile("Le fichier n'est pas un classeur Excel lisible.")
    return FileKind.XLS


# --- Zip containers (.xlsx, .ods) --------------------------------------------------------------------------------


def _check_zip(file: BinaryIO, error_cells: ErrorCells) -> FileKind:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            kind = _kind_of_archive(archive, entries)
            _check_entries(entries)
            _check_contents(file, entries, kind, error_cells)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        struct.error,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise damaged() from error
    return kind


def _kind_of_archive(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> FileKind:
    names = {entry.filename.lower().lstrip("/") for entry in entries}
    if "xl/workbook.xml" in names:
        return FileKind.XLSX
    if "xl/workbook.bin" in names:
        raise UnreadableFile("Le classeur est au format binaire .xlsb, qui n'est pas lu.")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise UnreadableFile(
            "Le fichier est un document Word ou PowerPoint, pas un classeur.", "Déposez le classeur d'origine."
        )
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as stream:
            mime = stream.read(100)
        if b"spreadsheet" in mime:
            return FileKind.ODS
        raise UnreadableFile(
            "Le fichier est un document LibreOffice qui n'est pas un classeur.", "Déposez le classeur d'origine."
        )
    if "[content_types].xml" in names:
        raise UnreadableFile("Le classeur est abîmé : sa liste d'onglets manque.")
    raise UnreadableFile(
        "Le fichier est une archive compressée, pas un classeur.", "Décompressez-la et déposez le classeur."
    )


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise UnreadableFile(f"Le classeur contient {len(entries)} éléments internes ; la limite est de {MAX_ENTRIES}.")
    if sum(entry.file_size for entry in entries) > MAX_INFLATED_BYTES:
        raise _too_big()
    for entry in entries:
        raw = entry.orig_filename
        if "\0" in raw or ".." in re.split(r"[/\\]", raw) or raw.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", raw):
            raise UnreadableFile(
                "Le classeur contient un nom interne interdit : il a peut-être été fabriqué pour nuire."
            )
        if entry.flag_bits & 0x41:
            raise UnreadableFile(
                "Le classeur est protégé par un mot de passe.", "Enregistrez-le sans mot de passe, puis recommencez."
            )
        if entry.file_size > RATIO_FLOOR_BYTES and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _bomb()


def _too_big() -> UnreadableFile:
    what = f"Une fois décompressé, le classeur dépasse {MAX_INFLATED_BYTES // 2**20} Mo."
    return UnreadableFile(what, "Retirez les images et les onglets inutiles, puis recommencez.")


def _bomb() -> UnreadableFile:
    return UnreadableFile("Le classeur est compressé de façon anormale : il a peut-être été fabriqué pour nuire.")


def _check_contents(file: BinaryIO, entries: list[zipfile.ZipInfo], kind: FileKind, error_cells: ErrorCells) -> None:
    total = 0
    for entry in entries:
        extent = _OdsExtent() if kind is FileKind.ODS else _SheetExtent()
        markup = entry.filename.lower().endswith((".xml", ".rels"))
        previous = b""
        size = 0
        for chunk in inflate(file, entry):
            if not size:
                _check_start(entry, chunk, markup)
            size += len(chunk)
            total += len(chunk)
            if total > MAX_INFLATED_BYTES:
                raise _too_big()
            if size > RATIO_FLOOR_BYTES and size > MAX_RATIO * max(1, entry.compress_size):
                raise _bomb()
            if markup:
                previous = _check_markup(previous + chunk, extent)
        extent.feed(previous, len(previous))
        if extent.errors:
            error_cells[entry.filename] = extent.errors


def _check_start(entry: zipfile.ZipInfo, start: bytes, markup: bool) -> None:
    if start.startswith(b"PK\x03\x04"):
        what = f"Le classeur contient un autre fichier compressé ({Path(entry.filename).name})."
        raise UnreadableFile(what, "Retirez les objets incorporés, puis recommencez.")
    if markup and (start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start[:8]):
        raise UnreadableFile("Le classeur est écrit dans un codage interne inhabituel.")


def _check_markup(text: bytes, extent: "_SheetExtent | _OdsExtent") -> bytes:
    """Refuses declarations and measures; returns the unfinished tag at the end, which the next piece completes."""
    if b"<!" in text and re.search(rb"<!\s*(?:doctype|entity)", text, re.I):
        raise UnreadableFile(
            "Le classeur contient une déclaration interdite (entités XML) : il a peut-être été fabriqué pour nuire."
        )
    # A cell in error is one match up to its value: it must not be cut in two.
    cut = max(text.rfind(b"<c "), text.rfind(b"<row")) if b't="e"' in text[-400:] else text.rfind(b"<")
    cut = len(text) if cut < 0 or len(text) - cut > CHUNK else cut
    extent.feed(text, cut)
    return text[cut:]


def inflate(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The real content of an entry, whatever size it declares."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("entry header")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    decoder = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    if decoder is None and entry.compress_type != zipfile.ZIP_STORED:
        raise UnreadableFile("Le classeur est compressé par un procédé inhabituel.")
    while left > 0:
        raw = file.read(min(left, CHUNK))
        if not raw:
            raise EOFError
        left -= len(raw)
        if decoder is None:
            yield raw
            continue
        while raw:
            if piece := decoder.decompress(raw, CHUNK):
                yield piece
            raw = decoder.unconsumed_tail
    if decoder is not None and not decoder.eof:
        raise EOFError


# --- How far the filled cells of a sheet go ----------------------------------------------------------------------


def _too_far(column: int) -> UnreadableFile:
    where = f"la colonne {MAX_COLUMNS}" if column > MAX_COLUMNS else f"la ligne {MAX_ROWS}"
    return too_many(f"Un onglet a des cellules remplies au-delà de {where} (limite de lecture).")


class _SheetExtent:
    """Filled cells of an Excel sheet. Blank ones, even a million styled rows, do not count, nor does the declared
    dimension: Excel declares whole columns as soon as they are formatted."""

    _TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
    _ERROR = re.compile(
        rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,5})"[^>]*>'
        rb"(?:<(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>|<f[^>]*/>)?<(?:\w+:)?v>(#[^<]{1,20})"
    )
    _NOT_PLAINLY_NEAR = re.compile(rb'<(?:\w+:c|c(?! r="(?:[A-J]?[A-Z]|K[A-N])[01]?\d{1,4}"))[\s>/]')
    _REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")

    def __init__(self) -> None:
        self.row = 0
        self.column = 0
        self.errors: list[tuple[int, int, str]] = []

    def feed(self, text: bytes, end: int) -> None:
        if b't="e"' in text and len(self.errors) < MAX_ROWS:
            for cell in self._ERROR.finditer(text, 0, end):
                self.errors.append((int(cell[2]) - 1, _column_number(cell[1]) - 1, cell[3].decode("ascii", "replace")))
        if self._is_plainly_near(text, end):
            return
        for tag in self._TAG.finditer(text, 0, end):
            found = self._REFERENCE.search(tag[2])
            if tag[1] == b"row":
                self.row, self.column = (int(found[2]) if found and len(found[2]) < 9 else self.row + 1), 0
                continue
            self.column += 1
            if found and found[1]:
                self.column, self.row = _column_number(found[1]), int(found[2][:9])
            if not tag[2].endswith(b"/") and (self.row > MAX_ROWS or self.column > MAX_COLUMNS):
                raise _too_far(self.column)

    def _is_plainly_near(self, text: bytes, end: int) -> bool:
        """The usual case, ten times faster: every cell bears its reference, and none is far."""
        if self._NOT_PLAINLY_NEAR.search(text, 0, end):
            return False
        last_row = text.rfind(b'<row r="', 0, end)
        if last_row >= 0:
            self.row = int(text[last_row + 8 : last_row + 20].split(b'"')[0] or 0)
        return True


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:6].upper():
        number = number * 26 + letter - 64
    return number


class _OdsExtent:
    """Filled cells of a LibreOffice sheet, where one tag may stand for a million."""

    _TAG = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^>]*)>")
    _REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d+)[\"']")

    def __init__(self) -> None:
        self.row = 0
        self.column = 0
        self.repeated_rows = 1
        self.errors: list[tuple[int, int, str]] = []

    def feed(self, text: bytes, end: int) -> None:
        for tag in self._TAG.finditer(text, 0, end):
            found = self._REPEATED.search(tag[2])
            times = int(found[1][:9]) if found else 1
            if tag[1] == b"table":
                self.row = 0
                self.repeated_rows = 0
            elif tag[1] == b"table-row":
                self.row += self.repeated_rows
                self.repeated_rows, self.column = times, 0
            else:
                self.column += times
                last_row = self.row + self.repeated_rows
                if not tag[2].endswith(b"/") and (last_row > MAX_ROWS or self.column > MAX_COLUMNS):
                    raise _too_far(self.column)

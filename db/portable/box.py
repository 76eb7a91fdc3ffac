"""The file of an archive: a zip with its manifest and, for each table, its rows as canonical JSON, one a line.

Whoever takes one in opens it here, through a gate that measures it by streaming, before anything is read as JSON.
"""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from db import migrate
from db.backup import is_known
from db.errors import Invalid
from db.exchange.gate import (
    MAX_FILE_BYTES,
    MAX_INFLATED_BYTES,
    MAX_RATIO,
    RATIO_FLOOR_BYTES,
    UnreadableFile,
    inflate,
)
from db.portable import values
from db.portable.pointers import Listed
from db.portable.tables import TABLES, columns_of
from db.rules.imports import Unreadable, too_heavy
from db.rules.portable import Held

FORMAT = 1
SUFFIX = ".balise"
MANIFEST = "manifest.json"
ENTRY = "tables/{}.jsonl"
TITLE = "Archive portable d'une démarche de Balise"
AT_REST = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: the same rows make the same bytes."""
ENCRYPTED = 0x41
LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,500}")
"""What the manifest says in words: one line, on which nothing moves the cursor."""
AGAIN = "Refaites l'archive sur l'installation d'origine, ou copiez-la de nouveau."
WHOLE = "Déplacez plutôt toute l'installation, par une sauvegarde"
UNPACKED = f"Aucune installation ne l'accueillerait : rien n'a été écrit. {WHOLE}."
FOREIGN = "Donnez le fichier que « Sauvegardes » ou « python -m db pack » a écrit."


@dataclass(frozen=True, slots=True)
class Parcel:
    """An archive once opened: what it says it holds, and its rows by table, each named by its number in the archive."""

    held: Held
    rows: Listed


def write(held: Held, rows: Listed) -> bytes:
    """The file of an archive. Raises Invalid when it is more than an installation takes in."""
    entries = {ENTRY.format(table): _lines(rows.get(table, ())) for table in TABLES}
    manifest = {
        "title": TITLE,
        "format": FORMAT,
        "schema": migrate.head(),
        "code": held.code,
        "name": held.name,
        "short_name": held.short_name,
        "made_at": held.made_at.isoformat(),
        "counts": held.counts,
        "contacts": held.contacts,
        "remarks": list(held.remarks),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()},
    }
    told = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in {MANIFEST: told, **entries}.items():
            box.writestr(zipfile.ZipInfo(name, AT_REST), content, zipfile.ZIP_DEFLATED)
    content = file.getvalue()
    if len(content) > MAX_FILE_BYTES:
        raise Invalid(f"L'archive de cette démarche pèserait {too_heavy(len(content))}. {UNPACKED}")
    if sum(map(len, entries.values())) + len(told) > MAX_INFLATED_BYTES:
        raise Invalid(f"Cette démarche est trop grande pour une archive. {UNPACKED}")
    return content


def read(content: bytes) -> Parcel:
    """An archive, every digest, every count and every value verified.

    Raises UnreadableFile, whose message is a French sentence, for what is not one, is damaged or altered, comes from
    another version, or was made to harm.
    """
    entries = _unzip(content)
    manifest = _manifest(entries.pop(MANIFEST, None))
    if manifest["sha256"] != {name: hashlib.sha256(found).hexdigest() for name, found in entries.items()}:
        raise damaged("son contenu ne correspond plus à ses empreintes")
    rows = {table: _rows(table, entries[ENTRY.format(table)]) for table in TABLES}
    held = _held(manifest)
    if held.counts != {table: len(found) for table, found in rows.items()} or len(rows["initiative"]) != 1:
        raise damaged("elle ne contient pas ce qu'elle annonce")
    if rows["initiative"][0]["code"] != held.code:
        raise damaged("son en-tête parle d'une autre démarche")
    try:
        values.check(rows)
    except values.Misfit as problem:
        raise damaged("une valeur n'est pas celle de sa colonne") from problem
    return Parcel(held, rows)


def read_or_tell(content: bytes) -> Parcel | Unreadable:
    """An archive as a page receives it; a sentence when it cannot be read."""
    try:
        return read(content)
    except UnreadableFile as problem:
        return Unreadable(str(problem))


def damaged(why: str) -> UnreadableFile:
    """The archive cannot be trusted, and why."""
    return UnreadableFile(f"L'archive est abîmée ou a été modifiée : {why}.", AGAIN)


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
    return "".join(f"{encode(row)}\n" for row in rows).encode()


# --- The gate ----------------------------------------------------------------------------------------------------


def _unzip(content: bytes) -> dict[str, bytes]:
    """The entries of the file, once it has passed every check."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile(f"Le fichier pèse {too_heavy(len(content))}.", f"{WHOLE}.")
    file = io.BytesIO(content)
    try:
        with zipfile.ZipFile(file) as box:
            found = box.infolist()
        _check(found)
        return _contents(file, found)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, struct.error, NotImplementedError) as error:
        if not content.startswith(b"PK"):
            raise UnreadableFile("Le fichier n'est pas une archive portable de Balise.", FOREIGN) from error
        raise damaged("sa lecture s'arrête avant la fin") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename for entry in entries]
    if MANIFEST not in names:
        raise UnreadableFile("Le fichier n'est pas une archive portable de Balise.", FOREIGN)
    known = re.compile(r"manifest\.json|tables/[a-z_]{1,60}\.jsonl")
    if len(set(names)) != len(names) or not all(known.fullmatch(name) for name in names):
        raise UnreadableFile("L'archive contient un nom interdit : elle a peut-être été fabriquée pour nuire.", AGAIN)
    for entry in entries:
        is_plain = entry.compress_type in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED)
        if entry.flag_bits & ENCRYPTED or not is_plain:
            raise damaged("elle est chiffrée ou compressée par un procédé inhabituel")


def _contents(file: io.BytesIO, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """What the entries hold, whatever they declare; refused as soon as it is too much."""
    left, found = MAX_INFLATED_BYTES, {}
    for entry in entries:
        most, read = max(RATIO_FLOOR_BYTES, MAX_RATIO * max(1, entry.compress_size)), bytearray()
        for piece in inflate(file, entry):
            read += piece
            left -= len(piece)
            if len(read) > most or left < 0:
                what = "L'archive est compressée de façon anormale, ou trop grande une fois décompressée"
                raise UnreadableFile(f"{what} : elle a peut-être été fabriquée pour nuire.", AGAIN)
        if zlib.crc32(read) != entry.CRC:
            raise damaged("sa somme de contrôle est fausse")
        found[entry.orig_filename] = bytes(read)
    return found


# --- What it says ------------------------------------------------------------------------------------------------


def _manifest(content: bytes | None) -> dict[str, Any]:
    """The manifest, of this format and of this schema."""
    told = _json(content or b"")
    if not isinstance(told, dict) or told.get("title") != TITLE:
        raise UnreadableFile("Le fichier n'est pas une archive portable de Balise.", FOREIGN)
    if told.get("format") != FORMAT:
        raise UnreadableFile(
            "L'archive est d'un format plus récent que cette version.", "Mettez Balise à jour d'abord."
        )
    if told.get("schema") != migrate.head():
        raise UnreadableFile(*_other_version(str(told.get("schema"))))
    if set(told.get("sha256", ())) != {ENTRY.format(table) for table in TABLES}:
        raise damaged("des parties manquent, ou sont en trop")
    return told


def _other_version(schema: str) -> tuple[str, str]:
    if is_known(schema):
        return (
            "L'archive vient d'une version plus ancienne de Balise.",
            "Mettez à jour l'installation d'origine, puis refaites l'archive.",
        )
    return "L'archive vient d'une version plus récente de Balise.", "Mettez d'abord à jour cette installation."


def _held(told: Mapping[str, Any]) -> Held:
    try:
        made_at = datetime.fromisoformat(told["made_at"]).astimezone(UTC)
        counts = {str(table): int(count) for table, count in told["counts"].items()}
        words = [told[name] for name in ("code", "name", "short_name")] + told["remarks"]
        if not all(isinstance(word, str) and LINE.fullmatch(word) for word in words):
            raise ValueError("words")
        code, name, short_name, *remarks = words
        return Held(code, name, short_name, made_at, counts, int(told["contacts"]), tuple(remarks))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise damaged("son en-tête est illisible") from problem


def _rows(table: str, content: bytes) -> list[dict[str, Any]]:
    columns, found = set(columns_of(table)), []
    for line in content.splitlines():
        row = _json(line)
        if not isinstance(row, dict) or row.keys() != columns:
            raise damaged(f"une ligne de {table} n'a pas ses colonnes")
        found.append(row)
    return found


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise damaged("une ligne est illisible") from problem

"""The rules of the house, read from the source: which way imports go, what a page may hold, what is never written."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCREEN = ("streamlit", "altair", "pydeck")
STORAGE = ("sqlalchemy", "sqlite3", "sqlite_utils", "psycopg", "alembic")
PAGE_LINES, MODULE_LINES, STYLE_LINES = 120, 400, 60
TEXT_FILES = {".py", ".toml", ".md", ".yaml", ".yml", ".txt", ".css", ".js", ".cfg", ".ini", ".mako", ""}
# Cells are typed as text and read on the server; downloads go through /export; nothing is lost by a form.
NEVER_ON_SCREEN = re.compile(
    r"unsafe_allow_\w+|use_container_width|st\.experimental|components\.v1|time\.sleep"
    r"|\bst\.form\(|NumberColumn|DateColumn|DatetimeColumn|st\.download_button"
)
NEVER_WRITTEN = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError|pytest\.mark\.(skip|xfail)\b")
# A path of one machine, a registry's host, or a folder that a clone does not have.
FOREIGN = re.compile(r"(?<![\w.])/(?:work|farm|root|home/\w+)/|pypi\.org|npmjs|debian\.org|\.\./shared")


def project_files(*suffixes: str) -> list[Path]:
    """The files a clone would hold, by suffix: hidden folders of tools and the installation's data left out."""
    skipped = {".git", ".venv", "__pycache__", "data", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"}
    found = (path for path in ROOT.rglob("*") if not skipped & set(path.relative_to(ROOT).parts[:-1]))
    return sorted(path for path in found if path.is_file() and path.suffix in suffixes)


def imports(source: str) -> Iterator[str]:
    """Every module that this source imports, absolute, « from a import b » as `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def _of(module: str, names: tuple[str, ...]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def is_forbidden(where: str, module: str) -> bool:
    """Whether a file at `where` (relative, with slashes) may not import `module`.

    app → components.server; pages → components, db; components → db.rules and db.models, and the rest of db through
    workspace.py and server/ alone; db → nothing of the screen; rules → rules.
    """
    if module.startswith("."):
        return True
    inside = _of(module, ("app", "pages", "components", "db"))
    if where == "app.py":
        return inside and not _of(module, ("components.server",))
    if where.startswith("db/rules/"):
        return (inside and not _of(module, ("db.rules",))) or _of(module, (*SCREEN, *STORAGE))
    if where.startswith("db/"):
        return _of(module, (*SCREEN, "components", "pages", "app"))
    if where.startswith("pages/"):
        return _of(module, (*STORAGE, "altair", "pydeck", "pages", "app"))
    if where.startswith("components/"):
        if _of(module, ("pages", "app")):
            return True
        if where == "components/workspace.py" or where.startswith("components/server/"):
            return False
        return _of(module, STORAGE) or (_of(module, ("db",)) and not _of(module, ("db.rules", "db.models")))
    return False


def wrong_arrows(where: str, source: str) -> list[str]:
    """The imports of this file that go against the direction of the house."""
    return [f"{where} imports {module}" for module in imports(source) if is_forbidden(where, module)]


def page_faults(where: str, source: str) -> list[str]:
    """What makes a page more than a table of contents."""
    faults = [
        f"{where}:{node.lineno} defines {node.name}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    if len(source.splitlines()) > PAGE_LINES:
        faults.append(f"{where} is longer than {PAGE_LINES} lines")
    if Path(where).stem in sys.stdlib_module_names | {"db", "components", "tests", "app"}:
        faults.append(f"{where} bears the name of a module")
    return faults


def matches(pattern: re.Pattern[str], where: str, source: str) -> list[str]:
    """Each line of the source where the pattern is found."""
    lines = enumerate(source.splitlines(), 1)
    return [f"{where}:{number} {found.group()}" for number, line in lines if (found := pattern.search(line))]

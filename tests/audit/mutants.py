"""Each guard taken away in turn, in a copy of the tree: the tests of the place must notice."""

import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.commands.test_rights_matrix import every
from tests.house import ROOT

PLACES = ("db/commands", "db/queries", "db/viewer.py", "components/server")
CONDITIONS = {"disclosed", "shown", "may_read", "may_open", "of_home"}
QUESTIONS = {"may", "coordinates", "sees_preparation", "is_own", "leads"}
LEFT_OUT = {".git", ".venv", "__pycache__", "data", ".mypy_cache", ".ruff_cache"}
SECONDS = 900
MATRIX = "tests/commands/test_rights_matrix.py::test_who_may_not_is_refused_and_who_may_is_not"


@dataclass(frozen=True, slots=True)
class Guard:
    """A call that keeps somebody out: where it is, the function it stands in, and what is put in its place."""

    path: Path
    line: int
    function: str
    start: int
    end: int
    without: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix()}:{self.line} in {self.function}"


def guards() -> list[Guard]:
    """Every guard of the product, in the order of the files."""
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py") or [ROOT / place])]
    files += [ROOT / place for place in PLACES if place.endswith(".py")]
    return [guard for file in dict.fromkeys(files) for guard in of_file(file)]


def of_file(path: Path) -> Iterator[Guard]:
    """The guards of a file."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and (without := _without(node)) is not None:
                start = starts[node.lineno - 1] + node.col_offset
                end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
                yield Guard(path, node.lineno, function.name, start, end, without)


def _without(call: ast.Call) -> str | None:
    """What stands for a guard that keeps nobody out; None for a call that is not one."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "require":
        return "None"
    if name in CONDITIONS:
        return "__import__('sqlalchemy').true()"
    if name in QUESTIONS:
        return "True"
    if name == "writable":
        session, _, sheet = map(ast.unparse, call.args)
        return f"__import__('db.commands.common', fromlist=['_']).home_of_sheet({session}, {sheet})"
    return None


def tests_of(guard: Guard) -> list[str]:
    """The fast tests that must notice: those of the guard's own module, by its name, and the matrices."""
    where, stem = guard.path.relative_to(ROOT), guard.path.stem
    room = "server" if where.parts[0] == "components" else where.parts[1]
    near = {room, "commands", "queries"}
    named = [path for near_by in sorted(near) for path in sorted((ROOT / "tests" / near_by).glob(f"test_*{stem}*.py"))]
    matrices = {"commands": [f"{MATRIX}[{guard.function}]" if guard.function in _commands() else MATRIX]}
    other = [f"tests/queries/test_{name}.py" for name in ("scope", "reach", "kept_apart", "prepared_figures")]
    return [*(path.relative_to(ROOT).as_posix() for path in named), *matrices.get(room, other)]


@cache
def _commands() -> frozenset[str]:
    return frozenset(command.__name__ for command in every())


def survivors(most: int | None = None, seed: int = 0) -> Iterator[tuple[Guard, bool]]:
    """Each guard (a sample of `most` of them), and whether the tests still pass without it."""
    found = guards()
    if most is not None:
        found = random.Random(seed).sample(found, min(most, len(found)))
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=lambda _, names: LEFT_OUT & set(names))
        for guard in found:
            file = copy / guard.path.relative_to(ROOT)
            source = file.read_bytes()
            file.write_bytes(source[: guard.start] + guard.without.encode() + source[guard.end :])
            yield guard, _passes(copy, tests_of(guard))
            file.write_bytes(source)


def _passes(tree: Path, tests: list[str]) -> bool:
    command = ["nice", "-n", "10", sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, "-m", "not browser and not postgresql", *tests],
            cwd=tree, capture_output=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0

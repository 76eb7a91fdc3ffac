"""Statements built once and asked again: to build one costs more than to run it.

A page asks some fifty questions after a write. SQLAlchemy keeps the SQL of a statement that it has already compiled,
but the statement itself, dozens of Python objects, would be built at each question.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, NamedTuple, ParamSpec

from sqlalchemy import Executable, bindparam

P = ParamSpec("P")
KEPT = 256


class Question(NamedTuple):
    """What a session is asked: `session.execute(*question)`."""

    statement: Any
    values: dict[str, Any]


def prepared(*bound: str) -> Callable[[Callable[P, Executable]], Callable[P, Question]]:
    """Keep the statement that a function builds, and ask it with other values.

    The function is called with placeholders in place of the parameters named in `bound`: it may compare columns with
    them, and compute nothing from them. Its other parameters (a `Viewer`, a model, a flag) are part of what is kept.
    """

    def mark(build: Callable[P, Executable]) -> Callable[P, Question]:
        names = tuple(inspect.signature(build).parameters)
        unknown = set(bound) - set(names)
        if unknown:
            raise TypeError(f"{build.__name__} has no parameter named {', '.join(sorted(unknown))}")

        @lru_cache(maxsize=KEPT)
        def made(*others: Any) -> Any:
            kept = iter(others)
            return build(*[bindparam(name) if name in bound else next(kept) for name in names])  # type: ignore[call-arg]

        @wraps(build)
        def ask(*args: P.args, **named: P.kwargs) -> Question:
            given = dict(zip(names, args, strict=False)) | named
            return Question(
                made(*[given[name] for name in names if name not in bound]), {name: given[name] for name in bound}
            )

        return ask

    return mark

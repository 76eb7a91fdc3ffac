"""What must never be on a screen: markup, or the expressions of a chart, made of what people typed."""

import ast
from collections.abc import Iterator

# Strings that charts compute of the words of a closed vocabulary, never of what people typed.
COMPUTED = {
    "f\"datum.label + ' ' + {numbers!r}[datum.label]\"",
    "f\"datum.status == '{theme.status_word(None)}'\"",
}
CHARTS = "alt"
RAW = {"unsafe_allow_html", "unsafe_allow_javascript"}
FOREIGN_CODE = ("streamlit.components", "streamlit_", "st.components", "st.iframe", "st.bokeh_chart", "st.plotly_chart")


def markup_faults(where: str, source: str) -> list[str]:
    """The places where this source gives a browser something that it would run, or that it would read as markup."""
    tree = ast.parse(source)
    files = {name for node in tree.body if (name := _named_file(node))}
    return [f"{where}:{node.lineno} {fault}" for node in ast.walk(tree) for fault in _faults(node, files)]


def _faults(node: ast.AST, files: set[str]) -> Iterator[str]:
    if isinstance(node, ast.keyword) and node.arg in RAW:
        yield node.arg
    if isinstance(node, ast.Import | ast.ImportFrom):
        module = getattr(node, "module", None) or ""
        names = [f"{module}.{alias.name}".lstrip(".") for alias in node.names]
        yield from (name for name in names if name.startswith(FOREIGN_CODE))
    if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(FOREIGN_CODE):
        yield ast.unparse(node)
    if isinstance(node, ast.Call):
        called = ast.unparse(node.func)
        if called in ("st.html", "html") and not _is_file(node, files):
            yield "st.html of something else than a file of the house"
        if called == CHARTS or called.startswith(f"{CHARTS}.") or any(map(_is_expression, node.keywords)):
            yield from (f"{called} is given {text}" for text in _made(node) if text not in COMPUTED)


def _is_expression(keyword: ast.keyword) -> bool:
    """A keyword whose value a chart runs or reads as a field, whatever it is given to."""
    return keyword.arg is not None and (keyword.arg.endswith("Expr") or keyword.arg in ("tooltip", "calculate", "expr"))


def _named_file(node: ast.AST) -> str | None:
    """The name of a constant that is a file beside its module: `LINK = Path(__file__).with_name("link.html")`."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
        return None
    made, name = node.value, node.targets[0]
    beside = ast.unparse(made.func) == "Path(__file__).with_name" and all(
        isinstance(a, ast.Constant) for a in made.args
    )
    return name.id if beside and isinstance(name, ast.Name) and name.id.isupper() else None


def _is_file(call: ast.Call, files: set[str]) -> bool:
    """`st.html(FOLDER / "name.css")`, a constant folder and a constant name, or `st.html(LINK)`, a file of `files`."""
    told = {keyword.arg for keyword in call.keywords} - {"width"}
    given = call.args[0] if len(call.args) == 1 and not told else None
    if isinstance(given, ast.Name):
        return given.id in files
    return (
        isinstance(given, ast.BinOp)
        and isinstance(given.op, ast.Div)
        and isinstance(given.left, ast.Name)
        and given.left.id.isupper()
        and isinstance(given.right, ast.Constant)
    )


def _made(call: ast.Call) -> Iterator[str]:
    """The strings made on the spot among what a call is given: f-strings, joined, formatted or added ones."""
    for part in [*call.args, *(keyword.value for keyword in call.keywords)]:
        specs = {id(node.format_spec) for node in ast.walk(part) if isinstance(node, ast.FormattedValue)}
        for node in ast.walk(part):
            filled = isinstance(node, ast.JoinedStr) and id(node) not in specs and not _is_of_figures(node)
            if filled or _is_added(node) or _is_formatted(node):
                yield ast.unparse(node)


def _is_of_figures(text: ast.JoinedStr) -> bool:
    """Whether an f-string holds constants of the house and numbers (`:.0f`) alone."""
    held = [part for part in text.values if isinstance(part, ast.FormattedValue)]
    return all(
        (isinstance(part.value, ast.Name) and part.value.id.isupper())
        or (part.format_spec is not None and ast.unparse(part.format_spec).strip("f'\"").startswith("."))
        for part in held
    )


def _is_added(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Add | ast.Mod)
        and any(isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right))
    )


def _is_formatted(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in ("format", "join")

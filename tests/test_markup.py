import ast

import pytest

from tests.house import ROOT, project_files
from tests.markup import COMPUTED, markup_faults

SCREENS = [
    path for path in project_files(".py") if path.relative_to(ROOT).parts[0] in ("app.py", "pages", "components")
]


def test_nothing_that_people_typed_is_markup_or_an_expression_on_any_screen():
    assert [fault for path in SCREENS for fault in markup_faults(path.name, path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        "st.html(f'<b>{title}</b>')",
        "st.html(text)",
        "st.html('<b>gras</b>')",
        "st.html(FOLDER / name)",
        "LINK = Path(__file__).with_name(name)\nst.html(LINK)",
        "LINK = f'<b>{title}</b>'\nst.html(LINK)",
        "st.html(FOLDER / 'a.css', unsafe_allow_javascript=True)",
        "st.markdown(title, unsafe_allow_html=True)",
        "import streamlit.components.v1 as components",
        "from streamlit.components.v2 import component",
        "from streamlit_elements import nivo",
        "st.components.v1.html(title)",
        "st.iframe(address)",
        "alt.Tooltip(f'{field}:N')",
        "alt.Chart(rows).transform_filter(f\"datum.title == '{title}'\").encode(tooltip=[f'{title}'])",
        "alt.ExprRef('datum.' + name)",
        "alt.condition('datum.%s' % name, alt.value(1), alt.value(2))",
        "alt.Text('{}:N'.format(name))",
        "axis(labelExpr=f\"'{title}'\")",
    ],
)
def test_what_would_give_a_browser_a_typed_text_to_run_is_caught(source: str):
    assert markup_faults("x.py", source)


@pytest.mark.parametrize(
    "source",
    [
        "st.html(COMPONENTS / 'theme.css')",
        "LINK = Path(__file__).with_name('link.html')\nst.html(LINK, width='content')",
        "st.markdown(escape(title))",
        "alt.Text('name:N')",
        "alt.ExprRef(f'max({LEAST}, width - {margin:.0f})')",
        "f'{title} retenue'",
    ],
)
def test_what_says_a_text_to_the_letter_is_let_through(source: str):
    assert markup_faults("x.py", source) == []


def test_what_charts_may_compute_is_still_what_they_compute():
    said = "\n".join(ast.unparse(ast.parse(path.read_text(encoding="utf-8"))) for path in SCREENS)
    assert [text for text in COMPUTED if text not in said] == []

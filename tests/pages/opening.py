"""Pages opened without a browser, on a database of the test's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from db import engine as engines
from db.settings import settings
from tests.house import ROOT

SECONDS = 60


@contextmanager
def on_database(engine: Engine) -> Iterator[None]:
    """Have the pages read this database: the engine and the caches of the process are put back at the end."""
    held, told = engines.engine, settings()
    before = told.database_url
    told.database_url = engine.url.render_as_string(hide_password=False)
    held.cache_clear()
    _forget()
    try:
        yield
    finally:
        held().dispose()
        held.cache_clear()
        _forget()
        told.database_url = before


def _forget() -> None:
    """Two databases may be at the same revisions: nothing cached passes from one to the other."""
    st.cache_data.clear()
    st.cache_resource.clear()


def opened(page: str | None = None, **query: str) -> AppTest:
    """The product as it opens at an address: the overview, or a page named relative to `pages/`."""
    app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    if page is not None:
        app.switch_page(page).run()
    return app


def said(app: AppTest) -> str:
    """The same as it reads, without the marks that keep Markdown from being read in what people typed."""
    return words(app).replace("\\", "")


def words(app: AppTest) -> str:
    """Everything that the page says: titles, texts, figures, links."""
    said: list[Any] = [*app.title, *app.header, *app.markdown, *app.caption, *app.info, *app.error]
    texts = [str(element.value) for element in said]
    texts += [f"{metric.label} {metric.value}" for metric in app.metric]
    texts += [str(link.value) for link in app.page_link]
    return "\n".join(texts)

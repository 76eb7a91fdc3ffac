from pathlib import Path

import pytest

from tests import browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A machine without any browser; the list says what was tried to install one."""
    tried: list[str] = []
    monkeypatch.setattr(browser, "_candidates", lambda: iter(()))
    monkeypatch.setattr(browser, "_install", lambda: tried.append("install"))
    return tried


def test_a_machine_without_a_browser_gets_a_clear_error_after_a_try(
    bare: list[str], capsys: pytest.CaptureFixture[str]
):
    assert browser.main() == 1
    assert bare == ["install"]
    assert "Installez Chromium ou Chrome" in capsys.readouterr().err


def test_an_installed_browser_is_taken_as_it_is(bare: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    chromium = tmp_path / "chromium"
    chromium.write_text("#!/bin/sh\nexit 0\n")
    chromium.chmod(0o755)
    monkeypatch.setattr(browser, "_candidates", lambda: iter((None, "/nowhere/chrome", str(chromium))))
    assert (browser.executable(), browser.main(), bare) == (str(chromium), 0, [])


def test_a_launcher_that_only_explains_how_to_install_one_is_no_browser(
    bare: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    launcher = tmp_path / "chromium"
    launcher.write_text("#!/bin/sh\necho 'install it first' >&2\nexit 1\n")
    launcher.chmod(0o755)
    monkeypatch.setattr(browser, "_candidates", lambda: iter((str(launcher),)))
    assert browser.executable() is None

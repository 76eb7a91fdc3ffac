from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from components.server import trials
from components.server.trials import Trial, Trials
from db.commands.imports import Imported
from db.engine import writing
from db.errors import Refused
from db.exchange.upload import Incoming, read_bytes, understand_book
from db.viewer import Viewer
from tests.conftest import viewer_in
from tests.exchange.files import PLAN, xlsx
from tests.pages.opening import on_database

ON = date(2026, 10, 1)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def incoming(tmp_path: Path) -> Incoming:
    book = read_bytes(xlsx(tmp_path / "plan.xlsx", PLAN).read_bytes(), "plan.xlsx")
    return understand_book(book, None, None).draft


@pytest.fixture
def trial(incoming: Incoming, sqlite_engine: Engine) -> Trial:
    with on_database(sqlite_engine):
        return trials.run(viewer_in(sqlite_engine), ("plan",), incoming, None, ON)


def test_a_trial_is_found_by_its_token_by_its_own_viewer_alone(trial: Trial):
    kept = Trials()
    kept.get(("key",), lambda: trial)
    assert kept.of(trial.token, Viewer(trial.actor_id)) is trial
    assert kept.of(trial.token, Viewer(trial.actor_id + 1)) is None
    assert kept.of("deviné", Viewer(trial.actor_id)) is None


def test_a_trial_is_forgotten_some_time_after_it_was_last_looked_at(trial: Trial):
    clock = Clock()
    kept = Trials(seconds=60, clock=clock)
    kept.get(("key",), lambda: trial)
    clock.now = 50
    kept.get(("key",), lambda: pytest.fail("it was still kept"))
    clock.now = 100
    assert kept.of(trial.token, Viewer(trial.actor_id)) is trial
    clock.now = 111
    assert kept.of(trial.token, Viewer(trial.actor_id)) is None


def test_only_so_many_trials_are_kept_the_oldest_goes_first(trial: Trial):
    made = []
    kept = Trials(kept=2)

    def make() -> Trial:
        made.append(1)
        return trial

    for key in ("a", "b", "c", "c", "a"):
        kept.get((key,), make)
    assert len(made) == 4


def test_a_trial_is_written_once_unless_it_was_refused_or_interrupted(trial: Trial):
    kept, written = Trials(), []
    done = Imported(7, 1, "essai", trial.plan)

    def interrupted() -> Imported:
        raise KeyboardInterrupt

    def write() -> Imported:
        written.append(1)
        return done

    assert kept.once("t", lambda: None) is None
    with pytest.raises(KeyboardInterrupt):
        kept.once("t", interrupted)
    assert [kept.once("t", write), kept.once("t", write)] == [done, done]
    assert len(written) == 1


def test_a_trial_is_worked_out_again_once_something_was_written(incoming: Incoming, sqlite_engine: Engine):
    with on_database(sqlite_engine):
        viewer = viewer_in(sqlite_engine)
        first = trials.run(viewer, ("plan",), incoming, None, ON)
        assert trials.run(viewer, ("plan",), incoming, None, ON) is first
        with writing(sqlite_engine) as session:
            trials.apply(session, viewer, first, "empreinte", name=None)
        assert trials.run(viewer, ("plan",), incoming, None, ON).token != first.token


def test_who_may_not_import_there_gets_no_trial(incoming: Incoming, sqlite_engine: Engine):
    with on_database(sqlite_engine), pytest.raises(Refused):
        trials.run(Viewer(1), ("plan",), incoming, None, ON)

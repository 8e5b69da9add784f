"""Reports of the program's own faults: written, without any value of a case, and never a second fault (I8, I11)."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from villagedesk.app.fault_reports import FaultLog, install, write_report
from villagedesk.domain.problems import Problem

SECRET = "王秀英410422190402299997"


def fault() -> BaseException:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(f"cannot save {SECRET}") from error
    except ValueError as error:
        return error


@pytest.fixture
def hooks() -> Iterator[None]:
    """Python's own hooks, put back afterwards."""
    before = sys.excepthook, threading.excepthook
    handlers = list(logging.getLogger("villagedesk").handlers)
    yield
    sys.excepthook, threading.excepthook = before
    logging.getLogger("villagedesk").handlers = handlers


def test_a_report_names_kind_and_place_and_no_value(tmp_path: Path) -> None:
    file = write_report(tmp_path / "reports", fault(), "imaging")
    assert file is not None
    text = file.read_text(encoding="utf-8")
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_fault_reports.py" in text
    assert "thread imaging" in text
    assert SECRET not in text
    assert "cannot save" not in text


def test_an_uncaught_fault_on_any_thread_is_reported_and_told(tmp_path: Path, hooks: None) -> None:
    told: list[Problem] = []
    install(tmp_path, told.append)
    error = fault()
    sys.excepthook(type(error), error, error.__traceback__)

    def fails() -> None:
        raise error

    thread = threading.Thread(target=fails, name="printing")
    thread.start()
    thread.join()
    assert [problem.key for problem in told] == ["ui.bug", "ui.bug"]
    texts = [file.read_text(encoding="utf-8") for file in tmp_path.glob("fault-*.txt")]
    assert len(texts) == 2
    assert any("thread printing" in text for text in texts)
    assert not any(SECRET in text for text in texts)


def test_what_is_logged_as_an_error_is_reported_without_the_exceptions_text(tmp_path: Path) -> None:
    logger = logging.getLogger("villagedesk.test_fault_reports")
    logger.propagate = False
    logger.addHandler(FaultLog(tmp_path))
    try:
        raise fault()
    except ValueError:
        logger.exception("a listener failed after a commit")
    (file,) = tmp_path.glob("fault-*.txt")
    text = file.read_text(encoding="utf-8")
    assert "a listener failed after a commit" in text
    assert "builtins.ValueError" in text
    assert SECRET not in text


def test_a_disk_that_takes_nothing_makes_no_second_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert write_report(blocked / "reports", fault(), "main") is None


def test_old_reports_go(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / f"fault-20000101-{number:06d}-000000.txt").write_text("", encoding="utf-8")
    newest = write_report(tmp_path, fault(), "main")
    left = list(tmp_path.glob("fault-*.txt"))
    assert len(left) == 50
    assert newest in left

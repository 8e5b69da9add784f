"""The program's own faults: a report without personal data, a sentence for the clerk, and the program goes on.

A report holds the kind of exception and where in the code it came from; never its text or any value, since those may
hold names and numbers (design: I8, I11).
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from villagedesk import __version__
from villagedesk.domain.fault_trace import fault_lines
from villagedesk.domain.problems import Problem

_KEPT = 50


def write_report(folder: Path, error: BaseException, where: str) -> Path | None:
    """Write one report; None when even that failed (full disk), which must not become a second fault.

    Args:
        where: the thread it happened on.
    """
    return _write(folder, where, fault_lines(error))


class FaultLog(logging.Handler):
    """Turns what the program logs as an error into reports; exceptions without their texts.

    Args:
        folder: where reports lie; made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.ERROR)
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        """Write one report. The message itself is written by our own code and holds no values of cases."""
        lines = [f"{record.name}: {record.getMessage()}"]
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            lines += fault_lines(error)
        _write(self._folder, record.threadName or "thread", lines)


def install(folder: Path, tell: Callable[[Problem], None]) -> None:
    """Catch what nothing else caught, on every thread, and what is logged as an error.

    Args:
        tell: called from any thread with ``ui.bug``, to show the clerk a sentence.
    """

    def caught(error: BaseException, where: str) -> None:
        write_report(folder, error, where)
        with contextlib.suppress(RuntimeError):  # the window may be gone already
            tell(Problem("ui.bug"))

    def on_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            caught(error, "main")

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not issubclass(arguments.exc_type, SystemExit):
            caught(arguments.exc_value, arguments.thread.name if arguments.thread else "thread")

    sys.excepthook = on_main
    threading.excepthook = on_thread
    logging.getLogger("villagedesk").addHandler(FaultLog(folder))


def _write(folder: Path, where: str, lines: Sequence[str]) -> Path | None:
    import platform  # noqa: PLC0415 - pulls in subprocess and more, which no start should pay for

    moment = datetime.now(UTC)
    head = [
        f"villagedesk {__version__}  python {platform.python_version()}  {platform.system()} {platform.release()}",
        f"{moment:%Y-%m-%dT%H:%M:%SZ}  thread {where}",
    ]
    file = folder / f"fault-{moment:%Y%m%d-%H%M%S-%f}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")
        for old in sorted(folder.glob("fault-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return file

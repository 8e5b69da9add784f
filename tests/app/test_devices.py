"""Which printers a run gets from its options."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from villagedesk.app.devices import make_printers
from villagedesk.devices.ports import PrinterInfo
from villagedesk.devices.printer_cups import CupsSpooler


def never(_work: Callable[[], object]) -> object:
    raise AssertionError("nothing of Qt is wanted")


def test_a_folder_is_the_only_printer(tmp_path: Path) -> None:
    printers = make_printers(f"file:{tmp_path}", never)
    assert printers is not None
    assert printers.printers() == (PrinterInfo("PDF", is_default=True),)
    printer = printers.printer("")
    assert printer is not None
    assert printer.name == "PDF"


def test_none_is_none() -> None:
    assert make_printers("none", never) is None


@pytest.mark.parametrize(("choice", "default"), [("default", "HP"), ("qt:Canon", "Canon"), ("qt:gone", "gone")])
def test_the_systems_printers_and_which_is_the_default(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, choice: str, default: str
) -> None:
    assert qapp is not None
    there = (PrinterInfo("Canon"), PrinterInfo("HP", is_default=True))
    monkeypatch.setattr(CupsSpooler, "printers", lambda _self: there)
    asked: list[Callable[[], object]] = []
    printers = make_printers(choice, asked.append)
    assert printers is not None
    # one that is named when the program is started is the only one to choose
    assert [one.name for one in printers.printers()] == (["Canon", "HP"] if choice == "default" else [default])
    assert [one.name for one in printers.printers() if one.is_default] == [default]
    printer = printers.printer("")
    assert printer is not None
    assert printer.name == default
    assert len(asked) == 1, "Qt loads its part in the thread of the GUI"


def test_where_no_spooler_answers_qt_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for ever for one that has stopped."""
    monkeypatch.setattr(CupsSpooler, "printers", lambda _self: ())
    printers = make_printers("default", never)
    assert printers is not None
    assert printers.printer("") is None

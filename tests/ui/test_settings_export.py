"""Cases are chosen and taken out as one locked file, whose passphrase is shown once."""

from __future__ import annotations

from pathlib import Path

import pytest
import pyzipper
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import kinds_logged, take_in
from tests.ui.desk_at_hand import Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.ui.window import MainWindow


def test_chosen_cases_go_into_a_locked_file(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    for name in ("王秀英", "李建国", "赵小满"):
        take_in(village, name)
    page = SettingsPage(qtbot, signed_in)
    folder = tmp_path / "out"
    folder.mkdir()
    page.open("export")
    page.until(lambda: len(page.rows("export_list")) == 3)
    assert page.focused() == "export_filter"
    assert not page.can("primary_button")
    page.tab_to("export_list")
    page.press(Qt.Key.Key_Space)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Space)
    assert page.text("export_count") == "已选 2 件"
    page.press(Qt.Key.Key_Space)
    page.widget("export_filter", QLineEdit).setText("王秀英")
    page.until(lambda: len(page.rows("export_list")) == 1)
    page.widget("export_list", QListWidget).setFocus()
    page.press(Qt.Key.Key_Space)
    assert page.text("export_count") == "已选 2 件", "what was chosen stays through a search"
    page.enter()
    assert "请先选一个文件夹" in page.text("export_folder_trouble")
    page.type(str(folder))
    page.enter()
    page.wait_for("export_passphrase")
    passphrase = page.text("export_passphrase")
    (file,) = folder.iterdir()
    with pyzipper.AESZipFile(file) as package:
        package.setpassword(passphrase.encode())
        assert package.testzip() is None
        assert len(package.read(package.namelist()[0])) > 1000
        package.setpassword(b"not the passphrase")
        with pytest.raises(RuntimeError, match="password"):
            package.read(package.namelist()[0])
    assert "另外告诉对方" in page.text("ui_export_apart")
    assert kinds_logged(village).count("exported") == 2
    page.press(Qt.Key.Key_F12)
    page.wait_for("password")
    page.type("sunflower-82")
    page.enter()
    page.wait_for("export_passphrase")
    page.until(lambda: page.focused() == "export_noted")
    page.press(Qt.Key.Key_Escape)
    page.open("export")
    assert not page.seen("export_passphrase")
    shown = [label.text() for label in signed_in.findChildren(QLabel)]
    assert not [text for text in shown if passphrase in text]

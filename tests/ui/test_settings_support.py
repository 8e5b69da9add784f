"""What the technician is given, and the page about what is safe."""

from __future__ import annotations

import zipfile
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLineEdit, QTextBrowser
from pytestqt.qtbot import QtBot

import villagedesk
from tests.ui.cases_at_hand import take_in
from tests.ui.desk_at_hand import ID_NUMBER, NAME, Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.ui.window import MainWindow


def test_a_bundle_is_made_without_persons(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    take_in(village)
    page = SettingsPage(qtbot, signed_in)
    page.open("support")
    assert villagedesk.__version__ in page.text("program_version")
    folder = tmp_path / "out"
    folder.mkdir()
    page.widget("bundle_folder", QLineEdit).setText(str(folder))
    page.click("primary_button")
    page.wait_said("收集好了")
    (file,) = folder.iterdir()
    with zipfile.ZipFile(file) as bundle:
        inside = b"".join(bundle.read(name) for name in bundle.namelist())
    assert inside
    assert NAME.encode() not in inside
    assert ID_NUMBER.encode() not in inside
    page.click("support_check_log")
    page.wait_said("日志完整")


def test_the_page_about_what_is_safe_loads_and_opens_nothing(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = SettingsPage(qtbot, signed_in)
    page.open("security")
    text = page.widget("security_text", QTextBrowser)
    page.until(lambda: len(text.toPlainText()) > 500)
    secret = QUrl.fromLocalFile(__file__)
    assert text.loadResource(QTextDocument.ResourceType.HtmlResource.value, secret) is None
    assert not text.openLinks()
    assert not text.openExternalLinks()

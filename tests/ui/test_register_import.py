"""A paper register comes in on screen, by keyboard alone: template, check, rows mended, all taken and seen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.reports.typed_register import FIRST_LINE, ROW, filled, someone
from tests.ui.cases_at_hand import desk_of, kinds_logged
from tests.ui.desk_at_hand import Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.register_import import RegisterImportScreen
from tests.ui.pages.settings import OTHER_PASSWORD
from villagedesk.domain.progress import Progress
from villagedesk.domain.register_import import COLUMNS
from villagedesk.domain.roles import Role
from villagedesk.ui import register_import
from villagedesk.ui.window import MainWindow

_CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where files go that nobody chose a folder for."""
    folder = tmp_path / "documents"
    folder.mkdir()
    monkeypatch.setattr(register_import, "own_folder", lambda: folder)
    yield folder


def test_a_paper_register_is_checked_mended_and_comes_into_the_register(
    qtbot: QtBot, village: Village, signed_in: MainWindow, documents: Path, tmp_path: Path
) -> None:
    page = RegisterImportScreen(qtbot, signed_in)
    page.open_import()
    assert page.title() == "导入纸质台账" and page.focused() == "import_file"
    page.enter()
    page.until(lambda: "请先选录好的表格" in page.text("import_file_trouble"))
    page.tab_to("import_template")
    page.enter()
    page.until(lambda: "空白模板存好了" in page.said())
    (template,) = documents.iterdir()
    rows = [ROW, {**someone(1), "phone": None}, {**someone(2), "received": "2026-02-30", "mode": "快递"}]
    page.look(filled(template, rows, tmp_path / "台账.xlsx"))
    assert "共 3 行：1 行没有问题，1 行要看一眼，1 行有错" in page.text("import_sum")
    assert page.focused() == "import_rows" and len(page.told()) == 2
    assert "第 9 行" in page.told()[0] and "收件日期：“2026-02-30”不是日期" in page.told()[0]
    assert "办理方式：“快递”不是认得的办理方式" in page.told()[0]
    assert "第 8 行" in page.told()[1] and "没有写联系电话" in page.told()[1]
    assert not page.seen("import_go") and not page.seen("primary_button")
    page.press(Qt.Key.Key_F7)
    page.until(lambda: "存好了 1 行" in page.said())
    page.tab_to("import_leave")
    page.enter()
    page.wait_for("ask_question")
    assert "有 1 行不导入，只导入其余的 2 行" in page.text("ask_question")
    page.press(Qt.Key.Key_Escape)
    assert page.focused() == "import_leave" and page.seen("import_sum")
    page.enter()
    page.tab_to("ask_sure")
    page.enter()
    page.until(lambda: "导入了 2 件，收件日期从 2026-03-05 到 2026-03-05" in page.said())
    assert page.seen("import_file") and page.typed("import_file") == ""
    assert kinds_logged(village).count("imported") == 2 and kinds_logged(village).count("register_imported") == 1
    (rest,) = (one for one in documents.iterdir() if one != template)
    mended = filled(template, [{**someone(2)}], tmp_path / "改好.xlsx")
    assert rest.name.startswith("代办台账补录-没有导入的行")
    page.look(mended)
    assert "都可以导入" in page.text("import_what") and page.focused() == "import_go"
    page.enter()
    page.until(lambda: "导入了 1 件" in page.said())
    page.press(Qt.Key.Key_Escape)
    page.wait_for("register_month")
    page.tab_to("register_first")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type("20260301")
    page.enter()
    page.until(lambda: page.text("register_count") == "3 件")
    assert {page.cell(row, "收件日期") for row in range(3)} == {"2026-03-05"}
    page.tab_to("register_table")
    page.enter()
    page.wait_for("case_local_no")
    assert page.text("case_local_no").startswith("260305-A-000")


def test_a_file_that_is_none_and_one_that_was_taken_already_say_so(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path
) -> None:
    desk = desk_of(village).register_import
    file = filled(desk.save_template(tmp_path), [ROW], tmp_path / "台账.xlsx")
    desk.take(desk.look(file))
    page = RegisterImportScreen(qtbot, signed_in)
    page.open_import()
    page.type(str(tmp_path / "没有.xlsx"))
    page.enter()
    page.until(lambda: "文件打不开" in page.text("import_file_trouble"))
    page.press(Qt.Key.Key_A, _CTRL)
    page.look(file)
    assert "台账里已经有这一件" in page.told()[0] and "没有一行可以导入" in page.text("import_what")
    assert not page.seen("import_leave") and not page.seen("import_go")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen("import_file") and page.focused() == "import_file")
    page.press(Qt.Key.Key_Escape)
    page.wait_for("register_month")


def test_stopping_in_the_middle_takes_nothing(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(village).register_import
    file = filled(desk.save_template(tmp_path), [someone(number) for number in range(30)], tmp_path / "台账.xlsx")
    begun = threading.Event()
    put: Callable[..., None] = desk._put

    def slow(*given: object) -> None:
        put(*given)
        begun.set()
        threading.Event().wait(0.02)

    monkeypatch.setattr(desk, "_put", slow)
    page = RegisterImportScreen(qtbot, signed_in)
    page.open_import()
    page.look(file)
    page.enter()
    page.until(begun.is_set)
    assert not page.widget("import_go", QPushButton).isEnabled()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: "停下了，什么都没有导入" in page.said())
    assert "imported" not in kinds_logged(village) and page.seen("import_go")


def test_who_may_not_work_has_no_such_button(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    signed_in.sign_out()
    SignInPage(qtbot, signed_in).sign_in(OTHER_PASSWORD, "李支书")
    page = RegisterImportScreen(qtbot, signed_in)
    page.wait_for("nav_register")
    page.open()
    assert not page.seen("register_import")


def test_the_work_is_told_of_while_it_lasts(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(village).register_import
    file = filled(desk.save_template(tmp_path), [ROW], tmp_path / "台账.xlsx")
    go_on, look = threading.Event(), desk.look

    def slow(path: Path, progress: Progress) -> object:
        progress(1, 2)
        go_on.wait(20)
        return look(path, progress)

    monkeypatch.setattr(desk, "look", slow)
    page = RegisterImportScreen(qtbot, signed_in)
    page.open_import()
    page.type(str(file))
    page.enter()
    page.until(lambda: page.seen("long_how_far") and page.text("long_how_far") == "已完成 50%")
    assert "正在检查" in page.text("long_what")
    go_on.set()
    page.wait_for("import_sum")


def test_a_column_that_is_not_known_is_asked_about_before_anything_comes_in(
    qtbot: QtBot, village: Village, signed_in: MainWindow, documents: Path, tmp_path: Path
) -> None:
    template = desk_of(village).register_import.save_template(documents)
    file = filled(template, [ROW], tmp_path / "台账.xlsx")
    book = openpyxl.load_workbook(file)
    book.worksheets[0].cell(FIRST_LINE - 2, COLUMNS.index("note") + 1).value = "备注说明"
    book.save(file)
    page = RegisterImportScreen(qtbot, signed_in)
    page.open_import()
    page.look(file)
    assert "这几列不认得，没有读：备注说明" in page.text("import_unread")
    page.enter()
    page.wait_for("ask_question")
    assert "内容不会导入" in page.text("ask_question")
    page.press(Qt.Key.Key_Escape)
    assert kinds_logged(village).count("imported") == 0 and page.seen("import_unread")
    page.tab_to("import_go")
    page.enter()
    page.tab_to("ask_sure")
    page.enter()
    page.until(lambda: "导入了 1 件" in page.said())

"""What is higher than the window can be read by key from anywhere, and turning a page changes no answer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import ID_NUMBER, ITEM, ITEM_WORDS, NAME, PHONE, Village
from tests.ui.pages.base import PATIENCE_MS, Page
from tests.ui.pages.cases import CaseFilePage
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage
from tests.ui.pages.settings import SettingsPage
from tests.ui.test_case_page import view_of
from tests.ui.test_main_path import photograph_all
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice, Count
from villagedesk.ui.scroll_area import ScrollArea
from villagedesk.ui.window import MainWindow

SMALL = (910, 512)
"""1366 × 768 at 150 %."""
CTRL = Qt.KeyboardModifier.ControlModifier


def area_of(window: MainWindow, name: str) -> ScrollArea:
    widget = next(one for one in window.findChildren(QWidget, name) if one.isVisible())
    around: QWidget | None = widget
    while not isinstance(around, ScrollArea):
        assert around is not None
        around = around.parentWidget()
    return around


def says_more(area: ScrollArea) -> bool:
    return next(one for one in area.findChildren(QLabel, "more_below") if one.parent() is area).isVisible()


def read_through(page: Page, name: str) -> None:
    """From where the focus is to the end and back, by key; the line is there exactly as long as there is more."""
    area = area_of(page.window, name)
    bar, focus = area.verticalScrollBar(), page.focus()
    bar.setValue(0)
    heights = [0]

    def laid_out() -> bool:
        QApplication.processEvents()
        heights.append(bar.maximum())
        return page.window.background.idle and heights[-1] == heights[-2] > 0 and says_more(area)

    page.until(laid_out)
    assert "PgDn" in area.findChild(QLabel, "more_below").text()  # type: ignore[union-attr]
    for _ in range(bar.maximum()):
        if not says_more(area):
            break
        before = bar.value()
        page.press(Qt.Key.Key_PageDown)
        assert before < bar.value() <= before + area.viewport().height()  # nothing is passed over
    assert bar.value() == bar.maximum() and not says_more(area)
    page.press(Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum() and says_more(area)
    page.press(Qt.Key.Key_End, CTRL)
    assert bar.value() == bar.maximum()
    page.press(Qt.Key.Key_Home, CTRL)
    assert bar.value() == 0
    assert page.focus() is focus


def test_all_of_a_new_case_is_read_by_key_on_a_small_screen(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    signed_in.resize(*SMALL)
    choose = ChooseItemPage(qtbot, signed_in)
    choose.new_case()
    choose.until(lambda: bool(choose.rows("item_results")))
    chosen = choose.text("guide_name")
    assert choose.focused() == "item_search"
    read_through(choose, "guide_name")
    assert choose.text("guide_name") == chosen
    choose.choose(ITEM_WORDS, ITEM)
    applicant = ApplicantPage(qtbot, signed_in)
    applicant.wait_for("applicant_name")
    read_through(applicant, "applicant_name")
    kind = applicant.chosen("document_kind")
    applicant.tab_to("document_kind")
    area_of(signed_in, "document_kind").verticalScrollBar().setValue(0)
    applicant.press(Qt.Key.Key_PageDown)
    assert applicant.chosen("document_kind") == kind
    area_of(signed_in, "applicant_name").verticalScrollBar().setValue(0)
    applicant.widget("applicant_name", QWidget).setFocus()
    applicant.fill(NAME, ID_NUMBER, PHONE, "样张村一组")
    materials = MaterialsPage(qtbot, signed_in)
    materials.until(materials.ready)
    photograph_all(qtbot, signed_in)
    materials.enter()
    review = ReviewPage(qtbot, signed_in)
    review.none_needed()
    review.until(lambda: review.ready() and review.focused() == "primary_button")
    read_through(review, "receipt_preview")
    review.press(Qt.Key.Key_Down)
    assert review.focused() == "primary_button"
    assert area_of(signed_in, "receipt_preview").verticalScrollBar().value() > 0
    review.press(Qt.Key.Key_Up)
    assert area_of(signed_in, "receipt_preview").verticalScrollBar().value() == 0
    review.enter()
    review.wait_for("local_no")


def test_a_case_and_the_settings_are_read_by_key_on_a_small_screen(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    signed_in.resize(*SMALL)
    case_id = taken_in(village, "VD-YB-003")
    page = CaseFilePage(qtbot, signed_in)
    page.find(view_of(village, case_id).case.local_no or "")
    read_through(page, "case_local_no")
    page.tab_to("nav_new")
    read_through(page, "case_local_no")
    settings = SettingsPage(qtbot, signed_in)
    settings.open()
    read_through(settings, "door_accounts")
    guides = GuidesPage(qtbot, signed_in)
    guides.open()
    guides.press(Qt.Key.Key_F1)
    guides.until(lambda: guides.focused() == "help_close")
    read_through(guides, "help_text")  # what holds the focus comes before the guide beside it


@pytest.fixture
def page_of_fields(qtbot: QtBot, look: None) -> ScrollArea:
    """A page of buttons with a list and a number to choose, too high for its window."""
    del look
    content = QWidget()
    column = QVBoxLayout(content)
    kind = Choice("kind", "证件类型", content)
    kind.addItems(["居民身份证", "护照", "外国人永久居留身份证"])
    column.addWidget(kind)
    count = Count("count", content)
    count.setRange(1, 20)
    column.addWidget(count)
    for number in range(12):
        column.addWidget(button(f"act_{number}", f"第 {number} 个", parent=content))
    area = ScrollArea(content)
    qtbot.addWidget(area)
    area.resize(400, 300)
    with qtbot.waitActive(area, timeout=PATIENCE_MS):
        area.show()
        area.activateWindow()
    return area


def turn_wheel(widget: QWidget) -> None:
    window = widget.window()
    middle = widget.mapTo(window, widget.rect().center())
    QTest.wheelEvent(window.windowHandle(), QPointF(middle), QPoint(0, -240))


@pytest.mark.parametrize("name", ["kind", "count"])
@pytest.mark.parametrize("focused", [True, False])
def test_the_wheel_over_an_answer_scrolls_the_page_and_changes_nothing(
    page_of_fields: ScrollArea, name: str, focused: bool
) -> None:
    kind, count = page_of_fields.findChild(Choice), page_of_fields.findChild(Count)
    assert kind is not None and count is not None
    widget = kind if name == "kind" else count
    if focused:
        widget.setFocus()
    turn_wheel(widget)
    assert (kind.currentText(), count.value()) == ("居民身份证", 1)
    assert page_of_fields.verticalScrollBar().value() > 0


def test_what_gets_the_focus_comes_into_sight_whole_beside_the_line(page_of_fields: ScrollArea) -> None:
    page = page_of_fields.viewport()
    seen = set()
    for _ in range(30):
        focus = QApplication.focusWidget()
        assert focus is not None
        top = focus.mapTo(page_of_fields, QPoint(0, 0)).y()
        assert page.y() <= top and top + focus.height() <= page.y() + page.height(), focus.objectName()
        seen.add(focus.objectName())
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert len(seen) == 14


def test_the_line_stands_outside_what_it_tells_of(page_of_fields: ScrollArea) -> None:
    line = page_of_fields.findChild(QLabel, "more_below")
    assert line is not None
    line.show()
    assert not line.geometry().intersects(page_of_fields.viewport().geometry())
    assert page_of_fields.rect().contains(line.geometry())

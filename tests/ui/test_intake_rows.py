"""Tables of an item's form: never wider than the screen, and gone through by Enter in the order on it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.domain.identity_numbers import resident
from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, NAME, PHONE, Village
from tests.ui.pages.intake import ApplicantPage
from villagedesk.domain.form_field import FieldKind
from villagedesk.ui.scroll_area import ScrollArea
from villagedesk.ui.window import MainWindow

FAMILY = "VD-MZ-002"
CHILD = resident("41042120180301002")


def area_of(widget: QWidget) -> ScrollArea:
    """What it scrolls in."""
    around = widget.parentWidget()
    while not isinstance(around, ScrollArea):
        assert around is not None
        around = around.parentWidget()
    return around


def open_draft(qtbot: QtBot, window: MainWindow, village: Village, code: str, **form: str) -> ApplicantPage:
    """Step 2 of a draft whose applicant is filled in."""
    intake = desk_of(village).intake
    case_id = intake.start(code).case.case_id
    values = {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}
    intake.type(case_id, {**values, **{f"form.{name}": value for name, value in form.items()}}, 2)
    page = ApplicantPage(qtbot, window)
    page.click("nav_today")
    page.until(lambda: page.seen("todo_list") and page.rows("todo_list") != [] and page.focused() == "todo_list")
    page.enter()
    page.wait_for("applicant_name")
    return page


@pytest.mark.parametrize("width", [911, 1366])
def test_tables_fit_the_screen_with_numbers_that_can_be_read(
    qtbot: QtBot, signed_in: MainWindow, village: Village, width: int
) -> None:
    signed_in.resize(width, 512)
    (table,) = [one for one in desk_of(village).items.get(FAMILY).fields if one.name == "members"]
    page = open_draft(qtbot, signed_in, village, FAMILY, family_count="3", members=json.dumps([{}, {}]))
    page.wait_for(f"form_{table.name}_2_remove")
    cells = {one.name: page.widget(f"form_{table.name}_2_{one.name}", QWidget) for one in table.columns}
    area = area_of(cells[table.columns[0].name])
    page.until(lambda: all(cell.width() > 0 for cell in cells.values()))
    assert area.horizontalScrollBar().maximum() == 0
    for one in table.columns:
        cell = cells[one.name]
        if one.kind is FieldKind.RESIDENT_ID:
            assert cell.width() >= cell.fontMetrics().horizontalAdvance("0" * 18)
        assert cell.mapTo(area.viewport(), cell.rect().topRight()).x() < area.viewport().width()


def test_enter_walks_a_table_row_by_row_and_goes_on_behind_it(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    members = json.dumps([{"name": "样张一"}, {"name": "样张二"}], ensure_ascii=False)
    page = open_draft(qtbot, signed_in, village, FAMILY, family_count="3", members=members)
    (table,) = [one for one in desk_of(village).items.get(FAMILY).fields if one.name == "members"]
    order = [f"form_members_{row}_{one.name}" for row in (1, 2) for one in table.columns]
    page.wait_for(order[0])
    page.widget(order[0], QLineEdit).setFocus()
    for name in order[1:]:
        page.enter()
        page.until(lambda name=name: page.focused() == name)  # type: ignore[misc]
    page.enter()
    page.until(lambda: not page.focused().startswith("form_members"))


def test_enter_goes_from_a_minors_address_through_the_guardian_to_the_form(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = open_draft(qtbot, signed_in, village, "VD-YB-001")
    number = page.widget("document_number", QLineEdit)
    number.setFocus()
    number.selectAll()
    page.type(CHILD)
    page.press(Qt.Key.Key_Tab)
    page.wait_for("guardian_name")
    page.widget("address", QLineEdit).setFocus()
    page.enter()
    page.until(lambda: page.focused() == "guardian_name")
    page.type("样张父亲")
    page.enter()
    page.until(lambda: page.focused() == "guardian_relation")
    page.enter()
    page.until(lambda: page.focused() == "guardian_document_number")

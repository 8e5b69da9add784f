"""A character no font here has is shown by its code point, in lists, on the case's page and where all is read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, PHONE, Village
from tests.ui.pages.frame import TodayPage
from tests.ui.pages.intake import ApplicantPage, ReviewPage
from villagedesk.app.resources import resources_folder
from villagedesk.ui import glyphs
from villagedesk.ui.glyphs import readable
from villagedesk.ui.sentences import SHAPES
from villagedesk.ui.theme import RARE_FONTS, apply_theme
from villagedesk.ui.window import MainWindow

NOWHERE = "\U000323b5"
"""Of Unicode 17; no font here has it."""
RARE = "\U000323b6"
NAME, SHOWN = f"张{NOWHERE}", "张〔U+323B5〕"


@pytest.mark.usefixtures("look")
def test_only_what_no_font_has_is_shown_by_its_code_point() -> None:
    assert readable(NAME) == SHOWN
    common = "王秀英·Smith，第 3 组〇"
    assert readable(common) == common


@pytest.mark.usefixtures("look")
def test_every_tone_has_a_shape_of_its_own_in_the_shipped_font_and_only_what_is_done_has_the_check_mark() -> None:
    assert len(set(SHAPES.values())) == len(SHAPES)
    assert [tone for tone, shape in SHAPES.items() if shape == "✓"] == ["good"]
    base = QFontMetrics(QApplication.font())
    assert all(base.inFont(shape) for shape in SHAPES.values())


@pytest.mark.usefixtures("look")
def test_fonts_are_asked_once_for_each_character(monkeypatch: pytest.MonkeyPatch) -> None:
    readable(NAME)
    monkeypatch.setattr(glyphs, "QTextLayout", None)
    assert readable(NAME * 3) == SHOWN * 3
    readable("从来没有问过字体的常用字")


@pytest.fixture
def rare_font(qapp: QApplication, tmp_path: Path) -> Iterator[Path]:
    """A font that has one character nothing else here has, offered but not read."""
    builder = FontBuilder(1000, isTTF=True)
    pen = TTGlyphPen(None)
    for corner in ((100, 0), (100, 800), (900, 800), (900, 0)):
        (pen.moveTo if corner == (100, 0) else pen.lineTo)(corner)
    pen.closePath()
    square = pen.glyph()
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({ord(RARE): "rare"})
    builder.setupGlyf({".notdef": square, "rare": square})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "rare"), (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Villagedesk Rare Test", "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    file = tmp_path / "rare.ttf"
    builder.save(file)
    qapp.setProperty(RARE_FONTS, [str(tmp_path / "damaged.ttf"), str(file)])
    glyphs._shown.cache_clear()
    yield file
    qapp.setProperty(RARE_FONTS, [])
    glyphs._shown.cache_clear()
    QFontDatabase.removeAllApplicationFonts()
    for family in QApplication.font().families():
        QFont.removeSubstitutions(family)
    apply_theme(qapp, [resources_folder() / "fonts" / "villagedesk-base.ttf"])


@pytest.mark.usefixtures("look", "rare_font")
def test_the_fonts_for_rare_characters_are_read_when_a_name_needs_them_and_not_before(qapp: QApplication) -> None:
    readable("王秀英")
    assert len(qapp.property(RARE_FONTS)) == 2, "they are large, and the first window does not wait for them"
    assert readable(f"张{RARE}{NOWHERE}") == f"张{RARE}〔U+323B5〕"
    assert qapp.property(RARE_FONTS) == []


def test_a_name_no_font_has_is_read_in_lists_and_read_back(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    desk = desk_of(village)
    case_id = desk.intake.start("VD-YL-004").case.case_id
    values = {"name": NAME, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}
    desk.intake.type(case_id, values, 4)
    today = TodayPage(qtbot, signed_in)
    today.click("nav_cases")
    today.click("nav_today")
    today.until(lambda: today.seen("todo_list") and any(SHOWN in row for row in today.rows("todo_list")))
    today.until(lambda: today.focused() == "todo_list")
    today.press(Qt.Key.Key_Return)
    review = ReviewPage(qtbot, signed_in)
    review.until(lambda: review.seen("review_applicant"))
    assert review.text("review_applicant") == SHOWN
    review.click("step_2")
    page = ApplicantPage(qtbot, signed_in)
    page.until(lambda: page.seen("applicant_name"))
    assert page.typed("applicant_name") == NAME, "what is typed stays what it is"
    assert desk.intake.view(case_id).case.applicant.name == NAME

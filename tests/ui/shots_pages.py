"""Pictures of kept pages and of photographs that wait; part of ``tests.ui.shots``."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.desk.counter import sharp_papers
from tests.desk.drawn_papers import card_side, empty_sheet, two_sheets
from tests.ui.desk_at_hand import ADDRESS, ID_NUMBER, ITEM, ITEM_WORDS, NAME, PASSWORD, PHONE, Village, no_paper
from tests.ui.pages.base import Patience
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage
from tests.ui.shots_settings import Album

_CTRL = Qt.KeyboardModifier.ControlModifier


def page_pictures(album: Album, patience: Patience, place: Path) -> None:
    """What can be done to pages at step 3."""
    village, page = _at_materials(album, patience, place, sharp_papers())
    page.photograph()
    album.shoot("page-kept-at-once")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_Up)
    page.press(Qt.Key.Key_Up)
    for _ in range(3):
        page.photograph()
    page.press(Qt.Key.Key_Left)
    page.press(Qt.Key.Key_R)
    page.until(lambda: "转好了" in page.text("stage_said"))
    album.shoot("page-turned")
    page.press(Qt.Key.Key_M)
    page.wait_for("move_picker")
    album.shoot("page-move")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_C)
    page.wait_for("crop_view")
    album.shoot("page-crop")
    page.press(Qt.Key.Key_Escape)
    page.press(Qt.Key.Key_Delete)
    page.until(lambda: "已删掉" in page.text("undo_text"))
    album.shoot("page-removed")
    page.press(Qt.Key.Key_Z, _CTRL)
    page.until(lambda: "已撤销" in page.text("undo_text"))
    album.shoot("page-undone")
    desk = village.desk
    assert desk is not None
    case_id = desk.cases.find("")[0].line.case_id
    for _ in range(3):
        desk.scanning.capture(case_id, "id_card")
    page.click("step_2")
    page.wait_for("applicant_name")
    page.click("step_4")
    page.wait_for("missing_1")
    page.click("step_3")
    page.wait_for("waiting_card")
    album.shoot("photographs-wait")
    page.press(Qt.Key.Key_X)
    album.shoot("photographs-wait-sure")
    album.close()
    _cards(album, patience, place)
    _asked(album, patience, place)


def _asked(album: Album, patience: Patience, place: Path) -> None:
    """Pages of which the corners are asked: guessed, moved, not found at all."""
    _, page = _at_materials(album, patience, place / "asked", (two_sheets(), no_paper()))
    page.photograph()
    page.until(page.asked)
    album.shoot("page-asked")
    page.press(Qt.Key.Key_3)
    page.press(Qt.Key.Key_Left)
    album.shoot("page-asked-moved")
    page.press(Qt.Key.Key_Escape)
    page.photograph()
    page.until(page.asked)
    album.shoot("page-asked-lost")
    album.close()


def _cards(album: Album, patience: Patience, place: Path) -> None:
    papers = (card_side("FRONT"), card_side("BACK SIDE"), empty_sheet())
    _, page = _at_materials(album, patience, place / "cards", papers)
    page.photograph()
    page.press(Qt.Key.Key_Escape)
    for _ in range(2):
        page.press(Qt.Key.Key_Up)
    page.photograph()
    page.until(lambda: page.seen("stage_hint") and "按 J" in page.text("stage_hint"))
    album.shoot("page-card-sides")
    page.press(Qt.Key.Key_J)
    page.until(lambda: "合好了" in page.text("stage_said"))
    album.shoot("page-card-sheet")
    page.photograph()
    page.until(lambda: page.seen("stage_hint") and "空白" in page.text("stage_hint"))
    album.shoot("page-empty")
    album.close()


def _at_materials(
    album: Album, patience: Patience, place: Path, photographs: tuple[bytes, ...]
) -> tuple[Village, MaterialsPage]:
    """A village of its own in a new folder, signed in, with a case at step 3."""
    place.mkdir()
    village = Village(place, photographs)
    village.set_up()
    window = album.open(village)
    SignInPage(patience, window).sign_in(PASSWORD)
    page = MaterialsPage(patience, window)
    page.wait_for("nothing_to_do")
    choose = ChooseItemPage(patience, window)
    choose.new_case()
    choose.choose(ITEM_WORDS, ITEM)
    ApplicantPage(patience, window).fill(NAME, ID_NUMBER, PHONE, ADDRESS)
    return village, page

"""A picture of every screen, for the eyes: ``python -m tests.ui.shots FOLDER WIDTHxHEIGHT`` (see ``dev.py shots``)."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.ui.desk_at_hand import (
    ADDRESS,
    CLERK,
    ID_NUMBER,
    ITEM,
    ITEM_WORDS,
    NAME,
    PASSWORD,
    PHONE,
    Village,
    icons,
    messages,
    needed_papers,
    papers,
)
from tests.ui.one_day import begin_at_noon
from tests.ui.pages.base import Page, let_pass
from tests.ui.pages.entry import FirstRunPage, SignInPage
from tests.ui.pages.frame import FramePage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage
from tests.ui.shots_annex import annex_pictures
from tests.ui.shots_bridge import bridge_pictures
from tests.ui.shots_devices import device_pictures
from tests.ui.shots_entry import entry_pictures
from tests.ui.shots_follow_up import follow_up_pictures
from tests.ui.shots_guides import guide_pictures
from tests.ui.shots_import import import_pictures
from tests.ui.shots_link import link_pictures
from tests.ui.shots_pages import page_pictures
from tests.ui.shots_printing import printing_pictures
from tests.ui.shots_proxy import proxy_pictures
from tests.ui.shots_reading import reading_pictures
from tests.ui.shots_register import register_pictures
from tests.ui.shots_register_import import register_import_pictures
from tests.ui.shots_sending import sending_pictures
from tests.ui.shots_settings import settings_pictures
from tests.ui.shots_statistics import statistics_pictures
from tests.ui.shots_way_back import way_back_pictures
from villagedesk.app.resources import resources_folder
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import utc_text
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import Problem
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.link import LinkKind
from villagedesk.ui.theme import apply_theme
from villagedesk.ui.window import MainWindow

PEOPLE = (
    "王秀英",
    "䶮𬍛",
    "买买提江·阿不都热合曼·艾合买提吐尔逊",
    "李建国",
    "欧阳青霞",
    "张桂兰",
    "司马相如意",
    "赵小满",
)
LONG_ADDRESS = "河南省平顶山市宝丰县样张镇柳林村民委员会第十一村民小组老槐树东巷一百二十八号院内北屋二楼东户"
_REFUSAL = "422 rejected: 受理系统退回：身份证正面反光，看不清住址"
_CTRL = Qt.KeyboardModifier.ControlModifier


class _Waiting:
    """Waits as qtbot does."""

    def waitUntil(self, callback: Callable[[], bool], *, timeout: int) -> None:  # noqa: N802 - qtbot's name
        """Serve events until it is so; what is asserted on the way may not be so yet."""
        end = time.monotonic() + timeout / 1000
        while True:
            with contextlib.suppress(AssertionError):
                if callback():
                    return
            if time.monotonic() > end:
                focus = QApplication.focusWidget()
                raise TimeoutError(f"a screen did not come; focus on {focus.objectName() if focus else 'nothing'!r}")
            let_pass(20)


class _Album:
    """Takes the pictures, numbered in order."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.png"):
            old.unlink()
        self._folder = folder
        self._size = size
        self._count = 0
        self.window: MainWindow

    def open(self, village: Village) -> MainWindow:
        """A window of the wanted size in real pixels."""
        scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
        window = MainWindow(village.entry, messages(), icons(), camera_preview_interval_ms=60)
        window.resize(int(self._size[0] / scale), int(self._size[1] / scale))
        window.show()
        window.activateWindow()
        self.window = window
        return window

    def shoot(self, name: str) -> None:
        """Let everything settle, then take it."""
        end = time.monotonic() + 2  # beside a live camera it is never quite idle
        let_pass(150)
        while not self.window.background.idle and time.monotonic() < end:
            let_pass(20)
        let_pass(50)
        self._count += 1
        self.window.grab().save(str(self._folder / f"{self._count:02d}-{name}.png"))

    def close(self) -> None:
        """Put the window away for good, here: left to the garbage collector, it may go on any thread."""
        self.window.close()
        _Waiting().waitUntil(lambda: not self.window.isVisible(), timeout=10_000)
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main(folder: Path, size: tuple[int, int]) -> None:
    """Make a PNG of every screen.

    Args:
        folder: receives the pictures; older ones in it go.
        size: of the window, in real pixels.
    """
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setCursorFlashTime(0)
    apply_theme(app, [resources_folder() / "fonts" / "villagedesk-base.ttf"])
    album = _Album(folder, size)
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patched:
        begin_at_noon(patched)
        _first_run(album, Path(place) / "first")
        entry_pictures(album, _Waiting(), Path(place) / "entry")
        _empty_desk(album, Path(place) / "empty")
        _intake(album, Path(place) / "intake")
        _troubles(album, Path(place) / "troubles")
        _full_desk(album, Path(place) / "full")
        guide_pictures(album, _Waiting(), Path(place) / "guides")
        settings_pictures(album, _Waiting(), Path(place) / "settings", _many_cases)
        page_pictures(album, _Waiting(), Path(place) / "pages")
        device_pictures(album, _Waiting(), Path(place) / "devices")
        printing_pictures(album, _Waiting(), Path(place) / "printing")
        reading_pictures(album, _Waiting(), Path(place) / "reading")
        link_pictures(album, _Waiting(), Path(place) / "link")
        sending_pictures(album, _Waiting(), Path(place) / "sending")
        bridge_pictures(album, _Waiting(), Path(place) / "bridge")
        proxy_pictures(album, _Waiting(), Path(place) / "proxy")
        register_pictures(album, _Waiting(), Path(place) / "register")
        register_import_pictures(album, _Waiting(), Path(place) / "register-import")
        annex_pictures(album, _Waiting(), Path(place) / "annex")
        statistics_pictures(album, _Waiting(), Path(place) / "statistics")
        follow_up_pictures(album, _Waiting(), Path(place) / "follow_up")
        way_back_pictures(album, _Waiting(), Path(place) / "way-back")


def _first_run(album: _Album, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    page = FirstRunPage(_Waiting(), album.open(village))
    page.until(lambda: page.focused() == "station_file")
    album.shoot("first-run")
    other = place / "other.json"
    other.write_text("{}", encoding="utf-8")
    page.type(str(other))
    page.enter()
    page.until(lambda: page.text("station_file_trouble") != "")
    page.press(Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
    page.tab_to("station_file")
    album.shoot("first-run-wrong-file")
    page.press(Qt.Key.Key_A, _CTRL)
    page.fill(str(village.station_file), CLERK, "12345678")
    page.wait_for("station_name")
    album.shoot("first-run-weak-password")
    album.close()


def _empty_desk(album: _Album, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    sign_in = SignInPage(_Waiting(), window)
    sign_in.until(lambda: sign_in.seen("password") and sign_in.focused() == "password")
    album.shoot("sign-in")
    sign_in.sign_in("moonflower-82")
    sign_in.until(lambda: sign_in.text("password_trouble") != "")
    album.shoot("sign-in-wrong-password")
    sign_in.type(PASSWORD)
    sign_in.enter()
    frame = FramePage(_Waiting(), window)
    frame.wait_for("nothing_to_do")
    village.link_is(LinkKind.NO_NETWORK)
    album.shoot("today-empty")
    frame.press(Qt.Key.Key_F1)
    album.shoot("help")
    frame.press(Qt.Key.Key_Escape)
    frame.click("nav_cases")
    album.shoot("cases-empty")
    frame.click("status_line")
    album.shoot("sending-no-network")
    village.link_is(LinkKind.ONLINE)
    album.shoot("sending-online")
    frame.press(Qt.Key.Key_F12)
    frame.wait_for("password")
    album.shoot("locked")
    album.close()


def _intake(album: _Album, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(_Waiting(), window).sign_in(PASSWORD)
    FramePage(_Waiting(), window).wait_for("nothing_to_do")
    choose = ChooseItemPage(_Waiting(), window)
    choose.new_case()
    album.shoot("choose-item")
    choose.type("没有这样的事项")
    choose.wait_for("no_items")
    album.shoot("choose-item-none")
    choose.press(Qt.Key.Key_A, _CTRL)
    choose.choose(ITEM_WORDS, ITEM)
    applicant = ApplicantPage(_Waiting(), window)
    applicant.wait_for("applicant_name")
    album.shoot("applicant-empty")
    wrong = ID_NUMBER[:-1] + str((int(ID_NUMBER[-1]) + 1) % 10)
    applicant.fill("买买提江·阿不都热合曼·艾合买提䶮𬍛", wrong, "1390000", LONG_ADDRESS)
    applicant.until(lambda: applicant.text("document_number_trouble") != "")
    album.shoot("applicant-wrong")
    applicant.until(lambda: applicant.focused() == "document_number")
    applicant.type(ID_NUMBER)
    applicant.press(Qt.Key.Key_Tab)
    applicant.press(Qt.Key.Key_A, _CTRL)
    applicant.type(PHONE)
    applicant.wait_for("number_derived")
    album.shoot("applicant-right")
    applicant.enter()
    materials = MaterialsPage(_Waiting(), window)
    materials.until(materials.ready)
    materials.until(lambda: bool(materials.widget("camera_view", QWidget).accessibleDescription()))
    album.shoot("materials")
    materials.photograph()
    album.shoot("proposal")
    materials.press(Qt.Key.Key_C)
    materials.wait_for("crop_view")
    album.shoot("crop")
    materials.press(Qt.Key.Key_Escape)
    materials.keep()
    materials.press(Qt.Key.Key_Up)
    album.shoot("materials-one-page")
    materials.press(Qt.Key.Key_Delete)
    materials.until(lambda: "已删掉" in materials.text("undo_text"))
    album.shoot("materials-page-removed")
    materials.press(Qt.Key.Key_Z, _CTRL)
    materials.until(lambda: "已撤销" in materials.text("undo_text"))
    import_pictures(album, materials, place)
    window.background.waiting_for.emit(messages().text("ui.materials.capturing"), True)
    album.shoot("materials-busy")
    window.background.waiting_for.emit("", False)
    materials.enter()
    review = ReviewPage(_Waiting(), window)
    review.wait_for("missing_1")
    album.shoot("review-missing")
    review.click("mend_1")
    materials.until(materials.ready)
    materials.photograph()
    materials.keep()
    materials.until(lambda: not any("还缺" in row for row in materials.counts()))
    materials.enter()
    review.wait_for("question_1")
    album.shoot("review-questions")
    review.none_needed()
    review.until(review.ready)
    album.shoot("review-ready")
    window.background.problem.emit(Problem("store.disk_full"))
    album.shoot("review-disk-full")
    review.take_in()
    review.wait_for("local_no")
    review.until(lambda: review.seen("job_receipt") and "已打印" in review.text("job_receipt"))
    album.shoot("taken-in")
    album.close()


def _troubles(album: _Album, place: Path) -> None:
    place.mkdir()
    printer = SimulatedPrinter("窗口打印机", PrinterFault.OFFLINE)
    village = Village(place, camera=False, printer=printer)
    village.set_up()
    window = album.open(village)
    SignInPage(_Waiting(), window).sign_in(PASSWORD)
    frame = FramePage(_Waiting(), window)
    frame.wait_for("nothing_to_do")
    window.background.problem.emit(Problem("ui.bug"))
    album.shoot("own-fault")
    case_id = _draft(village, NAME, 3)
    frame.click("nav_today")
    frame.until(lambda: frame.seen("todo_list") and frame.rows("todo_list") != [] and frame.focused() == "todo_list")
    frame.enter()
    frame.wait_for("material_list")
    album.shoot("materials-no-camera")
    _bring_in(village, case_id)
    frame.enter()
    review = ReviewPage(_Waiting(), window)
    review.until(review.ready)
    review.take_in()
    review.wait_for("local_no")
    review.until(lambda: review.seen("job_receipt") and "打印机" in review.text("job_receipt"))
    album.shoot("taken-in-not-printed")
    frame.click("nav_today")
    frame.until(lambda: frame.seen("todo_list") and frame.rows("todo_list") != [] and frame.focused() == "todo_list")
    frame.enter()
    frame.wait_for("retry_receipt")
    album.shoot("case-not-printed")
    album.close()


def _full_desk(album: _Album, place: Path) -> None:
    place.mkdir()
    village = Village(place)
    village.set_up()
    window = album.open(village)
    SignInPage(_Waiting(), window).sign_in(PASSWORD)
    frame = FramePage(_Waiting(), window)
    frame.wait_for("nothing_to_do")
    numbers = _many_cases(village)
    for name in ("", *PEOPLE[1:4]):
        _draft(village, name, 2)
    village.link_is(LinkKind.INTERNET_ONLY)
    frame.click("nav_today")
    frame.until(lambda: frame.seen("todo_list") and frame.seen("taken_in_today"))
    album.shoot("today-full")
    frame.click("nav_cases")
    album.shoot("cases-full")
    frame.widget("case_filter", QLineEdit).setText("查无此人")
    frame.wait_for("no_cases")
    album.shoot("cases-none-found")
    frame.click("status_line")
    frame.wait_for("queue_sentence")
    album.shoot("sending-queue")
    frame.click("queue_pause_all")
    frame.wait_for("queue_resume_all")
    album.shoot("sending-all-paused")
    frame.click("queue_resume_all")
    frame.wait_for("send_now")
    for number, picture in (
        (numbers[2], "case-long-name"),
        (numbers[1], "case-accepted-rare-name"),
        (numbers[5], "case-came-back"),
    ):
        _open(frame, number)
        album.shoot(picture)
    frame.click("drop")
    frame.wait_for("drop_reason")
    frame.enter()
    frame.until(lambda: frame.text("drop_reason_trouble") != "")
    album.shoot("case-giving-up")
    _open(frame, numbers[1])
    frame.tab_to("pages_id_card")
    frame.enter()
    frame.wait_for("viewer_title")
    album.shoot("case-page-large")
    album.close()
    again = Village(place)
    album.open(again)
    album.shoot("sign-in-cases-waiting")
    album.close()


def _open(frame: Page, number: str) -> None:
    frame.press(Qt.Key.Key_F3)
    frame.press(Qt.Key.Key_A, _CTRL)
    frame.type(number)
    frame.enter()
    frame.until(lambda: frame.seen("case_local_no") and frame.text("case_local_no") == number)


def _draft(village: Village, name: str, step: int) -> str:
    assert village.desk is not None
    intake = village.desk.intake
    case_id = intake.start(village.desk.items.search(ITEM_WORDS)[0].code).case.case_id
    values = {"name": name, "document_number": ID_NUMBER, "phone": PHONE, "address": ADDRESS}
    intake.type(case_id, values if step > 2 else {"name": name}, step)
    return case_id


def _bring_in(village: Village, case_id: str) -> None:
    desk = village.desk
    assert desk is not None
    photograph = village.folder / "paper.jpg"
    photograph.write_bytes(papers()[0])
    for requirement in needed_papers(desk, case_id):
        desk.scanning.keep(desk.scanning.import_file(case_id, requirement.requirement_id, photograph).proposal_id)


def _many_cases(village: Village) -> list[str]:
    desk = village.desk
    assert desk is not None
    states = (
        SendingState.QUEUED,
        SendingState.QUEUED,
        SendingState.UPLOADING,
        SendingState.CONFIRMING,
        SendingState.PAUSED,
        SendingState.REJECTED,
        SendingState.SENT,
        SendingState.WAITING,
    )
    numbers: list[str] = []
    for place in range(24):
        name = PEOPLE[place % len(PEOPLE)] + ("" if place < len(PEOPLE) else f"之{'甲乙丙'[place // len(PEOPLE)]}")
        case_id = _draft(village, name, 3)
        _bring_in(village, case_id)
        numbers.append(desk.intake.take_in(case_id).local_no)
        if place == 1:
            desk.printing.print(case_id, PaperKind.RECEIPT)
        _set_state(village, case_id, states[place % len(states)], accepted=place == 1)
    return numbers


def _set_state(village: Village, case_id: str, state: SendingState, *, accepted: bool) -> None:
    def work(transaction: Transaction) -> None:
        row = transaction.outbox_of_case(case_id)[-1]
        sent = accepted or state is SendingState.SENT
        new = replace(row, state=SendingState.SENT if sent else state, receipt="{}" if sent else "")
        if new.state in (SendingState.PAUSED, SendingState.WAITING):
            new = replace(new, return_state=SendingState.QUEUED)
        if state is SendingState.REJECTED:
            new = replace(new, reason_key="sync.reason.refused", reason_raw=_REFUSAL)
        transaction.update_outbox(new)
        if accepted:
            case = transaction.case(case_id)
            transaction.put_case(
                replace(
                    case,
                    status=CaseStatus.ACCEPTED,
                    acceptance_no="11410421MB0000000X400201300200020261123000127",
                    query_code="730518",
                    accepting_organ="鲁山县医疗保障局",
                    accepted_at=case.received_at,
                    limit_date=utc_text(case.updated_at)[:10],
                )
            )

    village.store.write(work).result()


if __name__ == "__main__":
    width, height = sys.argv[2].split("x")
    main(Path(sys.argv[1]), (int(width), int(height)))

"""One walk over all screens: names for a screen reader, the way by Tab, mnemonics."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QSpinBox, QWidget
from pytestqt.qtbot import QtBot

from tests.imaging.scans import pdf_of, scan
from tests.ui.carried_cases import carry, put, without_a_paper
from tests.ui.cases_at_hand import desk_of, take_in_quickly
from tests.ui.cases_taken import taken_in
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, ID_NUMBER, ITEM, ITEM_WORDS, NAME, PASSWORD, PHONE, STATION_BY_HAND, Village
from tests.ui.pages.base import Page
from tests.ui.pages.bridge import BridgePage
from tests.ui.pages.entry import FirstRunPage, ForgottenPage, SignInPage
from tests.ui.pages.follow_up import CallBackScreen, RatingScreen
from tests.ui.pages.frame import FramePage
from tests.ui.pages.guides import GuidesPage
from tests.ui.pages.intake import ApplicantPage, ChooseItemPage, MaterialsPage, ReviewPage
from tests.ui.pages.moves import MoveScreen
from tests.ui.pages.proxy import BatchScreen, ProxyScreen, TownshipForm
from tests.ui.pages.register import RegisterScreen
from tests.ui.pages.settings import OTHER_PASSWORD, SettingsPage
from tests.ui.pages.statistics import StatisticsScreen
from tests.ui.pages.visits import VisitScreen
from tests.ui.test_main_path import photograph_all
from tests.ui.test_proxy_handling import ORGAN, PROXY, RECEIVER
from villagedesk.app.premises import STATION_NAME
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.evaluation import Stage
from villagedesk.domain.roles import Role
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui.window import MainWindow

PRIMARIES = {
    "today": "nav_new",
    "cases": "nav_new",
    "register": "register_print",
    "statistics": "statistics_print",
    "sending": "send_now",
    "carry": "primary_button",
    "batch": "batch_carried",
    "visits": "visits_print",
    "proposal": "proposal_keep",
    "import": "import_go",
    "pick": "pick_go",
    "case": "print_set",
    "settings": "door_accounts",
    "accounts": "add_account",
    "backup": "set_target",
    "devices": "primary_button",
    "security": "back",
    "guides": "primary_button",
    "guided": "primary_button",
    "items": "primary_button",
    "catalogue": "primary_button",
    "retention": "retention_months",
    "sending_limit": "primary_button",
    "proxy": "primary_button",
    "reading": "primary_button",
    "call_backs": "call_reached",
}
SETTINGS = (
    "accounts",
    "items",
    "catalogue",
    "devices",
    "backup",
    "log",
    "retention",
    "export",
    "support",
    "sending_limit",
    "proxy",
    "reading",
    "annex",
    "evaluation",
    "security",
)


def test_every_screen_can_be_read_out_and_walked_by_tab(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    village = Village(tmp_path)
    window = open_window(village)
    first = FirstRunPage(qtbot, window)
    first.until(lambda: first.focused() == "station_file")
    check_screen("first_run", first, window)
    first.fill(str(village.station_file), CLERK, PASSWORD)
    frame = FramePage(qtbot, window)
    frame.wait_for("nothing_to_do")
    check_screen("today", frame, window)
    frame.click("nav_cases")
    frame.wait_for("case_filter")
    check_screen("cases", frame, window)
    register = RegisterScreen(qtbot, window)
    register.open()
    check_screen("register", register, window)
    frame.click("status_line")
    frame.wait_for("send_now")
    check_screen("sending", frame, window)
    frame.press(Qt.Key.Key_F1)
    assert frame.focused() == "help_close"
    frame.press(Qt.Key.Key_Escape)
    assert not frame.seen("help_panel")

    guides = GuidesPage(qtbot, window)
    guides.open()
    check_screen("guides", guides, window)
    guides.find("开店", "个体工商户登记")
    guides.enter()
    guides.wait_for("guided_name")
    check_screen("guided", guides, window)

    choose = ChooseItemPage(qtbot, window)
    choose.new_case()
    choose.until(lambda: bool(choose.rows("item_results")))
    check_screen("choose", choose, window)
    choose.choose(ITEM_WORDS, ITEM)
    applicant = ApplicantPage(qtbot, window)
    applicant.wait_for("applicant_name")
    check_screen("applicant", applicant, window)
    applicant.fill(NAME, ID_NUMBER, PHONE, "样张村一组")
    materials = MaterialsPage(qtbot, window)
    materials.until(materials.ready)
    check_screen("materials", materials, window)
    materials.enter()
    review = ReviewPage(qtbot, window)
    review.wait_for("mend_2")
    check_screen("review_missing", review, window, reaches="mend_2")
    review.tab_to("mend_1")
    review.enter()
    materials.until(materials.ready)
    materials.press(Qt.Key.Key_I)
    materials.wait_for("import_path")
    check_screen("import", materials, window)
    two = tmp_path / "两页.pdf"
    two.write_bytes(pdf_of([scan(number) for number in range(2)]))
    materials.type(str(two))
    materials.enter()
    materials.until(lambda: materials.seen("pick_list") and materials.focused() == "pick_list")
    check_screen("pick", materials, window)
    materials.press(Qt.Key.Key_Escape)
    materials.until(lambda: materials.focused() == "import_path")
    materials.press(Qt.Key.Key_Escape)
    materials.photograph()
    check_screen("proposal", materials, window)
    materials.press(Qt.Key.Key_Escape)
    materials.wait_for("capture")
    photograph_all(qtbot, window)
    materials.enter()
    review.wait_for("question_1")
    check_screen("review_questions", review, window, reaches="none_needed")
    review.none_needed()
    review.until(lambda: review.ready() and review.focused() == "primary_button")
    check_screen("review", review, window)
    review.take_in()
    review.wait_for("local_no")
    number = review.text("local_no")
    review.until(lambda: review.seen("job_receipt") and "已打印" in review.text("job_receipt"))
    check_screen("taken_in", review, window)
    review.press(Qt.Key.Key_F3)
    review.type(number)
    review.enter()
    review.wait_for("case_local_no")
    check_screen("case", review, window)
    review.press(Qt.Key.Key_F9)
    review.until(lambda: review.seen("case_phone") and review.text("case_phone") == PHONE)
    check_screen("case", review, window)
    register.open()
    check_screen("register", register, window)
    register.press(Qt.Key.Key_F1)
    assert len(register.text("help_text")) > 20
    register.press(Qt.Key.Key_Escape)
    register.tab_to("register_import")
    register.enter()
    register.wait_for("import_file")
    check_screen("register_import", register, window)
    register.press(Qt.Key.Key_F1)
    assert len(register.text("help_text")) > 20
    register.press(Qt.Key.Key_Escape)
    _walk_statistics(StatisticsScreen(qtbot, window), window)
    _walk_settings(SettingsPage(qtbot, window), window)
    _walk_the_door(ForgottenPage(qtbot, window), window, village)


def test_the_screens_of_entering_by_hand_can_be_read_out_and_walked_by_tab(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path)
    village.set_up(STATION_BY_HAND)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = BridgePage(qtbot, window)
    page.wait_for("nothing_to_do")
    take_in_quickly(village)
    page.open_list()
    page.until(lambda: page.focused() == "bridge_list")
    check_screen("bridge", page, window)
    _check_help(page)
    page.enter_first()
    check_screen("bridge_entry", page, window, reaches="bridge_number")
    _check_help(page)
    page.press(Qt.Key.Key_F8)
    page.wait_for("bridge_folder")
    check_screen("bridge_export", page, window)
    page.press(Qt.Key.Key_Escape)
    page.tab_to("bridge_number")
    page.type("1001")
    page.enter()
    page.wait_for("bridge_entered_number")
    check_screen("bridge_entered", page, window)


def test_the_screens_of_proxy_handling_can_be_read_out_and_walked_by_tab(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    proxy = ProxyScreen(qtbot, signed_in)
    proxy.open()
    check_screen("carry_nothing", proxy, signed_in, reaches="proxy_scan")
    first, second = (taken_in(village, PROXY) for _ in range(2))
    proxy.open()
    proxy.press(Qt.Key.Key_P)
    check_screen("carry", proxy, signed_in)
    proxy.press(Qt.Key.Key_Escape)
    number = desk_of(village).handover.pack({first: 2, second: 3}, ORGAN)
    proxy.open()
    proxy.open_batch(number)
    batch = BatchScreen(qtbot, signed_in)
    check_screen("batch", batch, signed_in)
    batch.press(Qt.Key.Key_S)
    batch.wait_for("batch_card")
    check_screen("batch_short", batch, signed_in, reaches="batch_counted")
    batch.press(Qt.Key.Key_Escape)
    batch.carried(RECEIVER)
    check_screen("batch_carried", batch, signed_in, reaches="batch_signed")
    batch.press(Qt.Key.Key_F6)
    batch.wait_for("back_capture")
    check_screen("back_paper", batch, signed_in, reaches="back_capture")
    batch.press(Qt.Key.Key_Space)
    batch.wait_for("back_whose")
    check_screen("back_paper_asked", batch, signed_in, reaches="back_number")
    page = TownshipForm(qtbot, signed_in)
    page.find(desk_of(village).cases.case(first).case.local_no or "")
    page.choose("township")
    page.until(lambda: page.focused() == "township_change")
    page.take("township_change", "要求补正")
    check_screen("township", page, signed_in, reaches="township_wanted")
    visits = VisitScreen(qtbot, signed_in)
    visits.open()
    check_screen("visits_none", visits, signed_in, reaches="visits_new")
    visits.plan("老年人优待证", name="赵二妞", address="样张村三组")
    check_screen("visits", visits, signed_in)
    visits.press(Qt.Key.Key_N)
    check_screen("visit_asked", visits, signed_in, reaches="visit_name")
    visits.press(Qt.Key.Key_Escape)
    visits.press(Qt.Key.Key_F6)
    visits.wait_for("pictures_folder")
    check_screen("visit_pictures", visits, signed_in, reaches="pictures_folder")


def _walk_statistics(page: StatisticsScreen, window: MainWindow) -> None:
    page.open()
    for tab in ("limits", "evaluations", "open", "cases"):
        page.tab(tab)
        check_screen("statistics", page, window)
    page.press(Qt.Key.Key_F1)
    assert len(page.text("help_text")) > 20
    page.press(Qt.Key.Key_Escape)


def test_the_screens_of_moving_over_and_following_up_can_be_read_out_and_walked_by_tab(
    qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    village = Village(tmp_path)
    village.set_up()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    moves = MoveScreen(qtbot, window)
    moves.wait_for("nothing_to_do")
    case_ids = carry(village, 3)
    without_a_paper(village, case_ids[0])
    items = desk_of(village).items
    code = items.search(ITEM_WORDS)[0].code
    items.choose(code, replace(items.choice(code), mode=HandlingMode.SYSTEM))
    moves.open()
    moves.choose("bind")
    check_screen("moves", moves, window)
    _check_help(moves)
    put(village, case_ids[1], status=CaseStatus.DELIVERED)
    window._frame.proxy.rate(case_ids[1], ITEM, Stage.DELIVERY)  # type: ignore[union-attr]
    rating = RatingScreen(qtbot, window)
    rating.come()
    check_screen("rate", rating, window, reaches="rate_none")
    rating.click("rate_2")
    rating.wait_for("rate_why")
    check_screen("rate_why", rating, window, reaches="rate_tell")
    rating.click("rate_tell")
    rating.thanked()
    check_screen("rate_thanks", rating, window, reaches="rate_back")
    rating.enter()
    rating.wait_for("nav_today")
    calls = CallBackScreen(qtbot, window)
    calls.open()
    check_screen("call_backs", calls, window)
    _check_help(calls)
    calls.act(Qt.Key.Key_1)
    calls.wait_for("call_words")
    check_screen("call_back_asked", calls, window, reaches="call_sure")


def _walk_settings(page: SettingsPage, window: MainWindow) -> None:
    page.open()
    check_screen("settings", page, window)
    _check_help(page)
    for name in SETTINGS:
        page.open(name)
        if name == "export":
            page.until(lambda: bool(page.rows("export_list")))
            page.tab_to("export_list")
            page.press(Qt.Key.Key_Space)
        check_screen(name, page, window)
        _check_help(page)
        if name == "accounts":
            _walk_accounts(page, window)
        if name == "annex":
            page.tab_to("annex_merge")
            page.enter()
            page.wait_for("annex_path")
            check_screen("annex_merge", page, window)
            _check_help(page)


def _walk_the_door(page: ForgottenPage, window: MainWindow, village: Village) -> None:
    """The lock, somebody else at it, a forgotten password, sign-in, and what leads on when one does not get in."""
    desk_of(village).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    page.press(Qt.Key.Key_F12)
    page.wait_for("switch_person")
    check_screen("lock", page, window)
    page.click("switch_person")
    page.wait_for("clerk")
    check_screen("switch_person", page, window)
    page.press(Qt.Key.Key_Escape)
    page.click("forgotten")
    page.wait_for("ask_for")
    page.choose("")
    check_screen("forgotten", page, window)
    page.press(Qt.Key.Key_Escape)
    page.sign_in(PASSWORD)
    page.wait_for("nav_settings")
    window.sign_out()
    page.wait_for("waiting_count")
    check_screen("sign_in", page, window)
    station = village.folder / "data" / STATION_NAME
    kept = station.read_bytes()
    station.unlink()
    page.sign_in(PASSWORD)
    page.until(lambda: page.problem() != "")
    check_screen("sign_in_problem", page, window, reaches="problem_step")
    station.write_bytes(kept)


def _walk_accounts(page: SettingsPage, window: MainWindow) -> None:
    for opener in ("change_password", "add_account"):
        page.tab_to(opener)
        page.enter()
        page.wait_for("account_form_title")
        check_screen(f"account_form_{opener}", page, window)
        page.press(Qt.Key.Key_Escape)
        page.until(lambda: page.focused() == "account_list")
    page.tab_to("hand_over")
    page.enter()
    page.wait_for("successor")
    check_screen("hand_over", page, window)
    _check_help(page)
    page.press(Qt.Key.Key_Escape)
    page.wait_for("account_list")


def _check_help(page: Page) -> None:
    page.press(Qt.Key.Key_F1)
    page.wait_for("help_panel")
    assert len(page.text("help_text")) > 20
    page.press(Qt.Key.Key_Escape)
    assert not page.seen("help_panel")


def check_screen(screen: str, page: Page, window: MainWindow, *, reaches: str = "") -> None:
    """Names for a screen reader, none twice, all high enough to be hit, and a way by Tab to the next step or what
    ``reaches`` names."""
    shown = [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()
    ]
    ours = [widget for widget in shown if not widget.objectName().startswith("qt_") and not _is_inside_another(widget)]
    nameless = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in ours if not widget.accessibleName()]
    assert not nameless, f"{screen}: no accessible name: {nameless}"
    unnamed = [type(widget).__name__ for widget in ours if not widget.objectName()]
    assert not unnamed, f"{screen}: no object name: {unnamed}"
    doubled = [name for name, count in Counter(widget.objectName() for widget in ours).items() if count > 1]
    assert not doubled, f"{screen}: the same object name twice: {doubled}"
    letters = Counter(
        letter.upper()
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        for letter in re.findall(r"(?<!&)&([^&])", button.text())
    )
    assert not [letter for letter, count in letters.items() if count > 1], f"{screen}: {letters}"
    low = [f"{one.objectName()} {one.height()}" for one in ours if one.height() < _least_height(one)]
    assert not low, f"{screen}: too low to be hit: {low}"
    before = page.focus()
    page.tab_to(reaches or PRIMARIES.get(screen, "primary_button"))
    before.setFocus()


def _least_height(widget: QWidget) -> int:
    """In logical pixels; what stands below the list of papers is smaller, so that the list keeps its room."""
    return 36 if widget.property("role") == "small" or isinstance(widget, QSpinBox) else 40


def _is_inside_another(widget: QWidget) -> bool:
    """A combo box's or list's own parts are reached through it."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QComboBox | QLineEdit | QSpinBox):
            return True
        parent = parent.parentWidget()
    return False

"""办事指南: found at every keystroke, shown whole, and help given with an online application noted in a moment."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.papers.samples import page_texts, squeezed
from tests.ui.cases_at_hand import desk_of
from tests.ui.conftest import OpenWindow
from tests.ui.desk_at_hand import CLERK, PASSWORD, Village
from tests.ui.pages.entry import SignInPage
from tests.ui.pages.guides import GuidedPage, GuidesPage
from tests.ui.pages.settings import OTHER_PASSWORD
from tests.ui.pictures import pixels
from villagedesk.devices.printer_simulated import PrinterFault, SimulatedPrinter
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.roles import Role
from villagedesk.domain.service_item import HandlingMode
from villagedesk.ui import handout
from villagedesk.ui.window import MainWindow

SHOP, SHOP_CODE = "个体工商户登记", "VD-SC-001"
INSURANCE = "城乡居民基本医疗保险参保登记"
_CTRL = Qt.KeyboardModifier.ControlModifier


def test_what_people_call_it_finds_the_guide_at_every_keystroke(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    assert page.title() == "办事指南"
    everything = page.names()
    assert len(everything) == 36
    for typed in ("新农合", "xnh", "yibao canbao"):
        page.find(typed, INSURANCE)
        page.press(Qt.Key.Key_A, _CTRL)
        page.press(Qt.Key.Key_Delete)
        page.until(lambda: page.names() == everything)
    page.type("没有这样的事")
    page.until(lambda: page.seen("no_items"))
    assert "没有这样的事" in page.text("no_items")


def test_the_guide_says_what_to_bring_how_long_and_where(qtbot: QtBot, signed_in: MainWindow, village: Village) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("低保", "最低生活保障对象认定")
    item = desk_of(village).items.get(page_code(village, "最低生活保障对象认定"))
    materials = page.text("guide_materials")
    for number, requirement in enumerate(item.materials, 1):
        assert f"{number}. {requirement.name}" in materials
        for point in requirement.points:
            assert point in materials
        if requirement.when is not None:
            assert requirement.when.words in materials
    for step in item.flow:
        assert f"{step.name}（" in page.text("guide_flow")
    for stop in item.stops:
        assert stop.legal_basis in page.text("guide_time")
    assert item.office.address in page.text("guide_place")
    assert item.organ in page.text("guide_facts")
    assert all(basis in page.text("guide_basis") for basis in item.legal_basis)


def test_the_code_on_the_screen_leads_to_the_online_page(qtbot: QtBot, signed_in: MainWindow, village: Village) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.press(Qt.Key.Key_F2)
    page.press(Qt.Key.Key_Escape)
    page.open()
    page.find("开店", SHOP)
    page.enter()
    GuidedPage(qtbot, signed_in).wait_ready()
    (code,) = zxingcpp.read_barcodes(pixels(page.widget("qr_picture", QWidget)))
    assert code.text == desk_of(village).items.get(SHOP_CODE).online.url


def test_enter_starts_the_case_with_the_item_found(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("xnh", INSURANCE)
    page.enter()
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    assert INSURANCE in page.text("about_draft")


def test_a_favourite_comes_first_and_stays_so(
    qtbot: QtBot, signed_in: MainWindow, village: Village, open_window: OpenWindow
) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("农村危房", "农村危房改造申请")
    page.press(Qt.Key.Key_D, _CTRL)
    page.until(lambda: "设为常用" in page.said())
    page.press(Qt.Key.Key_A, _CTRL)
    page.press(Qt.Key.Key_Delete)
    page.until(lambda: page.names()[:1] == ["农村危房改造申请"] and len(page.names()) == 36)
    signed_in.sign_out()
    page.until(lambda: page.seen("password"))
    SignInPage(qtbot, signed_in).sign_in(PASSWORD)
    page.wait_for("nav_guides")
    page.open()
    page.until(lambda: page.names()[:1] == ["农村危房改造申请"])
    page.press(Qt.Key.Key_D, _CTRL)
    page.until(lambda: "不再排在常用里" in page.said())


@pytest.mark.parametrize("act", [Qt.Key.Key_F4, Qt.Key.Key_F8, Qt.Key.Key_D])
def test_a_key_that_comes_before_the_search_acts_on_what_is_typed(
    qtbot: QtBot, signed_in: MainWindow, village: Village, act: Qt.Key
) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("低保", "最低生活保障对象认定")
    page.press(Qt.Key.Key_A, _CTRL)
    page.type("开店")
    page.press(act, _CTRL if act is Qt.Key.Key_D else Qt.KeyboardModifier.NoModifier)
    if act is Qt.Key.Key_F4:
        page.wait_ready()
        assert page.text("guide_name") == SHOP
    else:
        page.until(lambda: page.said() != "")
        assert SHOP in page.said()


def test_arrows_and_enter_that_come_before_the_search_act_on_what_is_typed(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    second = desk_of(village).items.search("补贴")[1]
    page.find("开店", SHOP)
    page.press(Qt.Key.Key_A, _CTRL)
    page.type("补贴")
    page.press(Qt.Key.Key_Down)
    page.enter()
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    assert second.name in page.text("about_draft")


def test_the_marked_item_stays_marked_whatever_is_read_again(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    everything = page.names()
    page.type("补贴")
    page.until(lambda: page.names() != everything)
    page.press(Qt.Key.Key_Down)
    page.press(Qt.Key.Key_Down)
    marked = page.text("guide_name")
    assert marked != page.names()[0]
    page.press(Qt.Key.Key_D, _CTRL)
    page.until(lambda: marked in page.said())
    badge = "常用"
    page.until(lambda: any(marked in row and badge in row for row in page.rows("item_results")))
    assert page.text("guide_name") == marked
    page.press(Qt.Key.Key_D, _CTRL)
    page.until(lambda: not any(badge in row for row in page.rows("item_results")))
    assert page.text("guide_name") == marked


def test_letters_an_input_method_still_composes_are_searched_for(qtbot: QtBot, signed_in: MainWindow) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    everything = page.names()
    page.compose("xin'nong'he")
    page.until(lambda: page.text("guide_name") == INSURANCE)
    page.compose("")
    page.until(lambda: page.names() == everything)


def test_the_code_and_the_name_are_seen_at_once_and_tab_goes_through_the_form(
    qtbot: QtBot, signed_in: MainWindow
) -> None:
    signed_in.resize(910, 512)  # 1366 × 768 at 150 %
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.enter()
    page.wait_ready()
    for name in ("qr_picture", "guided_name"):
        widget = page.widget(name, QWidget)
        page.until(lambda widget=widget: widget.visibleRegion().boundingRect() == widget.rect())  # type: ignore[misc]
    names = []
    while page.focused() != "nav_new":
        names.append(page.focused())
        page.press(Qt.Key.Key_Tab)
    form = ["name", "phone", "shown", "printed", "helped_online", "phoned", "note"]
    assert names == [*(f"guided_{name}" for name in form), "primary_button", "print_guide", "back"]


def test_help_given_is_in_the_register_with_two_words_and_four_keys(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.new_case()
    page.find("开店", SHOP)
    page.enter()
    page.wait_ready()
    assert page.title() == "指导网办"
    assert page.ticked() == {"shown", "helped_online"}
    page.type("张样本")
    page.enter()
    page.until(lambda: page.focused() == "guided_phone")
    page.enter()
    page.until(lambda: page.done() != "")
    (row,) = desk_of(village).cases.find("")
    case = desk_of(village).cases.case(row.line.case_id).case
    assert (case.mode, case.status, case.item_code) == (HandlingMode.GUIDED, CaseStatus.CONCLUDED, SHOP_CODE)
    assert case.applicant.name == "张样本"
    assert case.local_no
    assert case.local_no in page.done()
    (event,) = [one for one in desk_of(village).cases.case(case.case_id).events if one.kind == "helped"]
    assert event.detail["help"] == "shown helped_online"
    assert desk_of(village).sending.view().rows == ()
    # and the next one at once
    assert page.focused() == "guided_name"
    assert page.typed("guided_name") == ""
    page.click("guided_open")
    page.wait_for("case_local_no")
    assert page.text("case_applicant") == "张样本"


def test_what_was_typed_and_left_is_back_when_the_entry_is_opened_again(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.enter()
    page.wait_ready()
    assert not page.seen("guided_kept")
    page.type("张样本")
    page.press(Qt.Key.Key_Tab)
    page.type("13900009999")
    page.widget("guided_phoned", QCheckBox).click()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() == "办事指南" and page.focused() == "item_search")
    page.find("", SHOP)
    page.enter()
    page.wait_ready()
    assert (page.typed("guided_name"), page.typed("guided_phone")) == ("张样本", "13900009999")
    assert page.ticked() == {"shown", "helped_online", "phoned"}
    assert page.seen("guided_kept")
    page.click("guided_anew")
    assert (page.typed("guided_name"), page.focused(), page.seen("guided_kept")) == ("", "guided_name", False)
    page.type("样张")
    page.enter()
    page.enter()
    page.until(lambda: page.done() != "")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() == "办事指南" and page.focused() == "item_search")
    page.enter()
    page.wait_ready()
    assert page.typed("guided_name") == "", "what was entered does not come back"
    assert [row.line.applicant_name for row in desk_of(village).cases.find("")] == ["样张"]


def test_enter_twice_is_one_entry(qtbot: QtBot, signed_in: MainWindow, village: Village) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.press(Qt.Key.Key_F4) if page.seen("note_help") else page.enter()
    page.wait_ready()
    page.type("张样本")
    page.enter()
    page.enter()
    page.enter()
    page.until(lambda: page.done() != "" and signed_in.background.idle)
    assert len(desk_of(village).cases.find("")) == 1


def test_help_can_be_noted_for_any_item(qtbot: QtBot, signed_in: MainWindow, village: Village) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("新农合", INSURANCE)
    page.press(Qt.Key.Key_F4)
    page.wait_ready()
    page.type("样张·买买提")
    page.enter()
    page.type("13900009999")
    page.press(Qt.Key.Key_Tab)
    page.press(Qt.Key.Key_Space)  # 讲了怎么办
    page.tab_to("guided_note")
    page.type("手机上交了费")
    page.enter()
    page.until(lambda: page.done() != "")
    (row,) = desk_of(village).cases.find("")
    case = desk_of(village).cases.case(row.line.case_id)
    assert case.case.mode is HandlingMode.GUIDED
    assert case.case.applicant.phone == "13900009999"
    (event,) = [one for one in case.events if one.kind == "helped"]
    assert (event.detail["help"], event.detail["note"]) == ("helped_online", "手机上交了费")


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidedPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.enter()
    page.wait_ready()
    page.enter()
    page.until(lambda: page.text("guided_name_trouble") != "")
    page.type("张样本")
    page.enter()
    page.type("139")
    page.enter()
    page.until(lambda: page.text("guided_phone_trouble") != "")
    assert page.focused() == "guided_phone"
    assert page.typed("guided_name") == "张样本"
    page.press(Qt.Key.Key_Delete)
    for name in ("shown", "helped_online"):
        page.widget(f"guided_{name}", QCheckBox).setChecked(False)
    page.enter()
    page.until(lambda: page.seen("guided_no_help"))
    assert page.typed("guided_name") == "张样本"
    assert desk_of(village).cases.find("") == ()
    page.widget("guided_note", QLineEdit).setFocus()
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.title() == "办事指南")


def test_who_only_looks_reads_guides_and_starts_nothing(
    qtbot: QtBot, village: Village, open_window: OpenWindow
) -> None:
    village.entry.sign_in(CLERK, PASSWORD).accounts.add("李支书", Role.VILLAGE_HEAD, OTHER_PASSWORD)
    village.entry.sign_out()
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(OTHER_PASSWORD, "李支书")
    page = GuidesPage(qtbot, window)
    page.wait_for("nav_guides")
    page.open()
    page.find("新农合", INSURANCE)
    for act in ("primary_button", "note_help", "favourite"):
        assert not page.seen(act), act
    for key in (Qt.Key.Key_Return, Qt.Key.Key_F4):
        page.press(key)
    assert page.title() == "办事指南"


def test_one_key_prints_the_guide_and_one_the_list_for_the_wall(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("开店", SHOP)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: f"“{SHOP}”已送到打印机" in page.said())
    page.press(Qt.Key.Key_F7)
    page.until(lambda: "“事项清单”已送到打印机" in page.said())
    guide, wall = sorted((village.folder / "printed").glob("*.pdf"), key=lambda file: file.stat().st_mtime_ns)
    assert SHOP in squeezed("".join(page_texts(guide.read_bytes())))
    assert "共36项" in squeezed("".join(page_texts(wall.read_bytes())))


def test_where_no_printer_is_one_press_saves_the_guide(
    qtbot: QtBot, village: Village, open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handout, "own_folder", lambda: tmp_path)
    village.printer = SimulatedPrinter("P", PrinterFault.OFFLINE)
    window = open_window(village)
    SignInPage(qtbot, window).sign_in(PASSWORD)
    page = GuidesPage(qtbot, window)
    page.wait_for("nav_guides")
    page.open()
    page.find("开店", SHOP)
    page.press(Qt.Key.Key_F8)
    page.until(lambda: "没有打出来" in page.said() and page.focused() == "save_guide")
    page.press(Qt.Key.Key_Space)
    page.until(lambda: "已存好" in page.said())
    (file,) = tmp_path.glob("*.pdf")
    assert SHOP in file.name
    assert str(file) in page.said()


def test_what_is_missing_is_printed_at_once_from_the_last_step(
    qtbot: QtBot, signed_in: MainWindow, village: Village
) -> None:
    page = GuidesPage(qtbot, signed_in)
    page.open()
    page.find("低保", "最低生活保障对象认定")
    page.enter()
    page.until(lambda: page.seen("applicant_name") and page.focused() == "applicant_name")
    page.click("step_4")
    page.wait_for("print_missing")
    page.press(Qt.Key.Key_F8)
    page.until(lambda: page.seen("job_missing_materials") and "已打印" in page.text("job_missing_materials"))
    (file,) = (village.folder / "printed").glob("*.pdf")
    text = squeezed("".join(page_texts(file.read_bytes())))
    (row,) = desk_of(village).cases.find("")
    for line in desk_of(village).intake.view(row.line.case_id).checklist:
        if line.needed is not False and not line.done:
            assert squeezed(line.requirement.name) in text


def page_code(village: Village, name: str) -> str:
    """The code of the item of that name."""
    (code,) = [item.code for item in desk_of(village).items.all() if item.name == name]
    return code

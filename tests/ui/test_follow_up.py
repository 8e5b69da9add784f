"""The villager says herself how it was; whoever is not satisfied is called back: on the screen, by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.carried_cases import carry, put
from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in_quickly
from tests.ui.desk_at_hand import ID_NUMBER, NAME, PHONE, Village
from tests.ui.pages.follow_up import CallBackScreen, RatingScreen
from tests.ui.pages.frame import CasesPage
from tests.ui.pages.settings import SettingsPage
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.evaluation import Evaluation, Level, PoorReason, Stage, reason_parts
from villagedesk.domain.outbox import Operation
from villagedesk.ui.window import MainWindow


def said(village: Village, case_id: str) -> list[Evaluation]:
    return list(village.store.read(lambda snapshot: snapshot.evaluations(case_id)))


def open_case(qtbot: QtBot, window: MainWindow, number: str) -> RatingScreen:
    cases = CasesPage(qtbot, window)
    cases.click("nav_cases")
    cases.until(lambda: len(cases.cases()) > 0)
    cases.press(Qt.Key.Key_F3)
    cases.type(number)
    cases.enter()
    cases.wait_for("case_local_no")
    return RatingScreen(qtbot, window)


def test_a_carried_result_is_handed_to_a_son_rated_poor_and_called_back(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    (case_id,) = carry(village, 1)
    number = village.store.read(lambda snapshot: snapshot.case(case_id)).local_no or ""
    desk_of(village).changes.conclude_here(case_id, "granted", "")
    page = open_case(qtbot, signed_in, number)
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.focused() == "case_act_list")
    place = next(at for at, row in enumerate(page.rows("case_act_list"), start=1) if "结果已交给申请人" in row)
    page.key(Qt.Key(Qt.Key.Key_0 + place))
    page.wait_for("act_receiver")
    page.widget("act_receiver", QLineEdit).setText("儿子王小")
    relation = page.widget("act_relation", QComboBox)
    relation.setCurrentIndex(relation.findData("child"))
    page.enter()
    page.wait_for("rate_now")
    page.click("rate_now")
    page.come()
    # nothing of her, nothing of the desk
    words = page.all_words()
    for hidden in (NAME, ID_NUMBER, PHONE, number, "王会计", "新办件", "待上报"):
        assert hidden not in words, hidden
    for key in (Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_F5, Qt.Key.Key_F1, Qt.Key.Key_Return):
        page.press(key)
    assert page.seen("rate_question") and said(village, case_id) == []
    page.key(Qt.Key.Key_2)
    page.until(lambda: page.seen("rate_why") and page.focused() == "rate_reason_attitude")
    page.press(Qt.Key.Key_Space)
    page.widget("rate_words", QLineEdit).setText("等了半个月")
    page.enter()
    assert page.thanked() == "谢谢您！"
    page.enter()
    page.wait_for("case_local_no")
    assert page.seen("nav_today") and not page.seen("rate_card")
    (one,) = said(village, case_id)
    assert (one.stage, one.level) == (Stage.DELIVERY, Level.POOR)
    assert [str(reason) for reason in reason_parts(one.reason)[0]] == ["attitude"]
    # no way back to it: not in the list of acts, and no key
    page.press(Qt.Key.Key_F4)
    page.until(lambda: page.focused() == "case_act_list")
    acts = page.rows("case_act_list")
    assert not any("评价" in row for row in acts) and any("回访" in row for row in acts)
    page.press(Qt.Key.Key_Escape)
    # two calls: one for the son, one for the poor word, both until tomorrow
    calls = CallBackScreen(qtbot, signed_in)
    calls.open()
    assert len(calls.calls()) == 2 and calls.text("call_count") == "要打 2 个"
    (poor,) = [row for row in calls.calls() if "不满意" in row]
    assert "态度不好、等了半个月" in poor and "11月24日前打" in poor and PHONE not in poor and NAME in poor
    calls.press(Qt.Key.Key_F9)
    calls.until(lambda: any(PHONE in row for row in calls.calls()))
    calls.act(Qt.Key.Key_2)
    calls.until(lambda: "11月24日再打" in calls.said())
    calls.until(lambda: any("打过 1 次没通" in row for row in calls.calls()) and calls.focused() == "call_list")
    calls.act(Qt.Key.Key_1)
    calls.until(lambda: calls.focused() == "call_outcome")
    calls.press(Qt.Key.Key_Down)
    calls.tab_to("call_words")
    calls.type("还没补办")
    calls.enter()
    calls.until(lambda: "问题没解决，11月24日前再打一次" in calls.said() and len(calls.calls()) == 2)
    calls.until(lambda: calls.focused() == "call_list")
    calls.act(Qt.Key.Key_1)
    calls.until(lambda: calls.focused() == "call_outcome")
    calls.tab_to("call_words")
    calls.enter()
    calls.until(lambda: "请写一句" in calls.text("call_words_trouble"))
    calls.type("已当面道歉")
    calls.enter()
    calls.until(lambda: "记下了" in calls.said() and len(calls.calls()) == 1)
    calls.until(lambda: calls.focused() == "call_list")
    calls.act(Qt.Key.Key_3)
    calls.until(lambda: calls.focused() == "call_words")
    calls.type("当面说清楚了")
    calls.enter()
    calls.until(lambda: calls.seen("call_none"))
    calls.press(Qt.Key.Key_Escape)
    calls.wait_for("todo_list" if calls.seen("todo_list") else "nothing_to_do")
    desk_of(village).audit.note(Deed.LOG_CHECKED)
    kinds = kinds_logged(village)
    assert kinds.count("called_back") == 4 and kinds.count("unmasked") >= 1


def test_at_intake_she_may_say_nothing_as_easily_and_a_good_word_goes_along(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id, number = take_in_quickly(village)
    page = open_case(qtbot, signed_in, number)
    for key, thanks in (
        (Qt.Key.Key_0, "好的，不评价。"),
        (Qt.Key.Key_Escape, "好的，不评价。"),
        (Qt.Key.Key_5, "谢谢您！"),
    ):
        page.wait_for("case_local_no")
        page.press(Qt.Key.Key_F4)
        page.until(lambda: page.focused() == "case_act_list")
        place = next(at for at, row in enumerate(page.rows("case_act_list"), start=1) if "请群众评价" in row)
        page.key(Qt.Key(Qt.Key.Key_0 + place))
        page.come()
        page.key(key)
        assert page.thanked() == thanks
        page.enter()
    page.wait_for("case_local_no")
    assert [(one.stage, one.level) for one in said(village, case_id)] == [(Stage.INTAKE, Level.VERY_GOOD)]
    rows = village.store.read(lambda snapshot: snapshot.outbox_of_case(case_id))
    assert [row.operation for row in rows] == [Operation.SUBMIT, Operation.EVALUATE]


def test_a_lock_in_the_middle_keeps_what_she_chose(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id, number = take_in_quickly(village)
    put(village, case_id, status=CaseStatus.DELIVERED)
    page = open_case(qtbot, signed_in, number)
    page.wait_for("rate_now")
    page.click("rate_now")
    page.come()
    page.click("rate_1")
    page.wait_for("rate_why")
    page.press(Qt.Key.Key_F12)
    page.until(lambda: bool(said(village, case_id)))
    assert (said(village, case_id)[0].level, said(village, case_id)[0].reason) == (Level.VERY_POOR, "")


def rate_with_a_reason_begun(qtbot: QtBot, village: Village, window: MainWindow) -> tuple[RatingScreen, str]:
    """She is very dissatisfied, has ticked why and typed a word, and has not pressed anything yet."""
    case_id, number = take_in_quickly(village)
    put(village, case_id, status=CaseStatus.DELIVERED)
    page = open_case(qtbot, window, number)
    page.wait_for("rate_now")
    page.click("rate_now")
    page.come()
    page.click("rate_1")
    page.until(lambda: page.seen("rate_why") and page.focused() == "rate_reason_attitude")
    page.press(Qt.Key.Key_Space)
    page.widget("rate_words", QLineEdit).setText("等了半个月")
    return page, case_id


def test_a_lock_while_she_says_why_keeps_what_she_has_said(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    page, case_id = rate_with_a_reason_begun(qtbot, village, signed_in)
    signed_in._idle.timeout.emit()
    page.until(lambda: bool(said(village, case_id)))
    (one,) = said(village, case_id)
    assert one.level is Level.VERY_POOR
    assert reason_parts(one.reason) == ((PoorReason.ATTITUDE,), "等了半个月")


def test_escape_while_she_says_why_takes_it_back(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page, case_id = rate_with_a_reason_begun(qtbot, village, signed_in)
    page.press(Qt.Key.Key_Escape)
    assert page.thanked() == "谢谢您！"
    (one,) = said(village, case_id)
    assert (one.level, one.reason) == (Level.VERY_POOR, "")


def test_the_village_sets_whether_and_whom_it_asks(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    page = SettingsPage(qtbot, signed_in)
    page.open("evaluation")
    page.widget("evaluation_reason", QCheckBox).click()
    after = page.widget("evaluation_after", QComboBox)
    after.setCurrentIndex(after.findData("one_in"))
    page.wait_for("evaluation_one_in")
    page.click("primary_button")
    page.wait_said("已保存")
    rules = desk_of(village).evaluations.rules()
    assert (rules.ask_reason, rules.after.value, rules.days) == (False, "one_in", 1)
    case_id, number = take_in_quickly(village)
    put(village, case_id, status=CaseStatus.DELIVERED)
    screen = open_case(qtbot, signed_in, number)
    screen.wait_for("rate_now")
    screen.click("rate_now")
    screen.come()
    screen.click("rate_1")
    assert screen.thanked() == "谢谢您！"
    assert len(said(village, case_id)) == 1

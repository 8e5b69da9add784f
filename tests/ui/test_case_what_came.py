"""On the case page: documents that came, and two versions side by side with the choice between them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QListWidget
from pytest import MonkeyPatch
from pytestqt.qtbot import QtBot

from tests.store.fixtures import START
from tests.ui.desk_at_hand import PHONE, Village, messages
from tests.ui.pages.frame import FramePage, TodayPage
from tests.ui.test_tray import came_back, open_first_todo, rows, taken_in
from villagedesk.acceptance.wire import Change, ChangesAnswer, RevisionPayload, WantedRecord
from villagedesk.app.system_clock import SystemClock
from villagedesk.desk.conflict_views import SETTLED
from villagedesk.desk.views import TodoKind
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.document import Document
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.practice.documents import pdf_of
from villagedesk.sync.changes import Changes
from villagedesk.ui.scroll_area import ScrollArea
from villagedesk.ui.sentences import Words
from villagedesk.ui.window import MainWindow


def shoot(window: MainWindow, name: str) -> None:
    """A picture for the eyes, where somebody asks for one."""
    if folder := os.environ.get("VILLAGEDESK_SHOTS"):
        window.grab().save(str(Path(folder) / f"{name}.png"))


def in_conflict(village: Village) -> str:
    case_id = came_back(village, SendingState.CONFLICT)
    row = rows(village, case_id)[-1]
    ours = RevisionPayload.model_validate_json(row.payload)
    phone = ours.applicant.model_copy(update={"phone": "13911112222"})
    theirs = ours.model_copy(update={"applicant": phone, "manifest": ours.manifest[1:]})
    held = HeldVersion(1, "registered", theirs.to_bytes().decode())
    village.store.write(lambda tx: tx.put_setting(f"{HELD}{row.action_id}", held.to_text())).result()
    return case_id


def with_documents(village: Village, case_id: str) -> None:
    data = pdf_of(("办理结果", "准予"))
    page_id = "00000000-0000-4000-8000-0000000000d0"
    assert village.desk is not None
    sha256 = village.vault.put(page_id, data)
    here = Document(case_id, "a", "办理结果通知书", "application/pdf", len(data), sha256, START, page_id=page_id)
    poor = replace(here, document_id="b", page_id="", failures=3, reason_key="results.reason.wrong_hash")

    def work(transaction: Transaction) -> None:
        transaction.put_document(here)
        transaction.put_document(poor)

    village.store.write(work).result()


def texts(window: MainWindow) -> list[str]:
    """What can be read."""
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]


def tell(village: Village, *told: Change) -> None:
    """As sync writes it."""
    changes = Changes(village.store, None, SystemClock())  # type: ignore[arg-type]
    changes.keep("", ChangesAnswer(changes=list(told), cursor="1"))


def logged(village: Village, case_id: str, kind: str) -> list[CaseEvent]:
    return [event for event in village.store.read(lambda one: one.events(case_id)) if event.kind == kind]


def open_todo(qtbot: QtBot, window: MainWindow, words: str) -> FramePage:
    """With keys: ↓ to it, Enter."""
    today = TodayPage(qtbot, window)
    today.click("nav_today")
    today.until(lambda: any(words in todo for todo in today.todos()) and today.focused() == "todo_list")
    todos = today.widget("todo_list", QListWidget)
    for _ in range(todos.count()):
        if words in today.todos()[todos.currentRow()]:
            break
        today.press(Qt.Key.Key_Down)
    today.enter()
    today.wait_for("conflict")
    return FramePage(qtbot, window)


def opened(qtbot: QtBot, village: Village, window: MainWindow) -> tuple[str, FramePage]:
    case_id = in_conflict(village)
    with_documents(village, case_id)
    page = open_first_todo(qtbot, window)
    page.wait_for("conflict")
    return case_id, page


def test_both_versions_are_read_and_ours_is_sent(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    shoot(signed_in, "conflict")
    assert (page.text("conflict_field_1"), page.text("conflict_theirs_1")) == ("电话", "139****2222")
    assert page.text("conflict_ours_1") not in ("", "139****2222")
    assert "没有看到县里收下那一份" in page.text("conflict_if_theirs")
    assert not page.seen("send_again") and not page.seen("drop")
    page.click("use_ours")
    page.until(lambda: rows(village, case_id)[0].state is SendingState.SUPERSEDED)
    assert [row.revision for row in rows(village, case_id)] == [1, 2]
    page.until(lambda: not page.seen("conflict"))


def test_what_tells_a_person_is_masked_until_f9_and_the_log_says_who_looked(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    assert not any(PHONE in text or "13911112222" in text for text in texts(signed_in))
    assert "按 F9" in page.text("conflict_masked")
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.text("conflict_theirs_1") == "13911112222")
    assert page.text("conflict_ours_1") == PHONE
    assert not page.seen("conflict_masked")
    page.until(lambda: logged(village, case_id, Deed.UNMASKED) != [])
    assert "other_version" in logged(village, case_id, Deed.UNMASKED)[-1].detail["field"].split(",")
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.text("conflict_theirs_1") == "139****2222")
    page.press(Qt.Key.Key_F9)
    page.until(lambda: page.text("conflict_theirs_1") == "13911112222")
    page.press(Qt.Key.Key_F12)
    page.wait_for("password")
    assert not any("13911112222" in text for text in texts(signed_in)), "behind the lock it is masked again"


def test_the_choice_is_made_with_keys_alone(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    page.until(lambda: page.focused() == "correct_case")
    walked = []
    for _ in range(3):
        walked.append(page.focused())
        page.press(Qt.Key.Key_Tab)
    assert walked == ["correct_case", "use_ours", "use_theirs"]
    page.tab_to("use_theirs")
    page.enter()
    page.until(lambda: page.focused() == "conflict_reason")
    page.type("乡镇")
    page.press(Qt.Key.Key_Escape)
    page.until(lambda: page.focused() == "use_theirs")
    assert page.seen("conflict"), "Esc leaves the question, not the page"
    page.enter()
    page.until(lambda: page.focused() == "conflict_reason")
    assert page.typed("conflict_reason") == "乡镇", "nothing that was typed is lost"
    page.press(Qt.Key.Key_End)
    page.type("已经改过")
    page.enter()
    page.until(lambda: rows(village, case_id)[-1].state is SendingState.CANCELLED)
    page.until(lambda: page.focused() == "correct_case")
    assert logged(village, case_id, SETTLED)[-1].detail["reason"] == "乡镇已经改过"


def test_what_the_other_side_changed_is_read_and_put_away_with_keys(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id = taken_in(village)
    told = {"applicant.phone": "13911112222", "applicant.sex": "male", "county.level": "二级"}
    tell(village, Change(sequence=5, case_id=case_id, kind="in_process", at="2026-11-24T01:00:00Z", fields=told))
    page = open_todo(qtbot, signed_in, "受理系统改了内容")
    assert village.desk is not None
    (todo,) = [one for one in village.desk.cases.today().todos if one.case_id == case_id]
    assert (todo.kind, todo.sentence.tone) == (TodoKind.TRAY, "warn")
    named = Words(messages()).of(todo.sentence)
    assert all(field in named for field in ("电话", "性别", "county.level"))
    shown = {page.text(f"conflict_field_{row}"): page.text(f"conflict_theirs_{row}") for row in (1, 2, 3)}
    assert shown["电话"] == "139****2222"
    assert shown["性别"] == "男", "no codes on the screen"
    assert "二级" not in shown["county.level"], "what nobody here knows is masked, too"
    page.until(lambda: page.focused() == "conflict_seen")
    page.enter()
    page.until(lambda: not page.seen("conflict"))
    page.until(lambda: page.focused() == "print_set")
    assert not [one for one in village.desk.cases.today().todos if one.case_id == case_id]


def test_what_was_read_leaves_the_top_of_the_page_in_view(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    """On a small screen, or a large scale, where the page does not fit."""
    case_id = taken_in(village)
    with_documents(village, case_id)
    told = {"applicant.phone": "13911112222"}
    tell(village, Change(sequence=5, case_id=case_id, kind="in_process", at="2026-11-24T01:00:00Z", fields=told))
    signed_in.resize(1000, 560)
    page = open_todo(qtbot, signed_in, "受理系统改了内容")
    page.until(lambda: page.focused() == "conflict_seen")
    page.enter()
    page.until(lambda: not page.seen("conflict") and page.focused() == "print_set")
    applicant = page.widget("case_applicant", QLabel)
    (bar,) = [one.verticalScrollBar() for one in signed_in.findChildren(ScrollArea) if one.isAncestorOf(applicant)]
    assert bar.maximum() > 0, "the page does not fit"
    assert bar.value() == 0


@pytest.mark.parametrize("status", [CaseStatus.DELIVERED, CaseStatus.ARCHIVED, CaseStatus.VOID])
def test_a_correction_asked_after_the_end_is_told_until_it_is_read(
    qtbot: QtBot, village: Village, signed_in: MainWindow, status: CaseStatus
) -> None:
    case_id = taken_in(village)
    village.store.write(lambda tx: tx.put_case(replace(tx.case(case_id), status=status))).result()
    wanted = [WantedRecord(requirement_id="ZZ", name="计生证明", wrong="没有盖章")]
    values = {"reason": "材料有误"}
    change = Change(sequence=9, case_id=case_id, kind="correction_asked", at="2026-11-24T01:00:00Z", wanted=wanted)
    tell(village, change.model_copy(update={"values": values}))
    page = open_todo(qtbot, signed_in, "县里又说“要求补正”")
    assert "已经了结" in page.text("conflict_standing")
    assert "材料有误" in page.text("conflict_said")
    assert "计生证明" in page.text("conflict_wanted_1")
    page.click("conflict_seen")
    page.until(lambda: not page.seen("conflict"))
    assert village.desk is not None
    assert not [one for one in village.desk.cases.today().todos if one.sentence.key == "conflict.todo.after_end"]
    assert village.desk.cases.case(case_id).case.status is status


@pytest.mark.parametrize("status", [CaseStatus.WITHDRAWN, CaseStatus.ARCHIVED, CaseStatus.RETURNED_TO_APPLICANT])
def test_a_result_of_a_case_that_is_over_here_is_told_until_it_is_read(
    qtbot: QtBot, village: Village, signed_in: MainWindow, status: CaseStatus
) -> None:
    case_id = taken_in(village)
    village.store.write(lambda tx: tx.put_case(replace(tx.case(case_id), status=status))).result()
    with_documents(village, case_id)
    values = {"acceptance_no": "11410421MB1234-20261124-0007", "query_code": "24681357"}
    said: list[tuple[str, dict[str, str]]] = [("accepted", values), ("concluded", {}), ("result_ready", {})]
    told = [
        Change(sequence=number, case_id=case_id, kind=kind, at=f"2026-11-24T0{number}:00:00Z", values=said_with)
        for number, (kind, said_with) in enumerate(said, start=5)
    ]
    tell(village, *told)
    page = open_todo(qtbot, signed_in, "县里又说“结果可领取”")
    shoot(signed_in, f"after_end-{status}")
    number, standing = values["acceptance_no"], page.text("conflict_standing")
    assert all(word in standing for word in ("已经了结", f"受理（编号 {number}）", "办结", "结果可领取"))
    assert "请打电话问县里，结果要不要交给申请人" in standing
    assert [text for text in texts(signed_in) if number in text and text != standing], "it is kept and shown"
    assert page.seen("document_print_1"), "the result can be printed"
    assert not page.seen("snag"), "no advice to give the papers back beside it"
    page.until(lambda: page.focused() == "conflict_seen")
    page.enter()
    page.until(lambda: not page.seen("conflict"))
    assert village.desk is not None
    assert not [one for one in village.desk.cases.today().todos if one.sentence.key == "conflict.todo.after_end"]
    assert village.desk.cases.case(case_id).case.status is status


def test_theirs_is_taken_with_a_reason_only(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    page.click("use_theirs")
    page.click("theirs_sure")
    page.until(lambda: page.text("conflict_reason_trouble") != "")
    assert rows(village, case_id)[-1].state is SendingState.CONFLICT
    page.until(lambda: page.focused() == "conflict_reason")
    page.type("乡镇已经改过")
    page.click("theirs_sure")
    page.until(lambda: rows(village, case_id)[-1].state is SendingState.CANCELLED)
    page.until(lambda: "以系统里的为准" in page.text("snag_reason"))


def test_a_document_is_printed_and_saved_and_a_poor_one_asked_for_again(
    qtbot: QtBot, village: Village, signed_in: MainWindow, tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    assert village.desk is not None
    assert not page.seen("document_print_2") and not page.seen("document_save_2"), "what is not whole is never shown"
    page.click("document_print_1")
    page.until(lambda: village.desk.cases.case(case_id).documents[0].prints == 1)  # type: ignore[union-attr]
    page.until(lambda: page.seen("job_document_1"))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.until(lambda: signed_in.background.idle and page.seen("document_save_1"))  # printing makes the rows anew
    page.click("document_save_1")
    page.until(lambda: page.text("document_said") != "")
    assert [file.suffix for file in tmp_path.glob("jieguo-*")] == [".pdf"]
    page.wait_for("document_fetch_2")
    page.click("document_fetch_2")
    page.until(lambda: not page.seen("document_fetch_2"))
    shoot(signed_in, "documents")
    again = village.desk.cases.case(case_id).documents[1].document
    assert (again.failures, again.is_here) == (0, False)


def test_a_document_whose_file_is_lost_is_told_in_plain_words(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    assert village.desk is not None
    here = village.desk.cases.case(case_id).documents[0].document
    (village.vault.folder / village.vault.name_of(here.page_id, here.sha256)).unlink()
    page.click("document_print_1")
    page.until(lambda: not page.seen("document_print_1") and "损坏或丢失" in page.text("document_standing_1"))
    assert "自动" in page.text("document_standing_1")
    shoot(signed_in, "document_lost")
    village.vault.put(here.page_id, pdf_of(("办理结果", "准予")))
    village.store.write(lambda transaction: transaction.put_document(here)).result()
    page.wait_for("document_print_1")
    assert any("向受理系统重新取" in text for text in texts(signed_in)), "the history says so"

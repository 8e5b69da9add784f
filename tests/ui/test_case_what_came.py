"""On the case page: documents that came, and two versions side by side with the choice between them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog
from pytest import MonkeyPatch
from pytestqt.qtbot import QtBot

from tests.store.fixtures import START
from tests.ui.desk_at_hand import Village
from tests.ui.pages.frame import FramePage
from tests.ui.test_tray import came_back, open_first_todo, rows
from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.domain.document import Document
from villagedesk.domain.held_version import HELD, HeldVersion
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.practice.documents import pdf_of
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


def opened(qtbot: QtBot, village: Village, window: MainWindow) -> tuple[str, FramePage]:
    case_id = in_conflict(village)
    with_documents(village, case_id)
    page = open_first_todo(qtbot, window)
    page.wait_for("conflict")
    return case_id, page


def test_both_versions_are_read_and_ours_is_sent(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    case_id, page = opened(qtbot, village, signed_in)
    shoot(signed_in, "conflict")
    assert (page.text("conflict_field_1"), page.text("conflict_theirs_1")) == ("电话", "13911112222")
    assert page.text("conflict_ours_1") not in ("", "13911112222")
    assert not page.seen("send_again") and not page.seen("drop")
    page.click("use_ours")
    page.until(lambda: rows(village, case_id)[0].state is SendingState.SUPERSEDED)
    assert [row.revision for row in rows(village, case_id)] == [1, 2]
    page.until(lambda: not page.seen("conflict"))


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
    page.until(lambda: page.seen("document_job_1"))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    page.click("document_save_1")
    page.until(lambda: page.text("document_said") != "")
    assert [file.suffix for file in tmp_path.glob("jieguo-*")] == [".pdf"]
    page.click("document_fetch_2")
    page.until(lambda: not page.seen("document_fetch_2"))
    shoot(signed_in, "documents")
    again = village.desk.cases.case(case_id).documents[1].document
    assert (again.failures, again.is_here) == (0, False)

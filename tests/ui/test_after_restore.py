"""After a restore, on the page about sending: what this PC lacks, and a new registration."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.desk.test_missing_here import correction
from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import STATION, Village
from tests.ui.pages.sending import ProofPage
from tests.ui.pages.settings import SettingsPage
from tests.ui.queue_at_hand import online, reconciled
from tests.ui.test_all_screens import check_screen
from tests.ui.test_case_what_came import shoot
from villagedesk.acceptance.wire import ChangesAnswer
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import Reason, Restoration
from villagedesk.sync.changes import Changes
from villagedesk.sync.missing import MissingEntry, put_missing
from villagedesk.sync.standing import KEPT
from villagedesk.ui.window import MainWindow

MISSING = (
    MissingEntry(
        "0b8e7c1e-0000-4000-8000-000000000001",
        "261120-A-0007-K",
        "老年优待证办理",
        "李建国",
        "2026-11-20T01:12:00Z",
        "11410421MB0000000X400201300200020261120000007",
        "accepted",
    ),
    MissingEntry("0b8e7c1e-0000-4000-8000-000000000002", "", "", "", "", "", "in_process"),
)


@pytest.fixture
def page(qtbot: QtBot, signed_in: MainWindow) -> SettingsPage:
    return SettingsPage(qtbot, signed_in)


def test_what_the_other_side_has_is_listed_until_it_was_seen(page: SettingsPage, village: Village) -> None:
    page.click("status_line")
    page.wait_for("queue_sentence")
    assert not page.seen("missing_here")
    village.store.write(lambda transaction: put_missing(transaction, MISSING)).result()
    page.wait_for("missing_here")
    page.until(lambda: "2 件" in page.text("missing_sentence"))
    first = f"missing_seen_{MISSING[0].case_id}"
    page.until(lambda: page.seen(first))
    assert "李建国 261120-A-0007-K" in page.widget(first, QPushButton).accessibleName()
    page.tab_to(first)
    page.enter()
    page.until(lambda: "1 件" in page.text("missing_sentence") and not page.seen(first))
    second = f"missing_seen_{MISSING[1].case_id}"
    page.until(lambda: page.seen(second) and page.focused() == second)
    page.enter()
    page.until(lambda: not page.seen("missing_here") and page.focused() == "send_now")
    assert kinds_logged(village).count("missing_settled") == 2
    assert desk_of(village).missing_here.view().cases == ()


def test_what_the_county_asks_of_a_lost_case_is_read_in_the_card_and_on_the_proof(
    qtbot: QtBot, page: SettingsPage, village: Village
) -> None:
    online(village)
    reconciled(village, 0)
    village.store.write(lambda transaction: put_missing(transaction, MISSING)).result()
    first, second = (entry.case_id for entry in MISSING)
    asked = correction(first, 3, "2026-11-22T01:00:00Z", "户口簿不全，请本人补齐")
    Changes(village.store, None, SystemClock()).keep("", ChangesAnswer(changes=[asked], cursor="3"))  # type: ignore[arg-type]
    page.click("status_line")
    page.wait_for("missing_here")
    page.until(lambda: page.seen(f"missing_told_{first}"))
    told = page.text(f"missing_told_{first}")
    for part in ("要求补正", "户口簿不全，请本人补齐", "户口簿：缺第二页", "请在 2026-11-30 前补正"):
        assert part in told
    assert "受理系统里：已受理" in page.text(f"missing_more_{first}")
    assert page.text(f"missing_more_{second}") == f"{second} · 受理系统里：办理中", "nothing else names it"
    assert first not in page.text(f"missing_more_{first}")
    assert page.text("missing_title") == "受理系统有、本机没有的办件"
    assert not page.seen("advice_sentence"), "nothing is left for the technician"
    check_screen("sending", page, page.window)
    shoot(page.window, "missing-told")
    for case_id in (first, second):
        page.until(lambda name=f"missing_seen_{case_id}": page.seen(name))  # type: ignore[misc]
        page.click(f"missing_seen_{case_id}")
    page.until(lambda: not page.seen("missing_here"))
    proof = ProofPage(qtbot, page.window)
    proof.open()
    proof.until(lambda: "全部已上报：截至" in proof.text("proof_verdict"))
    proof.until(lambda: "王会计已核对" in proof.text("proof_last_word_3"))
    proof.press(Qt.Key.Key_End)
    shoot(page.window, "proof-settled")
    shown = " ".join(label.text() for label in page.window.findChildren(QLabel) if label.isVisible())
    assert "受理系统有、本机没有的（2 件）" in shown and "户口簿不全" in shown and "李**" in shown
    again = correction(first, 4, "2026-11-23T01:00:00Z", "还缺照片")
    Changes(village.store, None, SystemClock()).keep("3", ChangesAnswer(changes=[again], cursor="4"))  # type: ignore[arg-type]
    proof.press(Qt.Key.Key_Escape)
    page.until(lambda: page.seen(f"missing_more_{first}"))
    assert "看过以后又有新消息" in page.text(f"missing_more_{first}")
    assert "还缺照片" in page.text(f"missing_told_{first}")


def test_what_is_said_of_a_case_entered_by_hand_is_shown_with_its_number_here_until_it_is_seen(
    page: SettingsPage, village: Village
) -> None:
    case_id, local_no = take_in(village)
    first, second = MISSING

    def work(transaction: Transaction) -> None:
        transaction.put_case(replace(transaction.case(case_id), acceptance_no=first.acceptance_no))
        put_missing(transaction, MISSING)

    village.store.write(work).result()
    asked = correction(first.case_id, 3, "2026-11-22T01:00:00Z", "户口簿不全，请本人补齐")
    Changes(village.store, None, SystemClock()).keep("", ChangesAnswer(changes=[asked], cursor="3"))  # type: ignore[arg-type]
    page.click("status_line")
    page.wait_for("missing_here")
    page.until(lambda: page.seen(f"missing_told_{first.case_id}"))
    assert "缺少；另有 1 件" in page.text("missing_sentence")
    assert f"本机的收件流水号是 {local_no}" in page.text(f"missing_more_{first.case_id}")
    assert "请在 2026-11-30 前补正" in page.text(f"missing_told_{first.case_id}")
    check_screen("sending", page, page.window)
    shoot(page.window, "missing-numbered-both")
    page.click(f"missing_seen_{second.case_id}")
    page.until(lambda: page.text("missing_title") == "手工录入的办件，受理系统有新消息")
    assert "不会自动记到本机的办件上" in page.text("missing_means")
    shoot(page.window, "missing-numbered")
    page.click(f"missing_seen_{first.case_id}")
    page.until(lambda: not page.seen("missing_here"))


@pytest.mark.parametrize(
    ("received", "title", "means"),
    [
        (("2026-11-20T01:12:00Z", ""), "恢复后本机缺少的办件", "备份以后收的件本机没有了"),
        (("2026-11-20T01:12:00Z", "2029-02-01T01:00:00Z"), "受理系统有、本机没有的办件", "恢复以后的，多半是直接"),
        (("2029-02-01T01:00:00Z", "2029-02-02T01:00:00Z"), "受理系统有、本机没有的办件", "给它填上办件编号"),
    ],
)
def test_a_restore_explains_only_what_is_older(
    page: SettingsPage, village: Village, received: tuple[str, str], title: str, means: str
) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    kept = Restoration(at, at, Reason.BACKUP, "B", "0b8e7c1e").to_text()

    def work(transaction: Transaction) -> None:
        transaction.put_setting(KEPT, kept)
        both = zip(MISSING, received, strict=True)
        put_missing(transaction, [replace(entry, received_at=moment) for entry, moment in both])

    village.store.write(work).result()
    page.click("status_line")
    page.wait_for("missing_here")
    page.until(lambda: page.text("missing_title") == title)
    assert means in page.text("missing_means")


def test_a_new_station_file_is_taken_where_the_queue_waits_for_it(
    page: SettingsPage, village: Village, tmp_path: Path
) -> None:
    case_id, _ = take_in(village)
    page.click("status_line")
    page.wait_for("queue_sentence")
    assert not page.seen("renewal")

    def wait_for_login(transaction: Transaction) -> None:
        row = transaction.outbox_of_case(case_id)[-1]
        transaction.update_outbox(
            replace(row, state=SendingState.LOGIN, return_state=SendingState.QUEUED, reason_key="sync.reason.login")
        )

    village.store.write(wait_for_login).result()
    page.wait_for("renewal")
    page.click("renewal_go")
    assert "请先选择" in page.text("renewal_file_trouble")
    other = tmp_path / "other.json"
    other.write_bytes(replace(STATION, division_code="410421103208", name="样张村").to_bytes())
    page.widget("renewal_file", QLineEdit).setText(str(other))
    page.click("renewal_go")
    page.until(lambda: "样张村" in page.text("renewal_file_trouble"))
    new = tmp_path / "new.json"
    new.write_bytes(replace(STATION, one_time_code="another").to_bytes())
    page.widget("renewal_file", QLineEdit).setText(f'"{new}"')
    page.click("renewal_go")
    page.until(lambda: page.seen("renewal_said") and page.text("renewal_said").startswith("✓"))
    assert "station_renewed" in kinds_logged(village)

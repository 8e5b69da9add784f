"""After a restore, on the page about sending: what this PC lacks, and a new registration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.cases_at_hand import desk_of, kinds_logged, take_in
from tests.ui.desk_at_hand import STATION, Village
from tests.ui.pages.settings import SettingsPage
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.missing import MissingEntry, put_missing
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

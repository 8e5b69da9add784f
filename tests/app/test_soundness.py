"""The whole database is checked after every sign-in, and what was found stands on the screen."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.app.test_whole_road import PASSWORD, entry_of, until
from tests.desk.counter import CLERK, STATION
from tests.store.fixtures import START, example_case
from villagedesk.app.premises import DataFolder
from villagedesk.app.run_options import RunOptions
from villagedesk.app.system_clock import SystemClock
from villagedesk.domain.document import PDF, Document
from villagedesk.domain.repositories import Transaction
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey


def test_damage_found_after_sign_in_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = entry_of(RunOptions(tmp_path / "data", "none", f"file:{tmp_path / 'printed'}"))
    entry.set_up(STATION, CLERK, PASSWORD)
    monkeypatch.setattr(EncryptedStore, "integrity", lambda _store: False)
    desk = entry.sign_in(CLERK, PASSWORD)
    try:
        until(desk, lambda: "damage.found" in [line.sentence.key for line in desk.devices()])
    finally:
        entry.close()


def test_a_result_whose_file_is_gone_is_found_after_sign_in(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    entry = entry_of(RunOptions(folder, "none", f"file:{tmp_path / 'printed'}"))
    entry.set_up(STATION, CLERK, PASSWORD)
    case = example_case()
    sha256 = hashlib.sha256(b"%PDF-").hexdigest()
    gone = Document(case.case_id, "result-1", "结果通知书", PDF, 5, sha256, START, "no-such-page", START, 5)

    def work(transaction: Transaction) -> None:
        transaction.put_case(case)
        transaction.put_document(gone)

    key = DataFolder(folder, SystemClock()).unlock(CLERK, PASSWORD).key
    assert isinstance(key, DataKey)
    store = EncryptedStore.open(folder, key, SystemClock())
    store.write(work).result()
    store.close()
    desk = entry.sign_in(CLERK, PASSWORD)
    try:
        until(desk, lambda: desk.cases.case(case.case_id).documents[0].standing.key == "results.lost")
        assert [event.kind for event in desk.cases.case(case.case_id).events] == ["document_lost"]
    finally:
        entry.close()

"""Doctor with a clerk's password finds what was changed in a really encrypted data folder; without one it says so."""

from __future__ import annotations

import hmac
import io
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, ID_NUMBER, NAME, STATION, Window, open_window, taken_in
from tests.desk.test_cases import put_state
from tests.store.fixtures import FixedClock
from villagedesk.app.command_line import main
from villagedesk.app.premises import STATION_NAME
from villagedesk.domain.audit import AuditEntry, AuditHead
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.database import DATABASE_FILE, EncryptedStore
from villagedesk.store.keys import DataKey, PasswordCost, create_keys
from villagedesk.store.lock import FolderLock
from villagedesk.store.slots import SLOT_FILES
from villagedesk.store.status import STATUS_FILE
from villagedesk.store.vault import VAULT_FOLDER

PASSWORD, OTHER_PASSWORD = "old locust tree 7", "by the river 1962"
_LET_GO = ("DROP TRIGGER case_events_stay", "DROP TRIGGER case_events_unchanged")


@dataclass
class Kept:
    """A data folder with a case that was sent, its program closed."""

    folder: Path
    key: DataKey
    local_no: str

    def head(self) -> AuditHead:
        """Where the log ends."""
        store = EncryptedStore.open(self.folder, self.key, FixedClock())
        try:
            return SqlAuditLog(store).head()
        finally:
            store.close()

    def newest(self, count: int) -> Sequence[AuditEntry]:
        """The newest lines of the log."""
        store = EncryptedStore.open(self.folder, self.key, FixedClock())
        try:
            return SqlAuditLog(store).entries(count)
        finally:
            store.close()

    def seal_anew(self) -> None:
        """Seal the log where it ends now, as only somebody with the data key can."""
        head = self.head()
        mark = b"head" + head.seq.to_bytes(8, "big") + bytes.fromhex(head.mac)
        seal = hmac.digest(self.key.audit, mark, "sha256").hex()
        sealed = json.dumps({"seq": head.seq, "mac": head.mac, "seal": seal})
        self.tamper(f"UPDATE meta SET value = '{sealed}' WHERE name = 'audit_head'")

    def tamper(self, *statements: str) -> None:
        """Change the database as somebody who has the key."""

        def run(transaction: Transaction) -> None:
            for statement in statements:
                transaction.connection.exec_driver_sql(statement)  # type: ignore[attr-defined]

        store = EncryptedStore.open(self.folder, self.key, FixedClock())
        store.write(run).result()
        store.close()


def proven(window: Window, case_id: str) -> None:
    """The case is sent, with its receipt."""
    row = window.desk.cases.case(case_id).outbox[-1]
    put_state(window, case_id, state=SendingState.SENT, receipt=json.dumps({"payload_sha256": row.payload_sha256}))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Made once."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    folder.mkdir()
    (folder / STATION_NAME).write_bytes(STATION.to_bytes())
    key = create_keys(folder, CLERK, PASSWORD, STATION.recovery_public_key, Role.CLERK, cost=PasswordCost(1, 8, 1))
    EncryptedStore.create(folder, key, FixedClock()).close()
    window = open_window(folder, key=key)
    case_id = taken_in(window)
    proven(window, case_id)
    local_no = window.desk.cases.case(case_id).case.local_no or ""
    window.desk.close()
    return Kept(folder, key, local_no)


@pytest.fixture
def kept(whole: Kept, tmp_path: Path) -> Iterator[Kept]:
    """A copy to be harmed."""
    folder = tmp_path / "data"
    shutil.copytree(whole.folder, folder)
    yield Kept(folder, whole.key, whole.local_no)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Doctor]:
    yield Doctor(capsys, monkeypatch)


@dataclass
class Doctor:
    """Runs the command with a password on standard input."""

    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    def of(self, folder: Path, *more: str, password: str = PASSWORD) -> tuple[int, str]:
        """Exit code and output."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        code = main(["doctor", "--data", str(folder), "--password-stdin", *more])
        return code, self.capsys.readouterr().out


def test_a_whole_folder_is_found_whole_and_the_look_is_logged(kept: Kept, said: Doctor) -> None:
    code, out = said.of(kept.folder)
    assert code == 0, out
    assert "ok     database: every page of it is whole" in out
    assert "ok     audit chain: all " in out
    assert "ok     scanned pages: all " in out
    assert "ok     what was sent: all 1 have their receipts" in out
    assert "NOT CHECKED" not in out
    assert "note   link: cable " in out
    assert "the acceptance system was not asked" in out
    for told in (NAME, ID_NUMBER, CLERK, PASSWORD, kept.local_no):
        assert told not in out
    store = EncryptedStore.open(kept.folder, kept.key, FixedClock())
    (line,) = SqlAuditLog(store).entries(1)
    store.close()
    assert (line.actor, line.kind, line.detail["by"]) == (CLERK, "log_checked", "doctor")


@pytest.mark.parametrize(
    ("statements", "line"),
    [
        (["UPDATE case_events SET actor = 'x' WHERE seq = 3"], 3),
        (["DELETE FROM case_events WHERE seq = 2"], 2),
        (["DELETE FROM case_events WHERE seq = (SELECT max(seq) FROM case_events)"], 0),
        (
            [
                "UPDATE case_events SET seq = 99 WHERE seq = 2",
                "UPDATE case_events SET seq = 2 WHERE seq = 3",
                "UPDATE case_events SET seq = 3 WHERE seq = 99",
            ],
            2,
        ),
        (
            [
                "UPDATE case_events SET seq = seq + 1000 WHERE seq >= 3",
                "INSERT INTO case_events SELECT 3, case_id, at, actor, kind, from_status, to_status, detail, mac"
                " FROM case_events WHERE seq = 1003",
                "UPDATE case_events SET seq = seq - 999 WHERE seq > 1000",
            ],
            4,
        ),
    ],
    ids=["edited", "cut in the middle", "cut at the end", "re-ordered", "inserted"],
)
def test_a_changed_log_is_found_and_the_line_told(kept: Kept, said: Doctor, statements: list[str], line: int) -> None:
    last = kept.head().seq
    kept.tamper(*_LET_GO, *statements)
    code, out = said.of(kept.folder)
    assert code == 1
    assert f"WRONG  audit chain: broken at line {line or last} of" in out


def test_a_head_printed_earlier_is_asked_for(kept: Kept, said: Doctor) -> None:
    _, out = said.of(kept.folder)
    head = out.partition("head ")[2].split()[0]
    code, out = said.of(kept.folder, "--head", head)
    assert code == 0 and "that was noted is in the chain" in out
    seq, _, mac = head.partition(":")
    code, out = said.of(kept.folder, "--head", f"{seq}:{'0' * 64}")
    assert code == 1 and "that was noted is NOT in the chain" in out
    # cut, and sealed anew by somebody who has the key: the chain stands, and only the noted head tells
    kept.tamper(*_LET_GO, f"DELETE FROM case_events WHERE seq >= {seq}")
    kept.seal_anew()
    assert "ok     audit chain: all " in said.of(kept.folder)[1]
    code, out = said.of(kept.folder, "--head", head)
    assert code == 1 and f"the head of line {seq} that was noted is NOT in the chain" in out
    grouped = " ".join(mac[start : start + 8] for start in range(0, 64, 8))
    assert said.of(kept.folder, "--head", f"{seq}: {grouped.upper()}")[0] == 1
    with pytest.raises(SystemExit):
        main(["doctor", "--data", str(kept.folder), "--head", "12:abc"])


def test_a_missing_page_and_a_lost_receipt_are_found(kept: Kept, said: Doctor) -> None:
    next(file for file in (kept.folder / VAULT_FOLDER).iterdir() if file.is_file()).unlink()
    kept.tamper("UPDATE outbox SET receipt = '{}'")
    code, out = said.of(kept.folder)
    assert code == 1
    assert "WRONG  scanned pages: 1 of " in out
    assert "WRONG  what was sent: 1 of 1 without their receipt" in out
    assert "ok     audit chain" in out


@pytest.mark.parametrize(
    ("statement", "subject"),
    [
        ("UPDATE outbox SET receipt = 7", "what was sent"),
        (f"UPDATE outbox SET receipt = '{'[' * 100_000}'", "what was sent"),
        (f"UPDATE pages SET sha256 = CAST('{NAME}' AS BLOB)", "scanned pages"),
    ],
)
def test_what_somebody_wrote_into_a_row_ends_no_look_and_is_not_shown(
    kept: Kept, said: Doctor, statement: str, subject: str
) -> None:
    kept.tamper("PRAGMA ignore_check_constraints = ON", statement)
    code, out = said.of(kept.folder)
    assert code == 1
    assert f"WRONG  {subject}: " in out and "ok     audit chain: all " in out
    assert NAME not in out


def test_a_damaged_database_is_found(kept: Kept, said: Doctor) -> None:
    file = kept.folder / DATABASE_FILE
    raw = bytearray(file.read_bytes())
    for page in range(4, len(raw) // 4096):
        raw[page * 4096 + 100] ^= 0xFF
    file.write_bytes(raw)
    code, out = said.of(kept.folder)
    assert code == 1
    assert "WRONG  database" in out


@pytest.mark.parametrize(
    ("lost", "line"),
    [
        ((SLOT_FILES[0],), "slots file: 1 of 2 copies whole"),
        ((STATUS_FILE,), "how many cases wait to be sent is not known: status.json is lost or damaged"),
        ((*SLOT_FILES, STATUS_FILE), "slots file: store.slots_lost"),
    ],
)
def test_a_lost_small_file_is_told_also_without_a_password(
    kept: Kept, said: Doctor, lost: tuple[str, ...], line: str
) -> None:
    code, out = said.of(kept.folder, password="")
    assert code == 0 and "WRONG" not in out
    for name in lost:
        (kept.folder / name).unlink()
    code, out = said.of(kept.folder, password="")
    assert code == 1 and f"WRONG  {line}" in out


def test_a_wrong_password_opens_nothing_is_counted_and_said(kept: Kept, said: Doctor) -> None:
    for _ in range(5):
        code, out = said.of(kept.folder, password="not it")
        assert code == 1
        assert "audit chain: NOT CHECKED" in out
    assert "WRONG  password: " in out
    code, out = said.of(kept.folder)
    assert code == 1
    assert "entry.locked_out (wait " in out


def test_wrong_tries_before_stand_in_the_log(kept: Kept, said: Doctor) -> None:
    said.of(kept.folder, password="not it")
    assert said.of(kept.folder)[0] == 0
    assert [(line.kind, line.detail.get("count")) for line in kept.newest(2)] == [
        ("log_checked", None),
        ("sign_in_refused", "1"),
    ]


def test_who_was_removed_is_refused_though_the_old_slots_file_was_put_back(kept: Kept, said: Doctor) -> None:
    window = open_window(kept.folder, key=kept.key)
    window.desk.accounts.add("旧人", Role.CLERK, OTHER_PASSWORD)
    old = {name: (kept.folder / name).read_bytes() for name in SLOT_FILES}
    window.desk.accounts.remove("旧人")
    window.desk.close()
    for name, data in old.items():
        (kept.folder / name).write_bytes(data)
    for clerk, password in (("旧人", OTHER_PASSWORD), (CLERK, PASSWORD)):
        code, out = said.of(kept.folder, "--clerk", clerk, password=password)
        assert code == 1
        assert "WRONG  slots file: store.slots_older" in out and "audit chain: NOT CHECKED" in out
        (line,) = kept.newest(1)
        assert (line.actor, line.kind, line.detail["reason"]) == (clerk, "sign_in_refused", "store.slots_older")


def test_without_a_password_or_beside_the_program_nothing_inside_is_checked(kept: Kept, said: Doctor) -> None:
    _, out = said.of(kept.folder, password="")
    for subject in ("database", "audit chain", "scanned pages", "what was sent"):
        assert f"note   {subject}: NOT CHECKED (needs a clerk's password)" in out
    lock = FolderLock(kept.folder)
    try:
        _, out = said.of(kept.folder)
    finally:
        lock.release()
    assert "audit chain: NOT CHECKED (close the program first)" in out

"""A database that came from a backup: it asks before it sends, takes a new credential, and hears what it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.sync.bench import Bench
from tests.sync.memory_store import MemoryStore
from tests.sync.server_line import Fault
from tests.sync.window import STATION
from villagedesk.acceptance.wire import DocumentRecord, sha256_hex
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.local_no import next_epoch
from villagedesk.domain.outbox import ENTERED_BY_HAND, PERHAPS_ENTERED, Operation, OutboxRow, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.restoring import RESTORED, Reason, Restoration
from villagedesk.sync import decisions
from villagedesk.sync.changes import CURSOR
from villagedesk.sync.enrolment import stored_credential
from villagedesk.sync.entry_begun import begin_entry
from villagedesk.sync.last_word import last_reconciled
from villagedesk.sync.missing import missing_cases
from villagedesk.sync.standing import CREDENTIAL


def restored_from(bench: Bench, backup: MemoryStore, number: int = 2, epoch: str = "") -> None:
    """The bench goes on with a copy of that backup, as the restore leaves it."""
    bench.store = backup.copy()
    bench.clerk.store = bench.store
    now = bench.clock.now()

    def work(transaction: Transaction) -> None:
        letter = epoch or next_epoch(transaction.epoch())
        name = f"installation-{number}"
        transaction.begin_epoch(letter, name)
        told = Restoration(now, now - timedelta(hours=2), Reason.BACKUP, letter, name)
        transaction.put_setting(RESTORED, told.to_text())

    bench.store.write(work).result()
    bench.boot()


def missing_names(bench: Bench) -> set[str]:
    return {entry.case_id for entry, _draft in bench.store.read(missing_cases)}


def test_everything_open_asks_first_and_what_was_sent_is_found_by_asking() -> None:
    bench = Bench()
    bench.settle()
    rows = [bench.clerk.take_in([b"page %d" % number])[1] for number in range(3)]
    bench.store.write(lambda tx: decisions.pause(tx, rows[1].action_id, "李练习", bench.clock.now())).result()
    backup = bench.store.copy()
    bench.store.write(lambda tx: decisions.resume(tx, rows[1].action_id, "李练习", bench.clock.now())).result()
    bench.settle()
    assert all(bench.row(row).state is SendingState.SENT for row in rows)

    bench.server.calls.clear()
    restored_from(bench, backup)
    assert [(bench.row(row).state, bench.row(row).return_state) for row in rows] == [
        (SendingState.CONFIRMING, None),
        (SendingState.PAUSED, SendingState.CONFIRMING),
        (SendingState.CONFIRMING, None),
    ]
    bench.settle()
    bench.store.write(lambda tx: decisions.resume(tx, rows[1].action_id, "李练习", bench.clock.now())).result()
    bench.settle()
    for row in rows:
        found = bench.row(row)
        assert (found.state, bench.case(row.case_id).status) == (SendingState.SENT, CaseStatus.SUBMITTED)
        assert found.frozen_at is not None
        assert found.receipt
    assert "put_revision" not in bench.server.calls
    assert all(len(digests) == 1 for digests in bench.server.committed_ever.values())


def test_what_the_server_told_before_the_backup_proves_nothing_of_the_pc_it_is_restored_on() -> None:
    bench = Bench()
    bench.clerk.take_in([])
    bench.settle()
    bench.reconciler.run()
    assert bench.store.read(last_reconciled) is not None
    restored_from(bench, bench.store.copy())
    assert bench.store.read(last_reconciled) is None
    bench.settle()
    bench.reconciler.run()
    told = bench.store.read(last_reconciled)
    assert told is not None
    assert told.newest_receipt == bench.store.read(lambda snapshot: snapshot.newest_receipt()) > 0


@pytest.mark.parametrize("held", ["waiting", "login", "registered", "nothing"])
def test_whatever_state_a_row_had_it_asks_first(held: str) -> None:
    bench = Bench()
    row = bench.clerk.take_in([b"a page of its own"])[1]
    if held == "waiting":
        bench.play("put_revision", Fault.BUSY)
        bench.steps_until(lambda: bench.row(row).state is SendingState.WAITING)
    if held == "login":
        bench.play("put_revision", Fault.LOGIN)
        bench.steps_until(lambda: bench.row(row).state is SendingState.LOGIN)
    if held == "registered":
        bench.steps_until(lambda: bench.row(row).state is SendingState.UPLOADING)
    backup = bench.store.copy()
    restored_from(bench, backup)
    assert bench.row(row).state is SendingState.CONFIRMING
    bench.server.calls.clear()
    bench.settle()
    assert bench.row(row).state is SendingState.SENT
    assert bench.server.calls.index("case") < bench.server.calls.index("put_revision")


def perhaps_entered(bench: Bench) -> OutboxRow:
    """A submission that somebody had begun to enter by hand, held back at its turn."""
    case, row = bench.clerk.take_in([b"a page"])
    bench.store.write(lambda tx: begin_entry(tx, case.case_id, "李练习", bench.clock.now())).result()
    bench.steps_until(lambda: bench.row(row).state is SendingState.PAUSED)
    return row


def looked_up(bench: Bench, row: OutboxRow) -> None:
    """The clerk looked in the acceptance system, where it is not."""
    bench.store.write(lambda tx: decisions.resume(tx, row.action_id, "李练习", bench.clock.now())).result()
    bench.settle()


@pytest.mark.parametrize("went", [False, True])
def test_i2_what_may_have_been_entered_by_hand_is_still_to_be_looked_up(went: bool) -> None:
    """``went``: on the PC the backup came from it was looked up and sent afterwards."""
    bench = Bench()
    bench.settle()
    row = perhaps_entered(bench)
    backup = bench.store.copy()
    if went:
        looked_up(bench, row)
        assert bench.row(row).state is SendingState.SENT
    bench.server.calls.clear()
    restored_from(bench, backup)
    bench.settle()
    held = bench.row(row)
    assert (held.state, held.reason_key) == (SendingState.PAUSED, PERHAPS_ENTERED)
    assert held.return_state is SendingState.CONFIRMING, "the other PC may have sent it"
    looked_up(bench, row)
    assert (bench.row(row).state, bench.row(row).reason_key) == (SendingState.SENT, "")
    assert ("put_revision" in bench.server.calls) is not went
    assert all(len(digests) == 1 for digests in bench.server.committed_ever.values())


def test_what_was_entered_by_hand_is_still_held_for_it() -> None:
    bench = Bench()
    bench.settle()
    row = perhaps_entered(bench)
    now = bench.clock.now()
    bench.store.write(lambda tx: decisions.enter_by_hand(tx, row.action_id, "李练习", now)).result()
    correction = bench.clerk.correct(row.case_id, note="corrected")
    bench.steps_until(lambda: bench.row(correction).state is SendingState.PAUSED)
    before = bench.row(correction)
    assert before.reason_key == ENTERED_BY_HAND
    restored_from(bench, bench.store.copy())
    assert bench.row(correction) == before
    assert bench.row(row).state is SendingState.CANCELLED


def test_the_tray_stays_the_clerks() -> None:
    bench = Bench()
    bench.server.refuse_content = lambda _record: True
    row = bench.clerk.take_in([])[1]
    bench.settle()
    restored_from(bench, bench.store.copy())
    bench.settle()
    assert bench.row(row).state is SendingState.REJECTED


def test_the_old_credential_is_replaced_once_and_the_old_pc_waits_for_a_new_station_file_with_all_it_has() -> None:
    bench = Bench()
    bench.clerk.take_in([])
    bench.settle()
    old, backup = bench.store, bench.store.copy()
    first = stored_credential(old)
    restored_from(bench, backup)
    bench.play("replace", Fault.CUT_AFTER, Fault.CUT_BEFORE)
    bench.settle()
    second = stored_credential(bench.store)
    assert second != first
    assert bench.server.standing == sha256_hex(second.encode())
    assert bench.server.epochs == {"A": "00000000-0000-4000-8000-000000000001", "B": "installation-2"}
    # the PC the backup came from was not switched off
    bench.store, bench.clerk.store, bench.clerk.prefix = old, old, "old-"
    late = bench.clerk.take_in([b"page"])[1]
    bench.boot_as()
    for _ in range(20):
        step = bench.runner.step()
        if not step.did and step.until is not None:
            bench.clock.advance((step.until - bench.clock.now()).total_seconds() + 0.001)
    row = bench.row(late)
    assert (row.state, row.return_state) == (SendingState.LOGIN, SendingState.SENDING)
    assert row.reason_key == "sync.reason.station_file_needed"
    assert (late.case_id, 1) not in bench.server.revisions


def test_the_same_backup_restored_twice_needs_a_new_station_file_and_gets_a_letter_of_its_own() -> None:
    bench = Bench()
    row = bench.clerk.take_in([b"page"])[1]
    bench.settle()
    backup = bench.store.copy()
    restored_from(bench, backup, 2, epoch="B")
    bench.settle()
    restored_from(bench, backup, 3, epoch="B")
    bench.boot_as()
    queued = bench.clerk.take_in([b"taken in meanwhile"])[1]
    bench.steps_until(lambda: bench.row(queued).state is SendingState.LOGIN)
    assert bench.row(queued).reason_key == "sync.reason.station_file_needed"
    bench.server.codes["from the county"] = ""
    bench.station = replace(STATION, one_time_code="from the county")
    bench.boot()
    bench.settle()
    assert bench.row(queued).state is bench.row(row).state is SendingState.SENT
    assert bench.store.read(lambda snapshot: (snapshot.epoch(), snapshot.installation_id())) == ("C", "installation-3")
    assert [event.kind for event in bench.events("")] == ["epoch_granted"]


def test_a_system_that_cannot_replace_a_credential_leads_to_a_new_station_file() -> None:
    bench = Bench()
    bench.clerk.take_in([])
    bench.settle()
    bench.server.knows_replace = False
    restored_from(bench, bench.store.copy())
    waiting = bench.clerk.take_in([])[1]
    bench.steps_until(lambda: bench.row(waiting).state is SendingState.LOGIN)
    bench.server.codes["from the county"] = ""
    bench.station = replace(STATION, one_time_code="from the county")
    bench.boot()
    bench.settle()
    assert bench.row(waiting).state is SendingState.SENT


def test_a_backup_made_before_the_enrolment_came_through_enrols_and_replaces() -> None:
    bench = Bench()
    bench.runner.step()
    assert bench.store.read(lambda snapshot: snapshot.setting(CREDENTIAL))
    backup = bench.store.copy()
    bench.clerk.take_in([])
    bench.settle()
    first = stored_credential(bench.store)
    restored_from(bench, backup)
    bench.settle()
    assert bench.server.standing == sha256_hex(stored_credential(bench.store).encode()) != sha256_hex(first.encode())
    assert bench.store.read(lambda snapshot: snapshot.epoch()) == "B"


def test_a_backup_made_before_the_station_had_a_credential_waits_for_a_new_station_file() -> None:
    bench = Bench()
    waiting = bench.clerk.take_in([])[1]
    backup = bench.store.copy()
    bench.settle()
    restored_from(bench, backup)
    bench.steps_until(lambda: bench.row(waiting).state is SendingState.LOGIN)
    assert bench.row(waiting).return_state is SendingState.CONFIRMING
    assert bench.row(waiting).reason_key == "sync.reason.station_file_needed"


def test_a_backup_made_while_a_replacement_was_under_way_repeats_it_first() -> None:
    bench = Bench()
    bench.clerk.take_in([])
    bench.settle()
    restored_from(bench, bench.store.copy(), 2)
    backup = bench.store.copy()
    bench.settle()
    restored_from(bench, backup, 3)
    bench.settle()
    assert bench.server.standing == sha256_hex(stored_credential(bench.store).encode())
    assert bench.store.read(lambda snapshot: snapshot.epoch()) == "C"
    assert bench.server.epochs["C"] == "installation-3"


def test_what_the_server_has_and_the_backup_lacks_is_listed_until_it_is_here() -> None:
    bench = Bench()
    bench.settle()
    bench.clerk.take_in([])
    backup = bench.store.copy()
    bench.clerk.prefix = "later-"
    later = [bench.clerk.take_in([])[0] for _ in range(5)]
    bench.settle()
    restored_from(bench, backup)
    bench.settle()
    assert missing_names(bench) == set()
    assert bench.reconciler.is_wanted()
    bench.reconciler.run()
    assert not bench.reconciler.is_wanted()
    assert missing_names(bench) == {case.case_id for case in later}
    entry = bench.store.read(missing_cases)[0][0]
    assert (entry.local_no, entry.item_name, entry.applicant_name) == (
        later[0].local_no,
        later[0].item_name,
        later[0].applicant.name,
    )
    draft = replace(later[0], status=CaseStatus.DRAFT, local_no=None)
    bench.store.write(lambda tx: tx.put_case(draft)).result()
    assert {draft for entry, draft in bench.store.read(missing_cases) if entry.case_id == later[0].case_id} == {True}
    bench.store.write(lambda tx: tx.put_case(later[0])).result()
    bench.server.forget(later[1].case_id)
    bench.reconciler.run()
    assert missing_names(bench) == {case.case_id for case in later[2:]}


def test_an_action_sent_after_the_backup_is_taken_once() -> None:
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    bench.settle()
    action = bench.clerk.act(case.case_id, Operation.DELIVER)
    backup = bench.store.copy()
    bench.settle()
    restored_from(bench, backup)
    bench.settle()
    assert bench.row(action).state is SendingState.DONE
    assert bench.server.actions_ever == {action.action_id}


def test_what_a_damaged_database_lost_of_what_was_told_is_told_again() -> None:
    """Its cursor came through, and the rows it stands for did not."""
    bench = Bench()
    case, _row = bench.clerk.take_in([])
    bench.settle()
    whole = bench.store.copy()
    bench.server.tell(case.case_id, "accepted", acceptance_no="9")
    result = DocumentRecord(document_id="r", name="结果", media_type="application/pdf", byte_count=3, sha256="a" * 64)
    bench.server.tell(case.case_id, "concluded", result="准予")
    last = bench.server.changes_made[-1]
    bench.server.changes_made[-1] = last.model_copy(update={"documents": [result]})
    bench.changes.pull(0)
    (announced,) = bench.store.read(lambda snapshot: snapshot.documents(case.case_id))
    cursor = bench.store.read(lambda snapshot: snapshot.setting(CURSOR))
    assert cursor

    whole.write(lambda tx: tx.put_setting(CURSOR, cursor)).result()
    restored_from(bench, whole)
    bench.changes.pull(0)
    back = bench.case(case.case_id)
    assert (back.status, back.acceptance_no) == (CaseStatus.CONCLUDED, "9")
    assert [one.key for one in bench.store.read(lambda one: one.documents(case.case_id))] == [announced.key]

    events = len(bench.events(case.case_id))
    bench.store._tables.documents.clear()  # the log came through, and the document's row did not
    restored_from(bench, bench.store, number=3)
    bench.changes.pull(0)
    assert [one.key for one in bench.store.read(lambda one: one.documents(case.case_id))] == [announced.key]
    assert len(bench.events(case.case_id)) == events

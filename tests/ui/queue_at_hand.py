"""A queue with a row in every state a screen can meet, as sync would have written it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests.ui.cases_at_hand import desk_of
from tests.ui.cases_taken import taken_in
from tests.ui.desk_at_hand import Village
from villagedesk.app import system_clock
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.outbox import OutboxRow, PageTransfer, SendingState
from villagedesk.domain.repositories import Transaction
from villagedesk.sync.entry_begun import begin_entry
from villagedesk.sync.last_word import Reconciled, put_reconciled
from villagedesk.sync.ledger import Ledger
from villagedesk.sync.link import LinkKind, LinkState
from villagedesk.sync.missing import put_missing
from villagedesk.sync.status import SyncStatus

ITEM = "VD-YB-003"
RAW = "422 rejected: 受理系统退回：身份证正面反光，看不清住址"
SYSTEM = "acceptance_system"
_S = SendingState
ROWS: tuple[tuple[str, SendingState, dict[str, object]], ...] = (
    ("王秀英", _S.QUEUED, {}),
    ("䶮𬍛", _S.SENDING, {}),
    ("买买提江·阿不都热合曼·艾合买提吐尔逊", _S.UPLOADING, {}),
    ("李建国", _S.UPLOADING, {"reason_key": "sync.reason.page_cut", "attempts": 2, "wait": 240}),
    ("欧阳青霞", _S.CONFIRMING, {"reason_key": "sync.reason.timeout", "attempts": 1, "wait": 60}),
    ("张桂兰", _S.WAITING, {"reason_key": "sync.reason.busy", "attempts": 4, "wait": 480}),
    ("司马相如意", _S.WAITING, {"reason_key": "sync.reason.name_unknown", "attempts": 12, "wait": 850}),
    ("赵小满", _S.PAUSED, {"return_state": _S.QUEUED}),
    ("钱大山", _S.LOGIN, {"return_state": _S.SENDING, "reason_key": "sync.reason.login"}),
    ("孙二娘", _S.REJECTED, {"reason_key": "sync.reason.refused", "reason_raw": RAW}),
    ("周老实", _S.CONFLICT, {"reason_key": "sync.reason.conflict", "reason_raw": '{"held":"0123"}'}),
    ("吴来顺", _S.QUEUED, {"first": True}),
)


def now() -> datetime:
    """By the program's own clock, which tests set to midday."""
    return system_clock.SystemClock().now()


def newest(village: Village, case_id: str) -> OutboxRow:
    """The newest outbox row of a case, as stored."""
    return desk_of(village).cases.case(case_id).outbox[-1]


def set_row(village: Village, case_id: str, state: SendingState, **changes: object) -> OutboxRow:
    """Put the newest row of a case into a state; ``wait`` is seconds until the next try."""
    wait = changes.pop("wait", None)
    if wait is not None:
        changes["next_try_at"] = now() + timedelta(seconds=float(str(wait)))

    def work(transaction: Transaction) -> OutboxRow:
        row = replace(transaction.outbox_of_case(case_id)[-1], state=state, **changes)  # type: ignore[arg-type]
        transaction.update_outbox(row)
        return row

    return village.store.write(work).result()


def every_state(village: Village, age: timedelta = timedelta()) -> dict[str, str]:
    """One case for each of :data:`ROWS`, as they stand that long after they were taken in; gives case_ids by name."""
    made = {}
    desk = desk_of(village)
    for name, state, changes in ROWS:
        case_id = made[name] = taken_in(village, ITEM, {"name": name})
        action_id = newest(village, case_id).action_id
        rest = {key: value for key, value in changes.items() if key != "first"}
        if state is _S.PAUSED:
            desk.sending.pause(action_id)
        elif "first" in changes:
            desk.sending.send_first(action_id)
        else:
            wait = {"wait": float(str(rest.pop("wait"))) + age.total_seconds()} if "wait" in rest else {}
            set_row(village, case_id, state, **rest, **wait)
        if state is _S.UPLOADING:
            _half_across(village, case_id)
    return made


def _half_across(village: Village, case_id: str) -> None:
    pages = desk_of(village).cases.case(case_id).pages

    def work(transaction: Transaction) -> None:
        for number, page in enumerate(pages):
            size = page.byte_count
            offset = size if number == 0 else size // 3 if number == 1 else 0
            transaction.put_page_transfer(PageTransfer(page.sha256, "/x", offset, size, number == 0))

    village.store.write(work).result()


class _Later:
    """The program's clock, some time on."""

    def __init__(self, age: timedelta) -> None:
        self._age = age

    def now(self) -> datetime:
        return now() + self._age

    def monotonic(self) -> float:
        return system_clock.SystemClock().monotonic()


def look_later(village: Village, age: timedelta) -> None:
    """Read the queue as it will be after that time."""
    desk_of(village).sending._clock = _Later(age)


def log(village: Village, case_id: str, kind: str, actor: str = SYSTEM, **detail: str) -> None:
    """A line of the case's log."""
    event = CaseEvent(case_id, now(), actor, kind, detail=detail)
    village.store.write(lambda transaction: transaction.append_event(event)).result()


def sent(village: Village, name: str) -> str:
    """A case with its receipt, as sync writes it."""
    case_id = taken_in(village, ITEM, {"name": name})
    set_row(village, case_id, _S.SENT, receipt='{"state":"committed"}')
    log(village, case_id, "sent", revision="1")
    return case_id


def reconciled(village: Village, receipts: int) -> None:
    """The acceptance system told all it holds, just now, and knew every case."""

    def work(transaction: Transaction) -> None:
        put_reconciled(transaction, Reconciled(now(), receipts, 0, transaction.newest_receipt()))
        put_missing(transaction, ())

    village.store.write(work).result()


def perhaps_entered(village: Village, name: str) -> str:
    """A case that somebody began to enter by hand, and that the runner holds back since the interface is granted."""
    case_id = taken_in(village, ITEM, {"name": name})
    village.store.write(lambda transaction: begin_entry(transaction, case_id, "王会计", now())).result()
    assert Ledger(village.store, system_clock.SystemClock()).freeze(newest(village, case_id)) is None
    return case_id


def online(village: Village, bytes_per_second: float = 0.0) -> None:
    """The acceptance system answers."""
    village.link.publish(SyncStatus(link=LinkState(LinkKind.ONLINE), bytes_per_second=bytes_per_second))

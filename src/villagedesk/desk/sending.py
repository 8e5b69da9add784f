"""The queue and the link in words, and the clerk's say in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.views import QueueRow, SendingView, Sentence
from villagedesk.desk.wording import sending_sentence, size_text
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.sync import decisions
from villagedesk.sync.table import NoSuchTransition


class Sending:
    """What waits, what is on its way, and the link. Calls block and may come from several threads.

    Args:
        kick: tells the sync engine to try now.
    """

    def __init__(self, store: Store, clock: Clock, link: LinkWords, kick: Callable[[], None], clerk: str) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._kick = kick
        self._clerk = clerk

    def view(self) -> SendingView:
        """Link, queue and advice. The queue is what is open or in the tray; a row with its receipt has left it (I3)."""
        online = self._link.online()
        rows = self._store.read(
            lambda snapshot: tuple(
                _queue_row(snapshot, row, online) for row in snapshot.outbox(OPEN_STATES | TRAY_STATES)
            )
        )
        return SendingView(self._link.link(), _queue(rows), _advice(rows) or self._link.advice(), rows, online)

    def send_now(self) -> None:
        """Do not wait for the next time: try at once."""
        self._kick()

    def pause(self, action_id: str) -> None:
        """Hold a row back; logged as the clerk's decision. Raises InputProblem ``desk.sending.cannot_pause``."""
        self._decide(action_id, pause=True)

    def resume(self, action_id: str) -> None:
        """Let a held row go on; logged. Raises InputProblem ``desk.sending.cannot_resume``."""
        self._decide(action_id, pause=False)

    def _decide(self, action_id: str, *, pause: bool) -> None:
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            decide = decisions.pause if pause else decisions.resume
            decide(transaction, action_id, self._clerk, now)

        try:
            self._store.write(work).result()
        except (KeyError, NoSuchTransition):
            raise InputProblem("desk.sending.cannot_pause" if pause else "desk.sending.cannot_resume") from None


def _queue_row(snapshot: Snapshot, row: OutboxRow, online: bool) -> QueueRow:
    case = snapshot.case(row.case_id)
    pages = {page.sha256: page.byte_count for page in snapshot.pages(row.case_id)}
    transfers = {sha256: snapshot.page_transfer(sha256) for sha256 in pages}
    sent = sum(transfer.offset for transfer in transfers.values() if transfer is not None)
    whole = sum(transfer is not None and transfer.done for transfer in transfers.values())
    return QueueRow(
        row=row,
        local_no=case.local_no or "",
        applicant_name=case.applicant.name,
        item_name=case.item_name,
        state=sending_sentence(case.status, row, whole, len(pages), online=online),
        bytes_done=sent,
        bytes_total=sum(pages.values()),
    )


def _queue(rows: Sequence[QueueRow]) -> Sentence:
    waiting = [row for row in rows if row.row.state in OPEN_STATES]
    if not waiting:
        return Sentence("desk.sending.queue_empty", {}, "good")
    left = sum(max(0, row.bytes_total - row.bytes_done) for row in waiting)
    params = {"count": len({row.row.case_id for row in waiting}), "size": size_text(left)}
    return Sentence("desk.sending.queue", params)


def _advice(rows: Sequence[QueueRow]) -> Sentence | None:
    states = [row.row.state for row in rows]
    tray = sum(state in TRAY_STATES for state in states)
    if tray:
        return Sentence("desk.sending.advice_tray", {"count": tray}, "bad")
    if SendingState.LOGIN in states:
        return Sentence("desk.sending.advice_login", {}, "bad")
    paused = states.count(SendingState.PAUSED)
    if paused:
        return Sentence("desk.sending.advice_paused", {"count": paused}, "warn")
    return None

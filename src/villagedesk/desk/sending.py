"""The queue and the link in words, and the clerk's say in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from villagedesk.desk.acting import Acting
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.sending_again import send_again
from villagedesk.desk.taking_back import close_if_nothing_went
from villagedesk.desk.views import QueueRow, SendingView, Sentence
from villagedesk.desk.wording import sending_sentence, size_text
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import OPEN_STATES, TRAY_STATES, OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions
from villagedesk.sync.changes import unplaced
from villagedesk.sync.table import NoSuchTransition

_LONGEST_REASON = 100


class Sending:
    """What waits, what is on its way, and the link. Calls block and may come from several threads.

    Args:
        station: written into what is sent again.
        kick: tells the sync engine to try now.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        link: LinkWords,
        station: StationFile,
        kick: Callable[[], None],
        acting: Acting,
    ) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._station = station
        self._kick = kick
        self._acting = acting

    def view(self) -> SendingView:
        """Link, queue and advice. The queue is what is open or in the tray; a row with its receipt has left it (I3).

        Somebody who may see no persons gets no rows.
        """
        online, by_hand = self._link.online(), self._link.by_hand()

        def work(snapshot: Snapshot) -> tuple[bool, tuple[QueueRow, ...], int]:
            paused = decisions.queue_is_paused(snapshot)
            waiting = snapshot.outbox(OPEN_STATES | TRAY_STATES)
            rows = tuple(_queue_row(snapshot, row, online, paused, by_hand) for row in waiting)
            return paused, rows, unplaced(snapshot)

        paused, rows, unknown = self._store.read(work)
        held = None if by_hand else _advice(rows, paused)
        advice = held or self._link.advice() or _advice_unknown(unknown)
        shown = rows if self._acting.may(Right.SEE_PERSONS) else ()
        return SendingView(self._link.link(), _queue(rows, by_hand), advice, shown, online, paused)

    def send_now(self) -> None:
        """Do not wait for the next time: try at once. It decides nothing, so everybody may."""
        self._kick()

    def pause(self, action_id: str) -> None:
        """Hold a row back; logged as the clerk's decision. Raises InputProblem ``desk.sending.cannot_pause``."""
        self._acting.need(Right.WORK)
        self._decide(action_id, pause=True)

    def resume(self, action_id: str) -> None:
        """Let a held row go on; logged. Raises InputProblem ``desk.sending.cannot_resume``."""
        self._acting.need(Right.WORK)
        self._decide(action_id, pause=False)

    def pause_all(self) -> None:
        """Stop the whole queue, also what is taken in from now on; logged with every row that waits."""
        self._acting.need(Right.WORK)
        now = self._clock.now()
        self._store.write(lambda transaction: decisions.pause_queue(transaction, self._acting.clerk, now)).result()

    def resume_all(self) -> None:
        """Let everything go on, what was paused one by one too; logged with every row."""
        self._acting.need(Right.WORK)
        now = self._clock.now()
        self._store.write(lambda transaction: decisions.resume_queue(transaction, self._acting.clerk, now)).result()
        self._kick()

    def mend(self, case_id: str) -> None:
        """Send a case again as it is, as its next revision: because the last one is in the tray, or because a
        correction was asked for. Logged as the clerk's decision; what was in the tray is superseded.

        Raises:
            InputProblem: ``intake.gone``; ``desk.sending.cannot_mend`` when neither is so, or it is on its way already;
                ``desk.sending.being_corrected`` when the clerk has begun to correct it: that is sent by
                :meth:`villagedesk.desk.intake.Intake.send_corrected`, which checks it.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            case = _case(transaction, case_id)
            if transaction.correction(case_id) is not None:
                raise InputProblem("desk.sending.being_corrected")
            pages = tuple(transaction.pages(case_id))
            send_again(transaction, case, pages, self._acting.clerk, self._station, self._clock.now(), {})

        self._store.write(work).result()
        self._kick()

    def drop(self, case_id: str, reason: str) -> None:
        """Give up what of a case is in the tray; logged with the clerk's reason. The case and its papers stay.

        Args:
            reason: in the clerk's words.

        Raises:
            InputProblem: ``desk.sending.reason_empty``, ``desk.sending.reason_long`` (``limit``), both with the field
                ``reason``; ``desk.sending.cannot_drop`` when nothing of the case is in the tray; ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        said = unicodedata.normalize("NFC", " ".join(reason.split()))
        if not said:
            raise InputProblem("desk.sending.reason_empty", field="reason")
        if len(said) > _LONGEST_REASON:
            raise InputProblem("desk.sending.reason_long", field="reason", limit=_LONGEST_REASON)
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            case = _case(transaction, case_id)
            rows = transaction.outbox_of_case(case_id)
            stuck = [row for row in rows if row.state in TRAY_STATES]
            if not stuck:
                raise InputProblem("desk.sending.cannot_drop")
            for row in stuck:
                decisions.drop(transaction, row.action_id, self._acting.clerk, now)
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "reason", detail={"reason": said}))
            if case.status is CaseStatus.RECEIVED and any(row.state is SendingState.SENT for row in rows):
                # An earlier revision is there and its correction still asked for: that must not fall from sight.
                returned = CaseStatus.RETURNED
                transaction.put_case(replace(case, status=returned, updated_at=now))
                transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "status", case.status, returned))
            close_if_nothing_went(transaction, case_id, self._acting.clerk, now)

        self._store.write(work).result()

    def _decide(self, action_id: str, *, pause: bool) -> None:
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            decide = decisions.pause if pause else decisions.resume
            decide(transaction, action_id, self._acting.clerk, now)

        try:
            self._store.write(work).result()
        except (KeyError, NoSuchTransition):
            raise InputProblem("desk.sending.cannot_pause" if pause else "desk.sending.cannot_resume") from None


def _case(snapshot: Snapshot, case_id: str) -> Case:
    try:
        return snapshot.case(case_id)
    except KeyError:
        raise InputProblem("intake.gone") from None


def _queue_row(snapshot: Snapshot, row: OutboxRow, online: bool, paused: bool, by_hand: bool) -> QueueRow:
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
        state=sending_sentence(case.status, row, whole, len(pages), online=online, paused=paused, by_hand=by_hand),
        bytes_done=sent,
        bytes_total=sum(pages.values()),
    )


def _queue(rows: Sequence[QueueRow], by_hand: bool) -> Sentence:
    waiting = [row for row in rows if row.row.state in OPEN_STATES]
    if by_hand:
        count = len({row.row.case_id for row in waiting})
        return Sentence("bridge.queue", {"count": count}) if count else Sentence("bridge.queue_empty", {}, "good")
    if not waiting:
        return Sentence("desk.sending.queue_empty", {}, "good")
    left = sum(max(0, row.bytes_total - row.bytes_done) for row in waiting)
    params = {"count": len({row.row.case_id for row in waiting}), "size": size_text(left)}
    return Sentence("desk.sending.queue", params)


def _advice_unknown(count: int) -> Sentence | None:
    """Changes were told that no case here can take, e.g. of cases taken in before the PC was replaced."""
    return Sentence("desk.sending.advice_unknown", {"count": count}, "warn") if count else None


def _advice(rows: Sequence[QueueRow], all_paused: bool) -> Sentence | None:
    if all_paused:  # what is in the tray stands among the rows; that nothing moves stands nowhere else
        return Sentence("desk.sending.advice_all_paused", {}, "warn")
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

"""The queue and the link in words, and the clerk's say in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.missing_reading import count_unexplained
from villagedesk.desk.queue_reading import MOST_ROWS, Queue, read_queue
from villagedesk.desk.reasons import reason_of
from villagedesk.desk.sending_again import send_again
from villagedesk.desk.sending_history import HistoryLine, row_history
from villagedesk.desk.sending_words import Around
from villagedesk.desk.station_wait import reason_of as why_all_wait
from villagedesk.desk.taking_back import close_if_nothing_went, stand_without_it
from villagedesk.desk.views import SendingView, Sentence
from villagedesk.desk.wording import size_text
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import TRAY_STATES, SendingState, is_held_for_hands, is_perhaps_entered
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.sync import decisions
from villagedesk.sync.table import NoSuchTransition


class Sending:
    """What waits, what is on its way, and the link. Calls block and may come from several threads.

    Args:
        station: written into what is sent again.
        kick: tells the sync engine to try now; only where the clerk says so.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        link: LinkWords,
        station: StationFile,
        kick: Callable[[], None],
        acting: Acting,
        clocks: Clocks,
    ) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._station = station
        self._kick = kick
        self._acting = acting
        self._clocks = clocks

    def view(self, limit: int = MOST_ROWS) -> SendingView:
        """Link, queue and advice. The queue is what is open or in the tray; a row with its receipt has left it (I3).

        Somebody who may see no persons gets no rows.

        Args:
            limit: rows to read whole; the others are counted.
        """
        by_hand = self._link.by_hand()
        rate = self._link.bytes_per_second()
        around = Around(self._clock.now(), self._link.online(), bytes_per_second=rate, by_hand=by_hand)
        wait = self._link.station_wait()
        if wait is not None:
            around = replace(around, why=why_all_wait(wait), until=wait.until)
        shown = limit if self._acting.may(Right.SEE_PERSONS) else 0

        def work(snapshot: Snapshot) -> tuple[Queue, int]:
            return read_queue(snapshot, self._clocks, around, shown), count_unexplained(snapshot)

        queue, unknown = self._store.read(work)
        ours = self._link.advice()  # of a full disk or a wrong clock nothing else tells; that all wait, each row says
        held = None if by_hand else _advice(queue, None if ours else self._link.waits())
        advice = held or ours or _advice_unknown(unknown)
        more = sum(queue.states.values()) - len(queue.rows) if shown else 0
        sentence = _queue_sentence(queue, by_hand=by_hand)
        link = self._link.link()
        login = queue.login and not by_hand
        return SendingView(link, sentence, advice, queue.rows, around.online, queue.paused, more, by_hand, login)

    def history(self, action_id: str) -> tuple[HistoryLine, ...]:
        """What happened to a row so far, oldest first. Raises InputProblem ``intake.gone``."""
        self._acting.need(Right.SEE_PERSONS)

        def work(snapshot: Snapshot) -> tuple[HistoryLine, ...]:
            row = snapshot.outbox_row(action_id)
            return row_history(row, snapshot.events(row.case_id))

        try:
            return self._store.read(work)
        except KeyError:
            raise InputProblem("intake.gone") from None

    def send_first(self, action_id: str) -> None:
        """Send one row before all others, and now; one that was held goes on. Logged.

        Raises:
            InputProblem: ``desk.sending_first.all_paused`` while the whole queue is stopped;
                ``desk.sending_first.by_hand`` for what is held back because it was entered by hand, or may have been;
                ``desk.sending_first.cannot`` when it is sent, in the tray, or gone.
        """
        self._acting.need(Right.WORK)
        now, clerk = self._clock.now(), self._acting.clerk

        def work(transaction: Transaction) -> None:
            if decisions.queue_is_paused(transaction):
                raise InputProblem("desk.sending_first.all_paused")
            row = transaction.outbox_row(action_id)
            if is_held_for_hands(row):
                raise InputProblem("desk.sending_first.by_hand")
            if row.state is SendingState.PAUSED:
                decisions.resume(transaction, action_id, clerk, now)
            decisions.put_first(transaction, action_id, clerk, now)

        try:
            self._store.write(work).result()
        except (KeyError, NoSuchTransition):
            raise InputProblem("desk.sending_first.cannot") from None
        self._kick()

    def send_now(self) -> None:
        """Do not wait for the next time: try at once. It decides nothing, so everybody may."""
        self._kick()

    def pause(self, action_id: str) -> None:
        """Hold a row back; logged as the clerk's decision. Raises InputProblem ``desk.sending.cannot_pause``."""
        self._acting.need(Right.WORK)
        self._acting.need(Right.WORK)
        self._decide(action_id, decisions.pause, "desk.sending.cannot_pause")

    def resume(self, action_id: str, *, looked_up: bool = False) -> None:
        """Let a held row go on; logged.

        Args:
            looked_up: the clerk has looked in the acceptance system, and the case is not there.

        Raises:
            InputProblem: ``desk.sending.look_up_first`` for a row that may be there, unless it was looked up;
                ``desk.sending.cannot_resume``.
        """
        self._acting.need(Right.WORK)

        def decide(transaction: Transaction, action_id: str, clerk: str, now: datetime) -> None:
            if is_perhaps_entered(transaction.outbox_row(action_id)) and not looked_up:
                raise InputProblem("desk.sending.look_up_first")
            decisions.resume(transaction, action_id, clerk, now)

        self._decide(action_id, decide, "desk.sending.cannot_resume")

    def pause_all(self) -> None:
        """Stop the whole queue, also what is taken in from now on; logged with every row that waits."""
        self._acting.need(Right.WORK)
        now = self._clock.now()
        self._store.write(lambda transaction: decisions.pause_queue(transaction, self._acting.clerk, now)).result()

    def resume_all(self) -> Sentence | None:
        """Let the whole queue go on; logged with every row. Gives what stays held, None when nothing does: what was
        paused one by one, and what may have been entered by hand."""
        self._acting.need(Right.WORK)
        now, clerk = self._clock.now(), self._acting.clerk
        still = self._store.write(lambda transaction: decisions.resume_queue(transaction, clerk, now)).result()
        if not any(still):
            return None
        key = "both" if all(still) else "singly" if still.singly else "for_hands"
        return Sentence(f"desk.sending.still_held.{key}", still._asdict(), "warn")

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
            case = case_here(transaction, case_id)
            if transaction.correction(case_id) is not None:
                raise InputProblem("desk.sending.being_corrected")
            pages = tuple(transaction.pages(case_id))
            send_again(transaction, case, pages, self._acting.clerk, self._station, self._clock.now(), {})

        self._store.write(work).result()

    def drop(self, case_id: str, reason: str) -> None:
        """Give up what of a case is in the tray; logged with the clerk's reason. The case and its papers stay.

        Args:
            reason: in the clerk's words.

        Raises:
            InputProblem: ``desk.sending.reason_empty``, ``desk.sending.reason_long`` (``limit``), both with the field
                ``reason``; ``desk.sending.cannot_drop`` when nothing of the case is in the tray; ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        said = reason_of(reason)
        now = self._clock.now()

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            rows = transaction.outbox_of_case(case_id)
            stuck = [row for row in rows if row.state in TRAY_STATES]
            if not stuck:
                raise InputProblem("desk.sending.cannot_drop")
            for row in stuck:
                decisions.drop(transaction, row.action_id, self._acting.clerk, now)
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "reason", detail={"reason": said}))
            stand_without_it(transaction, case, self._acting.clerk, now)
            close_if_nothing_went(transaction, case_id, self._acting.clerk, now)

        self._store.write(work).result()

    def _decide(self, action_id: str, decide: Callable[[Transaction, str, str, datetime], object], cannot: str) -> None:
        now = self._clock.now()
        try:
            self._store.write(lambda transaction: decide(transaction, action_id, self._acting.clerk, now)).result()
        except (KeyError, NoSuchTransition):
            raise InputProblem(cannot) from None


def _queue_sentence(queue: Queue, *, by_hand: bool) -> Sentence:
    if by_hand:
        count = queue.open_cases
        return Sentence("bridge.queue", {"count": count}) if count else Sentence("bridge.queue_empty", {}, "good")
    if not queue.open_cases:
        return Sentence("desk.sending.queue_empty", {}, "good")
    params = {"count": queue.open_cases, "size": size_text(queue.bytes_left)}
    return Sentence("desk.sending.queue", params)


def _advice_unknown(count: int) -> Sentence | None:
    """Changes were told that no case here can take, e.g. of cases taken in before the PC was replaced."""
    return Sentence("desk.sending.advice_unknown", {"count": count}, "warn") if count else None


def _advice(queue: Queue, all_wait: Sentence | None) -> Sentence | None:
    if queue.paused:  # what is in the tray stands among the rows; that nothing moves stands nowhere else
        return Sentence("desk.sending.advice_all_paused", {}, "warn")
    tray = sum(queue.states.get(state, 0) for state in TRAY_STATES)
    if tray:
        return Sentence("desk.sending.advice_tray", {"count": tray}, "bad")
    if queue.login:
        return Sentence("desk.sending.advice_login", {}, "bad")
    if all_wait is not None:  # before what concerns single rows
        return all_wait
    if queue.look_up:
        return Sentence("desk.sending.advice_look_up", {"count": queue.look_up}, "warn")
    paused = queue.states.get(SendingState.PAUSED, 0) - queue.to_enter
    if paused > 0:
        return Sentence("desk.sending.advice_paused", {"count": paused}, "warn")
    return None

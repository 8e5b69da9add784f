"""Papers carried to the township 移交 in batches: packed, listed, signed for, and what came back unsigned or short.

A batch's list is fixed when it is packed. Its cases count as handed over only when the clerk notes that somebody signed
for them; what nobody signed for lies at the window again, and what the township counted otherwise stays on the list of
things to do until it is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.handover_reading import ORGAN, batch_here, carry_view, papers_to_carry, to_carry, view_of
from villagedesk.desk.handover_views import BatchView, Carried, CarryView, LineSaid
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.typed_day import typed_day
from villagedesk.domain.case import ON, Case, CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.handover import AT_TOWNSHIP, Batch, BatchState, HandoverLine, LineOutcome, packed_in
from villagedesk.domain.life_cycle import CaseChange, after
from villagedesk.domain.paper_no import PaperMark, PaperNo
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.typed_text import one_line

MOST_CASES = 100
"""In one batch: more no bag holds, and no list is checked."""
MOST_SHEETS = 9_999
_LONGEST = 100


class HandoverDesk:
    """Calls block and may come from several threads. What takes a batch_no raises InputProblem ``handover.gone`` when
    there is no such batch."""

    def __init__(self, store: Store, clock: Clock, clocks: Clocks, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._clocks = clocks
        self._acting = acting

    def view(self) -> CarryView:
        """What is to be carried, and the batches under way."""
        self._acting.need(Right.SEE_PERSONS)
        return self._store.read(lambda snapshot: carry_view(snapshot, self._clocks, self._today()))

    def batch(self, batch_no: str) -> BatchView:
        """One batch, also one that is closed."""
        self._acting.need(Right.SEE_PERSONS)
        return self._store.read(lambda snapshot: view_of(snapshot, batch_here(snapshot, batch_no), self._today()))

    def pack(self, sheets: Mapping[str, int], organ: str) -> str:
        """Put these cases into one bag; their list is fixed. Gives the batch's number.

        Args:
            sheets: by case_id, in the order of the list: how many sheets of paper of it go along, as counted.
            organ: where it goes.

        Raises:
            InputProblem: ``handover.none``, ``handover.too_many`` (``most``); ``handover.not_to_carry`` (``name``) when
                one is no proxy case whose papers lie here, or is packed already; ``handover.no_sheets`` (``name``)
                when the count of one is none; ``handover.organ_empty``, ``handover.organ_long`` (``limit``) with the
                field ``organ``.
        """
        self._acting.need(Right.WORK)
        where = _line(organ, "organ", "handover.organ_empty", "handover.organ_long")
        if not sheets:
            raise InputProblem("handover.none")
        if len(sheets) > MOST_CASES:
            raise InputProblem("handover.too_many", most=MOST_CASES)

        def work(transaction: Transaction) -> str:
            now = self._clock.now()
            lines = [self._to_pack(transaction, case_id, count) for case_id, count in sheets.items()]
            number = PaperNo(PaperMark.BATCH, transaction.take_local_no(now.astimezone(SHANGHAI).date()))
            batch = Batch(str(number), BatchState.PACKED, where, self._acting.clerk, now, tuple(lines))
            transaction.put_batch(batch)
            transaction.put_setting(ORGAN, where)
            for line in lines:
                detail = {"batch": batch.batch_no, "sheets": str(line.sheets), "organ": where}
                self._log(transaction, line.case_id, "packed", now, detail)
            return batch.batch_no

        return self._store.write(work).result()

    def leave_out(self, batch_no: str, case_id: str, reason: str) -> None:
        """Take one case out of the bag again, before it is carried; without any left the batch is dropped.

        Raises:
            InputProblem: ``handover.not_packed``; ``life.reason_empty``, ``life.reason_long`` (``limit``) with the
                field ``reason``.
        """
        said = self._reason(reason)

        def work(transaction: Transaction) -> None:
            batch, now = self._packed(transaction, batch_no), self._clock.now()
            line = _line_of(batch, case_id)
            if line.outcome is not LineOutcome.OPEN:
                raise InputProblem("handover.not_packed")
            left = _with_line(batch, replace(line, outcome=LineOutcome.LEFT_OUT, words=said))
            if not left.on_the_list:
                left = replace(left, state=BatchState.DROPPED, note=said)
            transaction.put_batch(left)
            self._log(transaction, case_id, "unpacked", now, {"batch": batch_no, "reason": said})

        self._store.write(work).result()

    def drop(self, batch_no: str, reason: str) -> None:
        """The whole bag is unpacked; it was never carried. Raises as :meth:`leave_out`."""
        said = self._reason(reason)

        def work(transaction: Transaction) -> None:
            batch, now = self._packed(transaction, batch_no), self._clock.now()
            lines = [
                replace(line, outcome=LineOutcome.LEFT_OUT) if line.outcome is LineOutcome.OPEN else line
                for line in batch.lines
            ]
            transaction.put_batch(replace(batch, state=BatchState.DROPPED, note=said, lines=tuple(lines)))
            for line in batch.on_the_list:
                self._log(transaction, line.case_id, "unpacked", now, {"batch": batch_no, "reason": said})

        self._store.write(work).result()

    def carried(self, batch_no: str, said: Carried) -> BatchView:
        """The bag was carried, and somebody signed for it, but for what is said to be otherwise.

        Raises:
            InputProblem: ``handover.not_packed``; ``life.receiver_empty``, ``life.receiver_long`` (``limit``) with the
                field ``receiver``; ``day.unknown``, ``day.future``, ``day.before`` with
                ``on``; ``handover.no_count`` or ``handover.same_count`` (``name``) with the field ``counted``,
                ``handover.no_words`` (``name``) with the field ``words``, of one line.
        """
        self._acting.need(Right.WORK)
        receiver = _line(said.receiver, "receiver", "life.receiver_empty", "life.receiver_long")

        def work(transaction: Transaction) -> BatchView:
            batch, now = self._packed(transaction, batch_no), self._clock.now()
            on = typed_day(said.on, batch.made_at.astimezone(SHANGHAI).date(), self._today())
            lines = []
            for line in batch.lines:
                if line.outcome is LineOutcome.OPEN:
                    given = said.lines.get(line.case_id, LineSaid(LineOutcome.TAKEN))
                    lines.append(self._signed_for(transaction, batch, line, given, receiver, on, now))
                else:
                    lines.append(line)
            carried = replace(batch, lines=tuple(lines), receiver=receiver, handed_on=on.isoformat())
            some = any(line.outcome in (LineOutcome.TAKEN, LineOutcome.SHORT) for line in lines)
            carried = replace(carried, state=BatchState.CARRIED if some else BatchState.CLOSED)
            transaction.put_batch(carried)
            return view_of(transaction, carried, self._today())

        return self._store.write(work).result()

    def check(self, batch_no: str, case_id: str, said: LineSaid) -> None:
        """Whether :meth:`carried` would take what is said of one case. Nothing is written.

        Raises:
            InputProblem: as :meth:`carried`, of one line.
        """
        self._acting.need(Right.WORK)

        def work(snapshot: Snapshot) -> None:
            line = _line_of(batch_here(snapshot, batch_no), case_id)
            _checked(line, said, case_here(snapshot, case_id).applicant.name)

        self._store.read(work)

    def found_short(self, batch_no: str, case_id: str, said: LineSaid) -> None:
        """Sheets of a case that was signed for are missing after all, or were one too many: the batch is open until
        that is settled.

        Args:
            said: with :attr:`LineOutcome.SHORT`.

        Raises:
            InputProblem: ``handover.not_at_township`` when it was not signed for as whole; and as :meth:`check`.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            batch, now = batch_here(transaction, batch_no), self._clock.now()
            line = _line_of(batch, case_id)
            if line.outcome not in (LineOutcome.TAKEN, LineOutcome.SETTLED):
                raise InputProblem("handover.not_at_township")
            found = _checked(line, said, case_here(transaction, case_id).applicant.name)
            transaction.put_batch(replace(_with_line(batch, found), state=BatchState.CARRIED))
            self._log_short(transaction, found, batch_no, now)

        self._store.write(work).result()

    def settle(self, batch_no: str, case_id: str, words: str) -> None:
        """What the township missed of a case is found, or was sent after.

        Raises:
            InputProblem: ``handover.not_short``; ``life.words_empty``, ``life.words_long`` (``limit``) with the field
                ``words``.
        """
        self._acting.need(Right.WORK)
        said = _line(words, "words", "life.words_empty", "life.words_long")

        def work(transaction: Transaction) -> None:
            batch, now = batch_here(transaction, batch_no), self._clock.now()
            line = _line_of(batch, case_id)
            if line.outcome is not LineOutcome.SHORT:
                raise InputProblem("handover.not_short")
            transaction.put_batch(closed_where_done(_with_line(batch, replace(line, outcome=LineOutcome.SETTLED))))
            self._log(transaction, case_id, "handover_settled", now, {"batch": batch_no, "words": said})

        self._store.write(work).result()

    def close_without_list(self, batch_no: str, reason: str) -> None:
        """The signed list does not come back any more. Raises InputProblem ``handover.not_carried``;
        ``handover.still_short`` while sheets of a case are missing; and of the reason as :meth:`leave_out`."""
        said = self._reason(reason)

        def work(transaction: Transaction) -> None:
            batch, now = batch_here(transaction, batch_no), self._clock.now()
            if batch.state is not BatchState.CARRIED or batch.signed:
                raise InputProblem("handover.not_carried")
            if batch.short:
                raise InputProblem("handover.still_short")
            transaction.put_batch(replace(batch, state=BatchState.CLOSED, note=said))
            for line in batch.lines:
                if line.outcome in AT_TOWNSHIP:
                    detail = {"batch": batch_no, "reason": said}
                    self._log(transaction, line.case_id, "handover_unsigned", now, detail)

        self._store.write(work).result()

    def _to_pack(self, transaction: Transaction, case_id: str, sheets: int) -> HandoverLine:
        case = case_here(transaction, case_id)
        name = case.applicant.name
        bagged = packed_in(transaction, case_id) is not None
        if not to_carry(case) or bagged:
            raise InputProblem("handover.not_to_carry", name=name)
        if not 0 < sheets <= MOST_SHEETS:
            raise InputProblem("handover.no_sheets", name=name)
        papers, copies, _ = papers_to_carry(case, transaction.pages(case_id))
        return HandoverLine(case_id, papers, copies, sheets)

    def _signed_for(
        self,
        transaction: Transaction,
        batch: Batch,
        line: HandoverLine,
        given: LineSaid,
        receiver: str,
        on: date,
        now: datetime,
    ) -> HandoverLine:
        """What was said of one line, checked and noted with its case."""
        case = case_here(transaction, line.case_id)
        if not to_carry(case):  # it is over since it was packed, or goes out by itself; its papers were taken out
            return replace(line, outcome=LineOutcome.LEFT_OUT)
        said, number = _checked(line, given, case.applicant.name), batch.batch_no
        if said.outcome is LineOutcome.REFUSED:
            self._log(transaction, line.case_id, "handover_refused", now, {"batch": number, "words": said.words})
            return said
        self._hand_over(transaction, case, now, {"receiver": receiver, "batch": number, ON: on.isoformat()})
        if said.outcome is LineOutcome.SHORT:
            self._log_short(transaction, said, number, now)
        return said

    def _log_short(self, transaction: Transaction, line: HandoverLine, batch_no: str, now: datetime) -> None:
        counts = {"sheets": str(line.sheets), "counted": str(line.counted), "words": line.words}
        self._log(transaction, line.case_id, "handover_short", now, {"batch": batch_no, **counts})

    def _hand_over(self, transaction: Transaction, case: Case, now: datetime, detail: Mapping[str, str]) -> None:
        status = after(case.status, CaseChange.HANDED_OVER)
        transaction.put_case(replace(case, status=status, updated_at=now))
        kind = CaseChange.HANDED_OVER.value
        transaction.append_event(
            CaseEvent(case.case_id, now, self._acting.clerk, kind, case.status, status, dict(detail))
        )

    def _packed(self, transaction: Transaction, batch_no: str) -> Batch:
        batch = batch_here(transaction, batch_no)
        if batch.state is not BatchState.PACKED:
            raise InputProblem("handover.not_packed")
        return batch

    def _log(self, transaction: Transaction, case_id: str, kind: str, now: datetime, detail: Mapping[str, str]) -> None:
        said = {name: text for name, text in detail.items() if text}
        transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, kind, detail=said))

    def _reason(self, reason: str) -> str:
        self._acting.need(Right.WORK)
        return _line(reason, "reason", "life.reason_empty", "life.reason_long")

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()


def closed_where_done(batch: Batch) -> Batch:
    """The same, closed where the signed list lies here and nothing of it is short."""
    done = batch.state is BatchState.CARRIED and batch.signed and not batch.short
    return replace(batch, state=BatchState.CLOSED) if done else batch


def _line_of(batch: Batch, case_id: str) -> HandoverLine:
    try:
        return batch.line(case_id)
    except KeyError:
        raise InputProblem("handover.gone") from None


def _with_line(batch: Batch, line: HandoverLine) -> Batch:
    return replace(batch, lines=tuple(line if one.case_id == line.case_id else one for one in batch.lines))


def _checked(line: HandoverLine, said: LineSaid, name: str) -> HandoverLine:
    """The line as it is once this is said of it."""
    words = one_line(said.words)
    if len(words) > _LONGEST:
        raise InputProblem("life.words_long", field="words", limit=_LONGEST)
    if said.outcome is LineOutcome.REFUSED and not words:
        raise InputProblem("handover.no_words", field="words", name=name)
    counted = _counted(said.counted, line, name) if said.outcome is LineOutcome.SHORT else None
    return replace(line, outcome=said.outcome, counted=counted, words=words)


def _counted(typed: str, line: HandoverLine, name: str) -> int:
    text = one_line(typed)
    if not text.isdecimal() or int(text) > MOST_SHEETS:
        raise InputProblem("handover.no_count", field="counted", name=name)
    if int(text) == line.sheets:
        raise InputProblem("handover.same_count", field="counted", name=name)
    return int(text)


def _line(typed: str, field: str, empty: str, long: str) -> str:
    said = one_line(typed)
    if not said:
        raise InputProblem(empty, field=field)
    if len(said) > _LONGEST:
        raise InputProblem(long, field=field, limit=_LONGEST)
    return said

"""The official number of a case that was entered by hand, and what the acceptance system says of it afterwards.

With the number the clerk attests that the acceptance system has taken the submission, as its receipt does where there
is an interface: the case becomes *submitted* by the same change (:attr:`CaseChange.COMMITTED`), and reads 已录入, never
已上报. Whether it was accepted is a state of its own, noted when the system shows it. The organ's notice is printed in
that system, not here: it was issued there (I7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.bridge import waiting_rows_of
from villagedesk.desk.case_here import case_here
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.not_entered import take_entry_back
from villagedesk.desk.number_checks import (
    LONGEST_NUMBER,
    ask_to_look_again,
    plain_number,
    refuse_taken,
    remember_length,
)
from villagedesk.desk.told_by_hand import NEEDS_WORDS, NOTED, SAID_AS, stop_said
from villagedesk.desk.typed_day import first_day_of, some_moment_of, typed_day
from villagedesk.domain.case import ON, Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.clock_stops import STOP_DETAIL
from villagedesk.domain.life_cycle import CaseChange, Conclusion, after
from villagedesk.domain.outbox import OutboxRow, goes_by_hand
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.station import StationFile
from villagedesk.domain.typed_text import one_line
from villagedesk.domain.unsent import went_on
from villagedesk.sync import decisions
from villagedesk.sync.missing import number_let_go

_LONGEST_WORDS = 500


@dataclass(frozen=True)
class NumberGiven:
    """What the clerk copied from the acceptance system.

    Args:
        number, query_code: as typed or scanned; the code may be empty.
        on: day it was entered there, as typed; "" for today.
        looked_again: the clerk was asked to look again, and it is the system's number.
    """

    number: str
    query_code: str = ""
    on: str = ""
    looked_again: bool = False


def notable(case: Case, rows: Sequence[OutboxRow]) -> tuple[CaseChange, ...]:
    """What the acceptance system may have said of a case that was entered there by hand, or before this program kept
    the register; nothing for any other.

    Args:
        rows: of the case.
    """
    from_paper = not rows and case.mode is HandlingMode.SYSTEM and bool(case.acceptance_no)
    return NOTED.get(case.status, ()) if from_paper or goes_by_hand(rows) else ()


class OfficialNumbers:
    """Numbers and states that a clerk brings back by hand. Calls block and may come from several threads."""

    def __init__(self, store: Store, clock: Clock, link: LinkWords, station: StationFile, acting: Acting) -> None:
        self._store = store
        self._clock = clock
        self._link = link
        self._station = station
        self._acting = acting

    def enter(self, case_id: str, given: NumberGiven) -> str:
        """The case was entered, and this is its number: nothing of it is sent any more. Gives the number as it is kept.

        Raises:
            InputProblem: with the field ``number``: ``bridge.number_empty``, ``bridge.number_long`` (``limit``),
                ``bridge.number_given`` (``local_no``, ``name``, ``item``) when another case here has it, and what
                :func:`villagedesk.desk.number_checks.ask_to_look_again` raises; with ``query_code``:
                ``bridge.code_long`` (``limit``); with ``on``: ``day.unknown``, ``day.future``,
                ``day.before``; ``intake.gone``; ``bridge.not_waiting`` when it is entered already, or goes out
                by itself.
        """
        self._acting.need(Right.WORK)
        number, code = self._number(given), _code(given.query_code)

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            rows = waiting_rows_of(transaction, case_id, by_hand=self._link.by_hand())
            if not rows:
                raise InputProblem("bridge.not_waiting")
            self._check(transaction, case, number, given)
            day = self._day(given.on, case)
            for row in rows:
                decisions.enter_by_hand(transaction, row.action_id, self._acting.clerk, now)
            status = after(case.status, CaseChange.COMMITTED)
            transaction.put_case(
                replace(
                    case,
                    status=status,
                    acceptance_no=number,
                    query_code=code or case.query_code,
                    updated_at=now,
                )
            )
            detail = {"number": number, "query_code": code, "on": day.isoformat(), "revision": str(case.revision)}
            if case.acceptance_no:  # given again with a correction
                detail |= {"before": case.acceptance_no, "code_before": case.query_code}
                number_let_go(transaction)
            self._log(transaction, case, "number_entered", now, detail, status)
            remember_length(transaction, number)

        self._store.write(work).result()
        return number

    def correct(self, case_id: str, given: NumberGiven, reason: str) -> str:
        """The number was mistyped: another takes its place, and the old one stays in the log. Gives the number as kept.

        Raises:
            InputProblem: as :meth:`enter`; ``bridge.number_same`` with the field ``number`` when it is the number that
                the case has, with the same code; ``life.reason_empty``, ``life.reason_long`` (``limit``) with the field
                ``reason``; ``bridge.no_number`` when the case was not entered by hand.
        """
        self._acting.need(Right.WORK)
        number, code = self._number(given), _code(given.query_code)
        said = _reason(reason)

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            if not case.acceptance_no or not goes_by_hand(transaction.outbox_of_case(case_id)):
                raise InputProblem("bridge.no_number")
            if (number, code or case.query_code) == (case.acceptance_no, case.query_code):
                raise InputProblem("bridge.number_same", field="number")
            self._check(transaction, case, number, given)
            kept_code = code or case.query_code
            transaction.put_case(replace(case, acceptance_no=number, query_code=kept_code, updated_at=now))
            number_let_go(transaction)
            detail = {"number": number, "before": case.acceptance_no, "reason": said}
            if kept_code != case.query_code:
                detail |= {"query_code": kept_code, "code_before": case.query_code}
            self._log(transaction, case, "number_corrected", now, detail)

        self._store.write(work).result()
        return number

    def take_back(self, case_id: str, reason: str) -> None:
        """It was not entered after all: the case is to be entered again, and its number is free for the case whose it
        is (:mod:`villagedesk.desk.not_entered`).

        Raises:
            InputProblem: ``life.reason_empty``, ``life.reason_long`` (``limit``) with the field ``reason``;
                ``bridge.went_on`` when something of the acceptance system was noted since;
                ``bridge.not_called_entered`` when the case does not stand on an entry by hand; ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        said = _reason(reason)

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            take_entry_back(transaction, case, self._acting.clerk, self._station, self._clock.now(), said)

        self._store.write(work).result()

    def note(
        self, case_id: str, change: CaseChange, words: str, on: str = "", result: str = "", stop: str = ""
    ) -> None:
        """What the acceptance system shows of a case that was entered by hand; logged as the clerk's.

        Args:
            words: what is wanted, the reason, or whatever is to be said; may be empty where nothing must be told.
            on: the day it happened there, as typed; "" for today.
            result: how it ended, a :class:`Conclusion`, of :attr:`CaseChange.CONCLUDED`.
            stop: for what, as :func:`stop_said` takes it, of :attr:`CaseChange.SUSPENDED`.

        Raises:
            InputProblem: ``domain.life_cycle.not_possible`` when it cannot be so now; ``life.reason_empty`` or
                ``life.words_long`` (``limit``) with the field ``words``; ``life.result_unknown`` with ``result``;
                ``life.stop_unknown`` with ``stop``; ``day.unknown``, ``day.future``, ``day.before`` with ``on``;
                ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        said, stopped = one_line(words), stop_said(change, stop)
        if change in NEEDS_WORDS and not said:
            raise InputProblem("life.reason_empty", field="words")
        if len(said) > _LONGEST_WORDS:
            raise InputProblem("life.words_long", field="words", limit=_LONGEST_WORDS)
        if change is CaseChange.CONCLUDED and result not in {*Conclusion}:
            raise InputProblem("life.result_unknown", field="result")

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            if change not in notable(case, transaction.outbox_of_case(case_id)):
                raise InputProblem("domain.life_cycle.not_possible")
            day = self._day(on, case)
            status = after(case.status, change)
            accepted_at = None if change is CaseChange.REFUSED else case.accepted_at
            if change is CaseChange.ACCEPTED:
                accepted_at = some_moment_of(day, now)
            transaction.put_case(replace(case, status=status, updated_at=now, accepted_at=accepted_at))
            # in the shape of what the system tells over the wire, so that clocks and time line read it alike
            detail = {"change": str(change), "sequence": "0", "at": day.isoformat(), "applied": "yes", "by_hand": "yes"}
            if day != now.astimezone(SHANGHAI).date():
                detail[ON] = day.isoformat()
            if said:
                detail[SAID_AS.get(change, "value.reason")] = said
            detail |= {"result": result, STOP_DETAIL: stopped}
            detail |= went_on(transaction, case, status)
            self._log(transaction, case, "change", now, detail, status)

        self._store.write(work).result()

    @staticmethod
    def _check(snapshot: Snapshot, case: Case, number: str, given: NumberGiven) -> None:
        refuse_taken(snapshot, case, number)
        if not given.looked_again and number != case.acceptance_no:
            ask_to_look_again(snapshot, case, number)

    def _number(self, given: NumberGiven) -> str:
        number = plain_number(given.number)
        if not number:
            raise InputProblem("bridge.number_empty", field="number")
        if len(number) > LONGEST_NUMBER:
            raise InputProblem("bridge.number_long", field="number", limit=LONGEST_NUMBER)
        return number

    def _day(self, typed: str, case: Case) -> date:
        return typed_day(typed, first_day_of(case), self._clock.now().astimezone(SHANGHAI).date())

    def _log(
        self,
        transaction: Transaction,
        case: Case,
        kind: str,
        now: datetime,
        detail: Mapping[str, str],
        status: CaseStatus | None = None,
    ) -> None:
        # a conclusion that is noted again sets the one before right, and is looked for by its state
        moved = status is not None and (status is not case.status or status is CaseStatus.CONCLUDED)
        before, to = (case.status, status) if moved else (None, None)
        said = {name: text for name, text in detail.items() if text}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, kind, before, to, said))


def _reason(typed: str) -> str:
    said = one_line(typed)
    if not said:
        raise InputProblem("life.reason_empty", field="reason")
    if len(said) > _LONGEST_WORDS:
        raise InputProblem("life.reason_long", field="reason", limit=_LONGEST_WORDS)
    return said


def _code(typed: str) -> str:
    code = plain_number(typed)
    if len(code) > LONGEST_NUMBER:
        raise InputProblem("bridge.code_long", field="query_code", limit=LONGEST_NUMBER)
    return code

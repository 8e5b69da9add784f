"""好差评 and 回访: the villager says how it was, and whoever was not satisfied is called back.

What she said is kept as she said it: there is no way to change it here, and the clerk has none to say it for her.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.follow_up import LONGEST_DAYS, MOST_IN, FollowUp, FollowUpRules, keep_rules, rules_of
from villagedesk.desk.taking_back import action_row
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.evaluation import (
    CALLED_BACK,
    DECLINED,
    EVALUATED,
    CallBack,
    CallCause,
    CallOutcome,
    Evaluation,
    Level,
    PoorReason,
    Stage,
    reason_text,
)
from villagedesk.domain.life_cycle import CLOSED
from villagedesk.domain.masking import mask_phone
from villagedesk.domain.outbox import SENDS, Operation, OutboxRow, SendingState, goes_by_hand
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.station import StationFile
from villagedesk.domain.typed_text import one_line

_LONGEST = 200
_MOST = 200
"""Call-backs that are read and shown; the others are counted."""
_HANDED_OUT = frozenset({CaseStatus.DELIVERED, CaseStatus.ARCHIVED})
_UP_TO_RESULT = frozenset(CaseStatus) - CLOSED - _HANDED_OUT - {CaseStatus.DRAFT}


@dataclass(frozen=True)
class CallBackRow:
    """A line of the list.

    Args:
        phone: masked unless whole numbers were asked for.
        level, reason: what the villager said, of :attr:`CallCause.POOR`; None and "" otherwise.
        days: to its last day, negative when that is over.
    """

    call_back: CallBack
    local_no: str
    applicant_name: str
    phone: str
    item_name: str
    level: Level | None
    reason: str
    days: int


@dataclass(frozen=True)
class CallBackView:
    """What is to be done; ``overdue`` of ``count`` are."""

    rows: tuple[CallBackRow, ...]
    count: int
    overdue: int


def rateable(case: Case, said: Sequence[Evaluation]) -> tuple[Stage, ...]:
    """The stage of which the villager can say how it was now.

    Args:
        said: of the case so far.
    """
    if case.mode is HandlingMode.GUIDED:
        return ()
    stage = Stage.DELIVERY if case.status in _HANDED_OUT else Stage.INTAKE
    if case.status not in _HANDED_OUT | _UP_TO_RESULT or any(one.stage is stage for one in said):
        return ()
    return (stage,)


class Evaluations:
    """Calls block and may come from several threads.

    Args:
        looked: notes that something masked was shown whole (``AuditDesk.unmasked``).
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        follow_up: FollowUp,
        station: StationFile,
        acting: Acting,
        looked: Callable[[str, str], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._follow_up = follow_up
        self._station = station
        self._acting = acting
        self._looked = looked

    def rules(self) -> FollowUpRules:
        """As they are set."""
        return self._store.read(rules_of)

    def set_rules(self, rules: FollowUpRules) -> None:
        """Set them; logged.

        Raises:
            InputProblem: ``evaluation.days`` (``most``) with the field ``days``, ``evaluation.one_in`` (``most``) with
                the field ``one_in``.
        """
        self._acting.need(Right.WORK)
        if not 1 <= rules.days <= LONGEST_DAYS:
            raise InputProblem("evaluation.days", field="days", most=LONGEST_DAYS)
        if not 1 < rules.one_in <= MOST_IN:
            raise InputProblem("evaluation.one_in", field="one_in", most=MOST_IN)
        detail = {"reason": str(rules.ask_reason), "days": str(rules.days), "after": str(rules.after)}
        event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, Deed.EVALUATION_SET, detail=detail)

        def work(transaction: Transaction) -> None:
            if rules_of(transaction) != rules:
                keep_rules(transaction, rules)
                transaction.append_event(event)

        self._store.write(work).result()

    def record(
        self, case_id: str, stage: Stage, level: Level, ticked: Sequence[PoorReason] = (), words: str = ""
    ) -> None:
        """Keep what the villager said, as she said it; the acceptance system hears of it where it has the case, and
        after a 差评 somebody calls back.

        Args:
            ticked, words: why she is not satisfied, may be empty; of any other level they are left out.

        Raises:
            InputProblem: ``evaluation.not_now`` when that stage is not, or something was said of it before;
                ``intake.gone``.
        """
        self._acting.need(Right.WORK)
        reason = reason_text(ticked, one_line(words)[:_LONGEST]) if level.is_poor else ""

        def work(transaction: Transaction) -> None:
            now, case = self._clock.now(), case_here(transaction, case_id)
            if stage not in rateable(case, transaction.evaluations(case_id)):
                raise InputProblem("evaluation.not_now")
            clerk = self._acting.clerk
            said = Evaluation(case_id, stage, level, reason, now, clerk)
            transaction.add_evaluation(said)
            transaction.put_case(replace(case, updated_at=now))
            detail = {"stage": stage.value, "level": str(int(level))}
            if _tells(case, transaction.outbox_of_case(case_id)):
                row = told_row(said, clerk, self._station, now)
                transaction.add_outbox(row)
                detail["action_id"] = row.action_id
            transaction.append_event(CaseEvent(case_id, now, clerk, EVALUATED, detail=detail))
            if level.is_poor:
                self._follow_up.plan(transaction, case, CallCause.POOR, clerk, now)

        self._store.write(work).result()

    def decline(self, case_id: str, stage: Stage) -> None:
        """She does not want to say anything; noted, so that nobody asks again by itself. Raises as :meth:`record`."""
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            now, case = self._clock.now(), case_here(transaction, case_id)
            if stage not in rateable(case, transaction.evaluations(case_id)):
                raise InputProblem("evaluation.not_now")
            transaction.put_case(replace(case, updated_at=now))
            detail = {"stage": stage.value}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, DECLINED, detail=detail))

        self._store.write(work).result()

    def call_backs(self, *, whole: bool = False) -> CallBackView:
        """Whom to call, the soonest due first.

        Args:
            whole: with whole telephone numbers, which is logged.
        """
        self._acting.need(Right.SEE_PERSONS)
        if whole:
            self._acting.need(Right.WORK)
            self._looked(STATION, "call_backs phone")
        today = self._today()

        def work(snapshot: Snapshot) -> CallBackView:
            rows = tuple(_row(snapshot, one, today, whole) for one in snapshot.open_call_backs(_MOST))
            return CallBackView(rows, snapshot.count_call_backs(), snapshot.count_call_backs(today))

        return self._store.read(work)

    def not_reached(self, call_back_id: str) -> date:
        """Nobody answered: it is tried again on the next working day, which it gives.

        Raises:
            InputProblem: ``evaluation.call_gone`` when it is done already.
        """

        def work(transaction: Transaction) -> date:
            today = self._today()
            return self._kept(
                transaction, call_back_id, lambda one: self._follow_up.put_off(one, today), {"reached": "no"}
            ).due_on

        self._acting.need(Right.WORK)
        return self._store.write(work).result()

    def done(self, call_back_id: str, words: str, *, solved: bool) -> date | None:
        """Somebody answered. What is not solved stays on the list as another call, until when it gives.

        Args:
            words: what was said.
            solved: it is all right now; the day is None then.

        Raises:
            InputProblem: as :meth:`not_reached`; ``evaluation.words_empty``, ``evaluation.words_long`` (``limit``) with
                the field ``words``.
        """
        said = _said(words)
        outcome = CallOutcome.SOLVED if solved else CallOutcome.UNSOLVED
        return self._end(call_back_id, outcome, said, {"reached": "yes"})

    def drop(self, call_back_id: str, reason: str) -> None:
        """Nobody need call any more. Raises as :meth:`done`, with the reason in the place of the words."""
        self._end(call_back_id, CallOutcome.NOT_NEEDED, _said(reason), {})

    def _end(self, call_back_id: str, outcome: CallOutcome, words: str, detail: dict[str, str]) -> date | None:
        def work(transaction: Transaction) -> date | None:
            now, clerk = self._clock.now(), self._acting.clerk
            kept = {**detail, "outcome": outcome.value, "words": words}
            ended = self._kept(
                transaction,
                call_back_id,
                lambda one: replace(one, done_at=now, outcome=outcome.value, words=words),
                kept,
            )
            if outcome is not CallOutcome.UNSOLVED:
                return None
            return self._follow_up.plan(transaction, transaction.case(ended.case_id), ended.cause, clerk, now).due_on

        self._acting.need(Right.WORK)
        return self._store.write(work).result()

    def _kept(
        self,
        transaction: Transaction,
        call_back_id: str,
        change: Callable[[CallBack], CallBack],
        detail: dict[str, str],
    ) -> CallBack:
        try:
            before = transaction.call_back(call_back_id)
        except KeyError:
            raise InputProblem("evaluation.call_gone") from None
        if before.done_at is not None:
            raise InputProblem("evaluation.call_gone")
        after, now = change(before), self._clock.now()
        case = transaction.case(before.case_id)
        transaction.put_call_back(after)
        transaction.put_case(replace(case, updated_at=now))
        said = {**detail, "tries": str(after.tries), "due": after.due_on.isoformat()}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, CALLED_BACK, detail=said))
        return after

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()


def told_row(said: Evaluation, clerk: str, station: StationFile, now: datetime) -> OutboxRow:
    """The queued action that tells the acceptance system what the villager said; ``clerk`` is who acts."""
    values = {"stage": said.stage.value, "level": str(int(said.level)), "reason": said.reason}
    told = {name: value for name, value in values.items() if value}
    return action_row(said.case_id, Operation.EVALUATE, told, clerk, station, now)


def _tells(case: Case, rows: Sequence[OutboxRow]) -> bool:
    """Whether the acceptance system has the case, or gets it: it hears of it after that."""
    if Operation.EVALUATE not in SENDS[case.mode] or goes_by_hand(rows):
        return False
    return any(row.operation is Operation.SUBMIT and row.state is not SendingState.CANCELLED for row in rows)


def _row(snapshot: Snapshot, one: CallBack, today: date, whole: bool) -> CallBackRow:
    case = snapshot.case(one.case_id)
    poor = [said for said in snapshot.evaluations(one.case_id) if said.level.is_poor]
    said = poor[-1] if poor and one.cause is CallCause.POOR else None
    phone = case.applicant.phone
    return CallBackRow(
        one,
        case.local_no or "",
        case.applicant.name,
        phone if whole else mask_phone(phone),
        case.item_name,
        None if said is None else said.level,
        "" if said is None else said.reason,
        (one.due_on - today).days,
    )


def _said(typed: str) -> str:
    said = one_line(typed)
    if not said:
        raise InputProblem("evaluation.words_empty", field="words")
    if len(said) > _LONGEST:
        raise InputProblem("evaluation.words_long", field="words", limit=_LONGEST)
    return said

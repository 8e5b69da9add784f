"""What a clerk does with a case after it was taken in: withdraw, void, give papers back, conclude, archive.

Every change is one transaction: the case, its line in the log with who, from, to and why (I10), and where the
acceptance system must hear of it one outbox row. What can be done is told by
:func:`villagedesk.desk.case_possible.possible_changes`; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from villagedesk.acceptance.wire import RevisionPayload
from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.case_here import case_here
from villagedesk.desk.case_possible import is_out, is_untold, possible_changes, promised, returnable
from villagedesk.desk.follow_up import FollowUp
from villagedesk.desk.items import Items
from villagedesk.desk.snags import last_submission, sends_again
from villagedesk.desk.submission import submit_row
from villagedesk.desk.taking_back import action_row, cancel_what_waits, standing_without_it
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseEvent, MaterialState
from villagedesk.domain.clock import Clock
from villagedesk.domain.delivery import SELF, Manner
from villagedesk.domain.handover import packed_in
from villagedesk.domain.life_cycle import APPLICANT_TOLD, CaseChange, Conclusion, after
from villagedesk.domain.life_cycle import possible as possible_in
from villagedesk.domain.outbox import SENDS, Operation, OutboxRow, goes_by_hand
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.domain.typed_text import one_line
from villagedesk.sync import decisions

_LONGEST = 100
"""Of a reason, a result in words, or a receiver's name."""


class CaseChanges:
    """Changes of cases. Calls block and may come from several threads.

    What they put in the queue goes when its turn comes: the commit wakes the sync engine. None of them means "send
    now", which would end the waits a crowded server asked for.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        station: StationFile,
        acting: Acting,
        follow_up: FollowUp,
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._station = station
        self._acting = acting
        self._follow_up = follow_up

    def possible(self, case_id: str) -> tuple[CaseChange, ...]:
        """What can be done with a case now; nothing else is accepted. Raises InputProblem ``intake.gone``."""
        self._acting.need(Right.SEE_PERSONS)
        try:
            return self._store.read(lambda one: possible_changes(one.case(case_id), one.outbox_of_case(case_id)))
        except KeyError:
            raise InputProblem("intake.gone") from None

    def withdraw(self, case_id: str, reason: str) -> None:
        """The applicant takes the application back.

        What never left this PC is cancelled and the case is withdrawn at once. What the acceptance system has, or may
        have, is taken back by an action behind it; the case is withdrawn when that is answered, and stays with the
        other side's word until then.

        Raises:
            InputProblem: ``life.reason_empty``, ``life.reason_long`` (``limit``), with the field ``reason``;
                ``domain.life_cycle.not_possible``; ``intake.gone``. So for every change.
        """
        said = self._typed("reason", reason)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            out = is_out(case, transaction.outbox_of_case(case_id))
            cancel_what_waits(transaction, case_id, self._acting.clerk, now)
            if not out:
                self._move(transaction, case, CaseChange.WITHDRAWN, now, reason=said)
                return
            row = self._enqueue(transaction, case_id, Operation.WITHDRAW, {"reason": said}, now)
            status = standing_without_it(case, transaction)
            transaction.put_case(replace(case, status=status, updated_at=now))
            detail = {"action_id": row.action_id, "reason": said}
            before, to = (case.status, status) if status is not case.status else (None, None)
            transaction.append_event(
                CaseEvent(case_id, now, self._acting.clerk, "withdrawal_asked", before, to, detail)
            )

        self._change(case_id, CaseChange.WITHDRAWN, work)

    def void(self, case_id: str, reason: str) -> None:
        """The case was taken in by mistake. Its number stays used; only what never left this PC can be voided."""
        said = self._typed("reason", reason)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            cancel_what_waits(transaction, case_id, self._acting.clerk, now)
            self._move(transaction, case, CaseChange.VOIDED, now, reason=said)

        self._change(case_id, CaseChange.VOIDED, work)

    def return_to_applicant(self, case_id: str, reason: str) -> None:
        """All papers go back to the applicant and the case ends here; the acceptance system is told where it still
        waits for a correction."""
        said = self._typed("reason", reason)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            rows = transaction.outbox_of_case(case_id)
            waits = CaseChange.WITHDRAWN in possible_in(case.status) and is_out(case, rows)
            cancel_what_waits(transaction, case_id, self._acting.clerk, now)
            if waits:
                self._enqueue(transaction, case_id, Operation.WITHDRAW, {"reason": said}, now)
            back = {one.requirement_id for one in returnable(case)}
            emptied = replace(
                case,
                materials=tuple(
                    replace(one, returned=one.returned or one.requirement_id in back) for one in case.materials
                ),
            )
            self._move(transaction, emptied, CaseChange.RETURNED_TO_APPLICANT, now, reason=said, papers=str(len(back)))

        self._change(case_id, CaseChange.RETURNED_TO_APPLICANT, work)

    def hand_over(self, case_id: str, receiver: str) -> None:
        """The papers of a case that is carried go to the township by themselves, in no batch.

        Raises:
            InputProblem: ``life.receiver_empty``, ``life.receiver_long`` (``limit``), with the field ``receiver``;
                ``handover.in_bag`` (``batch``) when they are packed in a batch, which is noted as a whole.
        """
        said = self._typed("receiver", receiver)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            bag = packed_in(transaction, case_id)
            if bag is not None:
                raise InputProblem("handover.in_bag", batch=bag.batch_no)
            self._move(transaction, case, CaseChange.HANDED_OVER, now, receiver=said)

        self._change(case_id, CaseChange.HANDED_OVER, work)

    def take_back(self, case_id: str, reason: str) -> None:
        """A hand-over to the township that was none is undone: the papers lie here."""
        said = self._typed("reason", reason)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            self._move(transaction, case, CaseChange.TAKEN_BACK, now, reason=said)

        self._change(case_id, CaseChange.TAKEN_BACK, work)

    def note_told(self, case_id: str, words: str) -> None:
        """The applicant knows that the case was refused, and why.

        Args:
            words: how it was told, may be empty.

        Raises:
            InputProblem: ``life.not_untold`` when nothing is to be told; ``life.words_long`` (``limit``) with the field
                ``words``.
        """
        said = self._typed("words", words, empty=True)

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            if not is_untold(case, transaction.events(case_id)):
                raise InputProblem("life.not_untold")
            detail = {"words": said} if said else {}
            now = self._clock.now()
            transaction.put_case(replace(case, updated_at=now))
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, APPLICANT_TOLD, detail=detail))

        self._store.write(work).result()

    def conclude_here(self, case_id: str, result: Conclusion | str, words: str) -> None:
        """Decided at this window, or by the township for a case that was carried there.

        Args:
            result: how it ended.
            words: what is to be said of it, may be empty.

        Raises:
            InputProblem: ``life.result_unknown`` with the field ``result``, ``life.words_long`` (``limit``) with the
                field ``words``.
        """
        said = self._typed("words", words, empty=True)
        if result not in {*Conclusion}:
            raise InputProblem("life.result_unknown", field="result")

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            self._move(transaction, case, CaseChange.CONCLUDED, now, result=str(Conclusion(result)), words=said)

        self._change(case_id, CaseChange.CONCLUDED, work)

    def deliver(
        self, case_id: str, receiver: str, *, relation: str = "", manner: Manner = Manner.DIRECT, words: str = ""
    ) -> None:
        """The result was handed to somebody; the acceptance system is told where it has the case.

        Args:
            relation: of the receiver to the applicant: :data:`SELF` or a :class:`Relation`; "" where nobody said.
            words: why it was left there, who saw it; may be empty but for :attr:`Manner.LEFT`.

        Raises:
            InputProblem: ``life.receiver_empty``, ``life.receiver_long`` (``limit``), ``life.receiver_not_self``
                (``name``) when another's name is called the applicant's own, with the field ``receiver``;
                ``life.words_empty``, ``life.words_long`` (``limit``), with the field ``words``.
        """
        said = self._typed("receiver", receiver)
        witnessed = self._typed("words", words, empty=manner is not Manner.LEFT)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            if relation == SELF and said != case.applicant.name:
                raise InputProblem("life.receiver_not_self", field="receiver", name=case.applicant.name)
            detail = {"receiver": said, "relation": relation, "manner": str(manner), "words": witnessed}
            self._move(transaction, case, CaseChange.DELIVERED, now, **detail)
            rows = transaction.outbox_of_case(case_id)
            if rows and Operation.DELIVER in SENDS[case.mode] and not goes_by_hand(rows):
                self._enqueue(transaction, case_id, Operation.DELIVER, {"receiver": said}, now)
            own = said == case.applicant.name
            self._follow_up.after_delivery(transaction, case, self._acting.clerk, now, to_applicant=own)

        self._change(case_id, CaseChange.DELIVERED, work)

    def archive(self, case_id: str) -> None:
        """Nothing is left to do with the case."""
        self._acting.need(Right.WORK)

        def work(transaction: Transaction, case: Case, now: datetime) -> None:
            self._move(transaction, case, CaseChange.ARCHIVED, now)

        self._change(case_id, CaseChange.ARCHIVED, work)

    def return_papers(self, case_id: str, requirement_ids: Collection[str], receiver: str) -> None:
        """Some papers go back to the villager; the case goes on.

        Raises:
            InputProblem: ``life.receiver_empty``, ``life.receiver_long`` (``limit``) with the field ``receiver``;
                ``life.no_papers`` when none is named or one is not here to be given back.
        """
        said = self._typed("receiver", receiver)
        wanted = frozenset(requirement_ids)

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            if not wanted or not wanted <= {one.requirement_id for one in returnable(case)}:
                raise InputProblem("life.no_papers")
            materials = tuple(
                replace(one, returned=one.returned or one.requirement_id in wanted) for one in case.materials
            )
            transaction.put_case(replace(case, materials=materials, updated_at=now))
            detail = {"requirements": " ".join(sorted(wanted)), "papers": str(len(wanted)), "receiver": said}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "papers_returned", detail=detail))

        self._store.write(work).result()

    def bring_promised(self, case_id: str, requirement_id: str) -> Sentence:
        """A promised paper came, and its pages are scanned. Gives what becomes of it.

        It goes along where the case never left this PC, and with the correction where one is asked for; the acceptance
        system takes no further revision otherwise, so the paper is kept here (design: decision 2).

        Raises:
            InputProblem: ``life.not_promised``; ``life.no_pages`` (``name``, ``have``, ``need``); ``intake.gone``.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> Sentence:
            now = self._clock.now()
            case = case_here(transaction, case_id)
            material = next((one for one in promised(case) if one.requirement_id == requirement_id), None)
            if material is None:
                raise InputProblem("life.not_promised")
            pages = tuple(transaction.pages(case_id))
            have = sum(page.requirement_id == requirement_id for page in pages)
            need = self._pages_wanted(case, requirement_id)
            if have < need:
                raise InputProblem("life.no_pages", name=material.name, have=have, need=need)
            came = replace(material, state=MaterialState.TAKEN, promised_until="")
            materials = tuple(came if one is material else one for one in case.materials)
            case = replace(case, materials=materials, updated_at=now)
            transaction.put_case(case)
            waiting = [one for one in transaction.captures(case_id) if one.requirement_id == requirement_id]
            transaction.end_captures(case_id, [one.capture_id for one in waiting])
            rows = transaction.outbox_of_case(case_id)
            last = last_submission(rows)
            fate = "kept_here"
            if last is None:
                fate = "not_sent"
            elif decisions.never_left(last):
                fate = "goes_along"
                anew = RevisionPayload.model_validate_json(submit_row(case, pages, self._station, now).payload)
                payload = anew.model_copy(update={"action_id": last.action_id}).to_bytes()
                decisions.edit_unsent(transaction, last.action_id, payload, self._acting.clerk, now)
            elif sends_again(case, rows):
                fate = "with_next"
            detail = {"requirement": requirement_id, "pages": str(have), "fate": fate}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, "promised_brought", detail=detail))
            return Sentence(f"life.promised.{fate}", {"name": material.name}, "warn" if fate == "kept_here" else "good")

        return self._store.write(work).result()

    def _change(self, case_id: str, change: CaseChange, work: Callable[[Transaction, Case, datetime], None]) -> None:
        def whole(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            if change not in possible_changes(case, transaction.outbox_of_case(case_id)):
                raise InputProblem("domain.life_cycle.not_possible")
            work(transaction, case, self._clock.now())

        self._store.write(whole).result()

    def _move(self, transaction: Transaction, case: Case, change: CaseChange, now: datetime, **detail: str) -> None:
        status = after(case.status, change)
        transaction.put_case(replace(case, status=status, updated_at=now))
        said = {name: text for name, text in detail.items() if text}
        transaction.append_event(
            CaseEvent(case.case_id, now, self._acting.clerk, change.value, case.status, status, said)
        )

    def _enqueue(
        self, transaction: Transaction, case_id: str, operation: Operation, values: dict[str, str], now: datetime
    ) -> OutboxRow:
        row = action_row(case_id, operation, values, self._acting.clerk, self._station, now)
        transaction.add_outbox(row)
        return row

    def _pages_wanted(self, case: Case, requirement_id: str) -> int:
        item = bound_item(self._items, case)
        wanted = [] if item is None else [one for one in item.materials if one.requirement_id == requirement_id]
        return wanted[0].min_pages if wanted else 1

    def _typed(self, field: str, text: str, *, empty: bool = False) -> str:
        """What was typed, as it goes into the log.

        Args:
            field: ``reason``, ``receiver`` or ``words``.
            empty: whether it may be empty.

        Raises:
            InputProblem: ``life.<field>_empty``; ``life.<field>_long`` (``limit``), with that field.
        """
        self._acting.need(Right.WORK)
        said = one_line(text)
        if not said and not empty:
            raise InputProblem(f"life.{field}_empty", field=field)
        if len(said) > _LONGEST:
            raise InputProblem(f"life.{field}_long", field=field, limit=_LONGEST)
        return said

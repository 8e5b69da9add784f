"""The clerk's choice where two versions of a case differ; each is logged with the fields that differed."""

from __future__ import annotations

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.conflict_views import SEEN, SETTLED, conflict_view, held_instead_of
from villagedesk.desk.items import Items
from villagedesk.desk.life_views import ConflictView
from villagedesk.desk.reasons import reason_of
from villagedesk.desk.sending_again import send_again
from villagedesk.desk.taking_back import close_if_nothing_went, stand_without_it
from villagedesk.desk.unsent_correction import looked_if_all_is_read, unsent_view
from villagedesk.domain.case import Case, CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import Operation, OutboxRow, SendingState
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.domain.unsent import UNSENT_SEEN
from villagedesk.sync import decisions


class ConflictDesk:
    """Settles conflicts. Calls block and may come from several threads.

    Args:
        station: written into what is sent again.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        station: StationFile,
        acting: Acting,
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._station = station
        self._acting = acting

    def use_ours(self, case_id: str) -> None:
        """Ours stands: it is sent as the next revision. What the acceptance system has stays kept beside it.

        Raises:
            InputProblem: ``intake.gone``, ``conflict.none`` when there is nothing to choose (any more),
                ``desk.sending.being_corrected``, ``desk.sending.cannot_mend``.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            case, row = self._stuck(transaction, case_id)
            if transaction.correction(case_id) is not None:
                raise InputProblem("desk.sending.being_corrected")
            self._note(transaction, case, row, "ours", "")
            pages = tuple(transaction.pages(case_id))
            send_again(transaction, case, pages, self._acting.clerk, self._station, self._clock.now(), {})

        self._store.write(work).result()

    def use_theirs(self, case_id: str, reason: str) -> None:
        """What the acceptance system has stands; ours is not sent any more, and stays kept with all that was typed.
        Where it was not seen to have taken the other version whole, a correction that was asked for is still to be
        sent.

        Raises:
            InputProblem: ``conflict.none``, ``intake.gone``; ``desk.sending.reason_empty``,
                ``desk.sending.reason_long`` (``limit``), both with the field ``reason``.
        """
        self._acting.need(Right.WORK)
        said = reason_of(reason)

        def work(transaction: Transaction) -> None:
            case, row = self._stuck(transaction, case_id)
            self._note(transaction, case, row, "theirs", said)
            decisions.drop(transaction, row.action_id, self._acting.clerk, self._clock.now())
            held = held_instead_of(transaction, row)
            if held is None or not held.is_taken:
                stand_without_it(transaction, case, self._acting.clerk, self._clock.now())
            close_if_nothing_went(transaction, case_id, self._acting.clerk, self._clock.now())

        self._store.write(work).result()

    def note_seen(self, case_id: str) -> None:
        """The clerk has read what the acceptance system changed. Raises InputProblem ``conflict.none``,
        ``intake.gone``."""
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            view = self._view(transaction, case)
            if view is None or view.submitted:
                raise InputProblem("conflict.none")
            detail = {"fields": " ".join(one.field for one in view.differences)}
            now = self._clock.now()
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, SEEN, detail=detail))
            looked_if_all_is_read(transaction, case)

        self._store.write(work).result()

    def note_unsent_seen(self, case_id: str) -> None:
        """The clerk has read what of a correction was not sent; it stays kept. Raises InputProblem ``conflict.none``,
        ``intake.gone``."""
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            case = case_here(transaction, case_id)
            rows, events = transaction.outbox_of_case(case_id), transaction.events(case_id)
            view = unsent_view(transaction, case, None, rows, events)
            if view is None or not view.unread:
                raise InputProblem("conflict.none")
            detail = {"fields": " ".join(one.field for one in view.differences)}
            now = self._clock.now()
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, UNSENT_SEEN, detail=detail))
            looked_if_all_is_read(transaction, case)

        self._store.write(work).result()

    def _stuck(self, transaction: Transaction, case_id: str) -> tuple[Case, OutboxRow]:
        case = case_here(transaction, case_id)
        for row in reversed(transaction.outbox_of_case(case_id)):
            if row.state is SendingState.CONFLICT and row.operation is Operation.SUBMIT:
                return case, row
        raise InputProblem("conflict.none")

    def _note(self, transaction: Transaction, case: Case, row: OutboxRow, choice: str, reason: str) -> None:
        view = self._view(transaction, case)
        # which fields, never what stood in them: the log is shown, and kept longest
        fields = " ".join(one.field for one in view.differences) if view is not None else ""
        detail = {"choice": choice, "action_id": row.action_id, "fields": fields, "reason": reason}
        detail = {name: text for name, text in detail.items() if text}
        now = self._clock.now()
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, SETTLED, detail=detail))

    def _view(self, transaction: Transaction, case: Case) -> ConflictView | None:
        rows, events = transaction.outbox_of_case(case.case_id), transaction.events(case.case_id)
        return conflict_view(transaction, case, None, rows, events)

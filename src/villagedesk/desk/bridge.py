"""The manual bridge: cases that the clerk enters into the acceptance system by hand, in the order of its form.

For a station that was granted no interface (domain: section 11). Taking in writes the same outbox row as everywhere, so
a case that waits goes out by itself on the day the interface is granted; one that was entered by hand is closed by that
decision and never sent (:func:`villagedesk.domain.outbox.goes_by_hand`), nor is anything that comes after it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from villagedesk.catalogue.checked_table import CheckedTable, read_raw
from villagedesk.catalogue.form_order import FormOrder as FormOrder
from villagedesk.catalogue.form_order import form_order_of
from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.bridge_sheet import Sheet, Text, in_order, sheet_of
from villagedesk.desk.case_here import case_here
from villagedesk.desk.items import Items
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.news import News
from villagedesk.desk.sending_words import moment_text
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, Material, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.outbox import (
    UNSETTLED_STATES,
    Operation,
    OutboxRow,
    goes_by_hand,
    is_held_for_hands,
    is_perhaps_entered,
)
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.restoring import RESTORED, Restoration
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.sync.decisions import never_left
from villagedesk.sync.entry_begun import begin_entry, entries_begun

_KEPT = "bridge.orders"
_CHOSEN = "bridge.order"
_LARGEST = 256 * 1024
"""Bytes of a form's file."""
_SHOWN = 200
"""Cases that are read whole and shown; the others are counted."""


@dataclass(frozen=True)
class WaitingCase:
    """A case to be entered.

    Args:
        clock: the law clock that ends soonest, None where none runs.
        again: it was entered before, and its correction is to be entered now.
        look_first: why it may be in the acceptance system already; None where nothing says so.
    """

    case_id: str
    local_no: str
    applicant_name: str
    item_name: str
    received_at: datetime | None
    clock: Sentence | None
    pages: int
    again: bool
    look_first: Sentence | None


@dataclass(frozen=True)
class WaitingView:
    """What is to be entered.

    Args:
        cases: the longest waiting first.
        count: how many there are in all.
        restored: the database came from a backup, and some of these were taken in before it: what was entered after
            the backup was made stands here as waiting.
    """

    cases: tuple[WaitingCase, ...]
    count: int
    restored: bool


@dataclass(frozen=True)
class EntrySheet:
    """A case, in the order of the form it is entered into.

    Args:
        materials: in the form's order.
        look_first: as of :class:`WaitingCase`.
    """

    case: Case
    sheet: Sheet
    materials: tuple[Material, ...]
    pages: tuple[Page, ...]
    again: bool
    look_first: Sentence | None


class Bridge:
    """What waits, forms' orders, and a case in one of them. Calls block and may come from several threads.

    Args:
        shipped: the orders the program brings.
        looked: notes that somebody saw a case's values whole: called with its id and what was shown.
        text: gives the text of a message key.

    Raises:
        Problem: ``catalogue.bad_file`` when an order that was kept cannot be read.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        link: LinkWords,
        clocks: Clocks,
        station: StationFile,
        shipped: Sequence[FormOrder],
        looked: Callable[[str, str], None],
        text: Text,
        news: News,
        acting: Acting,
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._link = link
        self._clocks = clocks
        self._station = station
        self._looked = looked
        self._text = text
        self._news = news
        self._acting = acting
        self._shipped = {order.code: order for order in shipped}
        self._read_in = {code: form_order_of(CheckedTable(_KEPT, raw)) for code, raw in store.read(_kept).items()}

    def by_hand(self) -> bool:
        """Whether the station has no interface."""
        return self._link.by_hand()

    def waiting(self) -> WaitingView:
        """Cases to be entered, the longest waiting first."""
        self._acting.need(Right.SEE_PERSONS)

        def work(snapshot: Snapshot) -> WaitingView:
            rows = waiting_rows(snapshot, by_hand=self.by_hand())
            again = {row.case_id for row in rows if row.revision > 1}
            doubts = _Doubts(snapshot, self._clock.now())
            cases = [snapshot.case(row.case_id) for row in rows[:_SHOWN]]
            clocks = self._clocks.of_cases(snapshot, cases)
            found = [
                WaitingCase(
                    case_id=case.case_id,
                    local_no=case.local_no or "",
                    applicant_name=case.applicant.name,
                    item_name=case.item_name,
                    received_at=case.received_at,
                    clock=views[0].sentence if views else None,
                    pages=len(snapshot.pages(case.case_id)),
                    again=case.case_id in again,
                    look_first=doubts.of(row),
                )
                for row, case, views in zip(rows[:_SHOWN], cases, clocks, strict=True)
            ]
            return WaitingView(tuple(found), len(rows), any(map(doubts.came_back, rows)))

        return self._store.read(work)

    def orders(self) -> tuple[FormOrder, ...]:
        """The forms there are, those of the county first."""
        return tuple({**self._read_in, **{c: o for c, o in self._shipped.items() if c not in self._read_in}}.values())

    def order(self) -> FormOrder:
        """The form in use."""
        orders = self.orders()
        chosen = self._store.read(lambda snapshot: snapshot.setting(_CHOSEN))
        return next((order for order in orders if order.code == chosen), orders[0])

    def choose(self, code: str) -> None:
        """Use that form from now on; logged. Raises InputProblem ``bridge.order_gone``."""
        self._acting.need(Right.WORK)
        if all(order.code != code for order in self.orders()):
            raise InputProblem("bridge.order_gone")

        def work(transaction: Transaction) -> None:
            if transaction.setting(_CHOSEN) != code:
                transaction.put_setting(_CHOSEN, code)
                now, clerk = self._clock.now(), self._acting.clerk
                transaction.append_event(CaseEvent(STATION, now, clerk, Deed.FORM_ORDER_CHOSEN, detail={"code": code}))

        self._store.write(work).result()

    def install_file(self, file: Path) -> FormOrder:
        """Read a form's order in from the county's file (:mod:`villagedesk.catalogue.form_order`), use it, and log it;
        one with the same code takes the place of the one before.

        Raises:
            InputProblem: ``items.no_file`` (``name``), ``bridge.order_unreadable`` (``file``), ``bridge.order_bad``
                (``file``, ``entry``): nothing was changed.
        """
        self._acting.need(Right.WORK)
        raw, order = _read_order(file)

        def work(transaction: Transaction) -> None:
            kept = {**_kept(transaction), order.code: raw}
            transaction.put_setting(_KEPT, json.dumps(kept, ensure_ascii=False, sort_keys=True))
            transaction.put_setting(_CHOSEN, order.code)
            detail = {"code": order.code, "checked": "yes" if order.checked else "no"}
            event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, Deed.FORM_ORDER_INSTALLED, detail=detail)
            transaction.append_event(event)

        self._store.write(work).result()
        self._read_in = {**self._read_in, order.code: order}
        self._news.tell("items")
        return order

    def sheet(self, case_id: str) -> EntrySheet:
        """A case in the order of the form in use, with nothing masked: that somebody saw it is logged first.

        Raises:
            InputProblem: ``intake.gone``; ``bridge.not_waiting`` when it is not to be entered.
        """
        self._acting.need(Right.WORK)
        order = self.order()

        def work(snapshot: Snapshot) -> EntrySheet:
            case = case_here(snapshot, case_id)
            rows = waiting_rows_of(snapshot, case_id, by_hand=self.by_hand())
            if not rows:
                raise InputProblem("bridge.not_waiting")
            pages = tuple(snapshot.pages(case_id))
            return EntrySheet(
                case,
                self.written(order, case, pages),
                in_order(order, case.materials),
                pages,
                _again(rows),
                _Doubts(snapshot, self._clock.now()).of(rows[-1]),
            )

        found = self._store.read(work)
        self._looked(case_id, "sheet")
        return found

    def begin(self, case_id: str) -> None:
        """The clerk begins to type a case into the form: until its number is here it may be there already. Logged, and
        it goes out by itself no more; again for the same case nothing is done.

        Raises:
            InputProblem: ``intake.gone``; ``bridge.not_waiting``.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> None:
            case_here(transaction, case_id)
            if not waiting_rows_of(transaction, case_id, by_hand=self.by_hand()):
                raise InputProblem("bridge.not_waiting")
            begin_entry(transaction, case_id, self._acting.clerk, self._clock.now())

        self._store.write(work).result()

    def written(self, order: FormOrder, case: Case, pages: Sequence[Page]) -> Sheet:
        """The case as that form asks for it; for whoever has looked already."""
        self._acting.need(Right.WORK)
        return sheet_of(order, case, bound_item(self._items, case), pages, self._station, self._text)


def waiting_rows(snapshot: Snapshot, *, by_hand: bool) -> tuple[OutboxRow, ...]:
    """Submissions to be entered by hand, oldest first: all that wait where there is no interface; elsewhere corrections
    of cases that were entered by hand before, and what somebody had begun to enter, held back or not yet."""
    return _to_enter(snapshot, snapshot.outbox(UNSETTLED_STATES), by_hand=by_hand)


def waiting_rows_of(snapshot: Snapshot, case_id: str, *, by_hand: bool) -> tuple[OutboxRow, ...]:
    """Of those, the case's own: asked for it alone, the whole queue is not read."""
    return _to_enter(snapshot, snapshot.outbox_of_case(case_id), by_hand=by_hand)


def _to_enter(snapshot: Snapshot, among: Sequence[OutboxRow], *, by_hand: bool) -> tuple[OutboxRow, ...]:
    rows = [row for row in among if row.operation is Operation.SUBMIT and row.state in UNSETTLED_STATES]
    if by_hand or not rows:
        return tuple(rows)
    begun = entries_begun(snapshot)
    return tuple(
        row
        for row in rows
        if is_held_for_hands(row)  # also of a backup, of which another PC may have sent it meanwhile
        or (row.case_id in begun and never_left(row))
        or (row.revision > 1 and goes_by_hand(snapshot.outbox_of_case(row.case_id)))
    )


class _Doubts:
    """Which of the cases that wait may be in the acceptance system all the same."""

    def __init__(self, snapshot: Snapshot, now: datetime) -> None:
        self._begun = entries_begun(snapshot)
        self._restored = _restored_at(snapshot)
        self._now = now

    def of(self, row: OutboxRow) -> Sentence | None:
        """Why one may be; None where nothing says so."""
        begun = self._begun.get(row.case_id)
        if begun is not None:
            return Sentence("bridge.look_first.begun", {"time": moment_text(begun, self._now)}, "warn")
        doubtful = self.came_back(row) or is_perhaps_entered(row)
        return Sentence("bridge.look_first.restored", {}, "warn") if doubtful else None

    def came_back(self, row: OutboxRow) -> bool:
        """Whether it came with a backup."""
        unseen = row.case_id in self._begun and self._begun[row.case_id] is None
        return unseen or (self._restored is not None and row.created_at <= self._restored)


def _restored_at(snapshot: Snapshot) -> datetime | None:
    text = snapshot.setting(RESTORED)
    try:
        return Restoration.from_text(text).at if text else None
    except ValueError:
        return datetime.max.replace(tzinfo=UTC)  # it came from a backup, of whatever day


def is_form_order(file: Path) -> bool:
    """Whether a file looks like a form's order, so that it is read as one and its mistakes are told as such."""
    try:
        return file.stat().st_size <= _LARGEST and "sections" in read_raw(file)
    except (OSError, ValueError, Problem):
        return False


def _read_order(file: Path) -> tuple[Mapping[str, object], FormOrder]:
    try:
        if file.stat().st_size > _LARGEST:
            raise InputProblem("bridge.order_unreadable", file=file.name)
        raw = read_raw(file)
        return raw, form_order_of(CheckedTable(file.name, raw))
    except (OSError, ValueError):
        raise InputProblem("items.no_file", name=file.name) from None
    except InputProblem:
        raise
    except Problem as problem:
        key = "bridge.order_bad" if problem.key == "catalogue.bad_file" else "bridge.order_unreadable"
        raise InputProblem(key, field="", **problem.params) from None


def _again(rows: Sequence[OutboxRow]) -> bool:
    return any(row.revision > 1 for row in rows)


def _kept(snapshot: Snapshot) -> dict[str, Mapping[str, object]]:
    kept: dict[str, Mapping[str, object]] = json.loads(snapshot.setting(_KEPT) or "{}")
    return kept

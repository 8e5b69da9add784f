"""An item has moved from proxy handling to the acceptance system: what becomes of the cases that are still carried.

Each is entered into the queue, or bound to the number under which the township has entered it already, or carried to
its end; one transaction each. What is known to be in the acceptance system is never sent a second time (I2): queueing
is refused until the clerk has said that it is another matter. A move is undone on its first day as far as nothing has
left this PC.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from villagedesk.desk.acting import Acting
from villagedesk.desk.case_here import case_here
from villagedesk.desk.draft_book import DraftBook
from villagedesk.desk.drafts import completes
from villagedesk.desk.evaluations import told_row
from villagedesk.desk.items import Items
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.move_matching import Likeness, Match, match_of, strange_entries
from villagedesk.desk.move_reading import MOST, move_cases, open_cases, prepared
from villagedesk.desk.move_views import Decision, MovedItem, MoveView, Outcome, Refusal, Undone
from villagedesk.desk.moves_decided import Decided, note_decided, staying
from villagedesk.desk.moving_back import move_back
from villagedesk.desk.number_checks import (
    LONGEST_NUMBER,
    ask_to_look_again,
    plain_number,
    refuse_taken,
    remember_length,
)
from villagedesk.desk.snags import last_submission
from villagedesk.desk.submission import submit_row
from villagedesk.desk.taking_in import PagesChanged, verify_pages
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.clock import Clock
from villagedesk.domain.life_cycle import CaseChange, after
from villagedesk.domain.mode_move import MOVED, STAYS, ModeMove, Way
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled, Progress, silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.time_limits import RUNNING
from villagedesk.domain.typed_text import fold_code
from villagedesk.domain.unsent import went_on
from villagedesk.sync import decisions
from villagedesk.sync.last_word import last_reconciled
from villagedesk.sync.missing import want

_Work = Callable[[Transaction, Decision, Sequence[Page]], None]
_TRIES = 3


class ModeMoves:
    """Calls block and may come from several threads.

    Args:
        drafts: whose counter says who acts, and where.
        kick: tells the sync engine to try now.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        items: Items,
        drafts: DraftBook,
        link: LinkWords,
        kick: Callable[[], None],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._items = items
        self._drafts = drafts
        self._link = link
        self._kick = kick

    @property
    def _acting(self) -> Acting:
        return self._drafts.counter.acting

    def view(self) -> MoveView:
        """Which items moved, and their carried cases."""
        self._acting.need(Right.SEE_PERSONS)
        today = self._items.today()
        items = {item.code: item for item in self._items.all()}
        moves = {code: choice.move for code, choice in self._items.choices().items() if code in items}
        moved = {code: move for code, move in moves.items() if move is not None and move.is_in_force(today)}
        to_system = {code for code, item in items.items() if item.mode is HandlingMode.SYSTEM}

        def work(snapshot: Snapshot) -> MoveView:
            cases, counts = open_cases(snapshot, to_system, MOST)
            stay = [snapshot.case(case_id).item_code for case_id in staying(snapshot)]
            listed = [
                MovedItem(
                    code,
                    item.name,
                    item.mode,
                    moved[code].on if code in moved else None,
                    code in moved and moved[code].can_be_undone(today),
                    counts.get(code, 0) - (stay.count(code) if code in counts else 0),
                )
                for code, item in items.items()
                if code in counts or (code in moved and moved[code].can_be_undone(today))
            ]
            read = sorted(move_cases(snapshot, self._drafts, cases), key=lambda one: one.stays)
            told = last_reconciled(snapshot)
            more = sum(counts.values()) - len(cases)
            asked_at = None if told is None else told.asked_at
            return MoveView(tuple(listed), tuple(read), more, asked_at, asks=not self._link.by_hand())

        return self._store.read(work)

    def compare(self) -> None:
        """Ask the acceptance system what it holds of this station, so that what the township has entered is known."""
        self._acting.need(Right.WORK)
        if not self._link.by_hand():
            self._store.write(want).result()
            self._kick()

    def carry_out(self, wanted: Sequence[Decision], progress: Progress = silent) -> Outcome:
        """Do what was decided, one case after the other; of what is refused nothing is changed, and the reason is in
        the outcome: ``mode_move.not_open``, ``mode_move.beyond``, ``mode_move.begun``, ``mode_move.perhaps_entered``
        (``number``), ``mode_move.other_person`` (``number``), ``intake.not_ready`` (``count``), ``intake.unanswered``
        (``count``), ``intake.page_damaged``, and what :meth:`OfficialNumbers.enter` says of a number."""
        self._acting.need(Right.WORK)
        done = Outcome()
        for place, decision in enumerate(wanted):
            try:
                progress(place, len(wanted))
            except Cancelled:
                return replace(done, stopped=True)
            try:
                self._do(decision)
            except Problem as problem:
                refusal = self._refusal(decision, problem)
                done = replace(done, refused=(*done.refused, refusal))
                continue
            done = {
                Way.ENTER: replace(done, entered=done.entered + 1),
                Way.BIND: replace(done, bound=done.bound + 1),
                Way.STAY: replace(done, stays=done.stays + 1),
            }[decision.way]
        return done

    def undo(self, item_code: str) -> Undone:
        """Take today's move of an item back: its mode, and every case of which nothing has left this PC.

        Raises:
            InputProblem: ``mode_move.nothing_to_undo`` when it did not move, or not today.
        """
        self._acting.need(Right.WORK)

        def also(transaction: Transaction, move: ModeMove) -> Undone:
            return move_back(transaction, self._items, move, self._acting.clerk, self._clock.now())

        return self._items.undo_move(item_code, also)

    def _do(self, decision: Decision) -> None:
        works: dict[Way, _Work] = {
            Way.ENTER: self._enter,
            Way.BIND: self._bind,
            Way.STAY: self._stay,
        }
        work = works[decision.way]
        for _ in range(_TRIES):
            pages = self._store.read(lambda snapshot: tuple(snapshot.pages(decision.case_id)))
            if decision.way is Way.ENTER:
                verify_pages(self._store, self._vault, self._drafts, decision.case_id, pages)
            try:
                self._store.write(partial(_applied, work, decision, pages)).result()
            except PagesChanged:
                continue  # another page came or went between verifying and writing: verify again
            return
        raise EnvironmentProblem("store.write_failed")

    def _enter(self, transaction: Transaction, decision: Decision, pages: Sequence[Page]) -> None:
        now, case = self._clock.now(), self._open(transaction, decision.case_id)
        if not completes(case):
            raise InputProblem("mode_move.beyond")
        if transaction.correction(case.case_id) is not None:
            raise InputProblem("mode_move.begun")
        if {*transaction.pages(case.case_id)} != {*pages}:
            raise PagesChanged
        match = match_of(case, strange_entries(transaction, case.acceptance_no))
        if match is not None and not decision.is_another:
            raise InputProblem("mode_move.perhaps_entered", number=match.number or match.name)
        item = self._drafts.newest(case.item_code)
        again, checked = prepared(transaction, self._drafts, case, item)
        checked.must_be_ready()
        moved = self._moved(transaction, checked.put_into(again), now)
        row = submit_row(moved, pages, self._drafts.counter.station, now)
        transaction.put_case(moved)
        transaction.add_outbox(row)
        for said in transaction.evaluations(case.case_id):  # while it was carried, nobody was told
            transaction.add_outbox(told_row(said, self._acting.clerk, self._drafts.counter.station, now))
        detail = {"way": Way.ENTER.value, "version": str(case.item_version)}
        if match is not None:
            detail |= {"another": "yes", "number": match.number}
        self._note(transaction, case, MOVED, now, Way.ENTER, detail)
        queued = {"action_id": row.action_id, "revision": str(row.revision)}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, "queued", detail=queued))

    def _bind(self, transaction: Transaction, decision: Decision, pages: Sequence[Page]) -> None:
        now, case = self._clock.now(), self._open(transaction, decision.case_id)
        number = self._number(transaction, case, decision)
        moved = self._moved(transaction, case, now)
        row = submit_row(moved, pages, self._drafts.counter.station, now)
        decisions.enter_elsewhere(transaction, row, self._acting.clerk, now)
        status = after(case.status, CaseChange.COMMITTED)
        transaction.put_case(replace(moved, status=status, acceptance_no=number))
        detail = {"way": Way.BIND.value, "version": str(case.item_version), "status": str(case.status)}
        self._note(transaction, case, MOVED, now, Way.BIND, detail)
        entered = {"number": number, "on": self._items.today().isoformat(), "revision": str(moved.revision)}
        entered |= went_on(transaction, case, status)
        before, to = (case.status, status) if status is not case.status else (None, None)
        event = CaseEvent(case.case_id, now, self._acting.clerk, "number_entered", before, to, entered)
        transaction.append_event(event)
        remember_length(transaction, number)

    def _stay(self, transaction: Transaction, decision: Decision, _pages: Sequence[Page]) -> None:
        now, case = self._clock.now(), self._open(transaction, decision.case_id)
        transaction.put_case(replace(case, updated_at=now))
        self._note(transaction, case, STAYS, now, Way.STAY, {})

    def _number(self, snapshot: Snapshot, case: Case, decision: Decision) -> str:
        """The number it is bound to.

        Raises:
            InputProblem: as of :meth:`carry_out`, the field ``number`` named.
        """
        entries = strange_entries(snapshot)
        proposed = match_of(case, entries)
        number = plain_number(decision.number) or _proposed_number(proposed)
        if not number:
            raise InputProblem("bridge.number_empty", field="number")
        if len(number) > LONGEST_NUMBER:
            raise InputProblem("bridge.number_long", field="number", limit=LONGEST_NUMBER)
        refuse_taken(snapshot, case, number)
        found = match_of(case, entries, number)
        if found is not None and found.likeness is Likeness.OTHER:
            raise InputProblem("mode_move.other_person", field="number", number=number)
        known = found is not None and found.likeness is Likeness.SAME
        if known and found is not None:
            number = found.number  # in the letters the acceptance system writes it with
        if not known and not decision.looked_again and fold_code(number) != fold_code(case.township_no):
            ask_to_look_again(snapshot, case, number)
        return number

    def _open(self, snapshot: Snapshot, case_id: str) -> Case:
        """A carried case whose item has moved. Raises InputProblem ``mode_move.not_open``, ``intake.gone``."""
        case = case_here(snapshot, case_id)
        moved = self._items.mode_in(snapshot, case.item_code) is HandlingMode.SYSTEM
        if not moved or case.mode is not HandlingMode.PROXY or case.status not in RUNNING:
            raise InputProblem("mode_move.not_open")
        return case

    @staticmethod
    def _moved(snapshot: Snapshot, case: Case, now: datetime) -> Case:
        """The case as one of the acceptance system; where a move of it was undone before, as its next revision."""
        last = last_submission(snapshot.outbox_of_case(case.case_id))
        revision = case.revision if last is None else last.revision + 1
        return replace(case, mode=HandlingMode.SYSTEM, revision=max(revision, 1), updated_at=now)

    def _note(
        self, transaction: Transaction, case: Case, kind: str, now: datetime, way: Way, detail: dict[str, str]
    ) -> None:
        move = self._items.move_in(transaction, case.item_code)
        move_id = "" if move is None else move.move_id
        note_decided(transaction, case.case_id, Decided(move_id, way))
        said = {"move": move_id, **detail}
        transaction.append_event(CaseEvent(case.case_id, now, self._acting.clerk, kind, detail=said))

    def _refusal(self, decision: Decision, problem: Problem) -> Refusal:
        def name(snapshot: Snapshot) -> str:
            try:
                return snapshot.case(decision.case_id).applicant.name
            except KeyError:
                return ""

        why = Sentence(problem.key, problem.params, "bad")
        return Refusal(decision.case_id, self._store.read(name), why, problem.field)


def _applied(work: _Work, decision: Decision, pages: Sequence[Page], transaction: Transaction) -> None:
    work(transaction, decision, pages)


def _proposed_number(match: Match | None) -> str:
    return "" if match is None or match.likeness is Likeness.OTHER else match.number

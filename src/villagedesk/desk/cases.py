"""Cases as screens show them: what to do today, the list, one case with everything about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from villagedesk.desk.acting import Acting
from villagedesk.desk.bound_item import bound_item
from villagedesk.desk.case_papers import papers_of, set_of
from villagedesk.desk.case_possible import is_untold, possible_changes
from villagedesk.desk.case_search import CaseQueries
from villagedesk.desk.conflict_views import conflict_view
from villagedesk.desk.evaluations import rateable
from villagedesk.desk.items import Items
from villagedesk.desk.law_clocks import Clocks
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.not_entered import entry_behind, is_of_correction
from villagedesk.desk.official_numbers import notable
from villagedesk.desk.paper_source import paper_source
from villagedesk.desk.print_choices import choices_of
from villagedesk.desk.results import document_views
from villagedesk.desk.snags import snag_of, told_first
from villagedesk.desk.todos import todos
from villagedesk.desk.township import tellable
from villagedesk.desk.unsent_correction import unsent_view
from villagedesk.desk.views import CaseView, FoundRows, ListRow, TodayView
from villagedesk.desk.wording import business_sentence, line_sentence, sending_sentence, speaks
from villagedesk.domain.case import CaseEvent, CaseLine
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.evaluation import DECLINED, Stage
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.outbox import goes_by_hand, is_entered_by_hand
from villagedesk.domain.paper_no import case_no
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.typed_text import fold_code
from villagedesk.sync.decisions import queue_is_paused
from villagedesk.sync.entry_begun import entries_begun

_LIKE_A_LOCAL_NO = re.compile(r"[0-9]{6}[A-Z][0-9]{4}[0-9A-Z]")
_ROWS_TODAY = 50
_LAST_SHOWN = 10
"""Cases shown of other days where none was taken in today."""
_NOT_SHOWN = frozenset({"typed"})
"""Kinds of events the time line leaves out; they are in the audit chain all the same."""


class CaseDesk:
    """Reads cases. Calls block and may come from several threads."""

    def __init__(
        self, store: Store, clock: Clock, items: Items, link: LinkWords, clocks: Clocks, acting: Acting
    ) -> None:
        self._store = store
        self._link = link
        self._clock = clock
        self._items = items
        self._queries = CaseQueries(store, items)
        self._clocks = clocks
        self._acting = acting

    def today(self) -> TodayView:
        """What to do next, what was taken in today (in Shanghai) and how many; the last ones where there was none.

        To somebody who may see no persons: the count alone.
        """
        now = self._clock.now().astimezone(SHANGHAI)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        online, by_hand, held_up = self._link.online(), self._link.by_hand(), self._link.held_up()
        moved = {item.code for item in self._items.all() if item.mode is HandlingMode.SYSTEM}

        def work(snapshot: Snapshot) -> TodayView:
            taken, count = snapshot.received_between(midnight, midnight + timedelta(days=1), _ROWS_TODAY)
            if not self._acting.may(Right.SEE_PERSONS):
                return TodayView(now.date(), (), (), count)
            paused = queue_is_paused(snapshot)
            lines = [] if taken else snapshot.case_lines(_ROWS_TODAY)
            last = [line for line in lines if line.received_at is not None][:_LAST_SHOWN]
            rows, before = ([_row(line, online, paused, by_hand, held_up) for line in some] for some in (taken, last))
            item_of = partial(bound_item, self._items)
            things, more = todos(snapshot, self._clocks, item_of, now, by_hand=by_hand, moved=moved)
            return TodayView(now.date(), things, tuple(rows), count, more, tuple(before))

        return self._store.read(work)

    def find(self, text: str, limit: int = 50) -> tuple[ListRow, ...]:
        """The first of :meth:`search`."""
        return self.search(text, limit).rows

    def search(self, text: str, limit: int = 50, after: str = "") -> FoundRows:
        """Cases for which all words typed hold, by anything printed on a paper, newest first; "" gives all.

        Args:
            after: the ``next`` of the page before.
        """
        self._acting.need(Right.SEE_PERSONS)
        query = self._queries.of(text)
        found, paused = self._store.read(
            lambda snapshot: (snapshot.find_cases(query, limit, after), queue_is_paused(snapshot))
        )
        online, by_hand, held_up = self._link.online(), self._link.by_hand(), self._link.held_up()
        return FoundRows(
            tuple(_row(line, online, paused, by_hand, held_up) for line in found.lines), found.count, found.next
        )

    def by_number(self, scanned: str) -> str | None:
        """The case_id behind the number of a case or of one of its papers, as typed or scanned; None where it is
        none of here.

        Raises:
            InputProblem: ``domain.local_no.*`` when it is meant as a local number and mistyped.
        """
        self._acting.need(Right.SEE_PERSONS)
        scanned = case_no(scanned)
        case = self._store.read(lambda snapshot: snapshot.case_by_number(scanned))
        if case is None and _LIKE_A_LOCAL_NO.fullmatch(fold_code(scanned)):
            parse_local_no(scanned)
        return case.case_id if case is not None else None

    def case(self, case_id: str) -> CaseView:
        """Everything about one case. Raises InputProblem ``intake.gone``."""
        self._acting.need(Right.SEE_PERSONS)
        online, by_hand, held_up = self._link.online(), self._link.by_hand(), self._link.held_up()

        def work(snapshot: Snapshot) -> CaseView:
            case = snapshot.case(case_id)
            outbox = tuple(snapshot.outbox_of_case(case_id))
            pages = tuple(snapshot.pages(case_id))
            hashes = {page.sha256 for page in pages}
            transfers = [snapshot.page_transfer(sha256) for sha256 in hashes]
            done = sum(transfer is not None and transfer.done for transfer in transfers)
            events = tuple(event for event in snapshot.events(case_id) if event.kind not in _NOT_SHOWN)
            sending = None
            speaking = [row for row in outbox if speaks(row)]
            if speaking:
                paused = queue_is_paused(snapshot)
                sending = sending_sentence(
                    case.status,
                    speaking[-1],
                    done,
                    len(hashes),
                    online=online,
                    paused=paused,
                    by_hand=by_hand,
                    held_up=held_up,
                )
            snag = snag_of(case, outbox, events, corrected=snapshot.correction(case_id) is not None)
            entry = entry_behind(case, outbox, events)
            conflict = conflict_view(snapshot, case, bound_item(self._items, case), outbox, events)
            stages = rateable(case, snapshot.evaluations(case_id))
            source = paper_source(snapshot, self._items, case_id)
            return CaseView(
                case=case,
                item=bound_item(self._items, case),
                changes=self._items.changes(case),
                business=business_sentence(case.status, by_hand=goes_by_hand(outbox)),
                sending=None if outbox and is_entered_by_hand(outbox[-1]) else sending,
                snag=None if told_first(snag, conflict) else snag,
                pages=pages,
                events=events,
                papers=papers_of(source),
                print_set=set_of(source, choices_of(snapshot)),
                outbox=outbox,
                expired=snapshot.expired_pages(case_id),
                clocks=self._clocks.of_case(snapshot, case),
                possible=possible_changes(case, outbox),
                notable=notable(case, outbox),
                tellable=tellable(case),
                by_hand=goes_by_hand(outbox),
                entry_stands=entry is not None,
                entry_corrects=entry is not None and is_of_correction(entry, outbox),
                begun=case_id in entries_begun(snapshot),
                untold=is_untold(case, events),
                waiting=tuple(one for one in snapshot.captures(case_id) if one.waits),
                conflict=conflict,
                unsent=unsent_view(snapshot, case, bound_item(self._items, case), outbox, events),
                rateable=stages,
                asks_to_rate=Stage.DELIVERY in stages and not _declined(events, Stage.DELIVERY),
                call_backs=tuple(one for one in snapshot.call_backs_of(case_id) if one.done_at is None),
                documents=document_views(snapshot, case_id, snapshot.expired_pages(case_id)),
            )

        try:
            return self._store.read(work)
        except KeyError:
            raise InputProblem("intake.gone") from None


def _declined(events: Sequence[CaseEvent], stage: Stage) -> bool:
    return any(event.kind == DECLINED and event.detail.get("stage") == stage for event in events)


def _row(line: CaseLine, online: bool, paused: bool, by_hand: bool, held_up: bool) -> ListRow:
    return ListRow(line, line_sentence(line, online=online, paused=paused, by_hand=by_hand, held_up=held_up))

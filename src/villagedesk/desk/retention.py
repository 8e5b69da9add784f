"""Pictures of cases that are through may go after a time; rows, hashes and receipts stay (design: section 4)."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Store, Transaction, Vault
from villagedesk.domain.retention import Held, RetentionCandidate
from villagedesk.domain.roles import Right

MONTHS = "retention.months"
"""Setting: months after delivery, 0 for never."""
DEFAULT_MONTHS = 12
MOST_MONTHS = 600
_CASES_AT_ONCE = 500
_REASONS = {
    Held.NOT_DELIVERED: "retention.held.not_delivered",
    Held.STILL_OPEN: "retention.held.still_open",
    Held.NOT_ATTESTED: "retention.held.not_attested",
    Held.ONLY_HERE: "retention.held.only_here",
    Held.PRINTING: "retention.held.printing",
}


@dataclass(frozen=True)
class RetentionLine:
    """One case whose pictures may go.

    Args:
        local_no, item_name: "" for somebody who may see no persons: together they tell whose case it is.
        pages: files, papers as printed among them.
        bytes: of the pages; what the papers take is not counted.
    """

    case_id: str
    local_no: str
    item_name: str
    delivered_at: datetime
    pages: int
    bytes: int


@dataclass(frozen=True)
class RetentionPlan:
    """What would go, and what stays though its time is over.

    Args:
        pages, bytes: of all cases together, a page that two cases name counted once.
        kept_back: why, and of how many cases.
    """

    cases: tuple[RetentionLine, ...]
    pages: int
    bytes: int
    kept_back: tuple[tuple[Sentence, int], ...]


@dataclass(frozen=True)
class RetentionDone:
    """What went; less than planned where something is needed again by now."""

    cases: int
    pages: int
    bytes: int


class RetentionDesk:
    """Says what may go, and lets it go. Nothing goes by itself. Calls block and may come from several threads."""

    def __init__(self, store: Store, vault: Vault, clock: Clock, acting: Acting) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._acting = acting

    def months(self) -> int:
        """How many months after delivery pictures are kept at the least; 0 is for ever."""
        text = self._store.read(lambda snapshot: snapshot.setting(MONTHS))
        return int(text) if text.isdecimal() else DEFAULT_MONTHS

    def set_months(self, months: int) -> None:
        """Set them; takes effect with the next plan, removes nothing.

        Raises:
            InputProblem: ``retention.months`` outside 0 to 600.
        """
        self._acting.need(Right.SAFEGUARD)
        if not 0 <= months <= MOST_MONTHS:
            raise InputProblem("retention.months", field="months", limit=MOST_MONTHS)
        event = self._event(STATION, Deed.RETENTION_SET, months=str(months))

        def work(transaction: Transaction) -> None:
            transaction.put_setting(MONTHS, str(months))
            transaction.append_event(event)

        self._store.write(work).result()

    def plan(self) -> RetentionPlan:
        """What would go today. Changes nothing."""
        self._acting.need(Right.SAFEGUARD)
        before = self._before()
        if before is None:
            return RetentionPlan((), 0, 0, ())
        candidates = self._store.read(lambda snapshot: snapshot.retention_candidates(before))
        named = self._acting.may(Right.SEE_PERSONS)
        lines, sizes = [], dict[tuple[str, str], int]()
        held: Counter[Held] = Counter()
        for one in candidates:
            going = _going(one)
            if going:
                local_no, item_name = (one.local_no, one.item_name) if named else ("", "")
                size = sum(going.values())
                lines.append(RetentionLine(one.case_id, local_no, item_name, one.delivered_at, len(going), size))
                sizes.update(going)
            held.update({page.held for page in one.pages if page.held is not None})
        kept_back = tuple((Sentence(_REASONS[reason], {}, "calm"), held[reason]) for reason in Held if held[reason])
        return RetentionPlan(tuple(lines), len(sizes), sum(sizes.values()), kept_back)

    def run(self, plan: RetentionPlan, progress: Progress = silent) -> RetentionDone:
        """Let go what was planned and may still go at this moment: the row with its line in the log first, then the
        file. What a crash leaves of the files is removed after the next sign-in.

        Args:
            progress: told of cases; stopping keeps what was done until then.

        Raises:
            EnvironmentProblem: ``store.*``; what was done until then stays done.
            Cancelled: by ``progress``.
        """
        self._acting.need(Right.WORK)
        cases, gone = set[str](), dict[tuple[str, str], int]()
        try:
            for start in range(0, len(plan.cases), _CASES_AT_ONCE):
                progress(start, len(plan.cases))
                chosen = frozenset(line.case_id for line in plan.cases[start : start + _CASES_AT_ONCE])
                named, pages = self._store.write(lambda t, chosen=chosen: self._expire(t, chosen)).result()  # type: ignore[misc]
                cases |= named
                gone.update(pages)
                for page in pages:
                    # a file that cannot be removed now goes after the next sign-in
                    with contextlib.suppress(EnvironmentProblem):
                        self._vault.remove(*page)
        finally:
            if gone:
                detail = {"cases": str(len(cases)), "pages": str(len(gone)), "months": str(self.months())}
                event = self._event(STATION, Deed.RETENTION_RUN, **detail)
                self._store.write(lambda transaction: transaction.append_event(event)).result()
        progress(len(plan.cases), len(plan.cases))
        return RetentionDone(len(cases), len(gone), sum(gone.values()))

    def _expire(self, transaction: Transaction, chosen: frozenset[str]) -> tuple[set[str], dict[tuple[str, str], int]]:
        before = self._before()
        if before is None:
            return set(), {}
        candidates = transaction.retention_candidates(before)
        pages: dict[tuple[str, str], int] = {}
        for one in candidates:
            if one.case_id in chosen:
                pages.update(_going(one))
        # a page two cases name goes from both, and both their logs say so
        named: dict[str, int] = defaultdict(int)
        for one in candidates:
            named[one.case_id] += len(_going(one).keys() & pages.keys())
        transaction.expire_pages(tuple(pages), self._clock.now())
        losing = {case_id: count for case_id, count in named.items() if count}
        for case_id, count in losing.items():
            transaction.append_event(self._event(case_id, Deed.PAGES_EXPIRED, pages=str(count)))
        return set(losing), pages

    def _before(self) -> datetime | None:
        months = self.months()
        return None if months == 0 else months_before(self._clock.now(), months)

    def _event(self, case_id: str, deed: Deed, **detail: str) -> CaseEvent:
        return CaseEvent(case_id, self._clock.now(), self._acting.clerk, str(deed), detail=detail)


def months_before(moment: datetime, months: int) -> datetime:
    """The same day that many months ago, or the last of its month where there is no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in range(moment.day, 27, -1):
        with contextlib.suppress(ValueError):
            return moment.replace(year=year, month=month + 1, day=day)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, 28))


def _going(candidate: RetentionCandidate) -> dict[tuple[str, str], int]:
    """The files of a case that may go, with their lengths."""
    return {(page.page_id, page.sha256): page.byte_count for page in candidate.pages if page.held is None}

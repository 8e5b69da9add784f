"""Cases that wait for the same, as words of the index: it counts very many of them, and names some, in a moment.

A word of a running case holds everything its limits hang on (:class:`villagedesk.domain.case.RunningCases`); another
says that a case has ended and its papers still lie here. No search asks for either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from villagedesk.domain.case import Case, CaseStatus, MaterialState, RunningCases
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.service_item import HandlingMode
from villagedesk.domain.time_limits import RUNNING
from villagedesk.store.case_words import cases_with

_RUNNING, _PAPERS_LEFT = "r", "l"
_BETWEEN = "\t"
_ALL_RUNNING = "SELECT word, members FROM case_words WHERE word >= 'r' AND word < 's'"
ENDED_WITHOUT_RESULT = frozenset({CaseStatus.REFUSED, CaseStatus.WITHDRAWN, CaseStatus.VOID})
"""What came in is given back."""


def group_words(case: Case) -> set[str]:
    """The words of the groups the case is in."""
    words: set[str] = set()
    if case.status in RUNNING:
        words.add(_word(_group(case)))
    left = any(one.state is MaterialState.TAKEN and not one.returned for one in case.materials)
    if left and case.status in ENDED_WITHOUT_RESULT:
        words.add(_PAPERS_LEFT)
    return words


def running_groups(connection: Connection) -> Sequence[RunningCases]:
    """All running cases, counted by what their limits hang on."""
    counts: Counter[str] = Counter()
    for word, members in connection.exec_driver_sql(_ALL_RUNNING).all():
        counts[word] += int.from_bytes(members, "little").bit_count()
    return [_group_of(word, count) for word, count in counts.items()]


def numbers_of_group(connection: Connection, group: RunningCases) -> int:
    """The set of a group's cases."""
    return cases_with(connection, _word(group))


def with_papers_left(connection: Connection) -> int:
    """The set of cases that ended without a result and whose papers still lie here."""
    return cases_with(connection, _PAPERS_LEFT)


def _group(case: Case) -> RunningCases:
    days = (_day(case.received_at), _day(case.accepted_at))
    return RunningCases(case.status, case.mode, case.item_code, case.item_version, *days, case.limit_date, 1)


def _word(group: RunningCases) -> str:
    days = ("" if day is None else day.isoformat() for day in (group.received_on, group.accepted_on))
    # what somebody else wrote comes last: it may hold anything
    parts = (group.status, group.mode, str(group.item_version), *days, group.item_code, group.limit_date)
    return _RUNNING + _BETWEEN.join(parts)


def _group_of(word: str, count: int) -> RunningCases:
    status, mode, version, received, accepted, code, limit = word.removeprefix(_RUNNING).split(_BETWEEN, 6)
    return RunningCases(
        CaseStatus(status), HandlingMode(mode), code, int(version), _date(received), _date(accepted), limit, count
    )


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(SHANGHAI).date()

"""The station's whole log, to be read: the domain's AuditLog on the encrypted database."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from villagedesk.domain.audit import NOTHING_SAID, AuditEntry, AuditHead, Tally, Telling
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.domain.progress import Progress, silent
from villagedesk.store import audit
from villagedesk.store.database import EncryptedStore
from villagedesk.store.rows import AnyRow
from villagedesk.store.schema import CASE_EVENTS

_SLICE = 20_000
"""Lines read between two words of how far it is: a quarter of a second where every other line counts."""
_LEAST_SEQ = -(1 << 63)
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""Shown for a line whose moment somebody wrote something else over."""


def _line_query() -> Select[Any]:
    """A line's columns; made anew at each call, as in ``case_line``: threads must not derive from one statement."""
    return select(
        CASE_EVENTS.c.seq,
        CASE_EVENTS.c.case_id,
        CASE_EVENTS.c.at,
        CASE_EVENTS.c.actor,
        CASE_EVENTS.c.kind,
        CASE_EVENTS.c.detail,
    )


class SqlAuditLog:
    """Reads the hash-chained log. Every call raises EnvironmentProblem ``store.unreadable`` when the file cannot be
    read.

    Args:
        store: opened with the data key, whose audit key proves the chain.
    """

    def __init__(self, store: EncryptedStore) -> None:
        self._store = store

    def head(self) -> AuditHead:
        """Where it ends now."""
        return self._store.read_log(lambda connection, _key: audit.last_line(connection))

    def entries(
        self,
        limit: int,
        *,
        before: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: str = "",
        case_id: str | None = None,
        kinds: frozenset[str] = frozenset(),
        telling: Mapping[str, Telling] = NOTHING_SAID,
        progress: Progress = silent,
    ) -> Sequence[AuditEntry]:
        """Newest first; ``before`` is the ``seq`` of the last line shown. Moments: ``since`` ≤ at < ``until``. Of a
        kind in ``telling`` only lines that tell one of those things. ``progress`` counts lines, and is told at the end,
        too."""
        conditions = _between(since, until)
        if actor:
            conditions.append(CASE_EVENTS.c.actor == actor)
        if case_id is not None:
            conditions.append(CASE_EVENTS.c.case_id == case_id)
        if kinds:
            conditions.append(CASE_EVENTS.c.kind.in_(sorted(kinds)))
        for kind, said in telling.items():
            conditions.append(or_(CASE_EVENTS.c.kind != kind, _told(said.name).in_(sorted(said.values))))
        chosen = _line_query().where(*conditions).order_by(CASE_EVENTS.c.seq.desc()).limit(limit)

        def work(connection: Connection, _key: bytes) -> Sequence[AuditEntry]:
            if case_id is None:
                rows = _in_slices(connection, chosen, progress, backwards=True, beyond=before)
                found = [_entry(row) for row in islice(rows, limit)]
            else:  # the few lines of one case are found by its index
                few = chosen if before is None else chosen.where(CASE_EVENTS.c.seq < before)
                found = [_entry(row) for row in connection.execute(few)]
            _tell_end(connection, progress)
            return found

        return self._store.read_log(work)

    def tally(
        self,
        name: str,
        *,
        kinds: frozenset[str],
        since: datetime | None = None,
        until: datetime | None = None,
        progress: Progress = silent,
    ) -> Mapping[tuple[str, str], Tally]:
        """How many lines there are, and of how many cases, by their kind and by what they tell under ``name``, "" where
        they tell nothing under it. ``progress`` counts lines, and is told at the end, too."""
        told = func.coalesce(_told(name), "").label("told")
        chosen = (
            select(CASE_EVENTS.c.seq, CASE_EVENTS.c.kind, told, CASE_EVENTS.c.case_id)
            .where(CASE_EVENTS.c.kind.in_(sorted(kinds)), *_between(since, until))
            .order_by(CASE_EVENTS.c.seq)
        )

        def work(connection: Connection, _key: bytes) -> Mapping[tuple[str, str], Tally]:
            lines: Counter[tuple[str, str]] = Counter()
            cases: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
            for row in _in_slices(connection, chosen, progress, backwards=False):
                key = (str(row.kind), str(row.told))
                lines[key] += 1
                cases[key].add(row.case_id)
            _tell_end(connection, progress)
            return {key: Tally(count, len(cases[key])) for key, count in lines.items()}

        return self._store.read_log(work)

    def counts(self, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
        """How many lines of each (actor, kind) in that time."""
        chosen = (
            select(CASE_EVENTS.c.actor, CASE_EVENTS.c.kind, func.count().label("lines"))
            .where(*_between(since, until))
            .group_by(CASE_EVENTS.c.actor, CASE_EVENTS.c.kind)
        )
        return self._store.read_log(
            lambda connection, _key: {(row.actor, row.kind): row.lines for row in connection.execute(chosen)}
        )

    def first_broken(self, progress: Progress = silent) -> int | None:
        """The line from which the log cannot be trusted, counted from 1; None when all of it stands."""
        return self._store.read_log(lambda connection, key: audit.first_broken(connection, key, progress))

    def holds(self, head: AuditHead) -> bool:
        """Whether the chain passes through a head that was noted earlier, e.g. printed on a report."""
        return self._store.read_log(lambda connection, _key: audit.mac_of(connection, head.seq) == head.mac)


def _in_slices(
    connection: Connection, chosen: Select[Any], progress: Progress, *, backwards: bool, beyond: int | None = None
) -> Iterator[AnyRow]:
    """The rows of a query over the log, a slice of its lines at a time; ``progress`` is told before each, also where
    none is found for long.

    Args:
        chosen: ordered by ``seq``.
        backwards: the last line comes first.
        beyond: the ``seq`` behind which it begins; None for all.
    """
    last = audit.last_line(connection).seq
    seq = CASE_EVENTS.c.seq
    while True:
        # From line to line, so that a number somebody wrote over a line's makes no slices of nothing.
        nearest = select(seq).order_by(seq.desc() if backwards else seq).limit(1)
        if beyond is not None:
            nearest = nearest.where(seq < beyond if backwards else seq > beyond)
        begin = connection.execute(nearest).scalar()
        if begin is None:
            return
        beyond = max(_LEAST_SEQ, begin - _SLICE + 1) if backwards else min(last, begin + _SLICE - 1)
        progress(min(last, max(0, last - begin if backwards else begin - 1)), last)
        yield from connection.execute(chosen.where(seq.between(min(begin, beyond), max(begin, beyond))))


def _tell_end(connection: Connection, progress: Progress) -> None:
    last = audit.last_line(connection).seq
    progress(last, last)


def _between(since: datetime | None, until: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(CASE_EVENTS.c.at >= utc_text(since))
    if until is not None:
        conditions.append(CASE_EVENTS.c.at < utc_text(until))
    return conditions


def _told(name: str) -> ColumnElement[Any]:
    """What a line tells under a name; NULL where it tells nothing, and in one somebody wrote anything into."""
    detail = CASE_EVENTS.c.detail
    readable = and_(func.typeof(detail) == "text", func.json_valid(detail) == 1)
    return case((readable, func.json_extract(detail, f'$."{name}"')))


def _entry(row: AnyRow) -> AuditEntry:
    """A line as it stands there, also one that somebody wrote anything into: one such line must not hide the others."""
    try:
        at = moment_of(row.at)
    except (TypeError, ValueError):
        at = _NO_MOMENT
    return AuditEntry(row.seq, str(row.case_id), at, str(row.actor), str(row.kind), _detail(row.detail))


def _detail(text: object) -> Mapping[str, str]:
    try:
        told = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        told = None
    return {name: str(value) for name, value in told.items()} if isinstance(told, dict) else {}

"""What happened to cases, in one gapless order per station, and the bell that ends a long poll."""

from __future__ import annotations

import asyncio
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select, update

from villagedesk.acceptance.wire import Change, ChangesAnswer, DocumentRecord, WantedRecord, sha256_hex
from villagedesk.domain.clock import utc_text
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CHANGES, STATIONS

CHANGES_PER_ANSWER = 500
_CURSOR = re.compile(r"([0-9]{1,18})(?:-([0-9a-f]{8}))?", re.ASCII)


def record_change(
    connection: Connection,
    division_code: str,
    case_id: str,
    kind: str,
    now: datetime,
    values: Mapping[str, str],
    documents: Sequence[DocumentRecord] = (),
    wanted: Sequence[WantedRecord] = (),
    fields: Mapping[str, str] | None = None,
) -> None:
    """Write one change in the caller's transaction.

    The number comes from the station's own row, which stays locked until the commit: so a reader can never see
    number 8 before number 7 is there, as it could with a database sequence.
    """
    sequence = connection.execute(
        update(STATIONS)
        .where(STATIONS.c.division_code == division_code)
        .values(change_count=STATIONS.c.change_count + 1)
        .returning(STATIONS.c.change_count)
    ).scalar_one()
    change = Change(
        sequence=sequence,
        case_id=case_id,
        kind=kind,
        at=utc_text(now),
        state_code=kind,
        values=dict(values),
        documents=list(documents),
        wanted=list(wanted),
        fields=dict(fields or {}),
    )
    connection.execute(
        CHANGES.insert().values(
            division_code=division_code, sequence=sequence, case_id=case_id, body=change.model_dump_json().encode()
        )
    )


def changes_after(storage: Storage, division_code: str, cursor: str) -> ChangesAnswer:
    """What came after a cursor, oldest first, at most :data:`CHANGES_PER_ANSWER`.

    A cursor names the last change that was told and a mark of it. One that is not known here starts again from the
    beginning: this server was restored to an older state, and may have told as many others since. A change told twice
    is harmless, one never told is not. Cursors without a mark are of before, and are known by their number.

    Raises:
        WireProblem: 422 ``bad_cursor``.
    """
    asked = _CURSOR.fullmatch(cursor or "0")
    if asked is None:
        raise WireProblem(422, "bad_cursor", "游标不正确")
    after, mark = int(asked[1]), asked[2] or ""
    with storage.read() as connection:
        last = connection.execute(
            select(STATIONS.c.change_count).where(STATIONS.c.division_code == division_code)
        ).scalar_one()
        if after > last or (mark and _mark(_body(connection, division_code, after)) != mark):
            after, mark = 0, ""
        bodies = (
            connection.execute(
                select(CHANGES.c.body)
                .where(CHANGES.c.division_code == division_code, CHANGES.c.sequence > after)
                .order_by(CHANGES.c.sequence)
                .limit(CHANGES_PER_ANSWER)
            )
            .scalars()
            .all()
        )
    changes = [Change.model_validate_json(body) for body in bodies]
    if changes:
        after, mark = changes[-1].sequence, _mark(bodies[-1])
    return ChangesAnswer(changes=changes, cursor=f"{after}-{mark}" if mark else str(after))


def _body(connection: Connection, division_code: str, sequence: int) -> bytes:
    found = select(CHANGES.c.body).where(CHANGES.c.division_code == division_code, CHANGES.c.sequence == sequence)
    return bytes(connection.execute(found).scalar_one_or_none() or b"")


def _mark(body: bytes) -> str:
    return sha256_hex(body)[:8]


class Bell:
    """Wakes those who wait for something new of one station, or of any (""). Rung from any thread; waited for in the
    server's loop.

    Of 2,600 villages that wait, an official's move is to wake the one it concerns: each that is woken looks into the
    database.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._events: weakref.WeakValueDictionary[str, asyncio.Event] = weakref.WeakValueDictionary()
        self.closed = False

    def open(self) -> None:
        """Belong to the running loop."""
        self._loop = asyncio.get_running_loop()

    def ring(self, station: str = "") -> None:
        """Wake who waits for this station now."""
        self._in_loop(partial(self._ring, station))

    def close(self) -> None:
        """Wake all, and let nobody wait any more: the server stops."""
        self.closed = True
        self._in_loop(self._ring_all)

    def next_ring(self, station: str = "") -> asyncio.Event:
        """Set at the next ring. Take it *before* looking, so that no ring falls between looking and waiting."""
        event = self._events.get(station)
        if event is None:
            event = self._events[station] = asyncio.Event()
        return event

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """Until the ring, or that long."""
        if not self.closed:
            try:
                await asyncio.wait_for(event.wait(), seconds)
            except TimeoutError:
                return

    def _in_loop(self, work: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(work)

    def _ring(self, station: str) -> None:
        event = self._events.pop(station, None)
        if event is not None:
            event.set()

    def _ring_all(self) -> None:
        for station in list(self._events):
            self._ring(station)

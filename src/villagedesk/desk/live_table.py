"""The table as the clerk sees it live: the small picture, the paper found in it, and when to photograph by itself."""

from __future__ import annotations

import threading

import numpy as np

from villagedesk.desk.acting import Acting
from villagedesk.desk.door_views import Sentence
from villagedesk.desk.live_views import Corners, LiveSight
from villagedesk.desk.table_camera import TableCamera
from villagedesk.devices.ports import Frame
from villagedesk.domain.clock import Clock
from villagedesk.domain.repositories import Store
from villagedesk.domain.roles import Right
from villagedesk.imaging.outline import SURE, PageOutline
from villagedesk.imaging.table_watch import Sight, TableState, TableWatch

_AUTOMATIC = "scanning.automatic"
_WORDS = {
    TableState.EMPTY: Sentence("live.empty", {}, "calm"),
    TableState.UNSURE: Sentence("live.unsure", {}, "warn"),
    TableState.MOVING: Sentence("live.moving", {}, "calm"),
    TableState.SETTLING: Sentence("live.settling", {}, "calm"),
    TableState.NEW: Sentence("live.new", {}, "good"),
    TableState.TAKEN: Sentence("live.taken", {}, "good"),
}


class LiveTable:
    """Calls block for some hundredths of a second and may come from several threads."""

    def __init__(self, table: TableCamera, store: Store, clock: Clock, acting: Acting) -> None:
        self._table = table
        self._store = store
        self._clock = clock
        self._acting = acting
        self._guard = threading.Lock()
        self._watch = TableWatch()
        self._last: tuple[int, LiveSight] | None = None

    def look(self) -> LiveSight | None:
        """The newest small picture with what lies on the table; None without a camera, a picture, or when it fails."""
        self._acting.need(Right.WORK)
        frame = self._table.preview()
        with self._guard:
            if frame is None:
                return None
            if self._last is None or self._last[0] != frame.number:
                pixels = np.frombuffer(frame.rgb, np.uint8).reshape(frame.height, frame.width, 3)
                sight = self._watch.look(np.ascontiguousarray(pixels[:, :, ::-1]), self._clock.monotonic())
                self._last = frame.number, _view(frame, sight)
            return self._last[1]

    def taken(self) -> None:
        """What lies there was photographed; it is not photographed again by itself."""
        with self._guard:
            self._watch.taken()
            self._last = None

    def thrown_away(self) -> None:
        """Its page was not wanted so: the paper is photographed again by itself once it was touched."""
        with self._guard:
            self._watch.thrown_away()

    def automatic(self) -> bool:
        """Whether a new paper is photographed by itself; at first it is."""
        return self._store.read(lambda snapshot: snapshot.setting(_AUTOMATIC)) != "off"

    def set_automatic(self, on: bool) -> None:
        """Say whether a new paper is photographed by itself; kept for the next day."""
        self._acting.need(Right.WORK)
        self._store.write(lambda transaction: transaction.put_setting(_AUTOMATIC, "" if on else "off")).result()


def _view(frame: Frame, sight: Sight) -> LiveSight:
    outline = sight.outline
    return LiveSight(
        width=frame.width,
        height=frame.height,
        rgb=frame.rgb,
        number=frame.number,
        corners=None if outline is None else _shares(outline, frame),
        sure=outline is not None and outline.confidence >= SURE,
        take=sight.state is TableState.NEW,
        sentence=_WORDS[sight.state],
    )


def _shares(outline: PageOutline, frame: Frame) -> Corners:
    first, second, third, fourth = (
        ((float(x) + 0.5) / frame.width, (float(y) + 0.5) / frame.height) for x, y in outline.corners
    )
    return first, second, third, fourth

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
from villagedesk.imaging.finding.outline import SURE, PageOutline
from villagedesk.imaging.likeness.table_watch import Sight, TableState, TableWatch

_AUTOMATIC = "scanning.automatic"
_TONES = {
    TableState.UNSURE: "warn",
    TableState.COVERED: "warn",
    TableState.FAILED: "warn",
    TableState.NEW: "good",
    TableState.TAKEN: "good",
}
_SAME_WORDS = {TableState.EMPTY, TableState.UNSURE}
"""What to do then does not hang on whether photographs are taken by themselves."""


class LiveTable:
    """Calls block for some hundredths of a second and may come from several threads."""

    def __init__(self, table: TableCamera, store: Store, clock: Clock, acting: Acting) -> None:
        self._table = table
        self._store = store
        self._clock = clock
        self._acting = acting
        self._guard = threading.Lock()
        self._watch = TableWatch()
        self._seen: int | None = None
        self._automatic: bool | None = None
        """None until it was read: it is asked for many times a second."""

    def look(self) -> LiveSight | None:
        """The newest small picture with what lies on the table; None without a camera, a picture, or when it fails."""
        self._acting.need(Right.WORK)
        frame = self._table.preview()
        if frame is None:
            return None
        automatic = self.automatic()
        with self._guard:
            now = self._clock.monotonic()
            if frame.number == self._seen:
                sight = self._watch.again(now)
            else:
                self._seen = frame.number
                pixels = np.frombuffer(frame.rgb, np.uint8).reshape(frame.height, frame.width, 3)
                sight = self._watch.look(np.ascontiguousarray(pixels[:, :, ::-1]), now)
        return _view(frame, sight, automatic)

    def taken(self) -> None:
        """What lies there was photographed; it is not photographed again by itself."""
        self._acting.need(Right.WORK)
        with self._guard:
            self._watch.taken()

    def thrown_away(self) -> None:
        """Its page was not wanted so: the paper is photographed again by itself once it was touched."""
        self._acting.need(Right.WORK)
        with self._guard:
            self._watch.thrown_away()

    def failed(self, *, retry: bool) -> None:
        """The photograph of what lies there came to nothing.

        Args:
            retry: it is taken once more by itself, as soon as the camera is back; else the paper has to be touched, or
                the key pressed.
        """
        self._acting.need(Right.WORK)
        with self._guard:
            self._watch.failed(retry=retry)

    def swapped(self) -> bool:
        """Whether another paper lies there by now than the one photographed last; False where that cannot be seen."""
        if self.look() is None:
            return False
        with self._guard:
            return self._watch.swapped()

    def automatic(self) -> bool:
        """Whether a new paper is photographed by itself; at first it is."""
        self._acting.need(Right.WORK)
        if self._automatic is None:
            self._automatic = self._store.read(lambda snapshot: snapshot.setting(_AUTOMATIC)) != "off"
        return self._automatic

    def set_automatic(self, on: bool) -> None:
        """Say whether a new paper is photographed by itself; kept for the next day."""
        self._acting.need(Right.WORK)
        self._store.write(lambda transaction: transaction.put_setting(_AUTOMATIC, "" if on else "off")).result()
        self._automatic = on


def _view(frame: Frame, sight: Sight, automatic: bool) -> LiveSight:
    outline, state = sight.outline, sight.state
    by_hand = "" if automatic or state in _SAME_WORDS else "by_hand_"
    return LiveSight(
        width=frame.width,
        height=frame.height,
        rgb=frame.rgb,
        number=frame.number,
        corners=None if outline is None else _shares(outline, frame),
        sure=outline is not None and outline.confidence >= SURE,
        take=automatic and state is TableState.NEW,
        sentence=Sentence(f"live.{by_hand}{state}", {}, _TONES.get(state, "calm")),
    )


def _shares(outline: PageOutline, frame: Frame) -> Corners:
    first, second, third, fourth = (
        ((float(x) + 0.5) / frame.width, (float(y) + 0.5) / frame.height) for x, y in outline.corners
    )
    return first, second, third, fourth

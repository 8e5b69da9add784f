"""Watches the small pictures of the table: when does a new paper lie still, to be photographed by itself?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from villagedesk.imaging.finding.outline import SURE, PageOutline, find_page
from villagedesk.imaging.likeness.page_likeness import PageView, same_page, view_of

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

STILL_S = 0.5
"""How long nothing may move. A hand that lays a paper down is away by then."""
_SIDE = 160
_MOVED = 9.0
"""Grey levels by which a spot must change; a lamp's flicker and the sensor's noise stay below it at this size."""
_MOVING_SHARE = 0.004
"""Share of the picture that must have changed: a finger tip at the rim of an A4 page is about 0.01."""
_SEARCH_AGAIN_S = 0.3
"""What lies still is searched for so often, as the camera may only now have it sharp; not for each picture, which would
keep one core of a small PC busy all day. Less than ``STILL_S``: a paper is judged by what was found since it lies."""
_SEARCH_MOVING_S = 0.2
"""So often while something moves: the picture on the screen is to run smoothly, and a search takes as long as two or
three pictures do."""
_GAP_S = 1.0
"""A longer time without a picture (the screen was covered) proves no stillness."""


class TableState(StrEnum):
    """What lies on the table.

    ``EMPTY``: no paper. ``UNSURE``: perhaps one, but not surely enough to cut it out unseen. ``MOVING``: something
    moves. ``SETTLING``: a paper, still, not for long enough yet. ``COVERED``: a paper under a hand or an arm; it waits.
    ``NEW``: a paper to be taken now. ``TAKEN``: the paper that was taken last. ``FAILED``: its photograph came to
    nothing; it is taken again once it was touched.
    """

    EMPTY = "empty"
    UNSURE = "unsure"
    MOVING = "moving"
    SETTLING = "settling"
    COVERED = "covered"
    NEW = "new"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True)
class Sight:
    """What one small picture showed.

    Args:
        outline: the paper in that picture's pixels, where one is seen; where something moves, as it lay a moment ago.
    """

    state: TableState
    outline: PageOutline | None


class TableWatch:
    """Goes from picture to picture. One thread at a time."""

    def __init__(self) -> None:
        self._anchor: Floats | None = None
        """The picture since which nothing has moved."""
        self._still_since = 0.0
        self._seen_at = 0.0
        self._searched_at = 0.0
        self._unsearched: tuple[Pixels, float] | None = None
        """The newest picture, and when it came, where something moved and it was not searched."""
        self._judged: TableState | None = None
        """What this stillness has come to; None as long as it is not old enough."""
        self._last: tuple[Pixels, PageOutline | None] | None = None
        self._paper: tuple[Pixels, PageOutline] | None = None
        """The last picture of this stillness in which a paper was found: in a single one it may be missed."""
        self._taken: PageView | None = None
        self._touched = False
        """Whether something moved since the paper was taken."""
        self._failures = 0
        """How often the photograph of what lies still came to nothing."""

    def look(self, picture: Pixels, at: float) -> Sight:
        """Take in the next small picture.

        Args:
            picture: height × width × 3, BGR, some 600 to 1,000 pixels wide.
            at: when, seconds of a clock that never goes back.
        """
        moved = self._moved(picture, at)
        if moved and self._last is not None and at - self._searched_at < _SEARCH_MOVING_S:
            self._unsearched = picture, at
            return Sight(TableState.MOVING, self._last[1])
        outline = None if self._last is None else self._last[1]
        if moved or self._last is None or self._unsearched or at - self._searched_at >= _SEARCH_AGAIN_S:
            outline, self._searched_at = find_page(picture), at
            if self._judged is TableState.COVERED:
                self._judged = None  # an arm may draw back too slowly to be seen moving
        self._saw(picture, outline, moved=moved or self._unsearched is not None)
        return Sight(TableState.MOVING, outline) if moved else self._judge(at)

    def again(self, at: float) -> Sight:
        """The camera gave no newer picture: the last one holds on, and time goes by.

        Args:
            at: as for :meth:`look`, which was called before.
        """
        self._catch_up()
        if at - self._seen_at > _GAP_S:
            self._still_since = at
        self._seen_at = at
        return self._judge(at)

    def _catch_up(self) -> None:
        """Search the newest picture, where it was passed over."""
        if self._unsearched is not None:
            picture, self._searched_at = self._unsearched
            self._saw(picture, find_page(picture), moved=True)

    def _saw(self, picture: Pixels, outline: PageOutline | None, *, moved: bool) -> None:
        self._unsearched, self._last = None, (picture, outline)
        if outline is not None:
            self._paper = picture, outline
        elif moved:
            self._paper = None

    def _judge(self, at: float) -> Sight:
        assert self._last is not None
        picture, outline = self._last
        if outline is None:
            return Sight(TableState.EMPTY, None)
        if self._judged is None:
            if outline.confidence < SURE:
                return Sight(TableState.UNSURE, outline)
            if at - self._still_since < STILL_S:
                return Sight(TableState.SETTLING, outline)
            view = view_of(picture, outline.corners)
            if self._taken is not None and same_page(self._taken, view):
                self._judged = TableState.TAKEN
            else:
                self._judged = TableState.NEW if view.over is None else TableState.COVERED
        return Sight(self._judged, outline)

    def taken(self) -> None:
        """What lies there was photographed, by itself or by hand; it is not taken again by itself."""
        self._touched = False
        self._catch_up()
        if self._paper is not None:
            picture, outline = self._paper
            self._taken, self._judged = view_of(picture, outline.corners), TableState.TAKEN

    def thrown_away(self) -> None:
        """The page taken last was not wanted so: its paper is taken again by itself, once something has moved."""
        self._taken = None

    def failed(self, *, retry: bool) -> None:
        """The photograph of what lies there came to nothing.

        Args:
            retry: once it may be tried again by itself, without the paper having been touched.
        """
        self._taken = None
        self._failures += 1
        if self._judged is not None and (not retry or self._failures > 1):
            self._judged = TableState.FAILED

    def swapped(self) -> bool:
        """Whether something else lies there, or is being laid there, than what was photographed last. A paper that was
        only pushed, or on which nothing is known to have moved, is the same."""
        self._catch_up()
        if not self._touched or self._paper is None or self._taken is None:
            return self._touched
        picture, outline = self._paper
        return not same_page(self._taken, view_of(picture, outline.corners))

    def _moved(self, picture: Pixels, at: float) -> bool:
        """Whether something moved since the picture before; begins a new stillness then."""
        height, width = picture.shape[:2]
        size = (_SIDE, max(1, round(_SIDE * height / width)))
        grey = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        now = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
        before, gap, self._seen_at = self._anchor, at - self._seen_at, at
        if before is not None and before.shape == now.shape:
            # The camera's own exposure goes up and down as a whole; that is no movement.
            gain = float(np.clip(np.median(now + 1) / np.median(before + 1), 0.5, 2))
            if float((np.abs(now - before * gain) > _MOVED).mean()) < _MOVING_SHARE:
                if gap > _GAP_S:
                    self._still_since = at
                return False
        self._touched = self._touched or before is not None
        self._anchor, self._still_since, self._judged, self._failures = now, at, None, 0
        return True

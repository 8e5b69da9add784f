"""Which camera is meant, and in which format it is asked for its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from villagedesk.devices.ports import CameraInfo

LEAST_RATE = 5.0
"""Frames a second below which a live picture is of no use to somebody who lays a paper down."""
_LEAST_PIXELS = 5_000_000
"""What an A4 page with some table around it needs for 200 dots an inch; fewer only where the camera has no more."""


@dataclass(frozen=True)
class PictureFormat:
    """A format a camera offers.

    Args:
        width, height: pixels.
        motion_jpeg: coded by the camera, so that much fits through a USB 2 cable.
        rate: frames a second at most.
        kind: how the pixels come, for the technician.
    """

    width: int
    height: int
    motion_jpeg: bool
    rate: float
    kind: str = ""

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height

    def in_words(self) -> str:
        """For the technician."""
        return f"{self.width}×{self.height} {self.kind or ('MJPEG' if self.motion_jpeg else '?')} {self.rate:g}/s"


def in_order(formats: Sequence[PictureFormat]) -> list[PictureFormat]:
    """The formats as they are tried, best first.

    A USB camera gives one stream at a time, and to change its format it must be stopped, which takes a second and
    loses its exposure: so one format serves the live picture and the still, and it is the largest that still moves.
    """

    def rank(one: PictureFormat) -> tuple[bool, bool, int, bool, float]:
        moves = one.rate >= LEAST_RATE
        enough = one.pixels >= _LEAST_PIXELS
        return moves and enough, moves or enough, one.pixels, one.motion_jpeg, one.rate

    return sorted(formats, key=rank, reverse=True)


def pick(
    cameras: Sequence[CameraInfo], wanted: CameraInfo | None, other: CameraInfo | None = None
) -> CameraInfo | None:
    """Which of the connected cameras is meant, None where it is not there.

    A camera that was chosen is never replaced by one of another name: that may be the one that looks at the clerk.

    Args:
        wanted: as it was chosen; None: the one that sees most, of equals the first.
        other: the camera of the other place, which is not taken for this one.
    """
    free = [one for one in cameras if one != other]
    if wanted is None:
        # a document camera has a larger sensor than what is built into the screen
        return max(free, key=lambda one: one.pixels, default=None)
    # plugged into another socket, it may have another id
    return next((one for one in free if one == wanted), next((one for one in free if one.name == wanted.name), None))

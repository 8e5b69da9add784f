"""What the live picture of the table shows."""

from __future__ import annotations

from dataclasses import dataclass

from villagedesk.desk.door_views import Sentence

Corners = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class LiveSight:
    """The newest small picture, and what lies on the table.

    Args:
        width, height: of the picture, pixels.
        rgb: its pixels, 3 bytes each, no padding.
        number: grows with every new picture.
        corners: of the paper seen in it, as shares of width and height; None where none is seen.
        sure: whether the paper can be cut out there without asking.
        take: a new paper lies still: now is the time to photograph it.
        sentence: the same in words.
    """

    width: int
    height: int
    rgb: bytes
    number: int
    corners: Corners | None
    sure: bool
    take: bool
    sentence: Sentence

"""The resolution that a picture out of a file says it has, where that can be true."""

from __future__ import annotations

import math

from PIL import Image

_PLACEHOLDERS = (72.0, 96.0)
"""What programs write that know no resolution: Exif 2.3 section 4.6.4 and Windows' screens."""
_LEAST, _MOST = 70.0, 1300.0
_SHORTEST_INCHES = 1.5
_LONGEST_INCHES = 17.6
"""A3, and what a scanner adds to it."""
_STRIP_INCHES = (4.5, 50.0)
"""A receipt may be longer, when it is no wider than the first."""
_SQUARE = 0.01
_MOST_STRETCHED = 2.5


def told_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Dots an inch across and down; None where nothing is told, or nothing that a paper on a scanner could have.

    Args:
        image: opened, as it lies in the file (not yet turned upright).
    """
    told = image.info.get("dpi")
    try:
        across, down = (float(one) for one in told)  # type: ignore[union-attr]  # whatever the file's reader made of it
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    # ITU-T T.4: a fax has 204 dots across and 98 or 196 lines down
    if not all(math.isfinite(one) and _LEAST <= one <= _MOST for one in (across, down)):
        return None
    if max(across, down) > _MOST_STRETCHED * min(across, down):
        return None
    if any(abs(across - none) < 1 and abs(down - none) < 1 for none in _PLACEHOLDERS):
        return None
    short, long = sorted((image.width / across, image.height / down))
    fits = long <= _LONGEST_INCHES or (short <= _STRIP_INCHES[0] and long <= _STRIP_INCHES[1])
    return (across, down) if fits and short >= _SHORTEST_INCHES else None


def square_size(size: tuple[int, int], told: tuple[float, float]) -> tuple[int, int]:
    """The size a picture needs for its pixels to be square; the same where they nearly are."""
    across, down = told
    if abs(across / down - 1) <= _SQUARE:
        return size
    finest = max(told)
    return round(size[0] * finest / across), round(size[1] * finest / down)

"""A photographed page as it is best read: flat, with its own colours. Whitened paper is easier on the eyes, but pale
print on a coloured card is lost in it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.decode import decode
from villagedesk.imaging.flattening.flatten import flatten

_QUALITY = 92


def page_to_read(
    photograph: bytes, corners: Sequence[tuple[float, float]], *, trim: bool, media_type: str = ""
) -> bytes:
    """The page, JPEG.

    Args:
        photograph: encoded picture (see ``decode``).
        corners: where the page lies in it, as :class:`villagedesk.imaging.page.FlattenedPage` has them.
        trim: as of :func:`villagedesk.imaging.flattening.flatten.flatten`.

    Raises:
        InputProblem: what ``decode`` raises; ``imaging.bad_corners``.
    """
    flat = flatten(decode(photograph, media_type), np.array(corners, np.float64), trim=trim)
    done, coded = cv2.imencode(".jpg", flat.pixels, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise InputProblem("imaging.bad_corners")
    return coded.tobytes()

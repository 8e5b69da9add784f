"""Which camera is meant, and which format it is asked for."""

from __future__ import annotations

import pytest

from villagedesk.devices.camera_pick import PictureFormat, in_order, pick
from villagedesk.devices.ports import CameraInfo

TABLE = CameraInfo("a", "document camera", 8_000_000)
SIDE = CameraInfo("b", "side camera", 2_000_000)
TWIN = CameraInfo("c", "document camera", 8_000_000)


@pytest.mark.parametrize(
    ("cameras", "wanted", "other", "meant"),
    [
        ((), None, None, None),
        ((SIDE, TABLE), None, None, TABLE),
        ((SIDE, TABLE), None, TABLE, SIDE),
        ((TABLE,), None, TABLE, None),
        ((SIDE, TABLE), SIDE, None, SIDE),
        ((SIDE,), TABLE, None, None),
        ((SIDE, CameraInfo("z", "document camera")), TABLE, None, CameraInfo("z", "document camera")),
        # another camera has got its old id
        ((CameraInfo("a", "side camera"),), TABLE, None, None),
        # of twins, the one that is not the other place's
        ((TABLE, CameraInfo("d", "document camera")), TWIN, TABLE, CameraInfo("d", "document camera")),
    ],
)
def test_which_one_is_meant(
    cameras: tuple[CameraInfo, ...], wanted: CameraInfo | None, other: CameraInfo | None, meant: CameraInfo | None
) -> None:
    assert pick(cameras, wanted, other) == meant


def best(*formats: PictureFormat) -> PictureFormat:
    return in_order(formats)[0]


def test_the_largest_format_that_still_moves_serves_both_live_picture_and_still() -> None:
    large, larger_but_still = PictureFormat(3264, 2448, True, 15), PictureFormat(4208, 3120, False, 1)
    small_and_quick = PictureFormat(1920, 1080, True, 30)
    assert best(small_and_quick, larger_but_still, large) == large
    assert best(small_and_quick, larger_but_still) == larger_but_still, "a page needs its pixels more than its movement"
    assert best(PictureFormat(3264, 2448, False, 15), large) == large, "through one USB 2 cable"
    assert in_order([]) == []


def test_where_all_are_small_the_one_that_moves_is_taken() -> None:
    assert best(PictureFormat(1600, 1200, False, 2), PictureFormat(1280, 1024, True, 30)).rate == 30

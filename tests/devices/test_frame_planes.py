"""Frames made small from their planes: each packing shows the same picture, and what came in part is no picture."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from villagedesk.devices.frame_planes import Packing, Plane, small_rgb, still_jpeg, whole_jpeg
from villagedesk.imaging.files.decode import decode

SIZE = (2004, 1504)
"""Not a multiple of the small size, so that rows are padded and halves are odd."""


def table() -> NDArray[np.uint8]:
    """Four coloured quarters, RGB."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    half = (SIZE[0] // 2, SIZE[1] // 2)
    picture[: half[1], : half[0]] = (200, 40, 30)
    picture[: half[1], half[0] :] = (30, 160, 50)
    picture[half[1] :, : half[0]] = (40, 60, 200)
    picture[half[1] :, half[0] :] = (240, 240, 235)
    return picture


def padded(rows: NDArray[np.uint8], by: int = 12) -> Plane:
    """A plane as a driver lays it down: each row followed by bytes that mean nothing."""
    wide = np.full((rows.shape[0], rows.shape[1] + by), 7, np.uint8)
    wide[:, : rows.shape[1]] = rows
    return Plane(memoryview(wide.tobytes()), wide.shape[1])


def light_and_colours(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Luminance, red and blue difference."""
    light, red, blue = np.moveaxis(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb), np.uint8), -1, 0)
    return light, red, blue


def planes_of(packing: Packing) -> list[Plane]:
    rgb = table()
    height, width = rgb.shape[:2]
    if packing is Packing.JPEG:
        coded = io.BytesIO()
        Image.fromarray(rgb).save(coded, "JPEG", quality=92)
        return [Plane(memoryview(coded.getvalue() + bytes(5000)), 0)]
    orders = {Packing.RGBX: "RGBX", Packing.BGRX: "BGRX", Packing.XRGB: "XRGB", Packing.XBGR: "XBGR"}
    if packing in orders:
        channels = [
            np.full((height, width), 9, np.uint8) if c == "X" else rgb[..., "RGB".index(c)] for c in orders[packing]
        ]
        return [padded(np.stack(channels, -1).reshape(height, width * 4))]
    light, red, blue = light_and_colours(rgb)
    if packing is Packing.GREY:
        return [padded(light)]
    if packing in (Packing.YUYV, Packing.UYVY):
        packed = np.empty((height, width // 2, 4), np.uint8)
        places = (0, 1, 2, 3) if packing is Packing.YUYV else (1, 0, 3, 2)
        for place, channel in zip(places, (light[:, ::2], blue[:, ::2], light[:, 1::2], red[:, ::2]), strict=True):
            packed[..., place] = channel
        return [padded(packed.reshape(height, width * 2))]
    if packing in (Packing.NV12, Packing.NV21):
        pair = (blue, red) if packing is Packing.NV12 else (red, blue)
        colour = np.stack([one[::2, ::2] for one in pair], -1)
        return [padded(light), padded(colour.reshape(colour.shape[0], -1))]
    pair = (blue, red) if packing is Packing.YUV_PLANES else (red, blue)
    return [padded(light), *(padded(np.ascontiguousarray(one[::2, ::2])) for one in pair)]


def seen(told: tuple[int, int, bytes] | None) -> NDArray[np.uint8]:
    assert told is not None
    width, height, rgb = told
    return np.frombuffer(rgb, np.uint8).reshape(height, width, 3)


@pytest.mark.parametrize("packing", list(Packing))
def test_each_packing_shows_the_same_table(packing: Packing) -> None:
    small = seen(small_rgb(packing, planes_of(packing), SIZE))
    assert (small.shape[1], small.shape[0]) == (1000, 750)
    whole = table()
    for x, y in ((0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)):
        expected = whole[int(y * whole.shape[0]), int(x * whole.shape[1])].astype(int)
        if packing is Packing.GREY:
            expected = np.full(3, round(float(expected @ [0.299, 0.587, 0.114])))
        assert np.abs(small[int(y * 750), int(x * 1000)].astype(int) - expected).max() <= 4


@pytest.mark.parametrize("packing", list(Packing))
def test_a_still_has_every_pixel_and_the_same_colours(packing: Packing) -> None:
    coded = still_jpeg(packing, planes_of(packing), SIZE)
    assert coded is not None
    still = np.asarray(Image.open(io.BytesIO(coded)).convert("RGB"), int)
    assert (still.shape[1], still.shape[0]) == SIZE
    whole = table().astype(int)
    if packing is Packing.GREY:
        whole = np.repeat((whole @ [0.299, 0.587, 0.114])[..., None], 3, axis=2).round().astype(int)
    inside = np.ones(whole.shape[:2], bool)
    inside[SIZE[1] // 2 - 8 : SIZE[1] // 2 + 8] = inside[:, SIZE[0] // 2 - 8 : SIZE[0] // 2 + 8] = False
    assert np.abs(still - whole)[inside].max() <= 6


def test_a_still_of_packed_pairs_keeps_columns_apart() -> None:
    light = np.zeros((600, 800), np.uint8)
    light[:, ::2] = 255
    packed = np.full((600, 400, 4), 128, np.uint8)
    packed[..., 0], packed[..., 2] = light[:, ::2], light[:, 1::2]
    coded = still_jpeg(Packing.YUYV, [Plane(memoryview(packed.tobytes()), 1600)], (800, 600))
    assert coded is not None
    still = np.asarray(Image.open(io.BytesIO(coded)).convert("L"), int)
    assert still[:, ::2].min() > 200
    assert still[:, 1::2].max() < 55


def test_a_motion_jpeg_without_its_tables_is_read_by_imaging() -> None:
    # cameras leave out the Huffman tables that every Motion JPEG shares
    coded = planes_of(Packing.JPEG)[0].data
    bare, place = bytearray(coded[:2]), 2
    while coded[place + 1] != 0xDA:
        length = 2 + int.from_bytes(coded[place + 2 : place + 4], "big")
        if coded[place + 1] != 0xC4:
            bare += coded[place : place + length]
        place += length
    bare += coded[place:]
    still = still_jpeg(Packing.JPEG, [Plane(memoryview(bytes(bare)), 0)], SIZE)
    assert still is not None
    assert b"\xff\xc4" not in still[: still.index(b"\xff\xda")]
    assert decode(still, "image/jpeg").shape == (SIZE[1], SIZE[0], 3)
    assert small_rgb(Packing.JPEG, [Plane(memoryview(still), 0)], SIZE) is not None


def test_422_planes_have_colour_rows_for_every_row() -> None:
    rgb = table()
    light, red, blue = light_and_colours(rgb)
    planes = [padded(light), *(padded(np.ascontiguousarray(one[:, ::2])) for one in (blue, red))]
    small = seen(small_rgb(Packing.YUV_PLANES, planes, SIZE))
    assert np.abs(small[560, 250].astype(int) - (40, 60, 200)).max() <= 4


@pytest.mark.parametrize("bt709", [False, True])
def test_a_television_range_is_stretched(bt709: bool) -> None:
    # ITU-R BT.601 and BT.709, 8 bits: black is 16, white is 235
    for light, shown in ((16, 0), (235, 255)):
        planes = [padded(np.full((SIZE[1], SIZE[0]), light, np.uint8))]
        small = seen(small_rgb(Packing.GREY, planes, SIZE, full_range=False, bt709=bt709))
        assert np.abs(small.astype(int) - shown).max() <= 1


def test_red_of_bt709() -> None:
    # ITU-R BT.709-6 item 3.4: pure red is Y' 63, C'B 102, C'R 240
    values = (63, 102, 240)
    planes = [
        padded(np.full((SIZE[1] // (1 if at == 0 else 2), SIZE[0] // (1 if at == 0 else 2)), value, np.uint8))
        for at, value in enumerate(values)
    ]
    small = seen(small_rgb(Packing.YUV_PLANES, planes, SIZE, full_range=False, bt709=True))
    assert np.abs(small[300, 300].astype(int) - (255, 0, 0)).max() <= 3


@pytest.mark.parametrize("packing", list(Packing))
def test_what_came_in_part_is_no_picture(packing: Packing) -> None:
    planes = planes_of(packing)
    last = planes[-1]
    half = [*planes[:-1], Plane(last.data[: len(last.data) // 3], last.row_bytes)]
    assert small_rgb(packing, half, SIZE) is None


def test_a_small_frame_is_not_made_larger() -> None:
    plane = Plane(memoryview(bytes(4 * 320 * 240)), 4 * 320)
    told = small_rgb(Packing.RGBX, [plane], (320, 240))
    assert told is not None
    assert told[:2] == (320, 240)


def test_the_padding_behind_a_motion_jpeg_is_cut_off() -> None:
    plane = planes_of(Packing.JPEG)[0]
    coded = whole_jpeg(plane.data)
    assert coded is not None
    assert coded.endswith(b"\xff\xd9")
    assert len(coded) == len(plane.data) - 5000
    assert whole_jpeg(memoryview(bytes(100))) is None

"""Good pictures of every kind are read; bad ones are refused by a Problem, whatever is in them."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.examples import examples
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.imaging.files.decode import decode


def picture(kind: str = "JPEG", size: tuple[int, int] = (120, 90), mode: str = "RGB", **options: object) -> bytes:
    image = Image.linear_gradient("L").resize(size).convert(mode)
    coded = io.BytesIO()
    image.save(coded, kind, **options)
    return coded.getvalue()


def png_header(width: int, height: int) -> bytes:
    body = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    data = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data)) + b"IDAT" + data + bytes(4)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "1"), ("PNG", "RGBA"),
        ("PNG", "I;16"), ("WEBP", "RGB"), ("BMP", "RGB"), ("TIFF", "RGB"), ("TIFF", "1"),
    ],
)  # fmt: skip
def test_the_usual_formats_are_read(kind: str, mode: str) -> None:
    pixels = decode(picture(kind, mode=mode))
    assert pixels.shape == (90, 120, 3)
    assert pixels.dtype == np.uint8
    # The gradient runs from black at the top to white at the bottom (CMYK through Pillow keeps that direction).
    if mode != "1":
        assert int(pixels[-3:].mean()) > int(pixels[:3].mean()) + 50 or mode == "I;16"


def test_what_is_see_through_is_paper() -> None:
    coded = io.BytesIO()
    Image.new("RGBA", (80, 80), (0, 0, 0, 0)).save(coded, "PNG")
    assert decode(coded.getvalue()).min() == 255


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_cameras_turn_is_applied(kind: str) -> None:
    image = Image.new("RGB", (200, 100), "black")
    image.paste("white", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn by 90° clockwise to view" (EXIF 2.3, table 4, Orientation)
    coded = io.BytesIO()
    image.save(coded, kind, exif=exif)
    pixels = decode(coded.getvalue())
    assert pixels.shape == (200, 100, 3)
    assert pixels[10, 50].mean() > 200 > 50 > pixels[190, 50].mean()


@pytest.mark.parametrize(
    ("data", "hint", "key"),
    [
        (b"", "", "imaging.not_an_image"),
        (b"%PDF-1.7 and so on", "", "imaging.not_an_image"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "", "imaging.truncated"),
        (b"something", "image/heic", "imaging.truncated"),
        (picture()[:200], "image/jpeg", "imaging.truncated"),
        (picture(size=(400, 300))[:-300], "image/jpeg", "imaging.truncated"),
        (picture("PNG")[:-60], "", "imaging.truncated"),
        (picture(size=(40, 400)), "", "imaging.too_small"),
        (png_header(9000, 9000), "", "imaging.too_large"),
        (png_header(60000, 60000), "", "imaging.too_large"),
    ],
)
def test_what_cannot_be_used_is_named(data: bytes, hint: str, key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        decode(data, hint)
    assert caught.value.key == key


def test_the_end_mark_of_a_preview_inside_does_not_count() -> None:
    whole = picture(size=(300, 200))
    preview = picture(size=(80, 64))
    block = b"Exif\0\0" + preview
    with_preview = whole[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + whole[2:]
    assert decode(with_preview).shape == (200, 300, 3)
    with pytest.raises(InputProblem, match=r"imaging\.truncated"):
        decode(with_preview[:-200])


@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_half_photograph_is_never_shown_as_a_whole_one(share: float) -> None:
    photograph = Image.effect_noise((600, 400), 60).convert("RGB")
    coded = io.BytesIO()
    photograph.save(coded, "JPEG", quality=90)
    data = coded.getvalue()
    with pytest.raises(InputProblem, match=r"imaging\.truncated"):
        decode(data[: int(len(data) * share)])


def test_what_a_telephone_appends_does_no_harm() -> None:
    assert decode(picture(size=(300, 200)) + b"MotionPhoto_Data" + bytes(5000)).shape == (200, 300, 3)


SAMPLES = [picture(kind, size=(160, 120)) for kind in ("JPEG", "PNG", "WEBP", "BMP", "TIFF")]
SAMPLES.append(picture("TIFF", compression="tiff_lzw"))
SAMPLES.append(picture("JPEG", progressive=True))


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(SAMPLES),
    st.integers(0, 4000),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
)
def test_damaged_files_raise_problems_only(sample: bytes, cut: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(sample[: max(0, len(sample) - cut)] if cut else sample)
    for place, value in changes:
        if place < len(data):
            data[place] = value
    try:
        pixels = decode(bytes(data))
    except Problem as problem:
        assert problem.key.startswith("imaging.")
    else:
        assert pixels.ndim == 3


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBP"]), st.binary())
def test_random_bytes_raise_problems_only(start: bytes, rest: bytes) -> None:
    with pytest.raises(Problem):
        decode(start + rest)

"""Files made to harm whoever opens them: refused or read, in bounded memory, whatever they pretend to be."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.imaging.test_decode import picture, png_header
from tests.many_scans import jpeg_of_scans, part
from villagedesk.devices.camera_picture import frame_of, read_photograph_file
from villagedesk.devices.frame_planes import Packing, Plane, small_rgb
from villagedesk.devices.ports import Photograph
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.imaging.files.decode import decode
from villagedesk.imaging.files.foreign import open_foreign
from villagedesk.imaging.files.jpeg_scans import has_too_many_scans

_ROOT = Path(__file__).parents[2]
_ZIP = b"PK\x03\x04" + bytes(26) + b"PK\x05\x06" + bytes(18)
_PAGE = b"<html><script>alert(1)</script></html>"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, rows: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def packed(width: int, height: int) -> bytes:
    """A see-through PNG of nothing, deflated to a thousandth."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 + width * 4)) for _ in range(height)) + packer.flush()


def tiff(*tags: tuple[int, int, int, int]) -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def with_exif(block: bytes) -> bytes:
    whole = picture(size=(300, 200))
    body = b"Exif\0\0" + block
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + whole[2:]


_LOOP = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x8769, 4, 1, 8) + struct.pack("<I", 8)

HOSTILE = {
    "65,000 x 65,000": png_header(65_000, 65_000),
    "two billion each way": png_header(2**31 - 1, 2**31 - 1),
    "no width": png_header(0, 100),
    "80 megapixels of nothing": png_of(10_000, 8_000, zlib.compress(b"")),
    "rows that end at once": png_of(4000, 4000, zlib.compress(bytes(10))),
    "a deflate bomb in a text": png_of(100, 100, b"", chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
    "a profile that is a bomb": png_of(100, 100, b"", chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(50_000_000), 9))),
    "tiff of four billion tags": tiff((256, 4, 2**32 - 1, 8), (257, 4, 2**32 - 1, 8)),
    "tiff that leads back to itself": b"II*\0" + struct.pack("<IH", 8, 0) + struct.pack("<I", 8),
    "tiff strips beyond the end": tiff((256, 4, 1, 3000), (257, 4, 1, 3000), (273, 4, 1, 2**31), (279, 4, 1, 2**31)),
    "webp of nothing": b"RIFF" + struct.pack("<I", 2**31) + b"WEBPVP8X" + bytes(20),
    "bmp upside down": b"BM" + struct.pack("<IHHIIiiHHI", 54, 0, 0, 54, 40, 30_000, -(2**31), 1, 24, 0) + bytes(24),
    "half a jpeg head": b"\xff\xd8\xff\xe0\xff\xff" + bytes(100),
    "jpeg of 65,500 x 65,500": b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xdc\xff\xdc\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01",
    "jpeg of 900 scans": jpeg_of_scans(2000, 2000, 900),
    "a web page": _PAGE,
    "an archive": _ZIP,
    "gif": b"GIF89a" + bytes(30),
    "svg": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) (r) file\n",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_a_problem(name: str, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        decode(HOSTILE[name])
    assert refused.value.key.startswith("imaging.")
    file = tmp_path / "photo.jpg"
    file.write_bytes(HOSTILE[name])
    try:
        photograph = read_photograph_file(file)
    except InputProblem as told:
        assert told.key == "devices.file_not_image"
    else:
        frame_of(photograph, 1)  # a missing preview is no failure


@pytest.mark.parametrize(
    "data",
    [
        with_exif(b"\xff" * 200),
        with_exif(_LOOP),
        with_exif(b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHII", 0x0112, 3, 1, 250) + bytes(4)),
        picture(size=(300, 200)) + _ZIP,
        picture(size=(300, 200)) + _PAGE,
        picture("PNG", size=(300, 200)) + _ZIP,
        picture(size=(300, 200))[:2] + part(0xFE, b"\xff\xda" * 200) + picture(size=(300, 200), progressive=True)[2:],
        picture(size=(300, 200)) + b"\xff\xda" * 200,
    ],
    ids=[
        "noise",
        "loop",
        "turn 250",
        "jpeg and zip",
        "jpeg and page",
        "png and zip",
        "scans in a note",
        "scans behind the end",
    ],
)
def test_nonsense_beside_a_good_picture_does_no_harm(data: bytes) -> None:
    assert decode(data).shape == (200, 300, 3)
    assert frame_of(Photograph(data, "image/jpeg", "x"), 1) is not None


@pytest.mark.parametrize("scans", [2000, 200_000])
def test_a_jpeg_of_endless_scans_is_refused_at_once_wherever_one_is_read(scans: int) -> None:
    """A file of 749 KB and 4 megapixels was not read after a minute."""
    data = jpeg_of_scans(300, 200, scans)
    began = time.process_time()
    with pytest.raises(InputProblem) as refused:
        decode(data)
    with pytest.raises(InputProblem) as named:
        open_foreign(data)
    assert (refused.value.key, named.value.key) == ("imaging.truncated", "files.too_heavy")
    assert frame_of(Photograph(data, "image/jpeg", "x"), 1) is None
    assert small_rgb(Packing.JPEG, [Plane(memoryview(data), 0)], (300, 200)) is None
    assert time.process_time() - began < 0.5


def test_as_many_scans_as_any_encoder_writes_are_read() -> None:
    assert decode(jpeg_of_scans(300, 200, 100)).shape == (200, 300, 3)
    with pytest.raises(InputProblem):
        decode(jpeg_of_scans(300, 200, 101))


def test_marks_without_end_are_no_endless_search() -> None:
    data = b"\xff\xd8" + b"\xff\xe0\0\2" * 4_000_000 + b"\xff\xda" * 200
    began = time.process_time()
    assert has_too_many_scans(data)
    assert time.process_time() - began < 0.5


_MEASURE = """
import sys
from pathlib import Path
from tests.peak_memory import peak_mb
from villagedesk.domain.problems import Problem
from villagedesk.imaging.files.decode import decode
before = peak_mb()
for name in sys.argv[1:]:
    try:
        decode(Path(name).read_bytes())
    except Problem:
        pass
sys.stdout.write(str(peak_mb() - before))
"""


def test_the_largest_picture_and_every_bomb_take_bounded_memory(tmp_path: Path) -> None:
    """See-through PNG of 40 megapixels in 160 KB: took 2,000 MB before the readers' copies were counted."""
    largest = io.BytesIO()
    Image.new("L", (8900, 8900)).save(largest, "JPEG")
    files = {"see-through": png_of(7990, 5000, packed(7990, 5000)), "largest": largest.getvalue(), **HOSTILE}
    for number, data in enumerate(files.values()):
        (tmp_path / str(number)).write_bytes(data)
    names = [str(tmp_path / str(number)) for number in range(len(files))]
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *names], cwd=_ROOT, capture_output=True, text=True, check=True
    )
    assert 200 < int(done.stdout) < 800, f"{done.stdout} MB"

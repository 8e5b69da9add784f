"""Every kind of file people bring: its pages, and their pixels as another computation gives them."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pikepdf
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.faults.importers_hostile import chunk, locked, many_pages, one_page, pdf, tiff, with_script
from tests.imaging.scans import A4_200, jpeg_of, pdf_of, scan
from tests.needs import need_program
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.files.foreign import MOST_MEGAPIXELS, Origin, open_foreign

Array = NDArray[np.uint8]

_TURNED: dict[int, Callable[[Array], Array]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}
"""EXIF 2.3, table 4: how a stored picture of that orientation is to be shown."""


def blocks() -> Array:
    """80 × 120, a colour in each quarter, the last one grey rising to the right. RGB."""
    picture = np.full((80, 120, 3), 250, np.uint8)
    picture[:40, :60] = (200, 30, 20)
    picture[:40, 60:] = (20, 160, 40)
    picture[40:, :60] = (30, 40, 220)
    picture[40:, 60:] = np.linspace(0, 255, 60).astype(np.uint8)[None, :, None]
    return picture


def png(bits: int, colours: int, rows: bytes, *more: bytes, size: tuple[int, int] = (120, 80)) -> bytes:
    """Written by hand (PNG specification, section 11). ``rows`` with their filter bytes."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, colours, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def rows_of(array: NDArray[np.generic]) -> bytes:
    return b"".join(b"\0" + row.tobytes() for row in array)


def coded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def read(data: bytes, number: int = 1) -> Array:
    """A page, RGB."""
    return open_foreign(data).picture(number, None).pixels[:, :, ::-1]


def far(one: Array, other: Array) -> float:
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other).mean())


def test_png_of_every_depth_is_read_as_its_numbers_say() -> None:
    colours = blocks()
    assert np.array_equal(read(png(8, 2, rows_of(colours))), colours)
    deep = colours.astype(np.uint16) * 257
    assert np.abs(read(png(16, 2, rows_of(deep.astype(">u2")))).astype(int) - colours).max() <= 1
    grey = np.linspace(0, 65535, 120 * 80).reshape(80, 120).astype(np.uint16)
    expected = np.repeat(np.rint(grey / 257).astype(np.uint8)[:, :, None], 3, axis=2)
    assert np.abs(read(png(16, 0, rows_of(grey.astype(">u2")))).astype(int) - expected).max() <= 1
    black_and_white = np.packbits(colours[:, :, 1] > 128, axis=1)
    assert np.array_equal(read(png(1, 0, rows_of(black_and_white)))[:, :, 0] > 128, colours[:, :, 1] > 128)


def test_what_is_see_through_is_white_paper_in_every_way_a_png_says_it() -> None:
    colours = blocks()
    alpha = np.linspace(0, 255, 120).astype(np.uint8)[None, :, None].repeat(80, axis=0)
    part = alpha / 255.0
    expected = np.rint(colours * part + 255 * (1 - part)).astype(np.uint8)
    found = read(png(8, 6, rows_of(np.concatenate([colours, alpha], axis=2))))
    assert np.abs(found.astype(int) - expected).max() <= 1
    places = np.zeros((80, 120), np.uint8)
    places[:, 60:] = 1
    table = chunk(b"PLTE", bytes((200, 30, 20, 9, 9, 9))) + chunk(b"tRNS", bytes((255, 0)))
    found = read(png(8, 3, rows_of(places), table))
    assert (found[0, 0].tolist(), found[0, 119].tolist()) == ([200, 30, 20], [255, 255, 255])


def test_tiff_of_sixteen_bits_both_ways_round_and_of_four_inks() -> None:
    grey = np.linspace(0, 65535, 120 * 80).reshape(80, 120).astype("<u2")
    common = ((256, 4, 1, 120), (257, 4, 1, 80), (273, 4, 1, 8), (278, 4, 1, 80))
    for photometric, expected in ((1, grey / 257), (0, 255 - grey / 257)):
        data = grey.tobytes()
        file = tiff(
            *common, (258, 3, 1, 16), (262, 3, 1, photometric), (277, 3, 1, 1), (279, 4, 1, len(data)), data=data
        )
        assert np.abs(read(file)[:, :, 1] - expected).max() <= 1
    inks = np.zeros((80, 120, 4), np.uint8)
    inks[:, :30] = (0, 255, 255, 0)
    inks[:, 30:60] = (0, 0, 0, 128)
    data = inks.tobytes()
    eight = struct.pack("<4H", 8, 8, 8, 8)
    file = tiff(
        *((tag, kind, count, value + (8 if tag == 273 else 0)) for tag, kind, count, value in common),
        (258, 3, 4, 8), (262, 3, 1, 5), (277, 3, 1, 4), (279, 4, 1, len(data)), data=eight + data,
    )  # fmt: skip
    found = read(file)
    assert found[5, 5].tolist() == [255, 0, 0], "magenta and yellow are red"
    assert abs(int(found[5, 45, 0]) - 127) <= 1 and found[5, 100].tolist() == [255, 255, 255]


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF"])
def test_each_of_the_eight_turns_is_undone_in_every_format(kind: str, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turn
    image = Image.fromarray(blocks())
    if kind == "HEIF":
        file = io.BytesIO()
        pillow_heif.from_pillow(image).save(file, quality=90, exif=exif.tobytes(), chroma=444)
        data = file.getvalue()
    else:
        best: dict[str, dict[str, object]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
        data = coded(image, kind, exif=exif, **best.get(kind, {}))
    assert far(read(data), _TURNED[turn](blocks())) < 3
    small = open_foreign(data).picture(1, 40).pixels
    assert (small.shape[0] > small.shape[1]) == (turn >= 5), "also where it is read smaller"


def test_jpeg_of_four_inks_is_read_with_and_without_adobes_mark() -> None:
    inks = np.zeros((80, 120, 4), np.uint8)
    inks[:, 60:] = (0, 255, 255, 0)
    adobe = coded(Image.fromarray(inks, "CMYK"), "JPEG", quality=95, subsampling=0)
    mark = adobe.index(b"\xff\xeeAdobe"[:2] + b"\x00\x0eAdobe")
    # Pillow writes what Adobe does: inverted. Plain values are made by inverting before, and the mark is cut out.
    plain = coded(Image.fromarray(255 - inks, "CMYK"), "JPEG", quality=95, subsampling=0)
    plain = plain[:mark] + plain[mark + 16 :]
    assert b"Adobe" in adobe and b"Adobe" not in plain
    for data in (adobe, plain):
        found = read(data)
        assert found[40, 10].min() > 245, "no ink is white paper"
        assert found[40, 110, 0] > 230 and found[40, 110, 1:].max() < 40, "magenta and yellow are red"


@pytest.mark.parametrize("kind", ["heif", "avif", "webp"])
def test_photographs_of_telephones_are_read(kind: str) -> None:
    image = Image.fromarray(np.asarray(scan(4, (400, 566))))
    file = io.BytesIO()
    if kind == "heif":
        pillow_heif.from_pillow(image).save(file, quality=90)
    else:
        image.save(file, kind.upper(), quality=90)
    assert far(read(file.getvalue()), np.asarray(image)) < 4


def test_of_an_animation_the_first_picture_is_taken_and_that_is_said() -> None:
    frames = [Image.fromarray(_TURNED[turn](blocks())) for turn in (1, 3, 2)]
    for kind in ("GIF", "WEBP", "PNG"):
        more = {"lossless": True} if kind == "WEBP" else {}
        file = open_foreign(coded(frames[0], kind, save_all=True, append_images=frames[1:], duration=90, **more))
        assert (file.count, file.left_out) == (1, 2)
        assert far(file.picture(1, None).pixels[:, :, ::-1], blocks()) < 12
    stereo = open_foreign(coded(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    assert (stereo.count, stereo.left_out) == (1, 0), "the other eye's picture is no loss"


def test_the_pages_of_a_tiff_come_in_order_and_small_versions_of_them_do_not() -> None:
    pages = [scan(number, (200, 283)) for number in range(5)]
    file = open_foreign(coded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw"))
    assert file.count == 5
    for number, page in enumerate(pages, 1):
        assert np.array_equal(file.picture(number, None).pixels[:, :, ::-1], np.asarray(page))
    data = bytes(100 * 100)
    common = ((256, 4, 1, 100), (257, 4, 1, 100), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8), (278, 4, 1, 100))
    both = tiff(*common, (254, 4, 1, 1), (279, 4, 1, len(data)), pages=2, data=data)
    # the first directory's own flag (its first entry, since tags are in order) is taken off again
    at = len(data) + 8 + 2 + 8
    assert open_foreign(both[:at] + bytes(4) + both[at + 4 :]).count == 1


def test_two_hundred_megapixels_of_a_telephone_are_read_at_a_part_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as the reading process does
    large = coded(Image.linear_gradient("L").resize((14_000, 14_200)), "JPEG", quality=30)
    picture = open_foreign(large).picture(1, None).pixels
    height, width = picture.shape[:2]
    assert width * height <= MOST_MEGAPIXELS * 1e6
    assert abs(width / height - 14_000 / 14_200) < 0.001


def test_a_scan_in_a_pdf_gives_its_own_pixels_without_a_second_loss() -> None:
    """Also where the page is turned, and where its resolution is none of the usual."""
    page = scan(2, (1400, 1980))
    jpeg = jpeg_of(page)
    with Image.open(io.BytesIO(jpeg)) as opened:
        expected = np.asarray(opened.convert("RGB"))
    for dpi in (169.3, 200.0, 240.0):
        file = open_foreign(pdf_of([page], dpi))
        picture = file.picture(1, None)
        assert picture.origin is Origin.SCANNED
        assert far(picture.pixels[:, :, ::-1], expected) == 0
    grey = scan(1, (800, 1131)).convert("L")
    assert far(read(pdf_of([grey], 150)), np.asarray(Image.open(io.BytesIO(jpeg_of(grey))).convert("RGB"))) == 0
    with pikepdf.open(io.BytesIO(pdf_of([page]))) as document:
        document.pages[0].rotate(90, relative=False)
        turned = io.BytesIO()
        document.save(turned)
    assert far(read(turned.getvalue()), np.rot90(expected, -1)) == 0


def test_words_over_a_scan_are_drawn_and_an_unseen_text_layer_is_not() -> None:
    page = scan(2, (800, 1131))
    plain = read(pdf_of([page], 100))
    for mode, changes in ((0, True), (3, False)):
        with pikepdf.open(io.BytesIO(pdf_of([page], 100))) as document:
            sheet = document.pages[0]
            sheet.Resources.Font = pikepdf.Dictionary(
                F=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
            sheet.contents_add(b" BT %d Tr /F 60 Tf 100 90 Td (words) Tj ET" % mode)
            out = io.BytesIO()
            document.save(out)
        picture = open_foreign(out.getvalue()).picture(1, None)
        assert picture.origin is (Origin.DRAWN if changes else Origin.SCANNED)
        assert changes or far(picture.pixels[:, :, ::-1], plain) == 0


def test_a_written_page_is_drawn_at_two_hundred_dpi_as_another_program_draws_it(tmp_path: Path) -> None:
    need_program("pdftoppm")
    file = io.BytesIO()
    sheet = Canvas(file, pagesize=(595.276, 841.89))
    for line in range(20):
        sheet.drawString(60, 780 - 30 * line, f"line {line} of some words")
    sheet.rect(50, 100, 400, 200, stroke=1, fill=0)
    sheet.save()
    picture = open_foreign(file.getvalue()).picture(1, None)
    assert picture.origin is Origin.DRAWN
    assert picture.pixels.shape[1::-1] == A4_200
    (tmp_path / "a.pdf").write_bytes(file.getvalue())
    command = ["pdftoppm", "-r", "200", "-png", "-singlefile", str(tmp_path / "a.pdf"), str(tmp_path / "a")]
    subprocess.run(command, check=True)
    other = np.asarray(Image.open(tmp_path / "a.png").convert("RGB").resize(A4_200))
    assert far(picture.pixels[:, :, ::-1], other) < 3


def test_a_form_is_drawn_with_what_was_filled_in() -> None:
    def page(value: str) -> Array:
        file = io.BytesIO()
        sheet = Canvas(file)
        sheet.acroForm.textfield(name="name", value=value, x=60, y=700, width=300, height=30)
        sheet.showPage()
        sheet.save()
        return read(file.getvalue())

    assert far(page("filled in, and not nothing"), page("")) > 0.01


def test_pages_of_any_claimed_size_are_drawn_in_bounds() -> None:
    huge = read(one_page(box="0 0 1000000 1000000", content=b"0 0 500000 1000000 re f"))
    assert huge.shape[0] * huge.shape[1] < 36_000_000
    assert huge[50, 50].max() == 0 and huge[50, -50].min() == 255
    inches = read(one_page(box="0 0 8.27 11.69", content=b"0 0 4 12 re f"))
    assert inches.shape[0] == pytest.approx(2339, abs=2), "a page drawn in inches by mistake is a page of A4"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (locked(), "files.locked"),
        (many_pages(10_000), "files.too_many_pages"),
        (pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"), "imaging.truncated"),
        (b"%PDF-1.7\n" + bytes(500), "imaging.truncated"),
        (b"PK\x03\x04" + bytes(26) + b"OFD.xml", "files.kind_ofd"),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "files.kind_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "files.kind_office"),
        (b"Rar!\x1a\x07\0", "files.kind_archive"),
        (b"\0\0\0\x18ftypmp42" + bytes(40), "files.kind_video"),
        (b"BMW is no picture", "files.kind_other"),
        (
            tiff((256, 4, 1, 70_000), (257, 4, 1, 100), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 8)),
            "imaging.too_large",
        ),
    ],
    ids=[
        "locked",
        "10,000 pages",
        "no pages",
        "no pdf",
        "ofd",
        "docx",
        "doc",
        "rar",
        "mp4",
        "text",
        "a side of 70,000",
    ],
)
def test_what_cannot_be_taken_is_told_apart(data: bytes, key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        open_foreign(data)
    assert caught.value.key == key


def test_restricted_is_not_locked_and_a_script_is_never_run() -> None:
    assert open_foreign(locked(user="")).count == 1, "an owner's password forbids printing, not looking"
    picture = open_foreign(with_script()).picture(1, None)
    assert picture.pixels[-50, 50].max() == 0, "drawn, though its script would never end"


def test_a_pdf_that_others_put_something_before_is_read() -> None:
    assert open_foreign(b"junk of a mail program\r\n" + one_page(content=b"0 0 9 9 re f")).count == 1

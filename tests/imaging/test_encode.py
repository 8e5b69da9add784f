"""How a page is coded: small, legible, with seals and pencil kept, the same bytes each time, readable by others."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
from functools import cache
from pathlib import Path
from threading import Thread

import cv2
import numpy as np
import pikepdf
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import FONT, decoded
from villagedesk.demo.photograph_sheet import PENCIL, Sheet
from villagedesk.domain.problems import InputProblem
from villagedesk.imaging.cleaning.clean import clean
from villagedesk.imaging.encoding.encode import JPEG, PDF, EncodedPage, encode_page
from villagedesk.imaging.encoding.page_pdf import read_pdf
from villagedesk.imaging.page import read_page, shown, thumbnail

Pixels = NDArray[np.uint8]

A4_PIXELS = (1654, 2339)
WORDS = "填表说明：一、本表由申请人如实填写，字迹清楚，不得涂改。二、参保登记以户为单位。"
EIGHT_POINT = 8 * 25.4 / 72


def photographed(pixels: Pixels, noise: float = 2.5, blur: float = 0.6) -> Pixels:
    """As a camera brings it: soft, noisy, then cleaned."""
    soft = cv2.GaussianBlur(pixels, (0, 0), blur)
    grain = np.random.default_rng(1).normal(0, noise, pixels.shape)
    return clean(np.clip(soft + grain, 0, 255).astype(np.uint8))


@cache
def written() -> Pixels:
    """Print of 8 pt, blue handwriting, pencil, a seal over print, and a fingerprint."""
    sheet = Sheet(210, 297, FONT, np.random.default_rng(7))
    sheet.paragraph(20, 30, 170, WORDS * 6, EIGHT_POINT)
    sheet.handwriting(20, 100, "申请人样张庚二〇二六年", 6)
    sheet.handwriting(20, 130, "铅笔备注下周补交照片", 6, PENCIL)
    sheet.text(120, 215, "样张村村民委员会", 5)
    sheet.seal(140, 215, "示例乡样张村村民委员会")
    page = sheet.pixels()
    # ridges half a millimetre apart, as a finger's are
    y, x = np.mgrid[0:160, 0:120]
    lines = np.sin(np.hypot(x - 60, y - 140) * 2 * np.pi / 4.0) > 0
    ridges = lines & (((x - 60) / 55) ** 2 + ((y - 80) / 75) ** 2 < 1)
    page[1500:1660, 200:320][ridges] = (70, 70, 215)
    return photographed(page)


@cache
def coded() -> EncodedPage:
    return encode_page(written())


@cache
def shown_again() -> Pixels:
    return read_page(coded().data)


def grey(pixels: Pixels) -> NDArray[np.float64]:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.float64)


def likeness(first: Pixels, second: Pixels) -> float:
    return float(np.corrcoef(grey(first).ravel(), grey(second).ravel())[0, 1])


def test_a_written_page_is_a_small_pdf_of_the_papers_size() -> None:
    page = coded()
    assert page.media_type == PDF
    assert len(page.data) < 100_000
    with pikepdf.open(io.BytesIO(page.data)) as pdf:
        assert len(pdf.pages) == 1
        millimetres = [float(side) / 72 * 25.4 for side in pdf.pages[0].mediabox[2:]]
        assert millimetres == pytest.approx([210, 297], abs=0.1)
        assert not pdf.check_pdf_syntax()
        assert {"/Type", "/Pages"} == set(pdf.Root.keys()), "no scripts, forms or names"
        assert set(pdf.pages[0].Resources.keys()) == {"/XObject"}
        assert not pdf.docinfo
    assert shown_again().shape == written().shape


def test_print_of_8_points_is_as_it_was() -> None:
    place = np.s_[230:400, 150:1500]
    assert likeness(shown_again()[place], written()[place]) > 0.96
    # Nothing is put in the place of anything: each small window has the ink that it had.
    before, after = (255 - cv2.GaussianBlur(grey(pixels)[place], (0, 0), 4) for pixels in (written(), shown_again()))
    assert np.abs(before - after).max() < 45


def test_the_seal_stays_red_and_the_words_under_it_dark() -> None:
    before, after = written()[1500:1900, 900:1350].astype(int), shown_again()[1500:1900, 900:1350].astype(int)

    def red(pixels: NDArray[np.int_]) -> NDArray[np.bool_]:
        return np.asarray((pixels[:, :, 2] > 120) & (pixels[:, :, 2] - pixels[:, :, :2].max(axis=2) > 50), bool)

    assert likeness(*(np.ascontiguousarray(page[1500:1900, 900:1350]) for page in (shown_again(), written()))) > 0.97
    assert np.mean(red(after)[red(before)]) > 0.8
    assert np.mean(red(before)[red(after)]) > 0.85
    dark = before.max(axis=2) < 70
    assert dark.sum() > 1000
    assert np.percentile(after.max(axis=2)[dark], 90) < 120
    assert np.median(after.max(axis=2)[dark]) < 60


def test_ink_keeps_its_colour_and_pencil_its_grey() -> None:
    def stroke(pixels: Pixels, rows: slice) -> NDArray[np.float64]:
        place = written()[rows, 150:900].max(axis=2)
        return np.asarray(np.median(pixels[rows, 150:900][place < np.percentile(place, 4)], axis=0), np.float64)

    for rows in (slice(790, 840), slice(1025, 1080)):
        assert np.abs(stroke(shown_again(), rows) - stroke(written(), rows)).max() < 25
    blue, green, red = stroke(shown_again(), slice(790, 840))
    assert blue - max(green, red) > 30
    pencil = stroke(shown_again(), slice(1025, 1080))
    assert pencil.min() > 80 and np.ptp(pencil) < 12


def test_the_ridges_of_a_finger_are_still_apart() -> None:
    place = np.s_[1540:1620, 230:290]

    def contrast(pixels: Pixels) -> float:
        return float(pixels[place][:, :, 1].std())

    assert contrast(shown_again()) > 0.7 * contrast(written())
    assert likeness(np.ascontiguousarray(shown_again()[place]), np.ascontiguousarray(written()[place])) > 0.85


def test_faint_pencil_and_stains_are_not_lost() -> None:
    sheet = Sheet(210, 297, FONT, np.random.default_rng(3), (255, 255, 255))
    sheet.paragraph(20, 30, 170, WORDS, 3.7)
    sheet.handwriting(20, 100, "很浅的铅笔字", 7, (205, 205, 206))
    stain = np.zeros((2339, 1654), np.float32)
    cv2.circle(stain, (1200, 1700), 200, 1.0, -1)
    stained = sheet.pixels() * (1 - 0.12 * cv2.GaussianBlur(stain, (0, 0), 30)[:, :, None])
    before = np.asarray(cv2.GaussianBlur(stained, (0, 0), 0.7), np.uint8)
    after = read_page(encode_page(before).data)
    for place in (np.s_[780:850, 150:520], np.s_[1450:1950, 950:1450]):
        first, second = (255 - cv2.GaussianBlur(grey(pixels)[place], (0, 0), 1.5) for pixels in (before, after))
        assert first.max() > 15, "it was there"
        assert np.corrcoef(first.ravel(), second.ravel())[0, 1] > 0.9
        assert 0.8 < second.sum() / first.sum() < 1.25


def test_the_same_page_gives_the_same_bytes() -> None:
    assert encode_page(written().copy()) == coded()
    other = written().copy()
    other[500:520, 500:520] = 0
    assert encode_page(other).data != coded().data


def test_a_photograph_is_one_jpeg() -> None:
    rng = np.random.default_rng(5)
    blobs = cv2.resize(rng.integers(0, 255, (90, 60, 3), dtype=np.uint8), A4_PIXELS, interpolation=cv2.INTER_CUBIC)
    picture = np.clip(blobs + rng.normal(0, 12, blobs.shape), 0, 255).astype(np.uint8)
    page = encode_page(picture)
    assert page.media_type == JPEG
    assert decoded(page.data).shape == picture.shape
    assert encode_page(written(), photograph=True).media_type == JPEG


def test_a_photograph_on_a_written_page_keeps_its_detail() -> None:
    page = written().copy()
    rng = np.random.default_rng(6)
    face = cv2.resize(rng.integers(20, 235, (44, 34, 3), dtype=np.uint8), (204, 264), interpolation=cv2.INTER_CUBIC)
    page[1900:2164, 1300:1504] = face
    again = read_page(encode_page(page).data)
    assert encode_page(page).media_type == PDF
    assert likeness(np.ascontiguousarray(again[1900:2164, 1300:1504]), np.asarray(face, np.uint8)) > 0.97


def test_a_page_without_colour_or_writing() -> None:
    blank = np.full((2339, 1654, 3), 255, np.uint8)
    page = encode_page(blank)
    assert len(page.data) < 1_500
    assert read_page(page.data).min() > 250
    dotted = blank.copy()
    dotted[1000:1004, 800:804] = 0
    assert read_page(encode_page(dotted).data)[1000:1004, 800:804].max() < 140, "a single full stop"


@pytest.mark.parametrize("size", [(64, 64), (65, 71), (1169, 827), (200, 2339), (1003, 1654)])
def test_every_size_comes_back(size: tuple[int, int]) -> None:
    page = np.full((*size, 3), 255, np.uint8)
    page[size[0] // 3 : size[0] // 3 + 6, 10:50] = 0
    page[-2:, -2:] = (0, 0, 255)
    again = read_page(encode_page(page).data)
    assert again.shape == page.shape
    assert again[size[0] // 3 + 2 : size[0] // 3 + 4, 14:46].max() < 60
    assert again[size[0] // 3 - 20 : size[0] // 3 - 4].min() > 235


def test_another_reader_shows_the_same(tmp_path: Path) -> None:
    """Poppler, which has nothing in common with PDFium."""
    tool = shutil.which("pdftoppm")
    assert tool is not None, "poppler-utils is among the system packages of dev.py"
    file = tmp_path / "page.pdf"
    file.write_bytes(coded().data)
    command = [tool, "-r", "200", "-singlefile", str(file), str(tmp_path / "seen")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    seen = cv2.imread(str(tmp_path / "seen.ppm"))
    assert seen is not None and seen.shape == written().shape
    assert likeness(np.asarray(seen, np.uint8), shown_again()) > 0.95
    assert np.abs(seen.astype(int).mean(axis=(0, 1)) - shown_again().astype(int).mean(axis=(0, 1))).max() < 2


def test_a_damaged_pdf_is_a_problem_and_nothing_worse() -> None:
    whole = coded().data
    chance = random.Random(11)
    for _ in range(60):
        torn = bytearray(whole)
        if chance.random() < 0.4:
            del torn[chance.randrange(8, len(torn)) :]
        for _ in range(chance.randrange(1, 40)):
            torn[chance.randrange(5, len(torn))] = chance.randrange(256)
        try:
            assert read_page(bytes(torn)).ndim == 3
            thumbnail(bytes(torn), 100)
        except InputProblem as problem:
            assert problem.key == "imaging.truncated"
    for rubbish in (b"%PDF-", b"%PDF-1.4\n%%EOF", whole[:300]):
        with pytest.raises(InputProblem, match=r"imaging\.truncated"):
            shown(rubbish)


def test_a_pdf_of_an_absurd_size_or_with_a_password_is_refused() -> None:
    for size in ((14_400, 14_400), (3, 9_000)):
        large = pikepdf.new()
        large.add_blank_page(page_size=size)
        out = io.BytesIO()
        large.save(out)
        with pytest.raises(InputProblem, match=r"imaging\.truncated"):
            read_pdf(out.getvalue())
    locked = io.BytesIO()
    with pikepdf.open(io.BytesIO(coded().data)) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(InputProblem, match=r"imaging\.truncated"):
        read_pdf(locked.getvalue())


def test_pages_are_read_by_several_threads_at_once() -> None:
    wrong: list[object] = []

    def read() -> None:
        for _ in range(4):
            if thumbnail(coded().data, 200) != expected:
                wrong.append("other bytes")

    expected = thumbnail(coded().data, 200)
    threads = [Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_thumbnail_of_a_pdf_page_fits() -> None:
    assert decoded(thumbnail(coded().data, 240)).shape == (240, 170, 3)
    assert decoded(shown(coded().data)).shape == written().shape


@pytest.mark.parametrize("shade", [20, 150])
def test_wide_strokes_have_no_holes(shade: int) -> None:
    """Bold headings and two-dimensional codes: wider than a stroke is looked for, and no picture either."""
    page = np.full((800, 1000, 3), 255, np.uint8)
    for place, width in enumerate((4, 8, 14, 16, 18, 20, 24, 30, 40, 70)):
        page[100:400, 20 + 90 * place : 20 + 90 * place + width] = shade
    cells = np.random.default_rng(1).random((12, 40)) > 0.5
    code = cv2.resize(cells.astype(np.uint8), None, fx=20, fy=20, interpolation=cv2.INTER_NEAREST)
    page[500:740, 50:850] = np.where(code, shade, 255)[:, :, None]
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.7), np.uint8)
    coded_page = encode_page(page)
    assert coded_page.media_type == PDF
    wrong = cv2.blur(cv2.absdiff(read_page(coded_page.data), page).max(axis=2), (5, 5))
    assert wrong.max() < 75


def test_a_page_out_of_focus_is_one_picture() -> None:
    """In layers part of its characters would be shapes, part of them greys, and some would be read as others."""
    sheet = Sheet(210, 297, FONT, np.random.default_rng(3))
    sheet.paragraph(20, 30, 170, WORDS * 6, 3.4)
    assert encode_page(photographed(sheet.pixels())).media_type == PDF
    before = photographed(sheet.pixels(), blur=2.2)
    page = encode_page(before)
    assert page.media_type == JPEG
    place = np.s_[200:700, 150:1500]
    assert likeness(read_page(page.data)[place], before[place]) > 0.99


def test_a_page_of_one_channel_is_kept_as_the_same_in_three() -> None:
    page = np.asarray(cv2.cvtColor(written(), cv2.COLOR_BGR2GRAY), np.uint8)
    one, three = encode_page(page), encode_page(np.asarray(cv2.merge([page, page, page]), np.uint8))
    assert one.media_type == PDF
    first, second = read_page(one.data), read_page(three.data)
    assert cv2.absdiff(first, second).max() < 40
    assert likeness(first, np.asarray(cv2.merge([page, page, page]), np.uint8)) > 0.9


def test_shaken_print_is_left_as_it_was_seen() -> None:
    """Drawn with sharp edges it would be other characters (an OCR read them so)."""
    sheet = Sheet(210, 297, FONT, np.random.default_rng(3))
    sheet.paragraph(20, 30, 170, WORDS * 2, 3.4)
    sheet.paragraph(20, 200, 170, WORDS * 2, 3.4)
    page = sheet.pixels()
    page[:1000] = cv2.blur(page[:1000], (9, 3))
    before = photographed(page)
    after = read_page(encode_page(before).data)
    shaken, sharp = np.s_[230:330, 150:1500], np.s_[1570:1680, 150:1500]
    assert likeness(np.ascontiguousarray(after[shaken]), np.ascontiguousarray(before[shaken])) > 0.98
    assert likeness(np.ascontiguousarray(after[sharp]), np.ascontiguousarray(before[sharp])) > 0.96

"""Every character finds a font or shows its code point, and copies out of the PDF as what it is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers.samples import (
    ALL_RARE,
    BASE_FONT,
    RARE_FONT,
    every_font,
    font_uses,
    fonts,
    notice,
    page_texts,
    rectangles_mm,
    squeezed,
    text_places_mm,
)
from villagedesk.app.fonts import font_set
from villagedesk.papers import acceptance_notice
from villagedesk.papers.fonts import Face, FontSet
from villagedesk.papers.pdf_font import to_unicode_cmap
from villagedesk.papers.sheet import A4, Sheets


def one_line(text: str, font_set: FontSet) -> bytes:
    sheets = Sheets(A4, font_set, "试页")
    with font_set.lock:
        sheets.text(20, 30, text, 12)
        return sheets.finish()


def test_runs_change_font_only_where_they_must() -> None:
    runs = fonts().runs("王𬍛䶮a")
    assert [run.text for run in runs] == ["王", "𬍛䶮", "a"]
    assert runs[0].font_name == runs[2].font_name != runs[1].font_name


@pytest.mark.parametrize(
    "character",
    [
        "\U0002f800",  # in neither font
        "😀",
        "\u202e",  # right-to-left override
        "\u200b",
        "\x00",
        "\ue863",  # private use: probably 䶮 from an ID reader, which the clerk is asked about
        "\ud800",
    ],
)
def test_a_character_no_font_can_draw_is_its_code_point_in_a_box(character: str) -> None:
    assert not fonts().covers(character)
    pdf = one_line(f"王{character}明", fonts())
    assert squeezed(page_texts(pdf)[0]) == f"王U+{ord(character):04X}明"
    (box,) = rectangles_mm(pdf)
    (code,) = [place for place in text_places_mm(pdf) if place.text == f"U+{ord(character):04X}"]
    assert box.left < code.left and code.right < box.right
    assert box.top < code.top and code.bottom < box.bottom
    before, after = (place for place in text_places_mm(pdf) if place is not code and place.text in "王明")
    assert before.right <= box.left and box.right <= after.left
    # what was measured is what was drawn
    assert fonts().width_mm(f"王{character}明", 12) == pytest.approx(after.right - before.left, abs=0.7)


def test_without_the_rare_font_a_rare_character_is_not_dropped(tmp_path: Path) -> None:
    poor = FontSet(BASE_FONT, [tmp_path / "not-installed.ttf"])
    assert not poor.covers("𬍛")
    assert squeezed(page_texts(one_line("王𬍛", poor))[0]) == "王U+2C35B"


def test_a_font_that_cannot_be_embedded_is_passed_over(tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(BASE_FONT.read_bytes()[:2000])
    mended = FontSet(BASE_FONT, [damaged, RARE_FONT], {Face.HEI: damaged})
    assert page_texts(one_line("王𬍛", mended)) == page_texts(one_line("王𬍛", fonts()))
    assert mended.drawn_bold(Face.SONG) == (Face.SONG, True)


def test_each_kind_of_type_is_drawn_by_its_own_font_where_there_is_one(tmp_path: Path) -> None:
    """LXGW WenKai stands for FangSong and BabelStone Han for SimHei: what Windows has cannot be had here."""
    folder = tmp_path / "Fonts"
    folder.mkdir()
    (folder / "simfang.ttf").symlink_to(RARE_FONT)
    (folder / "simhei.ttf").symlink_to(ALL_RARE[-1])
    windows = font_set(BASE_FONT.parents[1], "win32", folder)
    uses = [windows.runs("王", face)[0].font_name for face in (Face.SONG, Face.FANGSONG, Face.HEI)]
    assert [name.split("-")[0] for name in uses] == ["VillagedeskBase", "LXGWWenKai", "BabelStoneHan"]
    assert windows.drawn_bold(Face.FANGSONG) == (Face.HEI, False)  # heavy by itself: no thickened strokes
    pdf = acceptance_notice.render(notice(), windows)
    names = {use.name.split("+")[-1].split("-")[0] for use in font_uses(pdf)}
    assert {"VillagedeskBase", "LXGWWenKai", "BabelStoneHan"} <= names


def test_share_of_the_characters_of_gb_18030_level_3_that_is_drawn() -> None:
    """97,680 Han characters after the amendment (domain: section 8); as measured with Debian's fonts: 93,245."""
    blocks = [
        range(0x4E00, 0xA000),
        range(0x3400, 0x4DC0),
        range(0x20000, 0x2A6E0),
        range(0x2A700, 0x2B73A),
        range(0x2B740, 0x2B81E),
        range(0x2B820, 0x2CEA2),
        range(0x2CEB0, 0x2EBE1),
        range(0x30000, 0x3134B),
        range(0x31350, 0x323B0),
        range(0x2EBF0, 0x2EE5E),
        [*(0xFA0E, 0xFA0F, 0xFA11, 0xFA13, 0xFA14, 0xFA1F, 0xFA21, 0xFA23, 0xFA24, 0xFA27, 0xFA28, 0xFA29)],
    ]
    level_3 = [chr(point) for block in blocks for point in block]
    assert len(level_3) == len(set(level_3)) == 97_680
    covered = sum(every_font().covers(one) for one in level_3)
    assert covered >= 93_245
    # up to Ext F (Unicode 15) not one is missing; what is missing is of G, H and I
    assert all(every_font().covers(one) for one in level_3 if ord(one) < 0x2EBF0)


@pytest.mark.parametrize("text", ["㛃䶮𬍛𠅤𫖯𬤊", "王𬍛玉", "abc𬤊def", "𬍛" * 30])
def test_text_above_the_basic_plane_copies_right(text: str) -> None:
    pdf = one_line(text, fonts())
    assert squeezed(page_texts(pdf)[0]) == text
    assert all(use.embedded for use in font_uses(pdf))


def test_more_characters_than_one_subset_holds_copy_right() -> None:
    text = "".join(chr(0x4E00 + number) for number in range(700))
    sheets = Sheets(A4, fonts(), "试页")
    for start in range(0, 700, 35):
        sheets.text(10, 20 + start / 4, text[start : start + 35], 10)
    assert squeezed(page_texts(sheets.finish())[0]) == text


def test_cmap_writes_surrogate_pairs_in_blocks_of_at_most_100() -> None:
    cmap = to_unicode_cmap("F", [0, 0x2B74B, *range(0x4E00, 0x4E00 + 150)])
    # ISO 32000-1, 9.10.3: values are UTF-16BE; U+2B74B is D86D DF4B (Unicode 3.9, table 3-5).
    assert "<01> <D86DDF4B>" in cmap
    assert "100 beginbfchar" in cmap
    assert "51 beginbfchar" in cmap
    assert "<00> <0000>" not in cmap


@given(st.text(max_size=40))
def test_no_character_is_ever_dropped(text: str) -> None:
    runs = fonts().runs(text)
    expected = [one if fonts().covers(one) else f"U+{ord(one):04X}" for one in text]
    assert "".join(run.text for run in runs) == "".join(expected)
    assert all(len(run.text) >= 6 for run in runs if run.boxed)


def test_two_threads_may_draw_with_one_set() -> None:
    expected = one_line("王𬍛䶮一二三", fonts())
    results: list[bytes] = []

    def work() -> None:
        results.extend(one_line("王𬍛䶮一二三", fonts()) for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [expected] * 15


def test_equal_font_files_in_different_folders_give_equal_papers(tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere.ttf"
    copy.write_bytes(BASE_FONT.read_bytes())
    assert one_line("张三𬍛", FontSet(copy, [RARE_FONT])) == one_line("张三𬍛", fonts())

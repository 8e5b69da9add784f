"""Every character finds a font or shows its code point, and copies out of the PDF as what it is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.papers.samples import BASE_FONT, RARE_FONT, font_uses, fonts, page_texts, squeezed
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.pdf_font import to_unicode_cmap
from villagedesk.papers.sheet import A4, Sheets


def one_line(text: str, font_set: FontSet) -> bytes:
    sheets = Sheets(A4, font_set, "试页")
    with font_set.lock:
        sheets.text(20, 30, font_set.shown(text), 12)
        return sheets.finish()


def test_runs_change_font_only_where_they_must() -> None:
    runs = fonts().runs("王𬍛䶮a")
    assert [run.text for run in runs] == ["王", "𬍛䶮", "a"]
    assert runs[0].font_name == runs[2].font_name != runs[1].font_name


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\U0002f800", "〔U+2F800〕"),  # in neither font
        ("😀", "〔U+1F600〕"),
        ("\u202e", "〔U+202E〕"),  # right-to-left override
        ("\u200b", "〔U+200B〕"),
        ("\x00", "〔U+0000〕"),
        ("\ue863", "〔U+E863〕"),  # private use: probably 䶮 from an ID reader, which the clerk is asked about
        ("\ud800", "〔U+D800〕"),
    ],
)
def test_a_character_no_font_can_draw_shows_its_code_point(character: str, shown: str) -> None:
    assert fonts().shown(f"王{character}明") == f"王{shown}明"


def test_without_the_rare_font_a_rare_character_is_not_dropped(tmp_path: Path) -> None:
    poor = FontSet(BASE_FONT, [tmp_path / "not-installed.ttf"])
    assert poor.shown("王𬍛") == "王〔U+2C35B〕"
    assert "王〔U+2C35B〕" in page_texts(one_line("王𬍛", poor))[0]


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
    pieces = fonts().pieces(text)
    assert len(pieces) == len(text)
    for character, piece in zip(text, pieces, strict=True):
        assert piece in (character, f"〔U+{ord(character):04X}〕")


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

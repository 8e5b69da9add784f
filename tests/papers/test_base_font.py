"""The committed base font has what screens and papers need."""

from __future__ import annotations

from fontTools.ttLib import TTFont

from tests.papers.samples import BASE_FONT

UI_SIGNS = "✓✔✘●○▲△▼→←↑↓※□■★☆◆◇①②③…—·×÷℃№│─"


def gb2312_characters() -> set[int]:
    """All of GB 2312, counted from Python's own codec: rows 1–9 and 16–87."""
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes([row, cell]).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def test_holds_gb2312_and_signs_and_all_it_should_of_latin() -> None:
    held = set(TTFont(BASE_FONT).getBestCmap())
    gb2312 = gb2312_characters()
    assert len(gb2312) == 7445  # GB 2312-80: 6,763 Han characters and 682 others
    # Hiragana and katakana (169 characters) are left out: nothing in the window is written in them.
    assert {one for one in gb2312 - held if not 0x3040 <= one <= 0x30FF} == set()
    assert [sign for sign in UI_SIGNS if ord(sign) not in held] == []
    assert set(range(0x20, 0x7F)) <= held
    assert set(range(0x4E00, 0x9FA6)) <= held  # the 20,902 characters of GBK and GB 18030-2000


def test_is_named_as_a_modified_version_with_its_licence_beside_it() -> None:
    names = TTFont(BASE_FONT)["name"]
    assert names.getDebugName(1) == "Villagedesk Base"
    assert "WenQuanYi" in names.getDebugName(0)
    licence = (BASE_FONT.parent / "LICENSE-wqy-microhei.txt").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in licence
    assert BASE_FONT.stat().st_size <= 4_000_000

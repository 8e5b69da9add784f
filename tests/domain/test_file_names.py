"""Names of files: what Windows refuses (Microsoft: Naming Files, Paths, and Namespaces) is never given."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.file_names import free_name, safe_name


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("居民身份证（本人或继承人）", "居民身份证（本人或继承人）"),
        ('a/b\\c:d*e?f"g<h>i|j', "a_b_c_d_e_f_g_h_i_j"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("证明. . ", "证明"),
        ("一\n二\t三", "一 二 三"),
        ("身份证\u202efdp.exe", "身份证_fdp.exe"),
        ("con", "_con"),
        ("LPT1.说明", "_LPT1.说明"),
        ("COM¹", "_COM¹"),
        ("合同con", "合同con"),
        ("...", "material"),
        ("", "material"),
        ("\u202e", "material"),
        ("䶮𬍛", "䶮𬍛"),
    ],
)
def test_words_become_a_name(words: str, name: str) -> None:
    assert safe_name(words, "material") == name


@given(st.text(max_size=300))
def test_any_words_become_a_name_that_every_file_system_takes(words: str) -> None:
    name = safe_name(words, "material")
    assert 0 < len(name) <= 61
    assert len(name.encode("utf-8")) <= 200
    assert not set(name) & set('<>:"/\\|?*')
    assert not any(unicodedata.category(char)[0] == "C" for char in name)
    assert name == name.strip(" .")


def test_a_name_that_is_taken_gets_a_number_whatever_its_case() -> None:
    assert free_name("A证", {"a证".casefold(), "a证(2)"}) == "A证(3)"
    assert free_name("B", set()) == "B"

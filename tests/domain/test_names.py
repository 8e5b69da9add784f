"""Names: any Han character stays what it is; everything else is folded with a word or refused by name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.names import fold_name, is_han, private_use_guess
from villagedesk.domain.names_pinyin import initials_forms, pinyin_initials
from villagedesk.domain.problems import InputProblem

# facts.md: rare test characters, from the BMP to Ext G; then Ext H and I, which Python 3.11 holds for unassigned
RARE = "㐳㛃䶮𬍛𠅤𫖯𬤊𰻞" + "\U00031350\U000323af\U0002ebf0\U0002ee5d"
HAN = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x3400, max_codepoint=0x4DBF),
    st.integers(0x20000, 0x3347F).map(chr),
)


def keys(problems: tuple[object, ...]) -> list[str]:
    return [getattr(problem, "key", "") for problem in problems]


@pytest.mark.parametrize("char", RARE)
def test_rare_characters_stay_and_count_as_one(char: str) -> None:
    folded = fold_name("王" + char * 59)
    assert folded.name == "王" + char * 59
    assert folded.notes == ()
    assert folded.questions == ()
    with pytest.raises(InputProblem) as caught:
        fold_name("王" + char * 60)
    assert caught.value.params == {"count": 61, "limit": 60}


@given(st.text(HAN, min_size=1, max_size=60))
def test_no_han_character_is_ever_changed_or_dropped(name: str) -> None:
    assert fold_name(name).name == name


def test_compatibility_ideographs_are_kept_although_nfc_would_change_them() -> None:
    # U+F92C is in GB 18030; its canonical decomposition is another character, U+90CE
    assert unicodedata.normalize("NFC", "\uf92c") == "\u90ce"
    assert fold_name("李\uf92c").name == "李\uf92c"


@pytest.mark.parametrize("dot", "•‧∙⋅・･·")
def test_every_dot_becomes_the_middle_dot(dot: str) -> None:
    assert fold_name(f"阿卜杜拉{dot}买买提").name == "阿卜杜拉\u00b7买买提"


@pytest.mark.parametrize(
    ("typed", "name", "notes"),
    [
        (" 张三 ", "张三", []),
        ("张　三", "张三", ["domain.name.blank_removed"]),
        ("张\u200b三\ufeff", "张三", ["domain.name.zero_width_removed"]),
        ("买买提.艾力", "买买提·艾力", []),
        ("买买提 · 吐尔逊", "买买提·吐尔逊", ["domain.name.blank_removed"]),
        ("张\u3164三", "张三", ["domain.name.zero_width_removed"]),
        ("Ｊｏｈｎ　Smith", "John Smith", []),
        ("J. R. O'Neill-Šo", "J. R. O'Neill-Šo", []),
        ("SPECIMEN, EXAMPLE\uff0cJR", "SPECIMEN, EXAMPLE,JR", []),
        ("e\u0301ric", "éric", []),
        ("ئابدۇللا", "ئابدۇللا", []),
        ("བསྟན་འཛིན", "བསྟན་འཛིན", []),
        ("〇々", "〇々", []),
    ],
)
def test_folding(typed: str, name: str, notes: list[str]) -> None:
    folded = fold_name(typed)
    assert folded.name == name
    assert keys(folded.notes) == notes


@pytest.mark.parametrize(
    ("typed", "key", "position"),
    [
        ("张3", "digit", 2),
        ("张３", "digit", 2),
        ("张三①", "character", 3),
        ("张?", "character", 2),
        ("阿·", "character", 2),
        ("·阿", "character", 1),
        ("张\x07", "control", 2),
        ("⼀三", "radical", 1),
        ("张😀", "character", 2),
        ("\u0301张", "character", 1),
    ],
)
def test_what_no_name_holds_is_refused_with_its_place(typed: str, key: str, position: int) -> None:
    with pytest.raises(InputProblem) as caught:
        fold_name(typed)
    assert caught.value.key == f"domain.name.{key}"
    assert caught.value.params["position"] == position
    assert caught.value.field == "name"


@pytest.mark.parametrize("typed", ["", " \u3000", "\u200b", "\u3164", "··", "-"])
def test_no_name_is_told(typed: str) -> None:
    with pytest.raises(InputProblem) as caught:
        fold_name(typed)
    assert caught.value.key == "domain.name.empty"


def test_private_use_characters_are_asked_about() -> None:
    folded = fold_name("王\ue863\ue000")
    assert folded.name == "王\ue863\ue000"
    assert keys(folded.questions) == ["domain.name.private_use_guess", "domain.name.private_use"]
    assert folded.questions[0].params == {"position": 2, "character": "\ue863", "code": "U+E863", "guess": "䶮"}


def test_guesses_are_those_of_the_gb18030_tables() -> None:
    # GB 18030-2022: E81E 龴 9FB4 … E864 9FBB; E831 𡗗 215D7; GBK FE54 (E819…): radicals are no guess
    assert [private_use_guess(char) for char in "\ue81e\ue864\ue831\ue863\ue819\ue814"] == [
        "\u9fb4",
        "\u9fbb",
        "\U000215d7",
        "䶮",
        "",
        "",
    ]


@given(st.text(max_size=70))
def test_any_text_is_a_stable_name_or_a_named_mistake(typed: str) -> None:
    try:
        name = fold_name(typed).name
    except InputProblem as problem:
        assert problem.key.startswith("domain.name.")
        return
    assert 1 <= len(name) <= 60
    assert fold_name(name).name == name
    assert [char for char in typed if is_han(char)] == [char for char in name if is_han(char)]


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        # surnames read as surnames: 现代汉语词典
        ("单雄信", "sxx"),
        ("曾国藩", "zgf"),
        ("解缙", "xj"),
        ("尉迟恭", "ycg"),
        ("万俟咏", "mqy"),
        ("张三", "zs"),
        ("阿卜杜拉·买买提", "abdlmmt"),
        ("John Smith", "js"),
        ("王𬍛", "w"),
    ],
)
def test_initials(name: str, initials: str) -> None:
    found = pinyin_initials(name)
    assert found == initials or (name == "王𬍛" and found.startswith("w"))


def test_both_readings_of_a_surname_find_the_person() -> None:
    assert initials_forms("解红") == ("xh", "jh")
    assert initials_forms("张三") == ("zs",)

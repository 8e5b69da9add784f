"""Names of legal persons: as their certificate writes them, whatever came along with a copied one."""

from __future__ import annotations

import pytest

from villagedesk.domain.organisation_names import fold_organisation_name
from villagedesk.domain.problems import InputProblem


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (" 样张县 样张(种植)合作社 ", "样张县 样张（种植）合作社"),
        ("样张\u200b合作社\ufeff", "样张合作社"),
        ("阿卜杜拉•买买提食品店", "阿卜杜拉·买买提食品店"),
        ("Sample Co., Ltd.", "Sample Co., Ltd."),
    ],
)
def test_a_name_is_folded(typed: str, name: str) -> None:
    assert fold_organisation_name(typed) == name
    assert fold_organisation_name(name) == name


@pytest.mark.parametrize(
    ("typed", "key"),
    [("\u3164", "empty"), ("……", "empty"), ("样" * 101, "too_long"), ("样\x07张", "control")],
)
def test_what_is_no_name_says_why(typed: str, key: str) -> None:
    with pytest.raises(InputProblem) as caught:
        fold_organisation_name(typed)
    assert caught.value.key == f"domain.organisation.{key}"

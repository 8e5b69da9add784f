"""Words as they are kept, however they were typed or pasted."""

from __future__ import annotations

import pytest

from villagedesk.domain.typed_text import one_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  材料\u3000\u3000不全\n请补 ", "材料 不全 请补"),
        ("Jose\u0301", "Jos\u00e9"),
        ("\t\r\n\u00a0", ""),
        ("", ""),
    ],
)
def test_words_become_one_composed_line(typed: str, kept: str) -> None:
    assert one_line(typed) == kept

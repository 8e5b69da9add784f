"""The annex form's cells as people write them, and many rows joined: nothing comes or goes without being named."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.domain.annex import (
    ANSWERS,
    COLUMNS,
    COUNTS,
    AnnexRow,
    SentRow,
    TroubleKind,
    cell_text,
    merged,
    missing,
    read_row,
    with_doubles,
)
from villagedesk.domain.annex_words import HEADS, SAMPLE, TITLE, head_of, names_in, read_count, read_yes_no

names = st.sampled_from(["下汤镇", "瓦屋镇", "背孜乡", "张店乡", "鲁阳街道"])
villages = st.sampled_from(["石桥村", "柳林村", "和平社区", "王村", ""])
answers = st.one_of(st.none(), st.booleans())
counts = st.one_of(st.none(), st.integers(0, 9999))
annex_rows = st.builds(
    AnnexRow,
    names,
    villages,
    **{name: counts if name in COUNTS else answers for name in ANSWERS},
    note=st.sampled_from(["", "2023年新建", "电脑是县里配的"]),
)


def test_the_form_is_the_notices_column_for_column() -> None:
    """As domain.md section 9 lists them from the notice."""
    assert TITLE == "党员群众综合服务中心基础设施和人员情况统计表"
    assert list(HEADS.values()) == [
        "序号",
        "乡镇(街道)",
        "村(社区)",
        "是否有独立场所",
        "是否建立办事窗口",
        "是否具备建窗条件",
        "办公电脑数量",
        "打印机数量",
        "高拍仪数量",
        "是否接通互联网",
        "是否提供WIFI信号",
        "是否接入电子政务外网",
        "固定工作人员量",
        "视频电话是否正常",
        "备注",
    ]
    assert SAMPLE[:14] == ("1", "XX乡", "XX村", "是", "否", "是", "2", "1", "0", "是", "否", "否", "2", "是")
    assert list(HEADS)[1:] == list(COLUMNS)


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        *((typed, True) for typed in ("是", "有", "√", " １ ", "Ｙ", "正常")),
        *((typed, False) for typed in ("否", "无", "没有", "×", "Ｘ", "0", "未接入")),
        *((typed, None) for typed in ("2", "基本有", "")),
    ],
)
def test_yes_and_no_are_read_however_they_are_written(typed: str, answer: bool | None) -> None:
    assert read_yes_no(typed) is answer


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *(("2", 2), ("２", 2), (" 3 台", 3), ("1人", 1), ("无", 0), ("没有", 0)),
        *((typed, None) for typed in ("二", "-1", "1.5", "99999", "", "有")),
    ],
)
def test_numbers_are_read_however_they_are_written(typed: str, number: int | None) -> None:
    assert read_count(typed) == number


@pytest.mark.parametrize(
    "head", ["乡镇（街道）", " 乡 镇(街道)", "乡镇（街道）：", "是否提供 WiFi 信号", "是否提供ＷＩＦＩ信号"]
)
def test_heads_are_known_in_characters_of_either_width(head: str) -> None:
    assert head_of(head) in ("township", "wifi")


@pytest.mark.parametrize(
    ("station", "found"),
    [
        ("鲁山县下汤镇石桥村便民服务站", ("下汤镇", "石桥村")),
        ("柳林村便民服务站", ("", "柳林村")),
        ("幸福社区便民服务站", ("", "幸福社区")),
        ("背孜乡王村党群服务中心", ("背孜乡", "王村")),
        ("便民服务站", ("", "")),
    ],
)
def test_a_stations_name_tells_township_and_village(station: str, found: tuple[str, str]) -> None:
    assert names_in(station) == found


@given(annex_rows)
def test_what_is_written_is_read_again_and_what_lacks_is_named(row: AnnexRow) -> None:
    sent = read_row("a.xlsx", 4, {name: cell_text(row, name) for name in COLUMNS})
    assert sent is not None and sent.row == row
    assert [one.column for one in sent.troubles] == list(missing(row))
    assert {one.kind for one in sent.troubles} <= {TroubleKind.MISSING}


@given(annex_rows, st.sampled_from(ANSWERS), st.text(min_size=1, max_size=20))
def test_a_cell_is_read_or_named_whatever_stands_in_it(row: AnnexRow, column: str, typed: str) -> None:
    sent = read_row("a.xlsx", 4, {name: cell_text(row, name) for name in COLUMNS} | {column: typed})
    assert sent is not None
    named = [one for one in sent.troubles if one.column == column]
    assert (getattr(sent.row, column) is None) == (len(named) == 1)


def test_the_example_is_no_village() -> None:
    assert read_row("a.xlsx", 4, dict(zip(COLUMNS, SAMPLE[1:], strict=True))) is None
    assert read_row("a.xlsx", 4, {"township": "××乡", "village": "××村"}) is None
    real = read_row("a.xlsx", 4, {"township": "下汤镇", "village": "XX村"})
    assert real is not None


@given(st.lists(annex_rows, max_size=12), st.data(), st.booleans())
def test_what_comes_out_is_what_went_in_but_for_what_was_left_out(
    rows: list[AnnexRow], data: st.DataObject, grouped: bool
) -> None:
    sent = with_doubles([SentRow(f"{place}.xlsx", 5, row) for place, row in enumerate(rows)])
    assert [one.row for one in sent] == rows
    left = data.draw(st.sets(st.sampled_from(range(len(rows))))) if rows else set()
    out = merged(sent, left, by_township=grouped)
    assert Counter(out) == Counter(row for place, row in enumerate(rows) if place not in left)
    if grouped:
        order = [row.township for row in out]
        assert len([one for place, one in enumerate(order) if place == 0 or order[place - 1] != one]) == len({*order})
    else:
        assert out == [row for place, row in enumerate(rows) if place not in left]


@given(st.lists(annex_rows, max_size=12))
def test_exactly_the_villages_that_stand_twice_are_named(rows: list[AnnexRow]) -> None:
    sent = with_doubles([SentRow(f"{place}.xlsx", 5, row) for place, row in enumerate(rows)])
    times = Counter((row.township, row.village) for row in rows)
    doubled = [any(one.kind is TroubleKind.DOUBLE for one in row.troubles) for row in sent]
    assert doubled == [times[row.township, row.village] > 1 for row in rows]


def test_a_village_in_other_characters_is_the_same() -> None:
    rows = [AnnexRow("下汤镇", "石桥村"), AnnexRow("下 汤镇", "石桥　村"), AnnexRow("下汤镇", "石桥")]
    sent = with_doubles([SentRow("a.xlsx", place, row) for place, row in enumerate(rows)])
    assert [len(one.troubles) for one in sent] == [1, 1, 0]
    assert (sent[0].troubles[0].typed, sent[0].troubles[0].line) == ("a.xlsx", 1)

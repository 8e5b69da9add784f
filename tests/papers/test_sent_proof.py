"""The proof on paper: its title, its last word, its lists over many sheets, nothing cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.papers.samples import fonts, page_texts, squeezed
from villagedesk.papers.sent_proof import NamedList, ProofContent, render

CONTENT = ProofContent(
    station_name="柳林村便民服务站",
    division_code="410421103207",
    period="今天",
    proven=True,
    verdict="全部已上报：截至 14:05。",
    last_words=("受理系统最近一次答复：14:05。", "政务外网：连通 08:00 起"),
    counts=(("收件（件）", 12), ("上报成功（次）", 12), ("不予受理（件）", 0)),
    lists=(NamedList("没有报完的", (), 0), NamedList("退回的", (), 0), NamedList("不报的", (), 0)),
    printed_at=datetime(2026, 11, 23, 6, 5, tzinfo=UTC),
    clerk_name="王会计",
)


def lines(count: int) -> tuple[tuple[str, str, str, str, str], ...]:
    return tuple(
        (f"261123-A-{number:04d}-K", "王**", "城乡居民基本养老保险参保登记", "14:05", "等待中，稍后自动再上报")
        for number in range(count)
    )


def test_a_proof_says_so_with_station_clerk_time_and_the_servers_last_word() -> None:
    (text,) = page_texts(render(CONTENT, fonts()))
    said = squeezed(text)
    assert said.startswith("第1页共1页全部上报证明站点")
    for part in ("柳林村便民服务站", "王会计", "2026年11月23日14:05", "截至14:05", "最近一次答复：14:05", "第1页共1页"):
        assert part in said
    assert said.count("没有。") == 3
    assert "—" in said


def test_what_is_no_proof_is_not_called_one() -> None:
    (text,) = page_texts(render(replace(CONTENT, proven=False), fonts()))
    assert squeezed(text).startswith("第1页共1页上报情况说明（不是全部上报证明）站点")


def test_long_lists_go_over_numbered_sheets_with_their_heads_and_lose_no_line() -> None:
    full = replace(CONTENT, lists=(NamedList("没有报完的", lines(120), 2000), *CONTENT.lists[1:]))
    pages = [squeezed(text) for text in page_texts(render(full, fonts()))]
    assert len(pages) > 2
    for number, said in enumerate(pages, start=1):
        assert f"第{number}页共{len(pages)}页" in said
        assert "收件流水号" in said or "261123-A-" not in said
    whole = "".join(pages)
    assert all(f"261123-A-{number:04d}-K" in whole for number in range(120))
    assert "另有1880件没有列出" in whole

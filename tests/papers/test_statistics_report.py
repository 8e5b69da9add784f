"""The month's statistics on paper: its figures, the mark of the log, and no person anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
import zxingcpp

from tests.papers.every_paper import EXTREME, statistics
from tests.papers.samples import codes, fonts, images, metadata, page_texts, squeezed
from villagedesk.papers.log_mark import head_text
from villagedesk.papers.statistics_report import Figures, render


def test_it_says_month_station_figures_and_head() -> None:
    said = squeezed("".join(page_texts(render(statistics(), fonts()))))
    assert "服务情况月报" in said and "2026年11月（本月还没过完" in said and "410423101201" in said
    assert "收件88件办结77件" in said and "按时办结的占比96.5%" in said
    assert "一、收件、办结和结果" in said and "六、操作日志校验" in said and "截至第18234条" in said


def test_a_month_that_is_over_is_not_called_unfinished() -> None:
    assert "没过完" not in squeezed("".join(page_texts(render(replace(statistics(), so_far=False), fonts()))))


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_code_reads_as_the_head_that_doctor_takes(dpi: int) -> None:
    one = statistics(practice=True)
    last = images(render(one, fonts()), dpi)[-1]
    assert codes(last, zxingcpp.BarcodeFormat.QRCode) == [head_text(one.head)]


def test_many_items_go_on_to_other_sheets_under_the_same_heads() -> None:
    texts = [squeezed(text) for text in page_texts(render(statistics(EXTREME), fonts()))]
    assert len(texts) > 1
    assert "退回补正" in texts[0] and "退回补正" in texts[1]
    assert "操作日志校验" in texts[-1] and f"第{len(texts)}页" in texts[-1]


def test_a_table_without_rows_says_so() -> None:
    one = replace(statistics(), parts=(Figures("按事项", heads=("事项", "收件")),))
    (text,) = page_texts(render(one, fonts()))
    assert "一、按事项没有。" in squeezed(text) and "二、操作日志校验" in squeezed(text)


def test_same_bytes_and_a_title_that_names_nobody() -> None:
    pdf = render(statistics(), fonts())
    assert pdf == render(statistics(), fonts())
    assert metadata(pdf)["Title"] == "服务情况月报 2026-11"

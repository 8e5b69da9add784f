"""The search over cases as the desk offers it: by anything printed on a paper, the item's name too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.catalogue.test_package import KEY, PUBLIC, raw
from tests.desk.counter import ID_NUMBER, NAME, PROXY_ITEM, STATION, Window, open_window, ready_draft, taken_in
from tests.desk.filled_in import AGENT, bring_papers
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.package import package_from, seal
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock import SHANGHAI


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    window = open_window(tmp_path / "data")
    yield window
    window.desk.close()


def test_whatever_stands_on_the_papers_leads_to_the_case(window: Window) -> None:
    desk = window.desk
    draft = ready_draft(window)
    bring_papers(window, desk.intake.type(draft, AGENT, 3))
    case_id = desk.intake.take_in(draft).case_id
    other = taken_in(window, PROXY_ITEM)
    case = desk.cases.case(case_id).case
    window.store.write(
        lambda t: t.put_case(
            replace(
                case,
                acceptance_no="114104230056789-20261123-7",
                query_code="839201",
                limit_date="2026-12-09",
                accepting_organ="郑州医保中心",
            )
        )
    ).result()
    assert case.local_no is not None and case.received_at is not None
    both = (NAME, "oysy", "欧阳", ID_NUMBER, ID_NUMBER[-4:], "2026-11-23", "11月23日", case.clerk, "")
    one = (
        case.local_no,
        case.local_no.replace("-", "").lower(),
        "114104230056789-20261123-7",
        "839201",
        "代办试用",
        "13900008888",
        "139 0000 8888",
        "139****8888",
        case.item_code.lower(),
        "2026-12-09",
        "12月9日",
        f"{NAME} {case.item_name}",
        f"{case.item_name[-4:]} 代办",
        f"{case.received_at.astimezone(SHANGHAI):%H:%M} 代办试用",
        case.local_no[-6:],
        case.local_no.replace("-", " "),
        case.item_name[3:9],
        "郑州医保",
        f"{case.materials[0].name[1:]} 114104",
    )
    for text in both:
        found = desk.cases.search(text)
        assert {row.line.case_id for row in found.rows} == {case_id, other}, text
        assert (found.count, found.next) == (2, "")
    for text in one:
        assert [row.line.case_id for row in desk.cases.search(text).rows] == [case_id], text
    for text in ("没有这个人", "2025-11-23", f"{NAME} 张"):
        assert desk.cases.search(text).count == 0, text


def test_a_case_is_found_by_an_item_that_is_in_no_catalogue_any_more(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data", station=replace(STATION, catalogue_public_key=PUBLIC))
    case_id = taken_in(window)
    contents = Contents((raw("XX-1"),), (("外地看病", "异地就医"),))
    window.desk.items.arrived(seal(package_from(None, None, contents, 3, "2026-11-23T00:00:00Z"), KEY))
    case = window.desk.cases.case(case_id).case
    assert not window.desk.items.has(case.item_code)
    for text in (case.item_code, case.item_code.lower(), case.item_name[2:6], "waidikanbing", "yidi", "外地看病"):
        assert [row.line.case_id for row in window.desk.cases.search(text).rows] == [case_id], text
    window.desk.close()


def test_pages_follow_each_other_and_the_count_is_of_all(window: Window) -> None:
    ids = [taken_in(window) for _ in range(5)]
    first = window.desk.cases.search(NAME, 2)
    second = window.desk.cases.search(NAME, 2, first.next)
    third = window.desk.cases.search(NAME, 2, second.next)
    rows = (*first.rows, *second.rows, *third.rows)
    assert [row.line.case_id for row in rows] == list(reversed(ids))
    assert {first.count, second.count, third.count} == {5}
    assert third.next == ""
    window.clock.forward(60)
    window.desk.changes.void(ids[0], "收错了")
    assert window.desk.cases.search("", 2).count == 5
    assert window.desk.cases.search("", 9).rows[0].line.status is CaseStatus.VOID, "the last changed is first"

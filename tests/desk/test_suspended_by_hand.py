"""A suspension that a clerk notes by hand stops the law clock as one told over the wire does (domain: section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.desk.counter import PROXY_ITEM, Window, open_window, taken_in
from tests.desk.test_bridge import BY_HAND, give
from tests.desk.test_case_changes import change_case
from tests.desk.test_law_clocks import DAY, todos, told
from tests.desk.test_township import SAID, carried
from villagedesk.desk.told_by_hand import NOT_SAID, STOPS
from villagedesk.desk.views import TodoKind
from villagedesk.domain.case import CaseStatus
from villagedesk.domain.clock_stops import STOP_DETAIL
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.service_item import StopKind

C = CaseChange


def _read_there(window: Window, case_id: str, change: CaseChange, on: str = "", stop: str = "") -> None:
    window.desk.official_numbers.note(case_id, change, "等开会", on, "", stop)


def _told_by_township(window: Window, case_id: str, change: CaseChange, on: str = "", stop: str = "") -> None:
    window.desk.township.note(case_id, change, replace(SAID, words="等开会", on=on, stop=stop))


def _entered(window: Window) -> str:
    case_id = taken_in(window)
    give(window, case_id)
    change_case(window, case_id, item_code=PROXY_ITEM)  # its promise is five working days, not the same day
    return case_id


@dataclass(frozen=True)
class Way:
    """How a case gets to whoever decides, and how what he says is noted."""

    case: Callable[[Window], str]
    note: Callable[..., None]


WAYS = {"system": Way(_entered, _read_there), "township": Way(carried, _told_by_township)}


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A window without an interface, on Monday, 23 November 2026."""
    opened = open_window(tmp_path / "data", station=BY_HAND)
    yield opened
    opened.desk.close()


@pytest.fixture(params=[*WAYS.values()], ids=[*WAYS])
def way(request: pytest.FixtureRequest) -> Way:
    """Each of the two."""
    found: Way = request.param
    return found


@pytest.fixture
def case_id(window: Window, way: Way) -> str:
    """Accepted on the Monday; by 30 November it must be decided."""
    found = way.case(window)
    way.note(window, found, C.ACCEPTED)
    return found


def test_the_clock_stops_and_goes_on(window: Window, way: Way, case_id: str) -> None:
    window.clock.forward(2 * DAY)
    way.note(window, case_id, C.SUSPENDED, stop="hearing")
    assert window.desk.cases.case(case_id).events[-1].detail[STOP_DETAIL] == "hearing"
    window.clock.forward(6 * DAY)  # 1 December: it would be over
    assert told(window, case_id) == [("办结期限：听证期间暂停，恢复后接着算", "calm")]
    assert window.desk.clocks.due() == () and todos(window, TodoKind.DUE) == []
    way.note(window, case_id, C.RESUMED)
    # 24 and 25 November are counted, 26 November to 1 December left out; 2, 3 and 4 December remain
    assert told(window, case_id) == [("办结期限：还剩 3 个工作日（到12月4日）", "time")]


def test_the_days_are_those_on_which_it_was_and_not_on_which_it_was_noted(
    window: Window, way: Way, case_id: str
) -> None:
    window.clock.forward(8 * DAY)
    assert todos(window, TodoKind.DUE) != []
    way.note(window, case_id, C.SUSPENDED, "2026-11-25", stop="expert_review")
    way.note(window, case_id, C.RESUMED, "2026-11-30")
    # 26, 27 and 30 November are left out
    assert told(window, case_id) == [("办结期限：还剩 2 个工作日（到12月3日）", "warn")]


@pytest.mark.parametrize("stop", ["publicity", "other", NOT_SAID])
def test_what_neither_the_law_nor_the_item_names_stops_nothing_and_that_is_said(
    window: Window, way: Way, case_id: str, stop: str
) -> None:
    way.note(window, case_id, C.SUSPENDED, stop=stop)
    assert told(window, case_id)[0][0] == "办结期限：还剩 5 个工作日（到11月30日）；挂起没说依据，没有扣除"
    kept = window.desk.cases.case(case_id).events[-1].detail.get(STOP_DETAIL, "")
    assert kept == ("" if stop == NOT_SAID else stop)


@pytest.mark.parametrize("stop", ["", "lunch", "late_correction"])
def test_for_what_it_was_suspended_must_be_said(window: Window, way: Way, case_id: str, stop: str) -> None:
    with pytest.raises(InputProblem) as problem:
        way.note(window, case_id, C.SUSPENDED, stop=stop)
    assert (problem.value.key, problem.value.field) == ("life.stop_unknown", "stop")
    assert window.desk.cases.case(case_id).case.status is CaseStatus.ACCEPTED


def test_a_kind_of_stop_is_kept_of_a_suspension_only(window: Window, way: Way, case_id: str) -> None:
    way.note(window, case_id, C.IN_PROCESS, stop="hearing")
    assert STOP_DETAIL not in window.desk.cases.case(case_id).events[-1].detail


def test_all_that_the_wire_tells_can_be_noted_but_a_late_correction() -> None:
    """That is noted as a correction that was asked for, from which the clock reads it."""
    assert {*STOPS} == {*StopKind} - {StopKind.LATE_CORRECTION}

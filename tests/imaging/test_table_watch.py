"""A paper is photographed by itself when it is new, lies still, and is surely found; never twice, never a hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.imaging.measure import jaccard
from tests.imaging.small_pictures import HEIGHT, WIDTH, laid_down, paper
from villagedesk.imaging.finding.outline import PageOutline, find_page
from villagedesk.imaging.likeness import table_watch
from villagedesk.imaging.likeness.table_watch import STILL_S, TableState, TableWatch

Pixels = NDArray[np.uint8]

_STEP = 1 / 15
_NOISE = np.random.default_rng(3).normal(0, 2, (3, HEIGHT, WIDTH, 3)).astype(np.int16)


class Window:
    """A watch that is shown pictures at 15 a second."""

    def __init__(self) -> None:
        self.watch = TableWatch()
        self._ticks: Iterator[int] = count()

    def see(self, page: Pixels | None, seconds: float = 1.0, *, arm: bool = False, **how: object) -> list[TableState]:
        """What it says while a paper lies as it lies, or an arm on it; noise is new in each picture."""
        still, _ = laid_down(page, 7, **how)  # type: ignore[arg-type]
        if arm:
            cv2.line(still, (1000, 740), (520, 420), (112, 150, 202), 90, cv2.LINE_AA)
        states = []
        for _ in range(max(1, round(seconds / _STEP))):
            tick = next(self._ticks)
            picture = cv2.add(still, _NOISE[tick % len(_NOISE)], dtype=cv2.CV_8U).astype(np.uint8)
            states.append(self.watch.look(picture, tick * _STEP).state)
        return states


def test_a_paper_is_new_once_it_has_lain_still() -> None:
    """Nothing before half a second; then new until it was photographed."""
    window = Window()
    assert set(window.see(None)) <= {TableState.MOVING, TableState.EMPTY}
    states = window.see(paper("application_form", 1))
    first = states.index(TableState.NEW)
    assert states[0] is TableState.MOVING
    assert first * _STEP >= STILL_S
    assert set(states[first:]) == {TableState.NEW}
    window.watch.taken()
    assert set(window.see(paper("application_form", 1))) == {TableState.TAKEN}


def test_a_nudged_paper_is_not_taken_again() -> None:
    """Neither moved nor turned round; and the lamp that is switched off makes no new page of it."""
    window = Window()
    page = paper("notice_with_seal", 2)
    assert window.see(page)[-1] is TableState.NEW
    window.watch.taken()
    for how in ({"shift": (25.0, 10.0)}, {"turn": 178.0}, {"light": 0.6}):
        assert window.see(page, **how)[-1] is TableState.TAKEN, how


def test_whether_the_paper_was_swapped_is_known_before_the_next_one_lies_still() -> None:
    """From its first picture on; neither by a push nor before anything was seen to move."""
    window = Window()
    window.watch.taken()
    assert not window.watch.swapped()
    page = paper("notice_with_seal", 2)
    window.see(page)
    assert not window.watch.swapped(), "the camera had shown nothing before"
    window.watch.taken()
    window.see(page)
    assert not window.watch.swapped()
    window.see(page, shift=(25.0, 10.0))
    assert not window.watch.swapped()
    window.see(paper("application_form", 1), _STEP)
    assert window.watch.swapped()
    window.watch.taken()
    assert not window.watch.swapped()
    window.see(None, _STEP)
    assert window.watch.swapped()


def test_the_next_paper_of_the_same_kind_is_new() -> None:
    """A neighbour's form on the same place, laid down while the camera looked on."""
    window = Window()
    assert window.see(paper("application_form", 1))[-1] is TableState.NEW
    window.watch.taken()
    assert window.see(paper("application_form", 2))[-1] is TableState.NEW


def test_while_something_moves_nothing_is_new() -> None:
    """A paper pushed over the table for two seconds."""
    window = Window()
    page = paper("application_form", 1)
    states = [window.see(page, _STEP, shift=(float(-60 + 4 * step), 0.0))[0] for step in range(30)]
    assert set(states) == {TableState.MOVING}
    assert window.see(page, shift=(60.0, 0.0))[-1] is TableState.NEW


def test_while_something_moves_it_is_searched_for_some_times_a_second_and_at_once_when_it_lies_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The picture runs smoothly meanwhile; what is judged, or photographed, is what lies there then."""
    searched: list[Pixels] = []
    monkeypatch.setattr(table_watch, "find_page", lambda picture: searched.append(picture) or find_page(picture))  # type: ignore[func-returns-value]
    window = Window()
    page = paper("application_form", 1)
    window.see(None)
    searched.clear()
    states = [window.see(page, _STEP, shift=(float(-60 + 4 * step), 0.0))[0] for step in range(31)]
    assert set(states) == {TableState.MOVING}
    assert 8 <= len(searched) <= 12, "five times a second in two seconds"
    window.see(page, shift=(60.0, 0.0))
    judged = window.watch.again(1000.0).outline
    assert judged is not None
    still, _ = laid_down(page, 7, shift=(60.0, 0.0))
    there = find_page(still)
    assert there is not None
    assert jaccard(judged.corners, there.corners) > 0.99


@pytest.mark.parametrize("frames", [1, 2])
def test_a_camera_that_stops_in_the_middle_of_a_movement_is_judged_by_its_last_picture(frames: int) -> None:
    window = Window()
    window.see(None)
    for step in range(frames + 1):
        window.see(paper("application_form", 1), _STEP, shift=(float(-60 + 60 * step), 0.0))
    outline = window.watch.again(100.0).outline
    still, _ = laid_down(paper("application_form", 1), 7, shift=(float(-60 + 60 * frames), 0.0))
    there = find_page(still)
    assert outline is not None and there is not None
    assert jaccard(outline.corners, there.corners) > 0.98


def test_what_lies_still_is_searched_for_some_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for each picture; but what the camera has sharp only now is found and judged."""
    searched: list[float] = []

    def sharp_after_a_second(picture: Pixels) -> PageOutline | None:
        searched.append(0.0)
        outline = find_page(picture)
        return outline if outline is None or len(searched) > 5 else replace(outline, confidence=0.2)

    monkeypatch.setattr(table_watch, "find_page", sharp_after_a_second)
    states = Window().see(paper("application_form", 1), seconds=4)
    assert states[10] is TableState.UNSURE
    assert states[-1] is TableState.NEW
    assert 10 < len(searched) < 20


def test_a_page_thrown_away_is_new_only_when_touched() -> None:
    """Else it would be photographed again the moment the clerk says that it was not wanted."""
    window = Window()
    page = paper("application_form", 1)
    window.see(page)
    window.watch.taken()
    window.watch.thrown_away()
    assert set(window.see(page)) == {TableState.TAKEN}
    assert window.see(page, shift=(12.0, 0.0))[-1] is TableState.NEW


@pytest.mark.parametrize("heard", [False, True])
def test_a_photograph_that_came_to_nothing_is_not_called_taken_and_comes_again_when_touched(heard: bool) -> None:
    window = Window()
    page = paper("application_form", 1)
    window.see(page)
    if heard:
        window.watch.taken()
    window.watch.failed(retry=False)
    assert set(window.see(page)) == {TableState.FAILED}
    assert window.see(page, shift=(12.0, 0.0))[-1] is TableState.NEW


def test_what_the_camera_did_not_give_is_tried_once_more_by_itself() -> None:
    window = Window()
    page = paper("application_form", 1)
    window.see(page)
    window.watch.failed(retry=True)
    assert set(window.see(page)) == {TableState.NEW}
    window.watch.failed(retry=True)
    assert set(window.see(page)) == {TableState.FAILED}


def test_a_pause_proves_no_stillness() -> None:
    """The screen was covered for a while: half a second more is waited."""
    watch = TableWatch()
    picture, _ = laid_down(paper("application_form", 1), 7)
    watch.look(picture, 0.0)
    assert watch.look(picture, 0.2).state is TableState.SETTLING
    assert watch.look(picture, 30.0).state is TableState.SETTLING
    assert watch.look(picture, 30.0 + STILL_S).state is TableState.NEW


def test_what_was_photographed_by_hand_before_it_was_judged_is_taken() -> None:
    """Space at once after laying it down."""
    window = Window()
    page = paper("application_form", 1)
    window.see(page, 2 * _STEP)
    window.watch.taken()
    assert window.see(page)[-1] is TableState.TAKEN
    assert window.see(page, shift=(14.0, 4.0))[-1] is TableState.TAKEN


def test_a_paper_that_is_not_surely_found_is_never_new() -> None:
    """Its corner lies outside the picture: the clerk presses the key himself and looks."""
    states = Window().see(paper("application_form", 1), 2.0, turn=20, shift=(0.0, 190.0))
    assert TableState.NEW not in states


def test_a_paper_that_is_missed_in_the_picture_before_the_shutter_is_not_taken_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, page = Window(), paper("application_form", 1)
    window.see(None)
    assert window.see(page)[-1] is TableState.NEW
    with monkeypatch.context() as patch:
        patch.setattr(table_watch, "find_page", lambda _: None)
        assert window.see(page)[-1] is TableState.EMPTY
        window.watch.taken()
    states = window.see(page)
    assert states[-1] is TableState.TAKEN
    assert TableState.NEW not in states


def test_a_paper_under_an_arm_waits_until_the_arm_is_gone() -> None:
    """Held flat for longer than half a second: nothing is photographed with a line of it hidden."""
    window = Window()
    page = paper("household_register", 1)
    states = window.see(page, 1.2, arm=True)
    assert states[-1] is TableState.COVERED
    assert TableState.NEW not in states
    assert window.see(page)[-1] is TableState.NEW


def test_an_arm_drawn_back_without_being_seen_moving_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slowly, a little with each picture."""
    window = Window()
    page = paper("household_register", 1)
    window.see(page, 0.7, arm=True)
    monkeypatch.setattr(window.watch, "_moved", lambda picture, at: False)
    assert window.see(page, 0.4)[-1] is TableState.NEW


def test_what_was_photographed_under_an_arm_is_known_without_it() -> None:
    """By hand; but a paper of the same kind for another person is not taken for it."""
    window = Window()
    page = paper("household_register", 1)
    assert window.see(page, 0.7, arm=True)[-1] is TableState.COVERED
    window.watch.taken()
    assert window.see(page, 0.7)[-1] is TableState.TAKEN
    assert window.see(paper("household_register", 2), 0.7)[-1] is TableState.NEW

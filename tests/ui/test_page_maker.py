"""One page in hand: what becomes of it when the clerk turns away, or when it cannot be made."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from villagedesk.desk.views import Proposal
from villagedesk.domain.problems import EnvironmentProblem, Problem
from villagedesk.ui.background import Background
from villagedesk.ui.intake.page_maker import PageMaker

WAITS = Proposal("photograph", "case", "id_card")
KEPT = Proposal("photograph", "case", "id_card", kept=SimpleNamespace(page_id="page"))  # type: ignore[arg-type]
PATIENCE_MS = 10_000


class Maker:
    """A page maker whose work ends when it is let."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.dropped: list[str] = []
        self.told: list[object] = []
        self.made: list[Proposal] = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.parent = QObject()
        self.background = Background(patience_ms=0)
        self.broken_off: list[bool] = []
        scanning = SimpleNamespace(drop=self.dropped.append, break_off=lambda: self.broken_off.append(True))
        desk = SimpleNamespace(scanning=scanning)
        surroundings = SimpleNamespace(desk=desk, background=self.background)
        self.maker = PageMaker(surroundings, lambda case_id: f"read {case_id}", self.parent)  # type: ignore[arg-type]
        self.maker.made.connect(lambda proposal, _view, _turned: self.made.append(proposal))
        self.maker.told.connect(self.told.append)

    def gives(self, proposal: Proposal) -> Callable[[], Proposal]:
        def work() -> Proposal:
            self.begun.set()
            assert self.go_on.wait(PATIENCE_MS / 1000)
            return proposal

        return work

    def turn_away(self) -> None:
        """As soon as the screen offers it, else not at all; then it may end."""
        shown: list[bool] = []
        self.background.waiting_for.connect(lambda _words, offered: shown.append(offered))
        self.until(lambda: bool(shown) and self.begun.is_set())
        self.background.cancel_shown()
        self.go_on.set()
        self.until(lambda: self.background.idle and not self.maker.busy)

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)


@pytest.fixture
def made(qtbot: QtBot) -> Iterator[Maker]:
    maker = Maker(qtbot)
    yield maker
    maker.go_on.set()
    maker.background.close()


def test_a_photograph_the_clerk_turns_away_from_is_dropped(made: Maker) -> None:
    made.maker.make(made.gives(WAITS), "case", "…")
    made.turn_away()
    assert (made.dropped, made.made, made.told) == (["photograph"], [], ["read case"])
    assert made.broken_off == [True], "the camera waits for it no longer"


def test_a_page_that_was_kept_meanwhile_is_seen(made: Maker) -> None:
    made.maker.make(made.gives(KEPT), "case", "…")
    made.turn_away()
    assert (made.dropped, made.told) == ([], ["read case"])


def test_a_photograph_that_waits_is_never_thrown_away_by_turning_away_from_its_turn(made: Maker) -> None:
    made.maker.make_anew(made.gives(WAITS), "…", turned=True)
    made.turn_away()
    assert (made.dropped, made.made) == ([], [WAITS])


def test_who_asked_is_told_that_a_photograph_cannot_be_opened(made: Maker) -> None:
    problems: list[Problem] = []
    made.background.problem.connect(problems.append)
    gone: list[bool] = []

    def work() -> Proposal:
        raise EnvironmentProblem("store.page_damaged")

    made.maker.make_anew(work, "…", failed=lambda: gone.append(made.maker.busy))
    made.until(lambda: bool(gone))
    assert gone == [False], "the next one can be opened"
    assert [problem.key for problem in problems] == ["store.page_damaged"]

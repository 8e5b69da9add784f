"""The shutter's key, pressed for the next paper while the page before is still being made."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from villagedesk.domain.case import Page
from villagedesk.domain.problems import InputProblem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.intake.page_maker import PageMaker
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.screen import Surroundings


class NextPress(QObject):
    """One press is remembered: made after the shutter was heard, with another paper on the table. It is told when it is
    due, and in words when nothing comes of it; an impatient key on the same paper makes no second page.

    Args:
        maker: has the page in hand.

    Signals:
        due(object): photograph now, for the wanted paper, or for the :class:`WantedPaper` that is given.
    """

    due = Signal(object)

    def __init__(self, surroundings: Surroundings, maker: PageMaker, parent: QObject) -> None:
        super().__init__(parent)
        self._with = surroundings
        maker.failed_or_left.connect(self.forget)
        self.forget()

    def forget(self) -> None:
        """No photograph is in hand any more, and no press waits."""
        self._begun = self._heard = self._pressed = False
        self._again: WantedPaper | None = None
        """What the photograph in hand replaces a page of, None when its page is one more."""
        self._anew: WantedPaper | None = None
        self._swapped: bool | None = None
        self._kept = False
        self._asking: Task | None = None

    def begin(self, paper: WantedPaper) -> None:
        """A photograph is begun."""
        self.forget()
        self._begun = True
        self._again = paper if paper.replaces is not None else None

    def hear(self) -> None:
        """Its shutter was heard: a press is for the next paper from now on."""
        self._heard = self._begun

    def press(self, anew: WantedPaper | None) -> None:
        """The key was pressed while a page is in hand.

        Args:
            anew: for the page that is to be taken anew, None for one page more.
        """
        other = anew is not None and (self._again is None or anew.replaced_id != self._again.replaced_id)
        if not self._begun or other:
            self._tell("in_hand")
        elif self._heard and not self._pressed:
            self._pressed, self._anew = True, anew
            # The table as it is now: a hand that reaches for it a moment later says nothing about this press.
            asking = self._asking = self._with.background.run(
                self,
                self._with.desk.live.swapped,
                lambda swapped: self._judged(asking, swapped),
                lane=Lane.LIVE,
                failed=lambda _: self._judged(asking, swapped=False),
            )

    def kept(self, page: Page) -> None:
        """The page in hand is kept: what was pressed for the next is due."""
        self._kept = True
        if self._anew is not None:
            self._anew = replace(self._anew, replaces=page)
        self._go_on()

    def asked(self) -> None:
        """The clerk must look at the page in hand first."""
        if self._pressed:
            self._tell("asked")
        self.forget()

    def _judged(self, asked: Task, swapped: bool) -> None:
        if asked is self._asking:
            self._swapped = swapped
            self._go_on()

    def _go_on(self) -> None:
        if not self._kept or (self._pressed and self._swapped is None):
            return
        pressed, swapped, anew = self._pressed, self._swapped, self._anew
        self.forget()
        if pressed and swapped:
            self.due.emit(anew)
        elif pressed:
            self._tell("same_paper")

    def _tell(self, key: str) -> None:
        self._with.background.problem.emit(InputProblem(f"ui.press.{key}"))

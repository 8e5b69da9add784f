"""Beneath the camera's picture: the other camera, the flatbed scanner, and pictures that arrived in the watched
folder; each only where there is such."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.arrivals import ArrivalsView
from villagedesk.desk.import_views import SeenPage
from villagedesk.desk.table_camera import Sides
from villagedesk.desk.views import Proposal, Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Lane, Task
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.intake.wanted_paper import WantedPaper
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel
from villagedesk.ui.theme import GAP

OTHER_KEY, SCAN_KEY, FOLDER_KEY, PASS_KEY = "F6", "F7", "F9", "F10"
_LOOK_MS = 1500


class OtherSources(QWidget):
    """Signals:
    files_wanted(list[Path]): bring these in, one after the other.
    scan_wanted(): take what lies on the scanner's glass.
    no_camera(bool): whether there is no camera at all, and none is missed.
    """

    files_wanted = Signal(object)
    scan_wanted = Signal()
    no_camera = Signal(bool)

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words, icons = surroundings.words, surroundings.icons
        self._files: tuple[Path, ...] = ()
        self._unfinished: tuple[Path, ...] = ()
        self._under_way: Task | None = None
        self._asked: Task | None = None
        self._place = ""
        self._told = False
        self._other = button(
            "other_camera", words("ui.sources.other.second"), self._change, key=OTHER_KEY, icons=icons, icon="rotate"
        )
        self._scan = button(
            "scan_flatbed", words("ui.sources.scan"), self.scan_wanted.emit, key=SCAN_KEY, icons=icons, icon="file"
        )
        self._arrived = SentenceLabel(words, "arrived", self)
        self._take = button("take_arrived", words("ui.sources.take"), self._bring_in, key=FOLDER_KEY, parent=self)
        self._pass = button("pass_arrived", words("ui.sources.pass"), self._pass_over, key=PASS_KEY, parent=self)
        self.long = LongWork(words, surroundings.background, self)
        self.long.changed.connect(self._make_room)
        self._choices = QWidget(self)
        self._strip = QFrame(self)
        self._strip.setProperty("role", "notice-calm")
        self._lay_out()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def set_keys(self, owner: QWidget) -> list[QShortcut]:
        """Their keys, while the focus is anywhere in ``owner``."""
        return [
            on_key(owner, OTHER_KEY, lambda: _press(self._other.isVisible(), self._change)),
            on_key(owner, SCAN_KEY, self.scan_by_key),
            on_key(owner, FOLDER_KEY, lambda: _press(bool(self._files), self._bring_in)),
            on_key(owner, PASS_KEY, lambda: _press(bool(self._files or self._unfinished), self._pass_over)),
        ]

    @property
    def can_scan(self) -> bool:
        """Whether there is a scanner."""
        return not self._scan.isHidden()

    def scan_by_key(self) -> None:
        """Its key was pressed; the button need not be in sight."""
        _press(self.can_scan, self.scan_wanted.emit)

    def scan(
        self, paper: WantedPaper, done: Callable[[Proposal], None], failed: Callable[[Problem | None], None]
    ) -> None:
        """Take what lies on the glass; the bar stands there while it lasts.

        Args:
            failed: gets why there is no page; None where it was stopped.
        """
        scanning = self._with.desk.scanning
        self.long.start(
            Sentence("ui.sources.scanning"),
            lambda progress: scanning.scan_flatbed(
                paper.case_id, paper.requirement_id, progress, replaces=paper.replaced_id
            ),
            done,
            failed,
            stopped=lambda: failed(None),
            lane=Lane.SCANNER,
        )

    def stop(self) -> bool:
        """Stop a scan; False where none is under way."""
        if not self.long.under_way:
            return False
        self.long.stop()
        return True

    def took(self, pages: tuple[SeenPage, ...]) -> None:
        """These pages of files were kept."""
        arrivals = self._with.desk.arrivals
        self._with.background.run(self, lambda: arrivals.took(pages), lambda _: self.look(), lane=Lane.FOLDER)

    def done_with(self, files: tuple[Path, ...]) -> None:
        """These are not wanted, or cannot be read and that was told."""
        arrivals = self._with.desk.arrivals
        self._with.background.run(self, lambda: arrivals.done_with(files), lambda _: self.look(), lane=Lane.FOLDER)

    def look(self) -> None:
        """Ask what there is now."""
        if self._under_way is None:
            self._under_way = self._with.background.run(
                self,
                self._with.desk.arrivals.view,
                self._show_arrived,
                lane=Lane.FOLDER,
                failed=lambda _: self._show_arrived(None),
            )
        if self._asked is None:
            self._asked = self._with.background.run(
                self, self._read, self._show, lane=Lane.READS, failed=lambda _: self._show(None)
            )

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to ask."""
        super().showEvent(event)
        self._timer.start()
        self.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Ask no more."""
        super().hideEvent(event)
        self._timer.stop()

    def _read(self) -> tuple[Sides, bool]:
        scanning = self._with.desk.scanning
        return scanning.sides(), scanning.scanner() is not None

    def _show(self, found: tuple[Sides, bool] | None) -> None:
        self._asked = None
        if found is None:
            return
        sides, scanner = found
        words = self._with.words
        if str(sides.place) != self._place:
            self._place = str(sides.place)
            text = words(f"ui.sources.other.{'second' if self._place == 'main' else 'main'}")
            self._other.setText(f"{text}  {OTHER_KEY}")
            self._other.setAccessibleName(text)
        self._other.setAccessibleDescription(sides.other)
        self._other.setVisible(bool(sides.other))
        self._scan.setVisible(scanner)
        self._make_room()
        self.no_camera.emit(sides.none)

    def _show_arrived(self, view: ArrivalsView | None) -> None:
        self._under_way = None
        if view is None:
            return
        self._files, self._unfinished = view.files, view.unfinished
        sentence = view.trouble
        if view.unfinished:
            beside = "ui.sources.unfinished_beside" if view.files else "ui.sources.unfinished"
            sentence = Sentence(beside, {"count": len(view.files), "name": view.unfinished[0].name}, "warn")
        elif view.files:
            sentence = Sentence("ui.sources.arrived", {"count": len(view.files)})
        if view.files:
            self._take.setAccessibleDescription(view.files[0].name)
        self._arrived.tell(sentence)
        self._told = sentence is not None
        self._make_room()
        self._take.setVisible(bool(view.files))
        self._pass.setVisible(bool(view.files or view.unfinished))

    def _make_room(self) -> None:
        """While a scan lasts, its bar has the place of the rest."""
        free = not self.long.under_way
        self._strip.setVisible(self._told and free)
        self._choices.setVisible(free and not (self._other.isHidden() and self._scan.isHidden()))

    def _change(self) -> None:
        scanning = self._with.desk.scanning
        self._with.background.run(self, scanning.change_side, lambda _: self.look(), lane=Lane.PICTURES)

    def _bring_in(self) -> None:
        self.files_wanted.emit(list(self._files))

    def _pass_over(self) -> None:
        self.done_with((*self._files, *self._unfinished))

    def _lay_out(self) -> None:
        strip = QHBoxLayout(self._strip)
        strip.setContentsMargins(GAP, GAP // 2, GAP // 2, GAP // 2)
        strip.setSpacing(GAP)
        strip.addWidget(self._arrived, 1)
        strip.addWidget(self._take)
        strip.addWidget(self._pass)
        row = QHBoxLayout(self._choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._other, 1)
        row.addWidget(self._scan, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.long)
        column.addWidget(self._strip)
        column.addWidget(self._choices)
        for hidden in (self._other, self._scan, self._strip, self._choices):
            hidden.hide()


def _press(there: bool, act: Callable[[], None]) -> None:
    if there:
        act()

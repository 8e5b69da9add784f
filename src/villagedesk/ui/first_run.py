"""First run: the county's station file is read and the first clerk made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QVBoxLayout, QWidget

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.station import StationFile
from villagedesk.ui.background import Background, Lane
from villagedesk.ui.buttons import button, on_enter
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Field
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.station_name import shown_station
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.desk import Desk
    from villagedesk.desk.entry import Entry

TYPING_PAUSE_MS = 400


class FirstRun(EntryCard):
    """Asks for station file, name and password.

    Signals:
        entered(Desk): everything is set up and the first clerk signed in.
        restore_wanted(): this PC takes the place of another one, whose backup is at hand.
    """

    entered = Signal(object)
    restore_wanted = Signal()

    def __init__(
        self, entry: Entry, words: Words, background: Background, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, background, words("ui.first.title"), words("ui.first.quiet"), parent)
        self._entry = entry
        self._words = words
        self._background = background
        self._station: StationFile | None = None
        self._busy = False
        self.setAcceptDrops(True)
        self.path = Field(words, "station_file", words("ui.first.station"), hint=words("ui.first.station_hint"))
        self._choose = button(
            "choose_station_file", words("ui.first.choose"), self._ask_for_file, icons=icons, icon="file"
        )
        self.path.add_beside(self._choose)
        self.body.addWidget(self.path)
        self._found = self._make_found()
        self.body.addWidget(self._found)
        self.clerk = Field(words, "clerk", words("ui.first.clerk"), hint=words("ui.first.clerk_hint"))
        self.password = Field(words, "password", words("ui.first.password"), secret=True)
        self.again = Field(words, "password_again", words("ui.first.again"), secret=True)
        for field in (self.clerk, self.password, self.again):
            self.body.addWidget(field)
        self.password.tell(Sentence("ui.first.rule"))
        if entry.can_restore:
            restore = button("restore", words("ui.first.restore"), self.restore_wanted.emit, icons=icons, icon="backup")
            self.buttons.addWidget(restore)
        self.buttons.addStretch(1)
        self._start = button("primary_button", words("ui.first.start"), self._begin, key="Enter", role="primary")
        self.buttons.addWidget(self._start)
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._read_station)
        self.path.edit.textEdited.connect(lambda: self._pause.start())
        self.path.edit.editingFinished.connect(self._read_now)
        self.password.edit.editingFinished.connect(self._check_password)
        self.again.edit.editingFinished.connect(self._check_again)
        on_enter(self, self._next)
        suggested = entry.state().suggested_station_file
        if suggested:
            self.path.edit.setText(suggested)
            self._read_station()
        self.fit()

    def first_focus(self) -> QWidget:
        """The first field that is still empty."""
        return self.clerk.edit if self.path.text else self.path.edit

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the dropped file's path."""
        self._take_path(event.mimeData().urls()[0].toLocalFile())

    def _make_found(self) -> QFrame:
        frame = QFrame(self)
        frame.setObjectName("station_found")
        frame.setProperty("role", "notice-good")
        column = QVBoxLayout(frame)
        column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        column.setSpacing(0)
        self._station_name = wrapping_label("", "h3", frame)
        self._station_name.setObjectName("station_name")
        self._station_address = wrapping_label("", "small", frame)
        self._station_address.setObjectName("station_address")
        column.addWidget(self._station_name)
        column.addWidget(self._station_address)
        frame.hide()
        return frame

    def _ask_for_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._words("ui.first.choose"))
        if chosen:
            self._take_path(chosen)

    def _take_path(self, path: str) -> None:
        self.path.edit.setText(path)
        self._read_station()
        self.clerk.edit.setFocus()

    def _typed_path(self) -> str:
        # Windows' own "copy as path" brings quotation marks along.
        return self.path.text.strip().strip('"')

    def _read_now(self) -> None:
        if self._pause.isActive():
            self._read_station()

    def _read_station(self) -> None:
        self._pause.stop()
        typed = self._typed_path()
        self._station = None
        if not typed:
            self._found.hide()
            self.path.tell(None)
            return

        def read(station: StationFile) -> None:
            if typed == self._typed_path():
                self._show_station(station)

        def failed(problem: Problem) -> None:
            if typed == self._typed_path():
                self._found.hide()
                self.path.tell(Sentence(problem.key, problem.params, "bad"))
                self.fit()

        self._background.run(
            self, lambda: self._entry.read_station_file(Path(typed)), read, lane=Lane.READS, failed=failed
        )

    def _show_station(self, station: StationFile) -> None:
        self._station = station
        self.path.tell(None)
        name = shown_station(self._words, station.name, practice=station.practice)
        self._station_name.setText(self._words("ui.first.found", name=name))
        by_hand = self._words("ui.first.by_hand")
        address = by_hand if station.manual else self._words("ui.first.address", address=station.address)
        self._station_address.setText(address)
        self._found.setAccessibleName(self._station_name.text())
        self._found.show()
        self.fit()

    def _check_password(self) -> bool:
        sentence = self._entry.check_new_password(self.password.text) if self.password.text else None
        self.password.tell(sentence or Sentence("ui.first.rule"))
        return sentence is None and bool(self.password.text)

    def _check_again(self) -> bool:
        same = self.password.text == self.again.text
        self.again.tell(None if same or not self.again.text else Sentence("ui.first.differs", tone="bad"))
        return same

    def _next(self) -> None:
        """Enter: the next field that is still empty, else begin."""
        fields = (self.path, self.clerk, self.password, self.again)
        current = next((n for n, field in enumerate(fields) if field.edit.hasFocus()), -1)
        for field in fields[current + 1 :]:
            if not field.text:
                field.edit.setFocus()
                self.reveal(field)
                return
        self._begin()

    def _begin(self) -> None:
        if self._busy:
            return
        for field, empty in (
            (self.path, "ui.first.station_empty"),
            (self.clerk, "ui.first.clerk_empty"),
            (self.password, "ui.first.password_empty"),
        ):
            field_is_empty = not field.text.strip()
            if field_is_empty:
                field.tell(Sentence(empty, tone="bad"))
                field.look_again()
                self.reveal(field)
                return
        if not self._check_password():
            self.password.look_again()
            return
        if not self._check_again() or not self.again.text:
            self.again.tell(Sentence("ui.first.differs", tone="bad"))
            self.again.look_again()
            return
        path, station = Path(self._typed_path()), self._station
        clerk, password = self.clerk.text, self.password.text

        def set_up() -> Desk:
            # Whoever types fast is here before the file has been read.
            self._entry.set_up(station or self._entry.read_station_file(path), clerk, password)
            return self._entry.sign_in(self._entry.state().clerks[0], password)

        self._busy = True
        self._background.run(
            self, set_up, self.entered.emit, failed=self._failed, words=self._words("ui.first.working")
        )

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        field = {"clerk": self.clerk, "password": self.password, "station_file": self.path}.get(problem.field)
        if field is None and problem.key.startswith("station."):
            field = self.path
        if field is None:
            self.notice.tell(problem)
            return
        field.tell(Sentence(problem.key, problem.params, "bad"))
        field.look_again()
        self.reveal(field)

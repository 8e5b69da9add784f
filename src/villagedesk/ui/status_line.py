"""The bottom line, always there: link, queue, devices; a button to its details."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from villagedesk.desk.views import DeviceLine, SendingView, Sentence
from villagedesk.ui.buttons import PushButton
from villagedesk.ui.sentences import COLOURS, SHAPES, SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP, QUIET

if TYPE_CHECKING:
    from villagedesk.desk.backup import BackupState


class StatusLine(PushButton):
    """Shows what the desk says of link, queue and devices; what is wrong gives way after what is well when room is
    short."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("status_line")
        self.setAccessibleName(words("ui.status.name"))
        self.setProperty("role", "status")
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, 0, GAP * 2, 0)
        row.setSpacing(GAP * 2)
        self._link = SentenceLabel(words, "status_link", self)
        self._queue = SentenceLabel(words, "status_queue", self)
        self._backup = SentenceLabel(words, "status_backup", self)
        self._backup_dot = plain_label("·", "quiet", self)
        self._warnings = plain_label("", parent=self)
        self._warnings.setObjectName("status_warnings")
        self._warnings_dot = plain_label("·", "quiet", self)
        self._devices = plain_label("", parent=self)
        self._devices.setObjectName("status_devices")
        self._saved_dot = plain_label("·", "quiet", self)
        self._device_dot = plain_label("·", "quiet", self)
        for label in (
            self._link,
            self._saved_dot,
            self._queue,
            self._warnings_dot,
            self._warnings,
            self._backup_dot,
            self._backup,
            self._device_dot,
            self._devices,
        ):
            label.setWordWrap(False)
            # The button is what is clicked, not the words on it.
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(label)
        row.addStretch(1)
        more = plain_label(words("ui.status.more"), "small", self)
        more.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._more = more
        row.addWidget(more)

    def show_sending(self, view: SendingView) -> None:
        """Show link and queue."""
        self._link.tell(view.link)
        self._queue.tell(view.queue)
        self._describe()

    def show_backup(self, state: BackupState) -> None:
        """Warn that no backup was made for long, or that none is set up; nothing while all is well."""
        if state.overdue_days is not None:
            self._backup.tell(Sentence("ui.status.backup_overdue", {"days": state.overdue_days}, "bad"))
        else:
            self._backup.tell(None if state.target else Sentence("ui.status.no_backup", tone="warn"))
        self._describe()

    def show_devices(self, devices: Sequence[DeviceLine]) -> None:
        """Show which devices are ready, each with a mark and its name; and what is wrong with this PC."""
        self._mark(self._devices, [device for device in devices if device.short is None])
        self._mark(self._warnings, [device for device in devices if device.short is not None])
        self._describe()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop what is said elsewhere first: the word at the right, then the devices."""
        super().resizeEvent(event)
        self._fit()

    def _mark(self, label: QLabel, devices: Sequence[DeviceLine]) -> None:
        parts = []
        label.setTextFormat(Qt.TextFormat.RichText)
        for device in devices:
            tone = device.sentence.tone
            text = escape(device.name or self._words.of(device.short or device.sentence))
            parts.append(f"<span style='color:{COLOURS[tone]}'>{SHAPES[tone]}</span>&nbsp;{text}")
        label.setText(f"<span style='color:{QUIET}'>&nbsp;&nbsp;</span>".join(parts))
        label.setAccessibleName("，".join(self._words.of(device.sentence) for device in devices))

    def _describe(self) -> None:
        labels = (self._link, self._queue, self._warnings, self._backup, self._devices)
        said = [label.accessibleName() for label in labels]
        self.setAccessibleDescription(" · ".join(text for text in said if text))
        self._fit()

    def _fit(self) -> None:
        room = self.width() - GAP * 4
        need = 0
        shown: list[tuple[QLabel, ...]] = [
            (self._link,),
            (self._saved_dot, self._queue),
            *([(self._warnings_dot, self._warnings)] if self._warnings.text() else []),
            *([(self._backup_dot, self._backup)] if self._backup.text() else []),
            (self._device_dot, self._devices),
            (self._more,),
        ]
        for label in (self._warnings_dot, self._warnings, self._backup_dot, self._backup):
            label.setVisible(False)
        for labels in shown:
            need += sum(label.sizeHint().width() + GAP * 2 for label in labels)
            for label in labels:
                label.setVisible(need <= room + GAP * 2)

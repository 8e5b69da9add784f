"""Message keys as words on the screen, each tone with a shape and a colour of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from villagedesk.desk.door_views import Sentence
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import Problem
from villagedesk.ui import theme
from villagedesk.ui.glyphs import readable

SHAPES = {"calm": "●", "time": "◐", "good": "✓", "warn": "▲", "bad": "!"}
COLOURS = {
    "calm": theme.BLUE,
    "time": theme.BLUE,
    "good": theme.GREEN,
    "warn": theme.AMBER,
    "bad": theme.RED,
}


class Words:
    """Every text a clerk sees comes through here."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages

    def __call__(self, key: str, /, **params: object) -> str:
        """The text of a key of the catalogue. Raises KeyError."""
        return readable(self._messages.text(key, **params))

    def of(self, sentence: Sentence) -> str:
        """A sentence without its shape. A value may be a sentence itself."""
        params = {
            name: self.of(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return readable(self._messages.text(sentence.key, **params))

    def marked(self, sentence: Sentence) -> str:
        """A sentence after its tone's shape, for places that hold plain text only."""
        return f"{SHAPES[sentence.tone]} {self.of(sentence)}"

    def problem(self, problem: Problem) -> str:
        """What happened and what to do."""
        return readable(self._messages.of(problem))

    def clock_time(self, moment: datetime) -> str:
        """Hours and minutes in China."""
        return f"{_in_china(moment):%H:%M}"

    def moment(self, moment: datetime) -> str:
        """Month, day and time in China, with the year where it is not this year's."""
        local = _in_china(moment)
        key = "ui.moment" if local.year == _in_china(datetime.now(UTC)).year else "ui.moment_of_year"
        return self(key, year=local.year, month=local.month, day=local.day, time=f"{local:%H:%M}")


def wrapping_label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label that breaks its lines instead of being cut, as plain text; characters in no font by their code points."""
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(readable(text))
    _as_high_as_needed(label)
    if role:
        label.setProperty("role", role)
    return label


def plain_label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label of one line, as plain text."""
    label = wrapping_label(text, role, parent)
    label.setWordWrap(False)
    return label


def plain_tip(text: str) -> str:
    """A text as a tool tip that shows it as it is. Qt takes a tool tip for HTML when it looks like it, and a name such
    as ``<img src=…>`` would make it open a file, or on Windows a server's share."""
    if "<" not in text and "&" not in text:
        return text
    from html import escape  # noqa: PLC0415 - no text of the first window needs it

    return f"<qt>{escape(text)}</qt>".replace("\n", "<br>")


def _in_china(moment: datetime) -> datetime:
    from villagedesk.domain.clock import SHANGHAI  # noqa: PLC0415 - reads the time zones; the first window has no times

    return moment.astimezone(SHANGHAI)


def _as_high_as_needed(label: QLabel) -> None:
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)


class SentenceLabel(QLabel):
    """A sentence with shape and colour of its tone; empty when there is none."""

    def __init__(self, words: Words, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        _as_high_as_needed(self)

    def tell(self, sentence: Sentence | None) -> None:
        """Show the sentence, or nothing."""
        self.setText("" if sentence is None else self._words.marked(sentence))
        self.setAccessibleName("" if sentence is None else self._words.of(sentence))
        tone = "calm" if sentence is None else sentence.tone
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


class ElidedLabel(QLabel):
    """One quiet line that ends in … where room is short; the whole of it is the tool tip and the accessible name."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much as there is room for."""
        del event
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.setPen(QColor(theme.QUIET))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        self.setToolTip(plain_tip(self.text()) if text != self.text() else "")

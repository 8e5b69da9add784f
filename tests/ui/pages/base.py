"""What all page objects share: finding by name, keys to the widget with the focus, waiting for what shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListWidget, QPushButton, QWidget

from villagedesk.ui.wedge import GAP_MS
from villagedesk.ui.window import MainWindow

W = TypeVar("W", bound=QWidget)
PATIENCE_MS = 30_000
_NONE = Qt.KeyboardModifier.NoModifier


def let_pass(milliseconds: int) -> None:
    """Serve events for a while. ``QTest.qWait`` does so holding the interpreter: every other thread stands still."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


class Patience(Protocol):
    """Whoever can wait: pytest-qt's qtbot, or the screenshots' own."""

    def waitUntil(self, callback: Callable[[], bool], *, timeout: int) -> None:  # noqa: N802 - qtbot's name
        """Wait until it is so, while events are served."""


class Page:
    """A screen in a window."""

    def __init__(self, qtbot: Patience, window: MainWindow) -> None:
        self.qtbot = qtbot
        self.window = window

    def seen(self, name: str) -> bool:
        """Whether a widget of that name can be seen."""
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def widget(self, name: str, kind: type[W]) -> W:
        """The one visible widget of that name."""
        found = [widget for widget in self.window.findChildren(kind, name) if widget.isVisible()]
        assert len(found) == 1, f"{name}: {len(found)} visible"
        return found[0]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)

    def wait_for(self, name: str) -> None:
        """Wait until a widget shows."""
        self.until(lambda: self.seen(name))

    def focus(self) -> QWidget:
        """The widget that gets the keys."""
        widget = QApplication.focusWidget()
        assert widget is not None, "nothing has the focus"
        return widget

    def focused(self) -> str:
        """Its name."""
        return self.focus().objectName()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        """One key to the widget with the focus. Letters and digits come as slowly as from a hand: faster, they are a
        scanner's, and no answer."""
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_Z and modifiers == _NONE:
            let_pass(GAP_MS + 5)
        QTest.keyClick(self.focus(), key, modifiers)

    def enter(self) -> None:
        """Enter."""
        self.press(Qt.Key.Key_Return)

    def type(self, text: str) -> None:
        """Words to the widget with the focus, letters as keys, everything else as an input method commits it. A path
        comes in one go, as it is pasted: so many keys at once are a scanner's."""
        for part in [text] if "/" in text else text:
            if part.isascii() and "/" not in part:
                QTest.keyClicks(self.focus(), part)
            else:
                event = QInputMethodEvent()
                event.setCommitString(part)
                QApplication.sendEvent(self.focus(), event)

    def compose(self, letters: str) -> None:
        """Letters that an input method shows and has not committed."""
        QApplication.sendEvent(self.focus(), QInputMethodEvent(letters, []))

    def click(self, name: str) -> None:
        """The mouse on a button."""
        button = self.widget(name, QPushButton)
        assert button.isEnabled(), f"{name} is not enabled"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def text(self, name: str) -> str:
        """What a visible label says."""
        return self.widget(name, QLabel).text()

    def typed(self, name: str) -> str:
        """What stands in a field."""
        return self.widget(name, QLineEdit).text()

    def rows(self, name: str) -> list[str]:
        """The rows of a list in words."""
        shown = self.widget(name, QListWidget)
        return [str(shown.item(row).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(shown.count())]

    def chosen(self, name: str) -> str:
        """What a combo box shows."""
        return self.widget(name, QComboBox).currentText()

    def problem(self) -> str:
        """What the banner says, "" without one."""
        return self.text("problem_text") if self.seen("problem_banner") else ""

    def tab_to(self, name: str, most: int = 60) -> None:
        """Tab until that widget has the focus."""
        for _ in range(most):
            if self.focused() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not reach {name}")

"""What the event hook can do: press keys, commit text as an input method does, click."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from villagedesk.app.event_look import NotThere, find, indexes, top_window, words_of

Request = Mapping[str, object]


def key_press(request: Request) -> Callable[[], str]:
    """One key (``key``) or words (``text``) to the named widget or the one with the focus; gives its objectName.

    Raises:
        ValueError: when the request names no key that exists.
    """
    named = str(request.get("widget", ""))
    if "text" in request:
        words = str(request["text"])
        return lambda: _type(_target(named), words)
    sequence = QKeySequence.fromString(str(request.get("key", "")))
    if sequence.count() != 1:
        raise ValueError(f"not one key: {request.get('key')!r}")
    combination = sequence[0]  # type: ignore[index]  # Qt's stubs do not know that sequences have an index

    def press() -> str:
        widget = _target(named)
        name = widget.objectName()  # the key may end the widget's life
        QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
        return name

    return press


def mouse_click(request: Request) -> Callable[[], str]:
    """A left click at the middle of a widget, at ``x``/``y`` in it, or on the item whose words hold ``item``."""
    named = str(request["widget"])
    double = bool(request.get("double", False))

    def click() -> str:
        widget = find(named)
        if not widget.isEnabled():
            raise NotThere(f"{named!r} is not enabled")
        place = widget.rect().center()
        if "item" in request and isinstance(widget, QAbstractItemView):
            widget, place = _item_place(widget, str(request["item"]))
        elif "x" in request and "y" in request:
            place = QPoint(int(str(request["x"])), int(str(request["y"])))
        act = QTest.mouseDClick if double else QTest.mouseClick
        act(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        return named

    return click


def close_window() -> str:
    """Send the window what its close button sends; gives its objectName."""
    window = top_window()
    name = window.objectName()
    window.close()
    return name


def _item_place(view: QAbstractItemView, words: str) -> tuple[QWidget, QPoint]:
    for index in indexes(view):
        if words in words_of(index):
            view.scrollTo(index)
            return view.viewport(), view.visualRect(index).center()
    raise NotThere(f"no item of {view.objectName()!r} says {words!r}")


def _target(named: str) -> QWidget:
    if named:
        return find(named)
    widget = QApplication.focusWidget() or QApplication.activeModalWidget() or QApplication.activeWindow()
    if widget is None:
        raise NotThere("nothing has the focus")
    return widget


def _type(widget: QWidget, words: str) -> str:
    name = widget.objectName()
    for run, plain in _runs(words):
        if plain:
            QTest.keyClicks(widget, run)
        else:
            # Chinese comes from an input method as one committed text, never as keys
            event = QInputMethodEvent()
            event.setCommitString(run)
            QApplication.sendEvent(widget, event)
    return name


def _runs(words: str) -> list[tuple[str, bool]]:
    runs: list[tuple[str, bool]] = []
    for char in words:
        plain = " " <= char <= "~"
        if runs and runs[-1][1] == plain:
            runs[-1] = (runs[-1][0] + char, plain)
        else:
            runs.append((char, plain))
    return runs

"""What the event hook can see: widgets by objectName, their texts and places, a picture of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QWidget

_TEXT_GETTERS = ("text", "toPlainText", "currentText", "title")
_ROWS_SHOWN = 200


class NotThere(Exception):
    """No such widget on the screen, or several of that name."""


def find(name: str) -> QWidget:
    """The visible widget of that objectName, in the active modal dialog first.

    Raises:
        NotThere: when none or more than one is visible.
    """
    found = [widget for widget in QApplication.allWidgets() if widget.objectName() == name and widget.isVisible()]
    modal = QApplication.activeModalWidget()
    if modal is not None and len(found) > 1:
        found = [widget for widget in found if widget is modal or modal.isAncestorOf(widget)]
    if len(found) != 1:
        raise NotThere(f"{len(found)} visible widgets are called {name!r}")
    return found[0]


def text_of(widget: QWidget) -> str:
    """The words a widget shows, "" when it has none of its own."""
    for getter in _TEXT_GETTERS:
        method = getattr(widget, getter, None)
        if callable(method):
            try:
                value = method()
            except TypeError:
                continue  # a method of that name which wants arguments
            if isinstance(value, str):
                return value
    return ""


def tree() -> list[dict[str, object]]:
    """All visible widgets with name, class, words, place on the screen, and the rows of lists."""
    focus = QApplication.focusWidget()
    rows: list[dict[str, object]] = []
    for widget in QApplication.allWidgets():
        if not widget.isVisible():
            continue
        corner = widget.mapToGlobal(QPoint(0, 0))
        row: dict[str, object] = {
            "name": widget.objectName(),
            "accessible_name": widget.accessibleName(),
            "class": type(widget).__name__,
            "text": text_of(widget),
            "rect": [corner.x(), corner.y(), widget.width(), widget.height()],
            "enabled": widget.isEnabled(),
            "focused": widget is focus,
        }
        if isinstance(widget, QAbstractItemView):
            row["items"] = _items(widget)
        rows.append(row)
    return rows


def _items(view: QAbstractItemView) -> list[dict[str, object]]:
    items: list[dict[str, object]] = []
    for index in indexes(view):
        if index.row() < _ROWS_SHOWN:
            place = view.visualRect(index)
            items.append(
                {
                    "row": index.row(),
                    "column": index.column(),
                    "text": words_of(index),
                    "rect": [place.x(), place.y(), place.width(), place.height()],
                    "current": index == view.currentIndex(),
                }
            )
    return items


def indexes(view: QAbstractItemView) -> list[QModelIndex]:
    """All places of a list or table, row by row."""
    model = view.model()
    if model is None:
        return []
    root = view.rootIndex()
    # a list model has one column and keeps its count to itself
    columns = 1 if isinstance(view, QListView) else model.columnCount(root)
    return [model.index(row, column, root) for row in range(model.rowCount(root)) for column in range(columns)]


def words_of(index: QModelIndex) -> str:
    """What a place in a list says to somebody who cannot see it, else what it shows."""
    said = index.data(Qt.ItemDataRole.AccessibleTextRole) or index.data(Qt.ItemDataRole.DisplayRole)
    return "" if said is None else str(said)


def window() -> dict[str, object]:
    """Title, size and focus of the active window."""
    top = top_window()
    focus = QApplication.focusWidget()
    return {
        "title": top.windowTitle(),
        "name": top.objectName(),
        "size": [top.width(), top.height()],
        "focus": focus.objectName() if focus is not None else "",
    }


def screenshot(file: Path) -> None:
    """Save a picture of the active window; the ending names the format.

    Raises:
        OSError: when it cannot be written.
    """
    if not top_window().grab().save(str(file)):
        raise OSError(f"cannot write {file}")


def condition(request: Mapping[str, object]) -> Callable[[], str]:
    """A test of one widget's state that gives "" when it is met, else what is seen instead.

    Raises:
        ValueError: when the request asks for a state that does not exist.
    """
    name = str(request["widget"])
    state = str(request.get("state", "visible"))
    wanted = request.get("text")
    if state not in ("visible", "hidden", "enabled", "focused"):
        raise ValueError(f"unknown state {state!r}")

    def met() -> str:
        try:
            widget = find(name)
        except NotThere as error:
            return "" if state == "hidden" else str(error)
        if state == "hidden":
            return f"{name!r} is visible"
        if state == "enabled" and not widget.isEnabled():
            return f"{name!r} is not enabled"
        if state == "focused" and QApplication.focusWidget() is not widget:
            return f"{name!r} has not the focus"
        shown = text_of(widget)
        if wanted is not None and str(wanted) not in shown:
            return f"{name!r} shows {shown!r}"
        return ""

    return met


def take_the_stage() -> None:
    """Make the window the active one where no window manager does so (a bare X server); keys need an active window."""
    if QApplication.activeWindow() is None:
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and widget.isWindow() and widget.windowType() != Qt.WindowType.ToolTip:
                QApplication.setActiveWindow(widget)
                return


def top_window() -> QWidget:
    """The dialog or window in front. Raises NotThere when none is visible."""
    candidates = [QApplication.activeModalWidget(), QApplication.activeWindow(), *QApplication.topLevelWidgets()]
    for widget in candidates:
        if widget is not None and widget.isVisible():
            return widget
    raise NotThere("no window is visible")

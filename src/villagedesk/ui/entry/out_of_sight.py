"""What stands in front of the window when it is locked: dialogs, menus, lists and tool tips may name a person."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog, QToolTip, QWidget


def close_what_is_open(window: QWidget) -> None:
    """Close every dialog as if the clerk had turned away from it, every open list, and the tool tip.

    A dialog of the system, e.g. for a file, goes with Qt's own: its file names are villagers' names.

    Args:
        window: gets the keys that a closed dialog had.
    """
    had_the_keys = QApplication.activeWindow()
    while (popup := QApplication.activePopupWidget()) is not None:
        if not popup.close():
            popup.hide()
    for top in QApplication.topLevelWidgets():
        if isinstance(top, QDialog) and top.isVisible():
            top.reject()
            if top is had_the_keys:
                window.activateWindow()
    QToolTip.hideText()

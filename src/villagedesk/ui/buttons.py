"""Buttons and keys: every act has a name, a key shown on its button, and an accessible name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QPushButton, QWidget

from villagedesk.ui.theme import QUIET, SURFACE, TEXT

if TYPE_CHECKING:
    from villagedesk.ui.icons import Icons

UP_AND_DOWN = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down})


class PushButton(QPushButton):
    """A button on which ↑ and ↓ scroll the page; Qt would move the focus to another one, and Enter would press that."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As Qt's, but for ↑ and ↓."""
        if event.key() in UP_AND_DOWN:
            event.ignore()
        else:
            super().keyPressEvent(event)


def button(
    name: str,
    text: str,
    act: Callable[[], None] | None = None,
    *,
    key: str = "",
    role: str = "",
    icons: Icons | None = None,
    icon: str = "",
    parent: QWidget | None = None,
) -> QPushButton:
    """A button whose key stands behind its words.

    Args:
        name: object name, unique on its screen.
        key: the key as the clerk reads it, e.g. ``"F2"``; the shortcut itself belongs to the screen.
        role: place in the style sheet, e.g. ``"primary"``.
    """
    widget = PushButton(f"{text}  {key}" if key else text, parent)
    widget.setObjectName(name)
    widget.setAccessibleName(text.replace("&", ""))
    widget.setAutoDefault(False)
    if role:
        widget.setProperty("role", role)
    if icons is not None and icon:
        widget.setIcon(icons.icon(icon, SURFACE if role == "primary" else QUIET if role == "nav" else TEXT))
        widget.setIconSize(QSize(22, 22))
    if act is not None:
        widget.clicked.connect(lambda: act())
    return widget


def on_key(
    owner: QWidget,
    key: str | Qt.Key,
    act: Callable[[], None],
    *,
    whole_window: bool = False,
    repeat: bool = False,
) -> QShortcut:
    """Let a key act while the focus is in ``owner`` (or anywhere in its window). Text fields keep keys they type."""
    shortcut = QShortcut(QKeySequence(key), owner)
    shortcut.setContext(
        Qt.ShortcutContext.WindowShortcut if whole_window else Qt.ShortcutContext.WidgetWithChildrenShortcut
    )
    shortcut.setAutoRepeat(repeat)
    shortcut.activated.connect(act)
    return shortcut


def on_enter(owner: QWidget, act: Callable[[], None]) -> None:
    """Let Enter do a screen's next step, but press the button that has the focus if there is one."""

    def entered() -> None:
        focus = QApplication.focusWidget()
        if isinstance(focus, QAbstractButton):
            focus.click()
        elif isinstance(focus, QComboBox) and focus.view().isVisible():
            return
        else:
            act()

    on_key(owner, Qt.Key.Key_Return, entered)
    on_key(owner, Qt.Key.Key_Enter, entered)


def keep_focus(screen: QWidget) -> None:
    """Let a click on one of the screen's buttons leave the focus where it is, so that Space does not press it again;
    they are reached by Tab as ever."""
    for one in screen.findChildren(QAbstractButton):
        if one.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)

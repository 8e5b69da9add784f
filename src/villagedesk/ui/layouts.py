"""Emptying a layout that is filled anew, and cards with a title."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QVBoxLayout, QWidget

from villagedesk.ui.sentences import plain_label
from villagedesk.ui.theme import GAP


def clear(layout: QBoxLayout | QGridLayout) -> None:
    """Take everything out of a layout, layouts in it included; widgets go as soon as Qt comes to it."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        inner = item.layout()
        if isinstance(inner, QBoxLayout | QGridLayout):
            clear(inner)
            inner.deleteLater()


def titled_card(parent: QWidget, title: str = "") -> QFrame:
    """A white card with its title, where it has one; :func:`inside` is where its content goes."""
    card = QFrame(parent)
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
    column.setSpacing(GAP)
    if title:
        column.addWidget(plain_label(title, "h2", card))
    return card


def inside(card: QFrame) -> QVBoxLayout:
    """The column of a :func:`titled_card`."""
    layout = card.layout()
    assert isinstance(layout, QVBoxLayout)
    return layout

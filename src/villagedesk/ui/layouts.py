"""Emptying a layout that is filled anew."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QGridLayout


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

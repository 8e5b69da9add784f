"""How the frame is laid out: navigation at the left, line above, notice, screen and help, bottom line."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.ui.theme import GAP


def lay_out(
    frame: QWidget, side: QWidget, top: QWidget, notice: QWidget, stack: QWidget, help_panel: QWidget, status: QWidget
) -> None:
    """Put the parts into the frame."""
    middle = QVBoxLayout()
    middle.setContentsMargins(0, 0, 0, 0)
    middle.setSpacing(0)
    middle.addWidget(top)
    notice_row = QVBoxLayout()
    notice_row.setContentsMargins(GAP * 2, 0, GAP * 2, 0)
    notice_row.addWidget(notice)
    middle.addLayout(notice_row)
    content = QHBoxLayout()
    content.setContentsMargins(0, 0, 0, 0)
    content.setSpacing(0)
    content.addWidget(stack, 1)
    content.addWidget(help_panel)
    middle.addLayout(content, 1)
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(side)
    row.addLayout(middle, 1)
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(row, 1)
    column.addWidget(status)

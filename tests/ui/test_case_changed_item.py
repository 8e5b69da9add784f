"""What changed in an item since the case was taken in: the rest of a long list is a key away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk_at_hand import messages
from tests.ui.pages.base import PATIENCE_MS
from villagedesk.desk.item_views import ItemChange, ItemChanges
from villagedesk.desk.views import Sentence
from villagedesk.ui.case_changed_item import ChangedItem
from villagedesk.ui.sentences import Words


def test_every_change_of_a_long_list_is_shown_by_a_key(qtbot: QtBot) -> None:
    lines = tuple(
        ItemChange(Sentence("items.changed", {"entry": f"第{n}处"}), "甲", "乙", more_needed=False) for n in range(30)
    )
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 700)
    panel = ChangedItem(Words(messages()), window)
    panel.setGeometry(0, 0, 900, 700)
    window.show()

    def shown() -> str:
        return "\n".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())

    panel.tell(ItemChanges(1, None, lines))
    qtbot.waitUntil(lambda: "第11处" in shown(), timeout=PATIENCE_MS)
    assert "第12处" not in shown()
    (rest,) = panel.findChildren(QPushButton, "item_changes_all")
    assert "18" in rest.text()
    rest.setFocus()
    QTest.keyClick(rest, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: all(f"第{n}处" in shown() for n in range(30)), timeout=PATIENCE_MS)
    assert not rest.isVisibleTo(panel)
    focus = panel.focusWidget()
    assert focus is not None
    assert "第12处" in focus.accessibleName() + getattr(focus, "text", str)()
    panel.tell(ItemChanges(1, None, lines[:3]))
    assert not rest.isVisibleTo(panel)

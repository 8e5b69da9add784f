"""A big button to a page of the settings: its name, and how things stand there in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.buttons import PushButton
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import BLUE, GAP

_ICON = 28


class Door(PushButton):
    """Args:
    name: object name; the sentence's is ``<name>_state``.
    act: called when it is pressed.
    """

    def __init__(
        self,
        words: Words,
        icons: Icons,
        name: str,
        title: str,
        icon: str,
        act: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", "door")
        self.setAutoDefault(False)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        picture = QLabel(self)
        picture.setPixmap(icons.icon(icon, BLUE).pixmap(QSize(_ICON, _ICON)))
        self._title = plain_label(title, "h2", self)
        self._state = SentenceLabel(words, f"{name}_state", self)
        beside = QVBoxLayout()
        beside.setSpacing(GAP // 2)
        beside.addWidget(self._title)
        beside.addWidget(self._state)
        beside.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        self._row.setSpacing(GAP * 2)
        self._row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(beside, 1)
        for label in (picture, self._title, self._state):
            # The button is what is pressed, not the words on it.
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(lambda: act())

    def tell(self, sentence: Sentence) -> None:
        """How things stand."""
        self._state.tell(sentence)
        self.setAccessibleDescription(self._state.accessibleName())
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Its words', not a button's."""
        return self._row.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        """As high as its words need at the width it has."""
        least = self._row.totalMinimumSize()
        return QSize(least.width(), max(least.height(), self.heightForWidth(self.width())))

    def heightForWidth(self, width: int) -> int:
        """The sentence breaks its lines."""
        return self._row.totalHeightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The lines break at another place now."""
        super().resizeEvent(event)
        self.updateGeometry()

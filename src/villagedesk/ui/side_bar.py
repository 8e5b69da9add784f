"""The navigation at the left: new case first, then the rooms there are."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from villagedesk.ui.buttons import button
from villagedesk.ui.icons import Icons
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP, set_role

WIDE = 184
NARROW = 160
_WITH_HINT = 520


class SideBar(QFrame):
    """Args:
    station: whose desk it is.
    persons: whether cases may be seen.
    work: whether cases may be taken in.
    by_hand: whether cases are entered into the acceptance system by hand.

    Signals:
    new_wanted(), today_wanted(), cases_wanted(), proxy_wanted(), register_wanted(), bridge_wanted(),
    guides_wanted(), statistics_wanted(), settings_wanted(): the button of that name was pressed.
    """

    new_wanted = Signal()
    today_wanted = Signal()
    cases_wanted = Signal()
    proxy_wanted = Signal()
    register_wanted = Signal()
    bridge_wanted = Signal()
    guides_wanted = Signal()
    statistics_wanted = Signal()
    settings_wanted = Signal()

    def __init__(
        self,
        words: Words,
        icons: Icons,
        station: str,
        *,
        persons: bool = True,
        work: bool = True,
        by_hand: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self.setProperty("role", "side")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP * 2, GAP, GAP)
        column.setSpacing(GAP // 2)
        self._station = wrapping_label(station, "h3", self)
        self._station.setObjectName("station")
        column.addWidget(self._station)
        column.addSpacing(GAP * 2)
        self.new = button("nav_new", words("ui.nav.new"), self.new_wanted.emit, key="F2", parent=self)
        self.new.setVisible(work)
        column.addWidget(self.new)
        content = QWidget()
        rooms = QVBoxLayout(content)
        rooms.setContentsMargins(0, GAP, 0, 0)
        rooms.setSpacing(GAP // 2)
        self._rooms: dict[str, QPushButton] = {}
        for name, key, icon, wanted, there in (
            ("nav_today", "ui.nav.today", "today", self.today_wanted, persons),
            ("nav_cases", "ui.nav.cases", "cases", self.cases_wanted, persons),
            ("nav_proxy", "ui.nav.proxy", "proxy", self.proxy_wanted, persons),
            ("nav_register", "ui.nav.register", "register", self.register_wanted, persons),
            ("nav_bridge", "bridge.page.nav", "export", self.bridge_wanted, persons),
            ("nav_guides", "ui.nav.guides", "guide", self.guides_wanted, True),
            ("nav_statistics", "ui.nav.statistics", "chart", self.statistics_wanted, persons),
            ("nav_settings", "ui.nav.settings", "settings", self.settings_wanted, True),
        ):
            if not there:
                continue
            room = button(name, words(key), wanted.emit, role="nav", icons=icons, icon=icon, parent=self)
            room.setCheckable(True)
            self._rooms[name] = room
            rooms.addWidget(room)
        self.offer_bridge(there=by_hand)
        rooms.addStretch(1)
        room_for_all = QScrollArea(self)  # of a low window; PgDn is the screen's and does not move it
        room_for_all.setWidgetResizable(True)
        room_for_all.setFrameShape(QFrame.Shape.NoFrame)
        room_for_all.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        room_for_all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        room_for_all.setWidget(content)
        content.setAutoFillBackground(False)
        room_for_all.viewport().setAutoFillBackground(False)
        column.addWidget(room_for_all, 1)
        self._hint = wrapping_label(words("ui.nav.help"), "small", self)
        self._hint.setObjectName("help_hint")
        column.addWidget(self._hint)
        self.fit(WIDE * 10)

    def fit(self, window_width: int) -> None:
        """Leave more room for the screen where the window is narrow."""
        self.setFixedWidth(NARROW if window_width < 1100 else WIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The hint gives room to the rooms of a low window."""
        super().resizeEvent(event)
        self._hint.setVisible(event.size().height() >= _WITH_HINT)

    def offer_bridge(self, *, there: bool) -> None:
        """The room for entering by hand, which comes and goes with the interface."""
        if "nav_bridge" in self._rooms:
            self._rooms["nav_bridge"].setVisible(there)

    def show_screen(self, nav: str, new_is_primary: bool) -> None:
        """Mark the room the screen belongs to; make 新办件 loud only where it is the next step."""
        for name, room in self._rooms.items():
            room.setChecked(name == nav)
        set_role(self.new, "primary" if new_is_primary else "")

"""代办: what is to be carried, one batch, papers that come back, and what the township says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton

from tests.ui.pages.cases import CaseFilePage
from villagedesk.ui.cards import CardList
from villagedesk.ui.fields import Choice


class _Quiet(CaseFilePage):
    def at_rest(self) -> None:
        """Wait until nothing is read or written any more."""
        self.until(lambda: self.window.background.idle)

    def keys(self, name: str) -> list[str]:
        """What the rows of a list stand for."""
        shown = self.widget(name, CardList)
        return [shown.item(row).data(Qt.ItemDataRole.UserRole).key for row in range(shown.count())]

    def go_to(self, name: str, key: str) -> None:
        """The row of a list that stands for this."""
        shown = self.widget(name, CardList)
        shown.setFocus()
        shown.choose(key)

    def take(self, name: str, text: str) -> None:
        """An entry of a list of choices."""
        choice = self.widget(name, Choice)
        place = choice.findText(text)
        assert place >= 0, text
        choice.setFocus()
        choice.setCurrentIndex(place)
        choice.activated.emit(place)

    def fill_in(self, name: str, text: str) -> None:
        """Type into a field."""
        self.widget_to(name)
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.press(Qt.Key.Key_Delete)
        self.type(text)

    def widget_to(self, name: str) -> None:
        """The cursor into a field."""
        self.tab_to(name, 200)

    def can_press(self, name: str) -> bool:
        """Whether a button is there and can be pressed."""
        return self.seen(name) and self.widget(name, QPushButton).isEnabled()


class ProxyScreen(_Quiet):
    """What is to be carried, and the batches under way."""

    def open(self) -> None:
        """From the navigation."""
        self.click("nav_proxy")
        self.until(lambda: self.seen("proxy_count") and self.text("proxy_count") != "")
        self.at_rest()

    def waiting(self) -> list[str]:
        """The cases there are to carry."""
        return self.rows("proxy_list") if self.seen("proxy_list") else []

    def batches(self) -> list[str]:
        """What is under way."""
        return self.rows("proxy_batches") if self.seen("proxy_batches") else []

    def pack(self, organ: str = "") -> str:
        """Pack what is ticked; gives the batch's number."""
        if organ:
            self.fill_in("proxy_organ", organ)
        self.widget("proxy_list", CardList).setFocus()
        self.enter()
        self.until(lambda: self.seen("proxy_said") and "编号 Y" in self.text("proxy_said"))
        self.at_rest()
        return self.text("proxy_said").rsplit("编号 ", 1)[1].strip()

    def open_batch(self, number: str) -> None:
        """By Enter on its row."""
        self.go_to("proxy_batches", number)
        self.enter()
        self.until(lambda: self.seen("batch_heading") and number in self.text("batch_heading"))
        self.at_rest()


class BatchScreen(_Quiet):
    """One batch."""

    def lines(self) -> list[str]:
        """Its cases."""
        return self.rows("batch_list")

    def say(self, key: Qt.Key, case_id: str, **fields: str) -> None:
        """Something of one case, by its key; ``fields`` are typed in order."""
        self.go_to("batch_list", case_id)
        self.press(key)
        self.wait_for("batch_card")
        for name, text in fields.items():
            self.fill_in(f"batch_{name}", text)
        self.enter()
        self.until(lambda: not self.seen("batch_card"))
        self.at_rest()

    def carried(self, receiver: str, day: str = "") -> None:
        """It was signed for."""
        self.widget("batch_list", CardList).setFocus()
        self.enter()
        self.until(lambda: self.focused() == "batch_receiver")
        self.type(receiver)
        if day:
            self.fill_in("batch_day", day)
        self.enter()
        self.until(lambda: not self.seen("batch_card"))
        self.at_rest()

    def sentence(self) -> str:
        """Where it stands."""
        return self.text("batch_sentence")


class BackPaperScreen(_Quiet):
    """扫回签字的纸."""

    def bring(self, patched: pytest.MonkeyPatch, file: str) -> None:
        """Take a page out of a file."""
        self.wait_for("back_file")
        self.at_rest()
        patched.setattr(QFileDialog, "getOpenFileName", lambda *_: (file, ""))
        self.press(Qt.Key.Key_I)
        self.wait_for("back_whose")
        self.at_rest()

    def whose(self) -> str:
        """What the page belongs to."""
        return self.text("back_whose")

    def keep(self) -> str:
        """Keep it; gives what is said then."""
        self.enter()
        self.until(lambda: self.seen("back_said") and self.text("back_said") != "")
        self.at_rest()
        return self.text("back_said")


class TownshipForm(_Quiet):
    """What the township said, on the page of a case."""

    def told(self, change: str, teller: str, **fields: str) -> None:
        """Note it: ``fields`` are typed, ``result``, ``stop`` and ``medium`` chosen."""
        self.choose("township")
        self.until(lambda: self.focused() == "township_change")
        self.at_rest()
        self.take("township_change", change)
        for name in ("result", "stop", "medium"):
            if name in fields:
                self.take(f"township_{name}", fields.pop(name))
        for name, text in {"teller": teller, **fields}.items():
            self.fill_in(f"township_{name}", text)
        self.enter()
        self.until(lambda: not self.seen("township_card"))
        self.at_rest()

"""One case being entered: its boxes in the form's order to copy from, its pages to upload, its number back."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.bridge import EntrySheet
from villagedesk.desk.bridge_sheet import SheetLine
from villagedesk.desk.views import Sentence
from villagedesk.ui.bridge.clipboard import PersonalClipboard
from villagedesk.ui.bridge.copy_lines import CopyLines
from villagedesk.ui.bridge.entered_card import EnteredCard
from villagedesk.ui.bridge.export_card import ExportCard
from villagedesk.ui.bridge.number_card import NumberCard
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.theme import GAP

_TWO_HALVES = 960
_HALF_A_SCREEN = 640


class EntryPage(Screen):
    """Signals:
    next_wanted(): the next case that waits.
    left(tuple[str, str, str]): what stands in the number's fields, when the clerk goes elsewhere before it is kept.
    """

    next_wanted = Signal()
    left = Signal(object)

    help_key = "ui.help.bridge_entry"
    nav = "nav_bridge"

    def __init__(self, surroundings: Surroundings, entry: EntrySheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._entry = entry
        self._words = words = surroundings.words
        self._wide = True
        self._begun = entry.begun
        self.clipboard = PersonalClipboard(self)
        self._who = wrapping_label("", "h2", self)
        self._who.setObjectName("bridge_who")
        self._order = SentenceLabel(words, "bridge_order_name", self)
        self._progress = SentenceLabel(words, "bridge_progress", self)
        self.lines = CopyLines(words, self.clipboard, self)
        self.lines.copied.connect(self._copied)
        self.lines.at_end.connect(self._all_copied)
        self.lines.show_sheet(entry.sheet)  # before what follows is made, so that Tab goes through its boxes first
        self._number = NumberCard(surroundings, self)
        self._number.entered.connect(self._entered)
        self._number.refused.connect(lambda: self._reveal(self._number.fields.number))
        self._done = EnteredCard(surroundings, self)
        self._done.grown.connect(lambda: self._reveal(self._done))
        self._export = ExportCard(surroundings, self)
        self._export.hide()
        self._export.closed.connect(lambda: self.first_focus().setFocus())
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._begin = button("bridge_begin", words("bridge.entry.begin"), self._begin_entry, key="F6", parent=self)
        self._next_box = button(
            "bridge_next", words("bridge.entry.next_box"), self.lines.copy_next, key="F7", parent=self
        )
        self._pages = button("bridge_pages", words("bridge.entry.pages"), self._open_export, key="F8", parent=self)
        self._go = button("primary_button", "", self._confirm, role="primary", parent=self)
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_key(self, "F6", self._begin_entry)
        on_key(self, "F7", self.lines.copy_next)
        on_key(self, "F8", self._open_export)
        on_enter(self, self._confirm)
        self._show()

    def title(self) -> str:
        """录入一件"""
        return self._words("bridge.entry.title")

    def first_focus(self) -> QWidget:
        """The next box to copy, then the number."""
        if not self._done.isHidden():
            return self._go
        if not self._export.isHidden():
            return self._export.first_focus()
        return self.lines.first_focus() or self._number.fields.number.edit

    def take_number(self, scanned: str) -> bool:
        """The receipt that the acceptance system printed, scanned while the cursor is on a box."""
        if not self._done.isHidden():
            return False
        self._number.fields.number.edit.setText(scanned)
        self._number.fields.number.edit.setFocus()
        self._reveal(self._number.fields.number)
        return True

    def leave(self) -> None:
        """Nothing of the case stays on the clipboard, also behind the lock."""
        self.clipboard.clear()
        if self._done.isHidden():
            self.left.emit(self._number.fields.typed)

    def put_typed(self, typed: tuple[str, str, str]) -> None:
        """What stood in the number's fields at an earlier visit."""
        self._number.fields.put_typed(typed)

    def showEvent(self, event: QShowEvent) -> None:
        """Laid out before the cursor comes, so that the boxes begin at their top."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            layout.activate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The number below the boxes, in the same scrolled page, where there is no room beside them."""
        super().resizeEvent(event)
        self._name_steps()
        wide = event.size().width() >= _TWO_HALVES
        if wide == self._wide:
            return
        self._wide = wide
        self._order.setVisible(wide)  # the list said it, and the boxes need the room
        self._show_boxes()
        if wide:
            self._halves.addWidget(self._beside, 2)
        else:
            self._boxes.insertWidget(self._boxes.count() - 1, self._beside)  # before what stretches
        self._beside.show()  # Qt hides what gets another parent

    def _lay_out(self) -> None:
        left, right = QWidget(self), QWidget(self)
        self._beside = right
        boxes = self._boxes = QVBoxLayout(left)
        boxes.setContentsMargins(0, 0, GAP, 0)
        boxes.setSpacing(GAP * 2)
        boxes.addWidget(self._export)
        boxes.addWidget(self.lines)
        boxes.addStretch(1)
        area = self._area = scrolled(left, self)
        self.lines.shown.connect(lambda widget: area.ensureWidgetVisible(widget, 0, GAP * 10))
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP * 2)
        column.addWidget(self._done)
        column.addWidget(self._number)
        column.addStretch(1)
        head = QFrame(self)
        head.setProperty("role", "card")
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight, head)
        self._head.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        self._head.setSpacing(GAP)
        told = QVBoxLayout()
        told.setSpacing(GAP // 2)
        self._head.addLayout(told, 1)
        self._head.addWidget(self._begin, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for label in (self._who, self._order, self._progress):
            told.addWidget(label)
        self._halves = QHBoxLayout()
        self._halves.setSpacing(GAP * 2)
        self._halves.addWidget(area, 3)
        self._halves.addWidget(right, 2)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        for step in (self._back, self._next_box, self._pages):
            foot.addWidget(step)
        foot.addStretch(1)
        foot.addWidget(self._go)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP)
        page.addWidget(head)
        page.addLayout(self._halves, 1)
        page.addLayout(foot)

    def _show(self) -> None:
        entry, words = self._entry, self._words
        case = entry.case
        self._who.setText(
            words("bridge.entry.who", name=case.applicant.name, item=case.item_name, local_no=case.local_no or "")
        )
        key = "bridge.entry.order" if entry.sheet.checked else "bridge.entry.order_unchecked"
        self._order.tell(Sentence(key, {"order": entry.sheet.order_name}, "calm" if entry.sheet.checked else "warn"))
        how = Sentence("bridge.entry.again" if entry.again else "bridge.entry.how")
        self._progress.tell(entry.look_first or how)
        self._number.begin(case.case_id, case.acceptance_no, case.query_code)
        self._done.hide()
        self._name_steps()

    def _name_steps(self) -> None:
        """In fewer words where the page has half the screen, beside the browser."""
        short = "_short" if self.width() < _HALF_A_SCREEN else ""
        go = "go" if self._done.isHidden() else "next_case"
        for step, name, key in (
            (self._next_box, "next_box", "F7"),
            (self._pages, "pages", "F8"),
            (self._go, go, "Enter"),
        ):
            step.setText(f"{self._words(f'bridge.entry.{name}{short}')}  {key}")
            step.setAccessibleName(self._words(f"bridge.entry.{name}"))
        self._head.setDirection(QBoxLayout.Direction.TopToBottom if short else QBoxLayout.Direction.LeftToRight)
        self._begin.setVisible(not self._begun and self._done.isHidden())

    def _copied(self, line: SheetLine) -> None:
        self._note_begun()
        params = {"label": line.label, "left": self.lines.left}
        self._progress.tell(Sentence("bridge.entry.copied_told", params, "good"))

    def _note_begun(self) -> None:
        if self._begun:
            return
        if self._begin.hasFocus():
            self.first_focus().setFocus()  # before the button goes
        self._begun = True
        self._name_steps()
        bridge, case_id = self._with.desk.bridge, self._entry.case.case_id
        self._with.background.run(self, lambda: bridge.begin(case_id), lambda _: None)

    def _begin_entry(self) -> None:
        """Read off the screen and typed elsewhere, no box is copied: the clerk says it."""
        if not self._begun and self._done.isHidden():
            self._note_begun()
            self._progress.tell(Sentence("bridge.entry.begun_told", {}, "good"))

    def _all_copied(self) -> None:
        self._progress.tell(Sentence("bridge.entry.all_copied", {}, "good"))
        self._number.fields.number.edit.setFocus()

    def _open_export(self) -> None:
        if not self._export.under_way:
            self._export.open((self._entry.case.case_id,))
            self._area.verticalScrollBar().setValue(0)
            self._export.first_focus().setFocus()

    def _confirm(self) -> None:
        focus = QApplication.focusWidget()
        if focus is not None and self._export.isAncestorOf(focus):
            self._export.confirm()
            return
        if not self._done.isHidden():
            self.next_wanted.emit()
            return
        empty = self._number.fields.next_empty(focus)
        if empty is not None:
            empty.setFocus()
            return
        self._number.confirm()

    def _entered(self, number: str) -> None:
        self.worked.emit()
        self.clipboard.clear()
        self._number.hide()
        self._export.hide()
        self._next_box.setEnabled(False)
        self._pages.setEnabled(False)
        self.lines.setEnabled(False)
        self._done.open(self._entry.case.case_id, number)
        self._show_boxes()
        self._progress.tell(Sentence("bridge.entry.entered", {"number": number}, "good"))
        self._name_steps()
        self._go.setFocus()
        self._reveal(self._done)

    def _show_boxes(self) -> None:
        """They are done with once the number is there, and where they stand above it they would hide what is said."""
        self.lines.setVisible(self._wide or self._done.isHidden())

    def _reveal(self, widget: QWidget) -> None:
        """Bring it into sight where it is scrolled, once what is said in it has its room."""

        def now() -> None:
            if self._area.isAncestorOf(widget):
                self._area.ensureWidgetVisible(widget, 0, GAP)

        QTimer.singleShot(0, self, now)

    def _escape(self) -> None:
        if not self._export.isHidden():
            self._export.escape()
        else:
            self.bridge_wanted.emit()

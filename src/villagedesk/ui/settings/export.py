"""导出: chosen cases, or all of a month, as one locked package in a folder; its passphrase is shown large, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice
from villagedesk.ui.months import last_months, month_data, month_of
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.case_picker import CasePicker
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.archive import Exported

_TWO_HALVES = 960
_MONTHS = 24
_CHOICE_WIDTH = 320
_NUMBERS_NAMED = 5


class ExportPage(SettingsPage):
    """导出."""

    help_key = "ui.help.export"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.export.title", parent=parent)
        words = surroundings.words
        self._package = self._make_package()
        self.body.addWidget(self._package)
        self._choosing = QWidget(self)
        self._halves = inner = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._choosing)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GAP * 2)
        which, where = self.card("ui.export.which"), self.card("ui.export.where")
        for layout, share in ((which, 3), (where, 2)):
            inner.addWidget(layout.parentWidget(), share)
        self._of_month: tuple[str, ...] | None = None
        self._asked = 0
        self._how = self._make_how()
        label = plain_label(words("ui.export.how_chosen"), "h3", self)
        label.setBuddy(self._how)
        which.addWidget(label)
        which.addWidget(self._how)
        self._picker = CasePicker(surroundings, self)
        which.addWidget(self._picker, 1)
        self._month_said = SentenceLabel(words, "export_month_said", self)
        self._month_rule = wrapping_label(words("ui.export.month_rule"), "quiet", self)
        self._month_rule.setObjectName("export_month_rule")
        self._month_left = SentenceLabel(words, "export_month_left", self)
        for one in (self._month_said, self._month_left, self._month_rule):
            which.addWidget(one)
        which.addStretch(0)
        self._place = PlaceField(words, surroundings.icons, "export_folder", words("ui.export.folder"), self)
        where.addWidget(self._place)
        where.addWidget(wrapping_label(words("ui.export.means"), "quiet"))
        where.addStretch(1)
        self.body.addWidget(self._choosing, 1)
        self.body.addStretch(0)
        self._noted = button("export_noted", words("ui.export.noted"), self._put_away, role="primary", parent=self)
        self.foot.addWidget(self._noted)
        self._go = self.primary("primary_button", words("ui.export.go"), self._export)
        self._picker.changed.connect(self._show_go)
        self.long.changed.connect(self._show_go)
        self._show_package(None)
        self._show_how()

    def first_focus(self) -> QWidget:
        """The search, or the month."""
        if not self._package.isHidden():
            return self._noted
        return self._picker.filter if self._month() is None else self._how

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One half below the other where a name would not fit beside the folder."""
        super().resizeEvent(event)
        wide = event.size().width() >= _TWO_HALVES
        self._halves.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)

    def begin(self) -> None:
        """An old passphrase goes; while a package is being made, nothing changes."""
        super().begin()
        if not self.long.under_way:
            self._show_package(None)

    def refresh(self, topics: frozenset[str]) -> None:
        """The cases there are."""
        if not topics or topics & {"cases"}:
            self._picker.read()
            self._read_month()
        if not topics and self._with.may(Right.SAFEGUARD):
            self.read(self._with.desk.backup.places, self._place.show_drives)

    def _make_how(self) -> Choice:
        how = Choice("export_how", self._words("ui.export.how_chosen"), self)
        how.setMaximumWidth(_CHOICE_WIDTH)
        how.addItem(self._words("ui.export.one_by_one"), "")
        for first in last_months(_MONTHS):
            how.addItem(self._words("ui.export.of_month", year=first.year, month=first.month), month_data(first))
        how.activated.connect(self._another_way)
        return how

    def _month(self) -> tuple[int, int] | None:
        """The month chosen; None where cases are chosen one by one."""
        data = str(self._how.currentData())
        return month_of(data) if data else None

    def _another_way(self) -> None:
        self.say(None)
        self._show_how()
        self._read_month()

    def _show_how(self) -> None:
        by_month = self._month() is not None
        self._picker.setVisible(not by_month)
        self._month_said.setVisible(by_month)
        self._month_rule.setVisible(by_month)
        self._month_left.setVisible(by_month and bool(self._month_left.text()))

    def _read_month(self) -> None:
        """How many cases the month has."""
        self._asked += 1
        asked, month, self._of_month = self._asked, self._month(), None
        self._month_said.tell(None if month is None else Sentence("ui.export.month_reading"))
        self._tell_left(0)
        self._show_go()
        if month is None:
            return
        year, number = month

        def show(found: tuple[tuple[str, ...], int]) -> None:
            if asked == self._asked:
                cases, left = found
                self._of_month = cases
                params = {"year": year, "month": number, "count": len(cases)}
                key = "ui.export.month_count" if cases else "ui.export.month_none"
                self._month_said.tell(Sentence(key, params, "calm"))
                self._tell_left(left)
                self._show_go()

        archive = self._with.desk.archive
        self.read(lambda: (archive.of_month(year, number), archive.not_taken_out()), show)

    def _tell_left(self, count: int) -> None:
        """What was heard after the package of its month was written would be forgotten else."""
        self._month_left.tell(Sentence("ui.export.month_left", {"count": count}, "time") if count else None)
        self._month_left.setVisible(bool(count))

    def _make_package(self) -> QFrame:
        words = self._words
        frame = QFrame(self)
        frame.setProperty("role", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(GAP * 3, GAP * 3, GAP * 3, GAP * 3)
        column.setSpacing(GAP * 2)
        self._made = SentenceLabel(words, "export_made", frame)
        self._made.setProperty("role", "h2")
        column.addWidget(self._made)
        self._lacking = SentenceLabel(words, "export_lacking", frame)
        self._left_out = SentenceLabel(words, "export_left_out", frame)
        column.addWidget(self._lacking)
        column.addWidget(self._left_out)
        column.addWidget(wrapping_label(words("ui.export.passphrase"), "h3", frame))
        self._passphrase = wrapping_label("", "passphrase", frame)
        self._passphrase.setObjectName("export_passphrase")
        self._passphrase.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._passphrase)
        for key in ("ui.export.once", "ui.export.apart"):
            advice = SentenceLabel(words, key.replace(".", "_"), frame)
            advice.tell(Sentence(key, tone="warn"))
            column.addWidget(advice)
        return frame

    def _show_package(self, done: Exported | None) -> None:
        self._package.setVisible(done is not None)
        self._choosing.setVisible(done is None)
        self._passphrase.setText("" if done is None else done.passphrase)
        if done is not None:
            counts = {"cases": done.cases, "pages": done.pages, "papers": done.papers, "results": done.results}
            self._made.tell(Sentence("ui.export.made", {**counts, "file": str(done.file)}, "good"))
            self._show_lacking(done)
            self.to_top()
        self._show_go()

    def _show_lacking(self, done: Exported) -> None:
        """What the package names and does not hold."""
        some = {"count": done.missing, "numbers": self._words("ui.value.between").join(done.damaged[:_NUMBERS_NAMED])}
        self._lacking.tell(Sentence("ui.export.lacking", some, "bad") if done.missing else None)
        left = Sentence("ui.export.left_out", {"count": done.left_out}, "calm")
        self._left_out.tell(left if done.left_out else None)
        self._lacking.setVisible(bool(done.missing))
        self._left_out.setVisible(bool(done.left_out))

    def _show_go(self) -> None:
        had_focus = self._go.hasFocus()
        self._go.setVisible(self._package.isHidden())
        self._noted.setVisible(not self._package.isHidden())
        some = bool(self._picker.taken if self._month() is None else self._of_month)
        self._go.setEnabled(some and not self.long.under_way)
        if had_focus and not self._go.isEnabled():
            self.back.setFocus()

    def _put_away(self) -> None:
        self._picker.clear()
        self._show_package(None)
        self.first_focus().setFocus()

    def _export(self) -> None:
        folder = self._place.folder()
        if folder is None:
            return
        self.say(None)
        archive, month = self._with.desk.archive, self._month()
        cases = self._picker.taken if month is None else self._of_month or ()
        self.long.start(
            Sentence("ui.export.working", {"count": len(cases)}),
            lambda progress: archive.export(cases, folder, progress, month=month),
            self._done,
        )

    def _done(self, done: Exported) -> None:
        self.worked.emit()
        self._show_package(done)
        if self.isVisible():
            self._noted.setFocus()

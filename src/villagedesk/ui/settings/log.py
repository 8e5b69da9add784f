"""操作日志: who did what, and whether the log still stands; to take along as a table or a monthly report."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice
from villagedesk.ui.months import last_months
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.place import PlaceField
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label, wrapping_label
from villagedesk.ui.settings.log_filter import LogFilter
from villagedesk.ui.settings.log_table import LogTable
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.audit import AuditCheck, AuditLine

_PAGE = 100
_MONTHS = 12
_TABLE_HEIGHT = 300
_CHOICE_WIDTH = 200
_NOT_PRINTED = frozenset({"printing.straight_no_printer", "printing.straight_not_printed"})
_BEFORE_ALL = datetime(2020, 1, 1, tzinfo=SHANGHAI)


class LogPage(SettingsPage):
    """操作日志."""

    help_key = "ui.help.station_log"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.log.title", parent=parent)
        words = surroundings.words
        self._asked = 0
        lines = self.card()
        self._filter = LogFilter(words, self)
        self._filter.changed.connect(self._read)
        lines.addWidget(self._filter)
        self._table = LogTable(words, "log_table", words("ui.log.title"), self)
        self._table.setMinimumHeight(_TABLE_HEIGHT)
        lines.addWidget(self._table, 1)
        self._none = wrapping_label(words("ui.log.none"), "quiet")
        self._none.setObjectName("log_none")
        lines.addWidget(self._none)
        self._more = button("log_more", words("ui.log.more", count=_PAGE), self._read_more, parent=self)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._more)
        row.addStretch(1)
        lines.addLayout(row)
        self._place: PlaceField | None = None
        if surroundings.may(Right.WORK):
            self._place = self._make_taking_along()
        self._go = self.primary("primary_button", words("ui.log.check"), self._check)
        self._none.hide()
        self._more.hide()

    def first_focus(self) -> QWidget:
        """The lines."""
        return self._table if self._table.lines else self._go

    def refresh(self, topics: frozenset[str]) -> None:
        """The newest lines; not while somebody reads further down."""
        if not topics:
            self._read()
            if self._place is not None:
                self.read(self._with.desk.backup.places, self._place.show_drives)

    def _make_taking_along(self) -> PlaceField:
        words = self._words
        along = self.card("ui.log.along")
        self._month = Choice("report_month", words("ui.log.month"), self)
        self._month.setMaximumWidth(_CHOICE_WIDTH)
        for first in last_months(_MONTHS):
            self._month.addItem(words("ui.log.month_choice", year=first.year, month=first.month), first.isoformat())
        label = plain_label(words("ui.log.month"), "h3", self)
        label.setBuddy(self._month)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self._month)
        row.addWidget(button("print_report", words("ui.log.print"), self._print, parent=self))
        self._save = button("save_report", words("ui.log.save"), self._save_report, parent=self)
        row.addWidget(self._save)
        row.addStretch(1)
        along.addWidget(label)
        along.addLayout(row)
        along.addSpacing(GAP)
        place = PlaceField(words, self._with.icons, "log_folder", words("ui.log.folder"), self)
        along.addWidget(place)
        last = QHBoxLayout()
        last.addWidget(button("export_log", words("ui.log.export"), self._export, parent=self))
        last.addStretch(1)
        along.addLayout(last)
        along.addWidget(wrapping_label(words("ui.log.along_means"), "quiet"))
        return place

    def _read(self) -> None:
        self._fetch(None)

    def _read_more(self) -> None:
        if self._table.lines:
            self._fetch(self._table.lines[-1].seq)

    def _fetch(self, before: int | None) -> None:
        self._asked += 1
        asked, audit = self._asked, self._with.desk.audit
        chosen = self._filter.chosen(datetime.now(UTC))

        def read() -> tuple[AuditLine, ...]:
            return audit.lines(
                _PAGE, before, since=chosen.since, until=chosen.until, actor=chosen.actor, kinds=chosen.kinds
            )

        def show(lines: tuple[AuditLine, ...]) -> None:
            if asked == self._asked:
                self._show(self._table.lines + lines if before is not None else lines, len(lines) == _PAGE)

        self._with.background.run(self, read, show, lane=Lane.READS, words=self._words("ui.log.reading"))

    def _show(self, lines: tuple[AuditLine, ...], more: bool) -> None:
        self._filter.offer(sorted({line.actor for line in lines}))
        self._table.show_lines(lines)
        self._table.setVisible(bool(lines))
        self._none.setVisible(not lines)
        had_focus = self._more.hasFocus()
        self._more.setVisible(more)
        if had_focus and not more:
            self._table.setFocus()

    def _check(self) -> None:
        self.say(None)
        self.long.start(Sentence("ui.log.checking"), self._with.desk.audit.check, self._checked)

    def _checked(self, check: AuditCheck) -> None:
        self.worked.emit()
        self.say(check_sentence(check))

    def _print(self) -> None:
        first = self._chosen_month()
        audit = self._with.desk.audit
        params = {"year": first.year, "month": first.month}

        def printed(came_out: bool) -> None:
            if came_out:
                self.say(Sentence("ui.log.printed", params, "good"))
            else:
                self._offer_to_save(Sentence("ui.log.print_kept", params, "warn"))

        self.act(
            lambda: audit.print_monthly_report(first.year, first.month),
            printed,
            self._print_failed,
            words=self._words("ui.log.printing"),
        )

    def _print_failed(self, problem: Problem) -> bool:
        if problem.key not in _NOT_PRINTED and not problem.key.startswith("printer."):
            return False
        self._offer_to_save(Sentence("ui.log.not_printed", {"why": self._words.problem(problem)}, "bad"))
        return True

    def _offer_to_save(self, sentence: Sentence) -> None:
        """Why there is no paper; the button that helps gets the focus, so that one press saves the report."""
        self.say(sentence)
        self._save.setFocus()

    def _save_report(self) -> None:
        first = self._chosen_month()
        audit = self._with.desk.audit
        typed = "" if self._place is None else self._place.text
        folder = Path(typed) if typed else own_folder()

        self.act(
            lambda: audit.save_monthly_report(first.year, first.month, folder),
            lambda file: self.say(Sentence("ui.log.saved", {"file": str(file)}, "good")),
            words=self._words("ui.log.saving"),
        )

    def _chosen_month(self) -> date:
        return date.fromisoformat(str(self._month.currentData()))

    def _export(self) -> None:
        folder = None if self._place is None else self._place.folder()
        if folder is None:
            return
        now = datetime.now(UTC)
        chosen = self._filter.chosen(now)
        since, until = chosen.since or _BEFORE_ALL, chosen.until or now + timedelta(minutes=1)
        file = folder / self._words("ui.log.file_name", day=f"{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}")
        audit = self._with.desk.audit
        self.act(
            lambda: audit.export(file, since, until),
            lambda count: self._exported(file, count),
            words=self._words("ui.log.exporting"),
        )

    def _exported(self, file: Path, count: int) -> None:
        self.say(Sentence("ui.log.exported", {"file": str(file), "count": count}, "good"))


def check_sentence(check: AuditCheck) -> Sentence:
    """What a check of the log found, in words."""
    if check.broken_at is None:
        return Sentence("ui.log.whole", {"lines": check.lines}, "good")
    return Sentence("ui.log.broken", {"line": check.broken_at, "lines": check.lines}, "bad")

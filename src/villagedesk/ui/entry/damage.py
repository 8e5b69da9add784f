"""A damaged database: what happened, which way there is, what could be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.entry.newest_receipt import NewestReceipt
from villagedesk.ui.entry.told import Told, turning_keys
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.icons import Icons
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, SURFACE, TEXT, set_role

if TYPE_CHECKING:
    from villagedesk.desk.damage import RecoveryReport, TableReport
    from villagedesk.desk.entry import Entry

_CHOOSE, _NEWEST, _WORK = range(3)
_KINDS = {
    "cases": "cases",
    "pages": "pages",
    "outbox": "submissions",
    "case_events": "log",
    "print_jobs": "papers",
    "sent_pages": "sent_pages",
    "documents": "documents",
    "captures": "photographs",
    "handover_batches": "batches",
    "handover_lines": "batch_lines",
    "evaluations": "evaluations",
    "call_backs": "call_backs",
    "visits": "visits",
    "expired_pages": "expired_pages",
    "local_numbers": "numbers",
    "settings": "settings",
}
"""What the clerk calls what a table holds; whatever is not here is told as 其他记录."""


class DamageCard(EntryCard):
    """Two ways, one of them to be chosen; the damaged files are kept either way.

    Args:
        entry: its ``damage`` must be there.
        clerk, password: who was about to sign in; the password was right.

    Signals:
        left(): back to sign-in.
        recovered(): the database is whole again; it is time to sign in.
        restore_wanted(): the clerk would rather have a backup.
    """

    left = Signal()
    recovered = Signal()
    restore_wanted = Signal()

    def __init__(
        self,
        entry: Entry,
        clerk: str,
        password: str,
        words: Words,
        background: Background,
        icons: Icons,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(words, background, words("ui.damage.title"), "", parent)
        damage = entry.damage
        if damage is None:
            raise ValueError("nothing was wired to recover with")
        self._damage = damage
        self._clerk = clerk
        self._password = password
        self._words = words
        self._icons = icons
        self._step = _CHOOSE
        self._nothing_left = False
        self._done = False
        self.setObjectName("damage_card")
        self._newest = NewestReceipt(words)
        self._outcome = Told(words, "damage_outcome")
        self._pages = (self._make_ways(), self._newest, self._outcome)
        self._long = LongWork(words, background)
        self._long.changed.connect(self._work_changed)
        for widget in (self._long, *self._pages):
            self.body.addWidget(widget)
        self._back = button("damage_back", words("ui.damage.back"), self._go_back, key="Esc", parent=self)
        self._backup = button(
            "restore_instead", words("ui.damage.restore"), self.restore_wanted.emit, icons=icons, icon="backup"
        )
        self._go = button("primary_button", "", self._go_on, role="primary", parent=self)
        self.buttons.addWidget(self._back)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._backup)
        self.buttons.addWidget(self._go)
        on_enter(self, self._go_on)
        on_key(self, Qt.Key.Key_Escape, self._escape)
        self._turning = turning_keys(self)
        self._show(_CHOOSE)

    def first_focus(self) -> QWidget:
        """The next step."""
        if self._long.under_way:
            return self._long
        if self._step == _NEWEST and not self._newest.answered:
            return self._newest.field.edit
        return self._backup if self._nothing_left else self._go

    def _make_ways(self) -> QWidget:
        ways = QWidget()
        column = QVBoxLayout(ways)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for name in ("mend", "restore"):
            column.addWidget(plain_label(self._words(f"ui.damage.{name}"), "h3", ways))
            column.addWidget(wrapping_label(self._words(f"ui.damage.{name}_when"), parent=ways))
        column.addWidget(wrapping_label(self._words("ui.damage.disk"), "quiet", ways))
        return ways

    def _show(self, step: int) -> None:
        self._step = step
        for number, page in enumerate(self._pages):
            page.setVisible(number == step and (step != _WORK or self._done))
        choosing = step == _CHOOSE
        quiet = ("quiet", "quiet_newest", "quiet_done" if self._done else "quiet_work")[step]
        self.quiet.setText(self._words(f"ui.damage.{quiet}"))
        text = self._words(f"ui.damage.{('mend', 'start', 'sign_in')[step]}")
        self._go.setText(f"{text}  Enter")
        self._go.setAccessibleName(text)
        self._go.setVisible(not self._long.under_way and not (choosing and self._nothing_left))
        self._back.setVisible(not self._long.under_way and not self._done)
        self._backup.setVisible(choosing)
        set_role(self._backup, "primary" if self._nothing_left else "")
        self._backup.setIcon(self._icons.icon("backup", SURFACE if self._nothing_left else TEXT))
        self.fit()
        self.first_focus().setFocus()

    def _go_on(self) -> None:
        if self._long.under_way:
            return
        if self._done:
            self.recovered.emit()
        elif self._step == _CHOOSE and self._nothing_left:
            self.restore_wanted.emit()
        elif self._step == _CHOOSE:
            self._show(_NEWEST)
        elif self._newest.taken():
            self._begin()

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        elif not self._done:
            self._go_back()

    def _go_back(self) -> None:
        self.notice.clear()
        self._long.clear()
        if self._step == _CHOOSE:
            self.left.emit()
        else:
            self._show(_CHOOSE)

    def _begin(self) -> None:
        self.notice.clear()
        damage, clerk, password, newest = self._damage, self._clerk, self._password, self._newest.number or ""
        self._long.start(
            Sentence("ui.damage.working"),
            lambda progress: damage.recover(clerk, password, newest, progress),
            self._is_done,
            self._failed,
        )

    def _work_changed(self) -> None:
        if self._long.under_way:
            self._show(_WORK)
        elif not self._long.isHidden():  # stopped: its last words stay
            self._show(_NEWEST)

    def _is_done(self, report: RecoveryReport) -> None:
        self._done = True
        told = [report.sentence, *(self._kind(table) for table in report.tables if table.kept or table.lost_at_least)]
        if report.pages_missing:
            told.append(Sentence("ui.damage.pages_missing", {"count": report.pages_missing}, "bad"))
        told.append(Sentence("ui.damage.kept_in", {"folder": str(report.kept_in)}))
        self._outcome.tell(told)
        for key in self._turning:
            key.setEnabled(True)
        self._show(_WORK)

    def _kind(self, table: TableReport) -> Sentence:
        kind = self._words(f"ui.damage.kind.{_KINDS.get(table.name, 'other')}")
        if table.lost_at_least:
            params = {"kind": kind, "kept": table.kept, "lost": table.lost_at_least}
            return Sentence("ui.damage.some_lost", params, "warn")
        return Sentence("ui.damage.all_kept", {"kind": kind, "kept": table.kept}, "good")

    def _failed(self, problem: Problem) -> None:
        if problem.key.startswith("domain.local_no.") and problem.key != "domain.local_no.epochs_used_up":
            self._show(_NEWEST)
            self._newest.tell(problem)
            return
        self._nothing_left = problem.key == "store.nothing_left"
        self._show(_CHOOSE if self._nothing_left else _NEWEST)
        self.notice.tell(problem)

"""从备份恢复: which backup, who opens it, the newest receipt at hand, then the restore, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import Problem
from villagedesk.domain.progress import Progress
from villagedesk.domain.restoring import BackupFound, Restored
from villagedesk.ui.background import Background
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.entry.newest_receipt import NewestReceipt
from villagedesk.ui.entry.restore_steps import StepLine, WhichBackup, backup_time
from villagedesk.ui.entry.restore_who import WhoOpens
from villagedesk.ui.entry.told import Told, turning_keys
from villagedesk.ui.entry_card import EntryCard
from villagedesk.ui.fields import Tick
from villagedesk.ui.icons import Icons
from villagedesk.ui.long_work import LongWork
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.entry import Entry

_WHICH, _WHO, _NEWEST, _WORK = range(4)


class RestoreCard(EntryCard):
    """One card, four steps; going back and forth loses nothing that was typed.

    Args:
        entry: its ``restoring`` must be there.

    Signals:
        left(): back to where the clerk came from.
        restored(): the data is in place; it is time to sign in.
    """

    left = Signal()
    restored = Signal()

    def __init__(
        self, entry: Entry, words: Words, background: Background, icons: Icons, parent: QWidget | None = None
    ) -> None:
        super().__init__(words, background, words("ui.restore.title"), "", parent)
        restoring = entry.restoring
        if restoring is None:
            raise ValueError("nothing was wired to restore with")
        self._entry = entry
        self._restoring = restoring
        self._words = words
        self._step = _WHICH
        self._done = False
        self.setObjectName("restore_card")
        self._line = StepLine(words, [words(f"ui.restore.step_{name}") for name in ("which", "who", "newest", "work")])
        self.body.addWidget(self._line)
        self._which = WhichBackup(restoring.places, restoring.look, words, background, icons)
        self._who = WhoOpens(words, self._wrong)
        self._newest = NewestReceipt(words)
        self._working = wrapping_label(words("ui.restore.leave_alone"), "quiet")
        self._outcome = Told(words, "restore_outcome")
        self._last = self._make_last()
        self._result = QWidget()
        result = QVBoxLayout(self._result)
        result.setContentsMargins(0, 0, 0, 0)
        result.addWidget(self._working)
        result.addWidget(self._outcome)
        self._pages = (self._which, self._who, self._last, self._result)
        self._long = LongWork(words, background)
        self._long.changed.connect(self._work_changed)
        for widget in (self._long, *self._pages):
            self.body.addWidget(widget)
        self._back = button("restore_back", words("ui.restore.back"), self._go_back, key="Esc", parent=self)
        self._go = button("primary_button", "", self._go_on, role="primary", parent=self)
        self.buttons.addWidget(self._back)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self._go)
        self._which.changed.connect(self._refresh)
        self._which.place.field.edit.textEdited.connect(lambda: self._which.place.field.tell(None))
        self._which.list.currentRowChanged.connect(lambda _row: self._refresh())
        self._who.changed.connect(self._refresh)
        on_enter(self, self._go_on)
        on_key(self, Qt.Key.Key_Escape, self._escape)
        self._turning = turning_keys(self)
        self._show(_WHICH)

    def first_focus(self) -> QWidget:
        """Where the present step begins."""
        if self._long.under_way:
            return self._long
        if self._step == _WHICH:
            return self._which.focus_first()
        if self._step == _WHO:
            return self._who.focus_first()
        if self._step == _NEWEST and not self._newest.answered:
            return self._newest.field.edit
        return self._go

    def _make_last(self) -> QWidget:
        last = QWidget()
        self._chosen = wrapping_label("", "h3", last)
        self._chosen.setObjectName("restore_chosen")
        self._replace = QFrame(last)
        self._replace.setObjectName("replace_question")
        self._replace.setProperty("role", "notice-warn")
        means = SentenceLabel(self._words, "replace_means", self._replace)
        means.tell(Sentence("ui.restore.replaces", tone="warn"))
        self._replace_sure = Tick(
            "replace_sure", self._words("ui.restore.replace_sure"), means.accessibleName(), self._replace
        )
        self._replace_trouble = SentenceLabel(self._words, "replace_trouble", self._replace)
        self._replace_trouble.hide()
        inner = QVBoxLayout(self._replace)
        inner.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        inner.setSpacing(GAP)
        inner.addWidget(means)
        inner.addWidget(self._replace_sure)
        inner.addWidget(self._replace_trouble)
        self._replace_sure.toggled.connect(lambda _on: self._tell_replace(None))
        column = QVBoxLayout(last)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._chosen)
        column.addWidget(self._newest)
        column.addWidget(self._replace)
        return last

    def _wrong(self, password: str, clerk: str) -> Sentence | None:
        found = self._which.chosen()
        return self._entry.check_new_password(password, clerk, found.station_name if found is not None else "")

    def _show(self, step: int) -> None:
        self._step = step
        for number, page in enumerate(self._pages):
            page.setVisible(number == step)
        self._line.show_step(step)
        self._line.setVisible(not self._done)
        self._working.setVisible(self._long.under_way)
        self._outcome.setVisible(self._done)
        found = self._which.chosen()
        if found is not None:
            params = {"when": backup_time(self._words, found), "station": found.station_name or found.division_code}
            self._chosen.setText(self._words.of(Sentence("ui.restore.chosen", params)))
        self._replace.setVisible(self._restoring.replaces())
        self._refresh()
        self.first_focus().setFocus()

    def _refresh(self) -> None:
        listed = self._which.listed
        quiet, text = (
            ("ui.restore.quiet_list" if listed else "ui.restore.quiet_which", "next" if listed else "look"),
            ("ui.restore.quiet_key" if self._who.by_key else "ui.restore.quiet_who", "next"),
            ("ui.restore.quiet_newest", "start"),
            ("ui.restore.quiet_done" if self._done else "ui.restore.quiet_work", "sign_in"),
        )[self._step]
        self.quiet.setText(self._words(quiet))
        words = self._words(f"ui.restore.{text}")
        self._go.setText(f"{words}  Enter")
        self._go.setAccessibleName(words)
        self._go.setEnabled(self._step != _WHICH or not listed or self._which.can_be_opened())
        self._go.setVisible(not self._long.under_way)
        self._back.setVisible(not self._long.under_way and not self._done)
        self.fit()

    def _go_on(self) -> None:
        """The present step's one next thing."""
        if self._long.under_way:
            return
        if self._done:
            self.restored.emit()
        elif self._step == _WHICH:
            self._go_on_from_which()
        elif self._step == _WHO:
            if not self._who.step_on() and self._who.taken():
                self._show(_NEWEST)
        elif self._newest.taken() and self._agreed():
            self._begin()

    def _go_on_from_which(self) -> None:
        self.notice.clear()
        found = self._which.chosen()
        if found is None:
            self._which.look()
        elif found.clerks:
            self._who.offer(found.clerks)
            self._show(_WHO)

    def _escape(self) -> None:
        if self._long.under_way:
            self._long.stop()
        elif not self._done:
            self._go_back()

    def _go_back(self) -> None:
        self.notice.clear()
        self._long.clear()
        if self._step > _WHICH:
            self._show(self._step - 1)
        elif self._which.listed:
            self._which.look_elsewhere()
        else:
            self.left.emit()

    def _agreed(self) -> bool:
        if self._replace.isHidden() or self._replace_sure.isChecked():
            return True
        self._tell_replace(Sentence("ui.restore.replace_wanted", tone="bad"))
        self._replace_sure.setFocus()
        return False

    def _tell_replace(self, sentence: Sentence | None) -> None:
        self._replace_trouble.tell(sentence)
        self._replace_trouble.setVisible(sentence is not None)
        self.fit()

    def _begin(self) -> None:
        found, restoring, newest = self._which.chosen(), self._restoring, self._newest.number
        if found is None:
            return
        self.notice.clear()
        replaced = not self._replace.isHidden()
        clerk, password = self._who.clerk, self._who.password.text
        new_password, passphrase = self._who.new_password.first.text, self._who.passphrase.text
        # Windows' own "copy as path" brings quotation marks along.
        key_file, by_key = Path(self._who.key_file.text.strip().strip('"')), self._who.by_key

        def work(progress: Progress) -> Restored:
            if by_key:
                return restoring.restore_by_recovery_key(
                    found, clerk, new_password, key_file, passphrase, newest, progress, replace=replaced
                )
            return restoring.restore(found, clerk, password, newest, progress, replace=replaced)

        self._long.start(
            Sentence("ui.restore.working"),
            work,
            lambda restored: self._is_done(found, restored, clerk, replaced=replaced, by_key=by_key),
            lambda problem: self._failed(found, problem),
        )

    def _work_changed(self) -> None:
        if self._long.under_way:
            self._show(_WORK)
        elif not self._long.isHidden():  # stopped: its last words stay
            self._show(_NEWEST)

    def _is_done(self, found: BackupFound, restored: Restored, clerk: str, *, replaced: bool, by_key: bool) -> None:
        self._done = True
        if restored.keys_only:
            told = [Sentence("ui.restore.done_keys", {"cases": restored.cases}, "good")]
            told.append(Sentence("ui.restore.done_keys_new_password" if by_key else "ui.restore.done_keys_password"))
        else:
            told = self._whole_restore(found, restored, clerk, replaced=replaced, by_key=by_key)
        self._outcome.tell(told)
        for key in self._turning:
            key.setEnabled(True)
        self._show(_WORK)

    def _whole_restore(
        self, found: BackupFound, restored: Restored, clerk: str, *, replaced: bool, by_key: bool
    ) -> list[Sentence]:
        told = [Sentence("ui.restore.done", {"cases": restored.cases, "pages": restored.pages}, "good")]
        if restored.missing_pages:
            told.append(Sentence("ui.restore.done_missing", {"count": restored.missing_pages}, "bad"))
        told.append(Sentence("ui.restore.done_since", {"when": backup_time(self._words, found)}))
        told.append(Sentence("ui.restore.done_maybe_other_pc" if replaced else "ui.restore.done_other_pc", tone="warn"))
        if replaced:
            told.append(Sentence("ui.restore.done_aside"))
        told.append(Sentence("ui.restore.done_epoch", {"epoch": restored.epoch}))
        others = [name for name in found.clerks if name != clerk]
        if others:
            told.append(Sentence("ui.restore.done_accounts", {"names": "、".join(others)}, "warn"))
        told.append(Sentence("ui.restore.done_new_password" if by_key else "ui.restore.done_password"))
        return told

    def _failed(self, found: BackupFound, problem: Problem) -> None:
        """Each problem where it is mended; whatever was typed stays."""
        if problem.key.startswith("domain.local_no.") or problem.key.startswith("restoring.newest_no_"):
            self._show(_NEWEST)
            if problem.key == "domain.local_no.epochs_used_up":
                self.notice.tell(problem)
            else:
                self._newest.tell(problem)
            return
        if problem.key == "restoring.already_set_up":
            self._show(_NEWEST)
            self._tell_replace(Sentence(problem.key, problem.params, "bad"))
            self._replace_sure.setFocus()
            return
        if problem.key in ("restoring.damaged", "restoring.other_station"):
            if problem.key == "restoring.damaged":
                self._which.turned_out_broken(found)
            self._show(_WHICH)
            self.notice.tell(problem)
            return
        self._show(_WHO)
        if not self._who.tell(problem):
            # of the stick or this PC: when that is mended, the same button tries again
            self._show(_NEWEST)
            self.notice.tell(problem)

"""导入纸质台账: what was kept on paper and typed into a table is checked, and taken whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from villagedesk.desk.register_import_views import said_sentence
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.fields import Field
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from villagedesk.desk.register_import_views import DryRun, ImportDone, LookedRow
    from villagedesk.desk.register_views import Saved

_MOST_SHOWN = 300
_LIST_HEIGHT = 240
_ROWS_A_MINUTE = 10_000
"""As a plain PC takes them, at the least."""


class RegisterImportPage(SettingsPage):
    """First which file, then what is in it; reached from the register, and goes back there."""

    help_key = "ui.help.register_import"
    nav = "nav_register"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.register_import.title", "", parent)
        words = surroundings.words
        self._dry: DryRun | None = None
        which = self.card("ui.register_import.which")
        self._choosing = which.parentWidget()
        which.addWidget(wrapping_label(words("ui.register_import.means"), "quiet"))
        template = QHBoxLayout()
        template.addWidget(button("import_template", words("ui.register_import.template"), self._template, parent=self))
        template.addStretch(1)
        which.addLayout(template)
        self._file = Field(
            words,
            "import_file",
            words("ui.register_import.file"),
            hint=words("ui.register_import.hint"),
            parent=self,
        )
        self._file.add_beside(
            button("import_choose", words("ui.register_import.choose"), self._choose, key="Ctrl+O", parent=self)
        )
        self._file.edit.textEdited.connect(lambda: self._file.tell(None))
        which.addWidget(self._file)
        which.addWidget(wrapping_label(words("ui.register_import.what_comes"), "quiet"))
        result = self.card()
        self._result = result.parentWidget()
        self._sum = SentenceLabel(words, "import_sum", self)
        self._sum.setProperty("role", "h3")
        self._empty = wrapping_label("", "quiet", self)
        self._empty.setObjectName("import_empty")
        self._unread = SentenceLabel(words, "import_unread", self)
        self._what = SentenceLabel(words, "import_what", self)
        self._list = CardList("import_rows", words("ui.register_import.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._more = wrapping_label("", "quiet", self)
        self._more.setObjectName("import_more")
        for label in (self._sum, self._empty, self._unread, self._what):
            result.addWidget(label)
        result.addWidget(self._list, 1)
        result.addWidget(self._more)
        self.body.addStretch(0)
        self._again = button("import_again", words("ui.register_import.again"), self._another, parent=self)
        self._rest = button("import_rest", words("ui.register_import.rest"), self._save_rest, key="F7", parent=self)
        self._leave = button("import_leave", words("ui.register_import.leave"), self._ask_leave, parent=self)
        for one in (self._again, self._rest, self._leave):
            self.foot.addWidget(one)
        self._go = self.primary("import_go", "", self._import)
        self._check = button("primary_button", words("ui.register_import.check"), self._look, key="Enter", parent=self)
        self._check.setProperty("role", "primary")
        self.foot.addWidget(self._check)
        on_key(self, "Ctrl+O", self._choose)
        on_key(self, "F7", self._save_rest)
        self.long.changed.connect(self._show_state)
        self._show(None)

    def first_focus(self) -> QWidget:
        """The file, or what is to be looked at."""
        if self._dry is None:
            return self._file.edit
        return self._list if self._list.isVisibleTo(self) else self._go

    def begin(self) -> None:
        """Nothing is read."""
        super().begin()
        if not self.long.under_way:
            self._file.edit.clear()
            self._file.tell(None)
            self._show(None)

    def next_step(self, step: QPushButton) -> None:
        """Enter checks, and imports once it was checked."""
        if self._dry is None:
            self._look()
        else:
            super().next_step(step)

    def _template(self) -> None:
        desk = self._with.desk.register_import

        def saved(file: Path) -> None:
            self.say(Sentence("ui.register_import.template_saved", {"file": str(file)}, "good"))

        self.act(lambda: desk.save_template(own_folder()), saved, self._told_refused)

    def _choose(self) -> None:
        words = self._words
        if self._dry is not None or self.long.under_way:
            return
        chosen, _ = QFileDialog.getOpenFileName(
            self, words("ui.register_import.choose"), "", words("ui.register_import.filter")
        )
        if chosen:
            self._file.edit.setText(chosen)
            self._look()

    def _look(self) -> None:
        # Windows' own "copy as path" brings quotation marks along.
        typed = self._file.text.strip().strip('"')
        self.say(None)
        if not typed:
            self._file.tell(Sentence("ui.register_import.empty", {}, "bad"))
            self._file.look_again()
            return
        self._file.tell(None)
        desk = self._with.desk.register_import

        def refused(problem: Problem) -> None:
            if not isinstance(problem, InputProblem):
                self._with.background.problem.emit(problem)
                return
            self._file.tell(Sentence(problem.key, problem.params, "bad"))
            self._file.look_again()

        self.long.start(
            Sentence("ui.register_import.checking"),
            lambda progress: desk.look(Path(typed), progress),
            self._looked,
            refused,
            stopped=self._stopped,
        )

    def _looked(self, dry: DryRun) -> None:
        self._show(dry)
        if self.isVisible():
            self.first_focus().setFocus()

    def _another(self) -> None:
        self.begin()
        self._file.edit.setFocus()

    def _ask_leave(self) -> None:
        dry = self._dry
        if dry is None or not dry.wrong or not dry.good:
            return
        self.say(None)
        counts = {"errors": len(dry.wrong), "count": len(dry.good)}
        self.ask.ask(
            Sentence("ui.register_import.leave_means", counts, "warn"),
            self._words("ui.register_import.leave_sure", count=len(dry.good)),
            lambda: self._take(dry, leave_out_wrong=True),
            self._leave,
        )

    def _import(self) -> None:
        dry = self._dry
        if dry is None or dry.wrong:
            return
        if not dry.unread:
            self._take(dry, leave_out_wrong=False)
            return
        self.say(None)
        self.ask.ask(
            Sentence("ui.register_import.unread_means", {}, "warn"),
            self._words("ui.register_import.unread_sure", count=len(dry.good)),
            lambda: self._take(dry, leave_out_wrong=False),
            self._go,
        )

    def _take(self, dry: DryRun, *, leave_out_wrong: bool) -> None:
        desk = self._with.desk.register_import
        self.say(None)

        def refused(problem: Problem) -> None:
            if not self._told_refused(problem):
                self._with.background.problem.emit(problem)

        minutes = -(-len(dry.good) // _ROWS_A_MINUTE)
        long = len(dry.good) > _ROWS_A_MINUTE // 10
        self.long.start(
            Sentence(
                "ui.register_import.importing_long" if long else "ui.register_import.importing", {"count": minutes}
            ),
            lambda progress: desk.take(dry, progress, leave_out_wrong=leave_out_wrong),
            self._taken,
            refused,
            stopped=self._stopped,
            lane=Lane.ACTS,
        )

    def _taken(self, done: ImportDone) -> None:
        self.worked.emit()
        self._file.edit.clear()
        self._show(None)
        params = {"count": done.count, "first": f"{done.first}", "last": f"{done.last}"}
        self.say(Sentence("ui.register_import.done", params, "good"))
        if self.isVisible():
            self._file.edit.setFocus()

    def _stopped(self) -> None:
        self.say(Sentence("ui.register_import.stopped", {}, "warn"))

    def _save_rest(self) -> None:
        dry, desk = self._dry, self._with.desk.register_import
        if dry is None or not dry.wrong:
            return

        def saved(made: Saved) -> None:
            params = {"count": made.count, "file": str(made.file)}
            self.say(Sentence("ui.register_import.rest_saved", params, "good"))

        self.act(lambda: desk.save_rest(dry, own_folder()), saved, self._told_refused)

    def _told_refused(self, problem: Problem) -> bool:
        if not isinstance(problem, InputProblem):
            return False
        self.say(Sentence(problem.key, problem.params, "bad"))
        return True

    def _show(self, dry: DryRun | None) -> None:
        self._dry = dry
        assert self._choosing is not None and self._result is not None
        self._choosing.setVisible(dry is None)
        self._result.setVisible(dry is not None)
        self._stretch(to_list=False)
        if dry is not None:
            good, wrong = len(dry.good), len(dry.wrong)
            counts = {"rows": len(dry.rows), "good": good - dry.warned, "warned": dry.warned, "errors": wrong}
            self._sum.tell(Sentence("ui.register_import.found", counts, "calm"))
            self._empty.setText(self._words("ui.register_import.empty_lines", count=dry.empty))
            self._empty.setVisible(bool(dry.empty))
            self._unread.tell(Sentence("ui.register_import.unread", {"heads": "、".join(dry.unread)}, "warn"))
            self._unread.setVisible(bool(dry.unread))
            self._what.tell(_verdict(dry))
            looked = sorted((row for row in dry.rows if row.said), key=lambda row: row.entry is not None)
            self._list.show_cards([self._card(row) for row in looked[:_MOST_SHOWN]])
            self._list.setVisible(bool(looked))
            self._stretch(to_list=bool(looked))
            self._more.setText(self._words("ui.register_import.list_more", shown=_MOST_SHOWN))
            self._more.setVisible(len(looked) > _MOST_SHOWN)
            self._go.setText(f"{self._words('ui.register_import.go', count=good)}  Enter")
            self._go.setAccessibleName(self._words("ui.register_import.go", count=good))
        self._show_state()

    def _stretch(self, *, to_list: bool) -> None:
        """Give the room that is left over to the list, or leave it empty beneath the card."""
        place = self.body.indexOf(self._result)
        self.body.setStretch(place, int(to_list))
        self.body.setStretch(self.body.count() - 1, int(not to_list))

    def _show_state(self) -> None:
        dry, idle = self._dry, not self.long.under_way
        if not idle and any(one.hasFocus() for one in (self._check, self._go, self._leave, self._again)):
            self.back.setFocus()  # what is not enabled loses the focus to anywhere, and Esc would not stop the work
        self._check.setVisible(dry is None)
        self._check.setEnabled(idle)
        self._again.setVisible(dry is not None)
        self._again.setEnabled(idle)
        self._go.setVisible(dry is not None and not dry.wrong)
        self._go.setEnabled(idle)
        self._rest.setVisible(dry is not None and bool(dry.wrong))
        self._leave.setVisible(dry is not None and bool(dry.wrong) and bool(dry.good))
        self._leave.setEnabled(idle)

    def _card(self, row: LookedRow) -> Card:
        words, texts = self._words, row.typed.texts
        title = words(
            "ui.register_import.line",
            line=row.typed.line,
            applicant=texts.get("applicant", ""),
            item=texts.get("item", ""),
        )
        badge = ("error", "bad") if row.entry is None else ("warning", "warn")
        lines = tuple(words.of(said_sentence(one)) for one in sorted(row.said, key=lambda one: not one.blocks))
        return Card(str(row.typed.line), title, lines, badges=((words(f"ui.register_import.{badge[0]}"), badge[1]),))

    def stop_asking(self) -> bool:
        """Esc closes the question, then puts what was checked away."""
        if super().stop_asking():
            return True
        if self._dry is None:
            return False
        self._another()
        return True

    def _escape(self) -> None:
        if self.long.under_way:
            self.long.stop()
        elif not self.stop_asking():
            self.back_wanted.emit()


def _verdict(dry: DryRun) -> Sentence:
    if dry.wrong and not dry.good:
        return Sentence("ui.register_import.only_errors", {}, "bad")
    if dry.wrong:
        return Sentence("ui.register_import.with_errors", {"count": len(dry.good)}, "bad")
    if dry.warned:
        return Sentence("ui.register_import.with_warnings", {}, "warn")
    return Sentence("ui.register_import.all_good", {}, "good")

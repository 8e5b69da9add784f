"""合并各村的统计表: many stations' forms read, checked and joined into one sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.annex import SentRow
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.annex.decisions import Decisions
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.layouts import clear
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.annex_views import AnnexView, Collected, RefusedFile

T = TypeVar("T")
_COUNTY_WIDTH = 260


class _Sheet(NamedTuple):
    """What becomes of the rows."""

    county: str
    rows: tuple[SentRow, ...]
    left_out: frozenset[int]
    by_township: bool


class AnnexMergePage(SettingsPage):
    """First which files, then what is in them and what becomes of it."""

    help_key = "ui.help.annex_merge"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.annex.merge.title", "annex", parent)
        words = surroundings.words
        self._chosen: tuple[Path, ...] = ()
        self._found: Collected | None = None
        which = self.card("ui.annex.merge.which")
        self._choosing = which.parentWidget()
        which.addWidget(wrapping_label(words("ui.annex.merge.means"), "quiet"))
        self._path = Field(
            words, "annex_path", words("ui.annex.merge.path"), hint=words("ui.annex.merge.hint"), parent=self
        )
        self._path.add_beside(button("annex_folder", words("ui.annex.merge.folder"), self._choose_folder, parent=self))
        self._path.add_beside(
            button("annex_files", words("ui.annex.merge.files"), self._choose_files, key="Ctrl+O", parent=self)
        )
        self._path.edit.textEdited.connect(self._typed)
        which.addWidget(self._path)
        self._result = self._make_result()
        self.body.addStretch(1)
        self._again = button("annex_again", words("ui.annex.merge.read_again"), self._choose_again, parent=self)
        self._pdf = button("annex_pdf", words("ui.annex.pdf"), self._save_pdf, parent=self)
        self._print = button("annex_print", words("ui.annex.merge.print"), self._to_printer, key="F8", parent=self)
        for one in (self._again, self._pdf, self._print):
            self.foot.addWidget(one)
        self._save = self.primary("annex_workbook", words("ui.annex.workbook"), self._save_file)
        self._read = button("primary_button", words("ui.annex.merge.read"), self._collect, key="Enter", parent=self)
        self._read.setProperty("role", "primary")
        self.foot.addWidget(self._read)
        on_key(self, "Ctrl+O", self._choose_files)
        on_key(self, "F8", self._to_printer)
        self.long.changed.connect(self._show_state)
        self._show(None)

    def first_focus(self) -> QWidget:
        """The path, or the first row to decide about."""
        if self._found is None:
            return self._path.edit
        return self._decisions.list if self._decisions.open_count else self._save

    def begin(self) -> None:
        """Nothing is read."""
        super().begin()
        if not self.long.under_way:
            self._path.edit.clear()
            self._path.tell(None)
            self._chosen = ()
            self._show(None)

    def refresh(self, topics: frozenset[str]) -> None:
        """The county's name, when the clerk comes here."""
        if not topics:

            def show(view: AnnexView) -> None:
                if not self._county.text.strip():
                    self._county.edit.setText(view.county)

            self.read(self._with.desk.annex.view, show)

    def _make_result(self) -> QWidget:
        words = self._words
        card = self.card()
        frame = card.parentWidget()
        assert frame is not None
        self._sum = SentenceLabel(words, "annex_sum", self)
        self._sum.setProperty("role", "h3")
        self._skipped = wrapping_label("", "quiet", self)
        self._skipped.setObjectName("annex_skipped")
        self._what = SentenceLabel(words, "annex_what", self)
        self._decisions = Decisions(words, self)
        self._decisions.changed.connect(self._show_state)
        self._refused = QVBoxLayout()
        for one in (self._sum, self._skipped):
            card.addWidget(one)
        card.addLayout(self._refused)
        card.addWidget(self._what)
        card.addWidget(self._decisions, 1)
        card.addLayout(self._make_about())
        return frame

    def _make_about(self) -> QHBoxLayout:
        words = self._words
        self._county = Field(words, "annex_county", words("ui.annex.merge.county"), parent=self)
        self._county.setMaximumWidth(_COUNTY_WIDTH)
        self._order = Choice("annex_order", words("ui.annex.merge.order"), self)
        self._order.addItem(words("ui.annex.merge.as_they_came"), False)
        self._order.addItem(words("ui.annex.merge.by_township"), True)
        order = QVBoxLayout()
        order.setSpacing(GAP // 2)
        title = plain_label(words("ui.annex.merge.order"), "h3", self)
        title.setBuddy(self._order)
        order.addWidget(title)
        order.addWidget(self._order)
        order.addStretch(1)
        about = QHBoxLayout()
        about.setSpacing(GAP * 2)
        about.addWidget(self._county)
        about.addLayout(order)
        about.addStretch(1)
        return about

    def next_step(self, step: QPushButton) -> None:
        """Enter reads, and saves once it was read."""
        if self._found is None:
            self._collect()
        else:
            super().next_step(step)

    def _typed(self) -> None:
        self._chosen = ()
        self._path.tell(None)

    def _choose_files(self) -> None:
        words = self._words
        if self._found is not None or self.long.under_way:
            return
        chosen, _ = QFileDialog.getOpenFileNames(
            self, words("ui.annex.merge.files"), "", words("ui.annex.merge.filter")
        )
        if chosen:
            self._chosen = tuple(Path(one) for one in chosen)
            self._path.edit.setText(words("ui.annex.merge.chosen", count=len(chosen)))
            self._collect()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("ui.annex.merge.folder"))
        if folder:
            self._chosen = ()
            self._path.edit.setText(folder)
            self._collect()

    def _collect(self) -> None:
        typed = self._path.text.strip().strip('"')
        paths = self._chosen or ((Path(typed),) if typed else ())
        merge = self._with.desk.annex_merge
        self.say(None)
        self._path.tell(None)

        def refused(problem: Problem) -> None:
            if not isinstance(problem, InputProblem):
                self._with.background.problem.emit(problem)
                return
            self._path.tell(Sentence(problem.key, problem.params, "bad"))
            self._path.look_again()

        self.long.start(
            Sentence("ui.annex.merge.reading"),
            lambda progress: merge.collect(paths, progress),
            self._collected,
            refused,
            stopped=lambda: self.say(Sentence("ui.annex.merge.stopped", {}, "warn")),
        )

    def _collected(self, found: Collected) -> None:
        self._show(found)
        if self.isVisible():
            self.first_focus().setFocus()

    def _choose_again(self) -> None:
        self.begin()
        self._path.edit.setFocus()

    def _show(self, found: Collected | None) -> None:
        self._found = found
        assert self._choosing is not None
        self._choosing.setVisible(found is None)
        self._result.setVisible(found is not None)
        self._read.setVisible(found is None)
        for one in (self._again, self._pdf, self._print, self._save):
            one.setVisible(found is not None)
        clear(self._refused)
        if found is not None:
            self._sum.tell(Sentence("ui.annex.merge.found", {"files": found.files, "rows": len(found.rows)}, "calm"))
            counts = {"samples": found.samples, "notes": found.notes}
            self._skipped.setText(self._words("ui.annex.merge.skipped", **counts))
            self._skipped.setVisible(bool(found.samples or found.notes))
            self._tell_of(found.refused, Sentence("ui.annex.merge.refused", {"count": len(found.refused)}, "bad"))
            self._tell_of(found.unread, Sentence("ui.annex.merge.unread", {"count": len(found.unread)}, "warn"))
            self._decisions.show_rows(found.rows)
            self._decisions.setVisible(any(row.troubles for row in found.rows))
        self._show_state()

    def _tell_of(self, files: Sequence[RefusedFile], title: Sentence) -> None:
        """Name each file with its reason."""
        if not files:
            return
        label = SentenceLabel(self._words, "annex_refused", self)
        label.tell(title)
        self._refused.addWidget(label)
        for one in files:
            why = self._words.of(one.why)
            line = wrapping_label(self._words("ui.annex.merge.refused_line", file=one.file, why=why))
            line.setObjectName("annex_refused_line")
            self._refused.addWidget(line)

    def _show_state(self) -> None:
        found = self._found
        if self.long.under_way and self._read.hasFocus():
            self.back.setFocus()  # what is not enabled loses the focus to anywhere, and Esc would not stop the work
        self._read.setEnabled(not self.long.under_way)
        if found is None:
            return
        open_ones, left = self._decisions.open_count, len(self._decisions.left_out)
        troubled = sum(bool(row.troubles) for row in found.rows)
        if not troubled:
            said = Sentence("ui.annex.merge.all_good", {}, "good")
        elif open_ones == troubled:
            said = Sentence("ui.annex.merge.troubled", {"count": troubled}, "warn")
        elif open_ones:
            said = Sentence("ui.annex.merge.open", {"count": open_ones}, "warn")
        else:
            said = Sentence("ui.annex.merge.decided", {"rows": len(found.rows) - left, "left": left}, "good")
        self._what.tell(said if found.rows else None)
        ready = bool(found.rows) and not open_ones and len(found.rows) > left
        for one in (self._pdf, self._print, self._save):
            one.setEnabled(ready)

    def _to_printer(self) -> None:
        if self._print.isEnabled():
            merge = self._with.desk.annex_merge
            self._with_rows(
                lambda sheet: merge.print(sheet.county, sheet.rows, sheet.left_out, by_township=sheet.by_township),
                self._printed,
                "ui.annex.printing",
            )

    def _save_file(self) -> None:
        merge = self._with.desk.annex_merge
        self._with_rows(
            lambda sheet: merge.save_workbook(
                sheet.county, sheet.rows, own_folder(), sheet.left_out, by_township=sheet.by_township
            ),
            self._file_saved,
            "ui.annex.saving",
        )

    def _save_pdf(self) -> None:
        merge = self._with.desk.annex_merge
        self._with_rows(
            lambda sheet: merge.save_pdf(
                sheet.county, sheet.rows, own_folder(), sheet.left_out, by_township=sheet.by_township
            ),
            self._file_saved,
            "ui.annex.saving",
        )

    def _with_rows(self, work: Callable[[_Sheet], T], done: Callable[[T], None], words: str) -> None:
        """Do something with what is decided now."""
        if self._found is None:
            return
        grouped = bool(self._order.currentData())
        sheet = _Sheet(self._county.text.strip(), self._found.rows, self._decisions.left_out, grouped)
        self.act(lambda: work(sheet), done, self._told_refused, words=self._words(words))

    def _printed(self, came_out: bool) -> None:
        if came_out:
            self.say(Sentence("ui.annex.printed", {}, "good"))
        else:
            self.say(Sentence("ui.annex.print_kept", {}, "warn"))
            self._pdf.setFocus()

    def _file_saved(self, file: Path) -> None:
        self.say(Sentence("ui.annex.file_saved", {"file": str(file)}, "good"))

    def _told_refused(self, problem: Problem) -> bool:
        if problem.key.startswith(("printing.straight_", "printing.choose_", "printer.")):
            self.say(Sentence("ui.annex.not_printed", {"why": self._words.problem(problem)}, "bad"))
            self._pdf.setFocus()
            return True
        if not isinstance(problem, InputProblem):
            return False
        self.say(Sentence(problem.key, problem.params, "bad"))
        return True

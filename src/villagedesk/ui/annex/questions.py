"""基础设施和人员情况统计表: this station's answers, kept, printed, saved for the township."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.annex import ANSWERS, COUNTS, AnnexRow, missing
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.ui.annex.answer import Answer
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.columns import ColumnsLayout
from villagedesk.ui.fields import Field
from villagedesk.ui.own_folder import own_folder
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

if TYPE_CHECKING:
    from villagedesk.desk.annex_views import AnnexView

T = TypeVar("T")
_NAMES = ("county", "township", "village")
_NAME_WIDTH = 220


class AnnexPage(SettingsPage):
    """The questionnaire."""

    help_key = "ui.help.annex"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.annex.title", parent=parent)
        words = surroundings.words
        place = self.card("ui.annex.place")
        about = QWidget(self)
        beside = ColumnsLayout(about, GAP * 2)
        self._texts = {name: Field(words, f"annex_{name}", self._question(name), parent=self) for name in _NAMES}
        for field in self._texts.values():
            field.setMinimumWidth(_NAME_WIDTH)
            beside.addWidget(field)
        place.addWidget(about)
        self._saved = SentenceLabel(words, "annex_saved", self)
        self._filled_by = plain_label("", "quiet", self)
        self._filled_by.setObjectName("annex_filled_by")
        place.addWidget(self._filled_by)
        place.addWidget(self._saved)
        asked = self.card("ui.annex.answers")
        asked.addWidget(wrapping_label(words("ui.annex.means"), "quiet"))
        questions = QWidget(self)
        rows = ColumnsLayout(questions, GAP * 2)
        self._answers = {name: Answer(words, name, counts=name in COUNTS, parent=self) for name in ANSWERS}
        for answer in self._answers.values():
            rows.addWidget(answer)
        asked.addWidget(questions)
        self._texts["note"] = Field(words, "annex_note", self._question("note"), parent=self)
        asked.addWidget(self._texts["note"])
        self._pdf = button("annex_pdf", words("ui.annex.pdf"), self._save_pdf, parent=self)
        besides = QHBoxLayout()
        besides.setSpacing(GAP * 2)
        besides.addWidget(self._pdf)
        besides.addWidget(button("annex_merge", words("ui.annex.to_merge"), self._to_merge, parent=self))
        besides.addStretch(1)
        self.body.addLayout(besides)
        self.body.addStretch(1)
        self.foot.addWidget(
            button("annex_workbook", words("ui.annex.workbook"), self._save_file, key="F7", parent=self)
        )
        self.foot.addWidget(button("annex_print", words("ui.annex.print"), self._print, key="F8", parent=self))
        self.primary("primary_button", words("ui.annex.save"), self._save)
        on_key(self, "F7", self._save_file)
        on_key(self, "F8", self._print)

    def first_focus(self) -> QWidget:
        """The first question that has no answer."""
        for name in _NAMES:
            if not self._texts[name].text.strip() and name != "village":
                return self._texts[name].edit
        lacking = next((one for one in self._answers.values() if one.value is None), None)
        return self._answers[ANSWERS[0]].field if lacking is None else lacking.field

    def refresh(self, topics: frozenset[str]) -> None:
        """The answers, when the clerk comes here; what is being typed is not read anew."""
        if not topics:
            self.read(self._with.desk.annex.view, self._show)

    def _question(self, name: str) -> str:
        return self._words("ui.annex.county") if name == "county" else self._words(f"ui.annex.question.{name}")

    def _show(self, view: AnnexView) -> None:
        for name, field in self._texts.items():
            field.edit.setText(view.county if name == "county" else str(getattr(view.row, name)))
            field.tell(None)
        for name, answer in self._answers.items():
            proposed = view.proposed.get(name)
            given = getattr(view.row, name)
            if view.saved_on is None and proposed is not None:
                given = proposed.answer
            answer.show_answer(given, proposed)
        self._filled_by.setText(self._words("ui.annex.filled_by", name=view.filled_by))
        day = {"day": f"{view.saved_on}"}
        never = Sentence("ui.annex.never_saved", {}, "warn")
        self._saved.tell(never if view.saved_on is None else Sentence("ui.annex.saved_on", day, "good"))
        if self.isVisible():
            self.first_focus().setFocus()

    def _row(self) -> AnnexRow | None:
        """What is answered, None after the cursor was put to what is no number."""
        wrong = next((one for one in self._answers.values() if one.wrong), None)
        if wrong is not None:
            self.say(Sentence("ui.annex.no_number", {}, "bad"))
            wrong.look_again()
            return None
        given = {name: answer.value for name, answer in self._answers.items()}
        texts = {name: field.text.strip() for name, field in self._texts.items() if name != "county"}
        return AnnexRow(**texts, **given)  # type: ignore[arg-type]

    def _then(self, work: Callable[[], T], done: Callable[[T], None], words: str) -> None:
        """Save, then do something with what is saved."""
        row = self._row()
        if row is None:
            return
        county, annex = self._texts["county"].text.strip(), self._with.desk.annex

        def both() -> T:
            annex.save(county, row)
            return work()

        def finished(result: T) -> None:
            for field in self._texts.values():
                field.tell(None)
            self._read_saved()
            done(result)

        self.act(both, finished, self._told_refused, words=words)

    def _read_saved(self) -> None:
        def show(view: AnnexView) -> None:
            self._saved.tell(Sentence("ui.annex.saved_on", {"day": f"{view.saved_on}"}, "good"))

        self.read(self._with.desk.annex.view, show)

    def _save(self) -> None:
        row = self._row()
        if row is None:
            return
        lacking = len(missing(row))

        def saved(_: None) -> None:
            open_ones = Sentence("ui.annex.was_saved_open", {"count": lacking}, "warn")
            self.say(open_ones if lacking else Sentence("ui.annex.was_saved", {}, "good"))

        self._then(lambda: None, saved, "")

    def _print(self) -> None:
        annex = self._with.desk.annex
        self._then(annex.print, self._printed, self._words("ui.annex.printing"))

    def _save_file(self) -> None:
        annex = self._with.desk.annex
        self._then(lambda: annex.save_workbook(own_folder()), self._file_saved, self._words("ui.annex.saving"))

    def _save_pdf(self) -> None:
        annex = self._with.desk.annex
        self._then(lambda: annex.save_pdf(own_folder()), self._file_saved, self._words("ui.annex.saving"))

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
        sentence = Sentence(problem.key, problem.params, "bad")
        self.say(sentence)
        if problem.field in self._texts:
            self._texts[problem.field].tell(sentence)
            self._texts[problem.field].look_again()
        elif problem.field in self._answers:
            self._answers[problem.field].look_again()
        return True

    def _to_merge(self) -> None:
        self.settings_wanted.emit("annex_merge")

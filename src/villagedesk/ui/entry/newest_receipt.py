"""The newest receipt number at hand: asked before data begins again from a copy, so that no number is printed twice."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.local_no import parse_local_no
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.typed_text import fold_code
from villagedesk.ui.fields import Field, Tick
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP

_WHOLE_LENGTH = 12


class NewestReceipt(QWidget):
    """A line to type or scan it into, and the explicit choice that there is none at hand."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = Field(words, "newest_no", words("ui.newest.label"), hint=words("ui.newest.hint"), parent=self)
        self.none = Tick("newest_none", words("ui.newest.none"), words("ui.newest.why"), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(wrapping_label(words("ui.newest.why"), parent=self))
        column.addWidget(self.field)
        column.addWidget(self.none)
        self.field.edit.textEdited.connect(lambda: self._typed())
        self.field.edit.editingFinished.connect(self._judge)
        self.none.toggled.connect(self._chosen)

    @property
    def number(self) -> str | None:
        """As typed; None when the clerk says there is none."""
        return None if self.none.isChecked() else self.field.text

    @property
    def answered(self) -> bool:
        """Whether anything was typed or chosen."""
        return self.none.isChecked() or bool(self.field.text.strip())

    def taken(self) -> bool:
        """Whether the answer will do; if not, it is said what is wrong, with the cursor where it is mended."""
        if self.none.isChecked():
            return True
        if not self.field.text.strip():
            self.field.tell(Sentence("restoring.newest_no_empty", tone="bad"))
        elif self._judge():
            return True
        self.field.look_again()
        return False

    def tell(self, problem: Problem) -> None:
        """What the restore itself found wrong with the answer."""
        self.none.setChecked(False)
        self.field.tell(Sentence(problem.key, problem.params, "bad"))
        self.field.look_again()

    def _typed(self) -> None:
        if self.field.text:
            self.none.setChecked(False)
        if len(fold_code(self.field.text)) >= _WHOLE_LENGTH:
            self._judge()
        else:
            self.field.tell(None)  # not wrong yet, only not finished

    def _judge(self) -> bool:
        if not self.field.text.strip():
            return False
        try:
            number = parse_local_no(self.field.text)
        except InputProblem as problem:
            self.field.tell(Sentence(problem.key, problem.params, "bad"))
            return False
        self.field.tell(Sentence("ui.newest.right", {"number": str(number)}, "good"))
        return True

    def _chosen(self, none: bool) -> None:
        # what was typed stays: the box may have been ticked by mistake
        self.field.setEnabled(not none)
        if none:
            self.field.tell(None)
        else:
            self._judge()

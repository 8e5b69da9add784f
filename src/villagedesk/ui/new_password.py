"""A new password, typed twice; the rule stands beneath and is judged while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.ui.fields import Field
from villagedesk.ui.sentences import Words
from villagedesk.ui.theme import GAP


class NewPassword(QWidget):
    """Two secret lines.

    Args:
        name: object name of the first line; the second's is ``<name>_again``.
        wrong: what is wrong with a password, None when it will do.
    """

    def __init__(
        self, words: Words, name: str, wrong: Callable[[str], Sentence | None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._wrong = wrong
        self.first = Field(words, name, words("ui.password.new"), secret=True, parent=self)
        self.again = Field(words, f"{name}_again", words("ui.password.again"), secret=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self.first)
        column.addWidget(self.again)
        self.first.edit.textEdited.connect(lambda: self._judge())
        self.again.edit.textEdited.connect(lambda: self._compare(typing=True))
        self.clear()

    def clear(self) -> None:
        """Nothing typed, the rule beneath."""
        for field in (self.first, self.again):
            field.edit.clear()
        self.first.tell(Sentence("ui.password.rule"))
        self.again.tell(None)

    def taken(self) -> str | None:
        """The password, or None after having said what is wrong, with the cursor where it is mended."""
        if not self.first.text:
            self.first.tell(Sentence("ui.password.empty", tone="bad"))
            self.first.look_again()
            return None
        if not self._judge():
            self.first.look_again()
            return None
        if not self._compare(typing=False):
            self.again.look_again()
            return None
        return self.first.text

    def _judge(self) -> bool:
        typed = self.first.text
        sentence = self._wrong(typed) if typed else None
        if typed and sentence is None:
            self.first.tell(Sentence("ui.password.will_do", tone="good"))
        else:
            self.first.tell(sentence or Sentence("ui.password.rule"))
        if self.again.text:
            self._compare(typing=True)
        return bool(typed) and sentence is None

    def _compare(self, *, typing: bool) -> bool:
        first, again = self.first.text, self.again.text
        same = first == again
        if same:
            self.again.tell(Sentence("ui.password.same", tone="good") if again else None)
        elif typing and first.startswith(again):
            self.again.tell(None)  # not wrong yet, only not finished
        else:
            self.again.tell(Sentence("ui.password.differs", tone="bad"))
        return same

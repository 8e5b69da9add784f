"""What is wanted of a case that came back, and what was corrected so far: over the steps while it is corrected."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from villagedesk.desk.views import Correction, DraftView, Sentence
from villagedesk.domain.form_check import FORM
from villagedesk.domain.party import PartyRole
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.theme import GAP
from villagedesk.ui.wanted_list import WantedList

_MOST_RAW = 200
_ROLES = frozenset(str(role) for role in PartyRole)
_DERIVED = frozenset({"birth_date", "sex"})
"""They follow the number and are told with it."""


class CorrectionNotice(QFrame):
    """Hidden for a draft."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("correction")
        self.setProperty("role", "notice-calm")
        self._wanted = SentenceLabel(words, "correction_wanted", self)
        self._list = WantedList(words, self)
        self._raw = wrapping_label("", "small", self)
        self._raw.setObjectName("correction_raw")
        self._raw.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._changed = SentenceLabel(words, "correction_changed", self)
        self._identity = SentenceLabel(words, "correction_identity", self)
        self._identity.tell(Sentence("ui.correction.identity", tone="warn"))
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 2, GAP, GAP * 2, GAP)
        column.setSpacing(GAP // 2)
        for widget in (self._wanted, self._list, self._changed, self._identity, self._raw):
            column.addWidget(widget)
        self.hide()

    def tell(self, draft: DraftView) -> None:
        """Show what is wanted and what was corrected."""
        correction = draft.correction
        self.setVisible(correction is not None)
        if correction is None:
            return
        snag = correction.snag
        wanted = None if snag is None else snag.reason
        if correction.completes:
            wanted = Sentence("ui.correction.complete_means")
        self._wanted.tell(wanted)
        self._wanted.setVisible(wanted is not None)
        self._list.show_wanted(snag, lines=False)
        raw = "" if snag is None else snag.raw[:_MOST_RAW].replace(",", ", ")
        self._raw.setText(self._words("ui.snag.raw", raw=raw) if raw else "")
        self._raw.setVisible(bool(raw))
        changed = "、".join(dict.fromkeys(self._names(correction, draft)))
        self._changed.tell(
            Sentence("ui.correction.changed", {"what": changed}, "good")
            if changed
            else Sentence("ui.correction.unchanged")
        )
        self._changed.setVisible(bool(changed) or not correction.completes)
        self._identity.setVisible(correction.identity)

    def _names(self, correction: Correction, draft: DraftView) -> Iterator[str]:
        fields = {field.name: field.label for field in draft.item.fields}
        for name in correction.fields:
            if name.startswith(FORM):
                yield fields.get(name.removeprefix(FORM), self._words("ui.correction.form"))
            elif name in _ROLES:
                yield self._words(f"ui.case.party.{name}")
            elif name not in _DERIVED:
                yield self._words(f"ui.correction.field.{name}")
        yield from correction.papers

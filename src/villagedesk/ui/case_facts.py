"""What a case holds besides its numbers: its clocks, the people in it, its form, how each paper stands, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from villagedesk.desk.life_views import ClockView
from villagedesk.desk.views import CaseView, Sentence
from villagedesk.domain.case import Case, Material, MaterialState
from villagedesk.domain.masking import mask_number, mask_phone
from villagedesk.domain.party import Party, Relation
from villagedesk.ui.form_words import form_lines
from villagedesk.ui.layouts import clear
from villagedesk.ui.sentences import SentenceLabel, Words, wrapping_label
from villagedesk.ui.theme import GAP

_RELATIONS = frozenset(one.value for one in Relation)
_TONES = {
    MaterialState.TAKEN: "good",
    MaterialState.SEEN: "good",
    MaterialState.PROMISED: "warn",
    MaterialState.REUSED: "good",
    MaterialState.NOT_NEEDED: "calm",
}


def has_promises(case: Case) -> bool:
    """Whether a paper is still to be brought."""
    return any(material.state is MaterialState.PROMISED for material in case.materials)


class ClockLines(QWidget):
    """The law clocks that run, soonest first, each with its shape, colour and words."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GAP // 2)
        self.setObjectName("case_clocks")

    def show_clocks(self, clocks: Sequence[ClockView]) -> None:
        """Replace them; nothing is shown where none runs."""
        clear(self._column)
        for number, view in enumerate(clocks, start=1):
            label = SentenceLabel(self._words, f"clock_{number}", self)
            label.tell(view.sentence)
            self._column.addWidget(label)
        self.setVisible(bool(clocks))


class Facts(QWidget):
    """Two columns: what it is called, and what was taken in.

    Args:
        name: beginning of the object names of the values.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP * 2)
        self._grid.setVerticalSpacing(GAP // 2)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)

    def show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        """Replace them."""
        clear(self._grid)
        for row, (label, value) in enumerate(lines):
            self._grid.addWidget(wrapping_label(label, "quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
            said = wrapping_label(value)
            said.setObjectName(f"{self._name}_{row + 1}")
            said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(said, row, 1)


def party_lines(words: Words, parties: Sequence[Party], *, masked: bool) -> list[tuple[str, str]]:
    """Role, and who it is: name, relation, number, telephone, what an agent may do and until when."""
    return [
        (words(f"ui.case.party.{party.role}"), _party(words, party, masked=masked)) for party in parties if party.name
    ]


def form_facts(words: Words, view: CaseView, *, masked: bool) -> list[tuple[str, str]]:
    """The item's own form as it was filled in."""
    return form_lines(words, view.item.fields if view.item is not None else (), view.case.form, masked=masked)


def paper_sentence(words: Words, material: Material) -> Sentence:
    """How a paper stands: taken, looked at and given back, promised until when, or of an earlier case; how far it can
    be trusted; and whether it was given back since."""
    parts = [words(f"ui.case.paper.{material.state}", until=material.promised_until)]
    if material.state in (MaterialState.TAKEN, MaterialState.SEEN, MaterialState.REUSED):
        parts.append(words(f"ui.case.trust.{material.trust.lower()}"))
    if material.returned and material.state is MaterialState.TAKEN:
        parts.append(words("ui.case.paper.returned"))
    return Sentence(
        "ui.case.paper.stands", {"what": words("ui.value.between_cells").join(parts)}, _TONES[material.state]
    )


def _party(words: Words, party: Party, *, masked: bool) -> str:
    number, phone = party.document_number, party.phone
    if masked:
        number, phone = mask_number(number), mask_phone(phone)
    relation = words(f"domain.relation.{party.relation}") if party.relation in _RELATIONS else party.relation
    document = f"{words(f'domain.document.{party.document_kind}')} {number}" if number else ""
    until = words("ui.case.party.until", day=party.until) if party.until else ""
    parts = (party.name, relation, document, phone, party.scope, until)
    return words("ui.value.between_cells").join(part for part in parts if part)

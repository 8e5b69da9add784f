"""线路情况: from this PC to the acceptance system, layer by layer; to be read to the technician by telephone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from villagedesk.desk.link_desk import LayerView, LinkView, TechnicalLine
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import COLOURS, SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP, QUIET

_MARKS = {"ok": "✓", "broken": "✗", "unknown": "?", "needless": "–"}


class LinkPage(Screen):
    """Opened from the page of link and queue, and leads back there; F5 is the frame's."""

    help_key = "ui.help.link"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        words = surroundings.words
        self._view: LinkView | None = None
        self._advice = SentenceLabel(words, "link_advice", self)
        self._advice.setProperty("role", "h2")
        self._layers = QGridLayout()
        self._rows: list[tuple[QLabel, QLabel, QLabel, QLabel]] = []
        self._lines = wrapping_label("", "", self)
        self._lines.setObjectName("link_lines")
        self._lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = wrapping_label("", "quiet", self)
        self._said.setObjectName("link_said")
        text = words("ui.link.check")
        self._check = button("link_check", text, self.check_now, key="F5", role="primary", parent=self)
        self._accept = button("link_accept", words("ui.link.accept"), self._accept_route, parent=self)
        self._acceptance = QFrame(self)
        self._lay_out()
        on_key(self, "Esc", self.sending_wanted.emit)
        on_enter(self, self.check_now)
        self.refresh(frozenset())

    def title(self) -> str:
        """线路情况"""
        return self._with.words("ui.link.title")

    def first_focus(self) -> QWidget:
        """The primary button."""
        return self._check

    def refresh(self, topics: frozenset[str]) -> None:
        """Read again on news about the link."""
        if not topics or "link" in topics:
            self._with.background.run(self, self._with.desk.link.view, self._show, lane=Lane.READS)

    def check_now(self) -> None:
        """Look at once instead of at the next planned time."""
        self._with.background.run(
            self,
            self._with.desk.link.check_now,
            lambda _: self.refresh(frozenset()),
            words=self._with.words("ui.link.checking"),
        )

    def _lay_out(self) -> None:
        words = self._with.words
        layers = _card(self)
        column = _column(layers)
        column.addWidget(self._advice)
        self._layers.setHorizontalSpacing(GAP * 2)
        self._layers.setVerticalSpacing(GAP)
        self._layers.setColumnStretch(2, 1)
        column.addLayout(self._layers)
        self._acceptance.setProperty("role", "card")
        inner = _column(self._acceptance)
        inner.addWidget(plain_label(words("ui.link.accept_title"), "h3", self._acceptance))
        inner.addWidget(wrapping_label(words("ui.link.accept_means"), "quiet", self._acceptance))
        row = QHBoxLayout()
        row.addWidget(self._accept)
        row.addStretch(1)
        inner.addLayout(row)
        self._acceptance.hide()
        technical = _card(self)
        inner = _column(technical)
        inner.addWidget(plain_label(words("ui.link.lines"), "h3", technical))
        inner.addWidget(self._lines)
        content = QWidget()
        page = QVBoxLayout(content)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GAP * 2)
        for card in (layers, self._acceptance, technical):
            page.addWidget(card)
        page.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(button("back", words("ui.back"), self.sending_wanted.emit, key="Esc", parent=self))
        foot.addWidget(self._said, 1)
        foot.addWidget(self._check)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        whole.setSpacing(GAP * 2)
        whole.addWidget(scrolled(content, self), 1)
        whole.addLayout(foot)

    def _show(self, view: LinkView) -> None:
        self._view = view
        self._advice.tell(view.advice)
        for place, layer in enumerate(view.layers):
            if place == len(self._rows):
                self._rows.append(self._row(place, layer.name.key.rpartition(".")[2]))
            self._tell(self._rows[place], layer)
        lines = (f"{number:>2}  {self._text(line)}" for number, line in enumerate(view.lines, start=1))
        self._lines.setText("\n".join(lines))
        if self._accept.hasFocus() and view.refusal is None:
            self._check.setFocus()
        self._acceptance.setVisible(view.refusal is not None)

    def _row(self, place: int, name: str) -> tuple[QLabel, QLabel, QLabel, QLabel]:
        labels = (plain_label("", "h3", self), plain_label("", "", self), wrapping_label("", "", self), plain_label())
        for label, part in zip(labels, ("name", "mark", "means", "since"), strict=True):
            label.setObjectName(f"layer_{name}_{part}")
        labels[3].setProperty("role", "quiet")
        for column, label in enumerate(labels):
            self._layers.addWidget(label, place, column)
        return labels

    def _tell(self, labels: tuple[QLabel, QLabel, QLabel, QLabel], layer: LayerView) -> None:
        words = self._with.words
        name, mark, means, since = labels
        name.setText(words.of(layer.name))
        mark.setText(f"{_MARKS[layer.mark]} {words.of(layer.word)}")
        colour = QUIET if layer.word.tone == "calm" else COLOURS[layer.word.tone]
        mark.setStyleSheet(f"color: {colour}; font-weight: {'bold' if layer.rules else 'normal'}")
        means.setText(words.of(layer.means))
        told = layer.since and layer.mark in ("ok", "broken")
        since.setText(words("ui.link.since", since=layer.since) if told else "")

    def _text(self, line: TechnicalLine) -> str:
        words = self._with.words
        parts = (part if isinstance(part, str) else words.of(part) for part in line.parts)
        return f"{words(line.label)}：{'  '.join(parts)}"

    def _accept_route(self) -> None:
        refusal = None if self._view is None else self._view.refusal
        if refusal is None:
            return

        def done(_: None) -> None:
            self._said.setText(self._with.words("ui.link.accepted"))
            self.worked.emit()
            self.refresh(frozenset())

        self._with.background.run(self, lambda: self._with.desk.link.accept_route(refusal), done)


def _card(parent: QWidget) -> QFrame:
    card = QFrame(parent)
    card.setProperty("role", "card")
    return card


def _column(card: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(card)
    column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
    column.setSpacing(GAP)
    return column

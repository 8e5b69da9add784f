"""打印: which printer prints what, on what receipts are printed, how many of each paper; a test page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.print_choices import MOST_COPIES
from villagedesk.desk.print_settings import SETTABLE, PrintSettingsView
from villagedesk.desk.views import Sentence
from villagedesk.domain.printing import PaperKind, PaperSize
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP

_NAME_WIDTH = 130
_LIST_WIDTH = 560


class PrintingPage(SettingsPage):
    """打印. Every choice is kept at once."""

    help_key = "ui.help.printing"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.printing.title", parent=parent)
        words = surroundings.words
        self._showing = False
        self._printers: dict[PaperSize, Choice] = {}
        self._states: dict[PaperSize, SentenceLabel] = {}
        card = self.card("ui.printing.printers")
        for size in PaperSize:
            card.addLayout(self._printer_row(size))
        card.addWidget(wrapping_label(words("ui.printing.printers_means"), "quiet"))
        card = self.card("ui.printing.receipt")
        self._receipt = Choice("receipt_size", words("ui.printing.receipt"), self)
        self._receipt.setMaximumWidth(_LIST_WIDTH)
        for size in PaperSize:
            self._receipt.addItem(words(f"ui.printing.receipt_on.{size.value}"), size)
        self._receipt.currentIndexChanged.connect(lambda _: self._set_receipt())
        card.addWidget(self._receipt)
        card = self.card("ui.printing.copies")
        self._copies = self._copy_rows(card)
        card.addWidget(wrapping_label(words("ui.printing.copies_means"), "quiet"))
        self.body.addStretch(1)

    def first_focus(self) -> QWidget:
        """The printer for sheets."""
        return self._printers[PaperSize.A4]

    def refresh(self, topics: frozenset[str]) -> None:
        """What is chosen, and how the printers stand."""
        if not topics or topics & {"devices"}:
            self.read(self._with.desk.print_settings.view, self._show)

    def _printer_row(self, size: PaperSize) -> QVBoxLayout:
        words = self._words
        label = words(f"ui.printing.size.{size.value}")
        choice = Choice(f"printer_{size.value}", label, self)
        choice.currentIndexChanged.connect(lambda _: self._set_printer(size))
        self._printers[size] = choice
        state = self._states[size] = SentenceLabel(words, f"printer_state_{size.value}", self)
        tried = button(
            f"try_{size.value}",
            words("ui.printing.try_out"),
            partial(self._try_out, size),
            icons=self._with.icons,
            icon="printer",
            parent=self,
        )
        tried.setAccessibleName(f"{words('ui.printing.try_out')}　{label}")
        name = plain_label(label, "h3", self)
        name.setBuddy(choice)
        name.setFixedWidth(_NAME_WIDTH)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(name)
        row.addWidget(choice, 1)
        row.addWidget(tried)
        column = QVBoxLayout()
        column.setSpacing(GAP // 2)
        column.addLayout(row)
        column.addWidget(state)
        return column

    def _copy_rows(self, card: QVBoxLayout) -> dict[PaperKind, Choice]:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 2)
        grid.setVerticalSpacing(GAP)
        found: dict[PaperKind, Choice] = {}
        for place, kind in enumerate(SETTABLE):
            name = self._words(f"paper_kind.{kind.value}")
            choice = Choice(f"copies_{kind.value}", self._words("ui.printing.copies_of", paper=name), self)
            for count in range(MOST_COPIES + 1):
                key = "ui.printing.none" if count == 0 else "ui.printing.count"
                choice.addItem(self._words(key, count=count), count)
            choice.currentIndexChanged.connect(lambda _, kind=kind: self._set_copies(kind))
            label = plain_label(name, "", self)
            label.setBuddy(choice)
            column = place % 2 * 2
            grid.addWidget(label, place // 2, column)
            grid.addWidget(choice, place // 2, column + 1)
            found[kind] = choice
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        card.addLayout(grid)
        return found

    def _show(self, view: PrintSettingsView) -> None:
        self._showing = True
        states = {one.name: one.state for one in view.printers}
        for size, choice in self._printers.items():
            choice.clear()
            choice.addItem(self._words("ui.printing.not_chosen"), "")
            for one in view.printers:
                key = "ui.printing.default" if one.is_default else "ui.printing.plain"
                choice.addItem(self._words(key, printer=one.name), one.name)
            chosen = view.choices.printers.get(size, "")
            choice.setCurrentIndex(max(0, choice.findData(chosen)))
            self._states[size].tell(states.get(chosen) or self._unchosen(size, view))
        self._receipt.setCurrentIndex(self._receipt.findData(view.choices.receipt))
        for kind, choice in self._copies.items():
            choice.setCurrentIndex(view.choices.copies.get(kind, 1))
        self._showing = False

    @staticmethod
    def _unchosen(size: PaperSize, view: PrintSettingsView) -> Sentence:
        if not view.printers:
            return Sentence("ui.printing.no_printer", tone="warn")
        if len(view.printers) == 1:
            return Sentence("ui.printing.only_one", {"printer": view.printers[0].name})
        if size is PaperSize.A5 and view.choices.printers.get(PaperSize.A4):
            return Sentence("ui.printing.as_a4", {"printer": view.choices.printers[PaperSize.A4]})
        return Sentence("ui.printing.asked_later")

    def _set_printer(self, size: PaperSize) -> None:
        if not self._showing:
            name, settings = str(self._printers[size].currentData()), self._with.desk.print_settings
            self._keep(lambda: settings.choose_printer(size, name))

    def _set_receipt(self) -> None:
        if not self._showing:
            size, settings = PaperSize(self._receipt.currentData()), self._with.desk.print_settings
            self._keep(lambda: settings.set_receipt(size))

    def _set_copies(self, kind: PaperKind) -> None:
        if not self._showing:
            count, settings = int(self._copies[kind].currentData()), self._with.desk.print_settings
            self._keep(lambda: settings.set_copies(kind, count))

    def _keep(self, work: Callable[[], None]) -> None:
        """One after the other: what is chosen while an earlier choice is being kept is kept, too."""
        self._with.background.run(self, work, self._kept)

    def _kept(self, _: None) -> None:
        self.say(Sentence("ui.printing.kept", tone="good"))
        self.refresh(frozenset())

    def _try_out(self, size: PaperSize) -> None:
        settings = self._with.desk.print_settings
        self.act(lambda: settings.try_out(size), self.say, words=self._words("ui.print.working"))

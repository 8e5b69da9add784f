"""What a page says, beside its picture: values to be ticked, whose they are, what stands in their places now. Enter
writes the ticked ones, Esc leaves everything as it is."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from villagedesk.desk.reading_views import CodeKind, Offer, ProposedValue, ReadField, Recognised, SaidCode
from villagedesk.ui.buttons import button, on_key
from villagedesk.ui.fields import Choice
from villagedesk.ui.intake.reading_picture import ReadingPicture
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_WIDTH = 400
_OTHER_KEY = "PgDown"
_OUTLINES = Qt.ItemDataRole.UserRole
_VALUE = Qt.ItemDataRole.UserRole + 1


class ReadingPanel(QFrame):
    """Signals:
    accept_wanted(Offer, frozenset): write these fields of it.
    left(): close without writing anything.
    other_wanted(): read another page.
    """

    accept_wanted = Signal(object, object)
    left = Signal()
    other_wanted = Signal()

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        words = self._words = surroundings.words
        self.setObjectName("reading_panel")
        self.setProperty("role", "card")
        self._recognised: Recognised | None = None
        self._picture = ReadingPicture(words("ui.reading.page"), self)
        self._title = wrapping_label("", "h3", self)
        self._title.setObjectName("reading_title")
        self._paper = Choice("reading_paper", words("ui.reading.paper"), self)
        self._who_label = plain_label(words("ui.reading.who"), "quiet", self)
        self._who = Choice("reading_who", words("ui.reading.who"), self)
        self._who_label.setBuddy(self._who)
        self.list = QListWidget(self)
        self.list.setObjectName("reading_values")
        self.list.setAccessibleName(words("ui.reading.values"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._hint = wrapping_label("", "small", self)
        self._hint.setObjectName("reading_hint")
        self._accept = button("reading_accept", "", self.accept, key="Enter", role="primary", parent=self)
        self._leave = button("reading_leave", words("ui.reading.leave"), self.left.emit, key="Esc", parent=self)
        self._other = button(
            "reading_other",
            words("ui.reading.other"),
            self.other_wanted.emit,
            key=_OTHER_KEY,
            role="small",
            parent=self,
        )
        self._lay_out()
        on_key(self, _OTHER_KEY, self._other.click)
        self._paper.currentIndexChanged.connect(lambda _: self._show_paper())
        self._who.currentIndexChanged.connect(lambda _: self._show_values())
        self.list.currentItemChanged.connect(lambda item, _: self._outline(item))
        self.list.itemChanged.connect(lambda _: self._show_count())

    @property
    def case_id(self) -> str:
        """Of what is shown, "" before anything was."""
        return "" if self._recognised is None else self._recognised.case_id

    def show_read(self, recognised: Recognised, *, others: bool = False) -> None:
        """Show what was read.

        Args:
            others: whether there is another page to read.
        """
        self._recognised = recognised
        self._picture.show_page(recognised.picture, recognised.quarter_turns)
        self._other.setVisible(others)
        with QSignalBlocker(self._paper):
            self._paper.clear()
            for place, paper in enumerate(recognised.papers):
                self._paper.addItem(self._words.of(paper.name), place)
        self._paper.setVisible(len(recognised.papers) > 1)
        self._show_paper()

    def accept(self) -> None:
        """Write what is ticked; nothing happens while nothing is."""
        offer, fields = self._offer(), self.ticked()
        if offer is not None and fields:
            self.accept_wanted.emit(offer, fields)

    def ticked(self) -> frozenset[ReadField]:
        """The fields that would be written."""
        items = (self.list.item(row) for row in range(self.list.count()))
        return frozenset(
            item.data(_VALUE).field
            for item in items
            if item.data(_VALUE) is not None and item.checkState() is Qt.CheckState.Checked
        )

    def first_focus(self) -> QWidget:
        """The list, so that ↑ ↓ and Space act at once."""
        return self.list

    def _offer(self) -> Offer | None:
        if self._recognised is None or not self._recognised.papers:
            return None
        offers = self._recognised.papers[max(0, self._paper.currentIndex())].offers
        return offers[min(max(0, self._who.currentIndex()), len(offers) - 1)]

    def _show_paper(self) -> None:
        read, words = self._recognised, self._words
        if read is None:
            return
        names = words("ui.reading.and").join(words.of(paper.name) for paper in read.papers)
        self._title.setText(words("ui.reading.title", paper=names) if names else words("ui.reading.title_codes"))
        offers = read.papers[max(0, self._paper.currentIndex())].offers if read.papers else ()
        with QSignalBlocker(self._who):
            self._who.clear()
            for offer in offers:
                self._who.addItem(words.of(offer.who), offer.target)
        several = len(offers) > 1
        self._who.setVisible(several)
        self._who_label.setVisible(several)
        self._show_values()

    def _show_values(self) -> None:
        offer, read = self._offer(), self._recognised
        with QSignalBlocker(self.list):
            self.list.clear()
            for value in offer.values if offer is not None else ():
                self.list.addItem(self._item(value))
            for code in read.codes if read is not None else ():
                self.list.addItem(self._code_item(code))
        self._show_count()
        values = offer.values if offer is not None else ()
        self._picture.show_paper([outline for value in values for outline in value.outlines])
        if self.list.count():
            self.list.setCurrentRow(0)
        self._outline(self.list.currentItem())

    def _item(self, value: ProposedValue) -> QListWidgetItem:
        item = QListWidgetItem("\n".join(_lines(self._words, value)))
        item.setData(_OUTLINES, value.outlines)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        if value.place and not value.same:
            item.setData(_VALUE, value)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if value.ticked else Qt.CheckState.Unchecked)
        return item

    def _code_item(self, code: SaidCode) -> QListWidgetItem:
        more = code.kind is CodeKind.INVOICE and code.day and code.amount
        key = "reading.code.invoice_more" if more else f"reading.code.{code.kind}"
        values = {"text": code.text, "day": code.day, "amount": code.amount}
        item = QListWidgetItem(self._words(key, **values))
        item.setData(_OUTLINES, (code.outline,))
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        return item

    def _outline(self, item: QListWidgetItem | None) -> None:
        self._picture.outline(item.data(_OUTLINES) if item is not None else ())

    def _show_count(self) -> None:
        words, offer = self._words, self._offer()
        count = len(self.ticked())
        possible = bool(offer and offer.places)
        self._accept.setVisible(possible)
        self._accept.setEnabled(count > 0)
        text = words("ui.reading.accept", count=count) if count else words("ui.reading.accept_none")
        self._accept.setText(f"{text}  Enter")
        self._accept.setAccessibleName(text)
        name_waits = bool(offer) and any(
            value.field is ReadField.NAME and value.field not in self.ticked()
            for value in (offer.places if offer else ())
        )
        key = "ui.reading.name_waits" if name_waits else "ui.reading.hint" if possible else "ui.reading.hint_told"
        self._hint.setText(words(key))

    def _lay_out(self) -> None:
        side = QWidget(self)
        side.setFixedWidth(_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._other)
        column.addLayout(head)
        column.addWidget(self._paper)
        who = QHBoxLayout()
        who.addWidget(self._who_label)
        who.addWidget(self._who, 1)
        column.addLayout(who)
        column.addWidget(self.list, 1)
        column.addWidget(self._hint)
        feet = QHBoxLayout()
        feet.setSpacing(GAP)
        feet.addWidget(self._leave)
        feet.addWidget(self._accept, 1)
        column.addLayout(feet)
        row = QHBoxLayout(self)
        row.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        row.setSpacing(GAP * 2)
        row.addWidget(self._picture, 1)
        row.addWidget(side)


def _lines(words: Words, value: ProposedValue) -> list[str]:
    """A value as the list shows it: what, how sure, what stands there now, what to look at."""
    field = words(f"reading.field.{value.field}")
    sure = words(f"reading.certainty.{value.certainty}")
    lines = [words("ui.reading.line", field=field, value=words.of(value.shown), sure=sure)]
    if value.same:
        lines.append(words("ui.reading.same"))
    elif value.there:
        lines.append(words("ui.reading.differs", there=value.there))
    return lines + [words.marked(remark) for remark in value.remarks]

"""Who applies: a person or an organisation, their document and number, how to reach them."""

from __future__ import annotations

from collections.abc import Container

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.ethnic_groups import ETHNIC_GROUPS
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.party import ApplicantKind
from villagedesk.domain.resident_id import Sex
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.typed_text import fold_code
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.form_words import ethnic_words
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.form_inputs import make_input
from villagedesk.ui.intake.parties import KEYS
from villagedesk.ui.intake.private_use import PrivateUseOffer
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label
from villagedesk.ui.theme import GAP

_GROUPED = frozenset({DocumentKind.RESIDENT_ID.value, DocumentKind.PERMANENT_RESIDENCE.value})
_TELLS_BIRTH = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.RESIDENCE_PERMIT_HMT, DocumentKind.USCC})
"""Documents whose number says when its bearer was born, or that belong to nobody who was."""
_OF_ORGANISATIONS = (DocumentKind.USCC, DocumentKind.OTHER)


def grouped(number: str) -> str:
    """An 18-character number in groups of 6, 8 and 4, as people read it out; others as they are."""
    plain = "".join(number.split())
    return " ".join(part for part in (plain[:6], plain[6:14], plain[14:]) if part)


def _right_number(draft: DraftView) -> str:
    """The applicant's number as it is compared; "" while it is not right."""
    wrong = any(trouble.field == "document_number" and trouble.blocking for trouble in draft.troubles)
    return "" if wrong else fold_code(draft.case.applicant.document_number)


class ApplicantCard(QFrame):
    """The applicant's fields.

    Signals:
        typed(), settled(): as of :class:`villagedesk.ui.intake.form_inputs.FormInput`.
        known_wanted(), card_wanted(): choose somebody known; read a card.
    """

    typed = Signal()
    settled = Signal()
    known_wanted = Signal()
    card_wanted = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._words = words
        self._filling = False
        self._kinds: tuple[DocumentKind, ...] = ()
        self.who = Choice("applicant_kind", words("ui.applicant.who"), self)
        for who in ApplicantKind:
            self.who.addItem(words(f"ui.applicant.who_{who}"), who.value)
        # made in the order Tab goes through them
        self.name = Field(words, "applicant_name", words("ui.applicant.name"), parent=self)
        self._private_use = PrivateUseOffer(words, self.name.edit, self)
        self.name.add_beside(self._private_use.button)
        self.kind = Choice("document_kind", words("ui.applicant.kind"), self)
        self.number = Field(words, "document_number", words("ui.applicant.number"), parent=self)
        hint = words("ui.applicant.phone_hint")
        self.phone = Field(words, "phone", words("ui.applicant.phone"), hint=hint, parent=self)
        sexes = tuple(Option(str(sex), words(f"ui.sex.{sex}")) for sex in Sex)
        groups = tuple(Option(code, ethnic_words(words, code)) for code in ETHNIC_GROUPS)
        group = words("ui.review.ethnic_group")
        self.told = {
            "birth_date": self._told(FormField("birth_date", words("ui.applicant.birth_date"), FieldKind.DATE)),
            "sex": self._told(FormField("sex", words("ui.applicant.sex"), FieldKind.CHOICE, options=sexes)),
            "ethnic_group": self._told(FormField("ethnic_group", group, FieldKind.CHOICE, options=groups)),
        }
        self._group_of = ""
        self._differed: set[str] = set()
        self.address = Field(words, "address", words("ui.applicant.address"), parent=self)
        self._kind_trouble = SentenceLabel(words, "document_kind_trouble", self)
        self._kind_trouble.setMinimumHeight(self._kind_trouble.fontMetrics().height() + GAP // 2)
        self._echo = plain_label("", "echo", self)
        self._echo.setObjectName("number_echo")
        self._derived = plain_label("", "quiet", self)
        self._derived.setObjectName("number_derived")
        self.number.add_echo(self._echo)
        self.number.add_echo(self._derived)
        self.fields = {
            "name": self.name,
            "document_number": self.number,
            "phone": self.phone,
            "address": self.address,
        }
        self._read = button("applicant_card", "", self.card_wanted.emit, parent=self)
        self._lay_out()
        for field in self.fields.values():
            field.edit.textChanged.connect(self._was_typed)
            field.edit.editingFinished.connect(self.settled)
        self.kind.currentIndexChanged.connect(self._was_chosen)
        self.who.currentIndexChanged.connect(self._who_chosen)

    def fill(self, draft: DraftView) -> None:
        """Show another draft."""
        self._filling = True
        applicant = draft.case.applicant
        self.who.setCurrentIndex(max(0, self.who.findData(applicant.kind.value)))
        self._offer(draft.item)
        self.kind.setCurrentIndex(max(0, self.kind.findData(applicant.document_kind)))
        for name, field in self.fields.items():
            field.edit.setText(str(getattr(applicant, name)))
        for name, one in self.told.items():
            one.fill(str(getattr(applicant, name)))
            one.hide()
        self._group_of = _right_number(draft)
        self._differed.clear()
        self._filling = False

    def take_over(self, draft: DraftView, unsaved: Container[str]) -> None:
        """What the desk changed by itself: the kind of document a number shows itself to be of, and what the number
        before it had said.

        Args:
            unsaved: names of fields that hold something newer.
        """
        self._filling = True
        applicant = draft.case.applicant
        if "kind" not in unsaved:
            self.who.setCurrentIndex(max(0, self.who.findData(applicant.kind.value)))
            self._offer(draft.item)
        if "document_kind" not in unsaved:
            self.kind.setCurrentIndex(max(0, self.kind.findData(applicant.document_kind)))
        for name, one in self.told.items():
            if name not in unsaved and one.value() != str(getattr(applicant, name)):
                one.fill(str(getattr(applicant, name)))
        self._filling = False

    def part_with_group(self, draft: DraftView) -> None:
        """An ethnic group a card brought is that of the person whose number it bears; another right number is another
        person's."""
        number, group = _right_number(draft), self.told["ethnic_group"]
        if number and self._group_of and number != self._group_of and group.value():
            group.fill("")
            self.typed.emit()
        self._group_of = number or self._group_of

    def values(self) -> dict[str, str]:
        """Everything as typed, also in fields that are not shown."""
        typed = {name: field.text for name, field in self.fields.items()}
        typed["kind"] = str(self.who.currentData())
        typed["document_kind"] = str(self.kind.currentData())
        return typed | {name: one.value() for name, one in self.told.items()}

    def stops(self) -> list[tuple[QWidget, QWidget, bool]]:
        """What Enter goes through, in the order on the screen: each part, where the cursor goes in it, whether it is
        empty and asked for."""
        fields = {name: (one, one.edit, not one.text.strip()) for name, one in self.fields.items()}
        told = [
            (one, one.focus_widget(), name != "ethnic_group" and not one.value())
            for name, one in self.told.items()
            if not one.isHidden()
        ]
        return [
            (self.who, self.who, False),
            fields["name"],
            (self.kind, self.kind, False),
            fields["document_number"],
            fields["phone"],
            *told,
            fields["address"],
        ]

    def show_state(self, draft: DraftView, sentences: dict[str, Sentence]) -> None:
        """What is wrong, what the number says, and which fields are asked for."""
        for name, field in self.fields.items():
            field.tell(sentences.get(name))
        self._private_use.tell(sentences.get("name"))
        self._kind_trouble.tell(sentences.get("document_kind") or sentences.get("kind"))
        wrong = {trouble.field for trouble in draft.troubles}
        for name, one in self.told.items():
            asks = self._asks(name, differs=name in wrong)
            one.setVisible(asks)
            one.tell(sentences.get(name) if asks else None)
        self._show_who(draft.item)
        self.show_echo(draft, sentences)

    def show_echo(self, draft: DraftView | None, sentences: dict[str, Sentence]) -> None:
        """The number in groups, and the birth date and sex in it; what is wrong with them stands there too."""
        number = self.number.text.strip()
        shown = bool(number) and self.kind.currentData() in _GROUPED
        self._echo.setText(grouped(number) if shown else "")
        derived = ""
        saved = draft.case.applicant.document_number.strip() if draft is not None else ""
        if draft is not None and draft.birth_date is not None and number == saved and not self._asks_birth():
            born = draft.birth_date
            sex = self._words(f"ui.sex.{draft.sex}") if draft.sex else ""
            derived = self._words("ui.applicant.derived", year=born.year, month=born.month, day=born.day, sex=sex)
            if "birth_date" in sentences and self.told["birth_date"].isHidden():
                # an age the item's rule speaks of
                derived = f"{derived}　{self._words.marked(sentences['birth_date'])}"
        self._derived.setText(derived)
        self._echo.setVisible(bool(self._echo.text()))
        self._derived.setVisible(bool(derived))

    def _asks(self, name: str, *, differs: bool) -> bool:
        """Whether a field is shown: what the number does not say, what differs from it, and what a card brought. It
        does not go again under the clerk's hand."""
        held = bool(self.told[name].value())
        if held and (differs or name == "ethnic_group"):
            self._differed.add(name)
        if self.who.currentData() != ApplicantKind.NATURAL.value:
            return False
        return name in self._differed or (name != "ethnic_group" and self._asks_birth())

    def _asks_birth(self) -> bool:
        person = self.who.currentData() == ApplicantKind.NATURAL.value
        return person and self.kind.currentData() not in {kind.value for kind in _TELLS_BIRTH}

    def _offer(self, item: ServiceItem) -> None:
        """The kinds of applicants the item is for, and the documents they have."""
        self._show_who(item)
        self._offer_documents()

    def _show_who(self, item: ServiceItem) -> None:
        """A choice where the item leaves one, and where the present one is none of the item's."""
        self._who_box.setVisible(len(item.applicants) > 1 or self.who.currentData() not in item.applicants)
        self._ask_of_who()

    def _ask_of_who(self) -> None:
        """The words for a person's name, number and card, or an organisation's."""
        words = self._words
        legal = self.who.currentData() == ApplicantKind.LEGAL.value
        self.name.ask_for(words("ui.applicant.name_of_organisation" if legal else "ui.applicant.name"))
        coded = self.kind.currentData() == DocumentKind.USCC.value
        self.number.ask_for(words("domain.document.uscc" if coded else "ui.applicant.number"))
        read = words("ui.applicant.card_of_representative" if legal else "ui.party.card")
        self._read.setText(f"{read}  {KEYS['card']}")
        self._read.setAccessibleName(read)

    def _offer_documents(self) -> None:
        legal = self.who.currentData() == ApplicantKind.LEGAL.value
        wanted = _OF_ORGANISATIONS if legal else tuple(k for k in DocumentKind if k is not DocumentKind.USCC)
        if wanted != self._kinds:
            self._kinds = wanted
            self.kind.clear()
            for kind in wanted:
                self.kind.addItem(self._words(f"domain.document.{kind.value}"), kind.value)

    def _who_chosen(self) -> None:
        if self._filling:
            return
        self._filling = True
        self._offer_documents()
        self._filling = False
        self._ask_of_who()
        self._was_chosen()

    def _told(self, field: FormField) -> FormInput:
        one = make_input(self._words, field, field.name, self)
        one.typed.connect(self.typed)
        one.settled.connect(self.settled)
        return one

    def _was_typed(self) -> None:
        if not self._filling:
            self.typed.emit()

    def _was_chosen(self) -> None:
        if not self._filling:
            self.typed.emit()
            self.settled.emit()

    def _lay_out(self) -> None:
        words = self._words
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(plain_label(words("ui.applicant.title"), "h2", self))
        head.addStretch(1)
        head.addWidget(self._read)
        known = words("ui.party.known")
        head.addWidget(button("applicant_known", known, self.known_wanted.emit, key=KEYS["known"], parent=self))
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 4)
        grid.setVerticalSpacing(GAP)
        self._who_box = self._box(words("ui.applicant.who"), self.who)
        kind_box = self._box(words("ui.applicant.kind"), self.kind, self._kind_trouble)
        grid.addWidget(self._who_box, 0, 0, 1, 2)
        for place, widget in (((1, 0), self.name), ((1, 1), kind_box), ((2, 0), self.number), ((2, 1), self.phone)):
            grid.addWidget(widget, *place, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.told["birth_date"], 3, 0)
        grid.addWidget(self.told["sex"], 3, 1)
        grid.addWidget(self.told["ethnic_group"], 4, 0)
        grid.addWidget(self.address, 5, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.addLayout(head)
        column.addLayout(grid)

    def _box(self, label: str, *widgets: QWidget) -> QWidget:
        box = QWidget(self)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        title = plain_label(label, "h3", box)
        title.setBuddy(widgets[0])
        column.addWidget(title)
        for widget in widgets:
            column.addWidget(widget)
        column.addStretch(1)
        return box

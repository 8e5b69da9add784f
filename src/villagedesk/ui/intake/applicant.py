"""Step 2: who applies. What is typed is saved as it is typed, right or wrong; sentences stand beside their fields."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.identity import DocumentKind
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.intake.step import Step
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label
from villagedesk.ui.theme import GAP

SAVE_PAUSE_MS = 400
_STEP = 2
_GROUPED = frozenset({DocumentKind.RESIDENT_ID.value, DocumentKind.PERMANENT_RESIDENCE.value})


def grouped(number: str) -> str:
    """An 18-character number in groups of 6, 8 and 4, as people read it out; others as they are."""
    plain = "".join(number.split())
    return " ".join(part for part in (plain[:6], plain[6:14], plain[14:]) if part)


class ApplicantStep(Step):
    """Name, document, number, phone, address."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        words = surroundings.words
        self._draft: DraftView | None = None
        self._filling = False
        self._asked_to_go = False
        self.name = Field(words, "applicant_name", words("ui.applicant.name"))
        self.number = Field(words, "document_number", words("ui.applicant.number"))
        self.phone = Field(words, "phone", words("ui.applicant.phone"), hint=words("ui.applicant.phone_hint"))
        self.address = Field(words, "address", words("ui.applicant.address"))
        self.kind = Choice("document_kind", words("ui.applicant.kind"), self)
        for kind in DocumentKind:
            self.kind.addItem(words(f"domain.document.{kind.value}"), kind.value)
        self._kind_trouble = SentenceLabel(words, "document_kind_trouble", self)
        self._kind_trouble.setMinimumHeight(self._kind_trouble.fontMetrics().height() + GAP // 2)
        self._echo = plain_label("", "echo", self)
        self._echo.setObjectName("number_echo")
        self._derived = plain_label("", "quiet", self)
        self._derived.setObjectName("number_derived")
        self.number.add_echo(self._echo)
        self.number.add_echo(self._derived)
        self._fields = {
            "name": self.name,
            "document_number": self.number,
            "phone": self.phone,
            "address": self.address,
        }
        self._lay_out()
        self._save_timer = QTimer(self, singleShot=True, interval=SAVE_PAUSE_MS)
        self._save_timer.timeout.connect(self._save)
        for field in self._fields.values():
            field.edit.textChanged.connect(self._typed)
            field.edit.editingFinished.connect(self._save_if_typed)
        self.kind.currentIndexChanged.connect(self._typed)
        self._show_echo()

    def show_draft(self, draft: DraftView) -> None:
        """Fill the fields when another draft comes; else only the sentences change, never what was typed."""
        other = self._draft is None or self._draft.case.case_id != draft.case.case_id
        if not other and self._typed_since(draft):
            return  # the answer to an older state of the fields; the newer one is on its way
        self._draft = draft
        if other:
            self._filling = True
            applicant = draft.case.applicant
            self.name.edit.setText(applicant.name)
            self.kind.setCurrentIndex(max(0, self.kind.findData(applicant.document_kind)))
            self.number.edit.setText(applicant.document_number)
            self.phone.edit.setText(applicant.phone)
            self.address.edit.setText(applicant.address)
            self._filling = False
            self._asked_to_go = False
        self._show_echo()
        self._show_sentences()

    def _typed_since(self, draft: DraftView) -> bool:
        applicant = draft.case.applicant
        return any(getattr(applicant, name) != typed for name, typed in self.values().items())

    def values(self) -> dict[str, str]:
        """Everything as typed."""
        typed = {name: field.text for name, field in self._fields.items()}
        typed["document_kind"] = str(self.kind.currentData())
        return typed

    def first_focus(self) -> QWidget:
        """The first empty or wrong field, else the name."""
        if self._draft is not None:
            wrong = {trouble.field for trouble in self._draft.troubles if trouble.blocking}
            missing = {one.field for one in self._draft.missing if one.step == _STEP}
            for name, field in self._fields.items():
                if name in wrong or (name in missing and not field.text):
                    return field.edit
        return self.name.edit

    def focus_field(self, name: str) -> None:
        """Go to one field, its text selected."""
        if name in self._fields:
            self._asked_to_go = True
            self._show_sentences()
            field = self._fields[name]
            field.look_again()
            # After the sentence has taken its room.
            QTimer.singleShot(0, field, lambda: self._area.ensureWidgetVisible(field, 0, GAP))
        elif name == "document_kind":
            self.kind.setFocus()

    def left(self) -> None:
        """Save what was typed and not saved yet."""
        self._save_if_typed()

    def primary_words(self) -> str:
        """下一步：收材料"""
        return self._with.words("ui.applicant.go")

    def primary(self) -> None:
        """To the next empty field, then on; a wrong field is gone back to, with its sentence."""
        fields = list(self._fields.values())
        current = next((place for place, field in enumerate(fields) if field.edit.hasFocus()), len(fields))
        if self.kind.hasFocus():
            current = 0
        for field in fields[current + 1 :]:
            if not field.text.strip():
                field.edit.setFocus()
                return
        self.go_on()

    def go_on(self) -> None:
        """Save; then to the materials if nothing here is wrong or missing, else to what is."""
        self._asked_to_go = True
        self._save(then_on=True)

    def _lay_out(self) -> None:
        words = self._with.words
        card = QFrame(self)
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        grid.setHorizontalSpacing(GAP * 4)
        grid.setVerticalSpacing(GAP)
        kind_box = QWidget(card)
        column = QVBoxLayout(kind_box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        title = plain_label(words("ui.applicant.kind"), "h3", kind_box)
        title.setBuddy(self.kind)
        column.addWidget(title)
        column.addWidget(self.kind)
        column.addWidget(self._kind_trouble)
        column.addStretch(1)
        for place, widget in (((0, 0), self.name), ((0, 1), kind_box), ((1, 0), self.number), ((1, 1), self.phone)):
            grid.addWidget(widget, *place, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.address, 2, 0, 1, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(3, 1)
        content = QWidget()
        outer = QVBoxLayout(content)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(card)
        self._area = scrolled(content, self)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.addWidget(self._area)
        QWidget.setTabOrder(self.name.edit, self.kind)
        QWidget.setTabOrder(self.kind, self.number.edit)
        QWidget.setTabOrder(self.number.edit, self.phone.edit)
        QWidget.setTabOrder(self.phone.edit, self.address.edit)

    def _typed(self) -> None:
        self._show_echo()
        if not self._filling:
            self._save_timer.start()

    def _save_if_typed(self) -> None:
        if self._save_timer.isActive():
            self._save()

    def _save(self, then_on: bool = False) -> None:
        self._save_timer.stop()
        if self._draft is None:
            return
        case_id = self._draft.case.case_id
        values = self.values()
        intake = self._with.desk.intake

        def saved(draft: DraftView) -> None:
            if self._draft is None or self._draft.case.case_id != case_id:
                return
            self.show_draft(draft)
            self.draft_changed.emit(draft)
            if then_on:
                self._go_on_with(draft)

        self._with.background.run(self, lambda: intake.type(case_id, values, _STEP), saved)

    def _go_on_with(self, draft: DraftView) -> None:
        # What is wrong is missing too, until it is put right.
        hinders = {one.field for one in draft.missing if one.step == _STEP}
        for name in (*self._fields, "document_kind"):
            if name in hinders:
                self.focus_field(name)
                return
        self.step_wanted.emit(_STEP + 1)

    def _show_sentences(self) -> None:
        if self._draft is None:
            return
        sentences: dict[str, Sentence] = {}
        for trouble in self._draft.troubles:
            sentences.setdefault(trouble.field, trouble.sentence)
        if self._asked_to_go:
            for one in self._draft.missing:
                if one.step == _STEP:
                    sentences.setdefault(one.field, one.sentence)
        for name, field in self._fields.items():
            field.tell(sentences.get(name))
        self._kind_trouble.tell(sentences.get("document_kind"))

    def _show_echo(self) -> None:
        number = self.number.text.strip()
        shown = bool(number) and self.kind.currentData() in _GROUPED
        self._echo.setText(grouped(number) if shown else "")
        words = self._with.words
        draft = self._draft
        derived = ""
        saved = draft.case.applicant.document_number.strip() if draft is not None else ""
        if draft is not None and draft.birth_date is not None and number == saved:
            born = draft.birth_date
            sex = words(f"ui.sex.{draft.sex}") if draft.sex else ""
            derived = words("ui.applicant.derived", year=born.year, month=born.month, day=born.day, sex=sex)
        self._derived.setText(derived)
        self._echo.setVisible(bool(self._echo.text()))
        self._derived.setVisible(bool(derived))

"""Step 2: who applies, who else is in the case, what the item asks for. What is typed is saved as it is typed, right or
wrong; sentences stand beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Replaced, Sentence
from villagedesk.domain.form_check import FORM
from villagedesk.domain.party import ApplicantKind, PartyRole
from villagedesk.domain.when import NO, YES
from villagedesk.ui.buttons import on_key
from villagedesk.ui.intake.applicant_card import ApplicantCard
from villagedesk.ui.intake.autosave import Autosave
from villagedesk.ui.intake.form_card import FormCard, within
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.from_pages import FromPages
from villagedesk.ui.intake.notices import MORE_KEY, RESTORE_KEY, DraftNotices
from villagedesk.ui.intake.parties import KEYS, PartiesCard
from villagedesk.ui.intake.person_finder import PersonFinder
from villagedesk.ui.intake.step import Step
from villagedesk.ui.screen import Surroundings, scrolled
from villagedesk.ui.theme import GAP

_STEP = 2
_AROUND = GAP * 6
"""Room for the sentence beneath a field, in pixels."""
_APPLICANT = "applicant"


class ApplicantStep(Step):
    """The applicant's card, the other people's, the form's."""

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, parent)
        words = surroundings.words
        self._draft: DraftView | None = None
        self._asked_to_go = False
        self.notices = DraftNotices(words, self, compact=True)
        self.card = ApplicantCard(words, self)
        self.parties = PartiesCard(words, self)
        self.form = FormCard(words, self.parties.last, self)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, GAP, 0)
        column.setSpacing(GAP * 2)
        for part in (self.card, self.parties, self.form):
            column.addWidget(part)
        column.addStretch(1)
        self._area = scrolled(content, self)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GAP)
        self.from_pages = FromPages(surroundings, self._area, self._change, self)
        self.from_pages.reading.opened.connect(self.primary_changed)
        page.addWidget(self.notices)
        page.addWidget(self.from_pages)
        page.addWidget(self._area, 1)
        page.addWidget(self.from_pages.reading.panel, 1)
        self.autosave = Autosave(surroundings.background, self._type, self.values, self)
        self.autosave.saved.connect(self._saved)
        for card in (self.card, self.parties, self.form):
            card.typed.connect(self._typed)
            card.settled.connect(self.autosave.settle)
        self.card.known_wanted.connect(lambda: self._find(_APPLICANT))
        self.card.card_wanted.connect(lambda: self._read_card(_APPLICANT))
        self.parties.known_wanted.connect(self._find)
        self.parties.card_wanted.connect(self._read_card)
        self.parties.present_wanted.connect(self._present)
        self.notices.adopt_wanted.connect(self.adopt)
        self.notices.restore_wanted.connect(self._restore)
        on_key(self, KEYS["card"], lambda: self._for_person(self._read_card))
        on_key(self, KEYS["known"], lambda: self._for_person(self._find))
        on_key(self, RESTORE_KEY, self.notices.restore)
        on_key(self, MORE_KEY, self.notices.turn)

    def show_draft(self, draft: DraftView) -> None:
        """Fill the fields when another draft comes; else only the sentences change, never what was typed."""
        other = self._draft is None or self._draft.case.case_id != draft.case.case_id
        new_item = self._draft is None or self._draft.item != draft.item
        if not other and not new_item and self.autosave.newer:
            return  # the answer to an older state of the fields; the newer one is on its way
        self._draft = draft
        self.from_pages.show_draft(draft)
        if other:
            self._fill(draft)
            self._asked_to_go = False
        elif draft.filled:
            # read from a page on another step
            unsaved = self.autosave.unsaved()
            self._fill(draft)
            self._put_back(unsaved)
        else:
            self._take_over(draft, new_item=new_item)
        self._show_sentences()

    def values(self) -> dict[str, str]:
        """Everything as typed."""
        return {**self.card.values(), **self.parties.values(), **self.form.values()}

    def first_focus(self) -> QWidget:
        """The first empty or wrong field, else the name."""
        if self.from_pages.reading.is_open:
            return self.from_pages.reading.panel.first_focus()
        if self._draft is not None:
            wrong = [trouble.field for trouble in self._draft.troubles if trouble.blocking]
            missing = [one.field for one in self._draft.missing if one.step == _STEP]
            for name, field in self.card.fields.items():
                if name in wrong or (name in missing and not field.text):
                    return field.edit
            for place in (*wrong, *missing):
                found = self._input(place)
                if found is not None:
                    return found.widget_at(within(place))
        return self.card.name.edit

    def focus_field(self, name: str) -> None:
        """Go to one field, its text selected."""
        self._asked_to_go = True
        self._show_sentences()
        if name in self.card.fields:
            field = self.card.fields[name]
            field.look_again()
            self._bring_into_sight(field)
        elif name in ("document_kind", "kind"):
            (self.card.kind if name == "document_kind" else self.card.who).setFocus()
        else:
            found = self._input(name)
            if found is not None:
                widget = found.widget_at(within(name))
                widget.setFocus()
                self._bring_into_sight(found if widget is found.focus_widget() else widget)

    def left(self) -> None:
        """Save what was typed and not saved yet."""
        self.from_pages.reading.close()
        self.autosave.now()

    def primary_words(self) -> str:
        """下一步：收材料"""
        return "" if self.from_pages.reading.is_open else self._with.words("ui.applicant.go")

    def escape(self) -> bool:
        """Close what is read from a page, if it is open."""
        return self.from_pages.reading.escape()

    def primary(self) -> None:
        """To the next field that is empty and asked for, in the order on the screen, and through the cells of a table;
        then on. A wrong field is gone back to, with its sentence."""
        if self.from_pages.reading.enter():
            return
        focus = QApplication.focusWidget()
        stops = [*self.card.stops(), *self._input_stops()]
        here = next((place for place, (part, _, _) in enumerate(stops) if _holds(part, focus)), len(stops))
        if focus is not None and here < len(stops):
            part = stops[here][0]
            following = part.next_within(focus) if isinstance(part, FormInput) else None
            if following is not None:
                following.setFocus()
                return
        for part, there, wanted in stops[here + 1 :]:
            if wanted:
                there.setFocus()
                self._bring_into_sight(part)
                return
        self.go_on()

    def go_on(self) -> None:
        """Save; then to the materials if nothing here is wrong or missing, else to what is."""
        self._asked_to_go = True
        self.autosave.now(then=self._go_on_if_right)

    def _input_stops(self) -> list[tuple[QWidget, QWidget, bool]]:
        """As of :meth:`ApplicantCard.stops`, of the other people's fields and the form's."""
        people = self.parties.shown_inputs()
        form = [(one, one.field.required) for one in self.form.shown_inputs()]
        return [(one, one.focus_widget(), asks and not one.value().strip()) for one, asks in (*people, *form)]

    def _fill(self, draft: DraftView) -> None:
        self.card.fill(draft)
        self.parties.fill(draft)
        self.form.fill(draft)
        self.parties.show_state(draft, {})
        self.autosave.begin(draft.case.case_id)

    def _take_over(self, draft: DraftView, *, new_item: bool) -> None:
        """What the desk changed by itself comes into the fields; what is typed and not saved stays."""
        if new_item:
            self.form.fill(draft)
            self.autosave.fields_changed(replaced=FORM)
        unsaved = self.autosave.unsaved()
        self.card.take_over(draft, unsaved)
        self.parties.take_over(draft, unsaved)
        self.autosave.taken_over(unsaved)
        self.card.part_with_group(draft)

    def _type(self, case_id: str, values: Mapping[str, str]) -> DraftView:
        return self._with.desk.intake.type(case_id, values, _STEP)

    def _typed(self) -> None:
        self.card.show_echo(self._draft, {})
        self.autosave.typed()

    def _saved(self, draft: DraftView) -> None:
        self.show_draft(draft)
        self.draft_changed.emit(draft)

    def _go_on_if_right(self) -> None:
        if self._draft is None:
            return
        # What is wrong is missing too, until it is put right.
        hinders = [one.field for one in self._draft.missing if one.step == _STEP]
        for name in (*self.card.fields, "document_kind"):
            if name in hinders:
                self.focus_field(name)
                return
        if hinders:
            self.focus_field(hinders[0])
            return
        self.step_wanted.emit(_STEP + 1)

    def _present(self, role: PartyRole, there: bool) -> None:
        answer = {f"{role}.present": YES if there else NO}
        self._change(lambda case_id: self._type(case_id, answer), f"{role}.name" if there else "")

    def adopt(self) -> None:
        """Go on by the item's new version."""
        self._change(self._with.desk.intake.adopt)

    def _for_person(self, act: Callable[[str], None]) -> None:
        """A key acts on the person whose fields have the cursor. A contact has neither a card nor a number, and nobody
        else's fields are overwritten from there."""
        role = self.parties.person_at(QApplication.focusWidget())
        if role is not PartyRole.CONTACT:
            act(role or _APPLICANT)

    def _restore(self, replaced: Replaced) -> None:
        place = "name" if replaced.role == _APPLICANT else f"{replaced.role}.name"
        self._change(lambda case_id: self._type(case_id, replaced.values), place)

    def _find(self, role: str) -> None:
        if self._draft is None:
            return
        applies, intake = role == _APPLICANT, self._with.desk.intake
        who = self._with.words("ui.applicant.title" if applies else f"ui.party.{role}")
        kinds = frozenset(self._draft.item.applicants) if applies else {ApplicantKind.NATURAL}
        finder = PersonFinder(self._with, who, kinds, self)
        if finder.exec() == QDialog.DialogCode.Accepted and finder.chosen is not None:
            known, number = finder.chosen.last_case_id, finder.chosen.document_number
            self._change(lambda case_id: intake.use_person(case_id, role, known, number))
        finder.deleteLater()

    def _read_card(self, role: str) -> None:
        self._change(lambda case_id: self._with.desk.intake.read_card(case_id, role))

    def _change(self, change: Callable[[str], DraftView], go_to: str = "") -> None:
        """Save what was typed, then let the desk change the draft, and show all of it anew.

        Args:
            go_to: field for the cursor; where the desk filled somebody in, it goes to their phone.
        """
        self.autosave.now(then=lambda: self._change_saved(change, go_to))

    def _change_saved(self, change: Callable[[str], DraftView], go_to: str) -> None:
        if self._draft is None:
            return
        case_id, before = self._draft.case.case_id, self.values()

        def changed(draft: DraftView) -> None:
            if self._draft is None or self._draft.case.case_id != case_id:
                return
            meanwhile = {name: value for name, value in self.values().items() if before.get(name, value) != value}
            self._draft = draft
            self._fill(draft)
            self._show_sentences()
            self._put_back(meanwhile)
            self.worked.emit()
            self.draft_changed.emit(draft)
            place = _after_filling(draft.filled) if draft.filled else go_to
            if place:
                self.focus_field(place)

        words = self._with.words("ui.applicant.working")
        self._with.background.run(self, lambda: change(case_id), changed, words=words)

    def _put_back(self, meanwhile: Mapping[str, str]) -> None:
        """What was typed while a card was read stays on screen, and is saved in its turn."""
        for name, value in meanwhile.items():
            if name in self.card.fields:
                self.card.fields[name].edit.setText(value)
            else:
                field = self._input(name)
                if field is not None:
                    field.fill(value)
        if meanwhile:
            self.autosave.typed()

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
        self.card.show_state(self._draft, sentences)
        before = self.parties.shown()
        self.parties.show_state(self._draft, sentences)
        for role in self.parties.shown() - before:
            form = self.parties.forms[role]
            QTimer.singleShot(0, form, lambda form=form: self._show_beside_focus(form))
        self.form.show_state(self._draft, sentences)
        self.autosave.fields_changed()
        self.notices.show_draft(self._draft, self.values())

    def _input(self, place: str) -> FormInput | None:
        return self.card.told.get(place) or self.form.input(place) or self.parties.input(place)

    def _show_beside_focus(self, form: QWidget) -> None:
        """Fields that are asked for only now are seen to be, as far as the field being typed into leaves room."""
        self._area.ensureWidgetVisible(form, 0, 0)
        focus = QApplication.focusWidget()
        if focus is not None and self._area.isAncestorOf(focus):
            self._area.ensureWidgetVisible(focus, 0, _AROUND)

    def _bring_into_sight(self, widget: QWidget) -> None:
        # After the sentence has taken its room.
        QTimer.singleShot(0, widget, lambda: self._area.ensureWidgetVisible(widget, 0, _AROUND))


def _after_filling(filled: str) -> str:
    """The field for the cursor after somebody's fields were filled in: what no card and no page says."""
    if filled == _APPLICANT:
        return "phone"
    return "" if filled.startswith(FORM.rstrip(".")) else f"{filled}.phone"


def _holds(part: QWidget, focus: QWidget | None) -> bool:
    return focus is not None and (part is focus or part.isAncestorOf(focus))

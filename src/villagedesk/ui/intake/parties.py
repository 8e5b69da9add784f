"""People of a case besides the applicant: who acts for them, guardian, legal representative, contact."""

from __future__ import annotations

from collections.abc import Container, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.views import DraftView, Sentence
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.party import ApplicantKind, PartyRole, Relation
from villagedesk.ui.buttons import button
from villagedesk.ui.intake.form_input import FormInput
from villagedesk.ui.intake.form_inputs import make_input
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP

_FIELDS = {
    PartyRole.AGENT: ("name", "relation", "document_kind", "document_number", "phone", "until", "scope"),
    PartyRole.GUARDIAN: ("name", "relation", "document_kind", "document_number", "phone"),
    PartyRole.LEGAL_REPRESENTATIVE: ("name", "phone", "document_kind", "document_number"),
    PartyRole.CONTACT: ("name", "phone", "relation"),
}
_ASKED = {
    PartyRole.AGENT: ("name", "relation", "document_number"),
    PartyRole.GUARDIAN: ("name", "relation", "document_number"),
    PartyRole.LEGAL_REPRESENTATIVE: ("name", "document_number"),
    PartyRole.CONTACT: ("name", "phone"),
}
"""What must be filled in of somebody who is there."""
KEYS = {"card": "F4", "known": "F6"}
"""They act on the person whose fields have the cursor."""
_PEOPLE = tuple(kind for kind in DocumentKind if kind is not DocumentKind.USCC)


class PartyForm(QWidget):
    """One person's fields.

    Signals:
        typed(), settled(): as of :class:`villagedesk.ui.intake.form_inputs.FormInput`.
        dropped(): there is nobody in that role.
        known_wanted(), card_wanted(): choose somebody known; read a card.
    """

    typed = Signal()
    settled = Signal()
    dropped = Signal()
    known_wanted = Signal()
    card_wanted = Signal()

    def __init__(self, words: Words, role: PartyRole, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        head = QHBoxLayout()
        head.setSpacing(GAP)
        who = words(f"ui.party.{role}")
        head.addWidget(plain_label(who, "h3", self))
        head.addStretch(1)
        acts = [("drop", self.dropped)]
        if role is not PartyRole.CONTACT:
            acts = [("card", self.card_wanted), ("known", self.known_wanted), *acts]
        for name, signal in acts:
            key = KEYS.get(name, "")
            act = button(f"{role}_{name}", words(f"ui.party.{name}"), signal.emit, key=key, role="link", parent=self)
            act.setAccessibleName(words(f"ui.party.{name}_of", who=who))
            head.addWidget(act)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP * 4)
        grid.setVerticalSpacing(GAP)
        self.inputs: dict[str, FormInput] = {}
        for place, name in enumerate(_FIELDS[role]):
            one = make_input(words, _field(words, role, name), f"{role}_{name}", self)
            one.typed.connect(self.typed)
            one.settled.connect(self.settled)
            self.inputs[name] = one
            grid.addWidget(one, place // 2, place % 2, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(place % 2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addLayout(grid)

    def fill(self, draft: DraftView) -> None:
        """Show the draft's person."""
        party = draft.case.party(self.role)
        for name, one in self.inputs.items():
            default = str(DocumentKind.RESIDENT_ID) if name == "document_kind" else ""
            one.fill(default if party is None else str(getattr(party, name)))

    def values(self) -> dict[str, str]:
        """Everything, with the role before the names."""
        return {f"{self.role}.{name}": one.value() for name, one in self.inputs.items()}


class PartiesCard(QFrame):
    """All of them; who is not there is a button.

    Signals:
        typed(), settled(): as of :class:`villagedesk.ui.intake.form_inputs.FormInput`.
        present_wanted(PartyRole, bool): the clerk says that there is such a person, or none.
        known_wanted(PartyRole), card_wanted(PartyRole): choose somebody known; read a card.
    """

    typed = Signal()
    settled = Signal()
    present_wanted = Signal(object, bool)
    known_wanted = Signal(object)
    card_wanted = Signal(object)

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        column.setSpacing(GAP * 2)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(plain_label(words("ui.party.title"), "quiet", self))
        column.addLayout(row)
        self.forms: dict[PartyRole, PartyForm] = {}
        self.adders = {}
        for role in PartyRole:
            add = button(
                f"add_{role}",
                words("ui.party.add", who=words(f"ui.party.{role}")),
                lambda role=role: self.present_wanted.emit(role, True),  # type: ignore[misc]
                role="plain",
                parent=self,
            )
            self.adders[role] = add
            row.addWidget(add)
            form = PartyForm(words, role, self)
            form.typed.connect(self.typed)
            form.settled.connect(self.settled)
            form.dropped.connect(lambda role=role: self.present_wanted.emit(role, False))
            form.known_wanted.connect(lambda role=role: self.known_wanted.emit(role))
            form.card_wanted.connect(lambda role=role: self.card_wanted.emit(role))
            form.hide()
            self.forms[role] = form
            column.addWidget(form)
            self.last: QWidget = list(form.inputs.values())[-1].focus_widget()
        row.addStretch(1)

    def fill(self, draft: DraftView) -> None:
        """Show another draft's people."""
        for form in self.forms.values():
            form.fill(draft)

    def show_state(self, draft: DraftView, sentences: Mapping[str, Sentence]) -> None:
        """Who is there or must be, and what is wrong with the fields."""
        needed = {one.field.partition(".")[0] for one in draft.missing if "." in one.field}
        legal = draft.case.applicant.kind is ApplicantKind.LEGAL
        for role, form in self.forms.items():
            there = draft.case.party(role) is not None or role in needed
            if there and not form.isVisibleTo(self):
                form.fill(draft)
            form.setVisible(there)
            possible = role is not (PartyRole.GUARDIAN if legal else PartyRole.LEGAL_REPRESENTATIVE)
            self.adders[role].setVisible(not there and possible)
            for name, one in form.inputs.items():
                one.tell(sentences.get(f"{role}.{name}"))

    def take_over(self, draft: DraftView, unsaved: Container[str]) -> None:
        """The kinds of documents as the desk saw them by their numbers.

        Args:
            unsaved: names of fields that hold something newer.
        """
        for role, form in self.forms.items():
            party, kind = draft.case.party(role), form.inputs.get("document_kind")
            if party is not None and kind is not None and f"{role}.document_kind" not in unsaved:
                kind.fill(party.document_kind)

    def values(self) -> dict[str, str]:
        """Of those shown."""
        typed: dict[str, str] = {}
        for form in self.forms.values():
            if form.isVisibleTo(self):
                typed |= form.values()
        return typed

    def input(self, place: str) -> FormInput | None:
        """The field of a sentence, ``<role>.<field>``; a role alone is its first field."""
        role, _, name = place.partition(".")
        form = self.forms.get(PartyRole(role)) if role in frozenset(PartyRole) else None
        return None if form is None else form.inputs.get(name or "name")

    def person_at(self, widget: QWidget | None) -> PartyRole | None:
        """Whose fields or buttons the widget is one of."""
        return next((role for role, form in self.forms.items() if widget and form.isAncestorOf(widget)), None)

    def shown(self) -> frozenset[PartyRole]:
        """Whose fields are there."""
        return frozenset(role for role, form in self.forms.items() if form.isVisibleTo(self))

    def shown_inputs(self) -> list[tuple[FormInput, bool]]:
        """Those of the people that are there, in order, each with whether it must be filled in."""
        return [
            (one, name in _ASKED[role])
            for role, form in self.forms.items()
            if form.isVisibleTo(self)
            for name, one in form.inputs.items()
        ]


def _field(words: Words, role: PartyRole, name: str) -> FormField:
    kind = FieldKind.TEXT
    options: tuple[Option, ...] = ()
    if name == "document_kind":
        kind = FieldKind.CHOICE
        options = tuple(Option(str(one), words(f"domain.document.{one}")) for one in _PEOPLE)
    elif name == "relation":
        kind = FieldKind.CHOICE
        options = tuple(Option(str(one), words(f"domain.relation.{one}")) for one in Relation)
    elif name == "until":
        kind = FieldKind.DATE
    label = words(f"ui.party.field_{name}")
    return FormField(f"{role}_{name}", label, kind, options=options, help="")

"""The guide of one item: what the villager must bring, who decides, how long it takes."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.domain.service_item import MaterialRequirement, ServiceItem
from villagedesk.ui.screen import scrolled
from villagedesk.ui.sentences import Words, wrapping_label
from villagedesk.ui.theme import GAP


def limit_words(words: Words, item: ServiceItem) -> str:
    """How long it takes, in words."""
    limit = item.promised_limit or item.legal_limit
    if limit is None:
        return words("ui.item.limit_unset")
    if limit.days == 0:
        return words("ui.item.limit_at_once")
    return words(f"ui.item.limit_{limit.unit.value}", days=limit.days)


def requirement_words(words: Words, requirement: MaterialRequirement) -> str:
    """What is asked for, in one line: original or copy, how many, how many sides."""
    return words(
        "ui.item.requirement",
        form=words(f"ui.form.{requirement.form.value}"),
        copies=requirement.copies,
        pages=requirement.min_pages,
    )


class ItemGuide(QWidget):
    """Shows one item at a time."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("item_guide")
        self.setAccessibleName(words("ui.item.guide"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(GAP, 0, GAP, 0)
        inner.setSpacing(GAP)
        self._name = wrapping_label("", "h2", content)
        self._name.setObjectName("guide_name")
        self._check = wrapping_label(words("ui.item.to_check"), "badge-warn", content)
        self._facts = wrapping_label("", parent=content)
        self._materials_title = wrapping_label(words("ui.item.materials"), "h3", content)
        self._materials = wrapping_label("", parent=content)
        self._materials.setObjectName("guide_materials")
        self._basis = wrapping_label("", "small", content)
        for label in (
            self._name,
            self._check,
            self._facts,
            self._materials_title,
            self._materials,
            self._basis,
        ):
            inner.addWidget(label)
        inner.addStretch(1)
        column.addWidget(scrolled(content, self))
        self.show_item(None)

    def show_item(self, item: ServiceItem | None) -> None:
        """Show its guide, or nothing."""
        words = self._words
        for label in (self._check, self._facts, self._materials_title, self._materials, self._basis):
            label.setVisible(item is not None)
        if item is None:
            self._name.setText(words("ui.item.none"))
            return
        self._name.setText(item.name)
        self._check.setVisible(item.to_check)
        self._facts.setText(
            "\n".join(
                (
                    words("ui.item.audience", audience=item.audience),
                    words("ui.item.organ", organ=item.organ),
                    words("ui.item.limit", limit=limit_words(words, item)),
                    words(f"ui.item.mode_{item.mode.value}"),
                )
            )
        )
        self._materials.setText("\n".join(self._line(number, one) for number, one in enumerate(item.materials, 1)))
        self._basis.setText(words("ui.item.basis", basis="；".join(item.legal_basis)))
        self._basis.setVisible(bool(item.legal_basis))

    def _line(self, number: int, requirement: MaterialRequirement) -> str:
        words = self._words
        line = f"{number}. {requirement.name}（{requirement_words(words, requirement)}）"
        if requirement.when is not None:
            line += words("ui.item.condition", condition=requirement.when.words)
        return line

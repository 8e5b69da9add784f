"""The guide of one item: what the villager must bring first, then how long it takes, where, and on what basis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from villagedesk.domain.service_item import MaterialRequirement, ServiceItem, TimeLimit
from villagedesk.ui.guides.qr_picture import QrPicture
from villagedesk.ui.screen import scrolled
from villagedesk.ui.sentences import Words, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

_SECTIONS = ("materials", "conditions", "time", "flow", "fee", "place", "online", "basis")


def limit_words(words: Words, item: ServiceItem) -> str:
    """How long it takes, in words."""
    return days_words(words, item.promised_limit or item.legal_limit)


def days_words(words: Words, limit: TimeLimit | None) -> str:
    """A limit in words."""
    if limit is None:
        return words("ui.item.limit_unset")
    if limit.days == 0:
        return words("ui.item.limit_at_once")
    return words(f"ui.item.limit_{limit.unit.value}", days=limit.days)


def requirement_words(words: Words, requirement: MaterialRequirement) -> str:
    """What is asked for, in one line: original or copy, how many, how many sides."""
    form = words(f"ui.form.{requirement.form.value}")
    if not requirement.min_pages:
        return words("ui.item.requirement_unphotographed", form=form, copies=requirement.copies)
    return words("ui.item.requirement", form=form, copies=requirement.copies, pages=requirement.min_pages)


class ItemGuide(QWidget):
    """Shows one item at a time.

    Args:
        online_first: the QR code to be scanned off the screen stands right beneath the name, and the way to apply
            online before what to bring.
    """

    def __init__(self, words: Words, parent: QWidget | None = None, *, online_first: bool = False) -> None:
        super().__init__(parent)
        self._words = words
        self.setObjectName("item_guide")
        self.setAccessibleName(words("ui.item.guide"))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(GAP, 0, GAP, 0)
        inner.setSpacing(GAP)
        self._name = wrapping_label("", "h2", content)
        self._name.setObjectName("guide_name")
        self._check = wrapping_label(words("ui.item.to_check"), "badge-warn", content)
        self._facts = wrapping_label("", parent=content)
        self._facts.setObjectName("guide_facts")
        for label in (self._name, self._check, self._facts):
            inner.addWidget(label)
        self._titles: dict[str, QLabel] = {}
        self._bodies: dict[str, QLabel] = {}
        sections = sorted(_SECTIONS, key=lambda name: name != "online") if online_first else _SECTIONS
        for section in sections:
            title = plain_label(words(f"ui.guide.section_{section}"), "h3", content)
            body = wrapping_label("", parent=content)
            body.setObjectName(f"guide_{section}")
            inner.addWidget(title)
            inner.addWidget(body)
            self._titles[section], self._bodies[section] = title, body
        self._qr = QrPicture(words, content)
        inner.insertWidget(inner.indexOf(self._name if online_first else self._bodies["online"]) + 1, self._qr)
        inner.addStretch(1)
        self._area = scrolled(content, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        self.show_item(None)

    def show_item(self, item: ServiceItem | None) -> None:
        """Show its guide from the top, or nothing."""
        words = self._words
        self._area.verticalScrollBar().setValue(0)
        self._check.setVisible(item is not None and item.to_check)
        self._facts.setVisible(item is not None)
        self._name.setText(words("ui.item.none") if item is None else item.name)
        self._qr.show_address("" if item is None else item.online.url)
        for section in _SECTIONS:
            text = "\n".join(_lines(words, item, section)) if item is not None else ""
            self._titles[section].setVisible(bool(text))
            self._bodies[section].setVisible(bool(text))
            self._bodies[section].setText(text)
        if item is not None:
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


def _lines(words: Words, item: ServiceItem, section: str) -> Iterator[str]:
    match section:
        case "materials":
            for number, requirement in enumerate(item.materials, 1):
                yield from _material(words, number, requirement)
        case "conditions":
            yield from _numbered(item.conditions)
            if item.ages is not None:
                yield words("ui.guide.ages", words=item.ages.words)
        case "time":
            yield words("ui.guide.promised", limit=days_words(words, item.promised_limit))
            yield words("ui.guide.legal", limit=days_words(words, item.legal_limit))
            for stop in item.stops:
                yield words("ui.guide.stop", name=stop.name, basis=stop.legal_basis)
        case "flow":
            for number, step in enumerate(item.flow, 1):
                level = words(f"item_code.flow_level.{step.level}")
                line = words("ui.guide.flow", number=number, name=step.name, level=level, by=step.by)
                yield line + (words("ui.guide.note", note=step.note) if step.note else "")
        case "fee":
            yield from (one for one in (item.fee, item.fee_basis) if one)
            if item.result:
                yield words("ui.guide.result", result=item.result)
            if item.delivery:
                yield words("ui.guide.delivery", delivery=item.delivery)
            if item.visits is not None:
                yield words("ui.guide.visits", count=item.visits)
        case "place":
            office = item.office
            for name in ("address", "hours", "phone", "complaint_phone"):
                if value := getattr(office, name):
                    yield words(f"ui.guide.{name}", value=value)
        case "online":
            yield from (one for one in (item.online.app, item.online.url) if one)
            yield from _numbered(item.online.steps)
        case _:
            yield from item.legal_basis


def _material(words: Words, number: int, requirement: MaterialRequirement) -> Iterator[str]:
    line = f"{number}. {requirement.name}"
    if requirement.when is not None:
        line += words("ui.item.condition", condition=requirement.when.words)
    yield line
    source = requirement.issuer or words(f"item_code.material_source.{requirement.source}")
    yield words("ui.guide.material", what=requirement_words(words, requirement), source=source)
    if requirement.valid_months is not None:
        yield words("ui.guide.reusable")
    if requirement.promise_days:
        yield words("ui.guide.promise", days=requirement.promise_days)
    for point in requirement.points:
        yield words("ui.guide.point", point=point)


def _numbered(lines: Sequence[str]) -> Iterator[str]:
    return (f"{number}. {line}" for number, line in enumerate(lines, 1))

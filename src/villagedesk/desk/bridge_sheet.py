"""A case in the order of another form: what has to be typed there, line by line, as the form wants it written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from villagedesk.catalogue.form_order import EVERY_MATERIAL, REST_OF_FORM, DateStyle, FormOrder, OrderField
from villagedesk.desk.views import Sentence
from villagedesk.domain.case import Case, Material, MaterialState, Page
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.ethnic_groups import ETHNIC_GROUPS
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.party import PartyRole, Relation
from villagedesk.domain.resident_id import Sex
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.station import StationFile

Text = Callable[..., str]
_WORDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "kind": ("bridge.applicant_kind", frozenset({"natural", "legal"})),
    "document_kind": ("domain.document", frozenset(kind.value for kind in DocumentKind)),
    "sex": ("bridge.sex", frozenset(sex.value for sex in Sex)),
    "ethnic_group": ("domain.ethnic_group", frozenset(ETHNIC_GROUPS)),
    "relation": ("domain.relation", frozenset(one.value for one in Relation)),
}
"""Where the words of our codes stand; a code that is not known is shown as it is."""
_DATES = {
    DateStyle.ISO: "{0:%Y-%m-%d}",
    DateStyle.SLASHES: "{0:%Y/%m/%d}",
    DateStyle.DOTS: "{0:%Y.%m.%d}",
    DateStyle.COMPACT: "{0:%Y%m%d}",
    DateStyle.YEAR: "{0:%Y}",
    DateStyle.MONTH: "{0:%m}",
    DateStyle.DAY: "{0:%d}",
}


@dataclass(frozen=True)
class SheetLine:
    """One box of the form.

    Args:
        label: as the form has it.
        value: exactly what belongs there, "" where the case has nothing for it: the line is shown all the same.
        warning: that it is longer than the form takes; None otherwise.
    """

    label: str
    value: str
    warning: Sentence | None = None


@dataclass(frozen=True)
class SheetSection:
    """Boxes under one heading."""

    title: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True)
class Sheet:
    """A case in a form's order."""

    order_name: str
    checked: bool
    sections: tuple[SheetSection, ...]

    @property
    def lines(self) -> tuple[SheetLine, ...]:
        """All boxes, in the form's order."""
        return tuple(line for section in self.sections for line in section.lines)


def sheet_of(
    order: FormOrder, case: Case, item: ServiceItem | None, pages: Sequence[Page], station: StationFile, text: Text
) -> Sheet:
    """The case as the form asks for it.

    Args:
        item: the version the case is bound to; without it the fields of its form go by the names they are stored under.
        text: gives the text of a message key.
    """
    return _Writer(order, case, item, pages, station, text).sheet()


def in_order(order: FormOrder, materials: Sequence[Material]) -> tuple[Material, ...]:
    """The papers as the form lists them: by the first of its words that a name holds, then as they were taken."""

    def place(material: Material) -> int:
        return next((n for n, word in enumerate(order.materials) if word in material.name), len(order.materials))

    return tuple(sorted(materials, key=place))


class _Writer:
    """Writes one case's lines."""

    def __init__(
        self,
        order: FormOrder,
        case: Case,
        item: ServiceItem | None,
        pages: Sequence[Page],
        station: StationFile,
        text: Text,
    ) -> None:
        self._order = order
        self._case = case
        self._fields = {} if item is None else {field.name: field for field in item.fields}
        self._page_counts = Counter(page.requirement_id for page in pages)
        self._station = station
        self._text = text

    def sheet(self) -> Sheet:
        """All of them."""
        sections = tuple(
            SheetSection(section.title, tuple(line for field in section.fields for line in self._lines(field)))
            for section in self._order.sections
        )
        return Sheet(self._order.name, self._order.checked, sections)

    def _lines(self, field: OrderField) -> Iterator[SheetLine]:
        if field.source == EVERY_MATERIAL:
            for material in in_order(self._order, self._case.materials):
                yield self._line(field, self._material(material), label=material.name)
        elif field.source == REST_OF_FORM:
            named = {one.source for section in self._order.sections for one in section.fields}
            known = [name for name in self._fields if f"form.{name}" not in named]
            strange = [name for name in self._case.form if name not in self._fields and f"form.{name}" not in named]
            for name in (*known, *strange):
                asked = name in self._fields and self._fields[name].when is None
                if asked or self._case.form.get(name):  # what was not asked of this villager is no box of the form
                    label = self._fields[name].label if name in self._fields else name
                    yield from self._of_form(field, name, label)
        elif field.source.startswith("form."):
            yield from self._of_form(field, field.source.removeprefix("form."), field.label)
        else:
            yield self._line(field, self._value(field))

    def _of_form(self, field: OrderField, name: str, label: str) -> Iterator[SheetLine]:
        """A table is a line for each of its cells: that is how it is pasted into another table."""
        known = self._fields.get(name)
        rows = _rows_of(self._case.form.get(name, "")) if known is not None and known.kind is FieldKind.ROWS else None
        if known is None or not rows or field.part is not None:
            yield self._line(field, self._form(field, name), label=label)
            return
        for number, row in enumerate(rows, start=1):
            for column in known.columns:
                cell = self._said(field, column, str(row.get(column.name, "")))
                if not cell and column.when is not None:
                    continue  # not asked of this row
                whose = self._text("bridge.cell", table=label, row=number, column=column.label)
                yield self._line(field, cell, label=whose)

    def _line(self, field: OrderField, value: str, label: str = "") -> SheetLine:
        if field.upper:
            value = value.upper()
        if field.part is not None:
            value = value[field.part[0] - 1 : field.part[1]]
        too_long = field.longest is not None and len(value) > field.longest
        params = {"count": len(value), "longest": field.longest}
        warning = Sentence("bridge.too_long", params, "warn") if too_long else None
        return SheetLine(label or field.label, value, warning)

    def _value(self, field: OrderField) -> str:
        whose, _, name = field.source.partition(".")
        if whose in ("materials", "pages"):
            return self._count(field.source)
        if whose == "station":
            return self._station.name if name == "name" else self._station.division_code
        if whose == "case":
            return self._of_case(field, name)
        person = self._case.applicant if whose == "applicant" else self._case.party(PartyRole(whose))
        raw = "" if person is None else str(getattr(person, name))
        if name == "document_kind" and (person is None or not person.document_number):
            return ""  # the kind that nobody chose
        if name in ("birth_date", "until"):
            return self._date(field, raw)
        return self._coded(field, name, raw)

    def _of_case(self, field: OrderField, name: str) -> str:
        if name == "received_on":
            at = self._case.received_at
            return "" if at is None else self._date(field, at.astimezone(SHANGHAI).date().isoformat())
        return str(getattr(self._case, name) or "")

    def _coded(self, field: OrderField, name: str, raw: str) -> str:
        if field.codes is not None and raw in field.codes:
            return field.codes[raw]
        prefix, known = _WORDS.get(name, ("", frozenset[str]()))
        return self._text(f"{prefix}.{raw}") if raw in known else raw

    def _count(self, source: str) -> str:
        if source == "pages.count":
            return str(sum(self._page_counts.values()))
        if source == "materials.count":
            return str(len(self._case.materials))
        parts = [
            self._text("bridge.material.of_list", name=one.name, how=self._material(one))
            for one in in_order(self._order, self._case.materials)
        ]
        return self._text("bridge.between").join(parts)

    def _material(self, material: Material) -> str:
        if material.state is MaterialState.PROMISED:
            return self._text("bridge.material.promised", until=material.promised_until)
        form = self._text(f"bridge.material.{material.form}")
        pages = self._page_counts[material.requirement_id]
        return self._text("bridge.material.handed", form=form, copies=material.copies, pages=pages)

    def _form(self, field: OrderField, name: str) -> str:
        raw = self._case.form.get(name, "")
        if field.codes is not None and raw in field.codes:
            return field.codes[raw]
        known = self._fields.get(name)
        return raw if known is None else self._said(field, known, raw)

    def _said(self, field: OrderField, known: FormField, raw: str) -> str:
        if known.kind is FieldKind.ROWS:
            return self._rows(field, known, raw)
        if known.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
            labels = {option.code: option.label for option in known.options}
            codes = raw.split() if known.kind is FieldKind.CHOICES else [raw]
            return self._text("bridge.between").join(labels.get(code, code) for code in codes)
        if known.kind is FieldKind.YES_NO and raw in ("yes", "no"):
            return self._text(f"bridge.{raw}")
        return self._date(field, raw) if known.kind is FieldKind.DATE else raw

    def _rows(self, field: OrderField, known: FormField, raw: str) -> str:
        rows = _rows_of(raw)
        if rows is None:
            return raw
        lines = []
        for row in rows:
            cells = [self._said(field, column, str(row.get(column.name, ""))) for column in known.columns]
            lines.append(self._text("bridge.between_cells").join(cell for cell in cells if cell))
        return self._text("bridge.between_rows").join(lines)

    def _date(self, field: OrderField, raw: str) -> str:
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            return raw
        if field.date is DateStyle.CHINESE:
            return self._text("bridge.date", year=day.year, month=day.month, day=day.day)
        return _DATES[field.date].format(day)


def _rows_of(raw: str) -> list[dict[str, object]] | None:
    """The rows of a table as a case keeps them; None for anything else."""
    try:
        rows = json.loads(raw)
    except ValueError:
        return None
    fine = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    return rows if fine else None

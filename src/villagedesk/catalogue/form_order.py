"""The order in which a township's form, or a page of the acceptance system, asks for things: data, a file for each.

The county writes one from the form that is in use and marks it as checked::

    code = "township_paper"
    name = "乡镇纸质登记表"
    checked = false                     # shown with 待核 until the county has compared it with its form
    materials = ["身份证", "户口簿"]     # papers whose names hold these words come first, in this order

    [[sections]]
    title = "申请人"

    [[sections.fields]]
    label = "出生年月"                   # as the form has it
    source = "applicant.birth_date"     # see SOURCES; form.<name> is a field of the item's own form
    date = "chinese"                    # one of DateStyle
    upper = true                        # letters as capitals
    from = 1                            # the characters from … to … alone, where the form has a box for each part
    to = 6
    longest = 20                        # more is told, never cut
    codes = {male = "1", female = "2"}  # what the form has in the place of our code

``form.*`` stands for every field of the item's form that no other line names, ``materials.*`` for every paper: a line
each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.domain.party import PartyRole

_OF_A_PARTY = ("name", "document_kind", "document_number", "phone", "relation", "scope", "until")
_OF_THE_APPLICANT = (
    *("kind", "name", "document_kind", "document_number", "phone", "address", "birth_date", "sex", "ethnic_group"),
)
_OF_THE_CASE = ("local_no", "item_code", "item_name", "received_on", "clerk")
REST_OF_FORM = "form.*"
EVERY_MATERIAL = "materials.*"
SOURCES = frozenset(
    {
        *(f"applicant.{name}" for name in _OF_THE_APPLICANT),
        *(f"{role}.{name}" for role in PartyRole for name in _OF_A_PARTY),
        *(f"case.{name}" for name in _OF_THE_CASE),
        *(f"station.{name}" for name in ("name", "division_code")),
        *(f"materials.{name}" for name in ("list", "count")),
        "pages.count",
        *(REST_OF_FORM, EVERY_MATERIAL),
    }
)
"""What a line may show, besides ``form.<name>``."""
_FORM_FIELD = re.compile(r"form\.[a-z][a-z0-9_]{0,63}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_SECTIONS, _MOST_FIELDS = 30, 200
_LONGEST_LABEL, _LONGEST_VALUE = 60, 10_000


class DateStyle(StrEnum):
    """How the form wants a date written."""

    ISO = "iso"
    """2026-11-23"""
    SLASHES = "slashes"
    """2026/11/23"""
    DOTS = "dots"
    """2026.11.23"""
    COMPACT = "compact"
    """20261123"""
    CHINESE = "chinese"
    """2026年11月23日"""
    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@dataclass(frozen=True)
class OrderField:
    """One line of the form.

    Args:
        label: as the form has it.
        source: one of :data:`SOURCES`, or ``form.<name>``.
        part: first and last character of the value that the form has a box for, counted from 1; None for all.
        longest: characters the form takes; None where that is not known.
        codes: our code → what the form has in its place.
    """

    label: str
    source: str
    date: DateStyle = DateStyle.ISO
    upper: bool = False
    part: tuple[int, int] | None = None
    longest: int | None = None
    codes: Mapping[str, str] | None = None


@dataclass(frozen=True)
class OrderSection:
    """Lines under one heading."""

    title: str
    fields: tuple[OrderField, ...]


@dataclass(frozen=True)
class FormOrder:
    """A form's order.

    Args:
        code: names it for ever; a file with the same code takes its place.
        checked: whether the county has compared it with its form.
        note: where it is from, in a sentence; may be "".
        materials: words of papers' names, in the form's order.
    """

    code: str
    name: str
    checked: bool
    note: str
    materials: tuple[str, ...]
    sections: tuple[OrderSection, ...]


def form_order_of(table: CheckedTable) -> FormOrder:
    """The order in a file.

    Raises:
        Problem: ``catalogue.bad_file`` naming the first entry that is wrong, missing or not known.
    """
    code = table.text("code")
    if not _CODE.fullmatch(code):
        raise table.bad("code")
    name = table.text("name", longest=_LONGEST_LABEL)
    checked = table.flag("checked", default=False)
    note = table.text("note", default="")
    materials = table.texts("materials", longest=_LONGEST_LABEL)
    sections = table.tables("sections")
    if not 0 < len(sections) <= _MOST_SECTIONS:
        raise table.bad("sections")
    order = FormOrder(code, name, checked, note, materials, tuple(map(_section, sections)))
    table.finish()
    return order


def _section(table: CheckedTable) -> OrderSection:
    title = table.text("title", longest=_LONGEST_LABEL)
    fields = table.tables("fields")
    if not 0 < len(fields) <= _MOST_FIELDS:
        raise table.bad("fields")
    section = OrderSection(title, tuple(map(_field, fields)))
    table.finish()
    return section


def _field(table: CheckedTable) -> OrderField:
    label = table.text("label", longest=_LONGEST_LABEL)
    source = table.text("source")
    if source not in SOURCES and not _FORM_FIELD.fullmatch(source):
        raise table.bad("source")
    date = table.choice("date", DateStyle, default=DateStyle.ISO)
    upper = table.flag("upper", default=False)
    first, last = (table.optional_number(entry, at_least=1) for entry in ("from", "to"))
    if (first is None) != (last is None):
        raise table.bad("to" if last is None else "from")
    part = None if first is None or last is None else (first, last)
    if part is not None and not part[0] <= part[1] <= _LONGEST_VALUE:
        raise table.bad("to")
    longest = table.optional_number("longest", at_least=1)
    with_codes = table.table("codes")
    codes = None if with_codes is None else _codes(with_codes)
    table.finish()
    return OrderField(label, source, date, upper, part, longest, codes)


def _codes(table: CheckedTable) -> Mapping[str, str]:
    return {code: table.text(code, longest=_LONGEST_LABEL) for code in table.entries()}

"""Form fields from their checked tables, and whether they fit each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.domain.form_check import split_day
from villagedesk.domain.form_field import FieldKind, FormField, Option
from villagedesk.domain.when import FACTS, When

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_CHOICES = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
NUMBERS = frozenset({FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.AREA, FieldKind.DECIMAL})
"""Kinds whose value is a number."""
_BOUNDED = NUMBERS | {FieldKind.ROWS}
_DAYS = frozenset({"today", "birth_date"})
_LONGEST = 2000
_LONGEST_PATTERN = 100
_COSTLY = re.compile(r"\)[*+{]|\\[0-9]|\(\?")
"""In a pattern: what could make matching take for ever, or what nobody at the county can read."""


def field_of(table: CheckedTable, *, column: bool = False) -> FormField:
    """One field.

    Args:
        column: it is a column of rows, which has no rows of its own.

    Raises:
        Problem: ``catalogue.bad_file`` (``file``, ``entry``).
    """
    name = table.text("name")
    if not _NAME.fullmatch(name) or name in FACTS:
        raise table.bad("name")
    field = FormField(
        name=name,
        label=table.text("label", longest=60),
        kind=table.choice("kind", FieldKind),
        section=table.text("section", default="", longest=40),
        help=table.text("help", default=""),
        required=table.flag("required", default=False),
        when=when_of(table.table("when")),
        options=tuple(_option(row) for row in table.tables("options")),
        least=table.decimal("least"),
        most=table.decimal("most"),
        longest=table.optional_number("longest", at_least=1) or 100,
        unit=table.text("unit", default="", longest=20),
        not_before=table.text("not_before", default=""),
        not_after=table.text("not_after", default=""),
        pattern=table.text("pattern", default="", longest=_LONGEST_PATTERN),
        pattern_hint=table.text("pattern_hint", default="", longest=100),
        columns=() if column else tuple(field_of(row, column=True) for row in table.tables("columns")),
        default=table.text("default", default=""),
    )
    table.finish()
    codes = [option.code for option in field.options]
    if (field.kind in _CHOICES) != bool(codes) or len(set(codes)) != len(codes):
        raise table.bad("options")
    if (field.kind is FieldKind.ROWS) != bool(field.columns):
        raise table.bad("columns" if not column else "kind")
    if (field.least, field.most) != (None, None) and field.kind not in _BOUNDED:
        raise table.bad("least" if field.least is not None else "most")
    if field.least is not None and field.most is not None and field.least > field.most:
        raise table.bad("most")
    if field.longest > _LONGEST:
        raise table.bad("longest")
    if (field.not_before or field.not_after) and field.kind is not FieldKind.DATE:
        raise table.bad("not_before" if field.not_before else "not_after")
    if field.kind is FieldKind.DECIMAL and not field.unit:
        raise table.bad("unit")
    if any(option.alone for option in field.options) and field.kind is not FieldKind.CHOICES:
        raise table.bad("options")
    _check_pattern(table, field)
    if field.default and field.kind in _CHOICES and field.default not in codes:
        raise table.bad("default")
    return field


def check_fields(table: CheckedTable, fields: Sequence[FormField], path: str = "fields") -> None:
    """Whether names differ, conditions hang on an earlier field, and dates on something that is there.

    Raises:
        Problem: ``catalogue.bad_file``.
    """
    names = [field.name for field in fields]
    for number, field in enumerate(fields, start=1):
        where = f"{path}[{number}]."
        if names.index(field.name) != number - 1:
            raise table.bad(where + "name")
        if field.when is not None and field.when.fact not in FACTS | set(names[: number - 1]):
            raise table.bad(where + "when.fact")
        for entry, day in (("not_before", field.not_before), ("not_after", field.not_after)):
            name = split_day(day)[0]
            if day and name not in _DAYS and name not in names and not _is_date(name):
                raise table.bad(where + entry)
        if field.columns:
            check_fields(table, field.columns, f"{where}columns")


def when_of(table: CheckedTable | None) -> When | None:
    """A condition, None where there is none."""
    if table is None:
        return None
    when = When(
        words=table.text("words", longest=100),
        fact=table.text("fact", default=""),
        values=table.texts("values"),
        least=table.optional_number("least", at_least=0),
        most=table.optional_number("most", at_least=0),
    )
    table.finish()
    bounded = when.least is not None or when.most is not None
    if bool(when.fact) != (bool(when.values) or bounded) or (when.values and bounded):
        raise table.bad("fact")
    return when


def _option(table: CheckedTable) -> Option:
    option = Option(table.text("code"), table.text("label", longest=60), table.flag("alone", default=False))
    table.finish()
    if not _CODE.fullmatch(option.code):
        raise table.bad("code")
    return option


def _check_pattern(table: CheckedTable, field: FormField) -> None:
    if not field.pattern:
        if field.pattern_hint:
            raise table.bad("pattern")
        return
    try:
        re.compile(field.pattern)
    except re.error:
        raise table.bad("pattern") from None
    if field.kind is not FieldKind.TEXT or _COSTLY.search(field.pattern):
        raise table.bad("pattern")
    if not field.pattern_hint:
        raise table.bad("pattern_hint")


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False

"""The rules between the fields of a form from their checked tables, and whether they fit the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from typing import TypedDict

from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.fields import NUMBERS, when_of
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.form_rule import Agrees, FormRule, MustBe, NotTwice, Relation, RowCount, Where
from villagedesk.domain.when import FACTS, NO, YES, When

_ANSWERS = frozenset({FieldKind.CHOICE, FieldKind.CHOICES, FieldKind.YES_NO})
_WHOLE = 100


class _Common(TypedDict):
    field: str
    words: str
    warn: bool
    when: When | None


def rule_of(table: CheckedTable, fields: Sequence[FormField]) -> FormRule:
    """One rule.

    Raises:
        Problem: ``catalogue.bad_file`` (``file``, ``entry``).
    """
    by_name = {field.name: field for field in fields}
    make = _MAKERS.get(table.text("kind"))
    if make is None:
        raise table.bad("kind")
    common: _Common = {
        "field": table.text("field"),
        "words": table.text("words", longest=100),
        "warn": table.flag("warn", default=False),
        "when": when_of(table.table("when")),
    }
    if common["field"] not in by_name:
        raise table.bad("field")
    when = common["when"]
    if when is not None and when.fact not in FACTS | by_name.keys():
        raise table.bad("when.fact")
    rule = make(table, common, by_name)
    table.finish()
    return rule


def _agrees(table: CheckedTable, common: _Common, fields: Mapping[str, FormField]) -> FormRule:
    to = fields.get(table.text("to"))
    if fields[common["field"]].kind not in NUMBERS:
        raise table.bad("field")
    if to is None or (to.kind not in NUMBERS and not to.columns):
        raise table.bad("to")
    rule = Agrees(
        **common,
        relation=table.choice("relation", Relation),
        to=to.name,
        column=table.text("column", default=""),
        where=_where(table, to),
        plus=table.optional_number("plus", at_least=0) or 0,
    )
    if rule.column and (rule.where is not None or _kind(to, rule.column) not in NUMBERS):
        raise table.bad("column")
    return rule


def _row_count(table: CheckedTable, common: _Common, fields: Mapping[str, FormField]) -> FormRule:
    where = _where(table, fields[common["field"]])
    if where is None:
        raise table.bad("where")
    bounds = {
        name: table.optional_number(name, at_least=0)
        for name in ("least", "most", "least_percent", "most_percent", "rows_least", "rows_most")
    }
    if all(bounds[name] is None for name in ("least", "most", "least_percent", "most_percent")):
        raise table.bad("least")
    for name in ("least_percent", "most_percent"):
        if (bounds[name] or 0) > _WHOLE:
            raise table.bad(name)
    return RowCount(**common, where=where, **bounds)


def _not_twice(table: CheckedTable, common: _Common, fields: Mapping[str, FormField]) -> FormRule:
    columns = table.texts("columns")
    if not columns or any(_kind(fields[common["field"]], column) is None for column in columns):
        raise table.bad("columns")
    return NotTwice(**common, columns=columns)


def _must_be(table: CheckedTable, common: _Common, fields: Mapping[str, FormField]) -> FormRule:
    values = table.texts("values")
    if fields[common["field"]].kind not in _ANSWERS:
        raise table.bad("field")
    if not values or not set(values) <= _codes(fields[common["field"]]):
        raise table.bad("values")
    return MustBe(**common, values=values)


def _where(table: CheckedTable, to: FormField) -> Where | None:
    row = table.table("where")
    if row is None:
        return None
    where = Where(row.text("column"), row.texts("values"))
    row.finish()
    column = next((one for one in to.columns if one.name == where.column), None)
    if column is None or column.kind is not FieldKind.CHOICE:
        raise row.bad("column")
    if not where.values or not set(where.values) <= _codes(column):
        raise row.bad("values")
    return where


def _kind(table: FormField, column: str) -> FieldKind | None:
    return next((one.kind for one in table.columns if one.name == column), None)


def _codes(field: FormField) -> Set[str]:
    return {YES, NO} if field.kind is FieldKind.YES_NO else {option.code for option in field.options}


_MAKERS: Mapping[str, Callable[[CheckedTable, _Common, Mapping[str, FormField]], FormRule]] = {
    "agrees": _agrees,
    "row_count": _row_count,
    "not_twice": _not_twice,
    "must_be": _must_be,
}

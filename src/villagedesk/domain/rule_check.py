"""Is a form right as a whole: the rules between its fields, once each field is right in itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from villagedesk.domain.form_field import FormField
from villagedesk.domain.form_rule import Agrees, FormRule, MustBe, NotTwice, Relation, RowCount, Where
from villagedesk.domain.problems import InputProblem, Problem

Rows: TypeAlias = Mapping[int, Mapping[str, str]]
"""Cells by column, by the number of the row."""
_BETWEEN = "、"


class FilledIn:
    """What a form holds, as far as it is right.

    Args:
        fields: of the item.
        values: of the fields that are shown, folded.
        tables: their rows by the number each has on the screen.
        wrong: places that are wrong: ``bills``, ``bills.2.amount``.
    """

    def __init__(
        self, fields: Sequence[FormField], values: Mapping[str, str], tables: Mapping[str, Rows], wrong: Set[str]
    ) -> None:
        self.fields = {field.name: field for field in fields}
        self._values = values
        self._tables = tables
        self._wrong = wrong

    def answer(self, name: str) -> str:
        """The value, "" where there is none that is right."""
        return "" if name in self._wrong else self._values.get(name, "")

    def number(self, name: str) -> Decimal | None:
        """The value as a number."""
        return _number(self.answer(name))

    def rows(self, name: str) -> Rows | None:
        """The rows, in which wrong cells are empty; None where the table is wrong, empty or not on the form."""
        rows = self._tables.get(name)
        if not rows or name in self._wrong:
            return None
        return {
            number: {column: "" if f"{name}.{number}.{column}" in self._wrong else cell for column, cell in row.items()}
            for number, row in rows.items()
        }

    def column(self, table: str, name: str) -> FormField:
        """A column of a table."""
        return next(column for column in self.fields[table].columns if column.name == name)


def check_rule(rule: FormRule, form: FilledIn) -> Problem | None:
    """What is wrong by that rule; None where nothing is, or where it cannot be told yet.

    ``field`` of the problem is the place in the form: ``total``, or ``bills.2.bill_no``.
    """
    return next(_CHECKS[type(rule)](rule, form), None)


def _agrees(rule: Agrees, form: FilledIn) -> Iterator[Problem]:
    number = form.number(rule.field)
    if rule.column:
        other = _sum(form.rows(rule.to), rule.column)
    elif form.fields[rule.to].columns:
        other = _count(form.rows(rule.to), rule.where)
    else:
        other = form.number(rule.to)
    if number is None or other is None or _stands(number, rule.relation, other + rule.plus):
        return
    field = form.fields[rule.field]
    told = {
        "label": field.label,
        "typed": _plain(number),
        "unit": field.unit,
        "other": form.fields[rule.to].label,
        "found": _plain(other),
        "words": rule.words,
    }
    if rule.column:
        column = form.column(rule.to, rule.column).label
        yield InputProblem("domain.form.against_sum", field=rule.field, column=column, **told)
    elif rule.where is not None:
        where = _where_words(rule.to, rule.where, form)
        yield InputProblem("domain.form.against_rows_with", field=rule.field, **told, **where)
    elif form.fields[rule.to].columns:
        yield InputProblem("domain.form.against_rows", field=rule.field, **told)
    else:
        other_unit = form.fields[rule.to].unit
        yield InputProblem("domain.form.against_field", field=rule.field, other_unit=other_unit, **told)


def _row_count(rule: RowCount, form: FilledIn) -> Iterator[Problem]:
    rows = form.rows(rule.field)
    if not rows or not _within(len(rows), rule.rows_least, rule.rows_most):
        return
    if any(not row.get(rule.where.column) for row in rows.values()):
        return
    found = _count(rows, rule.where) or Decimal(0)
    percent = found * 100 / len(rows)
    if _within(found, rule.least, rule.most) and _within(percent, rule.least_percent, rule.most_percent):
        return
    yield InputProblem(
        "domain.form.rows_with",
        field=rule.field,
        label=form.fields[rule.field].label,
        total=len(rows),
        found=int(found),
        words=rule.words,
        **_where_words(rule.field, rule.where, form),
    )


def _not_twice(rule: NotTwice, form: FilledIn) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    for number, row in (form.rows(rule.field) or {}).items():
        cells = tuple(row.get(column, "") for column in rule.columns)
        if not all(cells):
            continue
        first = seen.setdefault(cells, number)
        if first != number:
            labels = _BETWEEN.join(form.column(rule.field, column).label for column in rule.columns)
            yield InputProblem(
                "domain.form.row_twice",
                field=f"{rule.field}.{number}.{rule.columns[0]}",
                label=form.fields[rule.field].label,
                first=first,
                second=number,
                columns=labels,
                words=rule.words,
            )


def _must_be(rule: MustBe, form: FilledIn) -> Iterator[Problem]:
    answer = form.answer(rule.field).split()
    if answer and not set(answer) <= set(rule.values):
        label = form.fields[rule.field].label
        yield InputProblem("domain.form.answer", field=rule.field, label=label, words=rule.words)


def _where_words(table: str, where: Where, form: FilledIn) -> dict[str, str]:
    column = form.column(table, where.column)
    labels = {option.code: option.label for option in column.options}
    return {"column": column.label, "values": _BETWEEN.join(labels[value] for value in where.values)}


def _count(rows: Rows | None, where: Where | None) -> Decimal | None:
    """How many rows; None while a row does not say whether it is one of them."""
    if rows is None or where is None:
        return None if rows is None else Decimal(len(rows))
    cells = [row.get(where.column, "") for row in rows.values()]
    return Decimal(sum(cell in where.values for cell in cells)) if all(cells) else None


def _sum(rows: Rows | None, column: str) -> Decimal | None:
    """None while a cell is empty or wrong."""
    total = Decimal(0)
    for row in (rows or {}).values():
        number = _number(row.get(column, ""))
        if number is None:
            return None
        total += number
    return None if rows is None else total


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _stands(number: Decimal, relation: Relation, other: Decimal) -> bool:
    if relation is Relation.EQUAL:
        return number == other
    return number <= other if relation is Relation.AT_MOST else number >= other


def _within(number: Decimal | int, least: int | None, most: int | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


_CHECKS: Mapping[type, Callable[[Any, FilledIn], Iterator[Problem]]] = {
    Agrees: _agrees,
    RowCount: _row_count,
    NotTwice: _not_twice,
    MustBe: _must_be,
}

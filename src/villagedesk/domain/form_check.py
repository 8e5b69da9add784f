"""Is a filled-in form right: every value against its field's rule, folded to the one way it is kept.

A wrong value stays as it was typed and says why; nothing is thrown away. An option's code that is not known (an older
version of the item, another system) is kept and told, never dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from villagedesk.domain.dates import NoDate, months_later, read_date
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.form_rule import FormRule
from villagedesk.domain.identity import DocumentKind, check_document
from villagedesk.domain.names import fold_name
from villagedesk.domain.phone import check_phone
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.rule_check import FilledIn, Rows, check_rule
from villagedesk.domain.typed_text import fold_code, fold_digits, without_invisible
from villagedesk.domain.uscc import check_uscc
from villagedesk.domain.when import NO, YES

FORM = "form."
"""Begins the names of form fields where they stand beside those of the applicant: ``form.bank``,
``form.members.2.name``."""

_ACCOUNT = re.compile(r"[0-9]{8,30}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_CENTS = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,2})?")
_MOVED = re.compile(r"(?P<name>.+)(?P<number>[+-][0-9]{1,4})(?P<unit>[dmy])")
_MONTHS = {"y": 12, "m": 1, "d": 0}
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_MOST_ROWS = 200
_UNREAD_TABLE = frozenset({"domain.form.no_table", "domain.form.many_rows"})


@dataclass(frozen=True)
class Surroundings:
    """What a form's rules may look at besides the form.

    Args:
        facts: of the case (:data:`villagedesk.domain.when.FACTS`).
        today: the date in Shanghai.
        birth_date: of the applicant, None while unknown.
        known_areas: for the warning beside identity numbers.
    """

    facts: Mapping[str, str]
    today: date
    birth_date: date | None = None
    known_areas: Set[str] = frozenset()


@dataclass(frozen=True)
class CheckedForm:
    """A form against its rules.

    Args:
        values: folded where right, as typed where not; fields that are not shown are left out.
        problems: what is wrong or empty though required, by field name with :data:`FORM` before it.
        warnings: what should be looked at.
        shown: names of the fields whose condition holds, or that only the clerk can tell.
    """

    values: Mapping[str, str]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    shown: tuple[str, ...]


def check_form(
    fields: Sequence[FormField], typed: Mapping[str, str], around: Surroundings, rules: Sequence[FormRule] = ()
) -> CheckedForm:
    """Check everything anew from what was typed.

    Args:
        typed: field name → text; names that are no field's (an older version's) are kept as they are.
        rules: between the fields.
    """
    # a condition hangs on an earlier field, and on nothing while that one is hidden, whatever was typed there before
    facts = dict(around.facts)
    known = {field.name for field in fields}
    values = {name: value for name, value in typed.items() if name not in known}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    shown: list[str] = []
    tables: dict[str, Rows] = {}
    for field in fields:
        holds = True if field.when is None else field.when.holds(facts)
        if _hidden(field, holds):
            continue
        shown.append(field.name)
        # days named by another field are compared with what that field came to, not with how it was typed
        row = {**typed, **values}
        found = _check(field, typed.get(field.name, ""), FORM + field.name, row, around, needed=holds is True)
        values[field.name] = facts[field.name] = found.value
        tables[field.name] = found.rows or {}
        problems += found.problems
        warnings += found.warnings
    broken = list(_broken(rules, FilledIn(fields, values, tables, _wrong(fields, problems)), facts))
    problems += [problem for rule, problem in broken if not rule.warn]
    warnings += [problem for rule, problem in broken if rule.warn]
    return CheckedForm(values, tuple(problems), tuple(warnings), tuple(shown))


def _wrong(fields: Sequence[FormField], problems: Sequence[Problem]) -> Set[str]:
    """Places that are wrong: a table with too few rows can still be counted, one that could not be read cannot."""
    tables = {FORM + field.name for field in fields if field.columns}
    return {one.field.removeprefix(FORM) for one in problems if one.field not in tables or one.key in _UNREAD_TABLE}


def _broken(rules: Sequence[FormRule], form: FilledIn, facts: Mapping[str, str]) -> Iterator[tuple[FormRule, Problem]]:
    for rule in rules:
        if rule.when is None or rule.when.holds(facts):
            problem = check_rule(rule, form)
            if problem is not None:
                yield rule, type(problem)(problem.key, field=FORM + problem.field, **problem.params)


def _hidden(field: FormField, holds: bool | None) -> bool:
    """Whether a condition keeps a field off the form: one that hangs on a fact waits until that is known."""
    return holds is not True and field.when is not None and (holds is False or bool(field.when.fact))


@dataclass(frozen=True)
class _Found:
    """Of a field; ``rows`` of a table, by the number each has on the screen."""

    value: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    rows: Rows | None = None


def _check(
    field: FormField, typed: str, name: str, row: Mapping[str, str], around: Surroundings, *, needed: bool
) -> _Found:
    empty = InputProblem("domain.form.empty", field=name, label=field.label)
    nothing = _Found("", (empty,) if field.required and needed else ())
    if not typed.strip():
        return nothing
    if field.kind is FieldKind.ROWS:
        return _rows(field, typed, name, around)
    try:
        found = _CHECKS[field.kind](field, typed, around)
        _check_day(field, found.value, row, around)
    except InputProblem as problem:
        params = {"label": field.label, **problem.params}
        return _Found(typed, (InputProblem(problem.key, field=name, **params),))
    if not found.value:  # signs alone, which folding drops
        return nothing
    warnings = tuple(Problem(one.key, field=name, **one.params) for one in found.warnings)
    return replace(found, warnings=warnings)


def _text(field: FormField, typed: str, _around: Surroundings) -> _Found:
    lines = [" ".join(line.split()) for line in typed.strip().splitlines()]
    value = "\n".join(lines) if field.kind is FieldKind.LONG_TEXT else " ".join(line for line in lines if line)
    if len(value) > field.longest:
        raise InputProblem("domain.form.too_long", count=len(value), limit=field.longest, label=field.label)
    if field.pattern:
        value = fold_code(value)
        if not re.fullmatch(field.pattern, value):
            raise InputProblem("domain.form.pattern", hint=field.pattern_hint, label=field.label)
    return _Found(value)


def _number(field: FormField, typed: str, _around: Surroundings) -> _Found:
    plain = "".join(fold_digits(without_invisible(typed)).split())
    if "," in plain:
        if not _THOUSANDS.fullmatch(plain):  # 12,5 may be twelve and a half, or a list
            raise InputProblem("domain.form.comma", label=field.label)
        plain = plain.replace(",", "")
    whole = field.kind is FieldKind.NUMBER
    if not (_WHOLE if whole else _CENTS).fullmatch(plain):
        raise InputProblem("domain.form.whole_number" if whole else "domain.form.decimal_number", label=field.label)
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise InputProblem("domain.form.decimal_number", label=field.label) from None
    _check_bounds(field, number)
    return _Found(str(int(number)) if whole else format(number, "f"))


def _check_bounds(field: FormField, number: Decimal) -> None:
    if field.least is not None and number < field.least:
        raise InputProblem("domain.form.too_small", least=str(field.least), unit=field.unit, label=field.label)
    if field.most is not None and number > field.most:
        raise InputProblem("domain.form.too_large", most=str(field.most), unit=field.unit, label=field.label)


def _date(field: FormField, typed: str, _around: Surroundings) -> _Found:
    try:
        return _Found(read_date(typed).isoformat())
    except NoDate as error:
        if error.typed:
            raise InputProblem("domain.form.no_such_date", typed=error.typed, label=field.label) from None
        raise InputProblem("domain.form.date_shape", label=field.label) from None


def _check_day(field: FormField, value: str, row: Mapping[str, str], around: Surroundings) -> None:
    if field.kind is not FieldKind.DATE:
        return
    day = date.fromisoformat(value)
    first, last = _day_of(field.not_before, row, around), _day_of(field.not_after, row, around)
    if first is not None and day < first:
        raise InputProblem("domain.form.too_early", first=first.isoformat(), label=field.label)
    if last is not None and day > last:
        raise InputProblem("domain.form.too_late", last=last.isoformat(), label=field.label)


def _day_of(words: str, row: Mapping[str, str], around: Surroundings) -> date | None:
    name, months, days = split_day(words)
    known = {"today": around.today, "birth_date": around.birth_date}
    try:
        day = known[name] if name in known else date.fromisoformat(row.get(name, name))
        return day and months_later(day, months) + timedelta(days)
    except (ValueError, OverflowError):
        return None


def split_day(words: str) -> tuple[str, int, int]:
    """The day a date is held against, by its name, and the months and days it is moved by."""
    found = _MOVED.fullmatch(words)
    if found is None:
        return words, 0, 0
    number = int(found["number"])
    return found["name"], number * _MONTHS[found["unit"]], number if found["unit"] == "d" else 0


def _yes_no(field: FormField, typed: str, _around: Surroundings) -> _Found:
    if typed.strip() not in (YES, NO):
        raise InputProblem("domain.form.yes_or_no", label=field.label)
    return _Found(typed.strip())


def _choices(field: FormField, typed: str, _around: Surroundings) -> _Found:
    codes = typed.split()
    if field.kind is FieldKind.CHOICE and len(codes) > 1:
        raise InputProblem("domain.form.one_only", label=field.label)
    order = [option.code for option in field.options]
    unknown = [code for code in codes if code not in order]
    alone = next((option.label for option in field.options if option.alone and option.code in codes), "")
    if alone and len(set(codes)) > 1:
        raise InputProblem("domain.form.alone", option=alone, label=field.label)
    value = " ".join([code for code in order if code in codes] + unknown)
    return _Found(value, warnings=tuple(Problem("domain.form.unknown_code", code=code) for code in unknown))


def _person_name(_field: FormField, typed: str, _around: Surroundings) -> _Found:
    folded = fold_name(typed)
    return _Found(folded.name, warnings=(*folded.notes, *folded.questions))


def _resident_id(_field: FormField, typed: str, around: Surroundings) -> _Found:
    checked = check_document(DocumentKind.RESIDENT_ID, typed, around.today, around.known_areas)
    if checked.question is not None:
        raise InputProblem(checked.question.key, field="", **checked.question.params)
    return _Found(checked.number, warnings=checked.warnings)


def _uscc(_field: FormField, typed: str, _around: Surroundings) -> _Found:
    number, warnings = check_uscc(fold_code(typed))
    return _Found(number, warnings=warnings)


def _phone(_field: FormField, typed: str, _around: Surroundings) -> _Found:
    return _Found(check_phone(typed))


def _account(field: FormField, typed: str, _around: Surroundings) -> _Found:
    number = fold_code(typed)
    if not _ACCOUNT.fullmatch(number):
        raise InputProblem("domain.form.account", label=field.label)
    return _Found(number)


def _rows(field: FormField, typed: str, name: str, around: Surroundings) -> _Found:
    try:
        raw = json.loads(typed)
    except (ValueError, RecursionError):
        raw = None
    if not isinstance(raw, list) or not all(isinstance(row, dict) for row in raw):
        return _Found(typed, (InputProblem("domain.form.no_table", field=name, label=field.label),))
    rows: dict[int, dict[str, str]] = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    # rows are counted as they stand on the screen, empty ones too, so that a sentence names the row the clerk sees
    filled = [(number, row) for number, row in enumerate(raw, start=1) if any(str(one).strip() for one in row.values())]
    for number, row in filled[:_MOST_ROWS]:
        typed_row = {str(key): str(value) for key, value in row.items()}
        columns = {column.name for column in field.columns}
        kept = {key: value for key, value in typed_row.items() if key not in columns}
        for column in field.columns:
            holds = True if column.when is None else column.when.holds({**around.facts, **kept})
            if _hidden(column, holds):
                continue
            place = f"{name}.{number}.{column.name}"
            cells = {**typed_row, **kept}
            found = _check(column, typed_row.get(column.name, ""), place, cells, around, needed=holds is True)
            kept[column.name] = found.value
            problems += found.problems
            warnings += found.warnings
        rows[number] = kept
    least = field.least if field.least is not None else Decimal(1 if field.required else 0)
    most = min(field.most or Decimal(_MOST_ROWS), Decimal(_MOST_ROWS))
    if len(filled) < least:
        problems.append(InputProblem("domain.form.few_rows", field=name, label=field.label, least=str(least)))
    if len(filled) > most:
        problems.append(InputProblem("domain.form.many_rows", field=name, label=field.label, most=str(most)))
        return _Found(typed, tuple(problems), tuple(warnings))
    whole = json.dumps([*rows.values()], ensure_ascii=False) if rows else ""
    return _Found(whole, tuple(problems), tuple(warnings), rows)


_CHECKS: Mapping[FieldKind, Callable[[FormField, str, Surroundings], _Found]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.AMOUNT: _number,
    FieldKind.AREA: _number,
    FieldKind.DECIMAL: _number,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choices,
    FieldKind.CHOICES: _choices,
    FieldKind.PERSON_NAME: _person_name,
    FieldKind.RESIDENT_ID: _resident_id,
    FieldKind.USCC: _uscc,
    FieldKind.PHONE: _phone,
    FieldKind.BANK_ACCOUNT: _account,
}

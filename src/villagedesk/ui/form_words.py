"""Values of an item's own form in words: labels instead of codes, units behind, tables row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date

from villagedesk.domain.ethnic_groups import ETHNIC_GROUPS
from villagedesk.domain.form_field import FieldKind, FormField
from villagedesk.domain.masking import mask_number, mask_phone
from villagedesk.ui.sentences import Words

_MASKS = {
    FieldKind.RESIDENT_ID: mask_number,
    FieldKind.BANK_ACCOUNT: mask_number,
    FieldKind.PHONE: mask_phone,
}


def form_lines(
    words: Words, fields: Sequence[FormField], form: Mapping[str, str], *, masked: bool
) -> list[tuple[str, str]]:
    """Label and value of everything that was filled in, in the form's order.

    Args:
        fields: of the version the case is bound to. Values of fields that it does not know come last, under the name
            they were stored with: nothing that was taken in goes unseen.
        masked: whether identity numbers, accounts and telephone numbers are hidden in part.
    """
    lines = [
        (field.label, field_words(words, field, form[field.name], masked=masked))
        for field in fields
        if form.get(field.name)
    ]
    known = {field.name for field in fields}
    strange = [(name, value) for name, value in form.items() if value and name not in known]
    return lines + [(name, mask_number(value) if masked else value) for name, value in strange]


def ethnic_words(words: Words, code: str) -> str:
    """The name of an ethnic group; a code that is not known is shown as it is."""
    return words(f"domain.ethnic_group.{code}") if code in ETHNIC_GROUPS else code


def field_words(words: Words, field: FormField, value: str, *, masked: bool) -> str:
    """One value; a code that is not among the options is shown as it is."""
    if field.kind is FieldKind.ROWS:
        return _rows(words, field, value, masked=masked)
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        labels = {option.code: option.label for option in field.options}
        codes = value.split() if field.kind is FieldKind.CHOICES else [value]
        return words("ui.value.between").join(labels.get(code, code) for code in codes)
    if field.kind is FieldKind.YES_NO and value in ("yes", "no"):
        return words(f"ui.value.{value}")
    if field.kind is FieldKind.DATE:
        return _date(words, value)
    if masked and field.kind in _MASKS:
        value = _MASKS[field.kind](value)
    return f"{value} {field.unit}" if field.unit else value


def _date(words: Words, value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return words("ui.value.date", year=day.year, month=day.month, day=day.day)


def _rows(words: Words, field: FormField, value: str, *, masked: bool) -> str:
    try:
        rows = json.loads(value)
    except ValueError:
        return mask_number(value) if masked else value
    if not isinstance(rows, list):
        return value
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = {str(name): str(cell) for name, cell in row.items()} if isinstance(row, dict) else {}
        said = [text for _, text in form_lines(words, field.columns, cells, masked=masked)]
        lines.append(words("ui.value.row", number=number, cells=words("ui.value.between_cells").join(said)))
    return "\n".join(lines)

"""The fields of an item's own form, as data: what is asked, in which order, by which rule, with which help."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from villagedesk.domain.when import When


class FieldKind(StrEnum):
    """What a field holds; how its value is written in ``Case.form`` stands behind.

    Every value is text, "" while empty, as typed in a draft and folded once it is right.
    """

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    """A whole number, ``"12"``."""
    AMOUNT = "amount"
    """Yuan with at most two decimals, ``"1200.50"``."""
    AREA = "area"
    """Square metres with at most two decimals."""
    DECIMAL = "decimal"
    """Any other measure with at most two decimals, in the field's unit."""
    DATE = "date"
    """ISO, ``"2026-11-23"``."""
    YES_NO = "yes_no"
    """``"yes"`` or ``"no"``."""
    CHOICE = "choice"
    """One option's code."""
    CHOICES = "choices"
    """Several options' codes with a blank between, in the order of the options."""
    PERSON_NAME = "person_name"
    RESIDENT_ID = "resident_id"
    USCC = "uscc"
    PHONE = "phone"
    BANK_ACCOUNT = "bank_account"
    """Digits only."""
    ROWS = "rows"
    """A table, e.g. the members of a family: a JSON list of objects, column name → value."""


@dataclass(frozen=True)
class Option:
    """One choice.

    Args:
        alone: of several that may be chosen, this one goes with no other, e.g. 没有.
    """

    code: str
    label: str
    alone: bool = False


@dataclass(frozen=True)
class FormField:
    """One field.

    Args:
        name: stable within the item; ASCII.
        label: as the clerk reads it.
        section: heading it stands under; "" goes on under the one before.
        help: what to write there and where it is found, in a sentence; may be "".
        required: must be filled in; with ``when`` only then, and hidden while ``when`` does not hold.
        options: of a choice.
        least, most: inclusive bounds of a number of any kind, or of the count of rows.
        longest: characters at the most, of a text.
        unit: stands behind the value, e.g. 元/月.
        not_before, not_after: of a date: ``"today"``, ``"birth_date"``, another date field's name, or an ISO date; with
            so many days, months or years more or less behind it, e.g. ``"today-30d"``, ``"birth_date+60y"``.
        pattern: regular expression of the whole text, in capitals and half-width; ``pattern_hint`` says in a sentence
            what it looks like.
        columns: of rows; no rows within rows.
        default: put in when the draft begins.
    """

    name: str
    label: str
    kind: FieldKind
    section: str = ""
    help: str = ""
    required: bool = False
    when: When | None = None
    options: tuple[Option, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int = 100
    unit: str = ""
    not_before: str = ""
    not_after: str = ""
    pattern: str = ""
    pattern_hint: str = ""
    columns: tuple[FormField, ...] = ()
    default: str = ""

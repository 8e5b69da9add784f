"""Rules between the fields of an item's form, as data: what must agree with what, and what is said where it does
not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from villagedesk.domain.when import When


class Relation(StrEnum):
    """How a number must stand to another one."""

    EQUAL = "equal"
    AT_MOST = "at_most"
    AT_LEAST = "at_least"


@dataclass(frozen=True)
class Where:
    """The rows of a table in which a column holds one of some options.

    Args:
        column: a choice.
        values: codes of its options.
    """

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FormRule:
    """What all rules have. A rule is looked at once every field it names is on the form, filled in and right.

    Args:
        field: the field its sentence stands beside.
        words: what must be so and what to do, a sentence for the clerk; it stands behind what was found.
        warn: only to be looked at; else the form is not taken.
        when: only then.
    """

    field: str
    words: str
    warn: bool = False
    when: When | None = None


@dataclass(frozen=True, kw_only=True)
class Agrees(FormRule):
    """A number agrees with another number field, with the sum of a table's column, or with the count of its rows.

    Args:
        relation: of ``field`` to what it is held against.
        to: a number field, or a table.
        column: of the table ``to``, to be summed up; "" counts its rows.
        where: only these rows are counted.
        plus: added to the count, e.g. 1 for the applicant, who has no row.
    """

    relation: Relation
    to: str
    column: str = ""
    where: Where | None = None
    plus: int = 0


@dataclass(frozen=True, kw_only=True)
class RowCount(FormRule):
    """So many rows of the table ``field``, or such a share of them, are of one kind.

    Args:
        where: which rows are counted.
        least, most: inclusive bounds of their count; None for no bound.
        least_percent, most_percent: inclusive bounds of their share of all rows.
        rows_least, rows_most: looked at only in tables with that many rows.
    """

    where: Where
    least: int | None = None
    most: int | None = None
    least_percent: int | None = None
    most_percent: int | None = None
    rows_least: int | None = None
    rows_most: int | None = None


@dataclass(frozen=True, kw_only=True)
class NotTwice(FormRule):
    """No two rows of the table ``field`` hold the same in all these columns; rows with an empty one are left out."""

    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MustBe(FormRule):
    """The answer to ``field``, a choice or yes or no, is one of these; with ``when``, answers that fit each other."""

    values: tuple[str, ...]

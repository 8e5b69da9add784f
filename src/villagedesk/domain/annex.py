"""A row of the annex form, what is wrong with one, and how rows of many villages become one sheet (domain.md
section 9)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from villagedesk.domain.annex_words import NO, YES, folded, is_sample, read_count, read_yes_no

MOST = 9999
"""Of anything that is counted."""
LONGEST_NAME, LONGEST_NOTE = 30, 100


@dataclass(frozen=True)
class AnnexRow:
    """What a village, or a township, answers; None where nothing was answered.

    Args:
        village: "" in the row a township fills for its own hall.
        own_premises: rooms of its own. window_set_up: a window where matters are handled; window_possible: whether
            there could be one.
        computers, printers, cameras, staff: how many; cameras are document cameras 高拍仪, staff who is there for good.
    """

    township: str = ""
    village: str = ""
    own_premises: bool | None = None
    window_set_up: bool | None = None
    window_possible: bool | None = None
    computers: int | None = None
    printers: int | None = None
    cameras: int | None = None
    internet: bool | None = None
    wifi: bool | None = None
    extranet: bool | None = None
    staff: int | None = None
    video_calls: bool | None = None
    note: str = ""


COLUMNS = tuple(one.name for one in fields(AnnexRow))
"""In the form's order, which has a number before them."""
COUNTS = ("computers", "printers", "cameras", "staff")
ANSWERS = tuple(name for name in COLUMNS if name not in ("township", "village", "note"))


class TroubleKind(StrEnum):
    """What is wrong with a cell or a row; words ``annex.trouble.<value>`` in the message catalogue."""

    NO_NUMBER = "no_number"
    NO_YES_NO = "no_yes_no"
    MISSING = "missing"
    NO_PLACE = "no_place"
    TOO_LONG = "too_long"
    DOUBLE = "double"


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong.

    Args:
        column: a name of :data:`COLUMNS`; "" for the row as a whole.
        typed: what stands there; of a double, the file in which the same village stands as well.
        line: of that file, for a double.
    """

    kind: TroubleKind
    column: str
    typed: str = ""
    line: int = 0


@dataclass(frozen=True)
class SentRow:
    """A row that came from somewhere.

    Args:
        file: name of the file, and of its sheet where it has several.
        line: of the sheet, as the spreadsheet program counts.
        row: with nothing in the place of what could not be read.
    """

    file: str
    line: int
    row: AnnexRow
    troubles: tuple[Trouble, ...] = ()


def missing(row: AnnexRow) -> tuple[str, ...]:
    """Columns that have no answer, in the form's order; a note need not be."""
    return (*(("township",) if not row.township else ()), *(one for one in ANSWERS if getattr(row, one) is None))


def cell_text(row: AnnexRow, column: str) -> str:
    """What stands in a cell of the form."""
    value = getattr(row, column)
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None else str(value)


def read_row(file: str, line: int, cells: Mapping[str, str]) -> SentRow | None:
    """A row as it was written, with what is wrong in it; None for the form's own example.

    Args:
        cells: what stands there by the names of :data:`COLUMNS`; one that is not there is empty.
    """
    texts = {name: " ".join(cells.get(name, "").split()) for name in COLUMNS}
    if is_sample(texts["township"], texts["village"]):
        return None
    values: dict[str, object] = {}
    troubles: list[Trouble] = []
    for name, text in texts.items():
        if name not in ANSWERS:
            most = LONGEST_NOTE if name == "note" else LONGEST_NAME
            if len(text) > most:
                troubles.append(Trouble(TroubleKind.TOO_LONG, name, text))
                text = text[:most]
            values[name] = text
            continue
        answer: bool | int | None = None
        if not text:
            troubles.append(Trouble(TroubleKind.MISSING, name))
        elif name in COUNTS:
            answer = read_count(text)
            if answer is None:
                troubles.append(Trouble(TroubleKind.NO_NUMBER, name, text))
        else:
            answer = read_yes_no(text)
            if answer is None:
                troubles.append(Trouble(TroubleKind.NO_YES_NO, name, text))
        values[name] = answer
    if not texts["township"]:
        troubles.insert(0, Trouble(TroubleKind.NO_PLACE, "township"))
    return SentRow(file, line, AnnexRow(**values), tuple(troubles))  # type: ignore[arg-type]


def with_doubles(rows: Sequence[SentRow]) -> tuple[SentRow, ...]:
    """The rows, each that tells of a place which another tells of too with that as a trouble."""
    places: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(rows):
        key = folded(one.row.township), folded(one.row.village)
        if any(key):
            places.setdefault(key, []).append(number)
    told = list(rows)
    for numbers in places.values():
        for number in numbers if len(numbers) > 1 else ():
            other = rows[next(one for one in numbers if one != number)]
            trouble = Trouble(TroubleKind.DOUBLE, "", other.file, other.line)
            told[number] = replace(rows[number], troubles=(*rows[number].troubles, trouble))
    return tuple(told)


def merged(rows: Sequence[SentRow], left_out: Collection[int] = (), *, by_township: bool = False) -> list[AnnexRow]:
    """The rows of the one sheet.

    Args:
        left_out: places in ``rows`` the clerk decided against.
        by_township: rows of a township stand together, townships in the order in which they came; else as they came.
    """
    kept = [one.row for number, one in enumerate(rows) if number not in left_out]
    if not by_township:
        return kept
    order: dict[str, int] = {}
    for row in kept:
        order.setdefault(folded(row.township), len(order))
    return sorted(kept, key=lambda row: order[folded(row.township)])

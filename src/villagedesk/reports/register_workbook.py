"""The register 代办台账 as a workbook, for the inspector who sorts and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.reports.table_workbook import TableForm, write_table

_WIDTHS = {
    "number": 6,
    "received": 12,
    "local_no": 17,
    "applicant": 16,
    "document_number": 22,
    "phone": 15,
    "item": 34,
    "mode": 12,
    "agent": 14,
    "clerk": 12,
    "papers": 12,
    "handed_over": 12,
    "acceptance_no": 26,
    "status": 12,
    "concluded": 20,
    "delivered": 22,
    "note": 30,
}


def write_register(
    file: Path,
    title: str,
    notes: Sequence[str],
    names: Sequence[str],
    rows: Iterable[RegisterRow],
    foot: Callable[[int], str],
) -> int:
    """Write it, whole or not at all; gives how many cases it holds.

    Args:
        names: of the columns, in the order of :data:`villagedesk.domain.register_row.COLUMNS`.
        foot: as of :func:`villagedesk.reports.table_workbook.write_table`, which raises what this raises.
    """
    columns = [(name, float(_WIDTHS[column])) for name, column in zip(names, COLUMNS, strict=True)]
    values = (tuple(getattr(row, column) for column in COLUMNS) for row in rows)
    return write_table(file, TableForm(title, notes, columns), values, foot)

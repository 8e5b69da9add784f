"""Several tables in one workbook: a sheet each, in their order, whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest

from villagedesk.domain.progress import Cancelled
from villagedesk.reports.table_workbook import TableForm, write_tables

FORMS = [TableForm(title, ("站点",), (("名", 20.0), ("数", 8.0))) for title in ("一", "二", "三")]


def test_each_table_has_its_sheet_and_its_rows(tmp_path: Path) -> None:
    file = tmp_path / "x.xlsx"
    tables = [(form, [(form.title, number)] * number, None) for number, form in enumerate(FORMS)]
    assert write_tables(file, tables) == 3
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["一", "二", "三"]
    for number, form in enumerate(FORMS):
        cells = [row[:2] for row in book[form.title].iter_rows(values_only=True)]
        assert cells == [(form.title, None), ("站点", None), ("名", "数"), *[(form.title, number)] * number]


@pytest.mark.parametrize("breaks", [0, 1, 2])
def test_one_that_breaks_off_leaves_nothing_of_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: int
) -> None:
    aside, out = tmp_path / "aside", tmp_path / "out"
    aside.mkdir()
    out.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(aside))

    def some(number: int) -> Iterator[Sequence[str | int]]:
        yield "行", 1
        if number == breaks:
            assert len({path.name for path in out.iterdir()}) == breaks + 2, "the rows so far lie beside the workbook"
            raise Cancelled

    with pytest.raises(Cancelled):
        write_tables(out / "x.xlsx", [(form, some(number), None) for number, form in enumerate(FORMS)])
    assert list(out.iterdir()) == [] and list(aside.iterdir()) == []

"""Everything that could need room aside: large transactions and sorts, odd picture formats, papers, packages."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from PIL import Image

from tests.desk.counter import SYSTEM_ITEM, open_window, papers, taken_in
from tests.store.fixtures import example_case
from villagedesk.desk.register_views import RegisterQuery
from villagedesk.devices.printer_file import FilePrinter
from villagedesk.domain.case_query import CaseQuery, QueryWord
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.repositories import Transaction


def main() -> None:
    """Work in the folder that is named first; papers and packages go to the second."""
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    window = open_window(folder, FilePrinter(out))
    for number in range(3):
        window.store.write(lambda transaction, start=number: fill(transaction, start)).result()  # type: ignore[misc]
    window.store.read(lambda snapshot: snapshot.find_cases(CaseQuery((QueryWord("欧"), QueryWord("4104"))), 50))
    case_id = window.desk.intake.start(SYSTEM_ITEM).case.case_id
    for kind, options in (("TIFF", {"compression": "tiff_lzw"}), ("PNG", {}), ("WEBP", {})):
        coded = io.BytesIO()
        with Image.open(io.BytesIO(papers()[0])) as picture:
            picture.save(coded, kind, **options)
        file = out / f"photo.{kind.lower()}"
        file.write_bytes(coded.getvalue())
        window.desk.scanning.import_file(case_id, "id_card", file, whole_picture=True)
    taken = taken_in(window)
    window.desk.printing.print(taken, PaperKind.RECEIPT)
    window.desk.archive.export([taken], out)
    now = window.clock.now()
    window.desk.audit.export(out / "log.xlsx", now - timedelta(days=1), now + timedelta(days=1))
    query = RegisterQuery(now.date(), now.date(), whole=True)
    window.desk.registers.save_workbook(query, out)
    window.desk.registers.save_register(query, out)
    window.desk.registers.save_cases("", out)
    window.desk.close()


def fill(transaction: Transaction, start: int) -> None:
    """So much in one transaction that SQLite would spill and sort on disk if it might."""
    for number in range(80):
        transaction.put_case(replace(example_case(), form={"备注": f"{start}{number}" * 8_000}))


if __name__ == "__main__":
    main()

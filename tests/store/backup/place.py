"""An installation with cases in it, a folder that stands for the medium, and a way back."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from tests.store.fixtures import CLERK, PASSWORD, OpenedStore, example_case, example_page, open_store, take_in
from villagedesk.domain.backup import BackupWritten
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Transaction
from villagedesk.domain.restoring import Restored
from villagedesk.domain.station import StationFile
from villagedesk.store.backup.layout import StationFolder
from villagedesk.store.backup.look import look
from villagedesk.store.backup.restore import Wish, restore
from villagedesk.store.backup.writer import Source, back_up
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import unlock
from villagedesk.store.vault import VAULT_FOLDER, PageVault

PAGE_BYTES = 2000


@dataclass
class Place:
    """A village's PC and its medium."""

    opened: OpenedStore
    medium: Path
    station: StationFile

    @property
    def source(self) -> Source:
        """What is backed up."""
        return Source(self.opened.folder, self.opened.store, self.opened.vault, self.opened.key, self.station)

    @property
    def on_medium(self) -> StationFolder:
        """Its folder on the medium."""
        return self.source.on(self.medium)

    def take_in(self, pages: int = 1) -> str:
        """A case with pages of random bytes; gives its case_id."""
        case = example_case()
        made = []
        for order in range(1, pages + 1):
            data = os.urandom(PAGE_BYTES)
            page = example_page(case.case_id, data, order=order, page_id=str(uuid.uuid4()))
            self.opened.vault.put(page.page_id, data)
            made.append(page)

        def work(transaction: Transaction) -> None:
            transaction.put_case(case)
            take_in(transaction, case, made)

        self.opened.store.write(work).result()
        return case.case_id

    def back_up(self, progress: Progress = silent) -> BackupWritten:
        """One backup, a day after the last."""
        self.opened.clock.forward(86400)
        return back_up(self.source, self.medium, self.opened.clock, progress)

    def restore(
        self,
        folder: Path,
        *,
        newest: str | None = None,
        index: int = 0,
        password: str = PASSWORD,
        replace: bool = False,
        progress: Progress = silent,
    ) -> Restored:
        """The index-th newest generation into a data folder."""
        found = look(self.medium)[index]
        wish = Wish(found.folder, folder, CLERK, newest, replace=replace)
        return restore(wish, password, self.opened.clock, progress)

    def opened_again(self, folder: Path) -> OpenedStore:
        """What was restored there."""
        key = unlock(folder, CLERK, PASSWORD)
        store = EncryptedStore.open(folder, key, self.opened.clock)
        return OpenedStore(folder, key, store, PageVault(folder / VAULT_FOLDER, key.vault), self.opened.clock, b"")

    def close(self) -> None:
        """Close the store."""
        self.opened.store.close()


def new_place(folder: Path) -> Place:
    """A new installation and an empty medium."""
    opened, medium = open_store(folder / "pc"), folder / "medium"
    medium.mkdir()
    station = StationFile("410421103207", "柳林村便民服务站", "https://127.0.0.1:9", "", "code", bytes(range(32)))
    return Place(opened, medium, station)


def everything(opened: OpenedStore) -> str:
    """Every case with its pages, log and outbox, and every page's content, as one text to compare."""

    def work(snapshot: Snapshot) -> list[object]:
        lines = snapshot.case_lines(10_000)
        return [
            [
                snapshot.case(line.case_id),
                snapshot.pages(line.case_id),
                snapshot.events(line.case_id),
                snapshot.outbox_of_case(line.case_id),
                snapshot.print_jobs(line.case_id),
            ]
            for line in lines
        ]

    pages = sorted((page, opened.vault.verify(*page)) for page in opened.store.named_pages())
    return json.dumps([opened.store.read(work), pages], default=str)


def files_under(folder: Path) -> dict[str, int]:
    """Sizes of all files by relative path."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in folder.rglob("*") if path.is_file()}

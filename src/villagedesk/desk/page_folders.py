"""Case sheets and pages as a folder or ZIP on a medium of the clerk's choice, and their way back out of sight.

What lies there is personal data outside the encrypted store (domain: section 8): each export is noted with every file's
hash until it is deleted, so that it can be deleted from here, and nothing else with it.
"""

from __future__ import annotations

import errno
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from villagedesk.catalogue.form_order import FormOrder
from villagedesk.desk.acting import Acting
from villagedesk.desk.bridge import Bridge, waiting_rows_of
from villagedesk.desk.bridge_sheet import Text, in_order
from villagedesk.desk.case_here import case_here
from villagedesk.desk.export_list import FolderExport as FolderExport
from villagedesk.desk.export_list import drop_export, kept_exports, put_export
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import SHANGHAI, Clock, utc_text
from villagedesk.domain.file_names import safe_name
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.papers import case_sheet
from villagedesk.papers.case_sheet import CaseSheetContent
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.archive_package import make_passphrase
from villagedesk.reports.page_folder import (
    ExportedFile,
    delete_exported,
    page_names,
    part_name,
    write_folder,
    write_zip,
)
from villagedesk.reports.page_folder import Removed as Removed
from villagedesk.reports.report_file import free_place, no_room
from villagedesk.sync.entry_begun import begin_entry

_LAST_FOLDER = "bridge.folder"
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_MOST_CASES = 200
_DAMAGED = frozenset({"store.page_damaged", "store.page_missing"})


@dataclass(frozen=True)
class Written:
    """What was written just now.

    Args:
        passphrase: of a locked ZIP, kept nowhere: shown now or never; "" without one.
        left_out: pages whose pictures were given up when their time was over.
    """

    export: FolderExport
    passphrase: str
    cases: int
    pages: int
    left_out: int

    @property
    def place(self) -> Path:
        """The folder, or the ZIP."""
        return Path(self.export.place)


class PageFolders:
    """Writes and deletes exports for entry by hand. Calls block.

    Args:
        text: gives the text of a message key, for names of files.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        bridge: Bridge,
        station: StationFile,
        fonts: FontSet,
        text: Text,
        acting: Acting,
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._bridge = bridge
        self._station = station
        self._fonts = fonts
        self._text = text
        self._acting = acting
        self._under_way: set[str] = set()

    def export(
        self,
        case_ids: Sequence[str],
        folder: Path,
        *,
        as_zip: bool = False,
        locked: bool = False,
        progress: Progress = silent,
    ) -> Written:
        """Write these cases into a new folder, or a new ZIP, in that folder; each case's log says so.

        Args:
            locked: a ZIP that opens with a passphrase only.
            progress: files.

        Raises:
            InputProblem: ``bridge.export_nothing``, ``bridge.export_too_many`` (``most``), ``archive.draft``,
                ``intake.gone``, ``archive.no_folder``.
            EnvironmentProblem: ``bridge.disk_full``, ``bridge.read_only``, ``bridge.write_failed``,
                ``archive.page_damaged`` (``number``), ``store.*``. No file is left then, nor when ``progress`` raises
                Cancelled.
        """
        self._acting.need(Right.WORK)
        wanted = tuple(dict.fromkeys(case_ids))
        if not wanted:
            raise InputProblem("bridge.export_nothing")
        if len(wanted) > _MOST_CASES:
            raise InputProblem("bridge.export_too_many", most=_MOST_CASES)
        cases = self._store.read(lambda snapshot: [_whole(snapshot, case_id) for case_id in wanted])
        if not folder.is_dir():
            raise InputProblem("archive.no_folder")
        now, order = self._clock.now(), self._bridge.order()
        left_out = sum(page.page_id in expired for _, pages, expired in cases for page in pages)
        passphrase = make_passphrase() if as_zip and locked else ""
        files = tuple(self._files(cases, order, now))
        try:
            place = free_place(folder, self._stem(cases, now), ".zip" if as_zip else "")
        except OSError as error:
            raise _problem_of(error) from error
        part = part_name(place)
        names = [place.name] if as_zip else [file.name for file in files]
        root = folder if as_zip else place
        export = FolderExport(
            str(uuid.uuid4()), str(place), str(root), wanted, dict.fromkeys(names, ""), utc_text(now), str(part)
        )
        # before the first byte: the program may be ended at any moment, and what lies there is readable by anyone
        self._under_way.add(export.export_id)
        try:
            self._store.write(lambda transaction: put_export(transaction, export)).result()
            export = self._written(export, files, as_zip=as_zip, passphrase=passphrase, progress=progress)
            try:
                self._store.write(lambda transaction: self._note(transaction, export, now, passphrase)).result()
            except BaseException:
                _undo(export)  # what the log does not name must not lie there
                raise
        except BaseException as error:
            # a stick that was pulled out keeps what was written on it
            if folder.is_dir() and not Path(export.place).exists() and not part.exists():
                self._store.write(lambda transaction: drop_export(transaction, export.export_id)).result()
            if isinstance(error, OSError):
                raise _not_written(error, folder) from error
            raise
        finally:
            self._under_way.discard(export.export_id)
        pages = sum(len(pages) for _, pages, _ in cases) - left_out
        return Written(export, passphrase, len(wanted), pages, left_out)

    @staticmethod
    def _written(
        export: FolderExport, files: Sequence[ExportedFile], *, as_zip: bool, passphrase: str, progress: Progress
    ) -> FolderExport:
        place, part = Path(export.place), Path(export.part)
        if as_zip:
            hashes = write_zip(place, part, files, passphrase, progress)
        else:
            hashes = write_folder(place, part, files, progress)
        return replace(export, files=hashes, part="")

    def last_folder(self) -> Path | None:
        """Where the last export went; None before the first, and while that place is not there."""
        self._acting.need(Right.WORK)
        kept = self._store.read(lambda snapshot: snapshot.setting(_LAST_FOLDER))
        return Path(kept) if kept and Path(kept).is_dir() else None

    def left(self, case_id: str = "") -> tuple[FolderExport, ...]:
        """Exports that were not deleted yet, of that case or all, oldest first; also what the program left behind when
        it was ended while it wrote."""
        self._acting.need(Right.WORK)
        exports = [one for one in self._store.read(kept_exports) if one.export_id not in self._under_way]
        return tuple(one for one in exports if not case_id or case_id in one.case_ids)

    def delete(self, export_id: str) -> Removed:
        """Delete what an export wrote, where it is still as it was written; logged. What was changed since stays.

        Raises:
            InputProblem: ``bridge.export_gone`` when it was deleted already; ``bridge.export_not_there`` (``place``)
                when the medium is not connected.
            EnvironmentProblem: ``bridge.read_only``, ``bridge.write_failed``; ``store.*``.
        """
        self._acting.need(Right.WORK)
        export = next((one for one in self.left() if one.export_id == export_id), None)
        if export is None:
            raise InputProblem("bridge.export_gone")
        if not Path(export.place).parent.is_dir():
            raise InputProblem("bridge.export_not_there", place=export.place)
        try:
            removed = _remove(export)
        except OSError as error:
            raise _problem_of(error) from error

        def work(transaction: Transaction) -> None:
            now = self._clock.now()
            drop_export(transaction, export_id)
            detail = {"deleted": str(removed.deleted), "changed": str(len(removed.changed))}
            for case_id in export.case_ids:
                event = CaseEvent(case_id, now, self._acting.clerk, "export_deleted", detail=detail)
                transaction.append_event(event)

        self._store.write(work).result()
        return removed

    def _stem(self, cases: Sequence[tuple[Case, Sequence[Page], frozenset[str]]], now: datetime) -> str:
        """No person's name: the folder's name is seen by whoever plugs the stick in."""
        if len(cases) == 1:
            return _case_folder(cases[0][0])
        return self._text("bridge.folder", time=f"{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}", count=len(cases))

    def _files(
        self, cases: Sequence[tuple[Case, Sequence[Page], frozenset[str]]], order: FormOrder, now: datetime
    ) -> Iterator[ExportedFile]:
        for case, pages, expired in cases:
            inner = f"{_case_folder(case)}/" if len(cases) > 1 else ""
            named = page_names(in_order(order, case.materials), [p for p in pages if p.page_id not in expired])
            content = self._content(case, pages, order, [name for name, _ in named], now)
            sheet = self._text("bridge.sheet_file")
            yield ExportedFile(f"{inner}{sheet}.pdf", lambda content=content: case_sheet.render(content, self._fonts))  # type: ignore[misc]
            # Windows' own editor reads UTF-8 by its mark
            yield ExportedFile(
                f"{inner}{sheet}.txt",
                lambda content=content: case_sheet.as_text(content).encode("utf-8-sig", "replace"),  # type: ignore[misc]
            )
            for name, page in named:
                yield ExportedFile(f"{inner}{name}", lambda page=page, case=case: self._page(page, case))  # type: ignore[misc]

    def _content(
        self, case: Case, pages: Sequence[Page], order: FormOrder, files: Sequence[str], now: datetime
    ) -> CaseSheetContent:
        sheet = self._bridge.written(order, case, pages)
        return CaseSheetContent(
            station_name=self._station.name,
            local_no=case.local_no or "",
            order_name=order.name,
            checked=order.checked,
            sections=[(one.title, [(line.label, line.value) for line in one.lines]) for one in sheet.sections],
            files=files,
            printed_at=now,
            clerk_name=self._acting.clerk,
            practice=self._station.practice,
        )

    def _page(self, page: Page, case: Case) -> bytes:
        try:
            return self._vault.get(page.page_id, page.sha256)
        except EnvironmentProblem as problem:
            if problem.key not in _DAMAGED:
                raise
            raise EnvironmentProblem("archive.page_damaged", number=case.local_no or "") from problem

    def _note(self, transaction: Transaction, export: FolderExport, now: datetime, passphrase: str) -> None:
        put_export(transaction, export)
        transaction.put_setting(_LAST_FOLDER, str(Path(export.place).parent))
        detail = {
            "file": Path(export.place).name,
            "what": "page_folder",
            "locked": "yes" if passphrase else "no",
        }
        by_hand = self._bridge.by_hand()
        for case_id in export.case_ids:
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, Deed.EXPORTED.value, detail=detail))
            if waiting_rows_of(transaction, case_id, by_hand=by_hand):  # whoever holds the sheet can type all of it
                begin_entry(transaction, case_id, self._acting.clerk, now)


def _whole(snapshot: Snapshot, case_id: str) -> tuple[Case, Sequence[Page], frozenset[str]]:
    case = case_here(snapshot, case_id)
    if case.status is CaseStatus.DRAFT:
        raise InputProblem("archive.draft")
    return case, tuple(snapshot.pages(case_id)), snapshot.expired_pages(case_id)


def _case_folder(case: Case) -> str:
    return safe_name(f"{case.local_no}_{case.item_name}", "case")


def _remove(export: FolderExport) -> Removed:
    """Raises OSError."""
    root, part = Path(export.root), Path(export.part)
    if not export.whole and not export.as_folder and part.is_file():
        part.unlink()
        return Removed(1, (), 0)
    if not export.whole and export.as_folder and part.is_dir():
        root = part
    if export.as_folder and (not root.is_dir() or root.is_symlink()):
        return Removed(0, (), len(export.files))
    removed = delete_exported(root, export.files)
    if export.as_folder and not any(root.iterdir()):
        root.rmdir()
    return removed


def _undo(export: FolderExport) -> None:
    try:
        _remove(export)
    except OSError:
        return  # the problem that led here is the one to be told


def _not_written(error: OSError, folder: Path) -> EnvironmentProblem:
    full = error.errno not in _READ_ONLY and no_room(error, folder)
    return EnvironmentProblem("bridge.disk_full") if full else _problem_of(error)


def _problem_of(error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem("bridge.read_only" if error.errno in _READ_ONLY else "bridge.write_failed")

"""Taking finished cases out for the archive: one encrypted file, its passphrase shown once, each case's log says so."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus, Page
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.reports.archive_package import ArchivedCase, make_passphrase, write_package
from villagedesk.reports.report_file import free_place, no_room

_MOST_CASES = 9999
_STEM = "villagedesk-archive-"
_DAMAGED = frozenset({"store.page_damaged", "store.page_missing"})


@dataclass(frozen=True)
class Exported:
    """What was taken out.

    Args:
        passphrase: opens the file; kept nowhere, so it is shown now or never.
        pages: how many the file holds; those whose picture expired are not among them.
    """

    file: Path
    passphrase: str
    cases: int
    pages: int


class ArchiveDesk:
    """Writes archive packages. Calls block; one at a time is meant, several do no harm.

    Args:
        text: gives the text of a message key, for the note inside the package.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        text: Callable[[str], str],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._acting = acting
        self._station = station
        self._text = text

    def export(self, case_ids: Sequence[str], folder: Path, progress: Progress = silent) -> Exported:
        """Write these cases with all their pages into one new file in that folder; each case's log says so.

        The passphrase is given only after the log was written, so no export can be read that the log does not name.

        Args:
            progress: pages.

        Raises:
            InputProblem: ``archive.nothing``, ``archive.too_many``, ``archive.draft`` (a draft is no case yet),
                ``archive.gone``, ``archive.no_folder``, ``desk.not_allowed.work``.
            EnvironmentProblem: ``archive.disk_full``, ``archive.write_failed``, ``archive.page_damaged`` (``number``),
                ``store.*``. No file is left then, nor when ``progress`` raises Cancelled.
        """
        self._acting.need(Right.WORK)
        wanted = tuple(dict.fromkeys(case_ids))
        total = self._check(wanted)
        if not folder.is_dir():
            raise InputProblem("archive.no_folder")
        now = self._clock.now()
        passphrase = make_passphrase()
        try:
            _remove_parts(folder)
            target = free_place(folder, f"{_STEM}{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}", ".zip")
            pages = write_package(
                target,
                passphrase,
                self._cases(wanted),
                self._page,
                station=self._station,
                made_at=now,
                readme=self._text("archive.readme"),
                total_pages=total,
                progress=progress,
            )
        except OSError as error:
            key = "archive.disk_full" if no_room(error, folder) else "archive.write_failed"
            raise EnvironmentProblem(key) from error
        try:
            self._store.write(lambda transaction: self._log(transaction, wanted, target)).result()
        except Problem:
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)  # nobody has its passphrase
            raise
        return Exported(target, passphrase, len(wanted), pages)

    def _check(self, case_ids: Sequence[str]) -> int:
        """How many pages there are to go through."""
        if not case_ids:
            raise InputProblem("archive.nothing")
        if len(case_ids) > _MOST_CASES:
            raise InputProblem("archive.too_many", most=_MOST_CASES)

        def look(snapshot: Snapshot) -> int:
            total = 0
            for case_id in case_ids:
                if _case(snapshot, case_id).status is CaseStatus.DRAFT:
                    raise InputProblem("archive.draft")
                total += len(snapshot.pages(case_id))
            return total

        return self._store.read(look)

    def _cases(self, case_ids: Sequence[str]) -> Iterator[ArchivedCase]:
        for case_id in case_ids:
            yield self._store.read(lambda snapshot, case_id=case_id: _archived(snapshot, case_id))  # type: ignore[misc]

    def _page(self, page: Page) -> bytes:
        try:
            return self._vault.get(page.page_id, page.sha256)
        except EnvironmentProblem as problem:
            if problem.key not in _DAMAGED:
                raise
            number = self._store.read(lambda snapshot: snapshot.case(page.case_id)).local_no or ""
            raise EnvironmentProblem("archive.page_damaged", number=number) from problem

    def _log(self, transaction: Transaction, case_ids: Sequence[str], file: Path) -> None:
        now = self._clock.now()
        for case_id in case_ids:
            detail = {"file": file.name, "what": "archive"}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, Deed.EXPORTED.value, detail=detail))


def _case(snapshot: Snapshot, case_id: str) -> Case:
    try:
        return snapshot.case(case_id)
    except KeyError:
        raise InputProblem("archive.gone") from None


def _archived(snapshot: Snapshot, case_id: str) -> ArchivedCase:
    return ArchivedCase(
        _case(snapshot, case_id), snapshot.pages(case_id), snapshot.events(case_id), snapshot.expired_pages(case_id)
    )


def _remove_parts(folder: Path) -> None:
    """What an export left that was cut off by a crash: nobody ever had its passphrase. Raises OSError."""
    for part in folder.glob(f"{_STEM}*.zip.*.part"):
        part.unlink(missing_ok=True)

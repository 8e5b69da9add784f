"""Taking finished cases out for the archive: one encrypted file, its passphrase shown once, each case's log says so."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.monthly import month_bounds
from villagedesk.domain.audit import Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.milestones import milestones
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store, Transaction, Vault
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.reports.archive_case import ArchivedCase, ArchivedFile, Part
from villagedesk.reports.archive_package import NotWhole, Package, Written, make_passphrase, write_package
from villagedesk.reports.report_file import free_place, no_room

_MOST_CASES = 9999
_AT_ONCE = 200
_STEM = "villagedesk-archive-"
_DAMAGED = frozenset({"store.page_damaged", "store.page_missing"})


@dataclass(frozen=True)
class Exported:
    """What was taken out.

    Args:
        passphrase: opens the file; kept nowhere, so it is shown now or never.
        pages, papers, results: how many files of each kind the package holds.
        left_out: files whose time was over or that never came; they are named with their hash.
        missing: files that could not be read though they ought to lie here, named likewise.
        damaged: local numbers of the cases these belong to.
    """

    file: Path
    passphrase: str
    cases: int
    pages: int
    papers: int = 0
    results: int = 0
    left_out: int = 0
    missing: int = 0
    damaged: tuple[str, ...] = ()


class ArchiveDesk:
    """Writes archive packages. Calls block; one at a time is meant, several do no harm.

    Args:
        text: gives the text of a message key, for what people read in the package.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        text: Callable[..., str],
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._acting = acting
        self._station = station
        self._text = text

    def of_month(self, year: int, month: int) -> tuple[str, ...]:
        """The cases of a month, by local_no: those that are through, and came to their end on one of its days in
        Shanghai (refused ones when they were archived). So each case that is through belongs to one month.

        Raises:
            InputProblem: ``audit.no_such_month``.
        """
        self._acting.need(Right.WORK)
        since, until = month_bounds(year, month, self._clock.now())

        def work(snapshot: Snapshot) -> tuple[str, ...]:
            perhaps, found = snapshot.came_to_an_end(since, until), list[str]()
            for start in range(0, len(perhaps), _AT_ONCE):
                some = perhaps[start : start + _AT_ONCE]
                logs = snapshot.logs(some)
                ends = {case_id: milestones(logs[case_id]).concluded for case_id in some}
                found += [one for one, end in ends.items() if end is not None and since <= end.happened < until]
            return tuple(found)

        return self._store.read(work)

    def not_taken_out(self) -> int:
        """How many cases that are through were never in a package, of all months: what is heard late of a month belongs
        to it, also when its package was written before."""
        self._acting.need(Right.WORK)
        return self._store.read(lambda snapshot: snapshot.count_not_taken_out())

    def export(
        self,
        case_ids: Sequence[str],
        folder: Path,
        progress: Progress = silent,
        *,
        month: tuple[int, int] | None = None,
    ) -> Exported:
        """Write these cases with all their files into one new file in that folder, and read it back; each case's log
        says so.

        The passphrase is given only after the file was checked and the log was written, so no export can be read that
        the log does not name. A file that cannot be read is named in the package with its hash, and told.

        Args:
            month: whose cases these are; they are read anew then, so that none is forgotten that came since.

        Raises:
            InputProblem: ``archive.nothing``, ``archive.too_many``, ``archive.draft`` (a draft is no case yet),
                ``archive.gone``, ``archive.no_folder``, ``audit.no_such_month``, ``desk.not_allowed.work``.
            EnvironmentProblem: ``archive.disk_full``, ``archive.write_failed``, ``archive.read_back``, ``store.*``. No
                file is left then, nor when ``progress`` raises Cancelled.
        """
        self._acting.need(Right.WORK)
        wanted = tuple(dict.fromkeys(case_ids)) if month is None else self.of_month(*month)
        self._check(wanted)
        if not folder.is_dir():
            raise InputProblem("archive.no_folder")
        now = self._clock.now()
        passphrase = make_passphrase()
        named = "" if month is None else f"{month[0]}-{month[1]:02d}"
        try:
            _remove_parts(folder)
            stem = f"{_STEM}{f'{named}-' if named else ''}{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
            target = free_place(folder, stem, ".zip")
            written = write_package(
                target,
                passphrase,
                self._cases(wanted),
                self._read,
                Package(self._station, now, self._text("archive.readme"), named),
                self._text,
                total=len(wanted),
                progress=progress,
            )
        except OSError as error:
            key = "archive.disk_full" if no_room(error, folder) else "archive.write_failed"
            raise EnvironmentProblem(key) from error
        except NotWhole as error:
            raise EnvironmentProblem("archive.read_back") from error
        try:
            self._store.write(lambda transaction: self._log(transaction, wanted, target)).result()
        except Problem:
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)  # nobody has its passphrase
            raise
        return _exported(target, passphrase, len(wanted), written)

    def _check(self, case_ids: Sequence[str]) -> None:
        if not case_ids:
            raise InputProblem("archive.nothing")
        if len(case_ids) > _MOST_CASES:
            raise InputProblem("archive.too_many", most=_MOST_CASES)

        def look(snapshot: Snapshot) -> None:
            states = snapshot.statuses(case_ids)
            if len(states) < len(case_ids):
                raise InputProblem("archive.gone")
            if CaseStatus.DRAFT in states.values():
                raise InputProblem("archive.draft")

        self._store.read(look)

    def _cases(self, case_ids: Sequence[str]) -> Iterator[ArchivedCase]:
        for case_id in case_ids:
            yield self._store.read(lambda snapshot, case_id=case_id: _archived(snapshot, case_id))  # type: ignore[misc]

    def _read(self, file: ArchivedFile) -> bytes | None:
        try:
            return self._vault.get(file.page_id, file.sha256)
        except EnvironmentProblem as problem:
            if problem.key not in _DAMAGED:
                raise
            return None

    def _log(self, transaction: Transaction, case_ids: Sequence[str], file: Path) -> None:
        now = self._clock.now()
        for case_id in case_ids:
            detail = {"file": file.name, "what": "archive"}
            transaction.append_event(CaseEvent(case_id, now, self._acting.clerk, Deed.EXPORTED.value, detail=detail))


def _exported(file: Path, passphrase: str, cases: int, written: Written) -> Exported:
    return Exported(
        file,
        passphrase,
        cases,
        written.files.get(Part.MATERIALS, 0),
        written.files.get(Part.PAPERS, 0),
        written.files.get(Part.RESULTS, 0),
        written.left_out,
        written.missing,
        written.damaged,
    )


def _case(snapshot: Snapshot, case_id: str) -> Case:
    try:
        return snapshot.case(case_id)
    except KeyError:
        raise InputProblem("archive.gone") from None


def _archived(snapshot: Snapshot, case_id: str) -> ArchivedCase:
    case = _case(snapshot, case_id)
    return ArchivedCase(
        case,
        snapshot.pages(case_id),
        snapshot.events(case_id),
        snapshot.expired_pages(case_id),
        snapshot.print_jobs(case_id),
        snapshot.documents(case_id),
        snapshot.outbox_of_case(case_id),
        snapshot.item_version(case.item_code, case.item_version) or "",
        snapshot.batches_of_case(case_id),
        snapshot.visit_of_case(case_id),
        snapshot.evaluations(case_id),
        snapshot.call_backs_of(case_id),
    )


def _remove_parts(folder: Path) -> None:
    """What an export left that was cut off by a crash: nobody ever had its passphrase. Raises OSError."""
    for part in folder.glob(f"{_STEM}*.zip.*.part"):
        part.unlink(missing_ok=True)

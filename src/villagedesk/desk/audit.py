"""The log of the station: who saw, changed, printed, exported, deleted what; to be written, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.audit_words import SYSTEM, sentence_of
from villagedesk.desk.monthly import Text, monthly_content
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.straight_printing import print_straight
from villagedesk.desk.view_log import ViewLog
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import PROGRAM, STATION, AuditEntry, AuditHead, AuditLog, Deed
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.masking import mask_name
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.station import StationFile
from villagedesk.papers import monthly_report
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.log_workbook import LogRow, write_log
from villagedesk.reports.report_file import save_report

_ENDS_LOOKING = frozenset({Deed.LOCKED, Deed.SIGNED_OUT})
_BATCH = 500
_NOT_CLERKS = {SYSTEM: "audit.system", PROGRAM: "audit.program"}
_COLUMNS = ("seq", "at", "actor", "what", "local_no", "person")


@dataclass(frozen=True)
class AuditLine:
    """One line of the log, to be shown.

    Args:
        actor: who did it, as it is shown.
        local_no: of its case, "" when there is none.
        person: the applicant's name, masked; "" when there is none.
    """

    seq: int
    at: datetime
    actor: str
    sentence: Sentence
    local_no: str
    person: str = ""


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the whole log found.

    Args:
        broken_at: the line from which it cannot be trusted, counted from 1; None when all of it stands.
        lines: how many there are.
    """

    broken_at: int | None
    lines: int
    head: AuditHead


class AuditDesk:
    """Writes what was done that is no change of a case, and shows the whole log. Calls may come from several threads.

    Args:
        log: the whole log, to be read.
        text: gives the text of a message key, for what leaves the program as a file or on paper.
        printer: for the monthly report, which belongs to no case; None where there is none.
    """

    def __init__(
        self,
        log: AuditLog,
        store: Store,
        clock: Clock,
        acting: Acting,
        station: StationFile,
        text: Text,
        fonts: FontSet,
        printer: PrinterPick,
    ) -> None:
        self._log = log
        self._store = store
        self._clock = clock
        self._acting = acting
        self._station = station
        self._text = text
        self._fonts = fonts
        self._printer = printer
        self._views = ViewLog(store)

    def note(self, deed: Deed, case_id: str = STATION, **detail: str) -> None:
        """Write that it was done, at once and in a transaction of its own; looks that wait go before it.

        Raises:
            EnvironmentProblem: ``store.*``; nothing was written then.
        """
        if deed in _ENDS_LOOKING:
            self._views.ended()
        self._views.write(CaseEvent(case_id, self._clock.now(), self._acting.clerk, str(deed), detail=detail))

    def viewed(self, case_id: str) -> None:
        """A case was opened. Returns at once; the line is written within two seconds."""
        self._look(Deed.VIEWED, case_id)

    def page_viewed(self, case_id: str, page_id: str) -> None:
        """A page was opened large. As :meth:`viewed`."""
        self._look(Deed.PAGE_VIEWED, case_id, page_id=page_id)

    def unmasked(self, case_id: str, field: str) -> None:
        """Something masked was shown whole, e.g. ``phone``. As :meth:`viewed`."""
        self._look(Deed.UNMASKED, case_id, field=field)

    def lines(
        self,
        limit: int = 100,
        before: int | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: str = "",
        kinds: frozenset[str] = frozenset(),
    ) -> tuple[AuditLine, ...]:
        """The log, newest first.

        Args:
            before: ``seq`` of the last line shown, for the next page.
            since: moments: ``since`` ≤ at < ``until``.
            actor: only what this clerk did, "" for all.
            kinds: only lines of these kinds, empty for all.
        """
        self._acting.need(Right.SEE_LOG)
        entries = self._log.entries(limit, before=before, since=since, until=until, actor=actor, kinds=kinds)
        return self._shown(entries)

    def head(self) -> AuditHead:
        """Where the chain ends now."""
        self._need_to_oversee()
        return self._log.head()

    def check(self, progress: Progress = silent) -> AuditCheck:
        """Walk the whole chain; logged with what was found.

        Raises:
            EnvironmentProblem: ``store.*``.
            Cancelled: from ``progress``.
        """
        self._need_to_oversee()
        self._views.write()
        head = self._log.head()
        broken_at = self._log.first_broken(progress)
        if broken_at is None:
            # a broken chain takes no further line (its head is not the one that was sealed)
            self.note(Deed.LOG_CHECKED, lines=str(head.seq))
        return AuditCheck(broken_at, head.seq, head)

    def export(self, file: Path, since: datetime, until: datetime) -> int:
        """Write the log of a time as a workbook (.xlsx) with masked names; logged. Gives the number of lines.

        Raises:
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; no file was left then.
        """
        self._acting.need(Right.WORK)
        self._views.write()
        head = self._log.head()
        last = (until - timedelta(microseconds=1)).astimezone(SHANGHAI)
        period = {"since": f"{since.astimezone(SHANGHAI):%Y-%m-%d}", "until": f"{last:%Y-%m-%d}"}
        notes = (
            self._text("audit.export.period", station=self._station.name, **period),
            self._text("audit.export.head", seq=head.seq, mac=head.mac),
        )
        heads = [self._text(f"audit.export.{column}") for column in _COLUMNS]
        count = write_log(file, self._text("audit.export.title"), notes, heads, self._rows(since, until))
        self.note(Deed.LOG_EXPORTED, lines=str(count), **period)
        return count

    def monthly_report(self, year: int, month: int) -> bytes:
        """The month's report as a PDF. Raises InputProblem ``audit.no_such_month``."""
        self._acting.need(Right.SEE_LOG)
        self._views.write()
        return self._report(year, month, self._log.head())

    def print_monthly_report(self, year: int, month: int) -> bool:
        """Bring the month's report to the printer; logged with the head it shows.

        It belongs to no case, so it is no print job that waits: when the printer cannot take it, it is asked for again
        or saved (:meth:`save_monthly_report`).

        Returns:
            Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

        Raises:
            InputProblem: ``audit.no_such_month``.
            EnvironmentProblem: ``printing.straight_no_printer``, ``printing.straight_not_printed``, ``printer.*``;
                nothing was logged then.
        """
        self._acting.need(Right.WORK)
        self._views.write()
        head = self._log.head()
        came_out = print_straight(self._printer, self._report(year, month, head), f"yuebao-{year}-{month:02d}")
        self.note(Deed.REPORT_PRINTED, month=f"{year}-{month:02d}", head=str(head.seq))
        return came_out

    def save_monthly_report(self, year: int, month: int, folder: Path) -> Path:
        """Put the month's report into a folder as a PDF; logged with the head it shows. Gives the file.

        Raises:
            InputProblem: ``audit.no_such_month``.
            EnvironmentProblem: ``store.disk_full``, ``store.write_failed``; no file was left then.
        """
        self._acting.need(Right.WORK)
        self._views.write()
        head = self._log.head()
        pdf = self._report(year, month, head)
        made = f"{self._clock.now().astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
        file = folder / self._text("audit.report_file", year=year, month=f"{month:02d}", made=made)
        save_report(file, pdf)
        self.note(Deed.REPORT_SAVED, month=f"{year}-{month:02d}", head=str(head.seq))
        return file

    def close(self) -> None:
        """Write the looks that wait. Raises EnvironmentProblem ``store.*``."""
        self._views.close()

    def _look(self, deed: Deed, case_id: str, **detail: str) -> None:
        self._acting.need(Right.SEE_PERSONS)
        self._views.add(deed, case_id, self._clock.now(), self._acting.clerk, **detail)

    def _need_to_oversee(self) -> None:
        """Whether the log stands is for those who read it and for those who keep the data safe."""
        if not self._acting.may(Right.SAFEGUARD):
            self._acting.need(Right.SEE_LOG)

    def _report(self, year: int, month: int, head: AuditHead) -> bytes:
        content = monthly_content(
            self._log, self._text, self._station, self._acting, (year, month), head, self._clock.now()
        )
        return monthly_report.render(content, self._fonts)

    def _rows(self, since: datetime, until: datetime) -> Iterator[LogRow]:
        before: int | None = None
        while entries := self._log.entries(_BATCH, before=before, since=since, until=until):
            for line in self._shown(entries):
                what = self._text(line.sentence.key, **line.sentence.params)
                yield LogRow(line.seq, line.at, line.actor, what, line.local_no, line.person)
            before = entries[-1].seq

    def _shown(self, entries: Sequence[AuditEntry]) -> tuple[AuditLine, ...]:
        wanted = {entry.case_id for entry in entries if entry.case_id != STATION}
        of_cases = self._store.read(lambda snapshot: {case_id: _told_of(snapshot, case_id) for case_id in wanted})
        return tuple(
            AuditLine(
                entry.seq,
                entry.at,
                self._text(_NOT_CLERKS[entry.actor]) if entry.actor in _NOT_CLERKS else entry.actor,
                sentence_of(entry.kind, entry.detail),
                *of_cases.get(entry.case_id, ("", "")),
            )
            for entry in entries
        )


def _told_of(snapshot: Snapshot, case_id: str) -> tuple[str, str]:
    """A case's local number and masked name; nothing of a draft that was thrown away."""
    try:
        case = snapshot.case(case_id)
    except KeyError:
        return "", ""
    return case.local_no or "", mask_name(case.applicant.name)

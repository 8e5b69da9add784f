"""Statistics 统计 of a time: how many cases, how they ended, how long that took, how the window was open and the link
was there; on screen, as a workbook, and of a month as a report on paper. No person is in them."""

from __future__ import annotations

import contextlib
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.link_words import LinkWords
from villagedesk.desk.monthly import month_bounds
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.register_rows import Text
from villagedesk.desk.register_views import Saved
from villagedesk.desk.statistics_report import parts_of
from villagedesk.desk.statistics_tables import tables_of
from villagedesk.desk.statistics_views import FigureTable, StatisticsQuery, StatisticsView
from villagedesk.desk.straight_printing import print_straight
from villagedesk.domain.audit import AuditHead, AuditLog, Deed
from villagedesk.domain.clock import SHANGHAI, Clock, midnight
from villagedesk.domain.desk_hours import DeskDay, desk_days
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import ServiceItem
from villagedesk.domain.station import StationFile
from villagedesk.domain.statistics import Statistics as Figures
from villagedesk.domain.statistics_count import Counting
from villagedesk.domain.working_days import Calendar
from villagedesk.papers import statistics_report
from villagedesk.papers.fonts import FontSet
from villagedesk.reports.report_file import free_place, save_new
from villagedesk.reports.table_workbook import TableForm, write_tables

_AT_ONCE = 1000
"""Cases whose logs are read at once."""
_WIDTHS = (34.0, 14.0)
"""Of a workbook's first column and of the others, in characters."""
_OVERNIGHT = timedelta(days=2)
"""What was open at midnight was opened and closed within so long of it."""
_ONE_DAY = timedelta(days=1)


class Statistics:
    """Calls block and may come from several threads. What takes a query raises InputProblem ``statistics.order`` (the
    last day lies before the first) or ``statistics.years`` (outside of 2000 to 2099).

    Args:
        log: where the chain of the log ends is printed on the report.
        calendar: gives the years of holidays there are.
        note: writes a line of the station's log (``AuditDesk.note``).
        text: gives the text of a message key, for what leaves the program.
        printer: which printer it goes to.
    """

    def __init__(
        self,
        store: Store,
        log: AuditLog,
        clock: Clock,
        items: Items,
        calendar: Callable[[], Calendar],
        link: LinkWords,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        note: Callable[..., None],
        text: Text,
    ) -> None:
        self._store = store
        self._log = log
        self._clock = clock
        self._items = items
        self._calendar = calendar
        self._link = link
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._note = note
        self._text = text

    def view(self, query: StatisticsQuery, progress: Progress = silent) -> StatisticsView:
        """The figures and their tables. Raises Cancelled out of ``progress``."""
        self._acting.need(Right.SEE_PERSONS)
        return self._view(query, progress)

    def print_month(self, year: int, month: int, progress: Progress = silent) -> bool:
        """Bring the month's report 服务情况月报 to the printer; logged with the head of the log it shows. It belongs to
        no case, so it is no print job that waits.

        Returns:
            Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

        Raises:
            InputProblem: ``audit.no_such_month``.
            Cancelled: out of ``progress``, before anything goes to the printer.
            EnvironmentProblem: as :func:`villagedesk.desk.straight_printing.print_straight`; nothing was logged then.
        """
        self._acting.need(Right.WORK)
        pdf, head = self._report(year, month, progress)
        came_out = print_straight(self._printer, pdf, f"fuwu-yuebao-{year}-{month:02d}")
        self._note(Deed.STATISTICS_PRINTED, month=f"{year}-{month:02d}", head=str(head.seq))
        return came_out

    def save_month(self, year: int, month: int, folder: Path, progress: Progress = silent) -> Path:
        """The same as a PDF in that folder; logged. Gives the file.

        Raises:
            InputProblem: ``audit.no_such_month``, ``register.no_folder``.
            Cancelled: out of ``progress``.
            EnvironmentProblem: ``store.*``; no file was left then.
        """
        self._acting.need(Right.WORK)
        pdf, head = self._report(year, month, progress)
        stem = self._text("statistics.report_file", year=year, month=f"{month:02d}", made=self._made())
        with _folder():
            file = save_new(folder, stem, ".pdf", pdf)
        self._noted(file, month=f"{year}-{month:02d}", head=str(head.seq))
        return file

    def save_workbook(self, query: StatisticsQuery, folder: Path, progress: Progress = silent) -> Saved:
        """A sheet for each table; logged. Raises as :meth:`save_month`, but for the month."""
        self._acting.need(Right.WORK)
        view = self._view(query, progress)
        days = {"first": f"{query.first:%Y%m%d}", "last": f"{query.last:%Y%m%d}"}
        with _folder():
            file = free_place(folder, self._text("statistics.file", made=self._made(), **days), ".xlsx")
        notes = (
            self._station.name,
            self._text("statistics.period", first=query.first, last=query.last),
            self._text("register.printed", time=f"{self._today():%Y-%m-%d %H:%M}", clerk=self._acting.clerk),
        )
        count = write_tables(file, [(self._form(table, notes), table.rows, None) for table in view.tables])
        progress(1, 1)  # the last moment at which the clerk's stop can be heeded
        self._noted(file, first=f"{query.first}", last=f"{query.last}", lines=str(count))
        return Saved(file, count)

    def _view(self, query: StatisticsQuery, progress: Progress) -> StatisticsView:
        _check(query)
        figures = self._store.read(lambda snapshot: self._figures(snapshot, query, progress))
        return StatisticsView(figures, tables_of(figures, self._text))

    def _figures(self, snapshot: Snapshot, query: StatisticsQuery, progress: Progress) -> Figures:
        now = self._clock.now()
        since, until = midnight(query.first), midnight(query.last + _ONE_DAY)
        today = now.astimezone(SHANGHAI).date()
        counting = Counting(query.first, query.last, today, self._item_of, self._calendar())
        counting.take_in(snapshot.taken_in(query.first, query.last))
        moved = snapshot.cases_moved(since, until)
        running = [*snapshot.cases_to_be_handed_out()]
        for group in snapshot.running_cases():
            if counting.may_be_over(group):
                running += snapshot.cases_of_group(group)
        total, done = len(moved) + len(running), 0
        for case_ids, count in ((moved, counting.moved), (running, counting.running)):
            for start in range(0, len(case_ids), _AT_ONCE):
                progress(done, total)
                piece = case_ids[start : start + _AT_ONCE]
                for case in snapshot.moves(piece):
                    count(case)
                done += len(piece)
        progress(done, total)
        return Figures(
            first=query.first,
            last=query.last,
            read_at=now,
            days=counting.days(),
            items=counting.items(),
            modes=counting.modes(),
            outcomes=counting.outcomes(),
            finish=counting.finish(),
            over_now=counting.over_now(),
            levels=snapshot.evaluation_counts(since, until),
            desk_days=_desk_days(snapshot, query, now),
            link_days=tuple(snapshot.link_days(query.first, query.last)),
            by_hand=self._link.by_hand(),
        )

    def _report(self, year: int, month: int, progress: Progress) -> tuple[bytes, AuditHead]:
        now = self._clock.now()
        _, until = month_bounds(year, month, now)
        query = StatisticsQuery(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
        head = self._log.head()
        figures = self._view(query, progress).figures
        content = statistics_report.StatisticsReportContent(
            station_name=self._station.name,
            division_code=self._station.division_code,
            year=year,
            month=month,
            so_far=now < until,
            parts=parts_of(figures, self._text),
            head=head,
            printed_at=now,
            clerk_name=self._acting.clerk,
            practice=self._station.practice,
        )
        pdf = statistics_report.render(content, self._fonts)
        progress(1, 1)  # the last moment at which the clerk's stop can be heeded
        return pdf, head

    def _item_of(self, code: str, version: int) -> ServiceItem | None:
        bound = self._items.bound(code, version)
        if bound is None and self._items.has(code):
            return self._items.get(code)
        return bound

    def _form(self, table: FigureTable, notes: tuple[str, ...]) -> TableForm:
        widths = [_WIDTHS[0], *[_WIDTHS[1]] * (len(table.heads) - 1)]
        title = self._text(f"statistics.part.{table.part}")
        how = self._text(f"statistics.how.{table.part}")
        return TableForm(title, (*notes, how), tuple(zip(table.heads, widths, strict=True)))

    def _noted(self, file: Path, **detail: str) -> None:
        """What the log cannot name does not stay."""
        try:
            self._note(Deed.STATISTICS_SAVED, **detail)
        except Problem:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            raise

    def _made(self) -> str:
        return f"{self._today():%Y%m%d-%H%M%S}"

    def _today(self) -> datetime:
        return self._clock.now().astimezone(SHANGHAI)


def _desk_days(snapshot: Snapshot, query: StatisticsQuery, now: datetime) -> tuple[DeskDay, ...]:
    since, until = midnight(query.first) - _OVERNIGHT, midnight(query.last + _ONE_DAY) + _OVERNIGHT
    lines, newest = snapshot.door_lines(since, until)
    found = desk_days(lines, now if newest else None)
    return tuple(day for day in found if query.first <= day.day <= query.last)


def _check(query: StatisticsQuery) -> None:
    if query.last < query.first:
        raise InputProblem("statistics.order", field="last")
    for name, day in (("first", query.first), ("last", query.last)):
        if not 2000 <= day.year <= 2099:
            raise InputProblem("statistics.years", field=name)


@contextlib.contextmanager
def _folder() -> Iterator[None]:
    """A folder that cannot be read is told as that."""
    try:
        yield
    except OSError as error:
        raise InputProblem("register.no_folder") from error

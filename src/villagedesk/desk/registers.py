"""The register 代办台账 of a time: seen, printed, saved as a workbook; and lists of cases and items as workbooks.

Numbers are masked. Whoever works here may ask for the whole ones, and the station's log says so each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.printer_pick import PrinterPick
from villagedesk.desk.register_rows import RowMaker, Text
from villagedesk.desk.register_views import PAGE, RegisterPage, RegisterQuery, Saved
from villagedesk.desk.straight_printing import print_straight
from villagedesk.desk.views import FoundRows, ListRow, Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.register_row import COLUMNS, RegisterRow
from villagedesk.domain.repositories import Snapshot, Store
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode, ServiceItem
from villagedesk.domain.station import StationFile
from villagedesk.papers import proxy_register
from villagedesk.papers.fonts import FontSet
from villagedesk.papers.item_words import MODE_WORDS, limit_words
from villagedesk.reports.register_workbook import write_register
from villagedesk.reports.report_file import free_place, save_new
from villagedesk.reports.table_workbook import TableForm, write_table

MOST_PRINTED = 2000
"""Cases: more would take hundreds of sheets; a workbook takes any number."""
_AT_ONCE = 200
_CASE_COLUMNS = (
    ("time", 20.0),
    ("applicant", 18.0),
    ("item", 36.0),
    ("local_no", 18.0),
    ("number", 28.0),
    ("state", 44.0),
)
_ITEM_COLUMNS = (
    ("place", 6.0),
    ("organ", 24.0),
    ("name", 36.0),
    ("code", 18.0),
    ("always", 50.0),
    ("sometimes", 40.0),
    ("limit", 14.0),
    ("mode", 22.0),
    ("to_check", 8.0),
)


class Registers:
    """Calls block and may come from several threads. What takes a query raises InputProblem ``register.order`` (the
    last day lies before the first) or ``register.years`` (outside of 2000 to 2099).

    Args:
        looked: notes that something masked was shown whole (``AuditDesk.unmasked``).
        note: writes a line of the station's log (``AuditDesk.note``).
        search: cases as the list of them shows them (``CaseDesk.search``).
        text: gives the text of a message key, for what leaves the program.
        printer: which printer it goes to.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        acting: Acting,
        station: StationFile,
        fonts: FontSet,
        printer: PrinterPick,
        looked: Callable[[str, str], None],
        note: Callable[..., None],
        search: Callable[[str, int, str], FoundRows],
        text: Text,
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._acting = acting
        self._station = station
        self._fonts = fonts
        self._printer = printer
        self._looked = looked
        self._note = note
        self._search = search
        self._text = text

    def view(self, query: RegisterQuery, after: str = "", limit: int = PAGE) -> RegisterPage:
        """The first lines, or those behind ``after``, the ``next`` of the piece before.

        Raises:
            InputProblem: ``desk.not_allowed.work`` for whole numbers.
        """
        self._acting.need(Right.SEE_PERSONS)
        _check(query)
        if query.whole:
            self._acting.need(Right.WORK)
            self._looked(STATION, f"register {query.first} {query.last}")
        place, _, last = after.partition(" ")
        start = int(place) if place else 0

        def work(snapshot: Snapshot) -> RegisterPage:
            counts = snapshot.count_register(query.first, query.last)
            rows, more = self._piece(snapshot, query, start, last, limit)
            following = f"{start + len(rows)} {rows[-1].local_no}" if more else ""
            return RegisterPage(tuple(rows), counts, _count(counts, query.mode), following)

        return self._store.read(work)

    def print_register(self, query: RegisterQuery, progress: Progress = silent) -> bool:
        """Bring it to the printer; logged. It belongs to no case, so it is no print job that waits.

        Returns:
            Whether it came out; False when the printer took it and keeps it, for want of paper or the like.

        Raises:
            InputProblem: ``register.too_many`` (``most``).
            Cancelled: out of ``progress``, before anything goes to the printer.
            EnvironmentProblem: ``printing.straight_no_printer``, ``printing.choose_printer``,
                ``printing.straight_not_printed``, ``printer.*``; nothing was logged then, but for whole numbers.
        """
        self._acting.need(Right.WORK)
        pdf, count = self._paper(query, progress)
        if query.whole:  # first: no paper with whole numbers lies there that the log does not name
            self._log(Deed.REGISTER_PRINTED, query, count)
        came_out = print_straight(self._printer, pdf, f"taizhang-{query.first:%Y%m%d}-{query.last:%Y%m%d}")
        if not query.whole:
            self._log(Deed.REGISTER_PRINTED, query, count)
        return came_out

    def save_register(self, query: RegisterQuery, folder: Path, progress: Progress = silent) -> Saved:
        """The same as a PDF in that folder; logged.

        Raises:
            InputProblem: ``register.too_many``, ``register.no_folder``.
            Cancelled: out of ``progress``.
            EnvironmentProblem: ``store.*``; no file was left then.
        """
        self._acting.need(Right.WORK)
        pdf, count = self._paper(query, progress)
        with _folder():
            file = save_new(folder, self._stem(query), ".pdf", pdf)
        self._log_file(file, Deed.REGISTER_SAVED, query, count)
        return Saved(file, count)

    def save_workbook(self, query: RegisterQuery, folder: Path, progress: Progress = silent) -> Saved:
        """As a workbook, of any number of cases; logged. Raises as :meth:`save_register`, but for the number."""
        self._acting.need(Right.WORK)
        _check(query)
        with _folder():
            file = free_place(folder, self._stem(query), ".xlsx")
        total = _count(self._store.read(lambda one: one.count_register(query.first, query.last)), query.mode)
        names = [self._text(f"register.column.{column}") for column in COLUMNS]
        rows = self._told(self._rows(query), total, progress)
        count = write_register(file, self._text("register.title"), self._notes(query), names, rows, self._foot)
        self._log_file(file, Deed.REGISTER_SAVED, query, count)
        return Saved(file, count)

    def save_cases(self, typed: str, folder: Path, progress: Progress = silent) -> Saved:
        """The list of cases that fit what was typed, as it is shown; logged.

        Raises:
            InputProblem: ``register.no_folder``.
            Cancelled: out of ``progress``.
            EnvironmentProblem: ``store.*``; no file was left then.
        """
        self._acting.need(Right.WORK)
        stem = self._text("register.cases.file", made=f"{self._today():%Y%m%d-%H%M%S}")
        with _folder():
            file = free_place(folder, stem, ".xlsx")
        columns = [(self._text(f"register.cases.{name}"), width) for name, width in _CASE_COLUMNS]
        wanted = self._text("register.cases.searched", text=typed) if typed else self._text("register.cases.all")
        form = TableForm(self._text("register.cases.title"), (self._station.name, wanted, self._printed()), columns)
        count = write_table(file, form, self._lines(typed, progress), self._foot)
        self._noted(file, Deed.LIST_SAVED, lines=str(count))
        return Saved(file, count)

    def save_items(self, folder: Path) -> Saved:
        """What is handled here, as the list for the wall says it. Raises as :meth:`save_cases`."""
        self._acting.need(Right.WORK)
        stem = self._text("register.items.file", made=f"{self._today():%Y%m%d-%H%M%S}")
        with _folder():
            file = free_place(folder, stem, ".xlsx")
        columns = [(self._text(f"register.items.{name}"), width) for name, width in _ITEM_COLUMNS]
        form = TableForm(self._text("register.items.title"), (self._station.name, self._printed()), columns)
        rows = (self._item(number, item) for number, item in enumerate(self._items.handled(), start=1))
        return Saved(file, write_table(file, form, rows, lambda count: self._text("register.items.foot", count=count)))

    def _paper(self, query: RegisterQuery, progress: Progress) -> tuple[bytes, int]:
        _check(query)
        total = _count(self._store.read(lambda one: one.count_register(query.first, query.last)), query.mode)
        if total > MOST_PRINTED:
            raise InputProblem("register.too_many", most=MOST_PRINTED)
        rows = tuple(self._told(self._rows(query), 2 * total, progress))
        content = proxy_register.ProxyRegisterContent(
            station_name=self._station.name,
            period=self._period(query),
            rows=rows,
            printed_at=self._clock.now(),
            clerk_name=self._acting.clerk,
            practice=self._station.practice,
            masked=not query.whole,
        )
        pdf = proxy_register.render(content, self._fonts)
        progress(1, 1)  # the last moment at which the clerk's stop can be heeded
        return pdf, len(rows)

    def _rows(self, query: RegisterQuery) -> Iterator[RegisterRow]:
        """All, in pieces of which one is in memory."""
        count, last, more = 0, "", True
        while more:
            rows, more = self._store.read(
                lambda snapshot, count=count, last=last: self._piece(snapshot, query, count, last, _AT_ONCE)  # type: ignore[misc]
            )
            yield from rows
            count += len(rows)
            last = rows[-1].local_no if rows else last

    def _piece(
        self, snapshot: Snapshot, query: RegisterQuery, start: int, after: str, limit: int
    ) -> tuple[list[RegisterRow], bool]:
        """Lines behind a number, and whether there are more."""
        found = snapshot.register(query.first, query.last, limit + 1, mode=query.mode, after=after)
        cases = found[:limit]
        ids = [case.case_id for case in cases]
        logs, pages = snapshot.logs(ids), snapshot.page_counts(ids)
        make = RowMaker(self._text, whole=query.whole)
        rows = [
            make.row(number, case, pages.get(case.case_id, 0), logs[case.case_id])
            for number, case in enumerate(cases, start=start + 1)
        ]
        return rows, len(found) > limit

    @staticmethod
    def _told(rows: Iterator[RegisterRow], total: int, progress: Progress) -> Iterator[RegisterRow]:
        for number, row in enumerate(rows):
            progress(number, total)
            yield row

    def _lines(self, typed: str, progress: Progress) -> Iterator[tuple[str, ...]]:
        after, done = "", 0
        while True:
            found = self._search(typed, _AT_ONCE, after)
            for row in found.rows:
                progress(done, found.count)
                yield self._line(row)
                done += 1
            after = found.next
            if not after:
                return

    def _line(self, row: ListRow) -> tuple[str, ...]:
        line = row.line
        at = f"{(line.received_at or line.updated_at).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        return at, line.applicant_name, line.item_name, line.local_no or "", line.acceptance_no, self._said(row.state)

    def _item(self, number: int, item: ServiceItem) -> tuple[int | str, ...]:
        between = self._text("ui.value.between")
        always = between.join(one.name for one in item.materials if one.when is None)
        sometimes = between.join(one.name for one in item.materials if one.when is not None)
        limit = limit_words(item.promised_limit or item.legal_limit)
        to_check = self._text("register.items.yes") if item.to_check else ""
        return number, item.organ, item.name, item.code, always, sometimes, limit, MODE_WORDS[item.mode], to_check

    def _said(self, sentence: Sentence) -> str:
        params = {
            name: self._said(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return self._text(sentence.key, **params)

    def _period(self, query: RegisterQuery) -> str:
        kind = self._text(f"register.mode.{query.mode}" if query.mode is not None else "register.all_modes")
        return self._text("register.period", first=query.first, last=query.last, kind=kind)

    def _notes(self, query: RegisterQuery) -> tuple[str, ...]:
        masked = self._text("register.whole" if query.whole else "register.masked")
        return self._station.name, self._period(query), self._printed(), masked

    def _printed(self) -> str:
        return self._text("register.printed", time=f"{self._today():%Y-%m-%d %H:%M}", clerk=self._acting.clerk)

    def _foot(self, count: int) -> str:
        return self._text("register.foot", count=count)

    def _stem(self, query: RegisterQuery) -> str:
        days = {"first": f"{query.first:%Y%m%d}", "last": f"{query.last:%Y%m%d}"}
        return self._text("register.file", made=f"{self._today():%Y%m%d-%H%M%S}", **days)

    def _log(self, deed: Deed, query: RegisterQuery, count: int) -> None:
        self._note(deed, **_detail(query, count))

    def _log_file(self, file: Path, deed: Deed, query: RegisterQuery, count: int) -> None:
        self._noted(file, deed, **_detail(query, count))

    def _noted(self, file: Path, deed: Deed, **detail: str) -> None:
        """What the log cannot name does not stay."""
        try:
            self._note(deed, **detail)
        except Problem:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            raise

    def _today(self) -> datetime:
        return self._clock.now().astimezone(SHANGHAI)


def _check(query: RegisterQuery) -> None:
    if query.last < query.first:
        raise InputProblem("register.order", field="last")
    for name, day in (("first", query.first), ("last", query.last)):
        if not 2000 <= day.year <= 2099:
            raise InputProblem("register.years", field=name)


def _count(counts: Mapping[HandlingMode, int], mode: HandlingMode | None) -> int:
    return sum(counts.values()) if mode is None else counts.get(mode, 0)


def _detail(query: RegisterQuery, count: int) -> dict[str, str]:
    numbers = "whole" if query.whole else "masked"
    return {
        "first": f"{query.first}",
        "last": f"{query.last}",
        "mode": str(query.mode or ""),
        "lines": str(count),
        "numbers": numbers,
    }


@contextlib.contextmanager
def _folder() -> Iterator[None]:
    """A folder that cannot be read is told as that."""
    try:
        yield
    except OSError as error:
        raise InputProblem("register.no_folder") from error

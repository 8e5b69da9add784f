"""A paper register 代办台账 comes into the program: a template, a dry run that changes nothing, and one transaction.

What the rows become is told by :func:`villagedesk.domain.register_import.life_of`: the lines of the log are written
now, and each names the paper's own day. A case gets the next number of the day its papers came, of this installation's
letter: numbers are counted by letter and day, so none was or will be given twice (I6). Nothing is put into the outbox.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from villagedesk.desk.accounts import Note
from villagedesk.desk.acting import Acting
from villagedesk.desk.items import Items
from villagedesk.desk.register_import_check import RowCheck, Words
from villagedesk.desk.register_import_views import DryRun, ImportDone, LookedRow, said_sentence
from villagedesk.desk.register_views import Saved
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, CaseStatus
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.life_cycle import Conclusion
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.progress import Progress, share, silent
from villagedesk.domain.register_import import COLUMNS, PaperEntry, Said, known_by, life_of
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode
from villagedesk.reports.register_import_workbook import (
    TemplateWords,
    read_register,
    write_rest,
    write_template,
)
from villagedesk.reports.report_file import free_place

_LAST_STEP = 4
_MOST_A_DAY = 100_000
_TOLD_EVERY = 20
_READ_SHARE, _LOOKED_SHARE = 0.4, 0.9


class RegisterImport:
    """Calls block and may come from several threads.

    Args:
        areas: known prefixes of area codes; unknown ones warn only.
        note: writes a line of the station's log (``AuditDesk.note``).
        text: gives the text of a message key.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        items: Items,
        acting: Acting,
        areas: Set[str],
        note: Note,
        text: Callable[..., str],
    ) -> None:
        self._store = store
        self._clock = clock
        self._items = items
        self._acting = acting
        self._areas = areas
        self._note = note
        self._text = text

    def save_template(self, folder: Path) -> Path:
        """The empty table to type into.

        Raises:
            InputProblem: ``register.no_folder``.
            EnvironmentProblem: ``store.*``.
        """
        self._acting.need(Right.WORK)
        file = self._place(folder, "register_import.template_file")
        write_template(file, self._template())
        return file

    def look(self, file: Path, progress: Progress = silent) -> DryRun:
        """Read a file and say everything that is wrong with it; nothing is changed.

        Raises:
            InputProblem: ``register_import.no_table``, ``register_import.head_twice``, ``register_import.two_tables``,
                ``register_import.no_rows``, ``sheet.*``.
            Cancelled: out of ``progress``.
        """
        self._acting.need(Right.WORK)
        read = read_register(file, self._template(), share(progress, 0, _READ_SHARE))
        if not read.rows:
            raise InputProblem("register_import.no_rows")
        check = RowCheck(self._today(), self._areas, self._items.all(), self._items.search, self._choices())
        told = share(progress, _READ_SHARE, _LOOKED_SHARE)
        looked: list[LookedRow] = []
        for number, typed in enumerate(read.rows):
            told(number, len(read.rows))
            entry, said = check.look(typed)
            looked.append(LookedRow(typed, entry, tuple(sorted(said, key=_by_column))))
        rows = with_doubles(looked)
        here = self._store.read(lambda one: here_already(one, [row.entry for row in rows if row.entry is not None]))
        progress(1, 1)
        told_rows = tuple(_with_said(row, here.get(row.typed.line)) for row in rows)
        return DryRun(file.name, told_rows, read.empty, read.unread)

    def take(self, dry: DryRun, progress: Progress = silent, *, leave_out_wrong: bool = False) -> ImportDone:
        """Make cases of the rows: all, or none of them.

        Args:
            dry: as looked at.
            leave_out_wrong: rows with errors do not come along.

        Raises:
            InputProblem: ``register_import.errors`` (``count``) where rows have errors and are not left out;
                ``register_import.none_left``; ``register_import.here_now`` (``count``) where the register has some of
                them by now; ``domain.local_no.day_full``.
            Cancelled: out of ``progress``.
            EnvironmentProblem: ``store.*``. Nothing was taken then.
        """
        self._acting.need(Right.WORK)
        if dry.wrong and not leave_out_wrong:
            raise InputProblem("register_import.errors", count=len(dry.wrong))
        entries = sorted(dry.good, key=lambda one: (one.received, one.line))
        if not entries:
            raise InputProblem("register_import.none_left")
        done = ImportDone(len(entries), entries[0].received, entries[-1].received)

        def work(transaction: Transaction) -> None:
            here = here_already(transaction, entries)
            if here:
                raise InputProblem("register_import.here_now", count=len(here))
            for number, entry in enumerate(entries):
                if number % _TOLD_EVERY == 0:
                    progress(number, len(entries))
                self._put(transaction, entry, dry.file)
            detail = {"file": dry.file, "rows": str(done.count), "first": f"{done.first}", "last": f"{done.last}"}
            now, clerk = self._clock.now(), self._acting.clerk
            transaction.append_event(CaseEvent(STATION, now, clerk, str(Deed.REGISTER_IMPORTED), detail=detail))
            progress(len(entries), len(entries))  # the last moment at which the clerk's stop can be heeded

        self._store.write(work).result()
        return done

    def save_rest(self, dry: DryRun, folder: Path) -> Saved:
        """The rows with errors in a table of their own, each with what is wrong, to be mended; logged.

        Raises:
            InputProblem: ``register.no_folder``.
            EnvironmentProblem: ``store.*``; no file was left then.
        """
        self._acting.need(Right.WORK)
        file = self._place(folder, "register_import.rest_file")
        between = self._text("register_import.between")
        troubles = [between.join(self._said(said_sentence(one)) for one in row.said) for row in dry.wrong]
        count = write_rest(file, self._template(), [row.typed for row in dry.wrong], troubles)
        try:
            self._note(Deed.IMPORT_REST_SAVED, rows=str(count))
        except Problem:  # what the log cannot name does not stay
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            raise
        return Saved(file, count)

    def _put(self, transaction: Transaction, entry: PaperEntry, file: str) -> None:
        """One case, with its life as the paper tells it."""
        now, steps = self._clock.now(), life_of(entry)
        local_no = transaction.take_local_no(entry.received)
        received = _moment(entry.received, now)
        # of a carried case nobody here knows whose number it is; whether the acceptance system has it is found out when
        # the item moves there
        carried = entry.mode is HandlingMode.PROXY
        case = Case(
            case_id=str(uuid.uuid4()),
            item_code=entry.item_code,
            item_version=entry.item_version,
            item_name=entry.item_name,
            mode=entry.mode,
            status=steps[-1].after,
            clerk=self._acting.clerk,
            created_at=now,
            updated_at=_moment(steps[-1].day, now),
            applicant=entry.applicant,
            local_no=local_no,
            revision=1,
            step=_LAST_STEP,
            received_at=received,
            acceptance_no="" if carried else entry.acceptance_no,
            township_no=entry.acceptance_no if carried else "",
            accepted_at=received if entry.mode is HandlingMode.SYSTEM else None,
        )
        transaction.put_case(case)
        told = {"local_no": local_no, "file": file, "row": str(entry.line), "papers": entry.papers, "note": entry.note}
        for number, step in enumerate(steps):
            detail = dict(step.detail) | ({name: text for name, text in told.items() if text} if number == 0 else {})
            transaction.append_event(
                CaseEvent(case.case_id, now, self._acting.clerk, step.kind, step.before, step.after, detail)
            )

    def _template(self) -> TemplateWords:
        text = self._text
        return TemplateWords(
            title=text("register_import.title"),
            notes=[text(f"register_import.note_{name}") for name in ("rows", "numbers", "items")],
            heads={name: text(f"register_import.column.{name}") for name in COLUMNS},
            hints={name: text(f"register_import.hint.{name}") for name in COLUMNS},
            choices={
                "document_kind": tuple(self._choices().kinds),
                "mode": tuple(self._choices().modes),
                "result": tuple(self._choices().results),
            },
            items_title=text("register_import.items_title"),
            items=[one.name for one in self._items.all()],
            trouble=text("register_import.trouble"),
        )

    def _choices(self) -> Words:
        text = self._text
        return Words(
            {text(f"register.mode.{one}"): one for one in HandlingMode},
            {text(f"domain.document.{one}"): one for one in DocumentKind},
            {text(f"conclusion.{one}"): one for one in Conclusion},
        )

    def _said(self, sentence: Sentence) -> str:
        params = {
            name: self._said(value) if isinstance(value, Sentence) else value for name, value in sentence.params.items()
        }
        return self._text(sentence.key, **params)

    def _place(self, folder: Path, key: str) -> Path:
        made = self._clock.now().astimezone(SHANGHAI)
        try:
            return free_place(folder, self._text(key, made=f"{made:%Y%m%d-%H%M%S}"), ".xlsx")
        except OSError:
            raise InputProblem("register.no_folder") from None

    def _today(self) -> date:
        return self._clock.now().astimezone(SHANGHAI).date()


def with_doubles(rows: Sequence[LookedRow]) -> list[LookedRow]:
    """The rows, each that says once more what an earlier one says with that as an error."""
    keys: dict[tuple[str, str, date], int] = {}
    numbers: dict[str, int] = {}
    told: list[LookedRow] = []
    for row in rows:
        said = None
        if row.entry is not None:
            line, number = row.typed.line, row.entry.acceptance_no.casefold()
            if row.entry.key in keys:
                said = Said("applicant", "register_import.said.twice", {"line": keys[row.entry.key]})
            elif number and number in numbers:
                said = Said("acceptance_no", "register_import.said.number_twice", {"line": numbers[number]})
            else:
                keys[row.entry.key] = line
                numbers |= {number: line} if number else {}
        told.append(_with_said(row, said))
    return told


def here_already(snapshot: Snapshot, entries: Sequence[PaperEntry]) -> Mapping[int, Said]:
    """Rows whose case is in the register, by their lines; a void one was a mistake, and its row may come again."""
    found: dict[int, Said] = {}
    numbers = snapshot.numbers_here([one.acceptance_no for one in entries if one.acceptance_no], told=True)
    by_day: dict[date, list[PaperEntry]] = {}
    for entry in entries:
        by_day.setdefault(entry.received, []).append(entry)
    for day, some in by_day.items():
        cases = [one for one in snapshot.register(day, day, _MOST_A_DAY) if one.status is not CaseStatus.VOID]
        here = {(known_by(one.applicant), one.item_code): one.local_no for one in cases}
        for entry in some:
            local_no = here.get((entry.who, entry.item_code))
            if local_no is not None:
                found[entry.line] = Said("applicant", "register_import.said.here", {"local_no": local_no})
            elif entry.acceptance_no in numbers:
                found[entry.line] = Said("acceptance_no", "register_import.said.number_here")
    return found


def _with_said(row: LookedRow, said: Said | None) -> LookedRow:
    return row if said is None else replace(row, entry=None, said=(*row.said, said))


def _by_column(said: Said) -> int:
    return COLUMNS.index(said.column)


def _moment(day: date, now: datetime) -> datetime:
    """Some moment of a day in Shanghai that is not still to come."""
    return min(now, datetime.combine(day, time(12), SHANGHAI))

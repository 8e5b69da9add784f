"""Backups: by themselves once a day, or when the clerk wants one; how old the last is, in words."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.news import News
from villagedesk.desk.ports import BackupMedium
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.backup import BackupWritten
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import SHANGHAI, Clock, moment_of, utc_text
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled, Progress, silent
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.restoring import BACKUP_LAST, BACKUP_TARGET
from villagedesk.domain.roles import Right

WARN_DAYS, BAD_DAYS = 3, 7
_FIRST_LOOK_S, _LOOK_S, _PAUSE_S = 120.0, 3600.0, 300.0
_PROBLEM = "backup.problem"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class BackupState:
    """How backups stand.

    Args:
        target: the folder or drive, "" while none was chosen.
        last_at: when the last whole backup was made, None when never.
        last_problem: why the last try did not succeed, or what it lacked; None when all was well.
        overdue_days: whole days without a backup once they are :data:`WARN_DAYS` or more; None before, and when never.
        sentence: the one thing to be told.
        present: whether the target is there now.
    """

    target: str
    last_at: datetime | None
    last_problem: Sentence | None
    overdue_days: int | None
    sentence: Sentence
    present: bool


@dataclass(frozen=True)
class BackupDone:
    """One backup.

    Args:
        pages_new, bytes_new: what was copied this time; ``pages`` and ``cases`` are all that are in it.
    """

    at: datetime
    pages_new: int
    bytes_new: int
    pages: int
    cases: int


@dataclass(frozen=True)
class BackupChecked:
    """What a check of the medium found: whole generations and different pages."""

    generations: int
    pages: int
    sentence: Sentence


@dataclass(frozen=True)
class Rhythm:
    """When the automatic backup looks whether it is due, in seconds.

    Args:
        first: after the start. ``every``: from then on. ``pause``: after work has paused for so long.
    """

    first: float = _FIRST_LOOK_S
    every: float = _LOOK_S
    pause: float = _PAUSE_S


class BackupDesk:
    """Makes backups; nothing else waits for one. Calls block and may come from several threads.

    Args:
        rhythm: of the automatic backup.
    """

    def __init__(
        self,
        medium: BackupMedium,
        store: Store,
        clock: Clock,
        news: News,
        acting: Acting,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._medium = medium
        self._store = store
        self._clock = clock
        self._news = news
        self._acting = acting
        self._rhythm = rhythm or Rhythm()
        self._one_at_a_time = threading.Lock()
        self._wake = threading.Condition()
        self._worked = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look whether a backup is due."""
        self._store.subscribe(self._committed)
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; a backup under way is given up, what it began is taken away. A second call does nothing."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join()
        with self._one_at_a_time:
            pass  # one the clerk asked for sees that it is over, and ends

    def state(self) -> BackupState:
        """How backups stand now; looks at the target, which may take a moment.

        Raises:
            EnvironmentProblem: ``store.unreadable``.
        """
        target, last, problem = self._settings()
        present = bool(target) and self._medium.present(Path(target))
        days = None if last is None else max(0, (self._clock.now() - last).days)
        overdue = days if days is not None and days >= WARN_DAYS else None
        sentence = self._sentence(target, last, days, present)
        return BackupState(target, last, problem, overdue, sentence, present)

    def places(self) -> tuple[Path, ...]:
        """Removable drives that are plugged in now."""
        return self._medium.places()

    def set_target(self, folder: Path) -> None:
        """Choose where backups go from now on; the folder or drive is prepared and tried at once.

        Raises:
            InputProblem: ``desk.not_allowed.safeguard``, ``backup.target_inside``.
            EnvironmentProblem: ``backup.medium_*``, ``store.*``; the old target stays then.
        """
        self._acting.need(Right.SAFEGUARD)
        known = self._settings()[0] == str(folder) and self._medium.present(folder)
        self._medium.prepare(folder)

        def work(transaction: Transaction) -> None:
            if not known:
                # what lies on another medium does not make this one's backup a day old
                transaction.put_setting(BACKUP_LAST, "")
            transaction.put_setting(BACKUP_TARGET, str(folder))
            transaction.put_setting(_PROBLEM, "")

        self._store.write(work).result()
        self._news.tell("backup")

    def back_up(self, progress: Progress = silent) -> BackupDone:
        """Make one now.

        Raises:
            InputProblem: ``desk.not_allowed.safeguard``, ``backup.no_target``, ``backup.under_way``.
            EnvironmentProblem: ``backup.*``, ``store.*``; the earlier backups are whole then.
            Cancelled: by ``progress``, or because the desk was closed.
        """
        self._acting.need(Right.SAFEGUARD)
        with self._alone():
            return self._back_up(self._target(), progress, by_itself=False)

    def check(self, progress: Progress = silent) -> BackupChecked:
        """Read everything on the medium again; pages that are damaged there are copied anew.

        Raises:
            InputProblem: as :meth:`back_up`.
            EnvironmentProblem: ``backup.*``, ``store.*``.
            Cancelled: by ``progress``, or because the desk was closed.
        """
        self._acting.need(Right.SAFEGUARD)
        with self._alone():
            target = self._target()
            found = self._medium.check(target, self._until_closed(progress))
            detail = {
                "generations": str(found.generations),
                "generations_damaged": str(found.damaged_generations),
                "pages": str(found.pages),
                "pages_damaged": str(len(found.damaged_pages)),
            }
            self._store.write(lambda transaction: self._note(transaction, Deed.BACKUP_CHECKED, detail)).result()
            bad = len(found.damaged_pages)
            if bad or found.damaged_generations:
                # the damaged is made good at once, from what this PC has
                again = self._back_up(target, progress, by_itself=False, again=found.damaged_pages)
                params = {"generations": found.damaged_generations, "pages": bad, "again": again.pages_new}
                sentence = Sentence("backup.checked_bad", params, "warn")
            elif found.generations:
                params = {"generations": found.generations, "pages": found.pages}
                sentence = Sentence("backup.checked_good", params, "good")
            else:
                sentence = Sentence("backup.checked_none", {}, "warn")
        return BackupChecked(found.generations, found.pages, sentence)

    def look_now(self) -> BackupDone | None:
        """What the automatic backup does each time: one when it is due and the target is there; None otherwise.

        Trouble is kept for :meth:`state`, and tried again the next time.
        """
        target, last, _ = self._settings()
        if not target or not self._is_due(last) or not self._medium.present(Path(target)):
            return None
        if not self._one_at_a_time.acquire(blocking=False):
            return None
        try:
            return self._back_up(Path(target), silent, by_itself=True)
        except Problem:
            return None
        finally:
            self._one_at_a_time.release()

    def _back_up(
        self, target: Path, progress: Progress, *, by_itself: bool, again: frozenset[str] = frozenset()
    ) -> BackupDone:
        try:
            written = self._medium.back_up(target, self._until_closed(progress), again)
        except Cancelled:
            raise
        except Problem as problem:
            self._keep(problem)
            raise
        lacking = None
        if written.pages_missing:
            lacking = Sentence("backup.pages_missing", {"count": written.pages_missing}, "warn")
        self._store.write(lambda transaction: self._write_down(transaction, written, lacking, by_itself)).result()
        self._news.tell("backup")
        return BackupDone(written.at, written.pages_new, written.bytes_new, written.pages, written.cases)

    def _write_down(
        self, transaction: Transaction, written: BackupWritten, lacking: Sentence | None, by_itself: bool
    ) -> None:
        transaction.put_setting(BACKUP_LAST, utc_text(written.at))
        transaction.put_setting(_PROBLEM, "" if lacking is None else _text_of(lacking))
        detail = {"cases": str(written.cases), "pages": str(written.pages), "pages_new": str(written.pages_new)}
        if by_itself:
            detail["by_itself"] = "1"
        self._note(transaction, Deed.BACKED_UP, detail)

    def _note(self, transaction: Transaction, deed: Deed, detail: dict[str, str]) -> None:
        event = CaseEvent(STATION, self._clock.now(), self._acting.clerk, str(deed), detail=detail)
        transaction.append_event(event)

    def _keep(self, problem: Problem) -> None:
        """Remember why; where even that cannot be written, the disk itself is told of elsewhere."""
        text = _text_of(Sentence(problem.key, problem.params, "bad"))
        with contextlib.suppress(EnvironmentProblem):
            if self._store.read(lambda snapshot: snapshot.setting(_PROBLEM)) != text:
                self._store.write(lambda transaction: transaction.put_setting(_PROBLEM, text)).result()
        self._news.tell("backup")

    def _settings(self) -> tuple[str, datetime | None, Sentence | None]:
        target, last, problem = self._store.read(
            lambda snapshot: (
                snapshot.setting(BACKUP_TARGET),
                snapshot.setting(BACKUP_LAST),
                snapshot.setting(_PROBLEM),
            )
        )
        # without a target the problem is that of a PC this one was restored from
        return target, moment_of(last) if last else None, _sentence_of(problem) if target else None

    def _target(self) -> Path:
        target = self._settings()[0]
        if not target:
            raise InputProblem("backup.no_target")
        if not self._medium.present(Path(target)):
            raise EnvironmentProblem("backup.plug_in")
        return Path(target)

    def _is_due(self, last: datetime | None) -> bool:
        """Once a day, by the calendar, so that it does not wander through the day; also after the clock went back."""
        if last is None:
            return True
        return last.astimezone(SHANGHAI).date() != self._clock.now().astimezone(SHANGHAI).date()

    def _sentence(self, target: str, last: datetime | None, days: int | None, present: bool) -> Sentence:
        if not target:
            return Sentence("backup.no_target", {}, "warn")
        if last is None or days is None:
            return Sentence("backup.never" if present else "backup.plug_in", {}, "warn")
        tone = "bad" if days >= BAD_DAYS else "warn" if days >= WARN_DAYS else "calm"
        if last - self._clock.now() > timedelta(days=1):
            # made under a clock that was ahead: nobody can tell how long ago that is
            return Sentence("backup.ahead", {"when": f"{last.astimezone(SHANGHAI):%Y-%m-%d}"}, "warn")
        if not present and self._is_due(last):
            return Sentence("backup.plug_in_days", {"days": days}, tone) if days else Sentence("backup.plug_in")
        if days >= WARN_DAYS:
            return Sentence("backup.overdue", {"days": days}, tone)
        return Sentence("backup.fine", {"when": f"{last.astimezone(SHANGHAI):%m-%d %H:%M}"}, "good")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._one_at_a_time.acquire(blocking=False):
            raise InputProblem("backup.under_way")
        try:
            yield
        finally:
            self._one_at_a_time.release()

    def _until_closed(self, progress: Progress) -> Progress:
        def told(done: int, total: int) -> None:
            if self._closing:
                raise Cancelled
            progress(done, total)

        return told

    def _committed(self) -> None:
        with self._wake:
            self._worked = True
            self._wake.notify_all()

    def _run(self) -> None:
        due = self._clock.monotonic() + self._rhythm.first
        while self._waited_until(due):
            try:
                self.look_now()
            except Exception:
                # a backup that fails in an unforeseen way must not be the last one tried
                _LOG.exception("the automatic backup failed")
            due = self._clock.monotonic() + self._rhythm.every

    def _waited_until(self, due: float) -> bool:
        """Wait for that moment, or for work to have paused; False when the desk is closed."""
        with self._wake:
            self._worked = False
            while not self._closing:
                left = due - self._clock.monotonic()
                if left <= 0:
                    return True
                if not self._worked:
                    self._wake.wait(left)
                    continue
                self._worked = False
                if not self._wake.wait(min(left, self._rhythm.pause)) and not self._worked:
                    return True
            return False


def _text_of(sentence: Sentence) -> str:
    params = {name: value if isinstance(value, int) else str(value) for name, value in sentence.params.items()}
    return json.dumps({"key": sentence.key, "params": params, "tone": sentence.tone}, ensure_ascii=False)


def _sentence_of(text: str) -> Sentence | None:
    if not text:
        return None
    raw = json.loads(text)
    return Sentence(raw["key"], raw["params"], raw["tone"])

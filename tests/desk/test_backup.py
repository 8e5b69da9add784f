"""Backups as the desk makes them: by themselves, on demand, and what is told of them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from tests.desk.counter import CLERK, Window, open_window, taken_in
from tests.store.fixtures import CHEAP, FixedClock
from villagedesk.app.resources import messages_folder, resources_folder
from villagedesk.desk.acting import Acting
from villagedesk.desk.backup import BackupDesk, Rhythm
from villagedesk.desk.news import News
from villagedesk.desk.ports import BackupMedium
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.backup import BackupWritten, MediumChecked
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled, Progress
from villagedesk.domain.roles import Role
from villagedesk.store.backup.look import look
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import create_keys
from villagedesk.store.recovery.recover import recover

DAY = 86400.0


class FakeMedium:
    """A medium whose every answer is set."""

    def __init__(self) -> None:
        self.there = True
        self.problem: EnvironmentProblem | None = None
        self.found = MediumChecked(2, 0, 5, frozenset())
        self.asked_again: list[frozenset[str]] = []
        self.made = threading.Semaphore(0)
        self.hold: threading.Event | None = None
        self.entered = threading.Event()
        self.missing = 0
        self.clock = FixedClock()

    def places(self) -> tuple[Path, ...]:
        return (Path("/media/stick"),)

    def prepare(self, target: Path) -> None:
        if self.problem is not None:
            raise self.problem

    def present(self, target: Path) -> bool:
        return self.there

    def back_up(self, target: Path, progress: Progress, again: Collection[str]) -> BackupWritten:
        self.entered.set()
        if self.hold is not None:
            while not self.hold.wait(0.01):
                progress(0, 1)
        progress(1, 1)
        if self.problem is not None:
            raise self.problem
        self.asked_again.append(frozenset(again))
        self.made.release()
        return BackupWritten(self.clock.now(), len(again), 1000, 9, 4, self.missing)

    def check(self, target: Path, progress: Progress) -> MediumChecked:
        progress(1, 1)
        return self.found


@pytest.fixture
def window(tmp_path: Path) -> Iterator[Window]:
    """A real window, with slots as a backup takes them along."""
    folder, clock = tmp_path / "pc" / "data", FixedClock()
    key = create_keys(folder, CLERK, "sunflower-82", bytes(range(32)), "clerk", CHEAP)
    EncryptedStore.create(folder, key, clock).close()
    window = open_window(folder, key=key, clock=clock)
    yield window
    window.desk.close()


def desk_with(
    window: Window, medium: FakeMedium, rhythm: Rhythm | None = None, *, role: Role = Role.CLERK
) -> BackupDesk:
    """A room of its own on the window's store, not started."""
    medium.clock = window.clock
    checked: BackupMedium = medium
    return BackupDesk(checked, window.store, window.clock, News(), Acting(CLERK, role), rhythm)


def log_of(window: Window) -> list[tuple[str, dict[str, str]]]:
    """The station's own lines."""
    return [(event.kind, dict(event.detail)) for event in window.store.read(lambda snapshot: snapshot.events(STATION))]


def test_a_real_medium_from_choosing_it_to_checking_it(window: Window, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    backup = window.desk.backup
    assert backup.state().sentence.key == "backup.no_target"
    with pytest.raises(InputProblem, match=r"backup\.no_target"):
        backup.back_up()
    with pytest.raises(InputProblem, match=r"backup\.target_inside"):
        backup.set_target(window.folder)
    backup.set_target(stick)
    assert backup.state().sentence.key == "backup.never"
    taken_in(window)
    heard: list[frozenset[str]] = []
    window.desk.news.subscribe(heard.append)
    done = backup.back_up()
    assert frozenset({"backup"}) in heard
    assert (done.cases, done.pages, done.pages_new) == (1, done.pages_new, done.pages)
    state = backup.state()
    assert (state.target, state.present, state.last_at, state.last_problem) == (str(stick), True, done.at, None)
    assert (state.sentence.key, state.sentence.tone) == ("backup.fine", "good")
    checked = backup.check()
    assert (checked.generations, checked.pages, checked.sentence.tone) == (1, done.pages, "good")
    kinds = [kind for kind, _ in log_of(window)]
    assert kinds == [Deed.BACKED_UP, Deed.BACKUP_CHECKED]
    assert window.store.verify_chain() is None
    assert look(stick)[0].at == done.at


def test_what_a_check_finds_is_made_good(window: Window, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    window.desk.backup.set_target(stick)
    taken_in(window)
    window.desk.backup.back_up()
    page = next(path for path in stick.rglob("*") if path.is_file() and len(path.name) == 64)
    page.write_bytes(b"rotten")
    checked = window.desk.backup.check()
    assert (checked.sentence.key, checked.sentence.params["again"]) == ("backup.checked_bad", 1)
    assert window.desk.backup.check().sentence.key == "backup.checked_good"


def test_another_stick_has_no_backup_before_one_was_made_on_it(window: Window, tmp_path: Path) -> None:
    backup = window.desk.backup
    one, two = tmp_path / "one", tmp_path / "two"
    for stick in (one, two):
        stick.mkdir()
    backup.set_target(one)
    backup.back_up()
    backup.set_target(one)
    assert backup.state().sentence.key == "backup.fine"
    backup.set_target(two)
    assert backup.state().sentence.key == "backup.never"
    assert backup.look_now() is not None
    # another one where the first was plugged in, chosen by the same letter
    shutil.rmtree(two)
    two.mkdir()
    backup.set_target(two)
    assert backup.state().last_at is None
    assert backup.look_now() is not None


def test_backups_go_on_by_themselves_after_a_recovery(window: Window, tmp_path: Path) -> None:
    taken_in(window)
    stick = tmp_path / "stick"
    stick.mkdir()
    window.desk.backup.set_target(stick)
    window.desk.backup.back_up()
    window.desk.close()
    recover(window.folder, window.key, window.clock, CLERK)
    window.clock.forward(DAY)
    again = open_window(window.folder, key=window.key, clock=window.clock)
    try:
        assert again.desk.backup.state().present
        assert again.desk.backup.look_now() is not None
        assert again.desk.backup.check().generations == 1
    finally:
        again.desk.close()


def test_an_empty_mount_point_is_not_the_stick(window: Window, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    window.desk.backup.set_target(stick)
    (stick / "villagedesk-backup").rename(tmp_path / "pulled out")
    assert window.desk.backup.state().sentence.key == "backup.plug_in"
    with pytest.raises(EnvironmentProblem, match=r"backup\.plug_in"):
        window.desk.backup.back_up()
    assert window.desk.backup.look_now() is None
    assert not list(stick.iterdir())


@pytest.mark.parametrize(
    ("days", "there", "key", "tone", "overdue"),
    [
        (0, True, "backup.fine", "good", None),
        (0, False, "backup.fine", "good", None),
        (2, True, "backup.fine", "good", None),
        (2, False, "backup.plug_in_days", "calm", None),
        (3, True, "backup.overdue", "warn", 3),
        (6, False, "backup.plug_in_days", "warn", 6),
        (7, True, "backup.overdue", "bad", 7),
        (30, False, "backup.plug_in_days", "bad", 30),
    ],
)
def test_the_sentence_grows_with_the_days(
    window: Window, days: int, there: bool, key: str, tone: str, overdue: int | None
) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium)
    backup.set_target(Path("/media/stick"))
    backup.back_up()
    window.clock.forward(days * DAY)
    medium.there = there
    state = backup.state()
    assert (state.sentence.key, state.sentence.tone, state.overdue_days) == (key, tone, overdue)
    Messages.from_folder(messages_folder(resources_folder())).text(state.sentence.key, **state.sentence.params)


def test_a_backup_made_under_a_clock_that_was_ahead_is_never_called_fine(window: Window) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium)
    backup.set_target(Path("/media/stick"))
    backup.back_up()
    window.clock.forward(-400 * DAY)
    for medium.there in (True, False):
        state = backup.state()
        assert (state.sentence.key, state.sentence.tone) == ("backup.ahead", "warn")
    Messages.from_folder(messages_folder(resources_folder())).text(state.sentence.key, **state.sentence.params)


def test_one_a_day_by_itself_whenever_the_stick_is_there(window: Window) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium)
    assert backup.look_now() is None
    backup.set_target(Path("/media/stick"))
    medium.there = False
    assert backup.look_now() is None
    medium.there = True
    assert backup.look_now() is not None
    assert backup.look_now() is None
    window.clock.forward(16 * 3600)  # 09:00 + 16 h: the next day in Shanghai
    assert backup.look_now() is not None
    window.clock.forward(-5 * DAY)
    assert backup.look_now() is not None
    by_itself = [detail.get("by_itself") for kind, detail in log_of(window) if kind == Deed.BACKED_UP]
    assert by_itself == ["1", "1", "1"]


def test_trouble_is_kept_until_a_backup_succeeds(window: Window) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium)
    backup.set_target(Path("/media/stick"))
    medium.problem = EnvironmentProblem("backup.medium_full")
    assert backup.look_now() is None
    again = desk_with(window, medium)
    problem = again.state().last_problem
    assert problem is not None
    assert (problem.key, problem.tone) == ("backup.medium_full", "bad")
    with pytest.raises(EnvironmentProblem, match=r"backup\.medium_full"):
        again.back_up()
    medium.problem, medium.missing = None, 2
    again.back_up()
    problem = again.state().last_problem
    assert problem is not None
    assert (problem.key, problem.params) == ("backup.pages_missing", {"count": 2})
    medium.missing = 0
    again.back_up()
    assert again.state().last_problem is None


def test_the_thread_makes_them_also_when_work_pauses(window: Window) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium, Rhythm(first=1e6, every=1e6, pause=0.01))
    backup.set_target(Path("/media/stick"))
    backup.start()
    try:
        window.store.write(lambda transaction: transaction.put_setting("a", "b")).result()
        assert medium.made.acquire(timeout=30)
    finally:
        backup.close()


def test_the_thread_outlives_a_fault_and_looks_again(
    window: Window, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    medium = FakeMedium()
    backup = desk_with(window, medium, Rhythm(first=0.0, every=0.0, pause=0.01))
    looked = threading.Semaphore(0)

    def look() -> None:
        looked.release()
        raise ValueError("a fault of the program")

    monkeypatch.setattr(backup, "look_now", look)
    backup.start()
    assert looked.acquire(timeout=30)
    assert looked.acquire(timeout=30)
    backup.close()
    assert "the automatic backup failed" in caplog.text


def test_an_open_desk_backs_up_by_itself_and_a_closed_one_no_more(window: Window) -> None:
    """Until then nobody sees that they are not made: the first is due two minutes after sign-in."""

    def running() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name == "backup"]

    assert running() == ["backup"]
    again = window.reopened()
    assert running() == ["backup"]
    again.desk.close()
    assert running() == []


def test_one_at_a_time_and_closing_gives_it_up(window: Window) -> None:
    medium = FakeMedium()
    medium.hold = threading.Event()
    backup = desk_with(window, medium)
    backup.set_target(Path("/media/stick"))
    ended: list[BaseException] = []

    def run() -> None:
        try:
            backup.back_up()
        except Cancelled as cancelled:
            ended.append(cancelled)

    thread = threading.Thread(target=run)
    thread.start()
    assert medium.entered.wait(30)
    with pytest.raises(InputProblem, match=r"backup\.under_way"):
        backup.back_up()
    assert backup.look_now() is None
    backup.close()
    thread.join(30)
    assert len(ended) == 1
    assert backup.state().last_problem is None


def test_who_may(window: Window) -> None:
    medium = FakeMedium()
    head = desk_with(window, medium, role=Role.VILLAGE_HEAD)
    for act in (lambda: head.set_target(Path("/x")), head.back_up, head.check):
        with pytest.raises(InputProblem, match=r"desk\.not_allowed\.safeguard"):
            act()
    technician = desk_with(window, medium, role=Role.TECHNICIAN)
    technician.set_target(Path("/media/stick"))
    assert technician.back_up().cases == 4
    assert technician.places() == (Path("/media/stick"),)

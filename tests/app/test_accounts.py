"""Accounts through the door: who gets in, who does not any more, and what the log says of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.door import CLERK, PASSPHRASE, PASSWORD, Door
from tests.desk.counter import ready_draft, taken_in
from villagedesk.app import key_keeper
from villagedesk.desk.accounts import Accounts, AccountView, OpenWork
from villagedesk.desk.audit import AuditDesk
from villagedesk.desk.desk import Desk
from villagedesk.domain.audit import Deed
from villagedesk.domain.clock import utc_text
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.roles import Role
from villagedesk.store import recovery_key
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.keys import unlock

SUCCESSOR, NEW = "李会计", "五棵柳树河边小站"
HEAD, HEADS = "赵支书", "晒谷场上看电影去"


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def wrong(door: Door, clerk: str = CLERK, times: int = 1) -> list[str]:
    """Try a wrong password so often; what was told."""
    told = []
    for _ in range(times):
        with pytest.raises(InputProblem) as problem:
            door.entry.sign_in(clerk, "not the password")
        told.append(problem.value.key)
    return told


def test_too_many_wrong_passwords_lock_out_also_after_a_restart_and_everywhere(door: Door) -> None:
    assert wrong(door, times=2) == ["store.wrong_password"] * 2
    door.restart()
    assert wrong(door, times=3) == ["store.wrong_password"] * 2 + ["entry.locked_out"]
    assert door.entry.wait_seconds(CLERK) == 30
    with pytest.raises(InputProblem, match=r"entry\.locked_out"):
        door.entry.sign_in(CLERK, PASSWORD)
    door.restart()
    for attempt in (door.entry.sign_in, door.entry.unlock):
        with pytest.raises(InputProblem, match=r"entry\.locked_out"):
            attempt(CLERK, PASSWORD)
    door.clock.forward(30)
    assert door.entry.wait_seconds(CLERK) == 0
    with door.inside() as desk:
        for _ in range(4):
            with pytest.raises(InputProblem, match=r"store\.wrong_password"):
                desk.accounts.change_password("not the password", NEW)
        with pytest.raises(InputProblem, match=r"entry\.locked_out"):
            desk.accounts.change_password(PASSWORD, NEW)
        with pytest.raises(InputProblem, match=r"entry\.locked_out"):
            door.entry.unlock(CLERK, PASSWORD)
    assert door.last(Deed.SIGN_IN_REFUSED) == {"count": "4"}
    assert door.last(Deed.SIGNED_IN) == {"role": "clerk", "failed_before": "4"}


def test_names_nobody_has_share_one_count(door: Door) -> None:
    told = [wrong(door, f"没有的人{number}")[0] for number in range(6)]
    assert told == ["store.wrong_password"] * 4 + ["entry.locked_out"] * 2
    with door.inside():
        pass


def test_who_came_locked_unlocked_and_went_is_logged_in_order(door: Door) -> None:
    with door.inside():
        door.entry.note_locked()
        with pytest.raises(InputProblem, match=r"store\.wrong_password"):
            door.entry.unlock(CLERK, "not the password")
        door.entry.unlock(CLERK, PASSWORD)
    door.entry.sign_out()
    assert door.deeds() == [
        (CLERK, Deed.SIGNED_IN),
        (CLERK, Deed.LOCKED),
        (CLERK, Deed.SIGN_IN_REFUSED),
        (CLERK, Deed.UNLOCKED),
        (CLERK, Deed.SIGNED_OUT),
    ]


def test_a_lock_after_a_sleep_says_when_the_desk_was_left_and_is_written_when_it_is(door: Door) -> None:
    with door.inside():
        left = door.clock.now()
        door.clock.forward(63 * 3600)
        door.entry.note_locked(left)
        woke = door.clock.now()
        door.entry.unlock(CLERK, PASSWORD)
        door.entry.note_locked()
    slept, by_hand = [one for one in door.log() if one.kind == Deed.LOCKED]
    assert (slept.at, dict(slept.detail)) == (woke, {"left": utc_text(left)})
    assert dict(by_hand.detail) == {}


def test_somebody_else_signing_in_signs_the_first_one_out(door: Door) -> None:
    with door.inside() as desk:
        desk.accounts.add(HEAD, Role.VILLAGE_HEAD, HEADS)
        with pytest.raises(InputProblem, match=r"entry\.other_clerk"):
            door.entry.unlock(HEAD, HEADS)
        assert door.entry.sign_in(HEAD, HEADS).acting.role is Role.VILLAGE_HEAD
    assert door.deeds()[-4:] == [
        (CLERK, Deed.ACCOUNT_ADDED),
        (CLERK, Deed.SIGNED_OUT),
        (HEAD, Deed.SIGNED_IN),
        (HEAD, Deed.SIGNED_OUT),
    ]


def test_what_the_log_could_not_take_is_written_when_it_can(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    real, full = AuditDesk.note, [True]

    def note(log: AuditDesk, deed: Deed, case_id: str = "", **detail: str) -> None:
        if full[0]:
            raise EnvironmentProblem("store.disk_full")
        real(log, deed, case_id, **detail)

    monkeypatch.setattr(AuditDesk, "note", note)
    with door.inside():
        door.entry.note_locked()
        full[0] = False
        door.entry.unlock(CLERK, PASSWORD)
    assert [(line.kind, line.detail.get("late")) for line in door.log()] == [
        (Deed.SIGNED_IN, "yes"),
        (Deed.LOCKED, "yes"),
        (Deed.UNLOCKED, None),
        (Deed.SIGNED_OUT, None),
    ]


def accounts(desk: Desk) -> tuple[AccountView, ...]:
    return desk.accounts.list()


def test_accounts_are_made_changed_and_taken_away_and_logged(door: Door) -> None:
    with door.inside() as desk:
        desk.accounts.add(f"  {HEAD} ", Role.VILLAGE_HEAD, HEADS)
        desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
        assert accounts(desk) == (
            AccountView(CLERK, Role.CLERK, True),
            AccountView(HEAD, Role.VILLAGE_HEAD, False),
            AccountView(SUCCESSOR, Role.CLERK, False),
        )
        desk.accounts.reset_password(HEAD, "另外一句好记的话")
        desk.accounts.change_password(PASSWORD, "院里两只大公鸡叫")
        desk.accounts.remove(SUCCESSOR)
    assert door.entry.clerks_with_roles() == ((CLERK, Role.CLERK), (HEAD, Role.VILLAGE_HEAD))
    for clerk, password in ((SUCCESSOR, NEW), (HEAD, HEADS), (CLERK, PASSWORD)):
        with pytest.raises(InputProblem, match=r"store\.wrong_password"):
            door.entry.sign_in(clerk, password)
    with door.inside(CLERK, "院里两只大公鸡叫"), pytest.raises(InputProblem, match=r"accounts\.last_clerk"):
        door.window.desk.accounts.remove(CLERK)
    changes = [
        (line.kind, dict(line.detail)) for line in door.log() if line.kind not in (Deed.SIGNED_IN, Deed.SIGNED_OUT)
    ]
    assert changes == [
        (Deed.ACCOUNT_ADDED, {"name": HEAD, "role": "village_head"}),
        (Deed.ACCOUNT_ADDED, {"name": SUCCESSOR, "role": "clerk"}),
        (Deed.PASSWORD_RESET, {"name": HEAD}),
        (Deed.PASSWORD_CHANGED, {}),
        (Deed.ACCOUNT_REMOVED, {"name": SUCCESSOR, "role": "clerk"}),
        (Deed.SIGN_IN_REFUSED, {"count": "1"}),
    ]


def test_what_must_not_be_is_refused_with_its_sentence_and_changes_nothing(door: Door) -> None:
    with door.inside() as desk:
        desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
        before, log = door.slots(), len(door.log())
        rooms = desk.accounts
        refused: dict[str, Callable[[], object]] = {
            "accounts.name_taken": lambda: rooms.add(f"{SUCCESSOR} ", Role.CLERK, HEADS),
            "accounts.not_oneself": lambda: rooms.remove(CLERK),
            "accounts.no_such": lambda: rooms.remove("没有的人"),
            "entry.clerk_empty": lambda: rooms.add(" ", Role.CLERK, HEADS),
            "entry.clerk_long": lambda: rooms.add("长" * 41, Role.CLERK, HEADS),
            "entry.clerk_signs": lambda: rooms.add("王\u202e会计", Role.CLERK, HEADS),
            "entry.password_short": lambda: rooms.add(HEAD, Role.CLERK, "short"),
            "entry.password_common": lambda: rooms.change_password(PASSWORD, "password123"),
            "entry.password_name": lambda: rooms.reset_password(SUCCESSOR, "likuaiji1962"),
            "entry.password_date": lambda: rooms.hand_over(HEAD, "19620815", keep_as=None),
        }
        for key, act in refused.items():
            with pytest.raises(InputProblem) as problem:
                act()
            assert problem.value.key == key
        with pytest.raises(InputProblem, match=r"accounts\.not_oneself"):
            rooms.reset_password(CLERK, HEADS)
        assert (door.slots(), len(door.log())) == (before, log)


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.TECHNICIAN])
def test_other_roles_change_their_own_password_and_nothing_else(door: Door, role: Role) -> None:
    with door.inside() as desk:
        desk.accounts.add(HEAD, role, HEADS)
    with door.inside(HEAD, HEADS) as desk:
        before = door.slots()
        acts: tuple[Callable[[], object], ...] = (
            lambda: desk.accounts.add(SUCCESSOR, Role.CLERK, NEW),
            lambda: desk.accounts.remove(CLERK),
            lambda: desk.accounts.reset_password(CLERK, NEW),
            lambda: desk.accounts.hand_over(SUCCESSOR, NEW, keep_as=None),
        )
        for act in acts:
            with pytest.raises(InputProblem, match=r"desk\.not_allowed\.keep_accounts"):
                act()
        assert door.slots() == before
        desk.accounts.change_password(HEADS, NEW)
    assert [view.role for view in accounts(door.entry.sign_in(HEAD, NEW))] == [Role.CLERK, role]
    door.entry.close()


@pytest.mark.parametrize("keep_as", [None, Role.VILLAGE_HEAD])
def test_the_desk_is_handed_over_with_all_that_is_open(door: Door, keep_as: Role | None) -> None:
    with door.inside() as desk:
        draft, case_id = ready_draft(door.window), taken_in(door.window)
        desk.printing.print(case_id, PaperKind.RECEIPT)  # there is no printer: it waits
        open_work = desk.accounts.open_work()
        assert open_work == OpenWork(drafts=1, unsent=1, tray=0, corrections=0, papers=1)
        assert desk.accounts.hand_over(SUCCESSOR, NEW, keep_as=keep_as) == open_work
        with pytest.raises(InputProblem, match=r"desk\.not_allowed\.keep_accounts"):
            desk.accounts.reset_password(SUCCESSOR, HEADS)
    assert unlock(door.folder, SUCCESSOR, NEW).database == door.key.database
    detail = door.last(Deed.DESK_HANDED_OVER)
    assert (detail["name"], detail["kept_as"]) == (SUCCESSOR, keep_as or "")
    assert (detail["drafts"], detail["unsent"], detail["tray"]) == ("1", "1", "0")
    if keep_as is None:
        with pytest.raises(InputProblem, match=r"store\.wrong_password"):
            door.entry.sign_in(CLERK, PASSWORD)
    else:
        with door.inside(CLERK, PASSWORD) as desk:
            assert desk.acting.role is Role.VILLAGE_HEAD
            assert desk.cases.case(case_id).case.case_id == case_id
            with pytest.raises(InputProblem, match=r"desk\.not_allowed\.work"):
                desk.intake.start("VD-YB-001")
    with door.inside(SUCCESSOR, NEW) as desk:
        assert desk.accounts.open_work() == open_work
        desk.intake.take_in(draft)
        assert desk.accounts.open_work().unsent == 2
    assert (CLERK, Deed.DESK_HANDED_OVER) in door.deeds()
    assert door.deeds()[-1] == (SUCCESSOR, Deed.SIGNED_OUT)


def test_an_older_slots_file_put_back_lets_nobody_in_and_the_county_mends_it(door: Door) -> None:
    with door.inside() as desk:
        desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
    old = door.slots()
    with door.inside() as desk:
        desk.accounts.remove(SUCCESSOR)
    newest = door.slots()
    door.put_back(old)
    door.restart()
    for clerk, password in ((SUCCESSOR, NEW), (CLERK, PASSWORD)):
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
            door.entry.sign_in(clerk, password)
        assert door.window.kicked[-1] == "stop", "nothing of the refused desk goes on"
        assert door.log()[-1].actor == clerk
        assert door.last(Deed.SIGN_IN_REFUSED) == {"count": "1", "reason": "store.slots_older"}
    desk = door.entry.recover_access(CLERK, HEADS, door.county, PASSPHRASE)
    assert accounts(desk) == (AccountView(CLERK, Role.CLERK, True),)
    door.restart()
    assert door.last(Deed.ACCESS_RECOVERED) == {"accounts_dropped": "1"}
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        door.entry.sign_in(SUCCESSOR, NEW)
    with door.inside(CLERK, HEADS):
        pass
    for slots, clerk, password in ((old, SUCCESSOR, NEW), (newest, CLERK, PASSWORD)):
        door.put_back(slots)
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
            door.entry.sign_in(clerk, password)


def test_an_older_slots_file_put_back_behind_the_locked_screen_opens_nothing(door: Door) -> None:
    old = door.slots()
    with door.inside() as desk:
        desk.accounts.change_password(PASSWORD, NEW)
        newest = door.slots()
        door.put_back(old)
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
            door.entry.unlock(CLERK, PASSWORD)
        door.put_back(newest)
        door.entry.unlock(CLERK, NEW)
    assert door.last(Deed.SIGN_IN_REFUSED) == {"count": "1", "reason": "store.slots_older"}
    assert door.deeds()[-3:] == [(CLERK, Deed.SIGN_IN_REFUSED), (CLERK, Deed.UNLOCKED), (CLERK, Deed.SIGNED_OUT)]


@pytest.mark.parametrize(
    "change",
    [
        lambda accounts: accounts.add("孙会计", Role.CLERK, NEW),
        lambda accounts: accounts.remove(HEAD),
        lambda accounts: accounts.reset_password(HEAD, NEW),
        lambda accounts: accounts.change_password(NEW, "五棵柳树河边大站"),
        lambda accounts: accounts.hand_over("孙会计", NEW, keep_as=None),
    ],
    ids=["add", "remove", "reset", "change", "hand over"],
)
def test_nothing_is_built_on_an_older_slots_file_put_back_under_the_open_desk(
    door: Door, change: Callable[[Accounts], object]
) -> None:
    with door.inside() as desk:
        desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
        desk.accounts.add(HEAD, Role.VILLAGE_HEAD, HEADS)
    old = door.slots()
    with door.inside(SUCCESSOR, NEW) as desk:
        desk.accounts.remove(CLERK)
        door.put_back(old)
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
            change(desk.accounts)
        assert door.slots() == old
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
        door.entry.sign_in(CLERK, PASSWORD)


def test_wrong_tries_are_logged_whatever_comes_of_them(door: Door) -> None:
    """Also those at the change of a password, and those before an older slots file is refused."""
    old = door.slots()
    with door.inside() as desk:
        for _ in range(2):
            with pytest.raises(InputProblem, match=r"store\.wrong_password"):
                desk.accounts.change_password("not the password", NEW)
        desk.accounts.change_password(PASSWORD, NEW)
        assert [kind for _, kind in door.deeds()][-2:] == [Deed.SIGN_IN_REFUSED, Deed.PASSWORD_CHANGED]
        assert door.last(Deed.SIGN_IN_REFUSED) == {"count": "2"}
    door.put_back(old)
    wrong(door, times=3)
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_older"):
        door.entry.sign_in(CLERK, PASSWORD)
    assert door.last(Deed.SIGN_IN_REFUSED) == {"count": "4", "reason": "store.slots_older"}


def test_a_falsified_end_of_the_log_keeps_nobody_out_and_takes_no_line(door: Door) -> None:
    with door.inside() as desk:
        case_id = taken_in(door.window)
        ready_draft(door.window)
        door.window.store.write(
            lambda t: t.connection.exec_driver_sql("UPDATE meta SET value = '{}' WHERE name = 'audit_head'")  # type: ignore[attr-defined]
        ).result()
        with pytest.raises(EnvironmentProblem, match=r"store\.log_broken"):
            desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
    desk = door.entry.sign_in(CLERK, PASSWORD)
    try:
        assert desk.cases.case(case_id).case.case_id == case_id
        assert desk.audit.check().broken_at is not None
        with pytest.raises(EnvironmentProblem, match=r"store\.log_broken"):
            desk.intake.start("VD-YB-001")
    finally:
        door.entry.sign_out()


def test_a_crash_between_slots_and_database_is_no_older_file_and_stands_in_the_log(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    with door.inside() as desk, monkeypatch.context() as broken:
        broken.setattr(key_keeper, "note_generation", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            desk.accounts.add(SUCCESSOR, Role.CLERK, NEW)
    with door.inside(SUCCESSOR, NEW):
        pass
    assert door.last(Deed.SIGNED_IN) == {"role": "clerk", "accounts_changed": "yes"}
    with door.inside():
        pass
    assert door.last(Deed.SIGNED_IN) == {"role": "clerk"}


def test_a_forgotten_password_is_set_anew_with_the_countys_key(door: Door) -> None:
    with door.inside() as desk:
        desk.accounts.add(HEAD, Role.VILLAGE_HEAD, HEADS)
    wrong(door, times=5)
    desk = door.entry.recover_access(CLERK, NEW, door.county, PASSPHRASE)
    assert desk.clerk == CLERK
    door.entry.unlock(CLERK, NEW)
    door.entry.sign_out()
    assert [line.kind for line in door.log()][-5:] == [
        Deed.ACCESS_RECOVERED,
        Deed.SIGN_IN_REFUSED,
        Deed.SIGNED_IN,
        Deed.UNLOCKED,
        Deed.SIGNED_OUT,
    ]
    assert door.last(Deed.ACCESS_RECOVERED) == {}
    with pytest.raises(InputProblem, match=r"store\.wrong_password"):
        door.entry.sign_in(CLERK, PASSWORD)
    with door.inside(HEAD, HEADS):
        pass
    assert door.entry.recover_access(HEAD, NEW, door.county, PASSPHRASE).acting.role is Role.VILLAGE_HEAD
    door.entry.close()


def test_a_name_without_an_account_becomes_a_clerk(door: Door) -> None:
    assert door.entry.recover_access(SUCCESSOR, NEW, door.county, PASSPHRASE).acting.role is Role.CLERK
    door.restart()
    assert door.entry.clerks_with_roles() == ((CLERK, Role.CLERK), (SUCCESSOR, Role.CLERK))


def test_key_files_that_do_not_open_it_are_told_and_guesses_counted(door: Door, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    recovery_key.make(other)
    garbage = tmp_path / "garbage.pem"
    garbage.write_bytes(os.urandom(1 << 20))
    before = door.slots()

    def told(file: Path, passphrase: str = "", password: str = NEW) -> str:
        with pytest.raises(InputProblem) as problem:
            door.entry.recover_access(CLERK, password, file, passphrase)
        return problem.value.key

    assert told(door.county, PASSPHRASE, "wangkuaiji1962") == "entry.password_name"
    for _ in range(3):
        assert told(tmp_path / "none.pem") == "recovery.file_unreadable"
        assert told(garbage) == "recovery.not_a_key"
        assert told(door.county) == "recovery.passphrase_needed"
    assert [told(door.county, "guess") for _ in range(3)] == ["recovery.passphrase_wrong"] * 3
    assert told(other) == "store.wrong_recovery_key"
    assert told(door.county, PASSPHRASE) == "entry.locked_out"
    assert door.slots() == before
    with door.inside():
        pass
    door.clock.forward(30)
    door.entry.recover_access(CLERK, NEW, door.county, PASSPHRASE)
    door.entry.close()
    assert door.last(Deed.SIGNED_IN)["failed_before"] == "4"


def test_with_a_damaged_database_the_new_password_holds_so_that_it_can_be_recovered(door: Door) -> None:
    (door.folder / DATABASE_FILE).write_bytes(os.urandom(20_000))
    with pytest.raises(EnvironmentProblem, match=r"store\.(damaged|unreadable)"):
        door.entry.recover_access(CLERK, NEW, door.county, PASSPHRASE)
    assert unlock(door.folder, CLERK, NEW).database == door.key.database

"""The slots file against torn writes, lost and older copies, and files somebody made to mislead or to exhaust."""

from __future__ import annotations

import errno
import hashlib
import json
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.store.fixtures import CHEAP, CLERK, PASSWORD, ROLE
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.roles import Role
from villagedesk.store import keys
from villagedesk.store.database import EncryptedStore
from villagedesk.store.keys import DataKey, add_clerk, change_password, create_keys, remove_clerk, unlock, unlock_slot
from villagedesk.store.slots import SLOT_FILES, clerks, read_copies, roles, slots_exist

RECOVERY = X25519PrivateKey.generate()
OTHER, OTHERS_PASSWORD, NEW = "代办员乙", "another one 8", "new one 9"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with two clerks."""
    key = create_keys(tmp_path, CLERK, PASSWORD, RECOVERY.public_key().public_bytes_raw(), ROLE, CHEAP)
    add_clerk(tmp_path, key, OTHER, OTHERS_PASSWORD, ROLE, CHEAP)
    return tmp_path


Body = dict[str, Any]


def both(folder: Path) -> tuple[bytes, ...]:
    return tuple((folder / name).read_bytes() for name in SLOT_FILES)


def put_back(folder: Path, old: tuple[bytes, ...]) -> None:
    for name, data in zip(SLOT_FILES, old, strict=True):
        (folder / name).write_bytes(data)


def forged(data: bytes, change: Callable[[Body], object]) -> bytes:
    """The file with its body changed and its plain checksum made right again; the MAC cannot be."""
    outer = json.loads(data)
    body = json.loads(outer["body"])
    change(body)
    outer["body"] = json.dumps(body, ensure_ascii=False)
    outer["sha256"] = hashlib.sha256(outer["body"].encode()).hexdigest()
    return json.dumps(outer, ensure_ascii=False).encode()


def opens(folder: Path, clerk: str, password: str) -> bool:
    try:
        unlock(folder, clerk, password)
    except InputProblem as problem:
        assert problem.key == "store.wrong_password"
        return False
    return True


@pytest.mark.parametrize("place", [0, 1])
def test_a_write_torn_at_any_byte_leaves_the_other_copy_in_force(folder: Path, place: int) -> None:
    torn, whole = folder / SLOT_FILES[place], folder / SLOT_FILES[1 - place]
    old = torn.read_bytes()
    change_password(folder, CLERK, PASSWORD, NEW, CHEAP)
    new = torn.read_bytes()
    for kept in range(len(new)):
        whole.write_bytes(old)
        torn.write_bytes(new[:kept])
        assert [copy.file for copy in read_copies(folder)] == [whole.name], kept
        if kept % 100 == 0:
            assert opens(folder, CLERK, PASSWORD)
            assert both(folder) == (old, old), "healed from the whole one"
    whole.write_bytes(old)
    torn.write_bytes(new)
    assert (opens(folder, CLERK, PASSWORD), opens(folder, CLERK, NEW)) == (False, True)
    assert both(folder) == (new, new)


@pytest.mark.parametrize("cut", [0, 1])
def test_a_removal_cut_off_between_its_two_writes_is_a_removal(
    folder: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    old = both(folder)
    remove_clerk(folder, key, OTHER)
    new = both(folder)
    (folder / SLOT_FILES[cut]).write_bytes(old[cut])
    assert clerks(folder) == [CLERK]
    assert not opens(folder, OTHER, OTHERS_PASSWORD), "the copy that still knows her is not the newest"
    assert opens(folder, CLERK, PASSWORD)
    assert both(folder) == new


def test_an_older_generation_of_both_is_not_noticed_without_the_database(folder: Path) -> None:
    """What the files alone cannot know; see the door's own test for what the database adds."""
    key = unlock(folder, CLERK, PASSWORD)
    old = both(folder)
    remove_clerk(folder, key, OTHER)
    assert keys.generation_of(folder, key) == 3
    put_back(folder, old)
    assert opens(folder, OTHER, OTHERS_PASSWORD)
    assert keys.generation_of(folder, key) == 2


def test_both_lost_is_told_and_nothing_is_made_anew(folder: Path) -> None:
    for name in SLOT_FILES:
        (folder / name).unlink()
    for act in (
        lambda: unlock(folder, CLERK, PASSWORD),
        lambda: keys.open_with_recovery_key(folder, RECOVERY.private_bytes_raw()),
        lambda: add_clerk(folder, DataKey.generate(), "x", "y", ROLE, CHEAP),
    ):
        with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
            act()
    assert list(folder.iterdir()) == []


def test_a_role_written_into_the_file_gives_no_rights(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    add_clerk(folder, key, "村支书", "three words on 1", Role.VILLAGE_HEAD, CHEAP)
    old = both(folder)

    def promote(body: Body) -> None:
        body["clerks"][2]["role"] = "clerk"

    def promote_with_binding(body: Body) -> None:
        body["clerks"][2].update(role="clerk", bound_role="village_head")

    for change in (promote, promote_with_binding):
        put_back(folder, tuple(forged(data, change) for data in old))
        with pytest.raises((InputProblem, EnvironmentProblem), match=r"store\.(wrong_password|slots_lost)"):
            unlock_slot(folder, "村支书", "three words on 1")
        put_back(folder, (forged(old[0], change), old[1]))
        assert unlock_slot(folder, "村支书", "three words on 1")[1].role == "village_head"
        assert both(folder) == old


def test_a_role_is_changed_without_the_password_by_who_has_the_key(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    successor = key.wrap_for_clerk("接任者", "five old elms 62", Role.CLERK, CHEAP)
    keys.hand_over(folder, key, CLERK, successor, Role.VILLAGE_HEAD)
    assert roles(folder) == ((CLERK, Role.VILLAGE_HEAD), (OTHER, Role.CLERK), ("接任者", Role.CLERK))
    opened, slot = unlock_slot(folder, CLERK, PASSWORD)
    assert (opened.database, slot.role) == (key.database, "village_head")
    change_password(folder, CLERK, PASSWORD, NEW, CHEAP)
    assert unlock_slot(folder, CLERK, NEW)[1].role == "village_head"


def test_a_role_of_a_later_program_gives_nobody_more_than_is_known(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    add_clerk(folder, key, "县里", "three words on 1", "overlord", CHEAP)
    with pytest.raises(EnvironmentProblem, match=r"store\.newer_schema"):
        roles(folder)


@pytest.mark.parametrize("mac", ["00" * 32, "", "zz"])
def test_a_falsified_mac_in_one_copy_is_mended_and_in_both_is_told(folder: Path, mac: str) -> None:
    genuine = both(folder)
    for name in SLOT_FILES:
        (folder / name).write_bytes(json.dumps({**json.loads(genuine[0]), "mac": mac}).encode())
        if name == SLOT_FILES[0]:
            assert opens(folder, CLERK, PASSWORD)
            assert both(folder) == genuine
            (folder / name).write_bytes(json.dumps({**json.loads(genuine[0]), "mac": mac}).encode())
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
        unlock(folder, CLERK, PASSWORD)


def test_a_forged_newest_copy_with_a_spoilt_slot_does_not_make_the_right_password_wrong(folder: Path) -> None:
    genuine = both(folder)

    def spoil(body: Body) -> None:
        body["generation"] = 77
        body["clerks"][0]["nonce"] = body["clerks"][1]["nonce"]

    (folder / SLOT_FILES[0]).write_bytes(forged(genuine[0], spoil))
    assert opens(folder, CLERK, PASSWORD)
    assert both(folder) == genuine


_SLOT: dict[str, tuple[object, ...]] = {
    "memory_kib": (4 << 30, 1 << 21, 0, -1, 7, "64", 64.0, True, None, 10**4200),
    "time_cost": (10**9, 101, 0, -3, "1"),
    "lanes": (65, 1 << 24, 0, "4"),
    "name": (3, None, "\ud800", "长" * 5000),
    "role": (None, {"clerk": 1}, "x" * 5000),
    "nonce": ("", "AAAA", 5, "not base64!"),
    "wrapped": ("", "AAAA", "A" * 4000),
    "salt": ("", "AAAA", None),
}
_BODY: dict[str, tuple[object, ...]] = {
    "generation": ("99999999999999999999", 1 << 63, -1, 0, 1e300, True, "3", None, [3]),
    "clerks": ({}, "clerks", [None], [[]], 7),
    "recovery": ([], None, {"public_key": "AAAA"}),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [(("slot", name), value) for name, values in _SLOT.items() for value in values]
    + [(("body", name), value) for name, values in _BODY.items() for value in values],
)
def test_values_nobody_writes_make_a_copy_a_damaged_one_at_once(
    folder: Path, field: tuple[str, str], value: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = both(folder)
    where, name = field

    def change(body: Body) -> None:
        target = body["clerks"][0] if where == "slot" else body
        target[name] = value

    bad = json_of_any_size(genuine[0], change)
    (folder / SLOT_FILES[0]).write_bytes(bad)
    assert [copy.file for copy in read_copies(folder)] == [SLOT_FILES[1]]
    (folder / SLOT_FILES[1]).write_bytes(bad)
    hashed: list[object] = []
    monkeypatch.setattr(keys, "_password_key", lambda *values: hashed.append(values))
    with pytest.raises(EnvironmentProblem, match=r"store\.slots_lost"):
        unlock(folder, CLERK, PASSWORD)
    assert not hashed, "refused before a cost nobody chose is paid"


def json_of_any_size(data: bytes, change: Callable[[Body], object]) -> bytes:
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        outer = json.loads(data)
        body = json.loads(outer["body"])
        change(body)
        outer["body"] = json.dumps(body)
        outer["sha256"] = hashlib.sha256(outer["body"].encode()).hexdigest()
        return json.dumps(outer).encode()
    finally:
        sys.set_int_max_str_digits(limit)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b'{"body": ' * 20_000,
        json.dumps({"body": "[" * 100_000, "sha256": hashlib.sha256(b"[" * 100_000).hexdigest(), "mac": ""}).encode(),
        b"\xff\xfe" * 100,
        b"null",
        b'"text"',
        b"{}",
        b"",
    ],
    ids=["deep list", "deep object", "deep body", "no UTF-8", "null", "text", "empty object", "empty"],
)
def test_content_of_another_kind_is_a_damaged_copy(folder: Path, content: bytes) -> None:
    (folder / SLOT_FILES[0]).write_bytes(content)
    assert [copy.file for copy in read_copies(folder)] == [SLOT_FILES[1]]
    assert opens(folder, CLERK, PASSWORD)


def test_a_huge_file_is_not_read_into_memory(folder: Path) -> None:
    (folder / SLOT_FILES[0]).write_bytes((folder / SLOT_FILES[0]).read_bytes() + b" " * (10 << 20))
    tracemalloc.start()
    try:
        assert [copy.file for copy in read_copies(folder)] == [SLOT_FILES[1]]
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()
    assert opens(folder, CLERK, PASSWORD)
    assert len(set(both(folder))) == 1


def test_set_password_and_removal_ask_for_a_slot_that_is_there(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    before = both(folder)
    acts: tuple[Callable[[], object], ...] = (
        lambda: keys.set_password(folder, key, "nobody", NEW, CHEAP),
        lambda: remove_clerk(folder, key, "nobody"),
    )
    for act in acts:
        with pytest.raises(InputProblem, match=r"store\.no_such_clerk"):
            act()
    assert both(folder) == before
    keys.set_password(folder, key, OTHER, NEW, CHEAP)
    assert (opens(folder, OTHER, OTHERS_PASSWORD), opens(folder, OTHER, NEW)) == (False, True)
    remove_clerk(folder, key, OTHER)
    assert not opens(folder, OTHER, NEW)
    assert unlock(folder, CLERK, PASSWORD).database == key.database


def test_they_work_on_any_folder_that_holds_slots_files(folder: Path, tmp_path: Path) -> None:
    """As on a backup medium's generation: the keys there and here go their own ways afterwards."""
    generation = tmp_path / "generations" / "20261123T010000Z"
    generation.mkdir(parents=True)
    put_back(generation, both(folder))
    key = keys.open_with_recovery_key(generation, RECOVERY.private_bytes_raw())
    keys.set_password(generation, key, CLERK, NEW, CHEAP)
    assert opens(generation, CLERK, NEW) and not opens(folder, CLERK, NEW)


def test_a_disk_that_cannot_say_whether_keys_are_there_is_a_problem_and_never_a_no(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_path: Path, **_options: object) -> None:
        raise OSError(errno.EIO, "the disk fails")

    monkeypatch.setattr(Path, "stat", fail)
    for ask in (slots_exist, EncryptedStore.exists):
        with pytest.raises(EnvironmentProblem) as told:
            ask(tmp_path)
        assert told.value.key == "store.unreadable"

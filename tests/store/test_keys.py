"""Keys and slots: who gets in, who does not, and what a torn or falsified copy does."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.store.fixtures import CHEAP, CLERK, PASSWORD, ROLE
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.store.keys import (
    DataKey,
    PasswordCost,
    add_clerk,
    change_password,
    create_keys,
    open_with_recovery_key,
    unlock,
)
from villagedesk.store.slots import SLOT_FILES, clerks, read_copies, role_of

RECOVERY = X25519PrivateKey.generate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_keys(tmp_path, CLERK, PASSWORD, RECOVERY.public_key().public_bytes_raw(), ROLE, CHEAP)
    return tmp_path


def key_of(problem: pytest.ExceptionInfo[Problem]) -> str:
    return problem.value.key


def same(one: DataKey, other: DataKey) -> bool:
    return (one.database, one.vault, one.backup, one.audit) == (other.database, other.vault, other.backup, other.audit)


def test_a_clerk_gets_the_same_key_each_time_and_its_subkeys_differ(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    assert same(key, unlock(folder, CLERK, PASSWORD))
    assert len({key.database, key.vault, key.backup, key.audit, key.slots}) == 5


def test_the_default_cost_is_rfc_9106s_second_choice() -> None:
    assert PasswordCost() == PasswordCost(time_cost=3, memory_kib=65536, lanes=4)


@pytest.mark.parametrize(
    ("clerk", "password"), [(CLERK, "wrong"), (CLERK, ""), (CLERK, "\udcff"), ("nobody", PASSWORD)]
)
def test_a_wrong_password_and_an_unknown_clerk_are_told_alike(folder: Path, clerk: str, password: str) -> None:
    with pytest.raises(InputProblem) as problem:
        unlock(folder, clerk, password)
    assert key_of(problem) == "store.wrong_password"


def test_a_second_clerk_has_the_same_key_under_her_own_password(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    add_clerk(folder, key, "代办员乙", "another one 8", "head", CHEAP)
    assert same(key, unlock(folder, "代办员乙", "another one 8"))
    assert same(key, unlock(folder, CLERK, PASSWORD))
    assert clerks(folder) == [CLERK, "代办员乙"]
    assert (role_of(folder, "代办员乙"), role_of(folder, "nobody")) == ("head", "")
    with pytest.raises(InputProblem) as problem:
        add_clerk(folder, key, CLERK, "x", ROLE, CHEAP)
    assert key_of(problem) == "store.clerk_exists"


def test_a_changed_password_takes_the_old_ones_place_in_both_copies(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    change_password(folder, CLERK, PASSWORD, "new one 9", CHEAP)
    assert same(key, unlock(folder, CLERK, "new one 9"))
    for name in SLOT_FILES:
        other = folder / SLOT_FILES[1 - SLOT_FILES.index(name)]
        kept = other.read_bytes()
        other.unlink()
        with pytest.raises(InputProblem):
            unlock(folder, CLERK, PASSWORD)
        other.write_bytes(kept)
    with pytest.raises(InputProblem) as problem:
        change_password(folder, CLERK, PASSWORD, "x", CHEAP)
    assert key_of(problem) == "store.wrong_password"


def test_an_old_copy_beside_a_newer_one_does_not_bring_the_old_password_back(folder: Path) -> None:
    old = (folder / "slots-a").read_bytes()
    change_password(folder, CLERK, PASSWORD, "new one 9", CHEAP)
    (folder / "slots-a").write_bytes(old)
    with pytest.raises(InputProblem):
        unlock(folder, CLERK, PASSWORD)
    unlock(folder, CLERK, "new one 9")
    assert (folder / "slots-a").read_bytes() == (folder / "slots-b").read_bytes()


@pytest.mark.parametrize("name", SLOT_FILES)
@pytest.mark.parametrize("keep", [None, 0, 1, 200])
def test_a_torn_or_lost_copy_is_healed_from_the_other(folder: Path, name: str, keep: int | None) -> None:
    whole = (folder / name).read_bytes()
    if keep is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(whole[:keep])
    assert clerks(folder) == [CLERK]
    unlock(folder, CLERK, PASSWORD)
    assert len(read_copies(folder)) == 2


def test_both_copies_gone_is_told_as_that(folder: Path) -> None:
    for name in SLOT_FILES:
        (folder / name).write_bytes((folder / name).read_bytes()[:-40])
    for attempt in (lambda: unlock(folder, CLERK, PASSWORD), lambda: clerks(folder)):
        with pytest.raises(EnvironmentProblem) as problem:
            attempt()
        assert key_of(problem) == "store.slots_lost"
    with pytest.raises(EnvironmentProblem) as problem:
        create_keys(folder, CLERK, PASSWORD, RECOVERY.public_key().public_bytes_raw(), ROLE, CHEAP)
    assert key_of(problem) == "store.already_set_up"


def test_a_falsified_copy_with_a_right_checksum_is_not_believed(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    add_clerk(folder, key, "代办员乙", "another one 8", "clerk", CHEAP)
    forge(folder / "slots-a", generation=99, drop_last_clerk=True)
    assert clerks(folder) == [CLERK]
    assert same(key, unlock(folder, CLERK, PASSWORD))
    assert clerks(folder) == [CLERK, "代办员乙"]
    for name in SLOT_FILES:
        forge(folder / name, generation=99, drop_last_clerk=True)
    with pytest.raises(EnvironmentProblem) as problem:
        unlock(folder, CLERK, PASSWORD)
    assert key_of(problem) == "store.slots_lost"


def forge(path: Path, *, generation: int, drop_last_clerk: bool) -> None:
    import hashlib

    outer = json.loads(path.read_text("utf-8"))
    body = json.loads(outer["body"])
    body["generation"] = generation
    if drop_last_clerk:
        body["clerks"].pop()
        body["clerks"] = body["clerks"] or []
    outer["body"] = json.dumps(body, ensure_ascii=False)
    outer["sha256"] = hashlib.sha256(outer["body"].encode()).hexdigest()
    path.write_text(json.dumps(outer, ensure_ascii=False), "utf-8")


def test_a_clerk_cannot_take_anothers_role_by_editing_the_file(folder: Path) -> None:
    for name in SLOT_FILES:
        text = (folder / name).read_text("utf-8").replace('\\"role\\": \\"clerk\\"', '\\"role\\": \\"admin\\"')
        (folder / name).write_text(text, "utf-8")
    with pytest.raises(EnvironmentProblem):
        unlock(folder, CLERK, PASSWORD)


def test_the_county_opens_it_with_the_recovery_key_and_no_other(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    assert same(key, open_with_recovery_key(folder, RECOVERY.private_bytes_raw()))
    for wrong in (X25519PrivateKey.generate().private_bytes_raw(), b"short"):
        with pytest.raises(InputProblem) as problem:
            open_with_recovery_key(folder, wrong)
        assert key_of(problem) == "store.wrong_recovery_key"


def test_an_unusable_recovery_key_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputProblem) as problem:
        create_keys(tmp_path / "new", CLERK, PASSWORD, b"\x00" * 32, ROLE, CHEAP)
    assert key_of(problem) == "station.bad_field.recovery_public_key"
    assert not (tmp_path / "new").exists()


def test_neither_key_nor_password_lies_in_the_slots_file(folder: Path) -> None:
    key = unlock(folder, CLERK, PASSWORD)
    for name in SLOT_FILES:
        raw = (folder / name).read_text("utf-8")
        assert PASSWORD not in raw and key.database.hex() not in raw
    assert key.database.hex() not in repr(key)


def test_slots_of_a_newer_program_are_told_as_that(folder: Path) -> None:
    import hashlib

    outer = json.loads((folder / "slots-a").read_text("utf-8"))
    outer["body"] = outer["body"].replace('"version": 1', '"version": 3')
    outer["sha256"] = hashlib.sha256(outer["body"].encode()).hexdigest()
    (folder / "slots-a").write_text(json.dumps(outer), "utf-8")
    with pytest.raises(EnvironmentProblem) as problem:
        clerks(folder)
    assert key_of(problem) == "store.newer_schema"


def test_the_sign_in_page_needs_no_heavy_library() -> None:
    code = (
        "import sys, villagedesk.store.slots, villagedesk.store.status, villagedesk.store.lock;"
        "print([name for name in ('sqlalchemy', 'cryptography', 'argon2', 'sqlcipher3') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

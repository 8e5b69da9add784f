"""The disk that forgets does what its worlds say, and the mounted one is gone when its process is."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.forgetting_disk import PAGE, SECTOR, Disk, World
from tests.faults.mounted_disk import Fault, MountedDisk, make_room, remove_stale_mounts
from tests.needs import need_forgetting_disk

_SEEDS = range(60)


def outcomes(disk: Disk, world: World, tmp_path: Path, name: str, length: int | None = None) -> set[bytes | None]:
    """Every content a file can have after a cut; None where it is not there."""
    recording = disk.recording()
    found: set[bytes | None] = set()
    for seed in _SEEDS:
        root = tmp_path / f"{world.value}-{len(list(tmp_path.iterdir()))}"
        recording.survivors(len(recording.log) if length is None else length, world, seed).write_into(root)
        found.add((root / name).read_bytes() if (root / name).exists() else None)
    return found


@pytest.mark.parametrize("world", World)
def test_what_was_flushed_with_its_name_survives_in_every_world(world: World, tmp_path: Path) -> None:
    disk = Disk()
    file = disk.create(["a"])
    disk.write(file, 0, b"kept")
    disk.flush(file)
    disk.flush(disk.root)
    assert outcomes(disk, world, tmp_path, "a") == {b"kept"}


def test_closing_flushes_nothing_and_a_name_needs_its_folder_flushed(tmp_path: Path) -> None:
    disk = Disk()
    file = disk.create(["a"])
    disk.write(file, 0, b"kept")
    disk.flush(file)
    assert outcomes(disk, World.STRICT, tmp_path, "a") == {None}
    assert outcomes(disk, World.ORDERED, tmp_path, "a") == {b"kept"}, "ext4 commits the name with the file"
    assert outcomes(disk, World.WORST, tmp_path, "a") == {None, b"kept"}


def test_a_rename_without_a_flush_may_leave_an_empty_file_in_the_ordered_world(tmp_path: Path) -> None:
    disk = Disk()
    old = disk.create(["a"])
    disk.write(old, 0, b"old")
    disk.flush(old)
    disk.flush(disk.root)
    new = disk.create(["a.part"])
    disk.write(new, 0, b"new")
    disk.rename(["a.part"], ["a"])
    assert outcomes(disk, World.STRICT, tmp_path, "a") == {b"old"}
    for world in (World.ORDERED, World.WORST):
        assert {b"old", b"new", b""} <= outcomes(disk, world, tmp_path, "a")


@pytest.mark.parametrize("world", World)
def test_a_rename_in_a_folder_leaves_never_both_or_neither_name(world: World, tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "a").write_bytes(b"x")
    disk = Disk(base)
    disk.rename(["a"], ["b"])
    recording = disk.recording()
    for seed in _SEEDS:
        assert [*recording.survivors(1, world, seed).paths()] in (["a"], ["b"])


@pytest.mark.parametrize("world", World)
def test_a_rename_between_folders_leaves_both_names_or_one(world: World, tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "from").mkdir(parents=True)
    (base / "to").mkdir()
    (base / "from" / "a").write_bytes(b"x")
    disk = Disk(base)
    disk.rename(["from", "a"], ["to", "a"])
    disk.flush(disk.find(["to"]))
    recording = disk.recording()
    found = {tuple(recording.survivors(2, world, seed).paths()) for seed in _SEEDS}
    assert found <= {("to/a",), ("from/a", "to/a")}


@pytest.mark.parametrize("world", World)
def test_a_folder_never_lies_under_two_names(world: World, tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "from" / "inner").mkdir(parents=True)
    (base / "from" / "inner" / "a").write_bytes(b"x")
    (base / "to").mkdir()
    disk = Disk(base)
    disk.rename(["from", "inner"], ["to", "inner"])
    disk.flush(disk.find(["to"]))
    recording = disk.recording()
    for seed in _SEEDS:
        assert [*recording.survivors(1, world, seed).paths()] in (["from/inner/a"], ["to/inner/a"])
        assert [*recording.survivors(2, world, seed).paths()] == ["to/inner/a"]


def test_pages_tear_at_sectors_in_the_worst_world_alone(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "a").write_bytes(b"o" * PAGE)
    disk = Disk(base)
    disk.write(disk.find(["a"]), 0, b"n" * PAGE)
    whole: set[bytes | None] = {b"o" * PAGE, b"n" * PAGE}
    assert outcomes(disk, World.ORDERED, tmp_path, "a") == whole
    torn = outcomes(disk, World.WORST, tmp_path, "a") - whole
    assert torn
    for data in torn:
        assert data is not None
        assert all(len({*data[at : at + SECTOR]}) == 1 for at in range(0, PAGE, SECTOR))


def test_a_flush_that_failed_is_not_made_good_by_the_next(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    (base / "a").write_bytes(b"o" * 2 * PAGE)
    disk = Disk(base)
    file = disk.find(["a"])
    disk.write(file, 0, b"n" * PAGE)
    disk.flush(file, fails=True)
    disk.write(file, PAGE, b"n" * PAGE)
    disk.flush(file)
    assert outcomes(disk, World.STRICT, tmp_path, "a") == {b"o" * PAGE + b"n" * PAGE}


def test_a_cut_between_two_changes_knows_nothing_of_the_second(tmp_path: Path) -> None:
    disk = Disk()
    acks = disk.create(["acks"])
    disk.write(acks, 0, b"one\n")
    disk.write(acks, 4, b"two\n")
    assert outcomes(disk, World.STRICT, tmp_path, "acks", 2) == {b"one\n"}
    assert outcomes(disk, World.STRICT, tmp_path, "acks") == {b"one\ntwo\n"}


def test_mounted_it_logs_what_programs_do_and_fails_when_told(tmp_path: Path) -> None:
    need_forgetting_disk()
    with MountedDisk(tmp_path) as disk:
        # in a folder: what lies beside the run's folders is the harness's own, and no fault is for that
        folder = disk.begin("run", None) / "data"
        folder.mkdir()
        with (folder / "a").open("wb") as file:
            file.write(b"some")
            file.flush()
            os.fsync(file.fileno())
        (folder / "a").rename(folder / "b")
        recording, counts = disk.end("run")
        assert [change.kind for change in recording.log] == ["mkdir", "create", "write", "fsync", "rename"]
        assert counts["write"] == 1
        root = disk.begin("full", None, Fault("ENOSPC", ("write",), 1))
        folder = root / "data"
        folder.mkdir()
        with pytest.raises(OSError, match="No space left"), (folder / "a").open("wb", buffering=0) as file:
            file.write(b"some")
        (root / "acknowledged").write_bytes(b"the harness's own")
        make_room(root)
        (folder / "a").write_bytes(b"some")
        disk.end("full")
    assert not os.path.ismount(disk.folder)


def test_a_mount_whose_process_was_killed_is_removed_by_the_next(tmp_path: Path) -> None:
    need_forgetting_disk()
    disk = MountedDisk(tmp_path)
    try:
        os.kill(disk.process_id, signal.SIGKILL)
        os.waitid(os.P_PID, disk.process_id, os.WEXITED | os.WNOWAIT)
        assert str(disk.folder) in Path("/proc/mounts").read_text(encoding="utf-8")
        remove_stale_mounts()
        assert str(disk.folder) not in Path("/proc/mounts").read_text(encoding="utf-8")
    finally:
        disk.close()

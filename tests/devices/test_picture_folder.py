"""A folder that something else fills: whole files only, and those that are done are not looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.devices.camera_cases import picture
from villagedesk.devices.picture_folder import WatchedFolder
from villagedesk.domain.problems import EnvironmentProblem


def put(folder: Path, name: str, data: bytes, when: int = 1) -> None:
    (folder / name).write_bytes(data)
    os.utime(folder / name, ns=(when, when))


def names(watched: WatchedFolder, folder: Path, done: dict[str, tuple[int, int]] | None = None) -> list[str]:
    return [file.path.name for file in watched.look(folder, done or {})]


def test_a_file_counts_once_it_looked_the_same_twice_and_ends_as_it_must(tmp_path: Path) -> None:
    watched, whole = WatchedFolder(), picture("green")
    put(tmp_path, "b.jpg", whole[: len(whole) // 2])
    assert [names(watched, tmp_path) for _ in range(3)] == [[], [], []], "its end is missing"
    put(tmp_path, "b.jpg", whole, 2)
    assert [names(watched, tmp_path) for _ in range(2)] == [[], ["b.jpg"]]


def test_a_file_that_stays_half_written_for_a_minute_is_told_and_counts_once_it_is_whole(tmp_path: Path) -> None:
    times, whole = [0.0], picture("green")
    watched = WatchedFolder(clock=lambda: times[0])

    def seen(at: float) -> list[tuple[str, bool]]:
        times[0] = at
        return [(file.path.name, file.whole) for file in watched.look(tmp_path, {})]

    put(tmp_path, "a.jpg", whole[:100], 1)
    assert [seen(at) for at in (0, 59)] == [[], []]
    put(tmp_path, "a.jpg", whole[:200], 2)
    assert [seen(at) for at in (60, 119)] == [[], []], "it had grown"
    assert seen(121) == [("a.jpg", False)]
    put(tmp_path, "a.jpg", whole, 3)
    assert [seen(at) for at in (122, 123)] == [[], [("a.jpg", True)]]


def test_oldest_first_and_what_is_done_or_no_picture_is_passed_over(tmp_path: Path) -> None:
    watched = WatchedFolder()
    put(tmp_path, "z.jpg", picture("green"), 1)
    put(tmp_path, "a.JPG", picture("blue"), 2)
    put(tmp_path, "m.pdf", b"%PDF-1.4\n1 0 obj\n%%EOF\n", 3)
    put(tmp_path, "half.pdf", b"%PDF-1.4\n1 0 obj\n", 3)
    put(tmp_path, "strange.png", b"no picture at all", 4)
    for passed in ("notes.txt", ".hidden.jpg", "~tmp.jpg"):
        put(tmp_path, passed, picture("red"))
    put(tmp_path, "empty.jpg", b"")
    (tmp_path / "folder.jpg").mkdir()
    names(watched, tmp_path)
    assert names(watched, tmp_path) == ["z.jpg", "a.JPG", "m.pdf", "strange.png"]
    done = {"z.jpg": watched.names(tmp_path)["z.jpg"]}
    assert names(watched, tmp_path, done) == ["a.JPG", "m.pdf", "strange.png"]
    put(tmp_path, "z.jpg", picture("red"), 9)
    names(watched, tmp_path, done)
    assert "z.jpg" in names(watched, tmp_path, done), "written anew, it is another"


def test_a_folder_that_vanishes_is_told_and_looked_into_again_when_it_is_back(tmp_path: Path) -> None:
    folder, watched = tmp_path / "stick", WatchedFolder()
    with pytest.raises(EnvironmentProblem, match="watched_folder_gone"):
        watched.look(folder, {})
    folder.mkdir()
    put(folder, "a.jpg", picture("green"))
    assert [names(watched, folder) for _ in range(2)] == [[], ["a.jpg"]]

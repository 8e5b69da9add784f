"""Files for the clerk: none is written over, and a folder that takes none says why."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from tests.needs import small_disk_of
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.reports.report_file import free_place, save_new


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "RESULT(2).PDF").write_bytes(b"somebody's")
    files = [save_new(tmp_path, "result", ".pdf", bytes([number])) for number in range(3)]
    assert [file.name for file in files] == ["result.pdf", "result(3).pdf", "result(4).pdf"]
    assert [file.read_bytes() for file in files] == [b"\0", b"\1", b"\2"]
    assert (tmp_path / "RESULT(2).PDF").read_bytes() == b"somebody's"
    assert len(list(tmp_path.iterdir())) == 4, "no half file is left"
    assert free_place(tmp_path, "result", "").name == "result"


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        save_new(tmp_path / "gone", "result", ".pdf", b"1")


@pytest.mark.parametrize(("left_kib", "key"), [(64, "store.disk_full"), (4096, "store.write_failed")])
def test_an_unclear_error_on_a_disk_that_is_nearly_full_is_told_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_kib: int, key: str
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(errno.EIO, "no")

    with small_disk_of(8, tmp_path) as disk:
        _fill(disk, left_kib)
        monkeypatch.setattr("villagedesk.store.files.os.fsync", fail)
        with pytest.raises(EnvironmentProblem) as told:
            save_new(disk, "result", ".pdf", b"1")
        monkeypatch.undo()
        assert told.value.key == key
        assert [one.name for one in disk.iterdir()] == ["others"]


def _fill(disk: Path, left_kib: int) -> None:
    with (disk / "others").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - (left_kib << 10))

"""I8: nothing of people is readable outside the encrypted files, least of all in what a killed process leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.fixtures import ID_NUMBER, NAME, PASSWORD, PHONE, OpenedStore, example_case, take_in

_ROOT = Path(__file__).parents[2]
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_TEXTS = (NAME, NAME[:2], ID_NUMBER, PHONE, "某县某乡", PASSWORD)
# Whole header fields: three bytes alone turn up in megabytes of ciphertext by chance.
_HEADERS = (b"\xff\xd8\xff\xe0\x00\x10JFIF", b"JFIF", b"%PDF-", b"SQLite format 3")
_STARTS = (b"\xff\xd8\xff", b"%PDF", b"SQLite")


def readable(folder: Path) -> Iterator[str]:
    """Each readable thing found in any file, or any name, under the folder."""
    needles = {text.encode(encoding): text for text in _TEXTS for encoding in _ENCODINGS}
    needles |= {header: repr(header) for header in _HEADERS}
    for path in folder.rglob("*"):
        if any(text in path.name for text in _TEXTS):
            yield f"name of {path.name}"
        if path.is_file():
            raw = path.read_bytes()
            yield from (f"{what} in {path.name}" for needle, what in needles.items() if needle in raw)
            yield from (f"{start!r} begins {path.name}" for start in _STARTS if raw.startswith(start))


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """What a process left that was killed inside a transaction and inside the writing of a page."""
    folder, temporary = tmp_path / "killed", tmp_path / "killed" / "tmp"
    temporary.mkdir(parents=True)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.store.privacy_child", str(folder)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "SQLITE_TMPDIR": str(temporary)},
    )
    assert child.stdout is not None
    said = {child.stdout.readline().strip() for _ in range(2)}
    child.kill()
    child.wait()
    child.stdout.close()
    assert said == {"page written, not renamed", "inside a transaction"}
    return folder


def test_i8_nothing_readable_in_the_data_folder_of_a_killed_process(killed: Path) -> None:
    names = {path.name for path in (killed / "data").iterdir()}
    assert "villagedesk.db-wal" in names and any(path.suffix == ".part" for path in killed.rglob("*"))
    assert sum(path.stat().st_size for path in killed.rglob("*") if path.is_file()) > 2_000_000
    assert list(readable(killed)) == []


def test_i8_nothing_readable_after_an_orderly_end(opened: OpenedStore) -> None:
    case = example_case()
    opened.vault.put("p", b"\xff\xd8\xff\xe0\x00\x10JFIF")
    opened.store.write(lambda t: take_in(t, case, [])).result()
    assert list(readable(opened.folder)) == []
    opened.store.close()
    assert list(readable(opened.folder)) == []


@pytest.mark.parametrize("encoding", _ENCODINGS)
def test_the_search_itself_finds_what_is_readable(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "log").write_bytes(b"\x00\x01" + f"saved {NAME} {ID_NUMBER}".encode(encoding))
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe1")
    (tmp_path / f"{NAME}.bin").write_bytes(b"")
    found = list(readable(tmp_path))
    assert f"{ID_NUMBER} in log" in found and f"{NAME} in log" in found and len(found) >= 4

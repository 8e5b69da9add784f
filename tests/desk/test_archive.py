"""Taken out for the archive: whole, readable with the passphrase and by nothing else, logged, in bounded memory."""

from __future__ import annotations

import errno
import hashlib
import json
import subprocess
import tracemalloc
import uuid
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.counter import CLERK, ID_NUMBER, NAME, STATION, Window, taken_in
from tests.needs import need_program
from villagedesk.desk import archive
from villagedesk.desk.acting import Acting
from villagedesk.domain.case import Page
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.roles import Role
from villagedesk.reports.archive_package import (
    MEMBER,
    PASSPHRASE_SIGNS,
    ArchivedCase,
    make_passphrase,
    write_package,
)
from villagedesk.store.transaction import SqlTransaction


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "medium"
    folder.mkdir()
    return folder


def opened(file: Path, passphrase: str, place: Path) -> zipfile.ZipFile:
    """The package as the county opens it: 7-Zip outside, any ZIP reader inside."""
    need_program("7z")
    subprocess.run(["7z", "x", f"-p{passphrase}", f"-o{place}", "-y", str(file)], check=True, capture_output=True)
    return zipfile.ZipFile(place / MEMBER)


def exports(window: Window, case_id: str) -> list[Any]:
    events = window.store.read(lambda snapshot: snapshot.events(case_id))
    return [event for event in events if event.kind == "exported"]


def test_what_comes_out_is_what_was_taken_in(window: Window, out: Path, tmp_path: Path) -> None:
    case_ids = [taken_in(window), taken_in(window)]
    seen: list[tuple[int, int]] = []
    done = window.desk.archive.export(case_ids, out, lambda at, of: seen.append((at, of)))
    assert (done.cases, done.pages) == (2, 6) and [file.name for file in out.iterdir()] == [done.file.name]
    assert seen == [(number, 6) for number in range(6)]
    with opened(done.file, done.passphrase, tmp_path / "unpacked") as inner:
        names = set(inner.namelist())
        sums = {line[66:]: line[:64] for line in inner.read("checksums.sha256").decode().splitlines()}
        assert names - {"checksums.sha256"} == sums.keys()
        assert all(hashlib.sha256(inner.read(name)).hexdigest() == digest for name, digest in sums.items())
        index = json.loads(inner.read("index.json"))
        assert index["station"]["name"] == STATION.name
        for row, case_id in zip(index["cases"], case_ids, strict=True):
            view = window.desk.cases.case(case_id)
            told = json.loads(inner.read(f"{row['folder']}/case.json"))
            assert told["numbers"]["local_no"] == row["local_no"] == view.case.local_no
            assert (told["applicant"]["name"], told["applicant"]["document_number"]) == (NAME, ID_NUMBER)
            assert [page["sha256"] for page in told["pages"]] == [page.sha256 for page in view.pages]
            assert "taken_in" in [event["kind"] for event in told["events"]]
            for page, kept in zip(told["pages"], view.pages, strict=True):
                data = inner.read(f"{row['folder']}/{page['file']}")
                assert data == window.vault.get(kept.page_id, kept.sha256)
    for case_id in case_ids:
        (line,) = exports(window, case_id)
        assert (line.actor, line.detail["file"]) == (CLERK, done.file.name)


def test_nothing_can_be_read_without_the_passphrase(window: Window, out: Path, tmp_path: Path) -> None:
    done = window.desk.archive.export([taken_in(window)], out)
    raw = done.file.read_bytes()
    for text in (NAME, ID_NUMBER, "13900009999", "样张村", done.passphrase, "case.json", "checksums"):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert text.encode(encoding) not in raw
    assert b"\xff\xd8\xff\xe0" not in raw and raw.count(b"PK\x01\x02") == 1
    listed = subprocess.run(["7z", "l", "-slt", str(done.file)], check=True, capture_output=True, text=True).stdout
    assert "AES-256" in listed and listed.count("Path = ") == 2  # the file itself and its one member
    assert f"Path = {MEMBER}" in listed
    for wrong in ("wrong", done.passphrase.lower(), done.passphrase[:-1]):
        refused = subprocess.run(
            ["7z", "x", f"-p{wrong}", f"-o{tmp_path / 'wrong'}", "-y", str(done.file)], check=False, capture_output=True
        )
        assert refused.returncode != 0
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert done.passphrase.encode() not in kept


def test_a_passphrase_is_made_of_clear_signs_and_118_bits() -> None:
    made = {make_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(len(one) == 29 and set(one) <= set(PASSPHRASE_SIGNS) | {"-"} for one in made)
    assert len(PASSPHRASE_SIGNS) ** 24 > 2**118 and not set("01OIL") & set(PASSPHRASE_SIGNS)
    assert len({sign for one in made for sign in one}) == len(PASSPHRASE_SIGNS) + 1


def test_an_expired_page_is_named_with_its_hash_alone(window: Window, out: Path) -> None:
    case_id = taken_in(window)
    view = window.desk.cases.case(case_id)
    gone = view.pages[1]
    file = out / "package.zip"
    archived = ArchivedCase(view.case, view.pages, view.events, frozenset({gone.page_id}))
    write = write_package(
        file,
        "passphrase",
        [archived],
        lambda page: window.vault.get(page.page_id, page.sha256),
        station=STATION,
        made_at=window.clock.now(),
        readme="",
        total_pages=3,
    )
    assert write == 2
    with opened(file, "passphrase", out / "unpacked") as inner:
        (folder,) = {name.split("/")[0] for name in inner.namelist() if "/" in name}
        pages = json.loads(inner.read(f"{folder}/case.json"))["pages"]
    assert [(page["expired"], bool(page["file"])) for page in pages] == [(False, True), (True, False), (False, True)]
    assert pages[1]["sha256"] == gone.sha256


def test_what_cannot_be_exported_is_told_and_leaves_no_file(window: Window, out: Path, tmp_path: Path) -> None:
    draft = window.desk.intake.start("VD-YB-001").case.case_id
    case_id = taken_in(window)
    for case_ids, folder, key in (
        ([], out, "archive.nothing"),
        ([case_id, draft], out, "archive.draft"),
        (["no such case"], out, "archive.gone"),
        ([case_id] * 2 + [str(number) for number in range(10_000)], out, "archive.too_many"),
        ([case_id], tmp_path / "unplugged", "archive.no_folder"),
    ):
        with pytest.raises(InputProblem) as told:
            window.desk.archive.export(case_ids, folder)
        assert told.value.key == key
    page = window.desk.cases.case(case_id).pages[2]
    (window.vault.folder / window.vault.name_of(page.page_id, page.sha256)).write_bytes(b"damaged")
    with pytest.raises(EnvironmentProblem) as damaged:
        window.desk.archive.export([case_id], out)
    assert damaged.value.key == "archive.page_damaged"
    assert damaged.value.params["number"] == window.desk.cases.case(case_id).case.local_no
    assert list(out.iterdir()) == [] and exports(window, case_id) == []


def test_a_clerk_may_stop_it_and_nothing_is_left(window: Window, out: Path) -> None:
    case_id = taken_in(window)

    def stop(at: int, _of: int) -> None:
        if at == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        window.desk.archive.export([case_id], out, stop)
    assert list(out.iterdir()) == [] and exports(window, case_id) == []


@pytest.mark.parametrize(("code", "key"), [(errno.ENOSPC, "archive.disk_full"), (errno.EIO, "archive.write_failed")])
def test_a_medium_that_fails_is_told_and_nothing_is_left(
    window: Window, out: Path, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(code, "no")

    case_id = taken_in(window)
    monkeypatch.setattr("villagedesk.reports.archive_package.os.fsync", fail)
    with pytest.raises(EnvironmentProblem) as told:
        window.desk.archive.export([case_id], out)
    monkeypatch.undo()
    assert told.value.key == key
    assert list(out.iterdir()) == [] and exports(window, case_id) == []


def test_no_export_can_be_read_that_the_log_does_not_name(
    window: Window, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = taken_in(window)

    def refuse(self: SqlTransaction, _event: object) -> None:
        del self
        raise EnvironmentProblem("store.disk_full")

    monkeypatch.setattr(SqlTransaction, "append_event", refuse)
    with pytest.raises(EnvironmentProblem, match=r"store\.disk_full"):
        window.desk.archive.export([case_id], out)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("role", [Role.VILLAGE_HEAD, Role.TECHNICIAN])
def test_only_who_works_at_the_desk_exports(window: Window, out: Path, role: Role) -> None:
    case_id = taken_in(window)
    room = archive.ArchiveDesk(window.store, window.vault, window.clock, Acting("甲", role), STATION, str)
    with pytest.raises(InputProblem) as told:
        room.export([case_id], out)
    assert told.value.key == "desk.not_allowed.work" and list(out.iterdir()) == []


def test_a_thousand_pages_take_the_memory_of_one(window: Window, out: Path) -> None:
    """1,000 pages of 100 KB: 100 MB go through, and a few megabytes are held."""
    case_id = taken_in(window)
    view = window.desk.cases.case(case_id)
    page, case = view.pages[0], view.case
    data = bytes(range(256)) * 400
    digest = hashlib.sha256(data).hexdigest()

    def cases() -> Iterator[ArchivedCase]:
        for number in range(20):
            pages = [_page_of(page, digest, len(data), order) for order in range(1, 51)]
            yield ArchivedCase(replace(case, local_no=f"261123-A-{number:04d}-X"), pages, view.events)

    tracemalloc.start()
    try:
        count = write_package(
            out / "large.zip",
            make_passphrase(),
            cases(),
            lambda _page: bytes(bytearray(data)),
            station=STATION,
            made_at=window.clock.now(),
            readme="",
            total_pages=1000,
        )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 1000 and (out / "large.zip").stat().st_size > 100_000_000
    assert peak < 12_000_000, f"{peak / 1e6:.1f} MB"


def _page_of(page: Page, sha256: str, size: int, order: int) -> Page:
    return replace(page, page_id=str(uuid.uuid4()), sha256=sha256, byte_count=size, order=order)


def test_what_a_crash_left_of_an_export_is_removed_by_the_next(window: Window, out: Path) -> None:
    left, other = out / "villagedesk-archive-20261123-010203.zip.0a1b2c3d.part", out / "photos.zip.part"
    for file in (left, other):
        file.write_bytes(b"half")
    window.desk.archive.export([taken_in(window)], out)
    assert not left.exists() and other.exists()


def test_the_same_second_twice_is_two_files(window: Window, out: Path) -> None:
    case_id = taken_in(window)
    first, second = (window.desk.archive.export([case_id], out) for _ in range(2))
    assert first.file != second.file and first.passphrase != second.passphrase
    assert len(exports(window, case_id)) == 2

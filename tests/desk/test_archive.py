"""Taken out for the archive: whole, readable with the passphrase and by nothing else, logged, in bounded memory."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import subprocess
import threading
import tracemalloc
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.counter import CLERK, ID_NUMBER, NAME, PROXY_ITEM, STATION, Window, open_window, taken_in
from tests.domain.catalogue_of_messages import messages
from tests.needs import need_program
from villagedesk.desk import archive
from villagedesk.desk.acting import Acting
from villagedesk.desk.handover_views import Carried, LineSaid
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.audit import SYSTEM
from villagedesk.domain.case import CaseEvent, CaseStatus, Page
from villagedesk.domain.document import LOST, Document, DocumentOrigin
from villagedesk.domain.evaluation import Level, PoorReason, Stage
from villagedesk.domain.handover import LineOutcome
from villagedesk.domain.printing import PaperKind, PrintJob
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.roles import Role
from villagedesk.reports.archive_case import ArchivedCase, ArchivedFile, Part
from villagedesk.reports.archive_check import MEMBER, check_package
from villagedesk.reports.archive_package import (
    PASSPHRASE_SIGNS,
    Package,
    make_passphrase,
    write_package,
)
from villagedesk.store.transaction import SqlTransaction

GUIDED_ITEM = "VD-GA-001"
PASSPHRASE = "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2"


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


def package_of(window: Window, month: str = "") -> Package:
    return Package(STATION, window.clock.now(), "", month)


def reading(window: Window) -> Callable[[ArchivedFile], bytes]:
    return lambda file: window.vault.get(file.page_id, file.sha256)


def a_result(window: Window, case_id: str, number: int = 1, **values: Any) -> Document:
    """A document of the acceptance system, whole and here."""
    pdf = b"%PDF-1.4 result " + str(number).encode()
    page_id = str(uuid.uuid4())
    sha256 = window.vault.put(page_id, pdf)
    now = window.clock.now()
    here = Document(
        case_id, f"d-{number}", "低保批准书", "application/pdf", len(pdf), sha256, now, page_id, now, len(pdf)
    )
    made = replace(here, **values)
    window.store.write(lambda transaction: transaction.put_document(made)).result()
    return made


def test_what_comes_out_is_what_was_taken_in(tmp_path: Path, out: Path) -> None:
    window = open_window(tmp_path / "data", SimulatedPrinter("前台打印机"))
    try:
        _what_comes_out(window, out, tmp_path)
    finally:
        window.desk.close()


def _what_comes_out(window: Window, out: Path, tmp_path: Path) -> None:
    case_ids = [taken_in(window), taken_in(window)]
    result = a_result(window, case_ids[0])
    for count in (1, 2):
        window.desk.printing.print(case_ids[0], PaperKind.RECEIPT)
        printed_until(window, lambda n=count: [job.state for job in jobs(window, case_ids[0])] == ["done"] * n)  # type: ignore[misc]
    window.desk.results.print(result)
    printed_until(window, lambda: [job.state for job in jobs(window, case_ids[0])] == ["done"] * 3)
    seen: list[tuple[int, int]] = []
    done = window.desk.archive.export(case_ids, out, lambda at, of: seen.append((at, of)))
    assert (done.cases, done.pages, done.papers, done.results) == (2, 6, 3, 1)
    assert (done.left_out, done.missing, done.damaged) == (0, 0, ())
    assert [file.name for file in out.iterdir()] == [done.file.name]
    assert seen == sorted(seen) and len({at for at, _ in seen}) > 6 and {of for _, of in seen} == {10_000}
    with opened(done.file, done.passphrase, tmp_path / "unpacked") as inner:
        names = set(inner.namelist())
        assert all(re.fullmatch(r"[0-9A-Za-z./_-]+", name) for name in names)
        sums = {line[66:]: line[:64] for line in inner.read("checksums.sha256").decode().splitlines()}
        assert names - {"checksums.sha256"} == sums.keys()
        assert all(hashlib.sha256(inner.read(name)).hexdigest() == digest for name, digest in sums.items())
        manifest = json.loads(inner.read("manifest.json"))
        assert manifest["station"]["name"] == STATION.name and manifest["month"] == ""
        listed = {one["path"]: (one["sha256"], one["bytes"]) for one in manifest["files"]}
        assert listed.keys() == names - {"checksums.sha256", "manifest.json"}
        assert all(listed[name] == (sums[name], len(inner.read(name))) for name in listed)
        assert manifest["counts"] == {
            "cases": 2,
            "files": len(listed),
            "materials": 6,
            "papers": 3,
            "results": 1,
            "not_here": 0,
        }
        for row, case_id in zip(manifest["cases"], case_ids, strict=True):
            view = window.desk.cases.case(case_id)
            assert row["folder"] == row["local_no"] == view.case.local_no
            told = json.loads(inner.read(f"{row['folder']}/case.json"))
            assert told["numbers"]["local_no"] == view.case.local_no
            applicant = told["applicant"]
            assert (applicant["name"], applicant["document_number"], applicant["kind"]) == (NAME, ID_NUMBER, "natural")
            assert [one["trust"] for one in told["materials"]] == [one.trust for one in view.case.materials]
            assert {one["state"] for one in told["materials"]} == {"taken"}
            assert told["item"]["content"]["code"] == view.case.item_code
            assert [one["payload_sha256"] for one in told["sent"]] == [row.payload_sha256 for row in view.outbox]
            assert "taken_in" in [event["kind"] for event in told["events"]]
            pages = [one for one in told["files"] if one["part"] == "materials"]
            order = [one.requirement_id for one in view.case.materials]
            kept = sorted(view.pages, key=lambda page: (order.index(page.requirement_id), page.order))
            assert [(one["requirement_id"], one["order"]) for one in pages] == [
                (page.requirement_id, page.order) for page in kept
            ]
            assert [one["file"] for one in pages] == sorted(one["file"] for one in pages)
            for one, page in zip(pages, kept, strict=True):
                assert one["sha256"] == page.sha256
                assert inner.read(f"{row['folder']}/{one['file']}") == window.vault.get(page.page_id, page.sha256)
            names_of = {one.requirement_id: one.name for one in view.case.materials}
            assert pages[0]["title"] == f"{names_of[pages[0]['requirement_id']]}_1"
            assert inner.read(f"{row['folder']}/catalogue.txt").decode("utf-8-sig").startswith("卷内文件目录\r\n")
        folder = manifest["cases"][0]["folder"]
        told = json.loads(inner.read(f"{folder}/case.json"))
        papers = [one for one in told["files"] if one["part"] == "papers"]
        assert [(one["kind"], one["reprint"], one["print_state"], one["where"]) for one in papers] == [
            ("receipt", 0, "done", "前台打印机"),
            ("receipt", 1, "done", "前台打印机"),
            ("result", 0, "done", "前台打印机"),
        ]
        made = jobs(window, case_ids[0])
        for one, job in zip(papers, made, strict=True):
            assert inner.read(f"{folder}/{one['file']}") == window.vault.get(job.page_id, job.sha256)
        (came,) = (one for one in told["files"] if one["part"] == "results")
        assert came["name"] == "低保批准书" and came["sha256"] == result.sha256
        assert papers[2]["file"] == came["file"], "printed as it came: it lies there once"
        catalogue = inner.read(f"{folder}/catalogue.txt").decode("utf-8-sig")
        assert (
            "【申请材料】3 个文件" in catalogue and "收件凭证（第 1 次补打）" in catalogue and "低保批准书" in catalogue
        )
        assert "可信等级 B" in catalogue and result.sha256 in catalogue
    for case_id in case_ids:
        (line,) = exports(window, case_id)
        assert (line.actor, line.detail["file"]) == (CLERK, done.file.name)


def jobs(window: Window, case_id: str) -> list[PrintJob]:
    return list(window.store.read(lambda snapshot: snapshot.print_jobs(case_id)))


def printed_until(window: Window, so: Callable[[], bool]) -> None:
    """Wait for the printing, which is told with each commit."""
    changed = threading.Event()
    end = window.store.subscribe(changed.set)
    try:
        while not so():
            assert changed.wait(30)
            changed.clear()
    finally:
        end()


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


def test_what_is_not_here_is_named_with_its_hash_and_why(window: Window, out: Path) -> None:
    case_id = taken_in(window)
    view = window.desk.cases.case(case_id)
    gone = view.pages[1]
    here = a_result(window, case_id)
    coming = replace(here, document_id="d-2", page_id="", came_at=None, sha256="2" * 64)
    lost = replace(here, document_id="d-3", reason_key=LOST, sha256="3" * 64)
    over = replace(here, document_id="d-4", page_id="expired", sha256="4" * 64)
    archived = ArchivedCase(
        view.case, view.pages, view.events, frozenset({gone.page_id, "expired"}), documents=(here, coming, lost, over)
    )
    file = out / "package.zip"
    written = write_package(
        file,
        PASSPHRASE,
        [archived],
        reading(window),
        package_of(window),
        messages().text,
        total=1,
    )
    assert (written.files, written.left_out, written.missing) == ({Part.MATERIALS: 2, Part.RESULTS: 1}, 3, 1)
    assert written.damaged == (view.case.local_no,)
    assert check_package(file, PASSPHRASE).not_here == 4
    with opened(file, PASSPHRASE, out / "unpacked") as inner:
        told = json.loads(inner.read(f"{view.case.local_no}/case.json"))["files"]
        catalogue = inner.read(f"{view.case.local_no}/catalogue.txt").decode("utf-8-sig")
        held = [name for name in inner.namelist() if "-materials/" in name or "-results/" in name]
    states = {one["sha256"]: (one["state"], bool(one["file"])) for one in told}
    assert states == {
        **{page.sha256: ("here", True) for page in view.pages},
        gone.sha256: ("expired", False),
        here.sha256: ("here", True),
        coming.sha256: ("not_came", False),
        lost.sha256: ("missing", False),
        over.sha256: ("expired", False),
    }
    assert all(sha256 in catalogue for sha256 in states)
    assert "还没有发来" in catalogue and "读不出来" in catalogue and catalogue.count("已到期清理") == 2
    assert len(held) == 3


def test_what_was_scanned_of_a_carried_case_lies_with_its_like_and_its_way_is_told(window: Window, out: Path) -> None:
    case_id, other = taken_in(window, PROXY_ITEM), taken_in(window, PROXY_ITEM)
    desk = window.desk
    number = desk.handover.pack({case_id: 7, other: 2}, "下汤镇便民服务中心")
    lines = {case_id: LineSaid(LineOutcome.SHORT, "6", "少一页")}
    desk.handover.carried(number, Carried("周敏", lines=lines))
    desk.evaluations.record(case_id, Stage.INTAKE, Level.POOR, [PoorReason.ATTITUDE], "等太久")
    for place, origin in enumerate(DocumentOrigin, start=1):
        a_result(window, case_id, place, origin=origin)
    done = desk.archive.export([case_id], out)
    pages = len(desk.cases.case(case_id).pages)
    assert (done.pages, done.papers, done.results) == (pages + 1, 3, 2)
    local_no = desk.cases.case(case_id).case.local_no
    with opened(done.file, done.passphrase, out / "unpacked") as inner:
        told = json.loads(inner.read(f"{local_no}/case.json"))
        catalogue = inner.read(f"{local_no}/catalogue.txt").decode("utf-8-sig")
        names = {name.partition("/")[2] for name in inner.namelist()}
    assert {
        "1-materials/02-authorization.pdf",
        "2-papers/03-handover.pdf",
        "2-papers/04-delivery.pdf",
        "3-results/01-result.pdf",
        "3-results/05-result.pdf",
        "2-papers/06-notice.pdf",
    } <= names
    assert all(name in catalogue for name in names if "-authorization" in name or "-delivery" in name)
    (batch,) = told["batches"]
    assert (batch["batch_no"], batch["sheets"], batch["counted"], batch["outcome"]) == (number, 7, 6, "short")
    assert (batch["receiver"], batch["handed_on"], batch["words"]) == ("周敏", "2026-11-23", "少一页")
    assert other not in json.dumps(told), "the others of the batch are other people"
    assert [(one["stage"], one["level"]) for one in told["evaluations"]] == [("intake", Level.POOR)]
    assert [(one["cause"], one["done"]) for one in told["call_backs"]] == [("poor", None)]
    assert told["visit"] is None


def test_a_page_that_cannot_be_read_is_told_and_keeps_nobody_from_the_rest(window: Window, out: Path) -> None:
    case_id, other = taken_in(window), taken_in(window)
    page = window.desk.cases.case(case_id).pages[2]
    (window.vault.folder / window.vault.name_of(page.page_id, page.sha256)).write_bytes(b"damaged")
    done = window.desk.archive.export([case_id, other], out)
    assert (done.pages, done.missing, done.damaged) == (5, 1, (window.desk.cases.case(case_id).case.local_no,))
    with opened(done.file, done.passphrase, out / "unpacked") as inner:
        told = json.loads(inner.read(f"{done.damaged[0]}/case.json"))["files"]
    assert [(one["sha256"], one["file"]) for one in told if one["state"] == "missing"] == [(page.sha256, "")]


def test_a_medium_that_gives_back_something_else_keeps_nothing_and_no_passphrase_is_shown(
    window: Window, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = taken_in(window)
    sync = os.fsync

    def spoil(handle: int) -> None:
        sync(handle)
        with Path(f"/proc/self/fd/{handle}").open("r+b") as file:
            middle = file.seek(0, os.SEEK_END) // 2
            file.seek(middle)
            (byte,) = file.read(1)
            file.seek(middle)
            file.write(bytes((byte ^ 1,)))

    with monkeypatch.context() as bad_medium:
        bad_medium.setattr("villagedesk.reports.archive_package.os.fsync", spoil)
        with pytest.raises(EnvironmentProblem, match=r"archive\.read_back"):
            window.desk.archive.export([case_id], out)
    assert list(out.iterdir()) == [] and exports(window, case_id) == []


def test_each_case_that_is_through_belongs_to_the_month_of_its_end(window: Window, out: Path) -> None:
    desk, changes = window.desk, window.desk.changes
    taken_in(window)  # not through
    early = taken_in(window, PROXY_ITEM)
    changes.hand_over(early, "乡镇李某")
    changes.conclude_here(early, "granted", "")
    helped = desk.guided.note(GUIDED_ITEM, "李建国").case_id
    late = taken_in(window, PROXY_ITEM)
    refused = taken_in(window)
    moved(window, refused, CaseStatus.REFUSED)
    window.clock.forward(8 * 24 * 3600)  # 1 December
    changes.deliver(early, "本人")
    changes.hand_over(late, "乡镇李某")
    changes.conclude_here(late, "denied", "")
    moved(window, refused, CaseStatus.ARCHIVED)
    back = taken_in(window)
    moved(window, back, CaseStatus.CONCLUDED)
    moved(window, back, CaseStatus.IN_PROCESS)
    archive = desk.archive
    assert archive.of_month(2026, 11) == (early, helped)
    assert set(archive.of_month(2026, 12)) == {late, refused}
    assert archive.not_taken_out() == 4
    done = archive.export((), out, month=(2026, 12))
    assert done.cases == 2 and "-2026-12-" in done.file.name
    assert archive.not_taken_out() == 2, "those of November were not"
    with pytest.raises(InputProblem, match=r"audit\.no_such_month"):
        archive.of_month(2027, 1)
    window.clock.forward(31 * 24 * 3600)
    moved(window, back, CaseStatus.CONCLUDED)
    assert list(archive.of_month(2027, 1)) == [back], "the last time it came to its end counts"
    with pytest.raises(InputProblem, match=r"archive\.nothing"):
        archive.export((), out, month=(2026, 10))


def moved(window: Window, case_id: str, status: CaseStatus) -> None:
    """The acceptance system puts a case somewhere."""

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        now = window.clock.now()
        transaction.put_case(replace(case, status=status, updated_at=now))
        transaction.append_event(CaseEvent(case_id, now, SYSTEM, "change", case.status, status))

    window.store.write(work).result()


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
    assert list(out.iterdir()) == [] and exports(window, case_id) == []


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9])
def test_a_clerk_may_stop_it_and_nothing_is_left(window: Window, out: Path, share: float) -> None:
    """While it is written, and while it is read back."""
    case_id = taken_in(window)
    seen: list[float] = []

    def stop(at: int, of: int) -> None:
        seen.append(at / of)
        if at >= share * of:
            raise Cancelled

    with pytest.raises(Cancelled):
        window.desk.archive.export([case_id], out, stop)
    assert share <= seen[-1] < 1
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
        written = write_package(
            out / "large.zip",
            make_passphrase(),
            cases(),
            lambda _page: bytes(bytearray(data)),
            package_of(window),
            messages().text,
            total=20,
        )
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert written.files == {Part.MATERIALS: 1000} and (out / "large.zip").stat().st_size > 100_000_000
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

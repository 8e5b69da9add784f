"""Sheet and pages in a folder or ZIP: what is written, what is left when it fails, and what deleting leaves alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pyzipper

from tests.desk.counter import APPLICANT, CLERK, NAME, STATION, Window, open_window, ready_draft, taken_in
from tests.domain.catalogue_of_messages import messages
from tests.needs import need_root_on_linux, small_disk_of
from tests.papers.samples import page_texts, squeezed
from villagedesk.desk.audit_words import sentence_of
from villagedesk.desk.views import TodoKind
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.repositories import Transaction
from villagedesk.store.keys import DataKey

BY_HAND = replace(STATION, address="", one_time_code="")


@pytest.fixture(scope="module")
def _opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Window, list[str]]]:
    window = open_window(tmp_path_factory.mktemp("export") / "data", station=BY_HAND)
    cases = [taken_in(window) for _ in range(2)]
    yield window, cases
    window.desk.close()


@pytest.fixture
def window(_opened: tuple[Window, list[str]]) -> Window:
    """A window without an interface, with two cases that wait."""
    return _opened[0]


@pytest.fixture
def cases(_opened: tuple[Window, list[str]]) -> list[str]:
    """Their ids."""
    return _opened[1]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Where it goes."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def files_in(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def exports(window: Window, case_id: str) -> list[str]:
    return [event.detail["file"] for event in window.desk.cases.case(case_id).events if event.kind == "exported"]


def test_a_case_is_a_folder_of_its_sheet_and_its_pages_by_name(window: Window, cases: list[str], stick: Path) -> None:
    written = window.desk.page_folders.export(cases[:1], stick)
    view = window.desk.cases.case(cases[0])
    assert written.place == stick / f"{view.case.local_no}_异地就医备案"
    wanted = {"01_居民身份证_01.pdf", "01_居民身份证_02.pdf", "02_个人承诺书_01.pdf"}
    assert files_in(written.place) == wanted | {"录入单.pdf", "录入单.txt"}
    assert (written.cases, written.pages, written.left_out, written.passphrase) == (1, 3, 0, "")
    for page in view.pages:
        name = {"id_card": "01_居民身份证"}.get(page.requirement_id, "02_个人承诺书") + f"_{page.order:02d}.pdf"
        assert (written.place / name).read_bytes() == window.vault.get(page.page_id, page.sha256)
    assert exports(window, cases[0])[-1] == written.place.name
    assert NAME not in written.place.name  # the name of the folder is seen by whoever plugs the stick in
    text = (written.place / "录入单.txt").read_text(encoding="utf-8-sig")
    lines = text.split("\n")
    assert f"申请人名称：{NAME}" in lines
    assert f"证件号码：{APPLICANT['document_number']}" in lines
    assert "代理人姓名：（空）" in lines
    assert lines.index("01_居民身份证_01.pdf") < lines.index("02_个人承诺书_01.pdf")
    printed = squeezed("".join(page_texts((written.place / "录入单.pdf").read_bytes())))
    for part in (NAME, APPLICANT["document_number"], view.case.local_no or "", "（空）", CLERK, "练习样张"):
        assert part in printed


def test_a_second_export_does_not_take_the_place_of_the_first(window: Window, cases: list[str], stick: Path) -> None:
    places = [window.desk.page_folders.export(cases[:1], stick).place.name for _ in range(3)]
    assert places[1:] == [f"{places[0]}(2)", f"{places[0]}(3)"]


def test_several_cases_lie_each_in_a_folder_of_its_own(window: Window, cases: list[str], stick: Path) -> None:
    written = window.desk.page_folders.export([*cases, cases[0]], stick)
    numbers = {window.desk.cases.case(case_id).case.local_no for case_id in cases}
    assert {one.name.split("_")[0] for one in written.place.iterdir()} == numbers
    assert len(files_in(written.place)) == 2 * 5
    assert (written.cases, written.pages) == (2, 6)


def test_a_zip_holds_the_same_and_one_with_a_passphrase_opens_with_it_only(
    window: Window, cases: list[str], stick: Path
) -> None:
    plain = window.desk.page_folders.export(cases[:1], stick, as_zip=True)
    locked = window.desk.page_folders.export(cases[:1], stick, as_zip=True, locked=True)
    assert files_in(stick) == {plain.place.name, locked.place.name}
    with zipfile.ZipFile(plain.place) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[2:] == ["01_居民身份证_01.pdf", "01_居民身份证_02.pdf", "02_个人承诺书_01.pdf"]
    assert plain.passphrase == ""
    with pyzipper.AESZipFile(locked.place) as archive:
        with pytest.raises(RuntimeError, match="password"):
            archive.read("录入单.txt")
        archive.setpassword(locked.passphrase.encode())
        assert NAME in archive.read("录入单.txt").decode("utf-8-sig")
    assert NAME.encode() not in locked.place.read_bytes()


def test_hostile_values_stay_in_their_line_and_hostile_paper_names_in_their_folder(tmp_path: Path, stick: Path) -> None:
    window = open_window(tmp_path / "data", station=BY_HAND)
    try:
        case_id = taken_in(window)

        def work(transaction: Transaction) -> None:
            case = transaction.case(case_id)
            names = ("../../con", "材料:*?\u202e" + "很长" * 60)
            materials = tuple(replace(one, name=name) for one, name in zip(case.materials, names, strict=True))
            person = replace(case.applicant, name="=1+1\n证件号码：1\u202eX", address="𠮷田\r\n住址二")
            transaction.put_case(replace(case, applicant=person, materials=materials))

        window.store.write(work).result()
        written = window.desk.page_folders.export([case_id], stick)
        names = files_in(written.place)
        assert len(names) == 5
        assert not any(one.parent != written.place for one in written.place.rglob("*"))
        assert {name for name in names if "_.._con_" in name} == {"01__.._con_01.pdf", "01__.._con_02.pdf"}
        assert all(len(name) <= 70 for name in names)
        text = (written.place / "录入单.txt").read_bytes().decode("utf-8-sig")
        assert "申请人名称：=1+1\r\n    证件号码：1X\r\n" in text
        assert "\u202e" not in text
        assert sum(line.startswith("证件号码：") for line in text.split("\r\n")) == 1
        assert "𠮷田" in text
    finally:
        window.desk.close()


def test_two_papers_of_one_name_are_numbered(tmp_path: Path, stick: Path) -> None:
    window = open_window(tmp_path / "data", station=BY_HAND)
    try:
        case_id = taken_in(window)

        def work(transaction: Transaction) -> None:
            case = transaction.case(case_id)
            transaction.put_case(replace(case, materials=tuple(replace(one, name="证明") for one in case.materials)))

        window.store.write(work).result()
        names = files_in(window.desk.page_folders.export([case_id], stick).place)
        pages = {name for name in names if "证明" in name}
        assert pages == {"01_证明_01.pdf", "01_证明_02.pdf", "02_证明(2)_01.pdf"}
    finally:
        window.desk.close()


@pytest.mark.parametrize("as_zip", [False, True])
def test_a_stick_that_fills_up_is_told_and_nothing_is_left(
    window: Window, cases: list[str], tmp_path: Path, as_zip: bool
) -> None:
    with small_disk_of(1, tmp_path) as disk:
        with (disk / "holiday pictures").open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - (40 << 10))
        before = exports(window, cases[0])
        with pytest.raises(EnvironmentProblem) as told:
            window.desk.page_folders.export(cases, disk, as_zip=as_zip)
        assert told.value.key == "bridge.disk_full"
        assert [one.name for one in disk.iterdir()] == ["holiday pictures"]
        assert exports(window, cases[0]) == before


def test_a_stick_that_is_read_only_is_told(window: Window, cases: list[str], tmp_path: Path) -> None:
    need_root_on_linux("a read-only stick")
    with small_disk_of(4, tmp_path) as disk:
        written = window.desk.page_folders.export(cases[:1], disk)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(EnvironmentProblem, match=r"bridge\.read_only"):
            window.desk.page_folders.export(cases[:1], disk)
        with pytest.raises(EnvironmentProblem, match=r"bridge\.read_only"):
            window.desk.page_folders.delete(written.export.export_id)
        assert window.desk.page_folders.left()[-1] == written.export  # still there to be deleted another day


@pytest.mark.parametrize("as_zip", [False, True])
def test_what_is_stopped_leaves_nothing(window: Window, cases: list[str], stick: Path, as_zip: bool) -> None:
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 7:
            raise Cancelled

    with pytest.raises(Cancelled):
        window.desk.page_folders.export(cases, stick, as_zip=as_zip, progress=stop)
    assert told == [(number, 10) for number in range(8)]
    assert list(stick.iterdir()) == []


def test_what_cannot_be_written_is_refused(window: Window, cases: list[str], stick: Path) -> None:
    draft = ready_draft(window)
    for wanted, folder, key in (
        ([], stick, "bridge.export_nothing"),
        (["nobody"], stick, "intake.gone"),
        ([draft], stick, "archive.draft"),
        (cases, stick / "not there", "archive.no_folder"),
        ([str(number) for number in range(201)], stick, "bridge.export_too_many"),
    ):
        with pytest.raises(InputProblem) as told:
            window.desk.page_folders.export(wanted, folder)
        assert told.value.key == key
    assert list(stick.iterdir()) == []


_KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from tests.desk.counter import STATION, open_window, taken_in

folder, stick, as_zip, at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == "zip", int(sys.argv[4])
window = open_window(folder / "data", station=replace(STATION, address="", one_time_code=""))
case_id = taken_in(window)
(folder / "key").write_bytes(window.key._secret)

def die(done, total):
    if done == at:
        os.kill(os.getpid(), signal.SIGKILL)

window.desk.page_folders.export([case_id], stick, as_zip=as_zip, progress=die)
"""


@pytest.mark.parametrize(("kind", "at"), [("folder", 1), ("folder", 4), ("zip", 4)])
def test_what_a_killed_program_left_half_written_is_known_and_can_be_deleted(
    tmp_path: Path, stick: Path, kind: str, at: int
) -> None:
    """I8: there is no moment at which something readable lies there that nobody knows of."""
    neighbour = stick / "我的笔记.txt"
    neighbour.write_text("自己写的", encoding="utf-8")
    killed = subprocess.run([sys.executable, "-c", _KILLED, tmp_path, stick, kind, str(at)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(stick.iterdir())) == 2  # something was left
    window = open_window(tmp_path / "data", key=DataKey((tmp_path / "key").read_bytes()), station=BY_HAND)
    try:
        (left,) = window.desk.page_folders.left()
        assert not left.whole
        assert Path(left.part).exists()
        assert window.desk.cases.today().todos[-1].kind is TodoKind.EXPORTS
        removed = window.desk.page_folders.delete(left.export_id)
        assert removed.deleted == (1 if kind == "zip" else at)
        assert list(stick.iterdir()) == [neighbour]
        assert window.desk.page_folders.left() == ()
        assert window.desk.cases.case(left.case_ids[0]).events[-1].kind == "export_deleted"
    finally:
        window.desk.close()


def test_a_stick_that_is_pulled_out_keeps_its_half_on_the_list(window: Window, cases: list[str], stick: Path) -> None:
    def pull(done: int, total: int) -> None:
        if done == 2:
            shutil.move(stick, stick.with_name("pulled"))

    with pytest.raises(EnvironmentProblem, match=r"bridge\.write_failed"):
        window.desk.page_folders.export(cases[:1], stick, progress=pull)
    left = window.desk.page_folders.left()[-1]
    assert not left.whole
    with pytest.raises(InputProblem, match=r"bridge\.export_not_there"):
        window.desk.page_folders.delete(left.export_id)
    shutil.move(stick.with_name("pulled"), stick)
    assert window.desk.page_folders.delete(left.export_id).deleted == 2
    assert list(stick.iterdir()) == []


def test_who_holds_the_sheet_may_have_entered_the_case(tmp_path: Path, stick: Path) -> None:
    window = open_window(tmp_path / "data", station=BY_HAND)
    try:
        case_id = taken_in(window)
        assert window.desk.page_folders.last_folder() is None
        window.desk.page_folders.export([case_id], stick, as_zip=True, locked=True)
        assert window.desk.page_folders.last_folder() == stick
        (waits,) = window.desk.bridge.waiting().cases
        assert waits.look_first is not None
        saved = next(event for event in window.desk.cases.case(case_id).events if event.kind == "exported")
        assert messages().text(sentence_of(saved.kind, saved.detail).key) == "另存录入材料，zip 加了密码"
    finally:
        window.desk.close()


def test_deleting_takes_what_was_written_and_nothing_else(window: Window, cases: list[str], stick: Path) -> None:
    folders = window.desk.page_folders
    written = folders.export(cases, stick)
    neighbour = folders.export(cases[:1], stick)
    mine = written.place / "我的笔记.txt"
    mine.write_text("自己写的", encoding="utf-8")
    inner = sorted(one for one in written.place.iterdir() if one.is_dir())
    changed = inner[0] / "01_居民身份证_01.pdf"
    changed.write_bytes(changed.read_bytes() + b"x")
    (inner[1] / "01_居民身份证_02.pdf").unlink()
    outside = stick / "outside.pdf"
    shutil.copy(inner[1] / "01_居民身份证_01.pdf", outside)
    (inner[1] / "01_居民身份证_01.pdf").unlink()
    (inner[1] / "01_居民身份证_01.pdf").symlink_to(outside)
    removed = folders.delete(written.export.export_id)
    assert (removed.deleted, removed.missing) == (7, 1)
    assert set(removed.changed) == {f"{inner[0].name}/01_居民身份证_01.pdf", f"{inner[1].name}/01_居民身份证_01.pdf"}
    assert mine.exists()
    assert outside.exists()
    assert len(files_in(neighbour.place)) == 5
    assert all(one.export_id != written.export.export_id for one in folders.left(cases[0]))
    line = window.desk.cases.case(cases[1]).events[-1]
    assert (line.kind, line.detail) == ("export_deleted", {"deleted": "7", "changed": "2"})
    with pytest.raises(InputProblem, match=r"bridge\.export_gone"):
        folders.delete(written.export.export_id)


@pytest.mark.parametrize("as_zip", [False, True])
def test_an_export_nobody_touched_goes_wholly(window: Window, cases: list[str], stick: Path, as_zip: bool) -> None:
    written = window.desk.page_folders.export(cases, stick, as_zip=as_zip)
    assert window.desk.page_folders.left(cases[0])[-1].place == str(written.place)
    window.desk.page_folders.delete(written.export.export_id)
    assert list(stick.iterdir()) == []


def test_a_stick_that_was_taken_away_is_asked_for(window: Window, cases: list[str], stick: Path) -> None:
    written = window.desk.page_folders.export(cases[:1], stick)
    shutil.move(stick, stick.with_name("away"))
    with pytest.raises(InputProblem, match=r"bridge\.export_not_there"):
        window.desk.page_folders.delete(written.export.export_id)
    shutil.move(stick.with_name("away"), stick)
    assert window.desk.page_folders.delete(written.export.export_id).deleted == 5


def test_a_page_that_cannot_be_read_is_named_and_nothing_is_left(tmp_path: Path, stick: Path) -> None:
    window = open_window(tmp_path / "data", station=BY_HAND)
    try:
        case_id = taken_in(window)
        view = window.desk.cases.case(case_id)
        window.vault.remove(view.pages[-1].page_id, view.pages[-1].sha256)
        with pytest.raises(Problem) as told:
            window.desk.page_folders.export([case_id], stick)
        assert (told.value.key, told.value.params) == ("archive.page_damaged", {"number": view.case.local_no})
        assert list(stick.iterdir()) == []
        assert window.desk.page_folders.left() == ()
    finally:
        window.desk.close()


def test_what_cannot_be_logged_does_not_stay(
    window: Window, cases: list[str], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_work: object) -> None:
        raise EnvironmentProblem("store.write_failed")

    with monkeypatch.context() as patched:
        patched.setattr(window.store, "write", broken)
        with pytest.raises(EnvironmentProblem, match=r"store\.write_failed"):
            window.desk.page_folders.export(cases[:1], stick)
    assert list(stick.iterdir()) == []

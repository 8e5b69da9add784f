"""A package is checked against what it says of itself: every planted fault is found, and named where it can be."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.catalogue_of_messages import messages
from tests.needs import need_program
from tests.store.fixtures import START, example_case, example_page
from villagedesk.app.archive_command import verify_archive
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.document import Document
from villagedesk.domain.progress import Cancelled
from villagedesk.domain.station import StationFile
from villagedesk.reports.archive_case import ArchivedCase
from villagedesk.reports.archive_check import CHECKSUMS, MANIFEST, Checked, check_package
from villagedesk.reports.archive_package import Package, make_passphrase, typed_passphrase, write_package
from villagedesk.reports.locked_member import LockedMember

PASSPHRASE = "ABCD-EFGH-JKMN-PQRS-TUVW-XYZ2"
STATION = StationFile("410421103207", "柳林村便民服务站", "", "", "", bytes(range(32)))
FIRST = "261123-A-0001-P"
PAGE = f"{FIRST}/1-materials/01-id_card-001.jpg"


def _case(number: int) -> tuple[ArchivedCase, dict[str, bytes]]:
    local_no = f"261123-A-{number:04d}-P"
    case = example_case(status=CaseStatus.CONCLUDED, local_no=local_no)
    contents = {f"{number}-{order}": bytes((number, order)) * (700 + order) for order in (1, 2)}
    pages = [
        replace(example_page(case.case_id, data, order=order, page_id=page_id))
        for order, (page_id, data) in enumerate(contents.items(), start=1)
    ]
    result = b"%PDF-1.4 " + str(number).encode()
    contents[f"r{number}"] = result
    sha256 = hashlib.sha256(result).hexdigest()
    here = Document(case.case_id, "d", "批准书", "application/pdf", len(result), sha256, START, f"r{number}", START)
    events = [CaseEvent(case.case_id, START, "王", "concluded", CaseStatus.ACCEPTED, CaseStatus.CONCLUDED)]
    return ArchivedCase(case, pages, events, documents=[here]), contents


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of three cases."""
    file = tmp_path_factory.mktemp("package") / "whole.zip"
    made = [_case(number) for number in (1, 2, 3)]
    contents = {page_id: data for _, one in made for page_id, data in one.items()}
    write_package(
        file,
        PASSPHRASE,
        [case for case, _ in made],
        lambda one: contents[one.page_id],
        Package(STATION, START, "怎么看", "2026-11"),
        messages().text,
        total=3,
    )
    return file


def inside(file: Path) -> dict[str, bytes]:
    """What a package holds, by its members' names; read by the library that wrote it, not by the code under test."""
    with pyzipper.AESZipFile(file) as outer:
        outer.setpassword(PASSPHRASE.encode())
        with zipfile.ZipFile(io.BytesIO(outer.read("package.zip"))) as inner:
            return {name: inner.read(name) for name in inner.namelist()}


def pack(file: Path, members: Mapping[str, bytes], *, twice: str = "") -> Path:
    """Make a package of these members, as somebody does who knows the passphrase."""
    inner_file = io.BytesIO()
    with zipfile.ZipFile(inner_file, "w") as inner:
        for name, data in members.items():
            inner.writestr(name, data)
        if twice:
            with pytest.warns(UserWarning, match="Duplicate"):
                inner.writestr(twice, members[twice])
    with pyzipper.AESZipFile(file, "w", encryption=pyzipper.WZ_AES) as outer:
        outer.setpassword(PASSPHRASE.encode())
        outer.setencryption(pyzipper.WZ_AES, nbits=256)
        outer.writestr("package.zip", inner_file.getvalue())
    return file


def keys(checked: Checked) -> list[str]:
    """What was found, by the last part of its key."""
    return [finding.key.removeprefix("archive.check.") for finding in checked.findings]


def named(checked: Checked) -> set[object]:
    """The files that were named."""
    return {value for finding in checked.findings for value in finding.params.values()}


def test_a_package_as_it_was_written_is_whole(whole: Path) -> None:
    checked = check_package(whole, PASSPHRASE)
    assert (checked.findings, checked.cases, checked.not_here) == ((), 3, 0)
    assert checked.files == len(inside(whole)) == 3 * 5 + 3


def test_a_package_of_the_version_before_is_read_as_well(whole: Path, tmp_path: Path) -> None:
    members = inside(whole)
    sums = {}
    for name, data in members.items():
        if name.endswith(("case.json", MANIFEST)):
            told = json.loads(data)
            assert told["version"] == 3
            members[name] = json.dumps(told | {"version": 2}).encode()
        sums[name] = hashlib.sha256(members[name]).hexdigest()
    manifest = json.loads(members[MANIFEST])
    for one in manifest["files"]:
        one["sha256"] = sums[one["path"]]
    members[MANIFEST] = json.dumps(manifest).encode()
    listed = {one["path"]: one["sha256"] for one in manifest["files"]}
    listed[MANIFEST] = hashlib.sha256(members[MANIFEST]).hexdigest()
    members[CHECKSUMS] = "".join(f"{digest}  {path}\n" for path, digest in listed.items()).encode()
    assert check_package(pack(tmp_path / "older.zip", members), PASSPHRASE).findings == ()


def test_it_is_told_how_far_a_check_is_and_can_be_stopped(whole: Path) -> None:
    seen: list[tuple[int, int]] = []
    check_package(whole, PASSPHRASE, lambda at, of: seen.append((at, of)))
    assert len(seen) > 10 and seen == sorted(seen)

    def stop(at: int, of: int) -> None:
        if at > of // 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        check_package(whole, PASSPHRASE, stop)


@pytest.mark.parametrize("wrong", ["", "ABCD", PASSPHRASE[:-1], PASSPHRASE.lower(), "密码"])
def test_a_wrong_passphrase_is_told_as_that(whole: Path, wrong: str) -> None:
    assert keys(check_package(whole, wrong)) == ["passphrase"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_changed_bit_anywhere_in_what_is_locked_is_found(whole: Path, data: st.DataObject) -> None:
    raw = bytearray(whole.read_bytes())
    first = raw.index(b"package.zip") + len(b"package.zip") + 11 + 20  # both extra fields follow the name
    last = raw.rindex(b"PK\x01\x02") - 1
    place = data.draw(st.integers(first, last))
    raw[place] ^= 1 << data.draw(st.integers(0, 7))
    spoiled = whole.with_name("bit.zip")
    spoiled.write_bytes(raw)
    assert check_package(spoiled, PASSPHRASE).findings


def test_a_changed_byte_of_a_page_names_the_page(whole: Path, tmp_path: Path) -> None:
    with whole.open("rb") as opened:
        member = LockedMember(opened, "package.zip", PASSPHRASE)
        plain = io.BufferedReader(member).read()
        start = member._start
    place = plain.index(bytes((3, 1)) * 701)
    raw = bytearray(whole.read_bytes())
    raw[start + place + 5] ^= 0xFF
    spoiled = tmp_path / "spoiled.zip"
    spoiled.write_bytes(raw)
    checked = check_package(spoiled, PASSPHRASE)
    assert "altered" in keys(checked)
    assert any("261123-A-0003-P/1-materials/01-id_card-001.jpg" in str(one) for one in named(checked))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.2, 0.5, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_told_as_that(whole: Path, tmp_path: Path, share: float) -> None:
    raw = whole.read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(raw[: int(len(raw) * share)])
    assert keys(check_package(cut, PASSPHRASE)) == ["cut_off" if share > 0.0005 else "no_package"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4", b"PK\x05\x06" + bytes(18), b"\0" * 4096])
def test_what_is_no_package_is_told_as_that(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    assert keys(check_package(file, PASSPHRASE)) == ["no_package"]


def _manifest(members: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(members["manifest.json"]))


def _removed(members: dict[str, bytes]) -> None:
    del members[PAGE]


def _added(members: dict[str, bytes]) -> None:
    members[f"{FIRST}/1-materials/09-x-001.jpg"] = b"slipped in"


def _altered(members: dict[str, bytes]) -> None:
    members[PAGE] = b"another picture"


def _no_manifest(members: dict[str, bytes]) -> None:
    del members["manifest.json"]


def _manifest_is_none(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"{half"


def _manifest_of_another_kind(members: dict[str, bytes]) -> None:
    members["manifest.json"] = b"[1, 2]"


def _no_checksums(members: dict[str, bytes]) -> None:
    del members["checksums.sha256"]


def _other_checksums(members: dict[str, bytes]) -> None:
    members["checksums.sha256"] += b"0" * 64 + b"  something\n"


def _counts(members: dict[str, bytes]) -> None:
    manifest = _manifest(members)
    manifest["counts"]["materials"] -= 1
    relist(members, manifest)


def _no_metadata(members: dict[str, bytes]) -> None:
    del members[f"{FIRST}/case.json"]
    _list_again(members)


def _metadata_is_none(members: dict[str, bytes]) -> None:
    members[f"{FIRST}/case.json"] = b'{"format": "villagedesk-archived-case", "version": 2, "files": [{}]}'
    _list_again(members)


def _metadata_of_another(members: dict[str, bytes]) -> None:
    members[f"{FIRST}/case.json"] = members["261123-A-0002-P/case.json"]
    _list_again(members)


def _page_nobody_names(members: dict[str, bytes]) -> None:
    told = json.loads(members[f"{FIRST}/case.json"])
    del told["files"][0]
    members[f"{FIRST}/case.json"] = json.dumps(told).encode()
    _list_again(members)


def _page_that_is_not_there(members: dict[str, bytes]) -> None:
    del members[PAGE]
    _list_again(members)


def _page_of_another_hash(members: dict[str, bytes]) -> None:
    members[PAGE] = b"another picture"
    _list_again(members)


def _case_left_out(members: dict[str, bytes]) -> None:
    manifest = _manifest(members)
    del manifest["cases"][0]
    relist(members, manifest)


def _list_again(members: dict[str, bytes]) -> None:
    """Somebody made the lists anew after what he did, and did it well."""
    manifest = _manifest(members)
    kept = [name for name in members if name not in ("manifest.json", "checksums.sha256")]
    manifest["files"] = [
        {"path": name, "sha256": hashlib.sha256(members[name]).hexdigest(), "bytes": len(members[name])}
        for name in kept
    ]
    manifest["counts"]["files"] = len(kept)
    relist(members, manifest)


def relist(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
    """Both lists as they follow from this manifest."""
    members["manifest.json"] = json.dumps(manifest).encode()
    hashes = {one["path"]: one["sha256"] for one in manifest["files"]}
    hashes["manifest.json"] = hashlib.sha256(members["manifest.json"]).hexdigest()
    members["checksums.sha256"] = "".join(f"{sha256}  {name}\n" for name, sha256 in hashes.items()).encode()


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_removed, {"gone", "not_as_named"}),
        (_added, {"added"}),
        (_altered, {"changed", "not_as_named"}),
        (_no_manifest, {"no_manifest"}),
        (_manifest_is_none, {"bad_manifest"}),
        (_manifest_of_another_kind, {"bad_manifest"}),
        (_no_checksums, {"gone"}),
        (_other_checksums, {"checksums"}),
        (_counts, {"counts"}),
        (_no_metadata, {"no_metadata", "counts"}),
        (_metadata_is_none, {"bad_metadata", "counts"}),
        (_metadata_of_another, {"other_case", "not_as_named"}),
        (_page_nobody_names, {"unnamed", "counts"}),
        (_page_that_is_not_there, {"not_as_named"}),
        (_page_of_another_hash, {"not_as_named"}),
        (_case_left_out, {"strange_folder", "counts"}),
    ],
)
def test_every_planted_fault_is_found_also_by_one_who_has_the_passphrase(
    whole: Path, tmp_path: Path, plant: Callable[[dict[str, bytes]], None], found: set[str]
) -> None:
    members = inside(whole)
    untouched = pack(tmp_path / "untouched.zip", members)
    assert check_package(untouched, PASSPHRASE).findings == ()
    plant(members)
    checked = check_package(pack(tmp_path / "planted.zip", members), PASSPHRASE)
    assert set(keys(checked)) == found


def test_a_member_that_is_there_twice_is_found(whole: Path, tmp_path: Path) -> None:
    assert "twice" in keys(check_package(pack(tmp_path / "twice.zip", inside(whole), twice=PAGE), PASSPHRASE))


def test_the_locked_member_reads_the_same_from_every_place(whole: Path) -> None:
    with pyzipper.AESZipFile(whole) as outer:
        outer.setpassword(PASSPHRASE.encode())
        wanted = outer.read("package.zip")
    with whole.open("rb") as opened:
        member = LockedMember(opened, "package.zip", PASSPHRASE)
        assert member.size == len(wanted) and member.is_whole()
        for start in (0, 1, 15, 16, 17, 1000, len(wanted) - 3, len(wanted), len(wanted) + 9):
            member.seek(start)
            assert member.read(40) == wanted[start : start + 40]
            assert member.tell() in (min(start + 40, len(wanted)), start)


def test_a_passphrase_is_taken_as_people_copy_it() -> None:
    made = make_passphrase()
    for typed in (made, made.lower(), made.replace("-", ""), made.replace("-", " "), f" {made}\n"):
        assert typed_passphrase(typed) == made
    assert typed_passphrase("not one") == "not one"


def test_the_command_says_what_it_found(whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify_archive(whole, lambda: PASSPHRASE.lower()) == 0
    assert capsys.readouterr().out == "核对完了，没有问题：3 件办件，18 个文件。\n"
    members = inside(whole)
    _removed(members)
    assert verify_archive(pack(tmp_path / "x.zip", members), lambda: PASSPHRASE) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"少了文件：{PAGE}" and len(said) == 3 and said[-1] == "核对完了，有 2 处不对。"
    assert verify_archive(whole, lambda: "") == 1
    assert "密码不对" in capsys.readouterr().out
    assert verify_archive(tmp_path / "none.zip", lambda: "") == 1
    assert "打不开" in capsys.readouterr().err


def test_the_program_takes_the_passphrase_from_standard_input_and_has_no_option_for_it(whole: Path) -> None:
    command = [sys.executable, "-m", "villagedesk", "verify-archive"]
    run = subprocess.run(
        [*command, str(whole)], input=f"{PASSPHRASE}\n", capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (run.returncode, run.stderr) == (0, "") and "没有问题" in run.stdout
    asked = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert "pass" not in asked.stdout.split("options:")[1]


def test_seven_zip_and_sha256sum_find_it_whole_too(whole: Path, tmp_path: Path) -> None:
    """As an archive without this program does."""
    need_program("7z")
    need_program("sha256sum")
    subprocess.run(["7z", "x", f"-p{PASSPHRASE}", f"-o{tmp_path}", "-y", str(whole)], check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "package.zip") as inner:
        inner.extractall(tmp_path / "all")
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "checksums.sha256"], cwd=tmp_path / "all", capture_output=True, check=False
    )
    assert checked.returncode == 0

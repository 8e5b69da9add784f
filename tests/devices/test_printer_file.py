"""The folder as a printer: whole files, good names, nothing overwritten, failures told."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagedesk.devices.ports import PrintState
from villagedesk.devices.printer_file import FilePrinter, file_stem
from villagedesk.domain.problems import EnvironmentProblem

PDF = b"%PDF-1.4 paper"


def test_the_file_is_named_after_the_job_and_never_overwritten(tmp_path: Path) -> None:
    printer = FilePrinter(tmp_path / "出件")
    paths = [Path(printer.print_pdf(PDF + bytes([n]), "收件凭证 261123-A-0007-X").where) for n in range(3)]
    assert [path.name for path in paths] == [
        "收件凭证_261123-A-0007-X.pdf",
        "收件凭证_261123-A-0007-X-2.pdf",
        "收件凭证_261123-A-0007-X-3.pdf",
    ]
    assert [path.read_bytes() for path in paths] == [PDF + bytes([n]) for n in range(3)]
    assert sorted(tmp_path.rglob("*.part")) == []


@given(st.text(max_size=200))
def test_any_job_name_becomes_a_safe_file_name(job_name: str) -> None:
    stem = file_stem(job_name)
    assert stem
    assert len(stem) <= 81
    assert not set(stem) & set('/\\:*?"<>|. \n\x00')
    assert stem.upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT1"}


@pytest.mark.parametrize(("job_name", "stem"), [("../../etc/passwd", "etc_passwd"), ("nul", "_nul"), ("", "_")])
def test_no_job_name_leads_out_of_the_folder(job_name: str, stem: str) -> None:
    assert file_stem(job_name) == stem


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"x")
    printer = FilePrinter(tmp_path / "taken")
    assert not printer.available()
    with pytest.raises(EnvironmentProblem) as caught:
        printer.print_pdf(PDF, "receipt")
    assert caught.value.key == "printer.folder"


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentProblem) as caught:
        FilePrinter(tmp_path).print_pdf(PDF, "receipt")
    assert caught.value.key == "printer.disk_full"
    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_links_serves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(_old: Path, _new: Path) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    printer = FilePrinter(tmp_path)
    outcomes = [printer.print_pdf(PDF, "receipt") for _ in range(2)]
    assert [outcome.state for outcome in outcomes] == [PrintState.DONE, PrintState.DONE]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["receipt-2.pdf", "receipt.pdf"]


def test_the_file_is_on_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[str] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(handle: int) -> None:
        events.append("fsync")
        fsync(handle)

    def noted_link(old: Path, new: Path) -> None:
        events.append("name")
        link(old, new)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    FilePrinter(tmp_path).print_pdf(PDF, "receipt")
    assert events[:2] == ["fsync", "name"]

"""The command line: every command, and refusals in words."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desk.counter import STATION
from tests.store.fixtures import FixedClock
from villagedesk import __version__
from villagedesk.app import gui, paths
from villagedesk.app.command_line import EXIT_NOT_FOR_PRACTICE, main
from villagedesk.app.premises import DataFolder
from villagedesk.app.run_options import RunOptions, check_camera, check_printer
from villagedesk.domain.station import StationFile
from villagedesk.practice.station_file import make_practice


@pytest.mark.slow
def test_the_installed_program_proves_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "villagedesk", "self-test"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 10
    assert all(line.startswith("ok ") for line in lines)


def test_a_broken_part_is_named_by_the_self_test(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from villagedesk.app import self_test

    def broken(_folder: Path) -> str:
        raise OSError("no fonts")

    others = "_resources _database _reader _foreign_files _photograph _words _cameras _practice _window"
    for name in others.split():
        monkeypatch.setattr(self_test, name, lambda _folder: "not looked at")
    monkeypatch.setattr(self_test, "_paper", broken)
    assert self_test.self_test() == 1
    assert "FAILED  paper with barcode: OSError: no fonts" in capsys.readouterr().out


def test_practice_prepares_a_folder_with_a_station_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["practice", "--folder", str(tmp_path / "p"), "--prepare"]) == 0
    path = Path(capsys.readouterr().out.strip().removeprefix("station file: "))
    station = StationFile.from_bytes(path.read_bytes())
    assert station.address.startswith("https://127.0.0.1:")
    assert main(["practice", "--folder", str(tmp_path / "p"), "--prepare"]) == 0
    assert StationFile.from_bytes(path.read_bytes()) == station


def test_practice_does_not_open_a_folder_that_is_set_up_for_real_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "data"
    DataFolder(folder, FixedClock()).set_up(replace(STATION, practice=False), "王会计", "老槐树下1962")
    assert main(["--with-practice", "--data", str(folder)]) == EXIT_NOT_FOR_PRACTICE
    assert "is set up for real work" in capsys.readouterr().err
    (folder / "station.json").write_text("{}", encoding="utf-8")
    assert main(["--with-practice", "--data", str(folder)]) == EXIT_NOT_FOR_PRACTICE
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_practice_has_a_data_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[RunOptions] = []
    monkeypatch.setattr(paths, "default_data_folder", lambda: tmp_path / "villagedesk")

    def run(options: RunOptions) -> int:
        opened.append(options)
        return 0

    monkeypatch.setattr(gui, "run", run)
    assert main(["--with-practice", "--camera", "none", "--printer", "none"]) == 0
    assert main(["--camera", "none"]) == 0
    practice, work = opened
    assert practice.data_folder == tmp_path / "villagedesk-practice-desk"
    assert work.data_folder == tmp_path / "villagedesk"
    assert practice.station_file is not None
    assert StationFile.from_bytes(practice.station_file.read_bytes()).practice
    assert practice.practice_only and not work.practice_only


def test_a_port_that_is_taken_is_said_and_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    station = make_practice(tmp_path / "data-practice").station_file()
    with socket.create_server(("127.0.0.1", int(station.address.rpartition(":")[2]))):
        assert main(["--with-practice", "--data", str(folder)]) == 1
    assert "is it running already?" in capsys.readouterr().err


def test_the_doctor_tells_the_state_of_a_folder_and_which_adapters_never_met_hardware(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor", "--data", str(tmp_path / "none")]) == 0
    said = capsys.readouterr().out
    assert "NOT CHECKED" not in said
    assert "not there yet" in said
    for adapter in ("camera_qt", "camera_inputs_qt", "scanner_sane"):
        assert f"{adapter}: never run on hardware" in said
    assert "cameras: none is connected" in said
    assert "scanners: SANE is there" in said
    folder = tmp_path / "data"
    DataFolder(folder, FixedClock()).set_up(STATION, "王会计", "老槐树下1962")
    main(["doctor", "--data", str(folder)])
    said = capsys.readouterr().out
    assert f"station {STATION.division_code}" in said
    assert "ok     1 clerks" in said and "ok     0 cases wait to be sent" in said
    assert "note   audit chain: NOT CHECKED (needs a clerk's password)" in said
    assert "王会计" not in said
    (folder / "station.json").write_text("{}", encoding="utf-8")
    assert main(["doctor", "--data", str(folder)]) == 1
    assert "WRONG  station file: entry.station_lost" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--camera", "webcam"], ["--printer", "file:"], ["fly"], ["run", "--data"]])
def test_what_is_not_understood_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: villagedesk" in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out.strip() == f"villagedesk {__version__}"


def test_devices_are_named_by_kind_and_place() -> None:
    for camera in ("qt", "none", "simulated:/a", "folder:C:\\scans"):
        assert check_camera(camera) == camera
    for printer in ("default", "none", "file:/a", "qt:HP LaserJet: 2"):
        assert check_printer(printer) == printer
    for wrong in ("simulated:", "qt:", "file"):
        with pytest.raises(ValueError, match="no such"):
            check_camera(wrong)

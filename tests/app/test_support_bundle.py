"""The support bundle and everything logged name nobody, after a day on which everything went wrong (I8)."""

from __future__ import annotations

import base64
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.app.told_forms import forms_of, told_in
from tests.desk.counter import APPLICANT, CLERK, ID_NUMBER, NAME, STATION, Window, open_window, taken_in
from tests.desk.test_cases import put_state
from villagedesk.app.command_line import main
from villagedesk.app.fault_reports import FaultLog, write_report
from villagedesk.app.paths import fault_reports_folder
from villagedesk.app.premises import STATION_NAME
from villagedesk.app.support_bundle import pack
from villagedesk.devices.ports import PrintOutcome
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.outbox import SendingState
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem

_SECRET = "einmal-7f3a91"
_ALL = " ".join((NAME, ID_NUMBER, APPLICANT["phone"], APPLICANT["address"]))
_FORMS = {
    **forms_of(NAME, name=True),
    **forms_of(CLERK),
    **forms_of(ID_NUMBER),
    **forms_of(APPLICANT["phone"]),
    **forms_of(APPLICANT["address"]),
    **forms_of(_SECRET),
}


class TellingPrinter(SimulatedPrinter):
    """Breaks, and says in its error whose paper it was."""

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Never."""
        raise RuntimeError(f"paper jam while printing for {_ALL} ({job_name})")


@pytest.fixture
def records() -> Iterator[list[str]]:
    """Everything the program logs, whatever its level."""
    said: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(f"{record.name} {record.getMessage()}")

    logger, handler = logging.getLogger(), Keep()
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    yield said
    logger.removeHandler(handler)
    logger.setLevel(before)


@pytest.fixture
def fault_log(tmp_path: Path) -> Iterator[Path]:
    """The folder of fault reports, written as the program writes them."""
    folder = fault_reports_folder(tmp_path / "data")
    handler = FaultLog(folder)
    logging.getLogger("villagedesk").addHandler(handler)
    yield folder
    logging.getLogger("villagedesk").removeHandler(handler)


def a_day_on_which_everything_goes_wrong(window: Window, reports: Path) -> None:
    def listener() -> None:
        raise ValueError(f"cannot show {_ALL}")

    window.store.subscribe(listener)
    case_id = taken_in(window)
    for values in ({"name": NAME * 200}, {"document_number": ID_NUMBER * 20}):
        with pytest.raises(InputProblem) as problem:
            window.desk.intake.type(case_id, values, 2)
        write_report(reports, problem.value, "worker")
    try:
        raise RuntimeError(f"{_ALL}") from ValueError(_ALL)
    except RuntimeError as error:
        write_report(reports, error, "main")
        logging.getLogger("villagedesk.ui").error("a screen failed", exc_info=error)
    window.desk.printing.print(case_id, PaperKind.RECEIPT)
    put_state(window, case_id, state=SendingState.REJECTED, reason_raw=_ALL)
    window.desk.sending.drop(case_id, f"{NAME}不办了")
    window.desk.audit.viewed(case_id)


def everything_in(bundle: Path) -> bytes:
    """Names and contents of all its parts, and the file as it is."""
    with zipfile.ZipFile(bundle) as parts:
        assert {"doctor.txt", "versions.txt", "sizes.txt", "station.txt", "counts.txt"} <= {*parts.namelist()}
        assert any(name.startswith("fault-reports/") for name in parts.namelist())
        inside = b"\n".join(part.encode() + b"\n" + parts.read(part) for part in parts.namelist())
    return inside + bundle.name.encode() + bundle.read_bytes()


def test_nothing_a_villager_told_is_in_the_bundle_or_in_any_log(
    tmp_path: Path, fault_log: Path, records: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    window = open_window(tmp_path / "data", TellingPrinter("printer"))
    (tmp_path / "data" / STATION_NAME).write_bytes(replace(STATION, one_time_code=_SECRET).to_bytes())
    (tmp_path / "data" / f"{NAME}的备份.txt").write_text(_ALL, encoding="utf-8")
    try:
        a_day_on_which_everything_goes_wrong(window, fault_log)
        bundle = window.desk.support.bundle(out)
        assert window.desk.audit.lines(1)[0].sentence.key == "audit.line.bundle_made"
    finally:
        window.desk.close()
    inside = everything_in(bundle)
    assert b"cases received: 1" in inside and b"division code: 410421103207" in inside
    second = tmp_path / "second"
    second.mkdir()
    assert main(["support-bundle", "--data", str(tmp_path / "data"), "--to", str(second)]) == 0
    (other,) = second.iterdir()
    reports = b"\n".join(file.read_bytes() for file in fault_log.iterdir())
    assert len(list(fault_log.iterdir())) >= 4
    spoken = capfd.readouterr()
    written = [inside, everything_in(other), reports, "\n".join(records).encode(), (spoken.out + spoken.err).encode()]
    assert records
    assert [list(told_in(data, _FORMS)) for data in written] == [[]] * len(written)
    assert str(tmp_path).encode() not in inside


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "gb18030"])
@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_what_is_looked_for_is_found(encoding: str, before: str) -> None:
    coded = base64.b64encode((before + NAME + "尾").encode(encoding))
    assert list(told_in(coded, _FORMS))
    assert list(told_in(f"{before}{APPLICANT['phone']}".encode(encoding), _FORMS))


def test_pinyin_is_found() -> None:
    for said in ("ouyangshiyong", "Ouyang Shiyong".replace("Ouyang", "Ou Yang").replace("Shiyong", "Shi Yong"), "OYSY"):
        assert list(told_in(said.encode(), _FORMS)), said


def test_the_scanned_pages_are_weighed_and_names_that_are_not_ours_stay_out(tmp_path: Path) -> None:
    window = open_window(tmp_path / "data")
    taken_in(window)
    window.desk.close()
    (window.folder / NAME).write_bytes(b"a file somebody put there")
    with zipfile.ZipFile(pack(window.folder, tmp_path, {})) as parts:
        sizes = parts.read("sizes.txt").decode()
    lines = {line.partition(":")[0]: line.partition(": ")[2] for line in sizes.splitlines()}
    assert {"villagedesk.db", "vault", "(others)"} == {*lines}
    assert not lines["vault"].startswith("0 ") and NAME not in sizes


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["support-bundle", "--data", str(tmp_path / "none"), "--to", str(tmp_path)]) == 1
    (tmp_path / "data").mkdir()
    assert main(["support-bundle", "--data", str(tmp_path / "data"), "--to", str(tmp_path / "nowhere")]) == 1
    assert "store.write_failed" in capsys.readouterr().err

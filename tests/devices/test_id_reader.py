"""ID-card readers: the simulated one, and the helper process compiled here against a library of the makers' shape."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.id_cards import PERMIT, RESIDENT, record
from tests.needs import need_program
from villagedesk.app.devices import make_reader
from villagedesk.devices.id_reader_helper import HelperIdReader
from villagedesk.devices.id_reader_simulated import ReaderFault, SimulatedIdReader
from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem

SOURCE = Path(__file__).resolve().parents[2] / "installer" / "id_reader" / "id_reader.c"
FAKE_LIBRARY = Path(__file__).with_name("fake_sdtapi.c")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the helper and the library."""
    need_program("gcc")
    folder = tmp_path_factory.mktemp("id_reader")
    strict = ["gcc", "-Wall", "-Wextra", "-Werror", "-O1"]
    subprocess.run([*strict, "-shared", "-fPIC", "-o", folder / "libsdtapi.so", FAKE_LIBRARY], check=True)
    subprocess.run([*strict, "-o", folder / "helper", SOURCE, "-ldl"], check=True)
    return folder


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that says what lies on the reader."""
    file = tmp_path / "card"
    monkeypatch.setenv("FAKE_CARD", str(file))
    return file


@pytest.fixture
def reader(built: Path, card: Path) -> Iterator[HelperIdReader]:
    opened = HelperIdReader([str(built / "helper"), str(built / "libsdtapi.so")], read_seconds=5)
    yield opened
    opened.close()


def test_the_helper_reads_card_after_card(reader: HelperIdReader, card: Path) -> None:
    assert reader.available()  # though the library prints to standard output, as it does at every act
    card.write_bytes(record(RESIDENT))
    first = reader.read()
    card.write_bytes(record(PERMIT, "J"))
    second = reader.read()
    assert (first.kind, first.number, first.photo) == (
        DocumentKind.RESIDENT_ID,
        "410422190402299993",
        b"\x07" * 1024,
    )
    assert (second.kind, second.pass_number) == (DocumentKind.RESIDENCE_PERMIT_HMT, "H99999999")


@pytest.mark.parametrize(
    ("on_it", "kind", "key"),
    [
        (b"", InputProblem, "reader.no_card"),
        (b"worn", InputProblem, "reader.unreadable"),
        (b"half a record", InputProblem, "reader.unreadable"),
        (b"unplugged", EnvironmentProblem, "reader.unplugged"),
        (b"crash", EnvironmentProblem, "reader.no_answer"),
    ],
)
def test_every_trouble_is_told_and_the_next_card_is_read(
    reader: HelperIdReader, card: Path, on_it: bytes, kind: type[Problem], key: str
) -> None:
    card.write_bytes(on_it)
    with pytest.raises(kind) as told:
        reader.read()
    assert told.value.key == key
    card.write_bytes(record(RESIDENT))
    assert reader.read().name == "欧阳试用"


def test_a_library_that_hangs_is_ended_and_started_anew(built: Path, card: Path) -> None:
    reader = HelperIdReader([str(built / "helper"), str(built / "libsdtapi.so")], read_seconds=0.5)
    card.write_bytes(b"hang")
    with pytest.raises(EnvironmentProblem) as told:
        reader.read()
    assert told.value.key == "reader.no_answer"
    card.write_bytes(record(RESIDENT))
    assert reader.read().name == "欧阳试用"
    reader.close()


def test_without_the_makers_library(built: Path, card: Path) -> None:
    reader = HelperIdReader([str(built / "helper"), str(built / "no_such_library.so")])
    assert not reader.available()
    with pytest.raises(EnvironmentProblem) as told:
        reader.read()
    assert told.value.key == "reader.no_library"
    reader.close()


@pytest.mark.parametrize(
    ("code", "key"),
    # ERROR_BAD_EXE_FORMAT, ERROR_MOD_NOT_FOUND of Windows; a library without the functions
    [(193, "reader.wrong_library"), (126, "reader.no_library"), (0, "reader.no_library")],
)
def test_a_library_of_the_wrong_kind_is_told_apart_from_none(tmp_path: Path, code: int, key: str) -> None:
    script = tmp_path / "helper.py"
    says = f'{{"ok": false, "error": "no_library", "code": {code}}}'
    script.write_text(f"import sys\nfor line in sys.stdin:\n    print({says!r}, flush=True)\n", encoding="utf-8")
    reader = HelperIdReader([sys.executable, str(script)])
    with pytest.raises(EnvironmentProblem) as told:
        reader.read()
    assert told.value.key == key
    reader.close()


def test_the_system_says_why_a_library_cannot_be_loaded(built: Path, tmp_path: Path) -> None:
    library = tmp_path / "sdtapi.so"
    for code in (errno.ENOENT, errno.ENOEXEC):
        said = subprocess.run([built / "helper", library], input=b"read\n", capture_output=True, check=True).stdout
        assert json.loads(said) == {"ok": False, "error": "no_library", "code": code}
        library.write_bytes(b"no library")


@pytest.mark.parametrize("says", ["nonsense", "[1]", '{"ok": true, "record": "zz"}', '{"ok": true}', ""])
def test_an_answer_that_is_none_is_told(tmp_path: Path, says: str) -> None:
    script = tmp_path / "helper.py"
    script.write_text(f"import sys\nfor line in sys.stdin:\n    print({says!r}, flush=True)\n", encoding="utf-8")
    reader = HelperIdReader([sys.executable, str(script)])
    with pytest.raises((EnvironmentProblem, InputProblem)) as told:
        reader.read()
    assert told.value.key in ("reader.no_answer", "reader.unreadable")
    reader.close()


def test_no_helper_no_reader(tmp_path: Path) -> None:
    assert make_reader("auto") is None  # nothing is installed beside a run from source
    assert make_reader("none") is None
    reader = HelperIdReader([str(tmp_path / "missing")])
    assert not reader.available()
    with pytest.raises(EnvironmentProblem) as told:
        reader.read()
    assert told.value.key == "reader.no_library"


def test_the_simulated_reader_lays_down_one_card_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "1.record").write_bytes(record(RESIDENT))
    (tmp_path / "2.record").write_bytes(record(PERMIT, "J"))
    reader = make_reader(f"simulated:{tmp_path}")
    assert isinstance(reader, SimulatedIdReader)
    assert [reader.read().name for _ in range(3)] == ["欧阳试用", "陈样张", "陈样张"]


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (ReaderFault.UNPLUGGED, "reader.unplugged"),
        (ReaderFault.NO_CARD, "reader.no_card"),
        (ReaderFault.TORN_RECORD, "reader.unreadable"),
    ],
)
def test_faults_of_the_simulated_reader(fault: ReaderFault, key: str) -> None:
    reader = SimulatedIdReader([record(RESIDENT)])
    reader.set_fault(fault)
    assert reader.available() is (fault is not ReaderFault.UNPLUGGED)
    with pytest.raises((EnvironmentProblem, InputProblem)) as told:
        reader.read()
    assert told.value.key == key
    reader.set_fault(ReaderFault.NONE)
    assert reader.read().name == "欧阳试用"

"""A PDF from elsewhere is read in a process of its own: whatever it does to that, the program says so (I11)."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.papers.samples import fonts, receipt, sizes_mm
from villagedesk.devices.pdf_process import FROM_SOURCE, PdfProcess
from villagedesk.devices.printer_qt import QtPrinter
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.papers.receipt import render
from villagedesk.practice.documents import pdf_of

PDF = pdf_of(("办理结果", "准予"))
_READ = "import json, os, signal, struct, sys, time; asked = open(0, 'rb'); said = open(1, 'wb');"
_WHOLE = "asked.read(struct.unpack('>Q', asked.read(8))[0]);"
_SIZES = "said.write(b'{\"sizes\": [[595, 842], [595, 842]]}\\n'); said.flush(); asked.readline();"
_FIRST = 'said.write(b\'{"kind": "colour", "bytes": 64}\\n\' + bytes(64)); said.flush(); asked.readline();'
_KILLED = "os.kill(os.getpid(), signal.SIGSEGV)"
_HANGS = "time.sleep(600)"
POOR = {
    "crashes before it reads": _KILLED,
    "crashes at the file": _WHOLE + _KILLED,
    "hangs before it reads": _HANGS,
    "hangs at the file": _WHOLE + _HANGS,
    "says nothing and ends": _WHOLE,
    "says what is no JSON": _WHOLE + "said.write(b'\\xff{\\n')",
    "nests what it says": _WHOLE + "said.write(b'[' * 20_000 + b']' * 20_000 + b'\\n')",
    "says no object": _WHOLE + "said.write(b'[]\\n')",
    "says no pages": _WHOLE + "said.write(b'{\"sizes\": []}\\n')",
    "says no numbers": _WHOLE + 'said.write(b\'{"sizes": [["a", null]]}\\n\')',
    "says an error nobody knows": _WHOLE + 'said.write(b\'{"error": "x"}\\n\')',
    "never ends its line": _WHOLE + "said.write(b'x' * 10_000_000)",
    "crashes at the page": _WHOLE + _SIZES + _KILLED,
    "hangs at the page": _WHOLE + _SIZES + _HANGS,
    "crashes at the second page": _WHOLE + _SIZES + _FIRST + _KILLED,
    "gives another size": _WHOLE + _SIZES + 'said.write(b\'{"kind": "colour", "bytes": 80}\\n\' + bytes(80))',
    "gives half a picture": _WHOLE + _SIZES + 'said.write(b\'{"kind": "colour", "bytes": 64}\\n\' + bytes(9))',
    "gives a kind nobody knows": _WHOLE + _SIZES + 'said.write(b\'{"kind": "x", "bytes": 16}\\n\' + bytes(16))',
    "is not there": "",
}


def command(body: str) -> tuple[str, ...]:
    return (sys.executable, "-c", _READ + body) if body else ("/nowhere/at/all",)


@pytest.mark.parametrize("name", POOR)
def test_a_reader_that_fails_is_ended_and_says_so(name: str) -> None:
    large = PDF + b"\0" * 300_000  # more than a pipe holds
    with (
        pytest.raises(EnvironmentProblem) as caught,
        PdfProcess(large, command(POOR[name]), open_seconds=2.0, page_seconds=1.0) as document,
    ):
        for page in range(2):
            document.band(page, (4, 4), 0, 4)
    assert caught.value.key == "printer.pdf_broke"


def test_no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen

    def noted(*arguments: object, **named: object) -> subprocess.Popen[bytes]:
        started.append(begin(*arguments, **named))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    with PdfProcess(PDF) as document:
        assert started[0].poll() is None
        document.band(0, (10, 14), 0, 14)
    with (
        pytest.raises(EnvironmentProblem),
        PdfProcess(PDF, command(POOR["hangs at the file"]), open_seconds=0.5),
    ):
        pass
    assert [process.poll() is None for process in started] == [False, False]


def test_a_page_is_drawn_on_white() -> None:
    with PdfProcess(PDF) as document:
        assert document.sizes == ((595.0, 842.0),)
        band = document.band(0, (595, 842), 0, 842)
    assert (band.width, band.rows, band.bytes_a_pixel) == (595, 842, 1)
    assert max(band.pixels) == 255
    assert min(band.pixels) < 100, "and something is drawn"


def locked() -> bytes:
    file = io.BytesIO()
    sheet = Canvas(file, encrypt=StandardEncryption("secret", "other", strength=128))
    sheet.drawString(100, 100, "1")
    sheet.save()
    return file.getvalue()


def of_pages(count: int, size: float = 595) -> bytes:
    file = io.BytesIO()
    sheet = Canvas(file, pagesize=(size, size))
    for _ in range(count):
        sheet.showPage()
    sheet.save()
    return file.getvalue()


@pytest.mark.parametrize(
    ("pdf", "key"),
    [
        (b"%PDF-1.7\n" + bytes(1000), "printer.not_pdf"),
        (PDF[: len(PDF) // 2], "printer.not_pdf"),
        (PDF.replace(b"/Kids[3 0 R]/Count 1", b"/Kids[     ]/Count 0"), "printer.not_pdf"),
        (locked(), "printer.locked"),
        (of_pages(201), "printer.too_large"),
        (of_pages(1, 14_400), "printer.too_large"),
    ],
    ids=["nothing", "cut", "no pages", "locked", "pages", "size"],
)
@pytest.mark.usefixtures("qapp")
def test_what_cannot_be_printed_is_named_and_nothing_comes_out(pdf: bytes, key: str, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    with pytest.raises(EnvironmentProblem) as caught:
        QtPrinter("试机", output_file=out).print_pdf(pdf, "result")
    assert caught.value.key == key
    assert not out.exists()


def test_a_picture_larger_than_memory_is_told_and_the_next_one_comes() -> None:
    with PdfProcess(PDF) as document:
        with pytest.raises(EnvironmentProblem, match="memory"):
            document.band(0, (30_000, 30_000), 0, 30_000)
        assert len(document.band(0, (100, 140), 0, 140).pixels) == 14_000


def test_spoiled_files_harm_nobody() -> None:
    """Bytes overwritten here and there, seeded: each is drawn or named, and never more than that."""
    sound, chance = render(receipt(), fonts()), random.Random(11)
    ends: set[str] = set()
    for _ in range(12):
        spoiled = bytearray(sound)
        for _ in range(200):
            spoiled[chance.randrange(8, len(spoiled))] = chance.randrange(256)
        try:
            with PdfProcess(bytes(spoiled), page_seconds=20.0) as document:
                document.band(0, (595, 842), 0, 842)
            ends.add("drawn")
        except EnvironmentProblem as problem:
            ends.add(problem.key)
    assert ends <= {"drawn", "printer.not_pdf", "printer.locked", "printer.too_large", "printer.pdf_broke"}
    assert len(ends) > 1, "some are spoiled enough"


@pytest.mark.usefixtures("qapp")
def test_a_reader_that_dies_at_the_second_page_leaves_no_half_paper_and_the_next_comes_out(tmp_path: Path) -> None:
    script = tmp_path / "reader.py"
    script.write_text(
        "import os, signal\nfrom villagedesk.devices import pdf_pages_child as reader\n"
        "band = reader._Pages.band\n"
        "def once(self, number, *more):\n    return band(self, number, *more) if number == 0 else os.abort()\n"
        "reader._Pages.band = once\nreader.main()\n"
    )
    out = tmp_path / "out.pdf"
    pdf = render(receipt(20), fonts())
    with pytest.raises(EnvironmentProblem) as caught:
        QtPrinter("试机", output_file=out, reader=(sys.executable, str(script))).print_pdf(pdf, "result")
    assert caught.value.key == "printer.pdf_broke"
    assert len(sizes_mm(pdf)) == 2
    assert not out.exists(), "half of it"
    QtPrinter("试机", output_file=tmp_path / "next.pdf").print_pdf(pdf, "result")
    assert (tmp_path / "next.pdf").stat().st_size > 0


def test_the_program_itself_never_loads_the_reader() -> None:
    """What reads PDF files in C++ is loaded by the child alone."""
    looked = (
        "import sys; import villagedesk.devices.printers_qt, villagedesk.devices.pdf_process;"
        "sys.exit(any(name in sys.modules for name in ('PySide6.QtPdf', 'pypdfium2')))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    assert subprocess.run([sys.executable, "-c", looked], env=environment, check=False).returncode == 0
    assert FROM_SOURCE[-1].endswith("pdf_pages_child")

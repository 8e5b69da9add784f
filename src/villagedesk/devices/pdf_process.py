"""A PDF file read in a process of its own, which may crash or hang without harm to the program (I11).

This end gives it the file, eight bytes of its length before it, and hears one line of JSON: ``{"sizes": [[w, h], …]}``
in points, or ``{"error": "not_pdf" | "locked" | "too_large"}``. Then it asks for a band of a page with a line ``page
width height top rows``: the page drawn in width × height pixels, of which so many rows from the top one on. It hears
``{"kind": "white" | "grey" | "colour", "bytes": n}`` and the n bytes of the picture: none, one to a pixel, or four
(blue, green, red, unused); or ``{"error": "memory"}``. The other end is :mod:`villagedesk.devices.pdf_pages_child`.
"""

from __future__ import annotations

import contextlib
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from villagedesk.devices.helper_process import LONGEST_LINE, answer_in, begin
from villagedesk.devices.ports import Band
from villagedesk.domain.problems import EnvironmentProblem

FROM_SOURCE: Sequence[str] = (sys.executable, "-m", "villagedesk.devices.pdf_pages_child")
_OPEN_SECONDS = 60.0
"""Start and reading; a slow disk with a virus scanner takes its time over the first start of the day."""
_PAGE_SECONDS = 60.0
_BYTES_A_PIXEL = {"white": 0, "grey": 1, "colour": 4}
_ERRORS = {"not_pdf": "printer.not_pdf", "locked": "printer.locked", "too_large": "printer.too_large"}
_Heard = TypeVar("_Heard")


class PdfProcess:
    """One PDF in one process, which ends with the ``with`` block. Not for several threads.

    Args:
        command: starts the other end.
        open_seconds, page_seconds: how long it may take for the file, and for a band of a page, before it is ended.

    ``sizes`` holds width and height of each page in points.

    Raises:
        EnvironmentProblem: at the beginning of the block ``printer.not_pdf``, ``printer.locked``,
            ``printer.too_large``; there and for each page ``printer.pdf_broke`` when the process crashed or hung.
    """

    def __init__(
        self,
        pdf: bytes,
        command: Sequence[str] = FROM_SOURCE,
        open_seconds: float = _OPEN_SECONDS,
        page_seconds: float = _PAGE_SECONDS,
    ) -> None:
        self._pdf = pdf
        self._command = tuple(command)
        self._open_seconds = open_seconds
        self._page_seconds = page_seconds
        self._process: subprocess.Popen[bytes]
        self.sizes: tuple[tuple[float, float], ...] = ()

    def __enter__(self) -> PdfProcess:
        try:
            self._process = begin(self._command)
        except OSError:
            raise EnvironmentProblem("printer.pdf_broke") from None
        try:
            told = self._hear(self._open, self._open_seconds)
            if "error" in told:
                raise EnvironmentProblem(_ERRORS.get(str(told["error"]), "printer.pdf_broke"))
            self.sizes = self._hear(lambda: _sizes(told), self._open_seconds)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        with contextlib.suppress(OSError):
            self._process.communicate()

    def band(self, page: int, size: tuple[int, int], top: int, rows: int) -> Band:
        """Some rows of a page.

        Args:
            size: width and height in pixels that the whole page is drawn in.
            top, rows: from which row on, and how many.

        Raises:
            EnvironmentProblem: ``printer.memory`` when the picture is not to be had; ``printer.pdf_broke``.
        """

        def ask() -> Band | None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{page} {size[0]} {size[1]} {top} {rows}\n".encode())
            self._process.stdin.flush()
            told = self._line()
            if told.get("error") == "memory":
                return None
            each = _BYTES_A_PIXEL[told["kind"]]
            length = size[0] * rows * each
            if told["bytes"] != length:
                raise ValueError("a picture of another size")
            pixels = self._process.stdout.read(length)
            if len(pixels) != length:
                raise EOFError
            return Band(size[0], rows, each, pixels)

        band = self._hear(ask, self._page_seconds)
        if band is None:
            raise EnvironmentProblem("printer.memory")
        return band

    def _open(self) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(struct.pack(">Q", len(self._pdf)))
        self._process.stdin.write(self._pdf)
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        return answer_in(self._process.stdout.readline(LONGEST_LINE))

    def _hear(self, work: Callable[[], _Heard], seconds: float) -> _Heard:
        with self._ends_after(seconds):
            try:
                return work()
            except (OSError, EOFError, ValueError, KeyError, TypeError):
                raise EnvironmentProblem("printer.pdf_broke") from None

    @contextlib.contextmanager
    def _ends_after(self, seconds: float) -> Iterator[None]:
        """Ended, it says nothing more, and whoever waits for its word goes on."""
        timer = threading.Timer(seconds, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _sizes(told: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    sizes = tuple((float(width), float(height)) for width, height in told["sizes"])
    if not sizes:
        raise ValueError("no pages")
    return sizes

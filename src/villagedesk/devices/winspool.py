"""The calls to the Windows spooler (winspool.drv), as :class:`SpoolCalls` names them; what they mean stands in
:mod:`villagedesk.devices.printer_windows`.

STATUS: never run on hardware, nor on Windows itself.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable, Iterator
from ctypes import POINTER, byref, c_int, c_uint32, c_void_p, c_wchar_p
from dataclasses import dataclass
from typing import Any, Protocol

_INSUFFICIENT_BUFFER = 122
_LOCAL_AND_CONNECTED = 0x2 | 0x4
_CONTROL_DELETE = 5
_MOST_JOBS = 10_000


@dataclass(frozen=True)
class WindowsJob:
    """A job in a queue.

    Args:
        status: ``JOB_STATUS_*`` bits.
    """

    job_id: int
    document: str
    status: int


class SpoolError(Exception):
    """The spooler refused.

    Args:
        code: of ``GetLastError``.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SpoolCalls(Protocol):
    """All may raise SpoolError."""

    def printers(self) -> list[str]:
        """Names of the printers of this PC, and those of others that it is connected to."""

    def default_printer(self) -> str:
        """ "" when there is none."""

    def printer(self, name: str) -> tuple[int, int]:
        """``PRINTER_STATUS_*`` and ``PRINTER_ATTRIBUTE_*`` bits."""

    def jobs(self, name: str) -> list[WindowsJob]:
        """The jobs in a printer's queue."""

    def delete(self, name: str, job_id: int) -> None:
        """Take a job out of a printer's queue."""


class _Time(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint16) for name in ("year", "month", "weekday", "day", "hour", "minute", "s", "ms")]


class _Printer2(ctypes.Structure):
    """PRINTER_INFO_2W."""

    _fields_ = [
        *((name, c_void_p) for name in ("server", "name", "share", "port", "driver", "comment", "location", "mode")),
        *((name, c_void_p) for name in ("separator", "processor", "datatype", "parameters", "security")),
        *((name, c_uint32) for name in ("attributes", "priority", "default_priority", "start", "until")),
        *((name, c_uint32) for name in ("status", "jobs", "pages_a_minute")),
    ]


class _Printer4(ctypes.Structure):
    """PRINTER_INFO_4W."""

    _fields_ = [("name", c_wchar_p), ("server", c_wchar_p), ("attributes", c_uint32)]


class _Job1(ctypes.Structure):
    """JOB_INFO_1W."""

    _fields_ = [
        ("job_id", c_uint32),
        *((name, c_wchar_p) for name in ("printer", "machine", "user", "document", "datatype", "status_text")),
        *((name, c_uint32) for name in ("status", "priority", "position", "pages", "printed")),
        ("submitted", _Time),
    ]


class WinSpool:
    """The spooler of this PC."""

    def __init__(self) -> None:
        self._drv = ctypes.WinDLL("winspool.drv", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
        out = POINTER(c_uint32)
        for name, arguments in (
            ("OpenPrinterW", (c_wchar_p, POINTER(c_void_p), c_void_p)),
            ("ClosePrinter", (c_void_p,)),
            ("GetPrinterW", (c_void_p, c_uint32, c_void_p, c_uint32, out)),
            ("EnumPrintersW", (c_uint32, c_wchar_p, c_uint32, c_void_p, c_uint32, out, out)),
            ("EnumJobsW", (c_void_p, c_uint32, c_uint32, c_uint32, c_void_p, c_uint32, out, out)),
            ("SetJobW", (c_void_p, c_uint32, c_uint32, c_void_p, c_uint32)),
            ("GetDefaultPrinterW", (c_void_p, out)),
        ):
            function = getattr(self._drv, name)
            function.restype, function.argtypes = c_int, arguments

    def printers(self) -> list[str]:
        """See :class:`SpoolCalls`."""
        count = c_uint32()

        def ask(buffer: Any, size: int, needed: Any) -> int:
            return int(self._drv.EnumPrintersW(_LOCAL_AND_CONNECTED, None, 4, buffer, size, needed, byref(count)))

        buffer = _filled(ask)
        return [one.name or "" for one in (_Printer4 * count.value).from_buffer(buffer)]

    def default_printer(self) -> str:
        """See :class:`SpoolCalls`."""
        characters = c_uint32()
        self._drv.GetDefaultPrinterW(None, byref(characters))
        text = ctypes.create_unicode_buffer(characters.value or 1)
        return text.value if self._drv.GetDefaultPrinterW(text, byref(characters)) else ""

    def printer(self, name: str) -> tuple[int, int]:
        """See :class:`SpoolCalls`."""
        with self._opened(name) as handle:
            buffer = _filled(lambda buffer, size, needed: self._drv.GetPrinterW(handle, 2, buffer, size, needed))
            told = _Printer2.from_buffer(buffer)
            return told.status, told.attributes

    def jobs(self, name: str) -> list[WindowsJob]:
        """See :class:`SpoolCalls`."""
        count = c_uint32()
        with self._opened(name) as handle:

            def ask(buffer: Any, size: int, needed: Any) -> int:
                return int(self._drv.EnumJobsW(handle, 0, _MOST_JOBS, 1, buffer, size, needed, byref(count)))

            buffer = _filled(ask)
            jobs = (_Job1 * count.value).from_buffer(buffer)
            return [WindowsJob(job.job_id, job.document or "", job.status) for job in jobs]

    def delete(self, name: str, job_id: int) -> None:
        """See :class:`SpoolCalls`."""
        with self._opened(name) as handle:
            _check(self._drv.SetJobW(handle, job_id, 0, None, _CONTROL_DELETE))

    @contextlib.contextmanager
    def _opened(self, name: str) -> Iterator[c_void_p]:
        handle = c_void_p()
        _check(self._drv.OpenPrinterW(name, byref(handle), None))
        try:
            yield handle
        finally:
            self._drv.ClosePrinter(handle)


def _filled(ask: Callable[[Any, int, Any], int]) -> Any:
    """A buffer with what ``ask`` writes into it, as large as that says: the queue may grow between two questions."""
    needed, buffer = c_uint32(), ctypes.create_string_buffer(1)
    while not ask(buffer, len(buffer), byref(needed)):
        code = _last_error()
        if code != _INSUFFICIENT_BUFFER or needed.value <= len(buffer):
            raise SpoolError(code)
        buffer = ctypes.create_string_buffer(needed.value)
    return buffer


def _check(done: int) -> None:
    if not done:
        raise SpoolError(_last_error())


def _last_error() -> int:
    return int(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]

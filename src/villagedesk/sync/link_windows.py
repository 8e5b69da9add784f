"""Windows: its notices that interfaces, addresses or routes changed (IP Helper, ``netioapi.h``).

STATUS: never run on Windows. So looking from time to time goes on beside them.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Callable
from typing import Any

from villagedesk.sync.link import LinkNotices

_ALL_FAMILIES = 0
_CALLS = ("NotifyIpInterfaceChange", "NotifyUnicastIpAddressChange", "NotifyRouteChange2")


class WindowsNotices:
    """Wakes at every change of interfaces, addresses and routes; the system calls from a thread of its own.

    Args:
        beside: notices that go on beside the system's.
    """

    def __init__(self, beside: LinkNotices) -> None:
        self._beside = beside
        self._library: Any = None
        self._handles: list[ctypes.c_void_p] = []
        self._callback: Any = None

    def start(self, listener: Callable[[], None]) -> None:
        self._beside.start(listener)
        with contextlib.suppress(OSError, AttributeError):
            self._ask(listener)

    def stop(self) -> None:
        while self._handles:
            # Returns when the last call has ended.
            self._library.CancelMibChangeNotify2(self._handles.pop())
        self._beside.stop()

    def _ask(self, listener: Callable[[], None]) -> None:
        self._library = getattr(ctypes, "WinDLL")("iphlpapi")  # noqa: B009 - only Windows' ctypes has it
        kind = getattr(ctypes, "WINFUNCTYPE")(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)  # noqa: B009
        # Kept as long as the system may call it.
        self._callback = kind(lambda _context, _row, _what: listener())
        self._library.CancelMibChangeNotify2.argtypes = [ctypes.c_void_p]
        for name in _CALLS:
            call = getattr(self._library, name)
            call.argtypes = [ctypes.c_ushort, kind, ctypes.c_void_p, ctypes.c_ubyte, ctypes.c_void_p]
            handle = ctypes.c_void_p()
            if call(_ALL_FAMILIES, self._callback, None, 0, ctypes.byref(handle)) == 0:
                self._handles.append(handle)

"""A station whose names are looked up at a server of the test's, and that server."""

from __future__ import annotations

import contextlib
import ctypes
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

_NEW_MOUNTS = 0x20000
_NO_SUCH_NAME = b"\x81\x83"
"""Flags of an answer (RFC 1035): NXDOMAIN."""


def with_resolver(server: str, folder: Path, act: Callable[[], None]) -> None:
    """Do something in a thread that has a ``resolv.conf`` of its own, and with it the threads it starts."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            if ctypes.CDLL(None, use_errno=True).unshare(_NEW_MOUNTS) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            conf = folder / "resolv.conf"
            conf.write_text(f"nameserver {server}\n")
            for words in (("--make-rprivate", "/"), ("--bind", str(conf), "/etc/resolv.conf")):
                subprocess.run(["mount", *words], check=True, capture_output=True)
            act()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="resolver-test")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


class DenyingServer:
    """Knows no name, and says so. Made in the namespace it is to be in."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 53))
        self._socket.settimeout(0.2)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="denying-server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Answers nobody any more."""
        self._closed.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._closed.is_set():
            with contextlib.suppress(TimeoutError):
                question, asker = self._socket.recvfrom(4096)
                self._socket.sendto(question[:2] + _NO_SUCH_NAME + question[4:6] + bytes(6) + question[12:], asker)

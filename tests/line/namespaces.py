"""Two network namespaces without names, each with one end of the line; they are gone when the last process in them is.

Needs Linux and root. Nothing is changed outside: a namespace is entered by this process, and lives on by its handle.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VILLAGE, COUNTY = "10.77.0.1", "10.77.0.2"
"""The addresses of the two ends, seen in these namespaces only."""

_CLONE_NEWNET = 0x40000000
_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_DEVICE = "line0"
_CONGESTION_CONTROL = b"cubic"
"""What Debian and Windows have by default; the machine that tests may have another, such as BBR, which cares little
about losses. A namespace's own default can only be one that unprivileged programs may choose; Reno always is."""


@dataclass(frozen=True)
class End:
    """One end of the line.

    Args:
        namespace: handle of its network namespace.
        tun: handle that reads what the end sends and writes what it receives, without blocking.
    """

    namespace: int
    tun: int


def make_end(own: str, other: str) -> End:
    """A new namespace with a TUN device; this process is in it afterwards.

    Raises:
        OSError: not root, or a kernel without namespaces or TUN.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _IFF_TUN | _IFF_NO_PI))
    _sysctl("net/ipv4/tcp_congestion_control", "reno")
    # A run must not inherit what an earlier connection learned of the line.
    _sysctl("net/ipv4/tcp_no_metrics_save", "1")
    commands = f"link set lo up\naddress add {own} peer {other} dev {_DEVICE}\nlink set {_DEVICE} mtu 1500 up\n"
    subprocess.run(["ip", "-batch", "-"], input=commands, text=True, check=True)
    return End(os.open("/proc/self/ns/net", os.O_RDONLY), tun)


def enter(namespace: int) -> None:
    """Put this process, of one thread, into a namespace.

    Raises:
        OSError: not root.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def use_cubic() -> None:
    """From now on every TCP socket of this process is as on a usual PC. Accepted ones are as the one that listens.

    Raises:
        OSError: by the sockets made later, where the kernel has no CUBIC.
    """
    plain = socket.socket.__init__

    def made(self: socket.socket, *values: Any, **named: Any) -> None:
        plain(self, *values, **named)
        if self.type == socket.SOCK_STREAM and self.family in (socket.AF_INET, socket.AF_INET6):
            self.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, _CONGESTION_CONTROL)

    vars(socket)["socket"].__init__ = made


def _sysctl(name: str, value: str) -> None:
    Path("/proc/sys", name).write_text(value, encoding="ascii")

"""Three network namespaces: the station with a cable to its router and a VPN to the county.

```
station  eth0 192.168.1.35 ──cable── lan 192.168.1.1  router (and all the internet: whatever a test lets it answer)
         ppp0 10.200.3.9  ══VPN═══ tun0 10.200.3.1    county, where the acceptance system is 10.41.4.21
```

The VPN is two TUN devices and a thread that carries packets between them, so it is a tunnel as the kernel knows them.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import secrets
import select
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.needs import need_program, need_root_on_linux, not_run

HOST = "10.41.4.21"
ROUTER = "192.168.1.1"
STATION, WAY_IN, COUNTY, PROVIDER = "station", "router", "county", "provider"
PROVIDERS_SIDE = "100.64.0.1"
_NEW_NET = 0x40000000
_SET_INTERFACE = 0x400454CA
_TUN_WITHOUT_HEADER = 0x0001 | 0x1000


def need_namespaces() -> None:
    """What these tests need of the machine."""
    need_root_on_linux("a network namespace")
    need_program("ip")
    if not Path("/dev/net/tun").exists():
        not_run("/dev/net/tun is not there")


class Network:
    """The three namespaces, with everything working.

    Args:
        vpn: False for a station that reaches the county by no VPN: the county's address is then nobody's.
    """

    def __init__(self, *, vpn: bool = True) -> None:
        mark = f"vd{secrets.token_hex(3)}"
        self._names = {name: f"{mark}-{name}" for name in (STATION, WAY_IN, COUNTY, PROVIDER)}
        self._tunnel: _Tunnel | None = None
        self._here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            for name in self._names:
                _run("netns", "add", self._names[name])
                self.ip(name, "link", "set", "lo", "up")
            self.ip(STATION, "link", "add", "eth0", "type", "veth", "peer", "name", "lan")
            self.ip(STATION, "link", "set", "lan", "netns", self._names[WAY_IN])
            self.ip(WAY_IN, "address", "add", f"{ROUTER}/24", "dev", "lan")
            self.ip(WAY_IN, "link", "set", "lan", "up")
            self.plug_in()
            self.ip(COUNTY, "address", "add", f"{HOST}/32", "dev", "lo")
            if vpn:
                self.dial("ppp0")
        except BaseException:
            self.close()
            raise

    def ip(self, where: str, *words: str) -> None:
        """``ip`` in one of the namespaces."""
        _run("-n", self._names[where], *words)

    @contextlib.contextmanager
    def inside(self, where: str) -> Iterator[None]:
        """This thread, and threads it starts meanwhile, are in that namespace."""
        with (Path("/run/netns") / self._names[where]).open() as there:
            _enter(there.fileno())
        try:
            yield
        finally:
            _enter(self._here)

    def plug_in(self, address: str = "192.168.1.35") -> None:
        """The station's card is switched on and gets its address and router."""
        self.ip(STATION, "link", "set", "eth0", "up")
        self.ip(STATION, "address", "flush", "dev", "eth0")
        self.ip(STATION, "address", "add", f"{address}/24", "dev", "eth0")
        self.ip(STATION, "route", "replace", "default", "via", ROUTER)

    def dial(self, name: str) -> None:
        """The VPN comes up under that name."""
        self._tunnel = _Tunnel(self, name)

    def hang_up(self) -> None:
        """The VPN goes, with its interface and its route."""
        if self._tunnel is not None:
            self._tunnel.close()
            self._tunnel = None

    def broadband(self) -> None:
        """The router forwards to a provider, who knows no way to the county and says where a packet's life ends."""
        self.ip(WAY_IN, "link", "add", "wan", "type", "veth", "peer", "name", "home")
        self.ip(WAY_IN, "link", "set", "home", "netns", self._names[PROVIDER])
        for where, card, address in ((WAY_IN, "wan", "100.64.0.2/30"), (PROVIDER, "home", f"{PROVIDERS_SIDE}/30")):
            self.ip(where, "address", "add", address, "dev", card)
            self.ip(where, "link", "set", card, "up")
        self.ip(WAY_IN, "route", "add", "default", "via", PROVIDERS_SIDE)
        self.ip(PROVIDER, "route", "add", "192.168.1.0/24", "via", "100.64.0.2")
        # what it knows no way for goes on into its own network, and nobody is there
        self.ip(PROVIDER, "link", "add", "core", "type", "veth", "peer", "name", "next")
        for card in ("core", "next"):
            self.ip(PROVIDER, "link", "set", card, "up")
        self.ip(PROVIDER, "route", "add", "default", "dev", "core")
        for where in (WAY_IN, PROVIDER):
            with self.inside(where):
                Path("/proc/sys/net/ipv4/ip_forward").write_text("1")

    def broadband_breaks(self) -> None:
        """The router finds that it has no way out any more."""
        self.ip(WAY_IN, "link", "set", "wan", "down")

    def stranger_takes_the_address(self) -> None:
        """Somebody on the internet side answers under the acceptance system's address."""
        self.ip(WAY_IN, "address", "add", f"{HOST}/32", "dev", "lo")

    def close(self) -> None:
        """Everything goes."""
        self.hang_up()
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        os.close(self._here)


class _Tunnel:
    """Carries packets between two TUN devices until closed; closing takes the devices away."""

    def __init__(self, network: Network, name: str) -> None:
        self._ends = []
        for where, called, own, other in (
            (STATION, name, "10.200.3.9", "10.200.3.1"),
            (COUNTY, "tun0", "10.200.3.1", "10.200.3.9"),
        ):
            with network.inside(where):
                end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
                self._ends.append(end)
                fcntl.ioctl(end, _SET_INTERFACE, struct.pack("16sH22x", called.encode(), _TUN_WITHOUT_HEADER))
            network.ip(where, "address", "add", own, "peer", other, "dev", called)
            network.ip(where, "link", "set", called, "up")
        network.ip(STATION, "route", "add", "10.41.4.0/24", "dev", name)
        self._stop_reader, self._stop_writer = os.pipe()
        self._thread = threading.Thread(target=self._carry, name="vpn", daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._stop_writer, b"x")
        self._thread.join()
        for end in (*self._ends, self._stop_reader, self._stop_writer):
            os.close(end)

    def _carry(self) -> None:
        first, second = self._ends
        while True:
            ready, _, _ = select.select([first, second, self._stop_reader], [], [])
            if self._stop_reader in ready:
                return
            for end in ready:
                with contextlib.suppress(OSError):
                    os.write(second if end == first else first, os.read(end, 65536))


def _enter(namespace: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(namespace, _NEW_NET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def _run(*words: str) -> None:
    done = subprocess.run(["ip", *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"

"""What a host's name stands for, asked of the system's resolver in a thread of its own.

``getaddrinfo`` cannot be given a time: with a resolver that does not answer it takes from five seconds to half a
minute, in which a pulled cable would not be told. So who asks waits as long as it likes and then goes on with what was
known before.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

_SLICE_S = 0.2
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


@dataclass(frozen=True)
class Found:
    """A search that ended.

    Args:
        places: numeric addresses, none when the name is not known now.
        denied: a resolver answered that there is no such name. Windows says so, too, when no resolver answers.
    """

    places: tuple[str, ...] = ()
    denied: bool = False


class Names:
    """Asks for one host at a time, however many wait. Safe to use from several threads."""

    def __init__(self) -> None:
        self._moved = threading.Condition()
        self._searches: dict[str, int] = {}
        self._under_way: set[str] = set()
        self._last: dict[str, Found] = {}
        self._known: dict[str, tuple[str, ...]] = {}

    def search(self, host: str, seconds: float, given_up: Callable[[], bool] = lambda: False) -> Found | None:
        """What a search that ends now finds; None when it does not end in time."""
        number = literal(host)
        if number is not None:
            return Found((number,))
        with self._moved:
            wanted = self._searches.get(host, 0) + 1
            if host not in self._under_way:
                self._under_way.add(host)
                threading.Thread(target=self._search, args=(host,), name="names", daemon=True).start()
            until = monotonic() + seconds
            while self._searches.get(host, 0) < wanted:
                left = until - monotonic()
                if left <= 0 or given_up():
                    return None
                self._moved.wait(min(left, _SLICE_S))
            return self._last[host]

    def known(self, host: str) -> tuple[str, ...]:
        """The addresses found last, none before the first search that found any. Asks nobody."""
        number = literal(host)
        with self._moved:
            return self._known.get(host, ()) if number is None else (number,)

    def _search(self, host: str) -> None:
        found = _asked(host)
        with self._moved:
            self._last[host] = found
            if found.places:
                self._known[host] = found.places
            self._searches[host] = self._searches.get(host, 0) + 1
            self._under_way.discard(host)
            self._moved.notify_all()


def literal(host: str) -> str | None:
    """The host itself where it is a numeric address."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _asked(host: str) -> Found:
    try:
        entries = socket.getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except socket.gaierror as error:
        return Found(denied=sys.platform != "win32" and error.errno in _NO_SUCH_NAME)
    except (OSError, UnicodeError):
        return Found()
    return Found(tuple(dict.fromkeys(str(entry[4][0]) for entry in entries)))

"""Network notices where the system's own are not used: the route to the host is looked at from time to time.

That is Linux where the kernel gives no netlink socket, and Windows beside its own notices, which were never seen at
work: a change is noticed up to one look later.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from villagedesk.sync.link import LinkProbe


class PollingNotices:
    """Notices a change of the route to the acceptance system. Nothing is sent.

    Args:
        seconds: between two looks.
    """

    def __init__(self, probe: LinkProbe, host: str, seconds: float = 5.0) -> None:
        self._probe = probe
        self._host = host
        self._seconds = seconds
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, listener: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=self._watch, args=(listener,), name="link-polling", daemon=True)
        self._thread.start()

    def stop(self, seconds: float) -> bool:
        self._stopping.set()
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _watch(self, listener: Callable[[], None]) -> None:
        before = self._probe.route_to(self._host)
        while not self._stopping.wait(self._seconds):
            now = self._probe.route_to(self._host)
            if now is not before:
                before = now
                listener()

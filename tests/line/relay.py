"""The process between the two ends of a line: holds every packet for as long as the line would, and loses some.

``python -m tests.line.relay`` makes the two namespaces, says where they are, and takes orders as JSON, one a line:
``{"line": {…}}``, ``{"gap": seconds}``, ``{"cut": seconds}``, ``{"report": true}``. It ends with its input.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import os
import select
import sys
import time
from random import Random
from typing import Any

from tests.line.flows import Flows
from tests.line.namespaces import COUNTY, VILLAGE, make_end
from tests.line.packets import reset, segment_of
from tests.line.setting import LineSetting

_MOST = 65536
_FULL = 1000
"""Payload bytes of a packet that carries pages, not questions."""


class Direction:
    """One direction of the line.

    Args:
        out: where what arrives is written.
    """

    def __init__(self, out: int, number: int) -> None:
        self.out = out
        self._number = number
        self.set(LineSetting())

    def set(self, setting: LineSetting) -> None:
        """Become this line, with an empty queue and nothing counted."""
        self._setting = setting
        self._random = Random(f"loss/{setting.seed}/{self._number}")
        self._free_at = 0.0
        self.counts = dict.fromkeys(("offered", "overflowed", "lost", "cut", "arrived", "bytes"), 0)

    def take(self, size: int, now: float) -> tuple[float, bool] | None:
        """When a packet arrives and whether it does; None when the queue has no room for it."""
        self.counts["offered"] += 1
        begins = max(now, self._free_at)
        if self._setting.rate:
            if begins - now > self._setting.queue:
                self.counts["overflowed"] += 1
                return None
            begins += size * 8 / self._setting.rate
        self._free_at = begins
        self.counts["bytes"] += size
        # Lost on the way, not before it: what is lost has used the line.
        lost = self._random.random() < self._setting.loss
        self.counts["lost"] += lost
        return begins + self._setting.rtt / 2, not lost


class Relay:
    """Both directions, and what is known of the connections."""

    def __init__(self) -> None:
        self.village, self.county = make_end(VILLAGE, COUNTY), make_end(COUNTY, VILLAGE)
        self._up, self._down = Direction(self.county.tun, 0), Direction(self.village.tun, 1)
        self._flying: list[tuple[float, int, Direction, bytes]] = []
        self._serial = 0
        self._dead_until = 0.0
        self._flows = Flows()
        self._gaps: list[dict[str, float]] = []

    def run(self) -> None:
        """Until the orders end."""
        say({"pid": os.getpid(), "village": self.village.namespace, "county": self.county.namespace})
        ends = [(self.village.tun, self._up), (self.county.tun, self._down)]
        while True:
            now = time.monotonic()
            while self._flying and self._flying[0][0] <= now:
                _at, _serial, direction, packet = heapq.heappop(self._flying)
                self._arrive(direction, packet, now)
            wait = self._flying[0][0] - now if self._flying else None
            ready, _, _ = select.select([sys.stdin, self.village.tun, self.county.tun], [], [], wait)
            for tun, direction in ends:
                if tun in ready:
                    self._drain(tun, direction)
            if sys.stdin in ready:
                order = sys.stdin.readline()
                if not order:
                    return
                self._obey(json.loads(order))

    def _drain(self, tun: int, direction: Direction) -> None:
        with contextlib.suppress(BlockingIOError):
            for _ in range(64):
                self._depart(direction, os.read(tun, _MOST), time.monotonic())

    def _depart(self, direction: Direction, packet: bytes, now: float) -> None:
        segment = segment_of(packet)
        if segment is None and packet[0] >> 4 != 4:
            return
        if now < self._dead_until:
            direction.counts["cut"] += 1
            return
        up = direction is self._up
        if segment is not None and self._flows.is_doomed(segment, up):
            # Its end is told, as by a router that was started again and knows nothing of the connection.
            back = self._down if up else self._up
            end = reset(segment.target, segment.source, segment.target_port, segment.source_port, segment.ack)
            self._write(back, end)
            return
        taken = direction.take(len(packet), now)
        if taken is None:
            return
        at, arrives = taken
        if segment is not None:
            self._flows.note(segment, up, now)
        if arrives:
            self._serial += 1
            heapq.heappush(self._flying, (at, self._serial, direction, packet))

    def _arrive(self, direction: Direction, packet: bytes, now: float) -> None:
        if now < self._dead_until:
            direction.counts["cut"] += 1
            return
        direction.counts["arrived"] += 1
        if direction is self._up and self._gaps and "flowing" not in self._gaps[-1]:
            segment = segment_of(packet)
            if segment is not None and segment.payload >= _FULL:
                self._gaps[-1]["flowing"] = now
        self._write(direction, packet)

    def _write(self, direction: Direction, packet: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(direction.out, packet)

    def _obey(self, order: dict[str, Any]) -> None:
        now = time.monotonic()
        if "line" in order:
            setting = LineSetting(**order["line"])
            self._up.set(setting)
            self._down.set(setting)
            self._flows, self._gaps, self._flying = Flows(), [], []
        if "gap" in order or "cut" in order:
            self._dead_until = now + order.get("gap", order.get("cut", 0.0))
            self._gaps.append({"began": now, "back": self._dead_until})
        if "cut" in order:
            self._flying = []
            for ends_village, ends_county in self._flows.doom():
                self._write(self._down, ends_village)
                self._write(self._up, ends_county)
        say(self._report() if "report" in order else {"at": now})

    def _report(self) -> dict[str, Any]:
        return {
            "up": self._up.counts,
            "down": self._down.counts,
            "gaps": self._gaps,
            "first_syn": self._flows.first_syn,
            "flows": self._flows.told(),
        }


def say(answer: dict[str, Any]) -> None:
    """One line of JSON to whoever gives the orders."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    Relay().run()

"""The TCP connections a relay has seen, by the packets alone: what was put on the line once, and what again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.line.packets import ACK, RST, SYN, Segment, after, reset


@dataclass
class Flow:
    """One connection from village to county.

    Args:
        began: moment of its first SYN.
        epoch: how many cuts there had been by then.
        first: bytes of payload put on the line by the village for the first time; holes count as sent.
        again: bytes of payload the village put on the line again, within the connection.
        acked: bytes of payload of which the county has told that they came.
    """

    began: float
    epoch: int
    isn: int
    first: int = 0
    again: int = 0
    acked: int = 0
    last: float = 0.0
    doomed: bool = False
    up: Segment | None = None
    down: Segment | None = None


class Flows:
    """All connections since the line was set."""

    def __init__(self) -> None:
        self.first_syn: float | None = None
        self._epoch = 0
        self._now: dict[tuple[int, int], Flow] = {}
        self._all: list[Flow] = []

    def is_doomed(self, segment: Segment, up: bool) -> bool:
        """Whether a segment belongs to a connection that a cut has ended; a new SYN on its ports does not."""
        flow = self._now.get(_key(segment, up))
        begins = up and segment.flags & (SYN | ACK) == SYN
        return flow is not None and flow.doomed and not begins and not segment.flags & RST

    def note(self, segment: Segment, up: bool, now: float) -> tuple[Flow, int] | None:
        """A segment is on the line. Gives its connection, where known, and how many bytes of it are new."""
        key = _key(segment, up)
        if up and segment.flags & (SYN | ACK) == SYN and (key not in self._now or self._now[key].isn != segment.seq):
            self.first_syn = now if self.first_syn is None else self.first_syn
            self._now[key] = Flow(now, self._epoch, segment.seq)
            self._all.append(self._now[key])
        flow = self._now.get(key)
        if flow is None:
            return None
        new = 0
        if up:
            reached = after(segment.seq, flow.isn + 1) + segment.payload
            new = min(max(0, reached - flow.first), segment.payload)
            # What a full queue or a gap swallowed before was never on the line; a later byte counts it, once.
            flow.again += segment.payload - new
            flow.first = max(flow.first, reached) if segment.payload else flow.first
            flow.last = now if segment.payload else flow.last
            flow.up = segment
        else:
            if segment.flags & ACK:
                flow.acked = max(flow.acked, after(segment.ack, flow.isn + 1))
            flow.down = segment
        return flow, new

    def doom(self) -> Iterator[tuple[bytes, bytes]]:
        """End every connection; gives for each the resets for village and county."""
        self._epoch += 1
        for flow in self._now.values():
            if flow.doomed or flow.up is None:
                continue
            flow.doomed = True
            up, down = flow.up, flow.down
            # Each end expects next what it told last that it has; one that has more by now asks, and is told then.
            to_county = down.ack if down is not None else 0
            ends = (up.source, up.target, up.source_port, up.target_port)
            yield reset(ends[1], ends[0], ends[3], ends[2], up.ack), reset(*ends, to_county)

    def told(self) -> list[dict[str, float]]:
        """Every connection, in the order they began."""
        names = ("began", "epoch", "first", "again", "acked", "last")
        return [{name: getattr(flow, name) for name in names} for flow in self._all]


def _key(segment: Segment, up: bool) -> tuple[int, int]:
    ports = (segment.source_port, segment.target_port)
    return ports if up else ports[::-1]

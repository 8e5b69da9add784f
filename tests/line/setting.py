"""What a line is like."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class LineSetting:
    """A line, alike in both directions.

    Args:
        rate: bits per second, counted with the IP headers; 0 for as fast as this machine is.
        rtt: seconds there and back, half of it each way.
        loss: share of packets that leave and never arrive.
        queue: seconds of sending that fit into the router's queue before it drops; as home routers have, a little more
            than the round trip.
        seed: of the losses.
    """

    rate: float = 0.0
    rtt: float = 0.0
    loss: float = 0.0
    queue: float = 0.3
    seed: int = 0

    def to_json(self) -> str:
        """For the relay."""
        return json.dumps(asdict(self))


OPEN = LineSetting()
"""No line between the two ends, only the machine."""

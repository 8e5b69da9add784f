"""What the screen shows of the road out."""

from __future__ import annotations

from dataclasses import dataclass, field

from villagedesk.sync.link import LinkState


@dataclass(frozen=True)
class SyncStatus:
    """What the screen shows of the road out.

    Args:
        link: as last looked at.
        waiting: rows on their way; ``tray`` rows the clerk must look at.
        problem_key: message key of what keeps this PC from going on (disk full …), "" otherwise.
        failure_key: message key of the last failure with the acceptance system, "" after a success.
        bytes_per_second: what the line yields at the moment, 0 when that is not known.
        width: connections that carry pages at once, 0 when none does.
        interface: False where the station was granted none: no engine runs, and this is all there is to say.
    """

    link: LinkState = field(default_factory=LinkState)
    waiting: int = 0
    tray: int = 0
    problem_key: str = ""
    failure_key: str = ""
    bytes_per_second: float = 0.0
    width: int = 0
    interface: bool = True

"""Room on the disk: a warning in time; a write that fails all the same loses nothing and is told by the store."""

from __future__ import annotations

from villagedesk.desk.ports import FreeBytes
from villagedesk.desk.views import FieldTrouble, Sentence

LOW_BYTES = 500 * 1024 * 1024


class DiskWatch:
    """Tells when the data folder's disk is nearly full."""

    def __init__(self, free_bytes: FreeBytes) -> None:
        self._free_bytes = free_bytes

    def warning(self) -> Sentence | None:
        """A sentence when there is little room, None otherwise, also where nobody can say."""
        try:
            free = self._free_bytes()
        except OSError:
            return None
        if free >= LOW_BYTES:
            return None
        return Sentence("desk.disk_low", {"megabytes": free // (1024 * 1024)}, "warn")

    def troubles(self) -> tuple[FieldTrouble, ...]:
        """The warning as a trouble that belongs to no field and hinders nothing."""
        sentence = self.warning()
        return (FieldTrouble("", sentence, blocking=False),) if sentence is not None else ()

"""Room on the disk: a warning in time, no new pages when there is hardly any; a write that fails all the same loses
nothing and is told by the store."""

from __future__ import annotations

from villagedesk.desk.ports import FreeBytes
from villagedesk.desk.views import FieldTrouble, Sentence
from villagedesk.domain.problems import EnvironmentProblem

_MEGABYTE = 1024 * 1024
LOW_BYTES = 500 * _MEGABYTE
STOP_BYTES = 100 * _MEGABYTE
"""Below this no page is photographed or imported: the database's log may grow to 64 MB before it is folded in
(``store.connection``), and a case of thirty pages of 1 MB must still find room, so that what was begun can be taken in.
What is typed takes a few kilobytes and is saved to the last."""


class DiskWatch:
    """Tells when the data folder's disk is nearly full. It is asked anew each time, so room that is made counts at
    once."""

    def __init__(self, free_bytes: FreeBytes) -> None:
        self._free_bytes = free_bytes
        self._told = ""

    def warning(self) -> Sentence | None:
        """A sentence when there is little room, None otherwise, also where nobody can say."""
        free = self._free()
        if free is None or free >= LOW_BYTES:
            return None
        if free < STOP_BYTES:
            return Sentence("desk.disk_stopped", {"megabytes": free // _MEGABYTE, "least": _least()}, "bad")
        return Sentence("desk.disk_low", {"megabytes": free // _MEGABYTE}, "warn")

    def in_short(self) -> Sentence | None:
        """The warning in a few words, for the status line."""
        warning = self.warning()
        if warning is None:
            return None
        key = "desk.disk_stopped_short" if warning.tone == "bad" else "desk.disk_low_short"
        return Sentence(key, {"megabytes": warning.params["megabytes"]}, warning.tone)

    def has_turned(self) -> bool:
        """Whether another warning than at the last call is due by now, or none any more. Cheap."""
        warning = self.warning()
        told, self._told = self._told, "" if warning is None else warning.key
        return told != self._told

    def need_room_for_pages(self) -> None:
        """Raises EnvironmentProblem ``desk.disk_stopped`` when no new page may be begun."""
        free = self._free()
        if free is not None and free < STOP_BYTES:
            raise EnvironmentProblem("desk.disk_stopped", megabytes=free // _MEGABYTE, least=_least())

    def troubles(self) -> tuple[FieldTrouble, ...]:
        """The warning as a trouble that belongs to no field and hinders nothing."""
        sentence = self.warning()
        return (FieldTrouble("", sentence, blocking=False),) if sentence is not None else ()

    def _free(self) -> int | None:
        try:
            return self._free_bytes()
        except OSError:
            return None


def _least() -> int:
    return STOP_BYTES // _MEGABYTE

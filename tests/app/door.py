"""The door of a window on a real data folder, with a clock of its own and a county that has the other key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.desk.counter import STATION, Window, open_window
from tests.store.fixtures import CHEAP, FixedClock
from villagedesk.app.premises import STATION_NAME, DataFolder
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.entry import Entry
from villagedesk.domain.audit import AuditEntry, Deed
from villagedesk.domain.roles import Role
from villagedesk.domain.station import StationFile
from villagedesk.store.audit_log import SqlAuditLog
from villagedesk.store.database import EncryptedStore
from villagedesk.store.files import write_whole
from villagedesk.store.keys import DataKey, create_keys
from villagedesk.store.lockout import Gate
from villagedesk.store.recovery_key import make
from villagedesk.store.slots import SLOT_FILES

CLERK, PASSWORD = "王会计", "老槐树下1962"
PASSPHRASE = "县里的口令 7"


class Door:
    """A station after its first run; ``entry`` is a program that was just started.

    Args:
        folder: ``data`` and the county's ``county.pem`` are made in it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self.county = folder / "county.pem"
        self.clock = FixedClock()
        station = replace(STATION, recovery_public_key=make(self.county, PASSPHRASE))
        self.folder.mkdir()
        write_whole(self.folder / STATION_NAME, station.to_bytes())
        key = create_keys(self.folder, CLERK, PASSWORD, station.recovery_public_key, Role.CLERK, CHEAP)
        EncryptedStore.create(self.folder, key, self.clock).close()
        self.key: DataKey = key
        self.window: Window
        self.entry = self.started()

    def started(self) -> Entry:
        """The program, started anew."""
        gate = Gate(self.folder, lambda: self.clock.now().timestamp())
        return Entry(DataFolder(self.folder, self.clock, gate), self._open)

    def restart(self) -> None:
        """End it and start it again."""
        self.entry.close()
        self.entry = self.started()

    @contextmanager
    def inside(self, clerk: str = CLERK, password: str = PASSWORD) -> Iterator[Desk]:
        """Signed in, and out again."""
        desk = self.entry.sign_in(clerk, password)
        try:
            yield desk
        finally:
            self.entry.sign_out()

    def slots(self) -> dict[str, bytes]:
        """Both copies as they are."""
        return {name: (self.folder / name).read_bytes() for name in SLOT_FILES}

    def put_back(self, slots: Mapping[str, bytes]) -> None:
        """Both copies as they were."""
        for name, data in slots.items():
            (self.folder / name).write_bytes(data)

    def log(self) -> list[AuditEntry]:
        """The station's own lines, oldest first; the desk may be open or not."""
        store = EncryptedStore.open(self.folder, self.key, self.clock)
        try:
            log = SqlAuditLog(store)
            assert log.first_broken() is None
            return list(log.entries(1000, case_id=""))[::-1]
        finally:
            store.close()

    def deeds(self) -> list[tuple[str, str]]:
        """Who did what."""
        return [(line.actor, line.kind) for line in self.log()]

    def last(self, deed: Deed) -> dict[str, str]:
        """Details of the newest line of that kind."""
        return dict([line for line in self.log() if line.kind == deed][-1].detail)

    def _open(self, acting: Acting, key: object, station: StationFile) -> Desk:
        assert isinstance(key, DataKey)
        self.window = open_window(
            self.folder, key=key, clock=self.clock, pictures=(), clerk=acting.clerk, role=acting.role, station=station
        )
        return self.window.desk

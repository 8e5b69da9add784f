"""A stick with a real backup of a village that had work, and a database that was damaged by its disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.ui.cases_at_hand import desk_of, take_in
from tests.ui.desk_at_hand import CLERK, PASSWORD, STATION, Village
from villagedesk.store.database import DATABASE_FILE
from villagedesk.store.recovery_key import make

COUNTY_PASSPHRASE = "county secret 7"
_PAGE = 4096
_NAME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Stick:
    """What the clerk has in the hand.

    Args:
        folder: of the medium.
        local_no: on the only receipt.
        county_key: the county's recovery key, locked with ``COUNTY_PASSPHRASE``.
        old: the village on the PC the backup was made on; nobody is signed in.
    """

    folder: Path
    local_no: str
    county_key: Path
    old: Village

    def generation(self) -> Path:
        """The good generation's folder."""
        return min(self.folder.glob("villagedesk-backup/*/generations/*"))

    def newer(self, hours: int) -> Path:
        """A copy of the generation as if it were newer by so many hours, to be damaged."""
        made = datetime.strptime(self.generation().name, _NAME)
        copy = self.generation().with_name((made + timedelta(hours=hours)).strftime(_NAME))
        shutil.copytree(self.generation(), copy)
        return copy


def backed_up(place: Path) -> Stick:
    """One case taken in and backed up by the desk's own room.

    Args:
        place: an existing folder; PC and stick are folders in it.
    """
    (place / "old").mkdir()
    stick, key = place / "stick", place / "county.pem"
    stick.mkdir()
    village = Village(place / "old")
    village.premises.set_up(replace(STATION, recovery_public_key=make(key, COUNTY_PASSPHRASE)), CLERK, PASSWORD)
    village.entry.sign_in(CLERK, PASSWORD)
    _, local_no = take_in(village)
    backup = desk_of(village).backup
    backup.set_target(stick)
    backup.back_up()
    village.entry.sign_out()
    return Stick(stick, local_no, key, village)


def with_damage(place: Path, *, cases: int = 6) -> tuple[Village, list[str]]:
    """A village whose database lost a few pages of its file after some cases, and their local numbers."""
    place.mkdir(exist_ok=True)
    village = Village(place)
    village.set_up()
    village.entry.sign_in(CLERK, PASSWORD)
    numbers = [take_in(village)[1] for _ in range(cases)]
    village.entry.sign_out()
    with (place / "data" / DATABASE_FILE).open("r+b") as file:
        pages = file.seek(0, 2) // _PAGE
        file.seek(pages // 2 * _PAGE)
        file.write(bytes(3 * _PAGE))
    return village, numbers


def all_zero(village: Village) -> None:
    """Nothing of the database can be read."""
    (village.folder / "data" / DATABASE_FILE).write_bytes(bytes(9000))

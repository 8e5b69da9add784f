"""An installation that began from a copy of its data: what it came from, and what the sync engine must know of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from villagedesk.domain.clock import moment_of, utc_text

RESTORED = "restored"
"""Setting of a database that was restored or recovered: a :class:`Restoration` as text, emptied by the sync engine."""
BACKUP_TARGET = "backup.target"
BACKUP_LAST = "backup.last_at"
"""Settings of an installation's own backups; one that was restored has none and asks for a place anew."""


class Reason(StrEnum):
    """Why the data began again: from a backup medium, or from what was left of a damaged database."""

    BACKUP = "backup"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Restoration:
    """What the setting :data:`RESTORED` holds.

    Args:
        at: when it was done; ``of`` is the moment the data is as of.
        epoch: the letter taken, never used before.
        installation_id: UUID text of the new installation.
        newest_local_no: the newest receipt number at hand, "" when there was none.
    """

    at: datetime
    of: datetime
    reason: Reason
    epoch: str
    installation_id: str
    newest_local_no: str = ""

    def to_text(self) -> str:
        """The setting's text."""
        return json.dumps(
            {
                "at": utc_text(self.at),
                "from": utc_text(self.of),
                "reason": str(self.reason),
                "epoch": self.epoch,
                "installation_id": self.installation_id,
                "newest_local_no": self.newest_local_no,
            }
        )

    @classmethod
    def from_text(cls, text: str) -> Restoration:
        """Read :meth:`to_text`. Raises ValueError on anything else."""
        try:
            raw = json.loads(text)
            return cls(
                moment_of(raw["at"]),
                moment_of(raw["from"]),
                Reason(raw["reason"]),
                str(raw["epoch"]),
                str(raw["installation_id"]),
                str(raw["newest_local_no"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("no restoration") from error


@dataclass(frozen=True)
class BackupFound:
    """One generation on a medium, as far as it can be seen without the key.

    Args:
        folder: the generation's own folder.
        clerks: whose passwords open it.
        whole: False when something of it is plainly missing or damaged; an older one is then the better choice.
    """

    folder: Path
    station_name: str
    division_code: str
    at: datetime
    clerks: tuple[str, ...]
    whole: bool = True


@dataclass(frozen=True)
class Restored:
    """What a restore brought back.

    Args:
        missing_pages: pages that cases name and that lie nowhere on the medium any more.
        epoch: the letter new numbers carry.
        at: the moment the data is as of.
        keys_only: only the lost slots file was brought back; the database of this PC was whole and stayed.
    """

    cases: int
    pages: int
    missing_pages: int
    epoch: str
    at: datetime
    keys_only: bool = False

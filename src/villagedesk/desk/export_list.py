"""The list of what lies outside the encrypted store for entry by hand: kept until it is deleted (invariant I8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from villagedesk.domain.clock import SHANGHAI, moment_of
from villagedesk.domain.outbox import OutboxRow
from villagedesk.domain.repositories import Snapshot, Transaction

_KEPT = "bridge.exports"


@dataclass(frozen=True)
class FolderExport:
    """An export that was not deleted yet.

    Args:
        place: the folder, or the ZIP.
        root: the folder that ``files`` are named in.
        files: each with its SHA-256; "" while it is not known, because the writing did not come to its end.
        at: when it was begun, UTC text.
        part: under which name it lay while it was written; "" once it was whole.
    """

    export_id: str
    place: str
    root: str
    case_ids: tuple[str, ...]
    files: Mapping[str, str]
    at: str
    part: str = ""

    @property
    def as_folder(self) -> bool:
        """Whether it is a folder, and no ZIP."""
        return self.root == self.place

    @property
    def whole(self) -> bool:
        """Whether all of it was written; else the program was ended meanwhile, and some of it lies there."""
        return not self.part


def kept_exports(snapshot: Snapshot) -> list[FolderExport]:
    """All of them, oldest first."""
    raw = json.loads(snapshot.setting(_KEPT) or "[]")
    return [FolderExport(**{**one, "case_ids": tuple(one["case_ids"])}) for one in raw]


def put_export(transaction: Transaction, export: FolderExport) -> None:
    """Add it, or put it in the place of what was said of it before."""
    kept = kept_exports(transaction)
    places = [number for number, one in enumerate(kept) if one.export_id == export.export_id]
    if places:
        kept[places[0]] = export
    else:
        kept.append(export)
    _keep(transaction, kept)


def drop_export(transaction: Transaction, export_id: str) -> None:
    """It lies nowhere any more."""
    _keep(transaction, [one for one in kept_exports(transaction) if one.export_id != export_id])


def overdue_exports(
    snapshot: Snapshot, waiting: Callable[[], Sequence[OutboxRow]], now: datetime
) -> tuple[FolderExport, ...]:
    """Those nobody needs any more as it seems: written before today, broken off, or of cases that are all entered.

    Args:
        waiting: the submissions to be entered by hand; asked for only where there is an export.
        now: aware, UTC.
    """
    kept = kept_exports(snapshot)
    if not kept:
        return ()
    open_cases, today = {row.case_id for row in waiting()}, now.astimezone(SHANGHAI).date()
    return tuple(
        one
        for one in kept
        if not one.whole or moment_of(one.at).astimezone(SHANGHAI).date() < today or open_cases.isdisjoint(one.case_ids)
    )


def _keep(transaction: Transaction, exports: Sequence[FolderExport]) -> None:
    transaction.put_setting(_KEPT, json.dumps([asdict(one) for one in exports], ensure_ascii=False))

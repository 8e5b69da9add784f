"""The capture journal in the database; the photographs themselves lie in the vault like pages."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from sqlalchemy import select, union
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from villagedesk.domain.capture import Capture, Corners, Framing, Origin
from villagedesk.domain.clock import moment_of, utc_text
from villagedesk.store.rows import NAMES_AT_ONCE, AnyRow, Values
from villagedesk.store.schema import (
    CAPTURES,
    DOCUMENTS,
    ENDED_CAPTURES,
    PAGE_ORIGINS,
    PAGES,
    PRINT_JOBS,
    SENT_PAGES,
)
from villagedesk.store.work_lists import WorkLists

NAMING = (PAGES, SENT_PAGES, PRINT_JOBS, DOCUMENTS, CAPTURES)
"""Tables whose rows name files of the vault by ``page_id`` and ``sha256``."""

_PUT = insert(CAPTURES)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["page_id"],
    set_={name: _PUT.excluded[name] for name in ("requirement_id", "framing", "waits", "doubt")},
)


class SqlCaptureReads(WorkLists):
    """The part of the domain's Snapshot that tells of photographs."""

    def captures(self, case_id: str) -> Sequence[Capture]:
        """The case's photographs, in the order they were taken."""
        chosen = select(CAPTURES).where(CAPTURES.c.case_id == case_id)
        rows = self.connection.execute(chosen.order_by(CAPTURES.c.captured_at, CAPTURES.c.page_id))
        return [_capture_of(row) for row in rows]

    def origins(self, page_id: str) -> Sequence[Origin]:
        """What the page was made of, by place; empty when that is not kept."""
        chosen = select(PAGE_ORIGINS).where(PAGE_ORIGINS.c.page_id == page_id).order_by(PAGE_ORIGINS.c.place)
        return [
            Origin(row.page_id, row.capture_id, _framing_of(row.framing), row.place)
            for row in self.connection.execute(chosen)
        ]

    def ended_captures(self) -> Sequence[tuple[str, str]]:
        """capture_id and SHA-256 of photographs that are needed no more and whose files are still to be removed."""
        return [(row.page_id, row.sha256) for row in self.connection.execute(select(ENDED_CAPTURES))]

    def unnamed_pages(self, page_ids: Collection[str]) -> Sequence[str]:
        """Those of these pages that no row names any more; their files may go."""
        wanted = sorted(page_ids)
        if not wanted:
            return []
        naming = union(*(select(table.c.page_id).where(table.c.page_id.in_(wanted)) for table in NAMING))
        named = {row.page_id for row in self.connection.execute(naming)}
        return [page_id for page_id in wanted if page_id not in named]


class SqlCaptureWrites(SqlCaptureReads):
    """The part of the domain's Transaction that keeps them."""

    def put_capture(self, capture: Capture) -> None:
        """Insert or replace. Raises ValueError for a case that is not here, or a photograph that has ended."""
        try:
            self.connection.execute(_PUT, _values(capture))
        except IntegrityError as error:
            raise ValueError(f"photograph refused: {error.orig}") from None

    def add_origin(self, origin: Origin) -> None:
        """Note what a page was made of. Raises ValueError when the photograph is not there, or the place is taken."""
        try:
            self.connection.execute(
                PAGE_ORIGINS.insert(),
                {
                    "page_id": origin.page_id,
                    "place": origin.place,
                    "capture_id": origin.capture_id,
                    "framing": _framing_text(origin.framing),
                },
            )
        except IntegrityError as error:
            raise ValueError(f"origin refused: {error.orig}") from None

    def end_captures(self, case_id: str, capture_ids: Collection[str] | None = None) -> None:
        """These photographs of the case (None: all) are needed no more; their files are removed after the commit."""
        chosen = select(CAPTURES.c.page_id, CAPTURES.c.sha256).where(CAPTURES.c.case_id == case_id)
        found = [
            {"page_id": row.page_id, "sha256": row.sha256}
            for row in self.connection.execute(chosen)
            if capture_ids is None or row.page_id in capture_ids
        ]
        names = [row["page_id"] for row in found]
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            self.connection.execute(PAGE_ORIGINS.delete().where(PAGE_ORIGINS.c.capture_id.in_(some)))
            self.connection.execute(CAPTURES.delete().where(CAPTURES.c.page_id.in_(some)))
        if found:
            self.connection.execute(ENDED_CAPTURES.insert(), found)

    def forget_ended(self, capture_ids: Collection[str]) -> None:
        """The files of these are gone."""
        names = sorted(capture_ids)
        for start in range(0, len(names), NAMES_AT_ONCE):
            some = names[start : start + NAMES_AT_ONCE]
            self.connection.execute(ENDED_CAPTURES.delete().where(ENDED_CAPTURES.c.page_id.in_(some)))


def _values(capture: Capture) -> Values:
    return {
        "page_id": capture.capture_id,
        "case_id": capture.case_id,
        "requirement_id": capture.requirement_id,
        "sha256": capture.sha256,
        "byte_count": capture.byte_count,
        "media_type": capture.media_type,
        "captured_at": utc_text(capture.taken_at),
        "uploaded": int(capture.uploaded),
        "framing": _framing_text(capture.framing),
        "waits": int(capture.waits),
        "replaces": capture.replaces,
        "doubt": capture.doubt,
    }


def _capture_of(row: AnyRow) -> Capture:
    return Capture(
        capture_id=row.page_id,
        case_id=row.case_id,
        requirement_id=row.requirement_id,
        sha256=row.sha256,
        byte_count=row.byte_count,
        media_type=row.media_type,
        taken_at=moment_of(row.captured_at),
        uploaded=bool(row.uploaded),
        framing=_framing_of(row.framing),
        waits=bool(row.waits),
        replaces=row.replaces,
        doubt=row.doubt,
    )


def _framing_text(framing: Framing) -> str:
    said = {"corners": framing.corners, "turns": framing.quarter_turns, "mode": framing.mode}
    return json.dumps({**said, "as_ordered": framing.as_ordered, "dpi": framing.dpi})


def _framing_of(text: str) -> Framing:
    kept = json.loads(text)
    corners: Corners | None = None
    if kept["corners"] is not None:
        first, second, third, fourth = ((float(x), float(y)) for x, y in kept["corners"])
        corners = first, second, third, fourth
    # older ones knew no true size
    dpi = float(kept.get("dpi", 0.0))
    return Framing(corners, int(kept["turns"]), str(kept["mode"]), bool(kept["as_ordered"]), dpi)

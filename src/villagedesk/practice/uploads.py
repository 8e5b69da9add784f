"""Uploads of pages: created, grown, verified against their declared SHA-256, and then kept or discarded."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from villagedesk.domain.clock import utc_text
from villagedesk.practice.page_files import PageFiles, PartWriter
from villagedesk.practice.problems import CHECKSUM_MISMATCH, WireProblem
from villagedesk.practice.storage import Storage, insert_once
from villagedesk.practice.tables import PAGES, UPLOADS

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """An upload as its station may see it.

    Args:
        received: bytes that are safely on disk.
        byte_count: length of the whole page.
    """

    upload_id: str
    division_code: str
    sha256: str
    media_type: str
    byte_count: int
    received: int
    state: str


class Uploads:
    """The rows and files of uploads.

    Args:
        storage: the database.
        files: where the bytes lie.
        now: the server's clock, aware, UTC.
    """

    def __init__(self, storage: Storage, files: PageFiles, now: Callable[[], datetime]) -> None:
        self._storage = storage
        self._files = files
        self._now = now

    def create(self, division_code: str, sha256: str, media_type: str, byte_count: int) -> str:
        """Begin an upload and give its id. The file is there before the row is."""
        upload_id = uuid.uuid4().hex
        self._files.create_part(upload_id)
        with self._storage.write() as connection:
            connection.execute(
                UPLOADS.insert().values(
                    upload_id=upload_id,
                    division_code=division_code,
                    sha256=sha256,
                    media_type=media_type,
                    byte_count=byte_count,
                    received=0,
                    state="open",
                    created_at=utc_text(self._now()),
                )
            )
        return upload_id

    def get(self, division_code: str, upload_id: str) -> Upload:
        """An upload of this station.

        Raises:
            WireProblem: 404 ``unknown_upload`` (also for another station's), 410 ``upload_gone``.
        """
        with self._storage.read() as connection:
            row = connection.execute(select(UPLOADS).where(UPLOADS.c.upload_id == upload_id)).one_or_none()
        if row is None or row.division_code != division_code:
            raise WireProblem(404, "unknown_upload", "没有这个上传任务")
        if row.state == "gone":
            raise gone()
        return Upload(
            row.upload_id, row.division_code, row.sha256, row.media_type, row.byte_count, row.received, row.state
        )

    def open_part(self, upload: Upload, *, proven: bool = False) -> PartWriter:
        """Continue an upload where it stands.

        Args:
            proven: the bytes to come count only once their checksum is found right.

        Raises:
            WireProblem: 410 ``upload_gone`` when its file is lost.
        """
        try:
            return self._files.open_part(upload.upload_id, upload.received, proven=proven)
        except FileNotFoundError:
            self._set_state(upload, "gone")
            raise gone() from None

    def acknowledge(self, upload: Upload, received: int) -> None:
        """Make synced bytes count; with the last one, verify the whole page and keep it.

        Raises:
            WireProblem: 409 ``offset`` when somebody else moved the upload, 460 ``page_sha256`` when the whole page is
                not what was declared (the upload is gone then).
        """
        with self._storage.write() as connection:
            moved = connection.execute(
                update(UPLOADS)
                .where(
                    UPLOADS.c.upload_id == upload.upload_id,
                    UPLOADS.c.state == "open",
                    UPLOADS.c.received == upload.received,
                )
                .values(received=received)
            )
        if moved.rowcount != 1:
            raise WireProblem(409, "offset", "上传位置已变化")
        if received == upload.byte_count:
            self.finish(upload)

    def finish(self, upload: Upload) -> None:
        """Verify a fully received page and keep it: file first, then the row. Repeatable after a crash between the two.

        Raises:
            WireProblem: 460 ``page_sha256``.
        """
        # Without a part this is the repetition after a crash: it was verified and renamed before.
        if self._files.has_part(upload.upload_id) and self._files.part_sha256(upload.upload_id) != upload.sha256:
            self._set_state(upload, "gone")
            self._files.discard_part(upload.upload_id)
            raise WireProblem(CHECKSUM_MISMATCH, "page_sha256", "整页校验不符，已丢弃，需重新上传")
        self._files.keep(upload.upload_id, upload.sha256)
        with self._storage.write() as connection:
            insert_once(
                connection,
                PAGES,
                {
                    "division_code": upload.division_code,
                    "sha256": upload.sha256,
                    "byte_count": upload.byte_count,
                    "media_type": upload.media_type,
                    "stored_at": utc_text(self._now()),
                },
            )
            connection.execute(update(UPLOADS).where(UPLOADS.c.upload_id == upload.upload_id).values(state="complete"))

    def finish_interrupted(self) -> None:
        """At start: count what arrived before the server died, and verify what is whole by that.

        Bytes are appended in order, so what a part holds beyond its row is what came next. Only a power cut can leave
        something else there; then the whole page's SHA-256 does not fit, and the page is asked for once more.
        """
        with self._storage.read() as connection:
            rows = connection.execute(select(UPLOADS).where(UPLOADS.c.state == "open")).all()
        for row in rows:
            upload = self.get(row.division_code, row.upload_id)
            try:
                if upload.received < upload.byte_count and self._files.has_part(upload.upload_id):
                    held = min(self._files.part_bytes(upload.upload_id), upload.byte_count)
                    if held > upload.received:
                        self.acknowledge(upload, held)
                elif upload.received == upload.byte_count:
                    self.finish(upload)
            except WireProblem as problem:
                _LOG.warning("an interrupted upload was dropped: %s", problem.code)
            except FileNotFoundError:
                _LOG.warning("an interrupted upload has lost its file")
                self._set_state(upload, "gone")

    def terminate(self, upload: Upload) -> None:
        """Give an upload up. A page that is kept already stays."""
        self._set_state(upload, "gone")
        self._files.discard_part(upload.upload_id)

    def _set_state(self, upload: Upload, state: str) -> None:
        with self._storage.write() as connection:
            connection.execute(update(UPLOADS).where(UPLOADS.c.upload_id == upload.upload_id).values(state=state))


def gone() -> WireProblem:
    """410: the upload is no more; create it again."""
    return WireProblem(410, "upload_gone", "上传任务已失效，需重新上传")

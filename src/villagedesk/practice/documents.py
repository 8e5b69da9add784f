"""Documents the practice system hands out: a result as PDF when it concludes a case, and corrections item by item."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from villagedesk.acceptance.wire import DocumentRecord, WantedRecord, sha256_hex
from villagedesk.domain.clock import SHANGHAI, utc_text
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.ranges import Span
from villagedesk.practice.records import owned_case
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import DOCUMENTS

_PDF = "application/pdf"


@dataclass(frozen=True)
class Piece:
    """Bytes of a document.

    Args:
        sha256: of the whole document.
        length: of the whole document, in bytes.
        first: position of the first byte; None where ``content`` is the whole.
    """

    media_type: str
    sha256: str
    length: int
    first: int | None
    content: bytes


def issue_result(connection: Connection, case: Row[Any], result: str, now: datetime) -> DocumentRecord:
    """Make the result's document, in the caller's transaction, and give what the station is told of it."""
    lines = (
        "办理结果（练习系统）",
        "仅供练习，没有任何效力。",
        f"事项：{case.item_name}",
        f"收件流水号：{case.local_no}",
        f"办件编号：{case.acceptance_no or '—'}",
        f"结果：{result}",
        f"日期：{now.astimezone(SHANGHAI):%Y-%m-%d}",
    )
    content = pdf_of(lines)
    document = DocumentRecord(
        document_id=str(uuid.uuid4()),
        name="办理结果通知书（练习）",
        media_type=_PDF,
        byte_count=len(content),
        sha256=sha256_hex(content),
    )
    keep_document(connection, case.case_id, document, content, now)
    return document


def keep_document(
    connection: Connection, case_id: str, document: DocumentRecord, content: bytes, now: datetime
) -> None:
    """Put it where stations fetch it."""
    connection.execute(
        DOCUMENTS.insert().values(
            case_id=case_id,
            document_id=document.document_id,
            name=document.name,
            media_type=document.media_type,
            sha256=sha256_hex(content),
            content=content,
            issued_at=utc_text(now),
        )
    )


def document_of(
    storage: Storage, division_code: str, case_id: str, document_id: str, span: Span | None = None
) -> Piece:
    """A document, or the bytes of it that are asked for: of a range no other byte leaves the database.

    Raises:
        WireProblem: 404 ``unknown_case``, also for a case of another station; 404 ``unknown_document``; 416 ``range``
            where the document ends before the first byte that is asked for.
    """
    this = (DOCUMENTS.c.case_id == case_id) & (DOCUMENTS.c.document_id == document_id)
    length = func.length(DOCUMENTS.c.content).label("length")
    with storage.read() as connection:
        owned_case(connection, division_code, case_id)
        row = connection.execute(select(DOCUMENTS.c.media_type, DOCUMENTS.c.sha256, length).where(this)).one_or_none()
        if row is None:
            raise WireProblem(404, "unknown_document", "没有这份文件")
        if span is None or span.of not in ("", row.sha256):
            content = connection.execute(select(DOCUMENTS.c.content).where(this)).scalar_one()
            return Piece(row.media_type, row.sha256, row.length, None, bytes(content))
        if span.first >= row.length:
            raise WireProblem(416, "range", "没有这一段", {"length": row.length})
        piece = func.substr(DOCUMENTS.c.content, span.first + 1, span.count(row.length))
        content = connection.execute(select(piece).where(this)).scalar_one()
    return Piece(row.media_type, row.sha256, row.length, span.first, bytes(content))


def wanted_of(lines: str) -> list[WantedRecord]:
    """A correction's items, a line each: requirement|name|what is wrong|how it must be."""
    wanted = []
    for line in lines.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if any(parts):
            requirement_id, name, wrong, standard = (*parts, "", "", "", "")[:4]
            wanted.append(WantedRecord(requirement_id=requirement_id, name=name, wrong=wrong, standard=standard))
    return wanted


def pdf_of(lines: tuple[str, ...]) -> bytes:
    """A one-page A4 PDF of these lines, in the Chinese typeface every PDF reader brings or replaces."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    drawn = f"BT /F1 16 Tf 28 TL 72 740 Td {shown} ET".encode()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 7 0 R/Resources<</Font<</F1 4 0 R>>>>>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[5 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000/FontDescriptor 6 0 R"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>>>",
        b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0"
        b"/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
        b"<</Length %d>>\nstream\n%b\nendstream" % (len(drawn), drawn),
    )
    out, places = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)

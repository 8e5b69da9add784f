"""The mark by which the station's log can be checked later 操作日志校验: number and MAC of its last line, as words and
as a code."""

from __future__ import annotations

from villagedesk.domain.audit import AuditHead
from villagedesk.papers.barcode import draw_qr
from villagedesk.papers.layout import Cell, Picture, Row, TextStyle
from villagedesk.papers.sheet import Sheets
from villagedesk.papers.station_report import WIDTH_MM

_QR_MM = 34.0
_SMALL = TextStyle(9.0, leading=1.5)
_MAC = TextStyle(10.0, leading=1.55)
_GROUP, _GROUPS_A_LINE = 8, 4


def head_text(head: AuditHead) -> str:
    """A head as the code on the paper says it and ``villagedesk doctor --head`` takes it: ``SEQ:MAC``."""
    return f"{head.seq}:{head.mac}"


def log_mark(head: AuditHead) -> tuple[Row, ...]:
    """A row as wide as a report."""
    groups = [head.mac[start : start + _GROUP] for start in range(0, len(head.mac), _GROUP)]
    lines = [" ".join(groups[start : start + _GROUPS_A_LINE]) for start in range(0, len(groups), _GROUPS_A_LINE)]
    said = [f"截至第 {head.seq} 条，校验码：", *lines]
    how = (
        "每一条日志都和前面所有日志锁在一起。请妥善保存本表：以后在这台电脑上运行 villagedesk doctor --head，"
        "后面接二维码里的内容，程序会核对到这一条为止的日志有没有被改过、删过。"
    )

    def draw_code(sheets: Sheets, x_mm: float, y_mm: float) -> None:
        draw_qr(sheets, head_text(head), x_mm, y_mm, _QR_MM)

    rest = WIDTH_MM - _QR_MM - 4.0
    code = Picture(_QR_MM, _QR_MM, draw_code)
    told = Cell("\n".join([*said, "", how]), rest, _MAC)
    return (Row((code, Cell("", 4.0, _SMALL), told), least_mm=_QR_MM + 2.0),)

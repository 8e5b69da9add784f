"""Sheets of paper being drawn on, measured in millimetres from the top left corner."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab import rl_config
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from villagedesk.papers.fonts import BOX_PAD, CODE_SIZE, Face, FontSet, Run

rl_config.useA85 = 0
"""Streams stay bytes: no reader has needed text for thirty years, and a scanned page is packed four times as fast."""
_BOLD_STROKE = 0.022  # line width over type size that makes the base font's one weight look bold
_MIDDLE_OVER_BASELINE = 0.36  # middle of a Chinese character over its baseline, in type sizes
_CODE_RISE, _BOX_FOOT, _BOX_HEIGHT, _BOX_LINE = 0.14, -0.08, 0.86, 0.04
"""Where a code point and the box around it stand over the baseline, in type sizes."""
_PALE = 0.82
_SEEN_THROUGH = 0.32
"""Of a stamp: plain on a photocopy, and a number beneath it can be read."""


@dataclass(frozen=True)
class SheetSize:
    """A paper format in mm (ISO 216)."""

    width_mm: float
    height_mm: float


A4 = SheetSize(210.0, 297.0)
A5_LANDSCAPE = SheetSize(210.0, 148.5)


class Sheets:
    """The sheets of one PDF, drawn one after the other.

    Args:
        size: format of the first sheet, and of those after it that say no other.
        fonts: fonts for all text; the caller holds ``fonts.lock`` from here to :meth:`finish`.
        title: the document's title in its metadata: a paper's kind and a local number, no personal data.

    Equal drawing gives equal bytes: no time stamp, no random id.
    """

    def __init__(self, size: SheetSize, fonts: FontSet, title: str) -> None:
        self.size = size
        self.fonts = fonts
        self._out = io.BytesIO()
        self._canvas = Canvas(
            self._out, pagesize=(size.width_mm * mm, size.height_mm * mm), pageCompression=1, invariant=1, lang="zh-CN"
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("villagedesk")
        self._canvas.setAuthor("")
        self._canvas.setSubject("")
        self._canvas.setViewerPreference("PrintScaling", "None")

    def text(
        self,
        x_mm: float,
        baseline_mm: float,
        text: str,
        size_pt: float,
        *,
        align: str = "left",
        bold: bool = False,
        grey: float = 0.0,
        face: Face = Face.SONG,
    ) -> None:
        """One line of text that begins at ``x_mm``, stands around it (``"centre"``) or ends there (``"right"``); grey 0
        is black, 1 white."""
        if not text:
            return
        thick = False
        if bold:
            face, thick = self.fonts.drawn_bold(face)
        shift = {"left": 0.0, "centre": 0.5, "right": 1.0}[align]
        left = x_mm - shift * self.fonts.width_mm(text, size_pt, face)
        self._draw_runs(left, baseline_mm, self.fonts.runs(text, face), size_pt, grey=grey, thick=thick)

    def width_mm(self, text: str, size_pt: float, *, bold: bool = False, face: Face = Face.SONG) -> float:
        """How wide a text is as :meth:`text` draws it."""
        return self.fonts.width_mm(text, size_pt, self.fonts.drawn_bold(face)[0] if bold else face)

    def line(
        self,
        x1_mm: float,
        y1_mm: float,
        x2_mm: float,
        y2_mm: float,
        *,
        width_mm: float = 0.15,
        grey: float = 0.0,
        dash_mm: tuple[float, ...] = (),
    ) -> None:
        """A straight line; ``dash_mm`` holds the lengths of strokes and gaps in turn."""
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(width_mm * mm)
        self._canvas.setDash([part * mm for part in dash_mm] if dash_mm else [])
        self._canvas.line(x1_mm * mm, self._y(y1_mm), x2_mm * mm, self._y(y2_mm))
        self._canvas.setDash([])

    def frame(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, *, line_mm: float = 0.2) -> None:
        """An empty rectangle; ``y_mm`` is its upper edge."""
        self._canvas.setStrokeGray(0)
        self._canvas.setLineWidth(line_mm * mm)
        self._canvas.rect(x_mm * mm, self._y(y_mm + height_mm), width_mm * mm, height_mm * mm, stroke=1, fill=0)

    def fill(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, *, grey: float = 0.0) -> None:
        """A filled rectangle without a border; ``y_mm`` is its upper edge."""
        self._canvas.setFillGray(grey)
        self._canvas.rect(x_mm * mm, self._y(y_mm + height_mm), width_mm * mm, height_mm * mm, stroke=0, fill=1)

    def pale(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> None:
        """A white rectangle through which what lies beneath is faintly seen; ``y_mm`` is its upper edge."""
        self._canvas.saveState()
        self._canvas.setFillAlpha(_PALE)
        self.fill(x_mm, y_mm, width_mm, height_mm, grey=1.0)
        self._canvas.restoreState()

    def fill_all(self, boxes: Sequence[tuple[float, float, float, float]]) -> None:
        """Black rectangles (x, y of the upper edge, width, height in mm) as one shape.

        As one shape their edges are smoothed where they fall between two dots; rectangles of their own are widened to
        whole dots by some programs (pdfium), which barcodes do not bear.
        """
        shape = self._canvas.beginPath()
        for x_mm, y_mm, width_mm, height_mm in boxes:
            shape.rect(x_mm * mm, self._y(y_mm + height_mm), width_mm * mm, height_mm * mm)
        self._canvas.setFillGray(0)
        self._canvas.drawPath(shape, stroke=0, fill=1)

    def watermark(self, middle_x_mm: float, middle_y_mm: float, shown: str, size_pt: float, degrees: float) -> None:
        """Large pale text behind what is drawn after it, turned anticlockwise around its middle."""
        self._turned(middle_x_mm, middle_y_mm, shown, size_pt, degrees, grey=0.9)

    def stamp(self, middle_x_mm: float, middle_y_mm: float, shown: str, size_pt: float, degrees: float) -> None:
        """Text laid over what was drawn before it, which is read through it; turned as :meth:`watermark`."""
        self._canvas.saveState()
        self._canvas.setFillAlpha(_SEEN_THROUGH)
        self._turned(middle_x_mm, middle_y_mm, shown, size_pt, degrees, grey=0.25)
        self._canvas.restoreState()

    def picture(self, x_mm: float, y_mm: float, width_mm: float, height_mm: float, jpeg: bytes) -> None:
        """A picture as large as that; ``y_mm`` is its upper edge."""
        at = (x_mm * mm, self._y(y_mm + height_mm), width_mm * mm, height_mm * mm)
        self._canvas.drawImage(ImageReader(io.BytesIO(jpeg)), *at)

    def next_sheet(self, size: SheetSize | None = None) -> None:
        """Finish this sheet; what follows is drawn on the next one.

        Args:
            size: the next sheet's, where it is another one.
        """
        self._canvas.showPage()
        if size is not None and size != self.size:
            self.size = size
            self._canvas.setPageSize((size.width_mm * mm, size.height_mm * mm))

    def finish(self) -> bytes:
        """The whole PDF, the sheet at hand being its last."""
        self._canvas.showPage()
        self._canvas.save()
        return self._out.getvalue()

    def _turned(
        self, middle_x_mm: float, middle_y_mm: float, shown: str, size_pt: float, degrees: float, *, grey: float
    ) -> None:
        self._canvas.saveState()
        self._canvas.translate(middle_x_mm * mm, self._y(middle_y_mm))
        self._canvas.rotate(degrees)
        width = self.fonts.width_mm(shown, size_pt)
        drop = _MIDDLE_OVER_BASELINE * size_pt / mm
        self._draw_runs(-width / 2, self.size.height_mm + drop, self.fonts.runs(shown), size_pt, grey=grey, thick=False)
        self._canvas.restoreState()

    def _draw_runs(
        self, x_mm: float, baseline_mm: float, runs: Sequence[Run], size_pt: float, *, grey: float, thick: bool
    ) -> None:
        x, y = x_mm * mm, self._y(baseline_mm)
        line = self._canvas.beginText(x, y)
        line.setFillGray(grey)
        if thick:
            self._canvas.setStrokeGray(grey)
            self._canvas.setLineWidth(size_pt * _BOLD_STROKE)
            line.setTextRenderMode(2)
        boxes: list[tuple[float, float]] = []
        for run in runs:
            width = run.width * size_pt
            if run.boxed:
                boxes.append((x, width))
                line.setTextOrigin(x + 2 * BOX_PAD * size_pt, y + _CODE_RISE * size_pt)
                line.setFont(run.font_name, size_pt * CODE_SIZE)
                line.textOut(run.text)
                line.setTextOrigin(x + width, y)
            else:
                line.setFont(run.font_name, size_pt)
                line.textOut(run.text)
            x += width
        if thick:
            line.setTextRenderMode(0)
        self._canvas.drawText(line)
        self._canvas.setStrokeGray(grey)
        self._canvas.setLineWidth(_BOX_LINE * size_pt)
        pad = BOX_PAD * size_pt
        for left, width in boxes:
            self._canvas.rect(
                left + pad, y + _BOX_FOOT * size_pt, width - 2 * pad, _BOX_HEIGHT * size_pt, stroke=1, fill=0
            )

    def _y(self, from_top_mm: float) -> float:
        return (self.size.height_mm - from_top_mm) * mm

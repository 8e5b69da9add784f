"""Papers on the screen as they are, or would be, printed. They are drawn in a process of their own: results come from
elsewhere, and a malformed one must end nothing here (I11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from villagedesk.desk.printing import PrintDesk
from villagedesk.desk.results import ResultDesk
from villagedesk.devices.ports import PdfReader
from villagedesk.domain.document import Document
from villagedesk.domain.printing import PaperKind

_POINTS_PER_INCH = 72
_DPI = 120
"""An A4 sheet is 1,403 rows then: more than any screen here has."""
_LONGEST_PX = 6_000
"""Of a roll, which is drawn coarser then."""


@dataclass(frozen=True)
class SheetPicture:
    """One sheet.

    Args:
        bytes_a_pixel: 0 for an empty sheet, 1 for grey, 4 for colours (blue, green, red, unused).
        pixels: row after row from the top, no padding.
    """

    width: int
    height: int
    bytes_a_pixel: int
    pixels: bytes = field(repr=False)


class Previews:
    """Calls block for up to some seconds and may come from several threads.

    Args:
        reader: opens a PDF for reading.
    """

    def __init__(self, printing: PrintDesk, results: ResultDesk, reader: Callable[[bytes], PdfReader]) -> None:
        self._printing = printing
        self._results = results
        self._reader = reader

    def of_job(self, job_id: str) -> tuple[SheetPicture, ...]:
        """A paper as it was printed. Raises as :meth:`PrintDesk.pdf`, and EnvironmentProblem ``printer.*``."""
        return self._drawn(self._printing.pdf(job_id))

    def of_paper(self, case_id: str, kind: PaperKind) -> tuple[SheetPicture, ...]:
        """A paper as it would be printed now. Raises as :meth:`PrintDesk.preview`, EnvironmentProblem ``printer.*``."""
        return self._drawn(self._printing.preview(case_id, kind))

    def of_document(self, document: Document) -> tuple[SheetPicture, ...]:
        """A document the acceptance system handed out. Raises as :meth:`ResultDesk.pdf`, EnvironmentProblem
        ``printer.*``."""
        return self._drawn(self._results.pdf(document))

    def _drawn(self, pdf: bytes) -> tuple[SheetPicture, ...]:
        with self._reader(pdf) as document:
            return tuple(
                _sheet(document, number, width, height) for number, (width, height) in enumerate(document.sizes)
            )


def _sheet(document: PdfReader, number: int, width_pt: float, height_pt: float) -> SheetPicture:
    scale = min(_DPI / _POINTS_PER_INCH, _LONGEST_PX / max(height_pt, 1.0))
    width, height = max(1, round(width_pt * scale)), max(1, round(height_pt * scale))
    band = document.band(number, (width, height), 0, height)
    return SheetPicture(width, height, band.bytes_a_pixel, band.pixels)

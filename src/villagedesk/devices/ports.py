"""What the desk asks of a device; each adapter lies beside this file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, Self

from villagedesk.domain.identity import DocumentKind
from villagedesk.domain.progress import Progress, silent


@dataclass(frozen=True)
class Photograph:
    """One picture as a device gave it.

    Args:
        data: the encoded picture (JPEG, PNG …), byte for byte.
        media_type: e.g. ``"image/jpeg"``.
        source: where it came from, for the clerk: a device's name, or a file's name without its folder.
        dpi: pixels on an inch of paper, where that is known: of a scanner, of a page in a file; 0 for a camera.
    """

    data: bytes
    media_type: str
    source: str
    dpi: float = 0.0


@dataclass(frozen=True)
class Frame:
    """A small live picture of the table, ready to be drawn or looked through.

    Args:
        width, height: pixels; the longer one is at most about 1,000.
        rgb: three bytes a pixel, row after row from the top, no padding.
        number: grows with every new picture that the camera gave, also over closing and opening: the same number is
            the same picture.
    """

    width: int
    height: int
    rgb: bytes = field(repr=False)
    number: int


@dataclass(frozen=True)
class ArrivedFile:
    """A file in a watched folder.

    Args:
        state: when it was last written (ns) and how many bytes it has: another file of that name has another.
        whole: False for one whose end is missing and that is not being written any more.
    """

    path: Path
    state: tuple[int, int]
    whole: bool = True


class PictureFolder(Protocol):
    """Looks into a folder that a telephone, a transfer program or a scanner fills."""

    def look(self, folder: Path, done: Mapping[str, tuple[int, int]]) -> tuple[ArrivedFile, ...]:
        """The whole pictures and documents in it that are not done, oldest first; a file that is still being written is
        seen at a later look, and one that stays without its end is told as such.

        Args:
            done: states of files that are not to be looked at again, by name.

        Raises:
            EnvironmentProblem: ``devices.watched_folder_gone``.
        """

    def names(self, folder: Path) -> Mapping[str, tuple[int, int]]:
        """States of all files in it that could be pictures or documents. Raises as :meth:`look`."""


@dataclass(frozen=True)
class CameraInfo:
    """A camera by the names the system has for it.

    Args:
        camera_id: the system's own; some systems give another one when it is plugged in anew.
        name: as its maker calls it.
        pixels: of its largest format, 0 where that is not known.
        formats: what it gives, in words for the technician, the best first.
    """

    camera_id: str
    name: str
    pixels: int = field(default=0, compare=False)
    formats: tuple[str, ...] = field(default=(), compare=False)


class CameraPlace(StrEnum):
    """What a camera is for: the papers on the table, or e.g. the person in front of it."""

    MAIN = "main"
    SECOND = "second"


class CameraControl(StrEnum):
    """What can be set where a camera offers it.

    ``EXPOSURE``: brighter or darker than it finds right, in steps of light (EV). ``FOCUS``: look for it once more.
    """

    EXPOSURE = "exposure"
    FOCUS = "focus"


class DocumentCamera(Protocol):
    """A document camera 高拍仪. All calls may block, and come from worker threads, one at a time; only :meth:`cameras`
    may be called beside another."""

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it: of the one that is open, else of the one that would be opened; ""
        where there is none."""

    def cameras(self) -> tuple[CameraInfo, ...]:
        """What is connected now. Plugging in and pulling out is noticed by itself."""

    def choose(self, wanted: CameraInfo | None) -> None:
        """Which camera is opened from now on; None: the one that sees most."""

    def open(self) -> None:
        """Take hold of the device. Raises EnvironmentProblem (``devices.camera_*``) when it is not to be had."""

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""

    def preview(self) -> Frame | None:
        """The newest small picture of the table, or None when there is none yet. Made in the thread that asks.

        Raises:
            EnvironmentProblem: ``devices.camera_*`` when the device fails or is unplugged.
        """

    def capture(self) -> Photograph:
        """A picture at full resolution. Raises EnvironmentProblem when the device fails or is unplugged."""

    def offers(self) -> frozenset[CameraControl]:
        """What can be set on the open camera."""

    def adjust(self, control: CameraControl, value: float = 0.0) -> None:
        """Set it on the open camera; what that one does not offer is passed over.

        Args:
            value: of the exposure: from -2 to 2 EV, 0 as the camera finds right.
        """


@dataclass(frozen=True)
class ScannerInfo:
    """A flatbed scanner by the names the system has for it; ``scanner_id`` may change when it is plugged in anew."""

    scanner_id: str
    name: str


class Scanner(Protocol):
    """The flatbed scanners of this PC. Calls block for long; one at a time."""

    def scanners(self) -> tuple[ScannerInfo, ...]:
        """What is connected, and switched on. Takes some seconds. Raises EnvironmentProblem ``scanner.*``."""

    def scan(self, which: ScannerInfo, dpi: int, *, colour: bool = True, progress: Progress = silent) -> Photograph:
        """What lies on the glass, A4 or as much of it as the scanner has.

        Args:
            dpi: dots an inch; the scanner's next finer one where it has not that.
            progress: gets per cent and 100, and may raise Cancelled: the scanner is told to stop then.

        Raises:
            EnvironmentProblem: ``scanner.missing``, ``scanner.busy``, ``scanner.jammed``, ``scanner.no_paper``,
                ``scanner.cover_open``, ``scanner.no_access``, ``scanner.timeout``, ``scanner.failed``.
        """


class PrintState(StrEnum):
    """How far a print job is known to have come.

    ``WAITING``: the printer has the job and it may still come out, so it must not be sent again by itself.
    ``FAILED``: the printer gave the job up, or somebody took it out of the queue; sending it again is a reprint.
    ``UNKNOWN``: nobody here can tell: it may have come out, may still do so, or never will.
    """

    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PrintOutcome:
    """What a printer port says of one job.

    Args:
        state: how far it came.
        where: for the clerk: printer's name or written file.
        reason: message key when it is not done, else ""; its sentence may show ``{printer}``.
        ticket: by which the same printer can be asked for the job later, also after a restart of the program; "" when
            the system cannot be asked.
    """

    state: PrintState
    where: str
    reason: str = ""
    ticket: str = ""


class Printer(Protocol):
    """A printer that takes finished PDF pages. Calls may block, some seconds mostly; they come from worker threads."""

    @property
    def name(self) -> str:
        """The printer's name as the clerk knows it."""

    def available(self) -> bool:
        """Whether a job sent now could come out, if only after somebody has brought paper."""

    def trouble(self) -> str:
        """Message key of what is wrong with the printer now, as far as the system knows; "" when nothing is known.

        ``printer.no_paper``, ``printer.jammed``, ``printer.cover_open``, ``printer.no_ink``, ``printer.offline``,
        ``printer.stopped``, ``printer.fault`` (only the printer itself says what), ``printer.no_spooler``,
        ``printer.gone``, ``printer.no_folder``. The sentences may show ``{printer}``.
        """

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Print a PDF at 1:1. ``job_name`` holds no personal data (a local number and a paper's kind).

        Raises:
            EnvironmentProblem: when the printer could not even take the job; nothing came out.
        """

    def outcome(self, ticket: str) -> PrintOutcome:
        """What became of a job since, by the ticket it was given."""

    def cancel(self, ticket: str) -> bool:
        """Take a job out of the system's queue.

        Returns:
            True when it did not come out as a whole and the system sends no more of it: it may be printed elsewhere.
            What the printer itself already had in its memory cannot be taken back.
        """


@dataclass(frozen=True)
class PrinterInfo:
    """A printer as the system knows it.

    Args:
        name: by which it is chosen.
        is_default: the one that is used where none is chosen.
    """

    name: str
    is_default: bool = False


class Printers(Protocol):
    """The printers of this PC. Calls may block for some seconds, and come from worker threads."""

    def printers(self) -> tuple[PrinterInfo, ...]:
        """What the system knows now; none when it cannot be asked."""

    def printer(self, name: str) -> Printer | None:
        """A printer by its name; "" is the default, None when there is none.

        One that the system does not know (any more) is given all the same: its ``trouble`` says so, and what was
        printed on it can be asked for.
        """


@dataclass(frozen=True)
class Band:
    """Some rows of a page.

    Args:
        width, rows: pixels.
        bytes_a_pixel: 0 where all is white and nothing need be printed, 1 where all is grey, 4 for colours.
        pixels: row after row from the top, no padding.
    """

    width: int
    rows: int
    bytes_a_pixel: int
    pixels: bytes = field(repr=False)


class PdfReader(Protocol):
    """A PDF that is open for reading within a ``with`` block.

    Raises:
        EnvironmentProblem: ``printer.not_pdf``, ``printer.locked``, ``printer.too_large``, ``printer.pdf_broke``.
    """

    sizes: tuple[tuple[float, float], ...]
    """Width and height of each page in points."""

    def __enter__(self) -> Self:
        """Open it."""

    def __exit__(self, *_: object) -> None:
        """Close it."""

    def band(self, page: int, size: tuple[int, int], top: int, rows: int) -> Band:
        """Some rows of a page that is drawn in so many pixels. Raises EnvironmentProblem ``printer.memory``,
        ``printer.pdf_broke``."""


@dataclass(frozen=True)
class IdCard:
    """What a card reader read; "" for what the card does not say.

    Args:
        kind: which document it is.
        sex: a :class:`villagedesk.domain.resident_id.Sex` value.
        ethnic_group: 民族, code of GB/T 3304 as the reader gave it.
        birth_date, valid_from, valid_to: ISO dates; ``valid_to`` is "" also for a card that never expires (长期).
        number: the number the person is known by.
        issuer: the office that gave the card.
        photo: the picture in the reader's own packing, not read here.
        other_name: the name in Latin letters, on cards that carry both.
        nationality: code as the card has it, "" for Chinese citizens.
        pass_number: 通行证号码 on a residence permit.
        issue_count: how often a residence permit was issued, as the card has it.
        version: of the card's layout, as the card has it.
        warnings: what the reader found strange, as message keys.
    """

    kind: DocumentKind
    name: str
    sex: str = ""
    ethnic_group: str = ""
    birth_date: str = ""
    address: str = ""
    number: str = ""
    issuer: str = ""
    valid_from: str = ""
    valid_to: str = ""
    photo: bytes = field(default=b"", repr=False)
    other_name: str = ""
    nationality: str = ""
    pass_number: str = ""
    issue_count: str = ""
    version: str = ""
    warnings: tuple[str, ...] = ()


class IdReader(Protocol):
    """A reader of identity cards 身份证阅读机. Calls may block for some seconds; one at a time."""

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""

    def available(self) -> bool:
        """Whether a card laid on it now could be read."""

    def read(self) -> IdCard:
        """The card that lies on it.

        Raises:
            InputProblem: ``reader.no_card``, ``reader.unreadable`` …: the clerk can lay the card down again.
            EnvironmentProblem: ``reader.*`` when the device fails or is unplugged.
        """

"""What the desk asks of a device; each adapter lies beside this file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from villagedesk.domain.identity import DocumentKind


@dataclass(frozen=True)
class Photograph:
    """One picture as a device gave it.

    Args:
        data: the encoded picture (JPEG, PNG …), byte for byte.
        media_type: e.g. ``"image/jpeg"``.
        source: where it came from, for the clerk: a device's name, or a file's name without its folder.
    """

    data: bytes
    media_type: str
    source: str


class DocumentCamera(Protocol):
    """A document camera 高拍仪. All calls may block and come from one worker thread at a time."""

    @property
    def name(self) -> str:
        """The device's name as the clerk knows it."""

    def open(self) -> None:
        """Take hold of the device. Raises EnvironmentProblem (``devices.camera_*``) when it is not to be had."""

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""

    def preview(self) -> Photograph | None:
        """The newest small picture of the table, or None when there is none yet."""

    def capture(self) -> Photograph:
        """A picture at full resolution. Raises EnvironmentProblem when the device fails or is unplugged."""


class PrintState(StrEnum):
    """How far a print job is known to have come.

    ``WAITING``: the printer has the job and it may still come out, so it must not be sent again by itself.
    ``FAILED``: the printer gave the job up; sending it again is a reprint.
    """

    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True)
class PrintOutcome:
    """What a printer port says of one job.

    Args:
        state: how far it came.
        where: for the clerk: printer's name or written file.
        reason: message key when it waits or failed, else "".
    """

    state: PrintState
    where: str
    reason: str = ""


class Printer(Protocol):
    """A printer that takes finished PDF pages. Calls may block; they come from the print runner's thread."""

    @property
    def name(self) -> str:
        """The printer's name as the clerk knows it."""

    def available(self) -> bool:
        """Whether a job sent now could come out."""

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Print a PDF at 1:1. ``job_name`` holds no personal data (a local number and a paper's kind).

        Raises:
            EnvironmentProblem: when the printer could not even take the job; nothing came out.
        """


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

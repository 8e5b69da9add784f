"""A printer that is a folder: every paper becomes a PDF file, whole or not at all, none ever overwritten."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import uuid
from pathlib import Path

from villagedesk.devices.ports import Printer, PrinterInfo, PrintOutcome, PrintState
from villagedesk.devices.printer_gone import GonePrinter
from villagedesk.devices.spooler import UNKNOWN
from villagedesk.domain.problems import EnvironmentProblem

_LONGEST_STEM = 80
# Names that Windows keeps for devices, with any ending (Microsoft: Naming Files, Paths, and Namespaces).
_DEVICE_NAME = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def file_stem(job_name: str) -> str:
    """A job's name as a file name without ending, good on Windows too; never empty."""
    stem = "".join(one if one.isalnum() or one in "-_" else "_" for one in job_name)[:_LONGEST_STEM].strip("_")
    return f"_{stem}" if not stem or _DEVICE_NAME.fullmatch(stem) else stem


def check_job(pdf: bytes, copies: int) -> None:
    """What every printer refuses.

    Raises:
        EnvironmentProblem: ``printer.not_pdf``.
        ValueError: when ``copies`` is less than one.
    """
    if copies < 1:
        raise ValueError(f"{copies} copies cannot be printed")
    if not pdf.startswith(b"%PDF-"):
        raise EnvironmentProblem("printer.not_pdf")


class FilePrinter:
    """Writes each paper as a PDF file.

    Args:
        folder: where the files go; made when missing.
        name: the printer's name as the clerk knows it.

    A file stands for all copies of its job.
    """

    def __init__(self, folder: Path, name: str = "PDF") -> None:
        self._folder = folder
        self._name = name

    @property
    def name(self) -> str:
        """The printer's name as the clerk knows it."""
        return self._name

    def available(self) -> bool:
        """Whether the folder, or the nearest existing one above it, can be written to."""
        existing = next((one for one in (self._folder, *self._folder.parents) if one.exists()), None)
        return existing is not None and existing.is_dir() and os.access(existing, os.W_OK)

    def trouble(self) -> str:
        """That the folder is not there, or not to be written to."""
        return "" if self.available() else "printer.no_folder"

    def print_pdf(self, pdf: bytes, job_name: str, copies: int = 1) -> PrintOutcome:
        """Write the PDF under a name made of ``job_name``; ``where`` is the file's path.

        Raises:
            EnvironmentProblem: ``printer.not_pdf``, ``printer.disk_full`` or ``printer.folder``; no file is left.
        """
        check_job(pdf, copies)
        temporary = self._folder / f".{uuid.uuid4().hex}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            final = self._give_name(temporary, file_stem(job_name))
            _sync_folder(self._folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise EnvironmentProblem("printer.disk_full", folder=str(self._folder)) from error
            raise EnvironmentProblem("printer.folder", folder=str(self._folder)) from error
        return PrintOutcome(PrintState.DONE, str(final), "", final.name)

    def outcome(self, ticket: str) -> PrintOutcome:
        """Done while the file is there; whoever took it away may have printed it or not."""
        file = self._folder / Path(ticket).name
        if ticket and file.is_file():
            return PrintOutcome(PrintState.DONE, str(file), "", ticket)
        return PrintOutcome(PrintState.UNKNOWN, str(file), UNKNOWN, ticket)

    def cancel(self, ticket: str) -> bool:  # noqa: ARG002 - Printer's shape
        """Files are written at once: there is never one to be taken back."""
        return False

    def _give_name(self, temporary: Path, stem: str) -> Path:
        """Rename to the first free name; a link fails where the name is taken, a rename on POSIX would overwrite."""
        count = 1
        while True:
            final = self._folder / (f"{stem}.pdf" if count == 1 else f"{stem}-{count}.pdf")
            count += 1
            try:
                os.link(temporary, final)
            except FileExistsError:
                continue
            except OSError:  # a file system without links (USB stick): look first, then rename
                if final.exists():
                    continue
                temporary.rename(final)
                return final
            temporary.unlink()
            return final


class FilePrinters:
    """The folder as this PC's only printer. See :class:`villagedesk.devices.ports.Printers`."""

    def __init__(self, folder: Path, name: str = "PDF") -> None:
        self._one = FilePrinter(folder, name)

    def printers(self) -> tuple[PrinterInfo, ...]:
        """See :class:`villagedesk.devices.ports.Printers`."""
        return (PrinterInfo(self._one.name, is_default=True),)

    def printer(self, name: str) -> Printer:
        """See :class:`villagedesk.devices.ports.Printers`."""
        return self._one if name in ("", self._one.name) else GonePrinter(name)


def _sync_folder(folder: Path) -> None:
    """Make the new name last over a power cut; Windows cannot open folders and needs it not."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Which camera, printer and card reader a run uses, from its options. Qt's adapters are made on the GUI thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from villagedesk.app.run_options import (
    READ_FILES,
    READ_PAGES,
    READ_PDF,
    check_camera,
    check_printer,
    check_reader,
    check_scanner,
)
from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.devices.file_process import FROM_SOURCE as READ_FROM_SOURCE
from villagedesk.devices.file_process import FileProcess
from villagedesk.devices.id_reader_helper import HelperIdReader
from villagedesk.devices.id_reader_simulated import SimulatedIdReader
from villagedesk.devices.picture_reading import PictureReading
from villagedesk.devices.ports import DocumentCamera, IdReader, Printers, Scanner
from villagedesk.devices.printer_file import FilePrinters
from villagedesk.devices.scanner_sane import SaneScanner, sane_is_there
from villagedesk.devices.scanner_simulated import SimulatedScanner
from villagedesk.imaging.recognising.reading_process import FROM_SOURCE

if TYPE_CHECKING:
    from villagedesk.devices.media_thread_qt import MediaThread

_HELPER = Path(sys.executable).parent / "id_reader" / "villagedesk-id-reader.exe"
"""Where the set-up puts the helper process for ID-card readers."""

OnGuiThread = Callable[[Callable[[], object]], object]
Media = Callable[[], "MediaThread"]
"""Gives the thread of Qt's multimedia, begun with the first call."""


def make_camera(choice: str, media: Media, changed: Callable[[], None]) -> DocumentCamera | None:
    """The document camera, None where there is none or Qt's multimedia cannot be loaded on this PC.

    Args:
        changed: called from another thread when a camera was plugged in or pulled out.
    """
    kind, _, folder = check_camera(choice).partition(":")
    if kind == "simulated":
        return SimulatedCamera.from_folder(Path(folder))
    if kind == "folder":
        return FolderCamera(Path(folder), PictureReading(FileProcess(file_reader())))
    if kind == "none":
        return None
    try:
        # Qt's multimedia libraries are read only where a camera is asked for
        from villagedesk.devices.camera_qt import QtCamera  # noqa: PLC0415
    except ImportError:
        return None
    return QtCamera(media(), changed=changed)


def make_printers(choice: str, on_gui_thread: OnGuiThread) -> Printers | None:
    """The printers of this PC, None where there is to be none or Qt cannot print here."""
    kind, _, rest = check_printer(choice).partition(":")
    if kind == "file":
        return FilePrinters(Path(rest))
    if kind == "none":
        return None
    try:
        # libcups is read only where a real printer is asked for
        from villagedesk.devices.printers_qt import QtPrinters, load_printing  # noqa: PLC0415
        from villagedesk.devices.system_spooler import system_spooler  # noqa: PLC0415
    except ImportError:
        return None
    spooler = system_spooler()
    if spooler.printers():
        on_gui_thread(load_printing)
    return QtPrinters(rest, spooler, reader=pdf_reader())


def pdf_reader() -> Sequence[str]:
    """What starts the process that reads PDF files: the packaged program itself, or this Python with the package."""
    if getattr(sys, "frozen", False):
        return (sys.executable, READ_PDF)
    from villagedesk.devices.pdf_process import FROM_SOURCE  # noqa: PLC0415 - as above

    return FROM_SOURCE


def page_reader() -> Sequence[str]:
    """What starts the process that reads pages, as :func:`pdf_reader`."""
    return (sys.executable, READ_PAGES) if getattr(sys, "frozen", False) else FROM_SOURCE


def file_reader() -> Sequence[str]:
    """What starts the process that reads files from elsewhere, as :func:`pdf_reader`."""
    return (sys.executable, READ_FILES) if getattr(sys, "frozen", False) else READ_FROM_SOURCE


def make_reader(choice: str) -> IdReader | None:
    """The reader of ID cards, None where there is none."""
    kind, _, rest = check_reader(choice).partition(":")
    if kind == "simulated":
        return SimulatedIdReader.from_folder(Path(rest))
    if kind == "helper":
        return HelperIdReader([rest])
    return HelperIdReader([str(_HELPER)]) if kind == "auto" and _HELPER.is_file() else None


def make_scanner(choice: str) -> Scanner | None:
    """The flatbed scanners, None where this PC can have none. None is looked for before somebody asks for it: that
    takes seconds, and some of SANE's drivers ask the whole network."""
    kind, _, rest = check_scanner(choice).partition(":")
    if kind == "simulated":
        return SimulatedScanner.from_folder(Path(rest))
    return SaneScanner() if kind == "auto" and sane_is_there() else None

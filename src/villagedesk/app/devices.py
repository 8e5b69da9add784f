"""Which camera, printer and card reader a run uses, from its options. Qt's adapters are made on the GUI thread."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from villagedesk.app.run_options import READ_FILES, READ_PDF, check_camera, check_printer, check_reader
from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.devices.file_process import FROM_SOURCE as READ_FROM_SOURCE
from villagedesk.devices.id_reader_helper import HelperIdReader
from villagedesk.devices.id_reader_simulated import SimulatedIdReader
from villagedesk.devices.ports import DocumentCamera, IdReader, Printer
from villagedesk.devices.printer_file import FilePrinter

_HELPER = Path(sys.executable).parent / "id_reader" / "villagedesk-id-reader.exe"
"""Where the set-up puts the helper process for ID-card readers."""

OnGuiThread = Callable[[Callable[[], object]], object]


def make_camera(choice: str, on_gui_thread: OnGuiThread) -> DocumentCamera | None:
    """The document camera, None where there is none or Qt's multimedia cannot be loaded on this PC."""
    kind, _, folder = check_camera(choice).partition(":")
    if kind == "simulated":
        return SimulatedCamera.from_folder(Path(folder))
    if kind == "folder":
        return FolderCamera(Path(folder))
    if kind == "none":
        return None
    try:
        # Qt's multimedia libraries are read only where a camera is asked for
        from villagedesk.devices.camera_qt import QtCamera  # noqa: PLC0415
    except ImportError:
        return None
    camera = on_gui_thread(QtCamera)
    assert isinstance(camera, QtCamera)
    return camera


def make_printer(choice: str, on_gui_thread: OnGuiThread) -> Printer | None:
    """The printer, None where there is none."""
    kind, _, rest = check_printer(choice).partition(":")
    if kind == "file":
        return FilePrinter(Path(rest))
    if kind == "none":
        return None
    try:
        # libcups and Qt's PDF reader are read only where a real printer is asked for
        from PySide6.QtPrintSupport import QPrinterInfo  # noqa: PLC0415

        from villagedesk.devices.printer_qt import QtPrinter  # noqa: PLC0415
    except ImportError:
        return None
    name = rest or str(on_gui_thread(QPrinterInfo.defaultPrinterName))
    return QtPrinter(name, reader=pdf_reader()) if name else None


def pdf_reader() -> Sequence[str]:
    """What starts the process that reads PDF files: the packaged program itself, or this Python with the package."""
    if getattr(sys, "frozen", False):
        return (sys.executable, READ_PDF)
    from villagedesk.devices.pdf_process import FROM_SOURCE  # noqa: PLC0415 - as above

    return FROM_SOURCE


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

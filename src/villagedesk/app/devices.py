"""Which camera and printer a run uses, from its options. Qt's adapters are made on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from villagedesk.app.run_options import check_camera, check_printer
from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_simulated import SimulatedCamera
from villagedesk.devices.ports import DocumentCamera, Printer
from villagedesk.devices.printer_file import FilePrinter

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
    return QtPrinter(name) if name else None

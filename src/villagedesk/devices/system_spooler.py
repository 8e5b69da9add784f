"""Which spooler this system has."""

from __future__ import annotations

import sys

from villagedesk.devices.printer_cups import CupsSpooler
from villagedesk.devices.printer_windows import WindowsSpooler
from villagedesk.devices.spooler import Spooler


def system_spooler() -> Spooler:
    """What keeps the print jobs of this system."""
    return WindowsSpooler() if sys.platform == "win32" else CupsSpooler()

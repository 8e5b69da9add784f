"""What the command line says about a run. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

READ_PDF = "read-pdf"
"""The command by which the packaged program is its own reader of PDF files; nobody types it."""
READ_PAGES = "read-pages"
"""As ``READ_PDF``, the process that reads what pages say."""
READ_FILES = "read-files"
"""The same for files that pages are taken from."""
LIST_CAMERAS = "list-cameras"
"""The command by which the program asks Qt for the cameras in a process of its own; nobody types it."""


@dataclass(frozen=True)
class RunOptions:
    """What the command line says about a run.

    Args:
        camera: ``qt``, ``none``, ``simulated:FOLDER`` or ``folder:FOLDER``.
        printer: ``default``, ``none``, ``qt:NAME`` or ``file:FOLDER``.
        reader: of ID cards: ``auto`` (the helper that was installed, if any), ``none``, ``simulated:FOLDER`` or
            ``helper:FILE``.
        scanner: flatbed: ``auto`` (through SANE, where this PC has it), ``none`` or ``simulated:FOLDER``.
        station_file: offered at the first run.
        practice_only: only a practice station's file may set the folder up.
    """

    data_folder: Path
    camera: str = "qt"
    printer: str = "default"
    reader: str = "auto"
    scanner: str = "auto"
    station_file: Path | None = None
    practice_only: bool = False


def check_camera(choice: str) -> str:
    """The choice itself when it is one of those above. Raises ValueError otherwise."""
    kind, _, folder = choice.partition(":")
    if (kind in ("simulated", "folder") and folder) or choice in ("qt", "none"):
        return choice
    raise ValueError(f"no such camera: {choice}")


def check_printer(choice: str) -> str:
    """The choice itself when it is one of those above. Raises ValueError otherwise."""
    kind, _, rest = choice.partition(":")
    if (kind in ("file", "qt") and rest) or choice in ("default", "none"):
        return choice
    raise ValueError(f"no such printer: {choice}")


def check_reader(choice: str) -> str:
    """The choice itself when it is one of those above. Raises ValueError otherwise."""
    kind, _, rest = choice.partition(":")
    if (kind in ("simulated", "helper") and rest) or choice in ("auto", "none"):
        return choice
    raise ValueError(f"no such reader: {choice}")


def check_scanner(choice: str) -> str:
    """The choice itself when it is one of those above. Raises ValueError otherwise."""
    kind, _, rest = choice.partition(":")
    if (kind == "simulated" and rest) or choice in ("auto", "none"):
        return choice
    raise ValueError(f"no such scanner: {choice}")

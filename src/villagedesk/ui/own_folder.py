"""Where a file goes that nobody chose a folder for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths


def own_folder() -> Path:
    """Where the clerk finds files again without having chosen a folder: the documents, else the home folder."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    return documents if documents.is_dir() else Path.home()

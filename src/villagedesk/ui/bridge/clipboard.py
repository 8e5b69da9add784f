"""Values on their way through the clipboard: exactly as they are, out of the system's history, and soon gone again."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtWidgets import QApplication

KEPT_MS = 90_000
"""Long enough to change windows and paste; personal data does not stay longer (I8)."""
_NO = bytes(4)
_KEEP_OUT = {
    # Windows (Cloud Clipboard and Clipboard History): a DWORD 0, under its registered name through Qt's Windows mime
    'application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"': _NO,
    'application/x-qt-windows-mime;value="CanUploadToCloudClipboard"': _NO,
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': _NO,
    "x-kde-passwordManagerHint": b"secret",
}


class PersonalClipboard(QObject):
    """Puts values on the clipboard, one at a time, and takes the last one off again.

    Args:
        kept_ms: how long a value stays.
    """

    def __init__(self, parent: QObject, kept_ms: int = KEPT_MS) -> None:
        super().__init__(parent)
        self._value: str | None = None
        self._timer = QTimer(self, singleShot=True, interval=kept_ms)
        self._timer.timeout.connect(self.clear)

    def copy(self, value: str) -> None:
        """Put the value there, with no mask and not a blank more."""
        data = QMimeData()
        data.setText(value)
        for kind, content in _KEEP_OUT.items():
            data.setData(kind, content)
        QApplication.clipboard().setMimeData(data)
        self._value = value
        self._timer.start()

    def clear(self) -> None:
        """Take it off, unless something else was copied meanwhile."""
        self._timer.stop()
        clipboard = QApplication.clipboard()
        if self._value is not None and clipboard.text() == self._value:
            clipboard.clear()
        self._value = None

"""The sound of a photograph taken, through the PC's loudspeaker.

STATUS: never heard; that a missing or broken sound device does no harm is tested.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect


class ShutterSound:
    """Plays one short file. GUI thread only.

    Args:
        file: a WAV file.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._effect: QSoundEffect | None = None
        self._silent = False

    def __call__(self) -> None:
        """Play it once, from its beginning. Where the PC has no sound the flash in the picture must do."""
        if self._silent:
            return
        if self._effect is None:
            try:
                # Qt's multimedia libraries are read only when the first photograph is taken
                from PySide6.QtMultimedia import QSoundEffect  # noqa: PLC0415
            except ImportError:
                self._silent = True
                return
            self._effect = QSoundEffect()
            self._effect.setSource(QUrl.fromLocalFile(str(self._file)))
            self._effect.setVolume(0.6)
        self._effect.play()

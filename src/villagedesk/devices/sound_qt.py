"""The sound of a photograph taken, through the PC's loudspeaker.

STATUS: never heard; that a missing or broken sound device does no harm is tested.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl

from villagedesk.devices.media_thread_qt import MediaThread

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

_PATIENCE_S = 3.0


class ShutterSound:
    """Plays one short file. Opening the loudspeaker may take long, and is done where cameras are opened.

    Args:
        file: a WAV file.
        media: gives the thread of Qt's multimedia, and begins it where it is not.
    """

    def __init__(self, file: Path, media: Callable[[], MediaThread]) -> None:
        self._file = file
        self._media = media
        self._effect: QSoundEffect | None = None
        self._silent = False

    def __call__(self) -> None:
        """Play it once, from its beginning; returns at once. Where the PC has no sound the flash in the picture must
        do."""
        if not self._silent:
            self._media().post(self._play)

    def close(self) -> None:
        """Let go of the loudspeaker; before the thread is stopped. A thread that is held up is not waited for long."""
        self._silent = True
        if self._effect is not None:
            with contextlib.suppress(TimeoutError):
                self._media().post(self._let_go).result(_PATIENCE_S)

    def _play(self) -> None:
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

    def _let_go(self) -> None:
        self._effect = None

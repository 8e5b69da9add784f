"""The shutter's sound holds up no window, and a PC without sound misses nothing else."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from villagedesk.app.resources import resources_folder
from villagedesk.devices import sound_qt
from villagedesk.devices.media_thread_qt import MediaThread
from villagedesk.devices.sound_qt import ShutterSound

FILE = resources_folder() / "sounds" / "shutter.wav"


@pytest.fixture
def media(qtbot: QtBot) -> Iterator[MediaThread]:
    del qtbot
    thread = MediaThread()
    yield thread
    thread.stop()


def no_more(media: MediaThread) -> None:
    """Waits for what was asked of that thread."""
    media.call(lambda: None)


class Loudspeaker:
    """Stands where Qt's effect stands; may be slow to open.

    Args:
        open_now: opening waits for it.
    """

    made: list[Loudspeaker]
    open_now: threading.Event

    def __init__(self) -> None:
        assert self.open_now.wait(20)
        self.thread = QThread.currentThread().objectName()
        self.played = 0
        self.file = ""
        self.made.append(self)

    def setSource(self, url: object) -> None:  # noqa: N802 - Qt's name
        self.file = Path(url.toLocalFile()).name  # type: ignore[attr-defined]

    def setVolume(self, volume: float) -> None:  # noqa: N802 - Qt's name
        assert 0 < volume <= 1

    def play(self) -> None:
        self.played += 1


def test_it_is_opened_once_in_the_media_thread_and_nobody_waits(
    media: MediaThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    Loudspeaker.made, Loudspeaker.open_now = [], threading.Event()
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", SimpleNamespace(QSoundEffect=Loudspeaker))
    sound = ShutterSound(FILE, lambda: media)
    sound()
    sound()
    assert not Loudspeaker.made, "the loudspeaker is still being opened, and the caller is back"
    Loudspeaker.open_now.set()
    no_more(media)
    (speaker,) = Loudspeaker.made
    assert (speaker.thread, speaker.file, speaker.played) == ("media", "shutter.wav", 2)
    sound.close()
    sound()
    no_more(media)
    assert speaker.played == 2


def test_a_media_thread_that_is_held_up_does_not_hold_up_the_end(
    media: MediaThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    Loudspeaker.made, Loudspeaker.open_now = [], threading.Event()
    Loudspeaker.open_now.set()
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", SimpleNamespace(QSoundEffect=Loudspeaker))
    monkeypatch.setattr(sound_qt, "_PATIENCE_S", 0.05)
    sound = ShutterSound(FILE, lambda: media)
    sound()
    no_more(media)
    free = threading.Event()
    media.post(free.wait)
    sound()
    sound.close()
    free.set()
    no_more(media)
    (speaker,) = Loudspeaker.made
    assert speaker.played == 1, "what was still to be played is not"


def test_where_qt_has_no_sound_it_is_silent_and_asked_no_more(
    media: MediaThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    begun: list[MediaThread] = []
    sound = ShutterSound(FILE, lambda: begun.append(media) or media)  # type: ignore[func-returns-value]
    for _ in range(3):
        sound()
        no_more(media)
    assert len(begun) == 1
    sound.close()


def test_the_real_effect_without_a_loudspeaker_does_no_harm(media: MediaThread) -> None:
    sound = ShutterSound(FILE, lambda: media)
    for _ in range(3):
        sound()
    no_more(media)
    sound.close()


def test_a_loudspeaker_that_fails_does_no_harm(media: MediaThread, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no device")

    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", SimpleNamespace(QSoundEffect=broken))
    sound = ShutterSound(FILE, lambda: media)
    sound()
    no_more(media)
    sound.close()

"""A UVC document camera through QtMultimedia.

STATUS: never run on hardware. The road from session through sink to picture, choosing, unplugging and coming back are
tested with frames that are put into the real session; choosing a format has met no device.

Stills are taken from the video sink: many document cameras have a broken still mode, and all of them give their full
resolution as Motion JPEG video. Only where a camera's stills have more pixels than its video is the still mode asked,
for a bounded time, and the sink's frame taken where nothing comes of it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from PySide6.QtCore import QObject, Slot
from PySide6.QtMultimedia import QImageCapture, QMediaCaptureSession, QVideoFrame, QVideoSink

from villagedesk.devices.camera_inputs_qt import CameraFeed, CameraInputs, SystemCameras
from villagedesk.devices.camera_pick import pick
from villagedesk.devices.format_trials import FormatTrials
from villagedesk.devices.frame_qt import small_of, still_of
from villagedesk.devices.media_thread_qt import MediaThread
from villagedesk.devices.ports import CameraControl, CameraInfo, Frame, Photograph
from villagedesk.domain.problems import EnvironmentProblem

_STILL_PATIENCE_S = 2.0
_LOADED_S = 20.0


class QtCamera:
    """One of the PC's cameras. Calls come from worker threads; whatever belongs to Qt happens in the media thread.

    Args:
        media: that thread.
        inputs: makes what knows the cameras, in the media thread; by default those of the system.
        patience: how long to wait for a frame, seconds; a camera that is silent for longer has failed.
        changed: called, in the media thread, when one was plugged in or pulled out.
    """

    def __init__(
        self,
        media: MediaThread,
        *,
        inputs: Callable[[], CameraInputs] = SystemCameras,
        patience: float = 5.0,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._media = media
        self._patience = patience
        self._changed = changed
        # Guards what follows; every frame and every change of state is announced on it.
        self._news = threading.Condition()
        self._connected: tuple[CameraInfo, ...] = ()
        self._wanted: CameraInfo | None = None
        self._used: CameraInfo | None = None
        self._frame: QVideoFrame | None = None
        self._count = 0
        self._heard = 0.0
        self._shown: Frame | None = None
        self._problem = ""
        self._trials: dict[CameraInfo, FormatTrials] = {}
        """Of the cameras that were opened since they were plugged in."""
        self._asked = 0
        """The format that the open camera was asked for, the best being 0."""
        self._loaded_by: float | None = None
        """Until then the plug-in is waited for, once: this is asked for again and again."""
        # Loading Qt's plug-in takes a moment, which nobody waits for who does not ask for a camera yet.
        self._stage: Future[_Stage] = media.post(lambda: _Stage(self, inputs()))

    @property
    def name(self) -> str:
        """As the system gives it."""
        with self._news:
            used = self._used
        if used is None:
            used = self._picked() or self._wanted
        return used.name if used is not None else ""

    def cameras(self) -> tuple[CameraInfo, ...]:
        """What is connected; from the first call on Qt's plug-in has its time to be loaded. None where that cannot be
        loaded, or while a driver holds it up."""
        with self._news:
            now = time.monotonic()
            if self._loaded_by is None:
                self._loaded_by = now + _LOADED_S
            left = max(0.0, self._loaded_by - now)
        # Whatever hinders other people's libraries: files can be brought in all the same.
        with contextlib.suppress(Exception):
            self._stage.result(left)
        with self._news:
            return self._connected

    def choose(self, wanted: CameraInfo | None) -> None:
        """Which one is opened from now on."""
        with self._news:
            self._wanted = wanted

    def open(self) -> None:
        """Take hold of the device; its pictures come a moment later.

        Raises:
            EnvironmentProblem: ``devices.camera_missing``, ``devices.camera_unplugged``.
        """
        picked = self._picked()
        if picked is None:
            raise EnvironmentProblem("devices.camera_missing")
        with self._news:
            self._used = picked
            self._forget()
            self._heard = time.monotonic()
            asked = self._asked = self._trials.setdefault(picked, FormatTrials(len(picked.formats))).next
        started = self._media.post(lambda: self._stage.result().start(picked, asked))
        try:
            there = started.result(2 * self._patience)
        except TimeoutError:
            self.close()
            raise EnvironmentProblem("devices.camera_timeout") from None
        if not there:
            self.close()
            raise EnvironmentProblem("devices.camera_missing")

    def close(self) -> None:
        """Let the device go; closing twice is harmless."""
        with self._news:
            was_open, self._used = self._used is not None, None
            self._forget()
            self._news.notify_all()
        if was_open:
            # Not waited for: a device that was pulled out can hold it up.
            self._media.post(lambda: self._stage.result().stop())

    def preview(self) -> Frame | None:
        """The newest frame made small, None before the first one; of a frame that came in part, the one before.

        Raises:
            EnvironmentProblem: ``devices.camera_unplugged``, ``devices.camera_timeout`` when it has been silent.
        """
        with self._news:
            if self._used is None:
                return None
            self._check()
            frame, number, shown = self._frame, self._count, self._shown
        if frame is None:
            return None
        if shown is not None and shown.number == number:
            return shown
        small = small_of(frame)
        if small is None:
            return shown
        made = Frame(*small, number)
        with self._news:
            if self._used is not None:
                self._shown = made
        return made

    def capture(self) -> Photograph:
        """A frame that arrived after the call, at full resolution.

        Raises:
            EnvironmentProblem: ``devices.camera_not_open``, ``devices.camera_unplugged``, ``devices.camera_timeout``.
        """
        with self._news:
            # The newest frame may have been exposed before the paper lay still.
            seen = self._count
        larger = self._still_mode()
        if larger is not None:
            return Photograph(larger, "image/jpeg", self.name)
        deadline = time.monotonic() + self._patience
        while True:
            frame, seen = self._frame_after(seen, deadline)
            still = still_of(frame)
            if still is not None:
                return Photograph(still, "image/jpeg", self.name)

    def offers(self) -> frozenset[CameraControl]:
        """What can be set on the open camera."""
        with self._news:
            if self._used is None:
                return frozenset()
        asked = self._media.post(lambda: self._stage.result().offers())
        try:
            return asked.result(_STILL_PATIENCE_S)
        except TimeoutError:
            return frozenset()

    def adjust(self, control: CameraControl, value: float = 0.0) -> None:
        """Set it on the open camera."""
        self._media.post(lambda: self._stage.result().adjust(control, value))

    def connected(self, cameras: tuple[CameraInfo, ...]) -> None:
        """The stage says what is plugged in now."""
        with self._news:
            self._connected = cameras
            self._trials = {one: known for one, known in self._trials.items() if one in cameras}
            if self._used is not None and self._used not in cameras:
                self._broke_off()
        self._changed()

    def failed(self) -> None:
        """The stage says that the open camera broke off."""
        with self._news:
            if self._used is not None:
                self._broke_off()

    def take(self, frame: QVideoFrame) -> None:
        """The stage has a new frame."""
        with self._news:
            if self._used is None or self._problem:
                return
            trials = self._trials.get(self._used)
            if self._frame is None and trials is not None and not trials.brought(self._asked):
                # Nothing is photographed in a smaller format before the best had its turn: it is opened anew.
                self._problem = "devices.camera_timeout"
                self._news.notify_all()
                return
            self._frame = frame
            self._count += 1
            self._heard = time.monotonic()
            self._news.notify_all()

    def _picked(self) -> CameraInfo | None:
        cameras = self.cameras()
        with self._news:
            return pick(cameras, self._wanted)

    def _forget(self) -> None:
        self._frame, self._shown, self._problem = None, None, ""

    def _broke_off(self) -> None:
        self._problem, self._frame, self._shown = "devices.camera_unplugged", None, None
        self._news.notify_all()

    def _check(self) -> None:
        if self._problem:
            raise EnvironmentProblem(self._problem)
        if time.monotonic() - self._heard > self._patience:
            raise self._said_nothing()

    def _frame_after(self, seen: int, deadline: float) -> tuple[QVideoFrame, int]:
        with self._news:
            while True:
                if self._used is None:
                    raise EnvironmentProblem("devices.camera_not_open")
                if self._problem:
                    raise EnvironmentProblem(self._problem)
                if self._frame is not None and self._count > seen:
                    return self._frame, self._count
                left = deadline - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise self._said_nothing()

    def _said_nothing(self) -> EnvironmentProblem:
        if self._used is not None and self._frame is None:
            trials = self._trials.get(self._used)
            if trials is not None:
                trials.silent(self._asked)
        return EnvironmentProblem("devices.camera_timeout")

    def _still_mode(self) -> bytes | None:
        """A still with more pixels than the video has, where there are such and one comes in time."""
        with self._news:
            if self._used is None or self._problem:
                return None
        asked = self._media.post(lambda: self._stage.result().still())
        try:
            wanted = asked.result(_STILL_PATIENCE_S)
            if wanted is None:
                return None
            frame = wanted.result(_STILL_PATIENCE_S)
        except TimeoutError:
            self._media.post(lambda: self._stage.result().give_up_stills())
            return None
        with self._news:
            video = self._frame
        if frame is None or (video is not None and frame.width() * frame.height() <= video.width() * video.height()):
            self._media.post(lambda: self._stage.result().give_up_stills())
            return None
        return still_of(frame)


class _Ear(QObject):
    """Hears one opening of a camera: what is still on its way from the one before is not taken for the next one's."""

    def __init__(self, front: QtCamera) -> None:
        super().__init__()
        self._front = front
        self.deaf = False

    @Slot(QVideoFrame)
    def take(self, frame: QVideoFrame) -> None:
        """A frame came through the sink."""
        if frame.isValid() and not self.deaf:
            # A copy shares the pixels; the sink's own object changes with the next frame.
            self._front.take(QVideoFrame(frame))

    @Slot()
    def failed(self) -> None:
        """The camera broke off."""
        if not self.deaf:
            self._front.failed()


class _Stage(QObject):
    """Session, sink and camera: what lives in the media thread and is touched only there."""

    def __init__(self, front: QtCamera, inputs: CameraInputs) -> None:
        super().__init__()
        self._front = front
        self._inputs = inputs
        self._session: QMediaCaptureSession | None = None
        self._sink: QVideoSink | None = None
        self._feed: CameraFeed | None = None
        self._ear: _Ear | None = None
        self._stills: QImageCapture | None = None
        self._still: Future[QVideoFrame | None] | None = None
        inputs.changed.connect(self.look)
        self.look()

    @Slot()
    def look(self) -> None:
        """One was plugged in or pulled out."""
        self._front.connected(tuple(self._inputs.cameras()))

    def start(self, camera: CameraInfo, attempt: int) -> bool:
        """Begin to take its frames, in the format of that attempt; False where it is not there any more."""
        self.stop()
        cameras = list(self._inputs.cameras())
        if camera not in cameras:
            return False
        self._session = QMediaCaptureSession()
        self._sink = QVideoSink()
        self._session.setVideoSink(self._sink)
        self._ear = _Ear(self._front)
        self._sink.videoFrameChanged.connect(self._ear.take)
        place = cameras.index(camera)
        failed = self._ear.failed
        self._feed = self._inputs.feed(place, attempt, self._session, failed) or self._inputs.feed(
            place, 0, self._session, failed
        )
        if self._feed is not None and self._feed.more_than_stream():
            self._stills = QImageCapture()
            self._stills.imageAvailable.connect(lambda _number, frame: self._still_came(QVideoFrame(frame)))
            self._stills.errorOccurred.connect(lambda *_: self._still_came(None))
            self._session.setImageCapture(self._stills)
        return self._feed is not None

    def stop(self) -> None:
        """Let the camera go."""
        self.give_up_stills()
        if self._feed is not None:
            self._feed.stop()
            self._feed = None
        if self._ear is not None:
            self._ear.deaf = True
        for thing in (self._ear, self._sink, self._session):
            if thing is not None:
                thing.deleteLater()
        self._ear = self._sink = self._session = None

    def still(self) -> Future[QVideoFrame | None] | None:
        """Ask for a still; None where the camera has none that is worth it, or is not ready for one."""
        if self._stills is None or not self._stills.isReadyForCapture():
            return None
        # it may have failed already when the call comes back
        still = self._still = Future()
        self._stills.capture()
        return still

    def give_up_stills(self) -> None:
        """The still mode brought nothing: the video is all there is until the camera is opened anew."""
        stills, self._stills = self._stills, None
        self._still_came(None)
        if stills is not None:
            if self._session is not None:
                self._session.setImageCapture(None)  # type: ignore[arg-type]
            stills.deleteLater()

    def offers(self) -> frozenset[CameraControl]:
        """What can be set."""
        return self._feed.offers() if self._feed is not None else frozenset()

    def adjust(self, control: CameraControl, value: float) -> None:
        """Set it."""
        if self._feed is not None:
            self._feed.adjust(control, value)

    def _still_came(self, frame: QVideoFrame | None) -> None:
        still, self._still = self._still, None
        if still is not None:
            still.set_result(frame)

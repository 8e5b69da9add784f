"""The document camera as the desk holds it: opened at the first look, closed when it fails, opened anew later."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from villagedesk.desk.camera_choice import CameraChoice
from villagedesk.desk.news import News
from villagedesk.desk.views import DeviceLine, Sentence
from villagedesk.devices.camera_pick import pick
from villagedesk.devices.ports import CameraControl, CameraInfo, CameraPlace, DocumentCamera, Frame, Photograph
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import EnvironmentProblem, InputProblem, Problem
from villagedesk.domain.progress import Cancelled

_PAUSE_S = 2.0
"""A preview asks for many pictures a second; a camera that failed is opened anew only this often."""
_REST_S = 120.0
"""After so long without anybody looking or taking a picture the camera is let go, for other programs to have; opening
it anew takes a second or two."""
_MISSING = "devices.camera_missing"
_ABSENT = (_MISSING, "devices.camera_unplugged")
_NO_CAMERA = "scanning.no_camera"


@dataclass(frozen=True)
class Sides:
    """Which of two cameras is looked through.

    Args:
        other: name of the one that can be changed to, "" where there is none.
        none: whether there is no camera at all, and none is missed.
    """

    place: CameraPlace
    other: str
    none: bool = False


class _Captures:
    """Which of the photographs that were asked for are still wanted. The device is closed beside a call only while that
    call is one for an unwanted photograph, never while a later one is taken."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._asked = self._unwanted = self._now = 0

    def asked_for(self) -> int:
        """One more; gives its number."""
        with self._guard:
            self._asked += 1
            return self._asked

    def given_up(self, number: int) -> bool:
        """Whether that one is not wanted any more."""
        return number <= self._unwanted

    @contextmanager
    def under_way(self, number: int) -> Iterator[None]:
        """While the device takes it. Raises Cancelled where it is not wanted."""
        with self._guard:
            if self.given_up(number):
                raise Cancelled
            self._now = number
        try:
            yield
        finally:
            with self._guard:
                self._now = 0

    def give_up(self, device: DocumentCamera) -> None:
        """None of those asked for up to now is wanted."""
        with self._guard:
            self._unwanted = self._asked
            waiting = bool(self._now)
        if waiting:
            # closing may take a moment, and the clerk waits for nothing
            threading.Thread(target=self._wake, args=(device,), name="camera-break-off", daemon=True).start()

    def _wake(self, device: DocumentCamera) -> None:
        with self._guard:
            if self._now and self.given_up(self._now):
                device.close()


class TableCamera:
    """The cameras of this window for several threads, one call at a time.

    Args:
        device: None where the window has no document camera; files are imported then.
        choice: reads which cameras were chosen, each time one is opened.
    """

    def __init__(
        self,
        device: DocumentCamera | None,
        clock: Clock,
        news: News,
        choice: Callable[[], CameraChoice] = CameraChoice,
    ) -> None:
        self._device = device
        self._clock = clock
        self._news = news
        self._choice = choice
        self._guard = threading.Lock()
        self._captures = _Captures()
        self._place = CameraPlace.MAIN
        self._settled: tuple[CameraInfo, tuple[CameraInfo, ...]] | None = None
        """The camera that was opened for the papers, and those connected beside it."""
        self._open = False
        self._closed = False
        self._met = False
        """Whether a camera was ever there since the program came up, or one was chosen: then its absence is news."""
        self._problem: Problem | None = None
        self._failed_at = 0.0
        self._asked_at = 0.0
        self._ended = threading.Event()
        self._watch: threading.Thread | None = None

    @property
    def possible(self) -> bool:
        """Whether this window can have a camera at all."""
        return self._device is not None

    def preview(self) -> Frame | None:
        """The newest small picture of the table, None without a camera, a picture, or when the camera fails."""
        if self._device is None:
            return None
        with self._guard:
            rested = self._clock.monotonic() - self._failed_at >= _PAUSE_S
            if self._closed or (self._problem is not None and not rested):
                return None
            try:
                self._ready(self._device)
                return self._device.preview()
            except Problem as problem:
                self._failed(self._device, problem)
                return None

    def capture(self) -> Photograph:
        """A photograph of the table.

        Raises:
            InputProblem: ``scanning.no_camera``.
            EnvironmentProblem: ``devices.camera_*``; the device is opened anew at the next try.
            Cancelled: by :meth:`break_off`.
        """
        if self._device is None or self._closed:
            raise InputProblem(_NO_CAMERA)
        number = self._captures.asked_for()
        with self._guard:
            try:
                self._ready(self._device)
                with self._captures.under_way(number):
                    return self._device.capture()
            except Problem as problem:
                if not self._captures.given_up(number):
                    self._failed(self._device, problem)
                    raise
                raise Cancelled from None
            finally:
                if self._captures.given_up(number):
                    self._device.close()
                    self._open = False

    def break_off(self) -> None:
        """Photographs that were asked for up to now are not wanted: whoever waits for one, perhaps for long, is woken.
        Does not wait, and is no trouble of the camera's."""
        if self._device is not None:
            self._captures.give_up(self._device)

    def line(self) -> DeviceLine:
        """The camera in words. No camera at all is a normal case; one that was there and is not any more is none."""
        nothing = DeviceLine("", False, Sentence(_NO_CAMERA, {}, "calm"))
        if self._device is None:
            return nothing
        problem = self._problem
        if not self._open:
            there = self._meant(self._device, self._choice(), self._place)[1] is not None
            if not there and not self._met:
                return nothing
            if problem is not None and problem.key in _ABSENT and there:
                problem = None  # it is back, and nobody has looked through it yet
        name = self._device.name
        if problem is not None:
            return DeviceLine(name, False, Sentence(problem.key, problem.params, "warn"))
        return DeviceLine(name, True, Sentence("scanning.camera_ready", {"camera": name}, "good"))

    def sides(self) -> Sides:
        """Which camera is looked through, and what else there is."""
        if self._device is None:
            return Sides(self._place, "", none=True)
        other = CameraPlace.SECOND if self._place is CameraPlace.MAIN else CameraPlace.MAIN
        wanted, meant = self._meant(self._device, self._choice(), other)
        known = meant or wanted
        return Sides(self._place, known.name if known is not None else "", none=self.line().sentence.key == _NO_CAMERA)

    def change_side(self) -> None:
        """Look through the other camera from now on.

        Raises:
            InputProblem: ``scanning.no_second_camera``.
        """
        if not self.sides().other:
            raise InputProblem("scanning.no_second_camera")
        with self._guard:
            self._place = CameraPlace.SECOND if self._place is CameraPlace.MAIN else CameraPlace.MAIN
        self.open_anew()

    def choose_anew(self) -> None:
        """Others were chosen: let the device go, and open what is meant now with the next picture."""
        self._settled = None
        self.open_anew()

    def open_anew(self) -> None:
        """Let the device go, and open what is meant now with the next picture."""
        if self._device is None:
            return
        with self._guard:
            self._device.close()
            self._open, self._problem = False, None
        self._news.tell("devices")

    def cameras(self) -> tuple[CameraInfo, ...]:
        """What is connected now."""
        return self._device.cameras() if self._device is not None else ()

    def place(self) -> CameraPlace:
        """What the camera in use is for."""
        return self._place

    def show(self, place: CameraPlace) -> None:
        """Look through that one from now on."""
        if place is not self._place:
            self._place = place
            self.open_anew()

    def offers(self) -> frozenset[CameraControl]:
        """What can be set on the camera in use."""
        with self._guard:
            return self._device.offers() if self._device is not None and self._open else frozenset()

    def adjust(self, control: CameraControl, value: float = 0.0) -> None:
        """Set it on the camera in use."""
        with self._guard:
            if self._device is not None and self._open:
                self._device.adjust(control, value)

    def rest(self) -> None:
        """Let the device go if nobody has asked for its picture for long; with the next look it is opened anew."""
        with self._guard:
            if self._device is not None and self._open and self._clock.monotonic() - self._asked_at >= _REST_S:
                self._device.close()
                self._open = False

    def close(self) -> None:
        """Let the device go for good."""
        self._ended.set()
        self._closed = True
        self.break_off()
        with self._guard:
            if self._device is not None:
                self._device.close()
        if self._watch is not None:
            self._watch.join()

    def _rest_when_idle(self) -> None:
        while not self._ended.wait(_REST_S / 4):
            self.rest()

    def _meant(
        self, device: DocumentCamera, choice: CameraChoice, place: CameraPlace
    ) -> tuple[CameraInfo | None, CameraInfo | None]:
        """The camera chosen for that place, and the connected one that is meant."""
        cameras = device.cameras()
        main, second = (choice.cameras.get(one) for one in (CameraPlace.MAIN, CameraPlace.SECOND))
        papers = pick(cameras, main, second)
        if main is None and self._settled is not None:
            # The one that was pulled out is waited for; what was beside it may look at the clerk, what is new may not.
            main, beside = self._settled
            fresh = [one for one in cameras if one not in beside]
            papers = pick(cameras, main, second) or pick(fresh, None, second)
        if place is CameraPlace.MAIN:
            return main, papers
        return second, pick(cameras, second, papers or main)

    def _ready(self, device: DocumentCamera) -> None:
        self._asked_at = self._clock.monotonic()
        if self._watch is None:
            self._watch = threading.Thread(target=self._rest_when_idle, name="camera-rest", daemon=True)
            self._watch.start()
        if not self._open:
            choice = self._choice()
            self._met = self._met or bool(choice.cameras)
            wanted, meant = self._meant(device, choice, self._place)
            if self._place is CameraPlace.SECOND and wanted is None and meant is None:
                raise EnvironmentProblem(_MISSING)
            device.choose(meant or wanted)
            device.open()
            self._open = self._met = True
            if self._place is CameraPlace.MAIN and meant is not None:
                self._settled = (meant, tuple(one for one in device.cameras() if one != meant))
            if choice.exposure.get(self._place):
                device.adjust(CameraControl.EXPOSURE, choice.exposure[self._place])
            # which camera it is, and what can be set on it, is known only now
            self._problem = None
            self._news.tell("devices")

    def _failed(self, device: DocumentCamera, problem: Problem) -> None:
        device.close()
        self._open = False
        self._failed_at = self._clock.monotonic()
        known, self._problem = self._problem, problem
        if known is None or known.key != problem.key:
            self._news.tell("devices")

"""The document camera as the desk holds it: opened at the first look, closed when it fails, opened anew later."""

from __future__ import annotations

import threading

from villagedesk.desk.news import News
from villagedesk.desk.views import DeviceLine, Sentence
from villagedesk.devices.ports import DocumentCamera, Frame, Photograph
from villagedesk.domain.clock import Clock
from villagedesk.domain.problems import InputProblem, Problem

_PAUSE_S = 2.0
"""A preview asks for many pictures a second; a camera that failed is opened anew only this often."""


class TableCamera:
    """One camera for several threads, one call at a time.

    Args:
        device: None where the window has no document camera; files are imported then.
    """

    def __init__(self, device: DocumentCamera | None, clock: Clock, news: News) -> None:
        self._device = device
        self._clock = clock
        self._news = news
        self._guard = threading.Lock()
        self._open = False
        self._closed = False
        self._problem: Problem | None = None
        self._failed_at = 0.0

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
        """
        if self._device is None or self._closed:
            raise InputProblem("scanning.no_camera")
        with self._guard:
            try:
                self._ready(self._device)
                return self._device.capture()
            except Problem as problem:
                self._failed(self._device, problem)
                raise

    def line(self) -> DeviceLine:
        """The camera in words."""
        if self._device is None:
            return DeviceLine("", False, Sentence("scanning.no_camera", {}, "calm"))
        name, problem = self._device.name, self._problem
        if problem is not None:
            return DeviceLine(name, False, Sentence(problem.key, problem.params, "warn"))
        return DeviceLine(name, True, Sentence("scanning.camera_ready", {"camera": name}, "good"))

    def close(self) -> None:
        """Let the device go for good."""
        with self._guard:
            self._closed = True
            if self._device is not None:
                self._device.close()

    def _ready(self, device: DocumentCamera) -> None:
        if not self._open:
            device.open()
            self._open = True
            if self._problem is not None:
                self._problem = None
                self._news.tell("devices")

    def _failed(self, device: DocumentCamera, problem: Problem) -> None:
        device.close()
        self._open = False
        self._failed_at = self._clock.monotonic()
        known, self._problem = self._problem, problem
        if known is None or known.key != problem.key:
            self._news.tell("devices")

"""What only the QtMultimedia camera does. Frames go through the real session and sink; no device is to be had here, so
plugging in and pulling out is done on a list of cameras that stands in the place of the system's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoFrameFormat

from tests.devices.camera_cases import FedCameras, QtBench, bench_of, colour_of, in_worker, media, picture, size_of
from tests.store.fixtures import FixedClock
from villagedesk.desk.camera_choice import CameraChoice
from villagedesk.desk.news import News
from villagedesk.desk.table_camera import TableCamera
from villagedesk.devices import camera_inputs_qt, camera_qt
from villagedesk.devices.camera_inputs_qt import CameraInputs, SystemCameras
from villagedesk.devices.camera_qt import QtCamera
from villagedesk.devices.media_thread_qt import MediaThread
from villagedesk.devices.ports import CameraControl, CameraInfo, CameraPlace, Photograph
from villagedesk.domain.problems import EnvironmentProblem

__all__ = ["media"]

TABLE = CameraInfo("/dev/video0", "USB 高拍仪", 8_000_000)
SIDE = CameraInfo("/dev/video2", "USB 侧拍", 2_000_000)


@pytest.fixture
def qt(tmp_path: Path, media: MediaThread) -> Iterator[QtBench]:
    with bench_of("qt", tmp_path, media) as bench:
        assert isinstance(bench, QtBench)
        yield bench


def plug(bench: QtBench, *cameras: CameraInfo) -> None:
    bench.media.call(lambda: bench.inputs.plug(*cameras))


def in_format(pixel_format: QVideoFrameFormat.PixelFormat, data: bytes, size: tuple[int, int]) -> QVideoFrame:
    """A frame whose first plane begins with that data."""
    frame = QVideoFrame(QVideoFrameFormat(QSize(*size), pixel_format))
    assert frame.map(QVideoFrame.MapMode.WriteOnly)
    plane: memoryview = frame.bits(0)  # type: ignore[assignment]
    plane[:] = data + bytes(len(plane) - len(data))
    frame.unmap()
    return frame


def test_a_capture_waits_for_a_newer_frame_than_the_last_one(qt: QtBench) -> None:
    qt.camera.open()
    qt.lay("red")
    qt.stop_sending()
    qt.qt._patience = 0.2
    # The last frame shows the paper before; it must not be taken for the one that lies there now.
    with pytest.raises(EnvironmentProblem, match="camera_timeout"):
        qt.capture()


def test_closing_wakes_a_waiting_worker(qt: QtBench) -> None:
    qt.qt._patience = 600
    qt.camera.open()
    started = threading.Event()

    def capture() -> Photograph:
        started.set()
        return qt.camera.capture()

    with pytest.raises(EnvironmentProblem, match="camera_not_open"):
        in_worker(capture, lambda: qt.camera.close() if started.is_set() else None)


def test_a_12_megapixel_frame_keeps_every_pixel(qt: QtBench) -> None:
    qt.camera.open()
    image = QImage(4000, 3000, QImage.Format.Format_RGBX8888)
    image.fill(0xFF2030C0)
    assert size_of(in_worker(qt.camera.capture, lambda: qt.send_image(image))) == (4000, 3000)


def test_a_motion_jpeg_still_is_the_cameras_own_picture(qt: QtBench) -> None:
    qt.camera.open()
    coded = picture("blue")

    def send() -> None:
        frame = in_format(QVideoFrameFormat.PixelFormat.Format_Jpeg, coded, (1600, 1200))
        qt.media.call(lambda: qt.inputs.send(frame))

    assert in_worker(qt.camera.capture, send).data == coded
    preview = qt.camera.preview()
    assert preview is not None
    assert (preview.width, preview.height, colour_of(preview)) == (1000, 750, "blue")


def test_a_motion_jpeg_that_came_in_part_is_passed_over_for_the_next(qt: QtBench) -> None:
    qt.camera.open()
    coded = picture("green")
    sent: list[bytes] = []

    def send() -> None:
        sent.append(coded[: len(coded) // 2] if len(sent) < 3 else coded)
        frame = in_format(QVideoFrameFormat.PixelFormat.Format_Jpeg, sent[-1], (1600, 1200))
        qt.media.call(lambda: qt.inputs.send(frame))

    assert in_worker(qt.camera.capture, send).data == coded
    assert len(sent) > 3


def test_frames_that_qt_has_to_unpack_are_seen_too(qt: QtBench) -> None:
    qt.camera.open()
    image = QImage.fromData(picture("red")).convertToFormat(QImage.Format.Format_RGBX8888)

    def send() -> None:
        frame = QVideoFrame(image)
        frame.setMirrored(True)
        qt.media.call(lambda: qt.inputs.send(frame))

    taken = in_worker(qt.camera.capture, send)
    assert (size_of(taken), colour_of(taken)) == ((1600, 1200), "red")
    preview = qt.camera.preview()
    assert preview is not None
    assert (preview.width, preview.height, colour_of(preview)) == (1000, 750, "red")


def test_the_same_frame_is_the_same_picture(qt: QtBench) -> None:
    qt.camera.open()
    qt.lay("blue")
    qt.stop_sending()
    assert qt.camera.preview() is qt.camera.preview()


def test_without_a_camera_it_says_so(media: MediaThread) -> None:
    camera = QtCamera(media, inputs=SystemCameras)
    assert camera.cameras() == ()
    assert camera.name == ""
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        camera.open()
    camera.close()


def test_a_driver_that_holds_the_plug_in_up_is_waited_for_once(
    media: MediaThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    class NeverLoaded(Future[object]):
        def result(self, timeout: float | None = None) -> object:
            assert timeout is not None
            waited.append(timeout)
            now[0] += timeout
            raise TimeoutError

    now = [100.0]
    monkeypatch.setattr(media, "post", lambda _work: NeverLoaded())
    monkeypatch.setattr(camera_qt, "time", SimpleNamespace(monotonic=lambda: now[0]))
    camera = QtCamera(media, inputs=CameraInputs)
    assert [camera.cameras() for _ in range(3)] == [(), (), ()]
    assert waited == [camera_qt._LOADED_S, 0.0, 0.0]


def test_where_qts_multimedia_cannot_be_loaded_there_is_no_camera_and_nothing_else_is_wrong(media: MediaThread) -> None:
    def broken() -> CameraInputs:
        raise RuntimeError("a library is missing")

    camera = QtCamera(media, inputs=broken)
    assert camera.cameras() == ()
    assert camera.offers() == frozenset()
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        camera.open()
    camera.close()


def test_at_the_desk_it_goes_on_by_itself_when_it_is_back_in_another_socket(qt: QtBench) -> None:
    clock, news = FixedClock(), News()
    told: list[frozenset[str]] = []
    news.subscribe(told.append)
    table = TableCamera(qt.camera, clock, news, lambda: CameraChoice({CameraPlace.MAIN: TABLE}))
    assert table.preview() is None
    qt.lay("green")
    assert table.line().ready
    assert told == [frozenset({"devices"})], "which camera was opened"
    number = qt.qt._count
    plug(qt, SIDE)
    assert table.preview() is None
    assert table.line().sentence.key == "devices.camera_unplugged"
    assert told == [frozenset({"devices"})] * 2, "and that it was pulled out"
    clock.forward(5)
    assert table.preview() is None
    assert table.line().sentence.key == "devices.camera_missing", "the other camera is not taken for it"
    plug(qt, SIDE, CameraInfo("/dev/video8", TABLE.name))
    clock.forward(5)
    assert table.preview() is None, "its first picture comes a moment later"
    qt.lay("blue")
    shown = table.preview()
    assert shown is not None
    assert (colour_of(shown), shown.number > number) == ("blue", True)
    assert table.line().ready
    table.close()


def test_pulled_out_in_a_capture_wakes_it_and_back_it_goes_on(qt: QtBench) -> None:
    qt.qt._patience = 600
    qt.camera.open()
    started = threading.Event()

    def capture() -> Photograph:
        started.set()
        return qt.camera.capture()

    with pytest.raises(EnvironmentProblem, match="camera_unplugged"):
        in_worker(capture, lambda: qt.unplug() if started.is_set() else None)
    qt.camera.close()
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        qt.camera.open()
    plug(qt, CameraInfo("/dev/video4", "USB 高拍仪"))
    qt.camera.open()
    qt.lay("green")
    assert colour_of(qt.capture()) == "green"


def test_back_in_another_socket_it_is_known_by_its_name_and_another_camera_is_not_taken_for_it(qt: QtBench) -> None:
    qt.camera.choose(TABLE)
    plug(qt, SIDE)
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        qt.camera.open()
    plug(qt, SIDE, CameraInfo("/dev/video6", TABLE.name))
    qt.camera.open()
    running = qt.inputs.running
    assert running is not None
    assert running.camera_id == "/dev/video6"


def test_unless_one_was_chosen_the_one_that_sees_most_is_opened(qt: QtBench) -> None:
    plug(qt, SIDE, TABLE)
    assert qt.camera.name == TABLE.name
    qt.camera.open()
    assert qt.inputs.running == TABLE


def test_what_is_plugged_in_and_pulled_out_is_told_though_nobody_looks(media: MediaThread) -> None:
    made: list[FedCameras] = []

    def make() -> CameraInputs:
        made.append(FedCameras())
        return made[0]

    told: list[int] = []
    camera = QtCamera(media, inputs=make, changed=lambda: told.append(1))
    assert len(camera.cameras()) == 1
    before = len(told)
    media.call(made[0].plug)
    assert len(told) == before + 1
    assert camera.cameras() == ()


def test_another_camera_pulled_out_is_nothing_to_the_one_in_use(qt: QtBench) -> None:
    plug(qt, TABLE, SIDE)
    qt.camera.open()
    qt.lay("red")
    plug(qt, TABLE)
    qt.lay("blue")
    assert colour_of(qt.capture()) == "blue"


def test_a_camera_that_breaks_off_is_unplugged_and_what_it_still_says_is_not_the_next_ones(qt: QtBench) -> None:
    qt.camera.open()
    qt.lay("red")
    old = qt.inputs._failed
    qt.media.call(qt.inputs.break_off)
    with pytest.raises(EnvironmentProblem, match="camera_unplugged"):
        qt.camera.preview()
    qt.camera.close()
    qt.camera.open()
    qt.media.call(old)
    qt.lay("green")
    assert colour_of(qt.capture()) == "green"


def asked_in_turn(bench: QtBench, openings: int, *, silent: int = 0) -> list[tuple[int, bool]]:
    """In which format each of some openings asks for frames, and whether it then shows a picture; the ``silent`` best
    formats give none."""
    bench.media.call(lambda: setattr(bench.inputs, "refused", silent))
    seen = []
    for _ in range(openings):
        bench.camera.open()
        asked = bench.inputs.asked
        try:
            if asked < silent:
                bench.qt._patience = 0.05
                in_worker(bench.camera.capture)
            bench.lay("green")
            seen.append((asked, True))
        except EnvironmentProblem as problem:
            assert problem.key == "devices.camera_timeout"
            seen.append((asked, False))
        bench.qt._patience = 20
        bench.camera.close()
    return seen


def test_a_camera_whose_best_formats_are_silent_is_asked_for_a_smaller_one_until_it_is_unplugged(qt: QtBench) -> None:
    """The best is tried once more when a smaller one has brought frames, and not waited for at each opening after."""
    found = [(0, False), (1, False), (2, False), (0, False), (2, True)]
    assert asked_in_turn(qt, 5, silent=2) == found
    assert asked_in_turn(qt, 3, silent=2) == [(2, True)] * 3
    assert asked_in_turn(qt, 2, silent=3) == [(2, False)] * 2, "another program has it; what works for it is known"
    assert asked_in_turn(qt, 1, silent=2) == [(2, True)]
    same = qt.inputs.plugged[0]
    plug(qt)
    plug(qt, same)
    assert asked_in_turn(qt, 1) == [(0, True)], "in another socket there may be room"


@pytest.mark.parametrize("held", [1, 2, 3, 4, 5])
def test_a_program_that_held_the_camera_costs_no_resolution_once_it_is_closed(qt: QtBench, held: int) -> None:
    """However many openings were silent meanwhile, nothing is shown or photographed in a smaller format."""
    assert not any(shown for _, shown in asked_in_turn(qt, held, silent=3))
    later = asked_in_turn(qt, 3)
    assert [asked for asked, shown in later if shown] == [0] * (3 if held == 3 else 2)
    assert later[1:] == [(0, True)] * 2


def test_a_photograph_waited_for_is_not_taken_in_a_format_that_is_not_settled_on(qt: QtBench) -> None:
    """Space pressed while the smaller format brings its first frame."""
    asked_in_turn(qt, 1, silent=1)
    qt.media.call(lambda: setattr(qt.inputs, "refused", 0))
    qt.camera.open()
    qt._colour = "red"
    with pytest.raises(EnvironmentProblem, match="camera_timeout"):
        qt.capture()
    qt.camera.close()
    qt.camera.open()
    assert qt.inputs.asked == 0
    assert colour_of(qt.capture()) == "red"


def test_what_one_camera_is_asked_for_is_nothing_to_another(qt: QtBench) -> None:
    assert asked_in_turn(qt, 5, silent=1)[-1] == (1, True)
    plug(qt, qt.inputs.plugged[0], SIDE)
    qt.camera.choose(SIDE)
    assert asked_in_turn(qt, 1) == [(0, True)]
    qt.camera.choose(qt.inputs.plugged[0])
    assert asked_in_turn(qt, 1, silent=1) == [(1, True)]


def test_what_the_camera_offers_is_set_on_it(qt: QtBench) -> None:
    assert qt.camera.offers() == frozenset()
    qt.camera.open()
    assert qt.camera.offers() == {CameraControl.EXPOSURE, CameraControl.FOCUS}
    qt.camera.adjust(CameraControl.EXPOSURE, 0.5)
    qt.camera.adjust(CameraControl.FOCUS)
    qt.media.call(lambda: None)
    assert qt.inputs.controls == [(CameraControl.EXPOSURE, 0.5), (CameraControl.FOCUS, 0.0)]


class Stills:
    """Stands in the place of a ``QImageCapture``, which is never ready without a real camera.

    Args:
        gives: a still's width and height, None for none at all.
    """

    def __init__(self, bench: QtBench, gives: tuple[int, int] | None) -> None:
        self.stage = bench.qt._stage.result()
        self.gives = gives
        self.asked = 0
        bench.media.call(lambda: setattr(self.stage, "_stills", self))

    def isReadyForCapture(self) -> bool:  # noqa: N802 - Qt's name
        return True

    def capture(self) -> None:
        self.asked += 1
        if self.gives is not None:
            image = QImage(*self.gives, QImage.Format.Format_RGBX8888)
            image.fill(0xFF20B428)
            self.stage._still_came(QVideoFrame(image))

    def deleteLater(self) -> None:  # noqa: N802 - Qt's name
        pass


def test_a_still_with_more_pixels_than_the_video_is_taken(qt: QtBench) -> None:
    qt.camera.open()
    qt.lay("blue")
    stills = Stills(qt, (3200, 2400))
    taken = qt.capture()
    assert (size_of(taken), colour_of(taken), stills.asked) == ((3200, 2400), "green", 1)


@pytest.mark.parametrize("gives", [None, (1600, 1200)])
def test_a_still_mode_that_brings_nothing_better_is_asked_once(
    qt: QtBench, gives: tuple[int, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_qt, "_STILL_PATIENCE_S", 0.2)
    qt.camera.open()
    qt.lay("blue")
    stills = Stills(qt, gives)
    for _ in range(2):
        taken = qt.capture()
        assert (size_of(taken), colour_of(taken)) == ((1600, 1200), "blue")
    assert stills.asked == 1


def test_a_real_still_mode_that_is_not_ready_is_passed_over(qt: QtBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FedCameras, "more_than_stream", lambda _: 10**8)
    qt.camera.open()
    qt.lay("green")
    assert qt.qt._stage.result()._stills is not None
    assert colour_of(qt.capture()) == "green"


def test_it_says_that_it_never_met_its_hardware() -> None:
    for module in (camera_qt, camera_inputs_qt):
        assert module.__doc__ is not None
        assert "STATUS: never run on hardware" in module.__doc__

"""The camera as the desk holds it: chosen, changed, pulled out, back; and no camera at all, which is no trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.devices.camera_cases import colour_of, picture
from tests.store.fixtures import FixedClock
from villagedesk.desk.camera_choice import CameraChoice, choice_of
from villagedesk.desk.news import News
from villagedesk.desk.table_camera import TableCamera
from villagedesk.devices.camera_folder import FolderCamera
from villagedesk.devices.camera_simulated import CameraFault, SimulatedCamera
from villagedesk.devices.file_process import FileProcess
from villagedesk.devices.picture_reading import PictureReading
from villagedesk.devices.ports import CameraInfo, CameraPlace, Photograph
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.domain.progress import Cancelled

MAIN = CameraInfo("simulated:1", "高拍仪")
SIDE = CameraInfo("simulated:2", "侧拍")


class Settings:
    """Stands in the place of a snapshot that has one setting."""

    def __init__(self, text: str) -> None:
        self.text = text

    def setting(self, _name: str) -> str:
        return self.text


class Table:
    """Two cameras, the first with green papers under it, the second with a blue one."""

    def __init__(self, choice: CameraChoice | None = None, *, cameras: int = 2) -> None:
        self.clock, self.news = FixedClock(), News()
        self.device = SimulatedCamera([picture("green")] if cameras else [], MAIN.name)
        if cameras > 1:
            self.device.add([picture("blue")], SIDE.name, SIDE.camera_id)
        self.choice = choice or CameraChoice()
        self.camera = TableCamera(self.device, self.clock, self.news, lambda: self.choice)
        self.told: list[frozenset[str]] = []
        self.news.subscribe(self.told.append)

    def colour(self) -> str:
        frame = self.camera.preview()
        return "" if frame is None else colour_of(frame)


def test_without_any_camera_the_words_are_calm_until_one_was_there() -> None:
    table = Table(cameras=0)
    for _ in range(2):
        assert not table.camera.line().ready
        assert table.camera.line().sentence.key == "scanning.no_camera"
        assert table.camera.line().sentence.tone == "calm"
        assert table.colour() == ""
    table.device.add([picture("green")], MAIN.name, "x")
    table.clock.forward(5)
    assert table.colour() == "green"
    assert table.camera.line().ready
    table.device.unplug("x")
    assert table.colour() == ""
    assert table.camera.line().sentence.key == "devices.camera_unplugged"
    table.clock.forward(5)
    assert table.colour() == ""
    assert table.camera.line().sentence.key == "devices.camera_missing"
    assert table.camera.line().sentence.tone == "warn"


def test_a_chosen_camera_that_is_not_there_is_missed_from_the_start() -> None:
    table = Table(CameraChoice({CameraPlace.MAIN: CameraInfo("q", "另一台")}), cameras=1)
    assert table.colour() == "", "the other camera may look at the clerk"
    assert table.camera.line().name == "另一台"
    assert table.camera.line().sentence.key == "devices.camera_missing"
    assert table.camera.line().sentence.tone == "warn"


def test_it_goes_on_by_itself_when_the_camera_is_back_also_in_another_socket() -> None:
    table = Table(CameraChoice({CameraPlace.MAIN: MAIN}))
    assert table.colour() == "green"
    assert table.told == [frozenset({"devices"})], "which camera was opened"
    table.device.unplug(MAIN.camera_id)
    assert table.colour() == ""
    assert len(table.told) == 2
    table.device.plug(MAIN.camera_id, "simulated:7")
    assert table.colour() == "", "not so soon"
    table.clock.forward(5)
    assert table.colour() == "green"
    assert table.camera.line().ready
    assert len(table.told) == 3


def test_one_that_is_back_is_told_before_anybody_looks_through_it() -> None:
    table = Table()
    assert table.colour() == "green"
    table.device.unplug(MAIN.camera_id)
    table.device.unplug(SIDE.camera_id)
    assert table.colour() == ""
    assert not table.camera.line().ready
    table.device.plug(MAIN.camera_id)
    assert table.camera.line().ready


def test_pulled_out_it_is_waited_for_and_neither_the_one_beside_it_taken_nor_a_new_one_refused() -> None:
    table = Table()
    assert table.colour() == "green"
    table.device.unplug(MAIN.camera_id)
    assert table.colour() == ""
    table.clock.forward(5)
    assert table.colour() == "", "the one beside it may look at the clerk"
    assert table.camera.line().name == MAIN.name
    assert table.camera.line().sentence.key == "devices.camera_missing"
    table.device.add([picture("red")], "新高拍仪", "simulated:3")
    table.clock.forward(5)
    assert table.colour() == "red"
    table.camera.choose_anew()
    table.device.unplug("simulated:3")
    table.clock.forward(5)
    assert table.colour() == "blue", "it is all there is, and nobody chose another"


def test_the_other_camera_and_back() -> None:
    table = Table()
    assert table.colour() == "green"
    sides = table.camera.sides()
    assert (sides.place, sides.other) == (CameraPlace.MAIN, SIDE.name)
    numbers = [table.camera.preview()]
    table.camera.change_side()
    assert table.colour() == "blue"
    numbers.append(table.camera.preview())
    assert colour_of(table.camera.capture()) == "blue"
    assert table.camera.sides().other == MAIN.name
    assert table.camera.line().name == SIDE.name
    table.camera.change_side()
    assert table.colour() == "green"
    numbers.append(table.camera.preview())
    counts = [frame.number for frame in numbers if frame is not None]
    assert counts == sorted(set(counts)), "a picture of another camera is a new picture"


def test_chosen_the_other_way_round() -> None:
    table = Table(CameraChoice({CameraPlace.MAIN: SIDE, CameraPlace.SECOND: MAIN}))
    assert table.colour() == "blue"
    table.camera.change_side()
    assert table.colour() == "green"


def test_with_one_camera_there_is_nothing_to_change_to() -> None:
    table = Table(cameras=1)
    assert table.camera.sides().other == ""
    with pytest.raises(InputProblem, match="no_second_camera"):
        table.camera.change_side()
    assert table.colour() == "green"


def test_the_second_pulled_out_is_told_and_the_first_still_there() -> None:
    table = Table()
    table.camera.change_side()
    assert table.colour() == "blue"
    table.device.unplug(SIDE.camera_id)
    assert table.colour() == ""
    table.clock.forward(5)
    assert table.colour() == "", "the first camera is not shown as the second"
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        table.camera.capture()
    table.camera.change_side()
    assert table.colour() == "green"


def test_the_exposure_that_was_set_is_set_again_with_each_opening() -> None:
    table = Table(CameraChoice(exposure={CameraPlace.MAIN: 0.5}))
    assert table.colour() == "green"
    assert table.device.exposure == 0.5


def test_a_silent_camera_is_opened_anew() -> None:
    table = Table()
    assert table.colour() == "green"
    table.device.set_fault(CameraFault.TIMEOUT)
    assert table.colour() == ""
    assert table.camera.line().sentence.key == "devices.camera_timeout"
    table.device.set_fault(CameraFault.NONE)
    table.clock.forward(5)
    assert table.colour() == "green"


def test_a_choice_is_kept_as_text_and_a_spoilt_one_is_none() -> None:
    choice = CameraChoice({CameraPlace.SECOND: SIDE}, {CameraPlace.MAIN: -0.5, CameraPlace.SECOND: 0.0})
    assert choice_of(Settings(choice.to_text())) == choice  # type: ignore[arg-type]
    assert CameraChoice().to_text() == ""
    for text in ("", "{", "[]", '{"third": {"id": "", "name": "x"}}', '{"main": 3}'):
        assert choice_of(Settings(text)) == CameraChoice()  # type: ignore[arg-type]


def test_a_camera_nobody_looks_through_for_long_is_let_go_and_opened_with_the_next_look() -> None:
    table = Table()
    assert table.colour() == "green"
    table.clock.forward(60)
    table.camera.rest()
    assert table.device.offers(), "it is still open"
    assert table.colour() == "green"
    table.clock.forward(100)
    table.camera.rest()
    assert table.device.offers(), "somebody looked in between"
    table.clock.forward(100)
    table.camera.rest()
    assert not table.device.offers()
    assert table.camera.line().ready
    assert table.colour() == "green"
    table.camera.close()


class Watched:
    """A folder as the camera, where a photograph is waited for much longer than any test lasts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waits = threading.Event()
        reading = PictureReading(FileProcess())
        self.device = FolderCamera(folder, reading, patience=900, pause=self._pause)
        self.news = News()
        self.camera = TableCamera(self.device, FixedClock(), self.news)
        self.threads = ThreadPoolExecutor(2)

    def _pause(self, _seconds: float) -> None:
        self.waits.set()
        time.sleep(0.01)  # the camera's own pause between two looks at the folder, shorter; no test waits by it

    def asked(self) -> Future[Photograph]:
        """A photograph that is waited for."""
        self.waits.clear()
        taken = self.threads.submit(self.camera.capture)
        assert self.waits.wait(30)
        return taken


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path)
    yield made
    made.camera.close()
    made.threads.shutdown()


def test_a_photograph_the_clerk_turned_away_from_does_not_take_the_next_picture(watched: Watched) -> None:
    told: list[frozenset[str]] = []
    unwanted = watched.asked()
    watched.news.subscribe(told.append)
    watched.camera.break_off()
    with pytest.raises(Cancelled):
        unwanted.result(30)
    assert watched.camera.line().ready and not told, "nothing is wrong with the camera"
    wanted = watched.asked()
    (watched.folder / "next.jpg").write_bytes(picture("green"))
    assert colour_of(wanted.result(30)) == "green"


def test_one_that_is_turned_away_from_before_the_camera_is_open_is_not_waited_for(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    opens, go_on, real = threading.Event(), threading.Event(), watched.device.open

    def slowly() -> None:
        opens.set()
        assert go_on.wait(30)
        real()

    monkeypatch.setattr(watched.device, "open", slowly)
    unwanted = watched.threads.submit(watched.camera.capture)
    assert opens.wait(30)
    watched.camera.break_off()
    go_on.set()
    with pytest.raises(Cancelled):
        unwanted.result(30)
    wanted = watched.asked()
    (watched.folder / "next.jpg").write_bytes(picture("blue"))
    assert colour_of(wanted.result(30)) == "blue"


def test_closing_does_not_wait_for_a_picture_that_may_never_come(watched: Watched) -> None:
    waiting = watched.asked()
    closing = watched.threads.submit(watched.camera.close)
    closing.result(30)
    with pytest.raises(Cancelled):
        waiting.result(30)

"""What only the simulated camera does: its faults, and papers that come one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.devices.camera_cases import COLOURS, colour_of, image_of, picture, size_of
from villagedesk.devices.camera_simulated import CameraFault, SimulatedCamera
from villagedesk.domain.problems import EnvironmentProblem, InputProblem
from villagedesk.imaging.page import make_page


def test_papers_come_in_order_and_the_last_one_stays() -> None:
    camera = SimulatedCamera([picture(colour) for colour in ("green", "blue")])
    camera.open()
    seen = []
    for _ in range(3):
        preview = camera.preview()
        assert preview is not None
        taken = camera.capture()
        assert colour_of(preview) == colour_of(taken)
        seen.append(colour_of(taken))
    assert seen == ["green", "blue", "blue"]


def test_a_folder_is_read_anew_by_name_and_other_files_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").write_bytes(picture("blue"))
    (tmp_path / "a.txt").write_text("no picture")
    (tmp_path / "a.jpg").write_bytes(b"")
    camera = SimulatedCamera.from_folder(tmp_path)
    camera.open()
    assert colour_of(camera.capture()) == "blue"
    (tmp_path / "c.png").write_bytes(picture("green"))
    assert colour_of(camera.capture()) == "green"


def test_without_pictures_no_camera_is_connected(tmp_path: Path) -> None:
    for camera in (SimulatedCamera([]), SimulatedCamera.from_folder(tmp_path / "not there")):
        with pytest.raises(EnvironmentProblem, match="camera_missing"):
            camera.open()


def test_unplugged_needs_opening_again() -> None:
    camera = SimulatedCamera([picture(colour) for colour in COLOURS])
    camera.open()
    camera.set_fault(CameraFault.UNPLUGGED)
    with pytest.raises(EnvironmentProblem, match="camera_unplugged"):
        camera.capture()
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        camera.open()
    camera.set_fault(CameraFault.NONE)
    with pytest.raises(EnvironmentProblem, match="camera_not_open"):
        camera.capture()
    camera.open()
    assert colour_of(camera.capture()) == "red", "a failed capture must not use up a paper"


def test_a_second_camera_has_papers_of_its_own_and_comes_back_into_another_socket() -> None:
    camera = SimulatedCamera([picture("red")])
    side = camera.add([picture("blue")], "侧拍", "simulated:2")
    camera.choose(side)
    camera.open()
    assert (camera.name, colour_of(camera.capture())) == ("侧拍", "blue")
    camera.unplug("simulated:2")
    with pytest.raises(EnvironmentProblem, match="camera_unplugged"):
        camera.preview()
    camera.close()
    with pytest.raises(EnvironmentProblem, match="camera_missing"):
        camera.open()
    camera.plug("simulated:2", "simulated:9")
    camera.open()
    assert colour_of(camera.capture()) == "blue"
    assert [one.camera_id for one in camera.cameras()] == ["simulated:1", "simulated:9"]


def test_a_frozen_picture_is_not_new_and_cannot_be_taken() -> None:
    camera = SimulatedCamera([picture("green")])
    camera.open()
    first, second = camera.preview(), camera.preview()
    assert first is not None
    assert second is not None
    assert first.number < second.number
    camera.set_fault(CameraFault.FROZEN)
    camera.preview()
    frozen = {shown.number for _ in range(3) if (shown := camera.preview())}
    assert len(frozen) == 1
    with pytest.raises(EnvironmentProblem, match="camera_timeout"):
        camera.capture()
    camera.set_fault(CameraFault.NONE)
    assert colour_of(camera.capture()) == "green"


def test_slow_half_and_small_pictures() -> None:
    waited: list[float] = []
    camera = SimulatedCamera([picture("green")], pause=waited.append)
    camera.open()
    camera.set_fault(CameraFault.SLOW)
    camera.preview()
    assert waited == [camera.slowness]
    camera.set_fault(CameraFault.WRONG_SIZE)
    assert max(size_of(camera.capture())) == 640
    camera.set_fault(CameraFault.HALF_FRAME)
    for half in (camera.capture(), camera.preview()):
        assert half is not None
        with image_of(half) as image:
            top, bottom = (image.convert("RGB").getpixel((5, y)) for y in (5, image.height - 5))
        assert top != bottom


def test_a_time_out_keeps_the_paper() -> None:
    camera = SimulatedCamera([picture("green"), picture("blue")])
    camera.open()
    camera.set_fault(CameraFault.TIMEOUT)
    for ask in (camera.preview, camera.capture):
        with pytest.raises(EnvironmentProblem, match="camera_timeout"):
            ask()
    camera.set_fault(CameraFault.NONE)
    assert colour_of(camera.capture()) == "green"


def test_a_corrupt_picture_and_a_black_frame_are_refused_by_imaging() -> None:
    camera = SimulatedCamera([picture("red")])
    camera.open()
    camera.set_fault(CameraFault.CORRUPT_PICTURE)
    with pytest.raises(InputProblem, match=r"imaging\.truncated"):
        make_page(camera.capture().data)
    camera.set_fault(CameraFault.BLACK_FRAME)
    black = camera.capture()
    assert size_of(black) == (1600, 1200)
    with pytest.raises(InputProblem, match=r"imaging\.no_paper"):
        make_page(black.data)

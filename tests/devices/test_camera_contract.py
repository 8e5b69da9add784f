"""The same cases on the simulated, the folder and the QtMultimedia camera."""

from __future__ import annotations

import pytest

from tests.devices.camera_cases import Bench, bench, colour_of, media, size_of
from villagedesk.devices.ports import CameraControl
from villagedesk.domain.problems import EnvironmentProblem

__all__ = ["bench", "media"]


def test_it_has_a_name(bench: Bench) -> None:
    assert bench.camera.name


def test_pictures_come_at_full_size_in_the_order_of_the_papers(bench: Bench) -> None:
    bench.camera.open()
    for colour in ("green", "blue", "red"):
        bench.lay(colour)
        photograph = bench.capture()
        assert colour_of(photograph) == colour
        assert size_of(photograph) == (1600, 1200)
        assert photograph.media_type == "image/jpeg"
        assert photograph.source
        assert "/" not in photograph.source


def test_the_preview_is_small_and_shows_what_lies_there(bench: Bench) -> None:
    bench.camera.open()
    bench.lay("blue")
    preview = bench.camera.preview()
    if preview is None:
        # The folder's file is taken as whole at the second look.
        preview = bench.camera.preview()
    assert preview is not None
    assert (preview.width, preview.height) == (1000, 750)
    assert colour_of(preview) == "blue"


def test_a_new_picture_has_a_higher_number_also_after_opening_anew(bench: Bench) -> None:
    numbers = []
    for colour in ("green", "blue"):
        bench.camera.open()
        bench.lay(colour)
        preview = bench.camera.preview() or bench.camera.preview()
        assert preview is not None
        numbers.append(preview.number)
        bench.camera.close()
    assert numbers[0] < numbers[1]


def test_a_capture_before_opening_or_after_closing_is_refused(bench: Bench) -> None:
    with pytest.raises(EnvironmentProblem, match="camera_not_open"):
        bench.capture()
    bench.camera.open()
    bench.camera.close()
    bench.camera.close()
    assert bench.camera.preview() is None
    with pytest.raises(EnvironmentProblem, match="camera_not_open"):
        bench.capture()


def test_it_can_be_opened_again(bench: Bench) -> None:
    bench.camera.open()
    bench.lay("green")
    bench.capture()
    bench.camera.close()
    bench.camera.open()
    bench.lay("blue")
    assert colour_of(bench.capture()) == "blue"


def test_unplugging_is_told_by_preview_and_capture_alike_and_by_the_list(bench: Bench) -> None:
    bench.camera.open()
    bench.lay("red")
    assert len(bench.camera.cameras()) == 1
    bench.unplug()
    for ask in (bench.camera.preview, bench.capture):
        with pytest.raises(EnvironmentProblem) as caught:
            ask()
        assert caught.value.key in ("devices.camera_unplugged", "devices.camera_folder_missing")
    bench.camera.close()
    with pytest.raises(EnvironmentProblem, match=r"camera_missing|camera_folder_missing"):
        bench.camera.open()


def test_what_it_does_not_offer_can_be_asked_for_without_harm(bench: Bench) -> None:
    for opened in (False, True):
        if opened:
            bench.camera.open()
        bench.camera.adjust(CameraControl.FOCUS)
        assert bench.camera.offers() <= frozenset(CameraControl)


def test_the_camera_it_has_can_be_chosen(bench: Bench) -> None:
    (one,) = bench.camera.cameras()
    bench.camera.choose(one)
    bench.camera.open()
    assert bench.camera.name == one.name
    bench.lay("green")
    assert colour_of(bench.capture()) == "green"

"""The same cases on the simulated, the folder and the QtMultimedia camera."""

from __future__ import annotations

import pytest

from tests.devices.camera_cases import Bench, bench, colour_of, size_of
from villagedesk.domain.problems import EnvironmentProblem

__all__ = ["bench"]


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


def test_unplugging_is_a_problem_with_a_sentence_and_no_preview(bench: Bench) -> None:
    bench.camera.open()
    bench.lay("red")
    bench.unplug()
    assert bench.camera.preview() is None
    with pytest.raises(EnvironmentProblem) as caught:
        bench.capture()
    assert caught.value.key in ("devices.camera_unplugged", "devices.camera_folder_missing")

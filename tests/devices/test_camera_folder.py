"""What only the watched folder does: old, half-written and several new files; and reading chosen files."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.devices.camera_cases import colour_of, picture
from villagedesk.devices import camera_picture
from villagedesk.devices.camera_folder import FolderCamera, read_photograph_file
from villagedesk.devices.camera_picture import media_type_of
from villagedesk.devices.file_process import FileProcess
from villagedesk.devices.picture_reading import PictureReading
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem, InputProblem

ROOT = Path(__file__).parents[2]


class Hand:
    """A clock whose pauses pass at once, and what happens in them: one step per pause."""

    def __init__(self) -> None:
        self.now = 0.0
        self.steps: list[object] = []

    def pause(self, seconds: float) -> None:
        self.now += seconds
        if self.steps:
            step = self.steps.pop(0)
            assert callable(step)
            step()

    def clock(self) -> float:
        return self.now


def camera_on(folder: Path, hand: Hand, patience: float = 2.0) -> FolderCamera:
    reading = PictureReading(FileProcess())
    return FolderCamera(folder, reading, patience=patience, poll=0.1, pause=hand.pause, clock=hand.clock)


def put(folder: Path, name: str, data: bytes, when: int) -> None:
    (folder / name).write_bytes(data)
    os.utime(folder / name, ns=(when, when))


def test_old_pictures_are_not_taken(tmp_path: Path) -> None:
    put(tmp_path, "old.jpg", picture("red"), 1)
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    assert camera.preview() is None
    with pytest.raises(EnvironmentProblem, match="camera_no_picture"):
        camera.capture()
    assert hand.now >= 2.0


def test_a_picture_that_arrives_while_waiting_is_taken(tmp_path: Path) -> None:
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    hand.steps = [lambda: None, lambda: put(tmp_path, "new.jpg", picture("green"), 5)]
    photograph = camera.capture()
    assert colour_of(photograph) == "green"
    assert photograph.source == "new.jpg"


def test_of_several_that_came_none_is_passed_over_and_each_is_shown_before_it_is_taken(tmp_path: Path) -> None:
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    put(tmp_path, "z.jpg", picture("red"), 10)
    put(tmp_path, "m.jpg", picture("green")[:99], 15)
    put(tmp_path, "a.jpg", picture("blue"), 20)
    for colour in ("red", "blue"):
        shown = camera.preview()
        assert shown is not None and colour_of(shown) == colour
        assert colour_of(camera.capture()) == colour
    put(tmp_path, "m.jpg", picture("green"), 15)
    assert colour_of(camera.capture()) == "green", "written to its end only now"
    assert camera.preview() is None
    with pytest.raises(EnvironmentProblem, match="camera_no_picture"):
        camera.capture()


def test_a_half_written_picture_is_waited_for(tmp_path: Path) -> None:
    whole = picture("green")
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    # Its beginning stays unchanged over several looks: only the missing end tells.
    put(tmp_path, "new.jpg", whole[: len(whole) // 2], 5)
    hand.steps = [lambda: None, lambda: None, lambda: None, lambda: put(tmp_path, "new.jpg", whole, 6)]
    assert camera.preview() is None
    assert camera.capture().data == whole


def heic(colour: str) -> bytes:
    saved = io.BytesIO()
    with Image.open(io.BytesIO(picture(colour))) as image:
        pillow_heif.from_pillow(image).save(saved, quality=80)
    return saved.getvalue()


def test_what_is_no_jpeg_is_read_by_another_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def here(*_: object, **__: object) -> None:
        raise AssertionError("read in this process")

    content = heic("green")
    monkeypatch.setattr(pillow_heif, "open_heif", here)
    camera = camera_on(tmp_path, Hand())
    camera.open()
    put(tmp_path, "IMG_0042.heic", content, 5)
    small = camera.preview()
    assert small is not None and max(small.width, small.height) <= camera_picture.PREVIEW_SIDE
    red, green, blue = small.rgb[:3]
    assert green > red + 60 and green > blue + 60
    photograph = camera.capture()
    assert (photograph.media_type, photograph.source) == ("image/jpeg", "IMG_0042.heic")
    assert colour_of(photograph) == "green"
    camera.close()


def test_a_picture_that_cannot_be_read_is_named_and_taken_once_it_is_whole(tmp_path: Path) -> None:
    whole = heic("blue")
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    put(tmp_path, "IMG_0043.heic", whole[: len(whole) // 2], 5)
    with pytest.raises(InputProblem, match=r"files\.damaged") as caught:
        camera.capture()
    assert caught.value.params["name"] == "IMG_0043.heic"
    hand.steps = [lambda: None, lambda: put(tmp_path, "IMG_0043.heic", whole, 6)]
    assert colour_of(camera.capture()) == "blue"
    camera.close()


def test_a_picture_of_the_same_name_saved_again_is_new(tmp_path: Path) -> None:
    hand = Hand()
    camera = camera_on(tmp_path, hand)
    camera.open()
    put(tmp_path, "scan.jpg", picture("red"), 5)
    assert colour_of(camera.capture()) == "red"
    put(tmp_path, "scan.jpg", picture("blue"), 9)
    assert colour_of(camera.capture()) == "blue"


def test_a_folder_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="camera_folder_missing"):
        FolderCamera(tmp_path / "gone", PictureReading(FileProcess())).open()


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "file_missing"), (b"", "file_empty"), (b"plain text", "file_not_image"), (b"%PDF-1.4", "file_not_image")],
)
def test_chosen_files_that_cannot_be_used_are_named(tmp_path: Path, content: bytes | None, key: str) -> None:
    file = tmp_path / "照片.jpg"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InputProblem) as caught:
        read_photograph_file(file)
    assert caught.value.key == f"devices.{key}"
    assert caught.value.params["name"] == "照片.jpg"


def test_a_chosen_folder_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(InputProblem, match="file_unreadable"):
        read_photograph_file(tmp_path)


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_picture, "MAX_FILE_MEGABYTES", 1)
    file = tmp_path / "huge.jpg"
    file.write_bytes(b"\xff\xd8\xff" + bytes(1024 * 1024))
    with pytest.raises(InputProblem, match="file_too_large"):
        read_photograph_file(file)


def test_a_chosen_picture_is_read_byte_for_byte(tmp_path: Path) -> None:
    file = tmp_path / "photo.JPG"
    file.write_bytes(picture("green"))
    photograph = read_photograph_file(file)
    assert photograph.data == file.read_bytes()
    assert (photograph.media_type, photograph.source) == ("image/jpeg", "photo.JPG")


def test_a_telephones_heic_is_known_as_such() -> None:
    for brand in (b"heic", b"heis", b"mif1"):
        assert media_type_of(b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1") == "image/heic"
    assert media_type_of(b"\0\0\0\x18ftypisom") is None


def test_every_key_has_its_sentence() -> None:
    messages = Messages.from_folder(ROOT / "resources" / "messages" / "zh_CN")
    keys = set()
    for file in (ROOT / "src" / "villagedesk" / "devices").glob("camera_*.py"):
        keys |= set(re.findall(r'"(devices\.[a-z_.]+)"', file.read_text(encoding="utf-8")))
    assert len(keys) > 8
    assert keys <= messages.keys()

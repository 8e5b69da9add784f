"""Generated cards read for real, by the real process."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from tests.imaging.reading_truth import flat, photographed, truth_of
from tests.imaging.test_reading_fields import read
from villagedesk.imaging.fields.values import Certainty, ReadField
from villagedesk.imaging.files.decode import decode
from villagedesk.imaging.recognising.reading_process import ReadingProcess


@pytest.fixture(scope="module")
def reader() -> Iterator[ReadingProcess]:
    process = ReadingProcess()
    yield process
    process.close()


@pytest.mark.parametrize("kind", ["id_card_front", "id_card_back", "bank_card"])
@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_card_is_read_whichever_way_it_lies(kind: str, turns: int, reader: ReadingProcess) -> None:
    made = photographed(3, kind, defects=())
    pixels = decode(flat(made))
    page = cv2.imencode(".png", np.ascontiguousarray(np.rot90(pixels, turns)))[1].tobytes()
    (paper,) = read(reader.read(page)).papers
    assert paper.kind == kind
    found, truth = {value.field: value.text for value in paper.values}, truth_of(made)
    assert found.items() <= truth.items(), "nothing is read wrongly"
    assert len(found) >= len(truth) - 1
    assert found.keys() >= truth.keys() & {ReadField.NUMBER, ReadField.NAME}


def test_a_registers_page_is_read(reader: ReadingProcess) -> None:
    made = photographed(3, "household_register", defects=())
    found = {value.field: value for paper in read(reader.read(flat(made))).papers for value in paper.values}
    truth = truth_of(made)
    assert {field: found[field].text for field in truth} == truth
    assert found[ReadField.NUMBER].certainty is Certainty.CLEAR


def test_what_is_outlined_is_where_it_stands(reader: ReadingProcess) -> None:
    """The number's outline holds its ink, and little else of the card."""
    made = photographed(3, "id_card_front", defects=())
    page = flat(made)
    (paper,) = read(reader.read(page)).papers
    number = paper.value(ReadField.NUMBER)
    assert number is not None
    (outline,) = number.outlines
    left, top, right, bottom = next(line.box for line in made.lines if line.text == number.text)
    width, height = made.size
    xs, ys = [x * width for x, _ in outline], [y * height for _, y in outline]
    assert min(xs) < left + 1.5
    assert max(xs) > right - 1.5
    assert min(ys) < top + 1
    assert max(ys) > bottom - 1
    assert (max(xs) - min(xs)) * (max(ys) - min(ys)) < 2.6 * (right - left) * (bottom - top)


def test_a_table_and_a_white_page_say_nothing(reader: ReadingProcess) -> None:
    for pixels in (np.full((900, 700, 3), 255, np.uint8), np.zeros((64, 64, 3), np.uint8)):
        said = reader.read(cv2.imencode(".png", pixels)[1].tobytes())
        assert (said.lines, said.codes) == ((), ())

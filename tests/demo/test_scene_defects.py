"""Each accident changes a hard photograph where it should, and nowhere else; what it hides is said."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.demo.test_scene import Grey, flat_by_mesh, grey, local, taken
from villagedesk.demo.photograph_mix import DEFECTS
from villagedesk.demo.photographs import Generated

pytestmark = pytest.mark.slow  # the tests of what is done with these photographs run every time
SEEDS = (1, 2, 7)
KIND = "application_form"


def paper_mask(made: Generated, grow: int = 0) -> NDArray[np.bool_]:
    mask = np.zeros(grey(made.jpeg).shape, np.uint8)
    cv2.fillPoly(mask, [np.round(made.outline()).astype(np.int32)], 1)
    if grow:
        kernel = np.ones((abs(grow) * 2 + 1,) * 2, np.uint8)
        mask = np.asarray((cv2.dilate if grow > 0 else cv2.erode)(mask, kernel), np.uint8)
    return mask > 0


def change(seed: int, defect: str, kind: str = KIND) -> tuple[Generated, Generated, Grey]:
    """The picture without and with a defect, and how much brighter each place became (noise smoothed)."""
    before, after = taken(seed, kind), taken(seed, kind, defect)
    apart = grey(after.jpeg) - grey(before.jpeg)
    return before, after, np.asarray(cv2.blur(apart, (5, 5)), np.float64)


def strong(apart: Grey) -> NDArray[np.bool_]:
    return np.asarray(np.abs(apart) > 14)


@pytest.mark.parametrize("defect", ["stains", "show_through", "faint", "holes", "dog_ear"])
def test_wear_changes_the_paper_and_not_the_table(defect: str) -> None:
    changed = 0.0
    for seed in SEEDS:
        before, _, apart = change(seed, defect)
        inside, beside = paper_mask(before, -6), ~paper_mask(before, 40)
        changed = max(changed, float(np.abs(apart[inside]).max()))
        assert np.abs(apart[beside]).max() < 14
        if defect in ("stains", "show_through"):
            assert apart[inside].mean() < 0.1, "nothing gets brighter by it"
    assert changed > 20


@pytest.mark.parametrize("defect", ["clutter", "two_papers", "table_edge"])
def test_what_lies_beside_or_under_the_paper_does_not_change_it(defect: str) -> None:
    changed = 0
    for seed in SEEDS:
        before, after, apart = change(seed, defect)
        assert np.array_equal(before.mesh, after.mesh)
        changed += int(strong(apart[~paper_mask(before, 3)]).sum())
        assert np.abs(apart[paper_mask(before, -8)]).max() < 16
        assert after.covered == ()
        assert after.unreadable == ()
    assert changed > 3000


@pytest.mark.parametrize("defect", ["thumb", "on_top"])
def test_what_lies_over_the_papers_edge_hides_just_the_lines_it_says(defect: str) -> None:
    hidden = 0
    for seed in range(7):
        before, after, apart = change(seed, defect, "receipt")
        assert strong(apart[paper_mask(before)]).any()
        flat, clear = (local(flat_by_mesh(made, 4.0)) for made in (after, before))
        for number, line in enumerate(after.lines):
            left, top, right, low = (round(edge * 4) for edge in line.box)
            part = (slice(top, low + 1), slice(left, right + 1))
            alike = float(np.corrcoef(flat[part].ravel(), clear[part].ravel())[0, 1])
            if number in after.unreadable:
                hidden += 1
            else:
                assert alike > 0.6, (seed, line)
    assert hidden > 0


def test_a_hidden_corner_is_said() -> None:
    """Where a hand or thing lies over a corner, the picture differs there; where none does, it does not."""
    said = 0
    for seed in range(12):
        for defect in ("thumb", "on_top"):
            made = taken(seed, "receipt", defect)
            said += len(made.covered)
    assert said > 0
    for seed in SEEDS:
        before, after, apart = change(seed, "dog_ear")
        (corner,) = after.covered
        inward = before.corners[corner] + (before.corners.mean(0) - before.corners[corner]) * 0.03
        x, y = (int(v) for v in inward)
        assert abs(apart[y, x]) > 14, "the table is seen there"
        assert after.whole


def test_glare_brightens_and_washes_print_out() -> None:
    gone = 0
    for seed in SEEDS:
        _, after, apart = change(seed, "glare")
        assert apart.max() > 40
        assert apart.min() > -12
        flat = flat_by_mesh(after, 4.0)
        for number in after.unreadable:
            left, top, right, low = (round(edge * 4) for edge in after.lines[number].box)
            assert flat[top : low + 1, left : right + 1].max() > 225
            gone += 1
    assert gone > 0


@pytest.mark.parametrize("defect", ["motion", "defocus"])
def test_blur_takes_the_fine_detail_away(defect: str) -> None:
    for seed in SEEDS:
        before, after, _ = change(seed, defect)
        inside = paper_mask(before, -12)
        sharp, soft = (np.abs(cv2.Laplacian(grey(made.jpeg), cv2.CV_64F))[inside].mean() for made in (before, after))
        assert soft < 0.9 * sharp


def test_noise_and_darkness_are_what_they_say() -> None:
    for seed in SEEDS:
        before, noisy = (taken(seed, KIND, *defects, table="white") for defects in ((), ("noisy",)))
        beside = ~paper_mask(before, 20)
        fine = (np.abs(grey(made.jpeg) - cv2.blur(grey(made.jpeg), (9, 9)))[beside] for made in (before, noisy))
        calm, grainy = (float(np.median(part)) for part in fine)
        assert grainy > 1.15 * calm
        dim = taken(seed, KIND, "dim")
        assert grey(dim.jpeg).mean() < 0.85 * grey(taken(seed, KIND).jpeg).mean()


@pytest.mark.parametrize("defect", ["fold", "crumple", "curl"])
def test_bent_paper_is_shaded(defect: str) -> None:
    shaded = 0.0
    for seed in SEEDS:
        flat, bent = (flat_by_mesh(made, 2.0) for made in change(seed, defect)[:2])
        apart = cv2.blur(bent - flat, (9, 9))
        shaded = max(shaded, float(np.ptp(apart[20:-20, 20:-20])))
    assert shaded > 12


def test_every_defect_is_tried_here_or_beside() -> None:
    assert set(DEFECTS) == {
        *(
            "stains",
            "show_through",
            "faint",
            "table_edge",
            "holes",
            "dog_ear",
            "clutter",
            "two_papers",
            "thumb",
            "on_top",
            "glare",
        ),
        *("motion", "defocus", "noisy", "dim", "fold", "crumple", "curl", "lens", "outside"),
    }

"""The bench gives every figure it promises, from real work, and judges crops as it says."""

from __future__ import annotations

import pytest

from tests.benchmarks.scan import figures, run
from tests.benchmarks.scan_figures import NOT_MADE


@pytest.mark.timeout(180)
def test_all_figures_come_out() -> None:
    runs = run(range(6), quick=True)["runs"]
    found = figures(runs)
    assert {
        "frame_p50_ms", "frame_p95_ms", "ratio_to_plain_opencv", "jaccard_mean", "jaccard_p10", "wrong_autocrop_share",
        "asked_share", "upright_share", "preview_fps", "peak_mb", "median_kb", "p95_kb", "stage_decode_ms",
        "stage_find_page_ms", "stage_flatten_ms", "stage_clean_ms", "stage_encode_page_ms", "held_out_jaccard_mean",
        "held_out_wrong_autocrop_share", "held_out_asked_share", "wrong_seeds",
    } <= set(found)  # fmt: skip
    assert 0 < found["stage_find_page_ms"] < found["frame_p50_ms"] <= found["frame_p95_ms"]
    assert found["jaccard_mean"] > 0.5
    assert found["preview_fps"] > 0 and found["median_kb"] > 5
    assert 30 < found["peak_mb"] < 2000
    # Six papers and two empty tables, and a paper and a table of the other range for each of two seeds.
    assert found["pictures"] == 8 and found["held_out_pictures"] == 4


def _noted(**changed: object) -> dict[str, list[object]]:
    usual = {
        "seed": 7, "held_out": 0, "about": "receipt/dark/lamp/fold+curl", "shows": "whole", "overlap": 0.99,
        "confidence": 0.9, "upright": 1,
    }  # fmt: skip
    return {name: [value] for name, value in (usual | changed).items()}


@pytest.mark.parametrize(
    ("noted", "wrong", "asked"),
    [
        (_noted(), 0, 0),
        (_noted(overlap=0.89), 1, 0),
        (_noted(overlap=0.89, confidence=0.49), 0, 1),
        (_noted(overlap=0.0, confidence=0.0), 0, 1),
        (_noted(shows="empty", overlap=0.0, about=""), 1, 0),
        (_noted(shows="empty", overlap=0.0, about="", confidence=0.3), 0, 0),
    ],
)
def test_a_crop_is_wrong_when_it_would_be_used_unseen_and_misses_the_paper(
    noted: dict[str, list[object]], wrong: int, asked: int
) -> None:
    found = figures(noted)
    assert (found["wrong_autocrop_share"], found["asked_share"]) == (wrong, asked)
    assert len(found["wrong_seeds"]) == wrong


def test_upright_is_a_share_of_the_pages_that_were_made() -> None:
    together = _noted()
    for upright in (0, NOT_MADE, 1, 1):
        for name, values in _noted(upright=upright).items():
            together[name] += values
    found = figures(together)
    assert (found["pictures"], found["upright_pages"], found["upright_share"]) == (5, 4, 0.75)


def test_the_range_kept_apart_is_in_no_other_figure() -> None:
    both = _noted()
    for name, values in _noted(held_out=1, overlap=0.5).items():
        both[name] += values
    found = figures(both)
    assert found["jaccard_mean"] == 0.99 and found["wrong_seeds"] == []
    assert found["held_out_jaccard_mean"] == 0.5 and found["held_out_wrong_seeds"] == ["held out 7"]
    assert set(found["by_defect"]) == {"fold", "curl"}

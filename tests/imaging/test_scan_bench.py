"""The bench gives every figure it promises, from real work."""

from __future__ import annotations

from tests.benchmarks.scan import run


def test_all_figures_come_out() -> None:
    figures = run(range(4), quick=True)
    assert set(figures) == {
        "frame_p50_ms", "frame_p95_ms", "ratio_to_plain_opencv", "jaccard_mean", "jaccard_p10",
        "wrong_autocrop_share", "asked_share", "median_kb", "p95_kb",
    }  # fmt: skip
    assert 0 < figures["frame_p50_ms"] <= figures["frame_p95_ms"]
    assert figures["jaccard_mean"] > 0.9
    assert figures["wrong_autocrop_share"] == 0
    assert figures["median_kb"] > 5

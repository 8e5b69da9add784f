"""The bench of the line runs, in all its kinds, and its figures are made of bytes that came."""

from __future__ import annotations

import pytest

from tests.benchmarks import link
from tests.needs import need_program, need_root_on_linux


@pytest.mark.timeout(180)
@pytest.mark.slow
def test_every_kind_of_run_gives_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    need_root_on_linux("a lossy line")
    for program in ("ip", "nsenter", "setpriv"):
        need_program(program)
    for name, shorter in (
        ("_SECONDS_QUICK", 1.0),
        ("_CUTS_QUICK", (1,)),
        ("_BETWEEN_CUTS_QUICK", (0.5, 1.0)),
        ("_GAPS_QUICK", (0.5,)),
        ("_FULL_FLOW", 0.5),
    ):
        assert hasattr(link, name)
        monkeypatch.setattr(link, name, shorter)
    runs = link.run(range(1), quick=True)["runs"]
    figures = link.figures(runs)
    for kind in ("goodput_2m_median", "goodput_2m_worst", "goodput_512k", "goodput_4m", "one_connection_2m"):
        assert 0 < figures[kind] < 1, "of page bytes that the server keeps; a run in which some are missing ends"
    assert figures["cuts"] == 1
    assert figures["gap_worst_s"] > 0
    assert min(runs["cut_run_bytes"]) > 0 and figures["resent_share"] < 1
    assert figures["acknowledged_again"] == 0
    assert figures["loss_2m"] < 0.2

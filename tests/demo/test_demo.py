"""The main job, whole way through: the demo itself is run, and what it leaves is looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from villagedesk.demo.driver import main


@pytest.mark.timeout(300)
def test_the_main_job_whole_way_through(tmp_path: Path) -> None:
    output = tmp_path / "demo-output"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "villagedesk", "demo", "--output", str(output)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads((output / "summary.json").read_text("utf-8"))
    assert summary["ok"] and summary["failure"] == ""
    events = [event for step in summary["steps"] for event in step["events"]]
    assert len(events) == summary["events"] > 50
    assert {event["kind"].split()[0] for event in events} == {"key", "type", "click"}
    assert len(list((output / "papers").glob("*.pdf"))) == 3  # two receipts, one acceptance notice
    assert len(list((output / "pages").glob("*.pdf"))) == 6
    assert all((output / "screenshots" / name).is_file() for step in summary["steps"] for name in step["screenshots"])


def test_a_folder_that_is_no_earlier_demo_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work", encoding="utf-8")
    assert main(["--output", str(tmp_path)], tmp_path) == 2
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "three years of work"
    assert str(tmp_path) in capsys.readouterr().out

"""``villagedesk demo``: runs the main job through the real window and leaves what it saw in a folder.

Left behind: ``screenshots/``, ``papers/`` (PDF and PNG), ``pages/`` (the flattened pages as the acceptance system got
them), ``photographs/`` (what the camera saw) and ``summary.json``. The exit code is non-zero when any step failed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from villagedesk.demo import story
from villagedesk.demo.photographs import photograph
from villagedesk.demo.practice_child import prepare_practice
from villagedesk.demo.program import DemoFailure, EventLog, Program
from villagedesk.demo.story import Stage, Villager
from villagedesk.domain.station import StationFile

PAPERS = (
    ("id_card_sheet", "wood"),
    ("household_register", "dark"),
    ("application_form", "wood"),
    ("id_card_sheet", "dark"),
    ("household_register", "wood"),
    ("application_form", "dark"),
)
"""Kind of paper and table of the six photographs; the seed is the position."""
FOLDERS = ("screenshots", "papers", "pages", "photographs")


def main(argv: Sequence[str], resources: Path) -> int:
    """Run the demo; gives the exit code.

    Args:
        argv: the arguments behind ``demo``.
        resources: the program's ``resources/`` folder, for the font the invented papers are written in.
    """
    parser = argparse.ArgumentParser(prog="villagedesk demo", description="The main job, driven through the window.")
    parser.add_argument("--output", type=Path, default=Path("demo-output"))
    output: Path = parser.parse_args(argv).output.resolve()
    if not _make_room(output):
        print(f"demo: {output} holds something that is not an earlier demo; name another folder")
        return 2
    # An ended demo leaves no process and no unencrypted page behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="villagedesk-demo-") as place:
        stage = _set_stage(output, Path(place))
        failure = ""
        try:
            _play(stage, resources / "fonts" / "villagedesk-base.ttf")
        except Exception as error:
            failure = f"{stage.log.step}: {error if isinstance(error, DemoFailure) else repr(error)}"
        _collect_pages(stage)
    seconds = round(time.monotonic() - began, 1)
    summary = {
        "ok": not failure,
        "failure": failure,
        "seconds": seconds,
        "events": len(stage.log.events),
        "measured": stage.measured,
        "steps": stage.steps,
    }
    (output / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    for step in stage.steps:
        print(f"  {step['seconds']:>6} s  {step['title']}")
    print(f"demo: {'FAILED at ' + failure if failure else 'done'} in {seconds} s; look at {output}", flush=True)
    return 1 if failure else 0


def _make_room(output: Path) -> bool:
    """Empty the folder of an earlier demo; False when it holds anything else."""
    left_by_a_demo = {"summary.json", "event-hook.json", "program.log", "practice.log", *FOLDERS}
    if output.exists():
        if not output.is_dir() or not {entry.name for entry in output.iterdir()} <= left_by_a_demo:
            return False
        shutil.rmtree(output)
    for name in FOLDERS:
        (output / name).mkdir(parents=True)
    return True


def _set_stage(output: Path, place: Path) -> Stage:
    table = place / "table"
    table.mkdir()
    station_file = prepare_practice(place / "practice")
    station = StationFile.from_bytes(station_file.read_bytes())
    return Stage(
        output=output,
        data=place / "data",
        table=table,
        papers=output / "papers",
        practice=place / "practice",
        station_file=station_file,
        station=station,
        log=EventLog(),
    )


def _photographs(stage: Stage, font: Path) -> list[Path]:
    with stage.step("photographs", "六张 1200 万像素的照片（编造的材料，斜放，光线不匀）"):
        files = []
        for seed, (kind, table) in enumerate(PAPERS):
            file = stage.output / "photographs" / f"{seed + 1}-{kind}-{table}.jpg"
            file.write_bytes(photograph(seed, kind, font=font, table=table).jpeg)
            files.append(file)
        return files


def _play(stage: Stage, font: Path) -> None:
    photographs = _photographs(stage, font)
    stage.lay(photographs[0])
    camera, files = (tuple(photographs[:2]), tuple(photographs[3:5])), (photographs[2], photographs[5])
    first = Villager("测试甲", "11010519491231002X", "13800000001", "柳林村一组", camera[0], files[0])
    second = Villager("样张乙", "440524188001010014", "", "柳林村二组", camera[1], files[1])
    programs: list[Program] = []
    try:
        program = story.first_run(stage)
        programs.append(program)
        story.fill_in(stage, program, "first", first, mistype=True)
        story.scan(stage, program, "first", first.camera, first.file)
        first_no = story.take_in(stage, program, "first")

        story.fill_in(stage, program, "second", second)
        story.scan(stage, program, "second", second.camera, None)
        with stage.step("kill", "第二件办到一半，程序被强行结束（kill -9）"):
            program.kill()
            programs.clear()

        def nothing_is_missing(restarted: Program) -> None:
            restarted.wait_for_rows("taken_in_today", first.name, rows=1)
            restarted.wait_for_rows("taken_in_today", "待上报", rows=1)
            restarted.wait_for_rows("todo_list", second.name, rows=1)
            restarted.wait("search", state="enabled")
            restarted.type(first_no, "search")
            restarted.key("Return", "search")
            restarted.wait("case_applicant", text=first.name)
            restarted.wait("case_local_no", text=first_no)
            restarted.key("Escape")
            restarted.wait("todo_list")

        program = story.sign_in(stage, "restart", "重新打开：第一件还在，草稿还在", nothing_is_missing)
        programs.append(program)
        story.resume(stage, program, second)
        second_no = story.take_in(stage, program, "second")
        if second_no == first_no:
            raise DemoFailure("two cases carry one number")
        practice, cases = story.link_back(stage, program, [first.name, second.name])
        try:
            story.no_notice_yet(stage, program, first)
            story.accepted(stage, program, practice, cases, first)
            programs.clear()
            story.close(stage, program)
        finally:
            practice.close()
    finally:
        for running in programs:
            running.abandon()


def _collect_pages(stage: Stage) -> None:
    """The flattened pages as the acceptance system got them."""
    stored = stage.practice / "pages"
    if stored.is_dir():
        for number, file in enumerate(sorted(path for path in stored.rglob("*") if path.is_file()), start=1):
            with file.open("rb") as page:
                ending = ".pdf" if page.read(5) == b"%PDF-" else ".jpg"
            shutil.copyfile(file, stage.output / "pages" / f"{number}-{file.name[:12]}{ending}")

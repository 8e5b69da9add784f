"""The main job as a clerk does it, key by key through the real window: link down, a kill, link back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from villagedesk.demo import read_back
from villagedesk.demo.practice_child import PracticeChild
from villagedesk.demo.program import DemoFailure, EventLog, Program
from villagedesk.domain.station import StationFile

ITEM_WORDS = "医疗保险参保"
ITEM_NAME = "城乡居民基本医疗保险参保登记"
FILE_PAPER = "参保登记表"
"""The paper that is brought as a file; the county may ask for it, so it is chosen by the clerk."""
CLERK = "王会计"
PASSWORD = "liulin-2026 demo"
FORM = (
    ("form_head_relation", ""),
    ("form_insured_year", "2027"),
    ("form_enrolment_kind", ""),
    ("form_person_kind", ""),
    ("form_pay_way", ""),
    ("form_confirmed", ""),
)
"""What the item's form asks for besides what stands there already, in its order; "" takes a list's first answer."""


@dataclass(frozen=True)
class Villager:
    """An invented neighbour with papers on the table.

    Args:
        number: a resident ID with a right check digit; 110105 19491231 002X is GB 11643's own example.
        camera: photographs that come through the document camera, in the order they are laid down.
        file: a photograph that is brought as a file.
    """

    name: str
    number: str
    phone: str
    address: str
    camera: tuple[Path, ...]
    file: Path


@dataclass
class Stage:
    """Where the demo takes place.

    Args:
        output: the folder left behind, with screenshots, papers, pages and the summary.
        table: what the simulated document camera looks at: the newest photograph in this folder.
        papers: where the file printer puts what it prints.
    """

    output: Path
    data: Path
    table: Path
    papers: Path
    practice: Path
    station_file: Path
    station: StationFile
    log: EventLog
    steps: list[dict[str, object]] = field(default_factory=list)
    measured: dict[str, float] = field(default_factory=dict)

    def program(self) -> Program:
        """Start the program on this stage."""
        arguments = ["--data", str(self.data), "--camera", f"simulated:{self.table}"]
        arguments += ["--printer", f"file:{self.papers}", "--station-file", str(self.station_file)]
        return Program(arguments, self.output, self.log)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[Callable[[Program], None]]:
        """One named step; calling what it gives takes a numbered screenshot."""
        self.log.step = name
        began = time.monotonic()
        shots: list[str] = []

        def shoot(program: Program) -> None:
            file = self.output / "screenshots" / f"{len(self.steps) + 1}-{name}-{len(shots) + 1}.png"
            program.screenshot(file)
            shots.append(file.name)

        yield shoot
        seconds = round(time.monotonic() - began, 2)
        events = [event for event in self.log.events if event["step"] == name]
        self.steps.append({"step": name, "title": title, "seconds": seconds, "events": events, "screenshots": shots})

    def lay(self, photograph: Path) -> None:
        """Put another paper under the camera."""
        for old in self.table.iterdir():
            old.unlink()
        shutil.copyfile(photograph, self.table / photograph.name)


def first_run(stage: Stage) -> Program:
    """Station file, first clerk, first screen."""
    with stage.step("first-run", "第一次使用：站点文件、经办人、登录") as shoot:
        program = stage.program()
        program.wait("station_name", text=stage.station.name)
        for text, widget in ((CLERK, "clerk"), (PASSWORD, "password"), (PASSWORD, "password_again")):
            program.type(text, widget)
        shoot(program)
        program.key("Return")
        program.wait("none_taken", seconds=40)
        program.wait("status_link", text="政务外网", seconds=20)
        shoot(program)
        return program


def sign_in(stage: Stage, name: str, title: str, expect: Callable[[Program], None]) -> Program:
    """Start again with the data that is there."""
    with stage.step(name, title) as shoot:
        program = stage.program()
        program.wait("password")
        shoot(program)
        program.type(PASSWORD, "password")
        program.key("Return")
        program.wait("nav_new", seconds=40)
        expect(program)
        shoot(program)
        return program


def fill_in(stage: Stage, program: Program, name: str, villager: Villager, *, mistype: bool = False) -> None:
    """New case up to the materials: item by part of its name, applicant with a checked number."""
    with stage.step(f"{name}-applicant", f"新办件：选事项，填申请人 {villager.name}") as shoot:
        program.key("F2")
        program.wait("item_search", state="focused")
        program.type(ITEM_WORDS)
        program.wait("guide_name", text=ITEM_NAME)
        shoot(program)
        program.key("Return")
        program.wait("applicant_name", state="focused")
        program.type(villager.name)
        program.key("Return")
        program.wait("document_number", state="focused")
        if mistype:
            program.type(villager.number[:-1] + "1")
            program.wait("document_number_trouble", text="第 18 位不对")
            shoot(program)
            program.key("Backspace")
            program.type(villager.number[-1])
        else:
            program.type(villager.number)
        program.wait("number_derived", text="出生")
        program.key("Return")
        program.wait("phone", state="focused")
        program.type(villager.phone)
        program.key("Return")
        program.wait("address", state="focused")
        program.type(villager.address)
        shoot(program)
        fill_form(program)
        shoot(program)
        program.key("Return")
        program.wait("material_list", state="focused")


def fill_form(program: Program) -> None:
    """The item's own form: Enter goes to the next thing that must be filled in, Down chooses from a list."""
    for widget, answer in FORM:
        program.key("Return")
        program.wait(widget, state="focused")
        if answer:
            program.type(answer)
        else:
            program.key("Down")


def scan(stage: Stage, program: Program, name: str, photographs: Sequence[Path], file: Path | None) -> None:
    """Each paper under the camera, found, flattened, and kept beside its requirement; then one from a file."""
    with stage.step(f"{name}-materials", "收材料：高拍仪拍照，文件导入") as shoot:
        if name == "first":
            program.key("A")  # the hand of this clerk is the one that photographs; it stays so
        for photograph in photographs:
            stage.lay(photograph)
            began = time.monotonic()
            program.key("Space")
            come = program.wait_for_any("page_stage", "proposal_keep")
            stage.measured.setdefault("capture_to_proposal_s", round(time.monotonic() - began, 3))
            shoot(program)
            _kept(program, come)
        if file is not None:
            program.click("material_list", item=FILE_PAPER)
            program.key("I")
            program.wait("import_path", state="focused")
            program.type(str(file))
            program.key("Return")
            come = program.wait_for_any("page_stage", "proposal_keep")
            shoot(program)
            _kept(program, come)


def _kept(program: Program, come: str) -> None:
    """A page of which nothing has to be asked is kept already and shown for a moment; any other waits for a yes."""
    if come == "proposal_keep":
        program.key("Return")
        program.wait("proposal_panel", state="hidden")
    program.wait("page_stage", state="hidden")
    program.wait("material_list", state="focused")


def resume(stage: Stage, program: Program, villager: Villager) -> None:
    """Open the offered draft: what was typed and photographed before the kill is there; bring in the last paper."""
    with stage.step("second-draft", "继续草稿：填过的、拍过的都在") as shoot:
        program.click("todo_list", item=villager.name)
        program.key("Return", "todo_list")
        program.wait("material_list")
        shown = program.shown("material_list")
        if shown.count("已收 1/1") != len(villager.camera):
            raise DemoFailure(f"the draft's pages are not all there: {shown}")
        shoot(program)
    scan(stage, program, "second-rest", (), villager.file)


def take_in(stage: Stage, program: Program, name: str) -> str:
    """Check, confirm, saved; the printed receipt's barcode is read back. Gives the local number."""
    with stage.step(f"{name}-receipt", "核对，收下材料并打印凭证；条码从 PDF 读回") as shoot:
        program.key("Return")
        program.wait("primary_button", text="收下材料")
        program.wait("primary_button", state="enabled")
        shoot(program)
        before = set(stage.papers.glob("*.pdf"))
        program.key("Return")
        program.wait("saved_sentence", text="已保存", seconds=30)
        program.wait("job_receipt", text="已打印", seconds=30)
        shoot(program)
        local_no = program.shown("local_no")
        new = set(stage.papers.glob("*.pdf")) - before
        if len(new) != 1:
            raise DemoFailure(f"{len(new)} new papers instead of one receipt")
        receipt = new.pop()
        codes = read_back.barcodes(receipt)
        if codes != {local_no}:
            raise DemoFailure(f"the receipt's barcode says {codes}, the screen {local_no}")
        text = read_back.words(receipt)
        if "收件凭证" not in text or "本凭证不代表受理" not in text:
            raise DemoFailure("the receipt's words are not those of a receipt")
        read_back.picture(receipt, stage.output / "papers" / f"{receipt.stem}.png")
        return local_no


def link_back(stage: Stage, program: Program, names: Sequence[str]) -> tuple[PracticeChild, list[str]]:
    """The practice system starts; without a click both cases go up. Gives the server and the case ids."""
    with stage.step("link-back", "网络恢复：不用点任何按钮，两件自动上报") as shoot:
        program.key("Escape")
        program.wait("taken_in_today")
        practice = PracticeChild(stage.practice, stage.station, stage.output)
        began = time.monotonic()
        try:
            program.wait_for_rows("taken_in_today", "已上报", rows=len(names), seconds=40)
            stage.measured["server_up_to_all_sent_s"] = round(time.monotonic() - began, 2)
            shoot(program)
            cases = practice.cases()
            if len(cases) != len(names):
                raise DemoFailure(f"the practice system holds {len(cases)} cases, not {len(names)}")
        except BaseException:
            practice.close()
            raise
        stage.measured["server_up_s"] = began
        return practice, cases


def no_notice_yet(stage: Stage, program: Program, villager: Villager) -> None:
    """Sent is not accepted: the acceptance notice cannot be printed yet, and the screen says why (I7)."""
    with stage.step("no-notice-yet", "受理之前，受理通知书打不了，原因写在旁边") as shoot:
        program.click("taken_in_today", item=villager.name)
        program.key("Return", "taken_in_today")
        program.wait("case_applicant", text=villager.name)
        program.wait("why_not_acceptance_notice")
        shoot(program)
        program.key("Escape")
        program.wait("taken_in_today")


def accepted(stage: Stage, program: Program, practice: PracticeChild, cases: Sequence[str], villager: Villager) -> None:
    """Accepted by script; number and query code come as a change; the notice becomes printable."""
    with stage.step("accepted", "受理系统受理：办件编号到了，受理通知书可以打印") as shoot:
        began = stage.measured.pop("server_up_s")
        for case_id in cases:
            practice.ask("POST", f"/practice/cases/{case_id}/accept")
        program.wait_for_rows("taken_in_today", "已受理", rows=len(cases), seconds=40)
        stage.measured["server_up_to_all_accepted_s"] = round(time.monotonic() - began, 2)
        shoot(program)
        program.click("taken_in_today", item=villager.name)
        program.key("Return", "taken_in_today")
        program.wait("case_applicant", text=villager.name)
        program.wait("print_acceptance_notice", state="enabled")
        number = program.shown("case_acceptance_no")
        before = set(stage.papers.glob("*.pdf"))
        program.click("print_acceptance_notice")
        program.wait("job_acceptance_notice", text="已打印", seconds=30)
        shoot(program)
        new = set(stage.papers.glob("*.pdf")) - before
        if len(new) != 1:
            raise DemoFailure(f"{len(new)} new papers instead of one acceptance notice")
        notice = new.pop()
        text = read_back.words(notice)
        if "受理通知书" not in text or number not in text or "练习县政务服务中心" not in text:
            raise DemoFailure("the acceptance notice does not carry its number and organ")
        read_back.picture(notice, stage.output / "papers" / f"{notice.stem}.png")


def close(stage: Stage, program: Program) -> None:
    """The window is closed; the program ends in order and leaves no unwritten log beside the database."""
    with stage.step("close", "关闭窗口，程序有序结束"):
        program.close()
        if list(stage.data.glob("*-wal")):
            raise DemoFailure("the database's log was not written back at the end")

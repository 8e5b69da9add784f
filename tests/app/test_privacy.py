"""I8 for the whole program: what a killed window leaves behind says nothing of the people who came to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.app.child import Child
from tests.desk.counter import APPLICANT, ID_NUMBER, NAME, STATION, papers
from tests.store.fixtures import FixedClock
from villagedesk.app.premises import DataFolder

PASSWORD = "old locust tree 7"
_MATERIALS = 2
_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_TEXTS = (NAME, ID_NUMBER, APPLICANT["phone"], APPLICANT["address"], PASSWORD)
_HEADERS = (b"\xff\xd8\xff\xe0\x00\x10JFIF", b"JFIF", b"%PDF-", b"SQLite format 3")
_STARTS = (b"\xff\xd8\xff", b"%PDF", b"SQLite")


def readable(folder: Path) -> Iterator[str]:
    """Each readable thing found in any file, or any name, under the folder."""
    needles = {text.encode(encoding): text for text in _TEXTS for encoding in _ENCODINGS}
    needles |= {header: repr(header) for header in _HEADERS}
    for path in folder.rglob("*"):
        if any(text in path.name for text in _TEXTS):
            yield f"name of {path.name}"
        if path.is_file():
            raw = path.read_bytes()
            yield from (f"{what} in {path.name}" for needle, what in needles.items() if needle in raw)
            yield from (f"{start!r} begins {path.name}" for start in _STARTS if raw.startswith(start))


def take_a_case_in(child: Child) -> None:
    """From sign-in to the saved sentence, by keyboard."""
    child.do("wait_for", widget="password")
    child.do("key", text=PASSWORD, widget="password")
    child.do("key", key="Return", widget="password")
    child.do("wait_for", widget="nav_new", seconds=60)
    child.do("key", key="F2")
    child.do("wait_for", widget="item_search", state="focused")
    child.do("key", text="养老保险注销")
    child.do("wait_for", widget="guide_name", text="注销登记")
    child.do("key", key="Return")
    for widget, field in (
        ("applicant_name", "name"),
        ("document_number", "document_number"),
        ("phone", "phone"),
        ("address", "address"),
    ):
        child.do("wait_for", widget=widget, state="focused")
        child.do("key", text=APPLICANT[field])
        child.do("key", key="Return")
    child.do("wait_for", widget="material_list", state="focused")
    for _ in range(_MATERIALS):
        child.do("key", key="Space")
        if _came(child, "proposal_keep", "page_stage") == "proposal_keep":
            child.do("key", key="Return")
            child.do("wait_for", widget="proposal_panel", state="hidden")
        child.do("wait_for", widget="page_stage", state="hidden")
        child.do("wait_for", widget="material_list", state="focused")
    child.do("key", key="Return")
    child.do("wait_for", widget="primary_button", text="收下材料")
    child.do("key", key="D")  # what only she can tell: none of it is needed
    child.do("wait_for", widget="primary_button", state="enabled")
    child.do("key", key="Return")
    child.do("wait_for", widget="saved_sentence", text="已保存", seconds=30)


def _came(child: Child, *widgets: str) -> str:
    """Which of these came: a page to be confirmed, or one that was kept at once."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for name in widgets:
            if child.ask("wait_for", widget=name, state="enabled", seconds=0.1)["ok"]:
                return name
    raise AssertionError(f"none of {widgets} came")


def test_i8_a_killed_program_leaves_nothing_readable(tmp_path: Path) -> None:
    table, left = tmp_path / "table", tmp_path / "left"
    table.mkdir()
    (left / "tmp").mkdir(parents=True)
    for number, picture in enumerate(papers()):
        (table / f"{number}.jpg").write_bytes(picture)
    DataFolder(left / "data", FixedClock()).set_up(STATION, "王会计", PASSWORD)
    temporary = str(left / "tmp")
    child = Child(
        left,
        *("--data", str(left / "data"), "--camera", f"simulated:{table}", "--printer", "none"),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"), temporary),
    )
    try:
        take_a_case_in(child)
        child.process.kill()
        (left / "output").write_text(child.output(), encoding="utf-8")
    finally:
        child.end()
    assert sum(path.stat().st_size for path in (left / "data").rglob("*") if path.is_file()) > 500_000
    assert list(readable(left)) == []

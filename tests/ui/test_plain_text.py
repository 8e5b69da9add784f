"""What people and servers write is shown as text: no label, tip or box takes it for HTML and opens what it names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox, QTableView, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desk_at_hand import Village
from tests.ui.desk_at_hand import messages as messages_at_hand
from tests.ui.pages.frame import FramePage
from tests.ui.pages.settings import SettingsPage
from tests.ui.test_tray import came_back
from villagedesk.app import gui
from villagedesk.desk.views import DeviceLine, Sentence
from villagedesk.domain.case import CaseEvent, CaseStatus
from villagedesk.domain.messages import Messages
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Transaction
from villagedesk.ui.sentences import ElidedLabel, SentenceLabel, Words, plain_label, plain_tip, wrapping_label
from villagedesk.ui.status_line import StatusLine
from villagedesk.ui.window import MainWindow

SOURCE = Path(__file__).parents[2] / "src" / "villagedesk"
EVIL = '<img src="file:///etc/passwd"><b>王</b>&amp;<a href="https://evil.example">x</a>'
_PLAIN, _RICH = Qt.TextFormat.PlainText, Qt.TextFormat.RichText
_OPENING = {
    "openUrl",
    "setOpenExternalLinks",
    "QDesktopServices",
    "QWebEngineView",
    "setHtml",
    "insertHtml",
    "QStaticText",
}
_COPYING = {"QClipboard", "clipboard"}
_COPYING_ALLOWED = {
    "ui/bridge/clipboard.py": "a value for the form, as plain text; taken off again",
    "ui/bridge/copy_lines.py": "through it",
    "ui/bridge/entry_page.py": "through it",
    "ui/intake/dropped.py": "read only: a picture or files that were copied",
}
_OPENING_ALLOWED = {"ui/bridge/export_card.py": "the folder the clerk chose, as a local file"}
_RICH_ALLOWED = {"ui/status_line.py": "devices' marks in their colours, each name escaped"}
_BROWSER_ALLOWED = {"ui/settings/security.py": "the help page as shipped, every resource refused"}


def shown_evil(window: MainWindow) -> Iterator[str]:
    """Where the hostile text stands now; asserts that each place takes it for text."""
    for widget in window.findChildren(QWidget):
        tip = widget.toolTip()
        assert "<img" not in tip, widget.objectName()
        if isinstance(widget, QLabel) and "img src" in widget.text():
            plain = widget.textFormat() is _PLAIN
            assert plain or (widget.textFormat() is _RICH and "<img" not in widget.text()), widget.objectName()
            if widget.isVisible():
                yield widget.objectName()
        if isinstance(widget, QTextEdit):
            assert "<img" not in widget.toHtml(), widget.objectName()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _evil_cells(widget)


def _evil_cells(view: QAbstractItemView) -> Iterator[str]:
    model, name = view.model(), view.objectName()
    columns = model.columnCount() if isinstance(view, QTableView) else 1
    for row in range(min(model.rowCount(), 50)):
        for column in range(columns):
            index = model.index(row, column, QModelIndex())
            assert "<img" not in str(index.data(Qt.ItemDataRole.ToolTipRole) or ""), name
            if "<img" in str(index.data(Qt.ItemDataRole.DisplayRole) or ""):
                yield name  # delegates draw with QPainter.drawText or QStyle's item text, which know no HTML


def spoilt(village: Village) -> str:
    """A case that came back, with the hostile text wherever a person or a server writes something."""
    case_id = came_back(village)
    at = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
    told = {"change": "correction_asked", "sequence": "1", "value.reason": EVIL, "value.wanted": EVIL}
    unknown = {"change": EVIL, "sequence": "2", "state_code": EVIL}

    def work(transaction: Transaction) -> None:
        case = transaction.case(case_id)
        person = replace(case.applicant, name=EVIL, phone=EVIL, address=EVIL, document_number=EVIL)
        changed = replace(
            case,
            applicant=person,
            materials=tuple(replace(material, name=EVIL) for material in case.materials),
            item_name=EVIL,
            clerk=EVIL,
            acceptance_no=EVIL,
            query_code=EVIL,
            remote_state=EVIL,
            limit_date=EVIL,
            accepting_organ=EVIL,
            lookup_url=EVIL,
            status=CaseStatus.RETURNED,
        )
        transaction.put_case(changed)
        for detail in (told, unknown):
            transaction.append_event(CaseEvent(case_id, at, "acceptance_system", "change", detail=detail))
        transaction.append_event(CaseEvent(case_id, at, EVIL, "decision", detail={"decision": "paused"}))
        row = transaction.outbox_of_case(case_id)[-1]
        transaction.update_outbox(replace(row, reason_raw=f"422 {EVIL}: {EVIL}"))

    village.store.write(work).result()
    return case_id


def test_every_screen_shows_what_is_written_as_it_is_written(
    qtbot: QtBot, village: Village, signed_in: MainWindow
) -> None:
    spoilt(village)
    frame = FramePage(qtbot, signed_in)
    seen: set[str] = set()

    def look() -> None:
        seen.update(shown_evil(signed_in))

    for door, there in (("nav_today", "todo_list"), ("nav_cases", "case_filter"), ("status_line", "send_now")):
        frame.click(door)
        frame.wait_for(there)
        look()
    frame.click("nav_cases")
    frame.until(lambda: bool(set(shown_evil(signed_in))))
    look()
    frame.click("nav_today")
    frame.until(lambda: frame.seen("todo_list") and frame.focused() == "todo_list")
    frame.enter()
    frame.wait_for("snag")
    frame.until(lambda: "snag_raw" in set(shown_evil(signed_in)))
    look()
    signed_in.background.problem.emit(EnvironmentProblem("printer.folder", folder=EVIL))
    frame.until(lambda: frame.problem() != "")
    look()
    assert {"snag_raw", "problem_text"} <= seen and len(seen) >= 4, seen


def test_every_settings_page_shows_it_as_it_is_written(qtbot: QtBot, village: Village, signed_in: MainWindow) -> None:
    spoilt(village)
    settings = SettingsPage(qtbot, signed_in)
    settings.open()
    seen: set[str] = set()
    for name in sorted(settings.doors()):
        settings.open(name)
        seen.update(shown_evil(signed_in))
    # the log names the clerk of a line and the masked applicant; the export picker its cases
    assert len(seen) >= 1, seen


@pytest.mark.parametrize("make", [plain_label, wrapping_label])
def test_labels_are_made_plain(qtbot: QtBot, look: None, make: object) -> None:
    del look
    label = make(EVIL)  # type: ignore[operator]
    qtbot.addWidget(label)
    assert label.textFormat() is _PLAIN and label.text() == EVIL


def test_sentences_and_tips_are_plain(qtbot: QtBot, look: None) -> None:
    del look
    words = Words(Messages({"evil": "{text}"}))
    sentence = SentenceLabel(words, "sentence")
    elided = ElidedLabel("elided")
    for label in (sentence, elided):
        qtbot.addWidget(label)
        assert label.textFormat() is _PLAIN
    sentence.tell(Sentence("evil", {"text": EVIL}))
    assert EVIL in sentence.text()
    elided.setText(EVIL * 3)
    elided.resize(60, 20)
    elided.show()
    elided.grab()
    assert "<img" not in elided.toolTip() and "&lt;img" in elided.toolTip()
    tip = QTextEdit()
    qtbot.addWidget(tip)
    tip.setHtml(plain_tip(f"{EVIL}\n二"))
    assert tip.toPlainText() == f"{EVIL}\n二"
    assert plain_tip("王二 1") == "王二 1"


def test_a_printers_name_in_the_status_line_is_text(qtbot: QtBot, look: None) -> None:
    del look
    line = StatusLine(Words(messages_at_hand()))
    qtbot.addWidget(line)
    line.show_devices([DeviceLine(EVIL, True, Sentence("printing.printer_ready", {"printer": EVIL}, "good"))])
    (label,) = line.findChildren(QLabel, "status_devices")
    rendered = QTextEdit()
    qtbot.addWidget(rendered)
    rendered.setHtml(label.text())
    assert EVIL in rendered.toPlainText() and "<img" not in label.text()


def test_the_box_that_says_why_the_program_cannot_start_is_plain(
    qtbot: QtBot, look: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    del look
    boxes: list[tuple[str, Qt.TextFormat]] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: boxes.append((box.text(), box.textFormat())))
    table = Messages({"app.name": "n", "app.close": "c", "evil": "{text}"})
    assert gui._refuse(table, EnvironmentProblem("evil", text=EVIL)) == 1
    assert boxes == [(EVIL, _PLAIN)]
    for box in [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]:
        box.deleteLater()


def rules_broken(text: str, file: str) -> list[str]:
    """What a source file does that could make Qt take text for HTML, or open a link by itself."""
    tree = ast.parse(text)
    found = []
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    opening = _OPENING - {"openUrl", "QDesktopServices"} if file in _OPENING_ALLOWED else _OPENING
    found += [f"{name} opens or reads HTML" for name in sorted(names & opening)]
    copying = frozenset() if file in _COPYING_ALLOWED else _COPYING
    found += [f"{name}: something is put on the clipboard" for name in sorted(names & copying)]
    if names & {"RichText", "MarkdownText", "AutoText"} and file not in _RICH_ALLOWED:
        found.append("a rich text format")
    if "QTextBrowser" in names and (file not in _BROWSER_ALLOWED or "loadResource" not in text):
        found.append("a text browser that loads what a text names")
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.ClassDef):
            continue
        inside = list(ast.walk(scope))
        calls = [node for node in inside if isinstance(node, ast.Call)]
        told = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
        if isinstance(scope, ast.FunctionDef):
            made = {node.func.id for node in calls if isinstance(node.func, ast.Name)} & {"QLabel", "QMessageBox"}
            kept_plain = "setTextFormat" in told or (
                made == {"QLabel"} and "setPixmap" in told and "setText" not in told
            )
            if made and not kept_plain:
                found.append(f"{scope.name}: {made} without a plain format")
        elif {getattr(base, "id", "") for base in scope.bases} & {
            "QLabel",
            "QMessageBox",
        } and "setTextFormat" not in told:
            found.append(f"{scope.name}: a label without a plain format")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("setToolTip", "setWhatsThis") and "plain_tip" not in ast.unparse(node):
                found.append(f"line {node.lineno}: a tip without plain_tip")
            if node.func.attr == "addRow" and any(isinstance(one, ast.Constant) for one in node.args):
                found.append(f"line {node.lineno}: a form makes labels of its own")
        if (
            isinstance(node, ast.If)
            and "ToolTipRole" in ast.unparse(node.test)
            and "plain_tip" not in ast.unparse(node)
        ):
            found.append(f"line {node.lineno}: a cell's tip without plain_tip")
    return found


def test_no_source_file_shows_text_in_another_way() -> None:
    found = []
    for file in sorted([*(SOURCE / "ui").rglob("*.py"), *(SOURCE / "app").rglob("*.py")]):
        name = file.relative_to(SOURCE).as_posix()
        if name != "app/self_test.py":  # its label shows a text of its own, to measure it
            found += [f"{name}: {what}" for what in rules_broken(file.read_text(encoding="utf-8"), name)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    return QLabel(name)",
        "class L(QLabel):\n    pass",
        "def f():\n    box = QMessageBox(a, b, c)",
        "widget.setToolTip(name)",
        "def f(role):\n    if role == ToolTipRole:\n        return name",
        "label.setTextFormat(Qt.TextFormat.RichText)",
        "QDesktopServices.openUrl(url)",
        "class H(QTextBrowser):\n    pass",
        "form.addRow('x', field)",
        "QApplication.clipboard().setText(number)",
    ],
)
def test_the_rules_see_each_way(text: str) -> None:
    assert rules_broken(text, "ui/any.py")


def test_allowed_files_are_there() -> None:
    assert all(
        (SOURCE / name).is_file() for name in (*_RICH_ALLOWED, *_BROWSER_ALLOWED, *_COPYING_ALLOWED, *_OPENING_ALLOWED)
    )

"""Each role can do what it may and nothing else, whatever the screen offers: every public method of every room."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.desk.counter import APPLICANT, ID_NUMBER, NAME, Window, open_window, ready_draft, taken_in
from tests.desk.rights_table import RIGHTS_OF
from villagedesk.desk.acting import Acting
from villagedesk.desk.desk import Desk
from villagedesk.desk.news import News
from villagedesk.devices.printer_simulated import SimulatedPrinter
from villagedesk.domain.audit import Deed
from villagedesk.domain.printing import PaperKind
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.roles import RIGHTS, Right, Role

_NO_ROOMS = (News, Acting)
_PERSONS = (NAME, ID_NUMBER, APPLICANT["phone"], APPLICANT["address"])
_ENDS = frozenset({"close", "start"})


def rooms(desk: Desk) -> dict[str, object]:
    """The desk itself and every room of it."""
    found: dict[str, object] = {"desk": desk}
    for name, value in vars(desk).items():
        if name.startswith("_") or isinstance(value, _NO_ROOMS):
            continue
        if type(value).__module__.startswith("villagedesk.desk."):
            found[name] = value
    return found


def public_methods(room: object) -> Iterator[str]:
    """Names of its public methods and properties, also inherited ones."""
    for name, value in inspect.getmembers(type(room)):
        if not name.startswith("_") and (callable(value) or isinstance(value, property)):
            yield name


def anything_for(method: Callable[..., object]) -> dict[str, Any]:
    """Arguments of about the right kind for everything it insists on."""
    values: Mapping[str, Any] = {"str": "x", "int": 1, "float": 1.0, "bool": False, "Path": Path("nowhere/x")}
    needed = {
        name: parameter
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.default is inspect.Parameter.empty and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    return {name: values.get(str(parameter.annotation), {}) for name, parameter in needed.items()}


def ask(window: Window, room: str, name: str) -> object:
    """Call a method with anything; gives what it gives, or the problem or error it raises."""
    method = getattr(rooms(window.desk)[room], name)
    if not callable(method):
        return method
    arguments = {"deed": Deed.EXPORTED} if (room, name) == ("audit", "note") else anything_for(method)
    try:
        return method(**arguments)
    except Exception as error:
        return error


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Window:
    """A data folder with a draft and a case that waits, its program closed."""
    window = open_window(tmp_path_factory.mktemp("busy") / "data")
    ready_draft(window)
    taken_in(window)
    window.desk.close()
    return window


@pytest.fixture(params=[*Role])
def seat(request: pytest.FixtureRequest, busy: Window) -> Iterator[tuple[Role, Window]]:
    """The window with somebody of each role at it."""
    role: Role = request.param
    window = open_window(busy.folder, key=busy.key, clock=busy.clock, clerk="试用人", role=role)
    yield role, window
    window.desk.close()


def test_the_table_names_every_public_method_of_every_room(window: Window) -> None:
    found = {name: {*public_methods(room)} for name, room in rooms(window.desk).items()}
    assert found == {name: {*methods} for name, methods in RIGHTS_OF.items()}


def test_every_method_asks_for_its_right(seat: tuple[Role, Window]) -> None:
    role, window = seat
    wrong: list[str] = []
    for room, methods in RIGHTS_OF.items():
        for name, wanted in methods.items():
            if name in _ENDS:
                continue
            may = not wanted or bool(RIGHTS[role] & {*wanted})
            got = ask(window, room, name)
            refused = isinstance(got, InputProblem) and got.key.startswith("desk.not_allowed.")
            if refused == may:
                wrong.append(f"{role} at {room}.{name}: {got!r}")
            if Right.SEE_PERSONS not in RIGHTS[role] and any(told in repr(got) for told in _PERSONS):
                wrong.append(f"{role} is told of a person by {room}.{name}")
    assert wrong == []


def test_what_a_technician_needs_is_there_without_persons(busy: Window) -> None:
    window = open_window(busy.folder, key=busy.key, clock=busy.clock, clerk="技术员", role=Role.TECHNICIAN)
    try:
        view = window.desk.sending.view()
        assert (view.queue.params["count"], view.rows) == (1, ())
        assert window.desk.devices()
        today = window.desk.cases.today()
        assert (today.taken_in_today, today.todos, today.rows) == (1, (), ())
        assert window.desk.audit.check().broken_at is None
    finally:
        window.desk.close()


def test_a_village_head_reads_and_changes_nothing(busy: Window) -> None:
    window = open_window(busy.folder, key=busy.key, clock=busy.clock, clerk="村主任", role=Role.VILLAGE_HEAD)
    try:
        (row,) = [row for row in window.desk.cases.find("") if row.line.local_no]
        view = window.desk.cases.case(row.line.case_id)
        assert view.case.applicant.name == NAME
        assert window.desk.scanning.thumbnail(view.pages[0].page_id, row.line.case_id, 60)
        assert window.desk.sending.view().rows
        with pytest.raises(InputProblem, match=re.escape("desk.not_allowed.work")):
            window.desk.printing.print(row.line.case_id, PaperKind.RECEIPT)
    finally:
        window.desk.close()


@pytest.mark.parametrize(("role", "prints"), [(Role.CLERK, True), (Role.TECHNICIAN, False), (Role.VILLAGE_HEAD, False)])
def test_papers_that_wait_come_out_for_a_clerk_only(busy: Window, role: Role, prints: bool) -> None:
    printer = SimulatedPrinter("printer")
    window = open_window(busy.folder, printer, key=busy.key, clock=busy.clock, role=role)
    try:
        assert ("print-runner" in {thread.name for thread in threading.enumerate()}) is prints
    finally:
        window.desk.close()

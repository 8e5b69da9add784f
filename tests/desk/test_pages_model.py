"""Order, moving, removing and undoing in any order against a plain model: lists of names and a stack of them."""

from __future__ import annotations

import tempfile
import uuid
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.desk.counter import SYSTEM_ITEM, open_window
from tests.store.fixtures import example_page
from villagedesk.desk.page_book import Edit
from villagedesk.domain.problems import InputProblem

MATERIALS = ("id_card", "household_register", "commitment")


class PagesOfACase(RuleBasedStateMachine):
    """The desk's pages beside the model's."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.window = open_window(Path(self.folder.name) / "data", pictures=())
        self.case_id = self.window.desk.intake.start(SYSTEM_ITEM).case.case_id
        known = {one.requirement_id for one in self.window.desk.intake.view(self.case_id).item.materials}
        self.materials = [name for name in MATERIALS if name in known]
        assert len(self.materials) > 1
        self.model: dict[str, list[str]] = {name: [] for name in self.materials}
        self.before: list[dict[str, list[str]]] = []

    def teardown(self) -> None:
        pages = self.window.desk.intake.view(self.case_id).pages
        self.window.desk.close()
        names = {self.window.vault.name_of(page.page_id, page.sha256) for page in pages}
        assert {*self.window.vault.stored()} == names  # nothing in use went, and nothing else stayed
        self.folder.cleanup()

    def any_page(self, number: int) -> tuple[str, str]:
        held = [(material, page) for material in self.materials for page in self.model[material]]
        return held[number % len(held)]

    def done(self, after: dict[str, list[str]]) -> None:
        self.before.append(self.model)
        self.model = after

    @rule(material=st.integers(0, 2))
    def add(self, material: int) -> None:
        name = self.materials[material % len(self.materials)]
        data = uuid.uuid4().bytes
        page = example_page(self.case_id, data, order=0)
        self.window.vault.put(page.page_id, data)
        put = type(page)(**{**vars(page), "requirement_id": name})
        self.window.desk.scanning._book.do(self.case_id, Edit("page_added", page.page_id, lambda pages: [*pages, put]))
        after = deepcopy(self.model)
        after[name].append(page.page_id)
        self.done(after)

    @precondition(lambda self: any(self.model.values()))
    @rule(number=st.integers(0, 30), by=st.integers(-4, 4))
    def shift(self, number: int, by: int) -> None:
        name, page = self.any_page(number)
        self.window.desk.pages.shift(page, self.case_id, by)
        after = deepcopy(self.model)
        place = after[name].index(page)
        after[name].remove(page)
        after[name].insert(min(len(after[name]), max(0, place + by)), page)
        self.done(after)

    @precondition(lambda self: any(self.model.values()))
    @rule(number=st.integers(0, 30), material=st.integers(0, 2))
    def move(self, number: int, material: int) -> None:
        name, page = self.any_page(number)
        to = self.materials[material % len(self.materials)]
        self.window.desk.pages.move(page, self.case_id, to)
        after = deepcopy(self.model)
        after[name].remove(page)
        after[to].append(page)
        self.done(after)

    @precondition(lambda self: any(self.model.values()))
    @rule(number=st.integers(0, 30))
    def remove(self, number: int) -> None:
        name, page = self.any_page(number)
        self.window.desk.pages.remove(page, self.case_id)
        after = deepcopy(self.model)
        after[name].remove(page)
        self.done(after)

    @rule()
    def undo(self) -> None:
        if not self.before:
            with pytest.raises(InputProblem, match=r"scanning\.nothing_to_undo"):
                self.window.desk.pages.undo(self.case_id)
            return
        self.window.desk.pages.undo(self.case_id)
        self.model = self.before.pop()

    @invariant()
    def the_same(self) -> None:
        found: dict[str, list[str]] = {name: [] for name in self.materials}
        for page in self.window.desk.intake.view(self.case_id).pages:
            found[page.requirement_id].append(page.page_id)
            assert page.order == len(found[page.requirement_id])
            assert self.window.vault.verify(page.page_id, page.sha256)
        assert found == self.model


PagesOfACase.TestCase.settings = settings(max_examples=8, stateful_step_count=20)
TestPagesOfACase = PagesOfACase.TestCase

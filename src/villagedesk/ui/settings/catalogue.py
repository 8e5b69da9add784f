"""事项目录: which catalogue and which holidays are in use, and new ones from the county's USB stick."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from villagedesk.desk.bridge import FormOrder, is_form_order
from villagedesk.desk.holidays import HolidayYear
from villagedesk.desk.item_views import CatalogueView, Installed
from villagedesk.desk.views import Sentence
from villagedesk.domain.problems import InputProblem, Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.buttons import button
from villagedesk.ui.fields import Field
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, wrapping_label
from villagedesk.ui.settings.page import SettingsPage

_KINDS = ("added", "changed", "removed")
_HOLIDAYS_SUFFIX = ".toml"


class CataloguePage(SettingsPage):
    """事项目录."""

    help_key = "ui.help.catalogue"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.catalogue.title", parent=parent)
        words = surroundings.words
        state = self.card("ui.catalogue.in_use")
        self._state = SentenceLabel(words, "catalogue_state", self)
        self._to_check = SentenceLabel(words, "catalogue_to_check", self)
        state.addWidget(self._state)
        state.addWidget(self._to_check)
        self._refusal = SentenceLabel(words, "catalogue_refused", self)
        state.addWidget(self._refusal)
        holidays = self.card("ui.catalogue.holidays")
        self._holidays = [SentenceLabel(words, f"catalogue_{name}", self) for name in ("this_year", "next_year")]
        for line in self._holidays:
            holidays.addWidget(line)
        install = self.card("ui.catalogue.install")
        install.addWidget(wrapping_label(words("ui.catalogue.means"), "quiet"))
        self._file = Field(
            words, "catalogue_file", words("ui.catalogue.file"), hint=words("ui.catalogue.hint"), parent=self
        )
        self._file.add_beside(
            button("catalogue_choose", words("ui.catalogue.choose"), self._choose, key="Ctrl+O", parent=self)
        )
        install.addWidget(self._file)
        self._result = self.card("ui.catalogue.result")
        self._arrived = SentenceLabel(words, "catalogue_arrived", self)
        self._result.addWidget(self._arrived)
        self._names = {kind: wrapping_label() for kind in _KINDS}
        for kind, label in self._names.items():
            label.setObjectName(f"catalogue_{kind}")
            self._result.addWidget(label)
        self.body.addStretch(1)
        self.primary("primary_button", words("ui.catalogue.go"), self._install)
        self._show_result(None)

    def first_focus(self) -> QWidget:
        """The file."""
        return self._file.edit

    def begin(self) -> None:
        """Old words go."""
        super().begin()
        self._file.edit.clear()
        self._file.tell(None)
        self._show_result(None)

    def refresh(self, topics: frozenset[str]) -> None:
        """What is in use."""
        if not topics or "items" in topics:
            self.read(self._with.desk.items.catalogue, self._show)
            self.read(self._with.desk.holidays.years, self._show_holidays)

    def _show(self, view: CatalogueView) -> None:
        self._state.tell(view.sentence)
        params = {"count": view.to_check}
        to_check = Sentence("ui.catalogue.to_check", params, "warn") if view.to_check else None
        self._to_check.tell(to_check)
        self._to_check.setVisible(to_check is not None)
        self._refusal.tell(view.refused)
        self._refusal.setVisible(view.refused is not None)
        if view.arrived is not None and self.isVisible():
            self._show_result(view.arrived)
            self._arrived.tell(Sentence("ui.catalogue.arrived", {"version": view.arrived.version}, "good"))
            self._arrived.show()
            if self._with.may(Right.WORK):
                self._with.background.run(self, self._with.desk.items.looked_at, lambda _: None)

    def _show_holidays(self, years: tuple[HolidayYear, ...]) -> None:
        for line, one in zip(self._holidays, years, strict=True):
            line.tell(one.sentence)

    def _show_result(self, installed: Installed | None) -> None:
        card = self._result.parentWidget()
        assert card is not None
        lists = {} if installed is None else {kind: getattr(installed, kind) for kind in _KINDS}
        card.setVisible(any(lists.values()))
        self._arrived.hide()
        for kind, label in self._names.items():
            names = lists.get(kind, ())
            label.setVisible(bool(names))
            label.setText(self._words(f"ui.catalogue.{kind}", count=len(names), names="、".join(names)))

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self._words("ui.catalogue.choose"))
        if chosen:
            self._file.edit.setText(chosen)
            self._install()

    def _install(self) -> None:
        # Windows' own "copy as path" brings quotation marks along.
        typed = self._file.text.strip().strip('"')
        self._file.tell(None)
        self._show_result(None)
        if not typed:
            self._file.tell(Sentence("ui.catalogue.empty", tone="bad"))
            self._file.look_again()
            return
        items, holidays, bridge = self._with.desk.items, self._with.desk.holidays, self._with.desk.bridge
        if is_form_order(Path(typed)):
            self.act(lambda: bridge.install_file(Path(typed)), self._order_installed, self._told_refused)
            return
        if Path(typed).suffix.lower() == _HOLIDAYS_SUFFIX:
            self.act(lambda: holidays.install_file(Path(typed)), self._holidays_installed, self._told_refused)
            return
        self.act(
            lambda: items.install_file(Path(typed)),
            self._installed,
            self._told_refused,
            words=self._words("ui.catalogue.working"),
        )

    def _installed(self, installed: Installed) -> None:
        self._file.edit.clear()
        self.say(Sentence("ui.catalogue.done", {"version": installed.version}, "good"))
        self._show_result(installed)
        self.refresh(frozenset())

    def _order_installed(self, order: FormOrder) -> None:
        self._file.edit.clear()
        key = "bridge.page.installed" if order.checked else "bridge.page.installed_unchecked"
        self.say(Sentence(key, {"name": order.name}, "good" if order.checked else "warn"))

    def _holidays_installed(self, year: int) -> None:
        self._file.edit.clear()
        self.say(Sentence("ui.catalogue.holidays_done", {"year": year}, "good"))
        self.refresh(frozenset())

    def _told_refused(self, problem: Problem) -> bool:
        if not isinstance(problem, InputProblem):
            return False
        self._file.tell(Sentence(problem.key, problem.params, "bad"))
        self._file.look_again()
        return True

"""保存期限: how long pictures are kept after a case was delivered; first what would go, then the going."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from villagedesk.desk.views import Sentence
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.roles import Right
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.fields import Choice
from villagedesk.ui.layouts import clear
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import SentenceLabel, Words, plain_label, wrapping_label
from villagedesk.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from villagedesk.desk.retention import RetentionDone, RetentionPlan

_MONTHS = (0, 6, 12, 24, 36, 60)
_CHOICE_WIDTH = 320
_LIST_HEIGHT = 180
_MEGABYTE = 1_000_000


class RetentionPage(SettingsPage):
    """保存期限."""

    help_key = "ui.help.retention"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.retention.title", parent=parent)
        words = surroundings.words
        self._plan: RetentionPlan | None = None
        setting = self.card("ui.retention.how_long")
        self._months = Choice("retention_months", words("ui.retention.how_long"), self)
        self._months.setMaximumWidth(_CHOICE_WIDTH)
        for months in _MONTHS:
            self._months.addItem(_months_in_words(words, months), months)
        self._months.activated.connect(lambda _index: self._set())
        setting.addWidget(self._months)
        setting.addWidget(wrapping_label(words("ui.retention.means"), "quiet"))
        plan = self.card("ui.retention.plan")
        self._sentence = SentenceLabel(words, "retention_sentence", self)
        plan.addWidget(self._sentence)
        self._list = CardList("retention_list", words("ui.retention.plan"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        plan.addWidget(self._list, 1)
        self._back_title = plain_label(words("ui.retention.kept_back"), "h3", self)
        plan.addWidget(self._back_title)
        self._kept_back = QVBoxLayout()
        plan.addLayout(self._kept_back)
        self.body.addStretch(1)
        self._go = self.primary("primary_button", words("ui.retention.run"), self._ask_run)
        works = surroundings.may(Right.WORK)
        self._go.setVisible(works)
        by_clerk = wrapping_label(words("ui.retention.by_clerk"), "quiet", self)
        by_clerk.setObjectName("retention_by_clerk")
        by_clerk.setVisible(not works)
        plan.addWidget(by_clerk)
        self.long.changed.connect(self._work_changed)
        self._show(None)

    def first_focus(self) -> QWidget:
        """The setting."""
        return self._months

    def refresh(self, topics: frozenset[str]) -> None:
        """The setting, and what would go today."""
        if not topics and not self.long.under_way:
            self.read(self._with.desk.retention.months, self._show_months)
            self.read(self._with.desk.retention.plan, self._show)

    def _show_months(self, months: int) -> None:
        place = self._months.findData(months)
        if place < 0:
            self._months.addItem(_months_in_words(self._words, months), months)
            place = self._months.count() - 1
        self._months.setCurrentIndex(place)

    def _set(self) -> None:
        months = int(self._months.currentData())
        retention = self._with.desk.retention
        self.act(lambda: retention.set_months(months), lambda _: self._was_set())

    def _was_set(self) -> None:
        self.say(Sentence("ui.retention.was_set", {"choice": self._months.currentText()}, "good"))
        self.ask.stop()
        self.refresh(frozenset())

    def _show(self, plan: RetentionPlan | None) -> None:
        self._plan = plan
        clear(self._kept_back)
        cases = () if plan is None else plan.cases
        if plan is None:
            self._sentence.tell(None)
        elif not cases:
            self._sentence.tell(Sentence("ui.retention.nothing", tone="good"))
        else:
            params = {"cases": len(cases), "pages": plan.pages, "megabytes": _megabytes(plan.bytes)}
            self._sentence.tell(Sentence("ui.retention.would_go", params, "warn"))
        self._list.show_cards(
            [
                Card(
                    line.case_id,
                    self._words("ui.retention.line", number=line.local_no, item=line.item_name),
                    (
                        self._words(
                            "ui.retention.line_more",
                            day=f"{line.delivered_at.astimezone(SHANGHAI):%Y-%m-%d}",
                            pages=line.pages,
                            megabytes=_megabytes(line.bytes),
                        ),
                    ),
                )
                for line in cases
            ]
        )
        self._list.setVisible(bool(cases) and self._with.may(Right.SEE_PERSONS))
        kept_back = () if plan is None else plan.kept_back
        self._back_title.setVisible(bool(kept_back))
        for reason, count in kept_back:
            text = self._words("ui.retention.kept_back_line", count=count, reason=self._words.of(reason))
            self._kept_back.addWidget(wrapping_label(text))
        self._work_changed()

    def _work_changed(self) -> None:
        had_focus = self._go.hasFocus()
        can = self._plan is not None and bool(self._plan.cases) and not self.long.under_way
        self._go.setEnabled(can)
        self._months.setEnabled(not self.long.under_way)
        if had_focus and not can:
            self.back.setFocus()

    def _ask_run(self) -> None:
        plan = self._plan
        if plan is None:
            return
        self.say(None)
        self.ask.ask(
            Sentence("ui.retention.run_means", {"cases": len(plan.cases), "pages": plan.pages}, "warn"),
            self._words("ui.retention.run_sure", pages=plan.pages),
            lambda: self._run(plan),
            self._go,
        )

    def _run(self, plan: RetentionPlan) -> None:
        retention = self._with.desk.retention
        self.long.start(Sentence("ui.retention.working"), lambda progress: retention.run(plan, progress), self._done)

    def _done(self, done: RetentionDone) -> None:
        self.worked.emit()
        params = {"cases": done.cases, "pages": done.pages, "megabytes": _megabytes(done.bytes)}
        self.say(Sentence("ui.retention.done", params, "good"))
        self.refresh(frozenset())


def _months_in_words(words: Words, months: int) -> str:
    return words("ui.retention.months", months=months) if months else words("ui.retention.never")


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:.1f}"

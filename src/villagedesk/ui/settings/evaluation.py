"""评价与回访: whether the reason of a 差评 is asked, within how many days somebody calls, and whom besides."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from villagedesk.desk.follow_up import LONGEST_DAYS, MOST_IN, AfterDelivery, FollowUpRules
from villagedesk.desk.views import Sentence
from villagedesk.ui.fields import Choice, Count, Tick
from villagedesk.ui.screen import Surroundings
from villagedesk.ui.sentences import plain_label
from villagedesk.ui.settings.page import SettingsPage
from villagedesk.ui.theme import GAP


class EvaluationPage(SettingsPage):
    """评价与回访."""

    help_key = "ui.help.evaluation"

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(surroundings, "ui.evaluation.title", parent=parent)
        words = surroundings.words
        self._reason = Tick(
            "evaluation_reason", words("ui.evaluation.ask_reason"), words("ui.evaluation.ask_reason_means"), self
        )
        self._days = self._number("evaluation_days", words("ui.evaluation.days"), 1, LONGEST_DAYS)
        self._after = Choice("evaluation_after", words("ui.evaluation.after"), self)
        for after in AfterDelivery:
            self._after.addItem(words(f"ui.evaluation.after_choice.{after}"), str(after))
        self._after.currentIndexChanged.connect(lambda _: self._show_one_in())
        self._one_in = self._number("evaluation_one_in", words("ui.evaluation.one_in"), 2, MOST_IN)
        self._one_in_title = plain_label(words("ui.evaluation.one_in"), "h3", self)
        poor, delivered = self.card("ui.evaluation.reason_card"), self.card("ui.evaluation.after_card")
        poor.addWidget(self._reason)
        poor.addWidget(plain_label(words("ui.evaluation.days"), "h3", self))
        poor.addLayout(_narrow(self._days))
        delivered.addWidget(plain_label(words("ui.evaluation.after"), "h3", self))
        delivered.addLayout(_narrow(self._after))
        delivered.addWidget(self._one_in_title)
        delivered.addLayout(_narrow(self._one_in))
        self.body.addStretch(1)
        self.primary("primary_button", words("ui.evaluation.save"), self._save)

    def first_focus(self) -> QWidget:
        """Whether the reason is asked."""
        return self._reason

    def refresh(self, topics: frozenset[str]) -> None:
        """The rules as they are set."""
        if not topics:
            self.read(self._with.desk.evaluations.rules, self._show)

    def _number(self, name: str, label: str, least: int, most: int) -> Count:
        count = Count(name, self)
        count.setAccessibleName(label)
        count.setRange(least, most)
        return count

    def _show(self, rules: FollowUpRules) -> None:
        self._reason.setChecked(rules.ask_reason)
        self._days.setValue(rules.days)
        self._after.setCurrentIndex(list(AfterDelivery).index(rules.after))
        self._one_in.setValue(rules.one_in)
        self._show_one_in()

    def _show_one_in(self) -> None:
        there = self._after.currentData() == AfterDelivery.ONE_IN
        self._one_in.setVisible(there)
        self._one_in_title.setVisible(there)

    def _save(self) -> None:
        after = AfterDelivery(str(self._after.currentData()))
        rules = FollowUpRules(self._reason.isChecked(), self._days.value(), after, self._one_in.value())
        evaluations = self._with.desk.evaluations
        self.act(lambda: evaluations.set_rules(rules), lambda _: self.say(Sentence("ui.evaluation.saved", {}, "good")))


def _narrow(widget: QWidget) -> QLayout:
    widget.setMinimumWidth(280)
    row = QHBoxLayout()
    row.setSpacing(GAP)
    row.addWidget(widget)
    row.addStretch(1)
    return row

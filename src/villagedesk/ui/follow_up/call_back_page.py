"""电话回访: whom to call, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from villagedesk.desk.evaluations import CallBackRow, CallBackView
from villagedesk.desk.views import Sentence
from villagedesk.domain.evaluation import reason_parts
from villagedesk.domain.problems import Problem
from villagedesk.domain.roles import Right
from villagedesk.ui.background import Lane
from villagedesk.ui.buttons import button, on_enter, on_key
from villagedesk.ui.cards import Card, CardList
from villagedesk.ui.digit_keys import DigitKeys
from villagedesk.ui.fields import Choice, Field
from villagedesk.ui.layouts import inside, titled_card
from villagedesk.ui.screen import Screen, Surroundings, scrolled
from villagedesk.ui.sentences import SentenceLabel, plain_label, wrapping_label
from villagedesk.ui.theme import GAP

T = TypeVar("T")
_LIST_HEIGHT = 260


class _Act(StrEnum):
    """What came of a call, in the order of their digits."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    DROP = "drop"


class CallBackPage(Screen):
    """Reached from the first screen and from the case's page."""

    help_key = "ui.help.call_backs"
    nav = "nav_proxy"
    remembers_where_from = True

    def __init__(self, surroundings: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with = surroundings
        self._words = words = surroundings.words
        self._works = surroundings.may(Right.WORK)
        self._rows: dict[str, CallBackRow] = {}
        self._whole = self._busy = self._coming_up = False
        self._asked: _Act | None = None
        self._wanted = ""
        self._count = plain_label("", "h2", self)
        self._count.setObjectName("call_count")
        self._none = wrapping_label(words("evaluation.call.none"), "quiet", self)
        self._none.setObjectName("call_none")
        self._more = wrapping_label("", "quiet", self)
        self._list = CardList("call_list", words("evaluation.call.list"), self)
        self._list.setMinimumHeight(_LIST_HEIGHT)
        self._list.itemActivated.connect(lambda: self._take(0))
        self._list.currentRowChanged.connect(lambda _: self._close())
        self._digits = DigitKeys(self._list, lambda: len(_Act), self._take)
        self._card = QFrame(self)
        self._card.setProperty("role", "notice-calm")
        self._who = wrapping_label("", "h3", self._card)
        self._who.setObjectName("call_who")
        self._outcome = Choice("call_outcome", words("evaluation.call.result"), self._card)
        for solved in ("solved", "unsolved"):
            self._outcome.addItem(words(f"evaluation.call.{solved}"), solved)
        self._said_field = Field(words, "call_words", words("evaluation.call.result"), parent=self._card)
        self._sure = button("call_sure", words("evaluation.call.sure"), self._confirm, role="primary", parent=self)
        self._leave = button("call_leave", words("ui.act.leave"), self._close, key="Esc", parent=self)
        self._said = SentenceLabel(words, "call_said", self)
        self._said.hide()
        self._back = button("back", words("ui.back"), self._escape, key="Esc", parent=self)
        self._mask = button("call_mask", "", self._toggle, key="F9", icons=surroundings.icons, icon="eye", parent=self)
        self._open = button("call_open", words("evaluation.call.open"), self._open_case, key="F7", parent=self)
        self._acts = [
            button(f"call_{act}", words(f"evaluation.call.{act}"), lambda act=act: self._ask(act), key=key, parent=self)  # type: ignore[misc]
            for act, key in zip(_Act, ("1", "2", "3"), strict=True)
        ]
        self._acts[0].setProperty("role", "primary")
        self._lay_out()
        on_key(self, "Esc", self._escape)
        on_key(self, "F7", self._open_case)
        on_key(self, "F9", self._toggle)
        on_enter(self._card, self._confirm)
        self._show(None)

    def title(self) -> str:
        """电话回访"""
        return self._words("evaluation.call.title")

    def first_focus(self) -> QWidget:
        """The list, or the way back where nobody is to be called."""
        return self._list if self._rows else self._back

    def begin(self) -> None:
        """Telephone numbers masked, nothing asked."""
        self._whole, self._coming_up, self._wanted = False, True, ""
        self._say(None)
        self._close()

    def go_to(self, case_id: str) -> None:
        """Choose that case's call once the list is read."""
        self._wanted = case_id

    def refresh(self, topics: frozenset[str]) -> None:
        """Whom to call, numbers masked: each showing of them is asked for, and logged."""
        if not topics or "cases" in topics:
            self._read(whole=False)

    def leave(self) -> None:
        """Masked again, also behind the lock."""
        self._digits.let_go()
        self._whole = False
        self._show_mask()

    def hurried(self) -> None:
        """The digit was a scanner's."""
        self._digits.let_go()

    def _lay_out(self) -> None:
        card = titled_card(self)
        head = QHBoxLayout()
        head.setSpacing(GAP * 2)
        head.addWidget(self._count)
        head.addStretch(1)
        head.addWidget(self._mask)
        head.addWidget(self._open)
        inside(card).addLayout(head)
        inside(card).addWidget(self._none)
        inside(card).addWidget(self._list, 1)
        inside(card).addWidget(self._more)
        asked = QVBoxLayout(self._card)
        asked.setContentsMargins(GAP * 3, GAP * 2, GAP * 3, GAP * 2)
        asked.setSpacing(GAP)
        asked.addWidget(self._who)
        asked.addWidget(self._outcome)
        asked.addWidget(self._said_field)
        row = QHBoxLayout()
        row.setSpacing(GAP * 2)
        row.addWidget(self._leave)
        row.addWidget(self._sure)
        row.addStretch(1)
        asked.addLayout(row)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, GAP, 0)
        whole.setSpacing(GAP * 2)
        whole.addWidget(self._card)
        whole.addWidget(card, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GAP * 2)
        foot.addWidget(self._back)
        foot.addStretch(1)
        for act in reversed(self._acts):
            foot.addWidget(act)
        page = QVBoxLayout(self)
        page.setContentsMargins(GAP * 2, GAP * 2, GAP * 2, GAP * 2)
        page.setSpacing(GAP * 2)
        page.addWidget(scrolled(content, self), 1)
        page.addWidget(self._said)
        page.addLayout(foot)
        self._card.hide()

    def _read(self, *, whole: bool) -> None:
        evaluations = self._with.desk.evaluations

        def show(view: CallBackView) -> None:
            self._whole = whole
            self._show(view)

        self._with.background.run(self, lambda: evaluations.call_backs(whole=whole), show, lane=Lane.READS)

    def _show(self, view: CallBackView | None) -> None:
        words = self._words
        rows = () if view is None else view.rows
        self._rows = {row.call_back.call_back_id: row for row in rows}
        self._list.show_cards([self._line(row) for row in rows])
        self._list.setVisible(bool(rows))
        self._none.setVisible(view is not None and not rows)
        key = "count_overdue" if view is not None and view.overdue else "count"
        params = {} if view is None else {"count": view.count, "overdue": view.overdue}
        self._count.setText(words(f"evaluation.call.{key}", **params) if rows else "")
        self._count.setVisible(bool(rows))
        more = 0 if view is None else view.count - len(rows)
        self._more.setText(words("evaluation.call.more", count=more) if more else "")
        self._more.setVisible(bool(more))
        for act in (self._mask, *self._acts):
            act.setVisible(self._works and bool(rows))
        self._open.setVisible(bool(rows))
        self._show_mask()
        if view is None:
            return
        wanted = next((row for row in rows if row.call_back.case_id == self._wanted), None)
        if wanted is not None:
            self._list.choose(wanted.call_back.call_back_id)
            self._wanted = ""
        if self._coming_up and self.isVisible():
            self._coming_up = False
            self.first_focus().setFocus()

    def _show_mask(self) -> None:
        text = self._words("evaluation.call.hide" if self._whole else "evaluation.call.show")
        self._mask.setText(f"{text}  F9")
        self._mask.setAccessibleName(text)

    def _line(self, row: CallBackRow) -> Card:
        words, one = self._words, row.call_back
        cause = words(f"evaluation.cause.{one.cause}_bare") if one.cause == "poor" else ""
        if one.cause != "poor":
            cause = words(f"evaluation.cause.{one.cause}")
        elif row.level is not None:
            cause = words("evaluation.cause.poor", level=words(f"evaluation.level.{int(row.level)}"))
        phone = row.phone or words("evaluation.call.no_phone")
        numbers = words("evaluation.call.local_no", number=row.local_no)
        lines = [f"{words('evaluation.call.line', phone=phone, cause=cause)}　{numbers}"]
        ticked, own = reason_parts(row.reason)
        said = "、".join([*(words(f"evaluation.reason.{reason}") for reason in ticked), *([own] if own else [])])
        if said:
            lines.append(words("evaluation.call.said", said=said))
        badges = [(_due_words(words, row), "bad" if row.days < 0 else "warn" if not row.days else "calm")]
        if one.tries:
            badges.append((words("evaluation.call.tries", count=one.tries), "warn"))
        title = words("evaluation.call.card", name=row.applicant_name, item=row.item_name)
        return Card(one.call_back_id, title, tuple(lines), "bad" if row.days < 0 else "calm", tuple(badges))

    def _chosen(self) -> CallBackRow | None:
        return self._rows.get(self._list.current_key())

    def _take(self, place: int) -> None:
        self._ask(list(_Act)[place])

    def _ask(self, act: _Act) -> None:
        row = self._chosen()
        if row is None or not self._works or self._busy:
            return
        evaluations, call_back_id = self._with.desk.evaluations, row.call_back.call_back_id
        if act is _Act.NOT_REACHED:
            self._close()

            def later(day: date) -> None:
                params = {"name": row.applicant_name, "month": day.month, "day": day.day}
                self._done(Sentence("evaluation.call.said_later", params, "good"))

            self._do(lambda: evaluations.not_reached(call_back_id), later)
            return
        self._asked = act
        words, reached = self._words, act is _Act.REACHED
        self._who.setText(words("evaluation.call.card", name=row.applicant_name, item=row.item_name))
        self._outcome.setCurrentIndex(0)  # what came of the call before is another thing
        self._outcome.setVisible(reached)
        self._said_field.ask_for(words("evaluation.call.result" if reached else "evaluation.call.reason"))
        hint = "evaluation.call.result_hint" if reached else "evaluation.call.reason_hint"
        self._said_field.edit.setPlaceholderText(words(hint))
        self._said_field.edit.clear()
        self._said_field.tell(None)
        text = words("evaluation.call.sure" if reached else "evaluation.call.sure_drop")
        self._sure.setText(f"{text}  Enter")
        self._sure.setAccessibleName(text)
        self._acts[0].setEnabled(False)
        self._card.show()
        (self._outcome if reached else self._said_field.edit).setFocus()

    def _confirm(self) -> None:
        row, act = self._chosen(), self._asked
        if row is None or act is None:
            return
        evaluations, call_back_id = self._with.desk.evaluations, row.call_back.call_back_id
        said, solved = self._said_field.text, self._outcome.currentData() == "solved"

        def work() -> date | None:
            if act is _Act.REACHED:
                return evaluations.done(call_back_id, said, solved=solved)
            evaluations.drop(call_back_id, said)
            return None

        def done(again: date | None) -> None:
            self._close()
            if again is None:
                self._done(Sentence("evaluation.call.said_done", {"name": row.applicant_name}, "good"))
            else:
                params = {"name": row.applicant_name, "month": again.month, "day": again.day}
                self._done(Sentence("evaluation.call.said_unsolved", params, "good"))

        self._do(work, done)

    def _do(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        if self._busy:
            return
        self._busy = True

        def ended(result: T) -> None:
            self._busy = False
            self.worked.emit()
            done(result)

        def failed(problem: Problem) -> None:
            self._busy = False
            if problem.field == "words":
                self._said_field.tell(Sentence(problem.key, problem.params, "bad"))
                self._said_field.look_again()
            else:
                self._with.background.problem.emit(problem)

        self._with.background.run(self, work, ended, failed=failed, words=self._words("evaluation.call.working"))

    def _done(self, sentence: Sentence) -> None:
        self._say(sentence)
        self._coming_up = True
        self.refresh(frozenset())

    def _toggle(self) -> None:
        if self._rows and self._works:
            self._read(whole=not self._whole)

    def _open_case(self) -> None:
        row = self._chosen()
        if row is not None:
            self.case_wanted.emit(row.call_back.case_id)

    def _close(self) -> None:
        if self._asked is None:
            return
        self._asked = None
        self._acts[0].setEnabled(True)
        self._card.hide()
        self._list.setFocus()

    def _escape(self) -> None:
        if self._asked is not None:
            self._close()
        else:
            self.back_wanted.emit()

    def _say(self, sentence: Sentence | None) -> None:
        self._said.tell(sentence)
        self._said.setVisible(sentence is not None)


def _due_words(words: Callable[..., str], row: CallBackRow) -> str:
    if row.days < 0:
        return words("evaluation.call.overdue", days=-row.days)
    if not row.days:
        return words("evaluation.call.due_today")
    return words("evaluation.call.due", month=row.call_back.due_on.month, day=row.call_back.due_on.day)

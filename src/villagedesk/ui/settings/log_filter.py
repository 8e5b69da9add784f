"""What of the log is shown: by whom, of what kind, from which days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from villagedesk.domain.audit import VIEWS, Deed
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.evaluation import CALL_PLANNED, CALLED_BACK, DECLINED, EVALUATED
from villagedesk.domain.mode_move import MENDED, MOVED, MOVED_BACK, STAYS
from villagedesk.ui.fields import Choice
from villagedesk.ui.sentences import Words, plain_label
from villagedesk.ui.theme import GAP

_KINDS: dict[str, frozenset[str]] = {
    "all": frozenset(),
    "cases": frozenset(
        {
            "draft_started",
            "typed",
            "discarded",
            "taken_in",
            "imported",
            Deed.REGISTER_IMPORTED,
            "queued",
            "rejected",
            "conflict",
            "change",
            "action_sent",
            "page_added",
            "page_removed",
            "page_restored",
            "page_moved",
            "page_shifted",
            "page_turned",
            "page_cropped",
            "page_recoloured",
            "page_retaken",
            "cards_joined",
            "page_undone",
            "status",
            "sent",
            "sending",
            "correction_begun",
            "sent_again",
            "decision",
            "reason",
            "packed",
            "unpacked",
            "handed_over",
            "handover_refused",
            "handover_short",
            "handover_settled",
            "handover_unsigned",
            "paper_back",
            "visit_planned",
            "township_told",
            MOVED,
            MOVED_BACK,
            STAYS,
            MENDED,
            EVALUATED,
            DECLINED,
            CALL_PLANNED,
            CALLED_BACK,
        }
    ),
    "views": frozenset(VIEWS),
    "out": frozenset(
        {
            "print_asked",
            "printed",
            "print_trouble",
            "print_given_up",
            "print_saved",
            "page_copied",
            Deed.EXPORTED,
            Deed.LOG_EXPORTED,
            Deed.REPORT_PRINTED,
            Deed.REPORT_SAVED,
            Deed.PROOF_PRINTED,
            Deed.PROOF_SAVED,
            Deed.REGISTER_PRINTED,
            Deed.REGISTER_SAVED,
            Deed.LIST_SAVED,
            Deed.HANDOVER_PRINTED,
            Deed.HANDOVER_SAVED,
            Deed.VISITS_PRINTED,
            Deed.VISITS_SAVED,
            Deed.ANNEX_PRINTED,
            Deed.ANNEX_SAVED,
            Deed.IMPORT_REST_SAVED,
            Deed.STATISTICS_PRINTED,
            Deed.STATISTICS_SAVED,
        }
    ),
    "entry": frozenset({Deed.SIGNED_IN, Deed.SIGN_IN_REFUSED, Deed.SIGNED_OUT, Deed.LOCKED, Deed.UNLOCKED}),
    "accounts": frozenset(
        {
            Deed.ACCOUNT_ADDED,
            Deed.ACCOUNT_REMOVED,
            Deed.PASSWORD_CHANGED,
            Deed.PASSWORD_RESET,
            Deed.ACCESS_RECOVERED,
            Deed.DESK_HANDED_OVER,
        }
    ),
    "data": frozenset(
        {
            Deed.BACKED_UP,
            Deed.BACKUP_CHECKED,
            Deed.RESTORED,
            Deed.DATABASE_RECOVERED,
            Deed.RETENTION_SET,
            Deed.RETENTION_RUN,
            Deed.PAGES_EXPIRED,
            Deed.LOG_CHECKED,
            Deed.BUNDLE_MADE,
            Deed.STATION_RENEWED,
            Deed.SENDING_LIMITED,
            Deed.READING_TURNED,
            Deed.PROXY_SET,
            Deed.DEVICES_SET,
        }
    ),
}
_DAYS = ("all", "today", "week", "month", "last_month")


@dataclass(frozen=True)
class Chosen:
    """Arguments of ``desk.audit.lines``; moments: ``since`` ≤ at < ``until``."""

    since: datetime | None
    until: datetime | None
    actor: str
    kinds: frozenset[str]


class LogFilter(QWidget):
    """Signals:
    changed(): something else was chosen.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._actor = Choice("log_actor", words("ui.log.actor"), self)
        self._actor.addItem(words("ui.log.actor_all"), "")
        self._kind = Choice("log_kind", words("ui.log.kind"), self)
        for kind in _KINDS:
            self._kind.addItem(words(f"ui.log.kinds.{kind}"), kind)
        self._days = Choice("log_days", words("ui.log.days"), self)
        for days in _DAYS:
            self._days.addItem(words(f"ui.log.day_choices.{days}"), days)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP * 2)
        grid.setVerticalSpacing(GAP // 2)
        for column, (key, choice) in enumerate(
            (("ui.log.actor", self._actor), ("ui.log.kind", self._kind), ("ui.log.days", self._days))
        ):
            label = plain_label(words(key), "quiet", self)
            label.setBuddy(choice)
            grid.addWidget(label, 0, column)
            grid.addWidget(choice, 1, column)
            grid.setColumnStretch(column, 1)
            choice.currentIndexChanged.connect(lambda _index: self.changed.emit())

    def offer(self, actors: Sequence[str]) -> None:
        """Let these be chosen too, besides those that were offered before."""
        for actor in actors:
            if actor and self._actor.findData(actor) < 0:
                self._actor.addItem(actor, actor)

    def chosen(self, now: datetime) -> Chosen:
        """What is chosen, on the day it is looked at."""
        since, until = _span(str(self._days.currentData()), now.astimezone(SHANGHAI).date())
        return Chosen(since, until, str(self._actor.currentData()), _KINDS[str(self._kind.currentData())])


def _span(days: str, today: date) -> tuple[datetime | None, datetime | None]:
    if days == "all":
        return None, None
    if days == "today":
        return _midnight(today), None
    if days == "week":
        return _midnight(today - timedelta(days=6)), None
    first = today.replace(day=1)
    if days == "month":
        return _midnight(first), None
    return _midnight((first - timedelta(days=1)).replace(day=1)), _midnight(first)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)

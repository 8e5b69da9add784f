"""What the log of the station knows besides the changes of cases: who looked, exported, signed in, kept the data safe.

Every line of it is a :class:`villagedesk.domain.case.CaseEvent` in the one hash-chained log; ``actor`` is the clerk's
name. Lines that belong to no case have :data:`STATION` for its ``case_id``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from villagedesk.domain.progress import Progress, silent

STATION = ""
"""``case_id`` of a line about the station itself."""
SYSTEM = "acceptance_system"
"""``actor`` of what the acceptance system caused."""
PROGRAM = "program"
"""``actor`` of what the program noted by itself, e.g. that the line broke."""


class Deed(StrEnum):
    """``kind`` of the lines that are no change of a case's state."""

    VIEWED = "viewed"
    PAGE_VIEWED = "page_viewed"
    UNMASKED = "unmasked"
    EXPORTED = "exported"
    PAGES_EXPIRED = "pages_expired"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    ACCOUNT_ADDED = "account_added"
    ACCOUNT_REMOVED = "account_removed"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    ACCESS_RECOVERED = "access_recovered"
    DESK_HANDED_OVER = "desk_handed_over"
    BACKED_UP = "backed_up"
    BACKUP_CHECKED = "backup_checked"
    RESTORED = "restored"
    DATABASE_RECOVERED = "database_recovered"
    RETENTION_SET = "retention_set"
    RETENTION_RUN = "retention_run"
    LOG_EXPORTED = "log_exported"
    LOG_CHECKED = "log_checked"
    REPORT_PRINTED = "report_printed"
    REPORT_SAVED = "report_saved"
    BUNDLE_MADE = "bundle_made"
    STATION_RENEWED = "station_renewed"
    ROUTE_ACCEPTED = "route_accepted"
    PROOF_PRINTED = "proof_printed"
    PROOF_SAVED = "proof_saved"
    REGISTER_PRINTED = "register_printed"
    REGISTER_SAVED = "register_saved"
    LIST_SAVED = "list_saved"
    HANDOVER_PRINTED = "handover_printed"
    HANDOVER_SAVED = "handover_saved"
    VISITS_PRINTED = "visits_printed"
    VISITS_SAVED = "visits_saved"
    ANNEX_PRINTED = "annex_printed"
    ANNEX_SAVED = "annex_saved"
    REGISTER_IMPORTED = "register_imported"
    IMPORT_REST_SAVED = "import_rest_saved"
    STATISTICS_PRINTED = "statistics_printed"
    STATISTICS_SAVED = "statistics_saved"
    SENDING_LIMITED = "sending_limited"
    PROXY_SET = "proxy_set"
    DEVICES_SET = "devices_set"
    READING_TURNED = "reading_turned"
    ITEM_CHOSEN = "item_chosen"
    MODE_MOVED = "mode_moved"
    MODE_MOVE_UNDONE = "mode_move_undone"
    EVALUATION_SET = "evaluation_set"
    CATALOGUE_INSTALLED = "catalogue_installed"
    CALENDAR_INSTALLED = "calendar_installed"
    FORM_ORDER_INSTALLED = "form_order_installed"
    FORM_ORDER_CHOSEN = "form_order_chosen"


VIEWS = frozenset({Deed.VIEWED, Deed.PAGE_VIEWED, Deed.UNMASKED})
"""Looks, not changes: the only lines that may be written together, at most two seconds late (invariant I10)."""

RECEIPT_KINDS = frozenset({"sent", "action_sent"})
"""Lines that tell of a receipt of the acceptance system, each written in the receipt's own transaction."""


@dataclass(frozen=True)
class AuditHead:
    """Where the chain ends.

    Args:
        seq: number of its last line, 0 for an empty log.
        mac: 64 hex digits, the last line's MAC, which covers all lines before it.
    """

    seq: int
    mac: str


@dataclass(frozen=True)
class AuditEntry:
    """One line of the log with its place in the chain."""

    seq: int
    case_id: str
    at: datetime
    actor: str
    kind: str
    detail: Mapping[str, str] = field(default_factory=dict)


class Telling(NamedTuple):
    """What a line is to tell: under ``name`` one of ``values``."""

    name: str
    values: frozenset[str]


class Tally(NamedTuple):
    """How many lines, and of how many cases."""

    lines: int = 0
    cases: int = 0


NOTHING_SAID: Mapping[str, Telling] = {}


class AuditLog(Protocol):
    """The log of the whole station, to be read. All calls block and may come from several threads."""

    def head(self) -> AuditHead:
        """Where it ends now."""

    def entries(
        self,
        limit: int,
        *,
        before: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        actor: str = "",
        case_id: str | None = None,
        kinds: frozenset[str] = frozenset(),
        telling: Mapping[str, Telling] = NOTHING_SAID,
        progress: Progress = silent,
    ) -> Sequence[AuditEntry]:
        """Newest first; ``before`` is the ``seq`` of the last line shown. Moments: ``since`` ≤ at < ``until``. Of a
        kind in ``telling`` only lines that tell one of those things. ``progress`` counts lines, and is told at the end,
        too."""

    def tally(
        self,
        name: str,
        *,
        kinds: frozenset[str],
        since: datetime | None = None,
        until: datetime | None = None,
        progress: Progress = silent,
    ) -> Mapping[tuple[str, str], Tally]:
        """How many lines there are, and of how many cases, by their kind and by what they tell under ``name``, "" where
        they tell nothing under it. ``progress`` counts lines, and is told at the end, too."""

    def counts(self, since: datetime, until: datetime) -> Mapping[tuple[str, str], int]:
        """How many lines of each (actor, kind) in that time."""

    def first_broken(self, progress: Progress = silent) -> int | None:
        """The line from which the log cannot be trusted, counted from 1; None when all of it stands."""

    def holds(self, head: AuditHead) -> bool:
        """Whether the chain passes through a head that was noted earlier, e.g. printed on a report."""

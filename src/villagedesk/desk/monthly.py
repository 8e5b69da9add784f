"""A month of the log counted: who did what with cases, and what was done for the safety of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from villagedesk.desk.acting import Acting
from villagedesk.desk.audit_words import SYSTEM
from villagedesk.domain.audit import AuditHead, AuditLog, Deed
from villagedesk.domain.clock import SHANGHAI
from villagedesk.domain.life_cycle import CaseChange
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.station import StationFile
from villagedesk.papers.monthly_report import MOST_PEOPLE, MonthlyContent

Text = Callable[..., str]
"""Gives the text of a message key, filled with its named values."""

_DUTIES: Mapping[str, frozenset[str]] = {
    "taken_in": frozenset({"taken_in"}),
    "pages": frozenset({"page_added"}),
    "printed": frozenset(
        {
            "printed",
            Deed.REPORT_PRINTED,
            Deed.PROOF_PRINTED,
            Deed.REGISTER_PRINTED,
            Deed.HANDOVER_PRINTED,
            Deed.VISITS_PRINTED,
            Deed.STATISTICS_PRINTED,
            Deed.ANNEX_PRINTED,
        }
    ),
    "sent": frozenset({"sent"}),
    "entered": frozenset({"number_entered"}),
    "not_entered": frozenset({CaseChange.NOT_ENTERED}),
    "told": frozenset({"change", "township_told", "rejected", "conflict"}),
    "decided": frozenset({"decision", "sent_again"}),
    "viewed": frozenset({Deed.VIEWED, Deed.PAGE_VIEWED}),
    "unmasked": frozenset({Deed.UNMASKED}),
    "exported": frozenset(
        {
            Deed.EXPORTED,
            Deed.LOG_EXPORTED,
            Deed.REPORT_SAVED,
            Deed.PROOF_SAVED,
            Deed.REGISTER_SAVED,
            Deed.LIST_SAVED,
            Deed.HANDOVER_SAVED,
            Deed.VISITS_SAVED,
            Deed.STATISTICS_SAVED,
            Deed.ANNEX_SAVED,
            Deed.IMPORT_REST_SAVED,
        }
    ),
    "discarded": frozenset({"discarded"}),
}
_SAFETY: Mapping[str, frozenset[str]] = {
    "signed_in": frozenset({Deed.SIGNED_IN, Deed.UNLOCKED}),
    "refused": frozenset({Deed.SIGN_IN_REFUSED}),
    "recovered": frozenset({Deed.ACCESS_RECOVERED}),
    "accounts": frozenset(
        {
            Deed.ACCOUNT_ADDED,
            Deed.ACCOUNT_REMOVED,
            Deed.PASSWORD_CHANGED,
            Deed.PASSWORD_RESET,
            Deed.DESK_HANDED_OVER,
        }
    ),
    "backed_up": frozenset({Deed.BACKED_UP}),
    "checked": frozenset({Deed.BACKUP_CHECKED, Deed.LOG_CHECKED}),
    "retention": frozenset({Deed.RETENTION_RUN}),
    "mended": frozenset({Deed.RESTORED, Deed.DATABASE_RECOVERED}),
}
_BATCH = 500


def month_bounds(year: int, month: int, now: datetime) -> tuple[datetime, datetime]:
    """First moment of a month in China and of the next one.

    Raises:
        InputProblem: ``audit.no_such_month`` for one that is none or has not begun yet.
    """
    if not (1 <= month <= 12 and 2000 <= year <= 9998):
        raise InputProblem("audit.no_such_month", field="month")
    since = datetime(year, month, 1, tzinfo=SHANGHAI)
    if since > now:
        raise InputProblem("audit.no_such_month", field="month")
    return since, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=SHANGHAI)


def monthly_content(
    log: AuditLog,
    text: Text,
    station: StationFile,
    acting: Acting,
    when: tuple[int, int],
    head: AuditHead,
    now: datetime,
) -> MonthlyContent:
    """What the report of one month says.

    Args:
        when: year and month.

    Raises:
        InputProblem: ``audit.no_such_month``.
    """
    since, until = month_bounds(*when, now)
    counts = log.counts(since, until)
    people = _people(counts)
    duties = tuple(
        (text(f"audit.duty.{name}"), tuple(_sum(counts, kinds, actors) for _, actors in people))
        for name, kinds in _DUTIES.items()
    )
    everybody = frozenset(actor for actor, _ in counts)
    safety = tuple(
        (
            text(f"audit.safety.{name}"),
            _refused(log, since, until) if name == "refused" else _sum(counts, kinds, everybody),
        )
        for name, kinds in _SAFETY.items()
    )
    shown = {SYSTEM: text("audit.system"), "": text("audit.others")}
    return MonthlyContent(
        station_name=station.name,
        division_code=station.division_code,
        year=when[0],
        month=when[1],
        people=tuple(shown.get(name, name) for name, _ in people),
        duties=duties,
        safety=safety,
        head=head,
        printed_at=now,
        clerk_name=acting.clerk,
        practice=station.practice,
    )


def _people(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, frozenset[str]]]:
    """Columns: who did something with cases, busiest first, the acceptance system last; "" for all who have none."""
    of_duties = frozenset[str]().union(*_DUTIES.values())
    busy = Counter[str]()
    for (actor, kind), count in counts.items():
        if kind in of_duties:
            busy[actor] += count
    names = sorted((name for name in busy if name != SYSTEM), key=lambda name: (-busy[name], name))
    room = MOST_PEOPLE - (SYSTEM in busy)
    columns = [(name, frozenset({name})) for name in names[:room]]
    if len(names) > room:
        columns = [*columns[: room - 1], ("", frozenset(names[room - 1 :]))]
    return [*columns, (SYSTEM, frozenset({SYSTEM}))] if SYSTEM in busy else columns


def _sum(counts: Mapping[tuple[str, str], int], kinds: frozenset[str], actors: frozenset[str]) -> int:
    return sum(count for (actor, kind), count in counts.items() if kind in kinds and actor in actors)


def _refused(log: AuditLog, since: datetime, until: datetime) -> int:
    """Wrong passwords: one line may tell of several, since they are written at the next good one."""
    kinds = frozenset({str(Deed.SIGN_IN_REFUSED)})
    total, before = 0, None
    while entries := log.entries(_BATCH, before=before, since=since, until=until, kinds=kinds):
        counts = [entry.detail.get("count", "1") for entry in entries]
        total += sum(int(count) if count.isdecimal() else 1 for count in counts)
        before = entries[-1].seq
    return total

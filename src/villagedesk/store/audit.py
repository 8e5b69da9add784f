"""The audit chain: every event's MAC covers the event and the MAC before it, and a sealed head says where it ends."""

from __future__ import annotations

import hmac
import json

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from villagedesk.domain.audit import AuditHead
from villagedesk.domain.case import CaseEvent
from villagedesk.domain.clock import utc_text
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.progress import Progress, silent
from villagedesk.store.schema import CASE_EVENTS, CASES, META

_HEAD = "audit_head"
_PUT_META = insert(META)
_PUT_META = _PUT_META.on_conflict_do_update(index_elements=["name"], set_={"value": _PUT_META.excluded.value})
_MAC_BYTES = 32
_START = b"\x00" * _MAC_BYTES
_LAST_SEQ = (1 << 63) - 1
_NEWEST = select(CASE_EVENTS.c.seq, CASE_EVENTS.c.mac).order_by(CASE_EVENTS.c.seq.desc()).limit(1)
_TELL_EVERY = 1000


def begin(connection: Connection, audit_key: bytes) -> None:
    """Seal the empty chain of a new database, so that one that was emptied later is no new one."""
    _seal_head(connection, audit_key, 0, _START)


def append(connection: Connection, audit_key: bytes, event: CaseEvent) -> None:
    """Append one event in the transaction the connection is in.

    Raises:
        EnvironmentProblem: ``store.log_broken`` when the head of the chain is not the one this store sealed; nothing
            may be appended then.
    """
    head = _head(connection, audit_key)
    if head is None:
        raise EnvironmentProblem("store.log_broken")
    seq, before = head[0] + 1, head[1]
    row: dict[str, object] = {
        "seq": seq,
        "case_id": event.case_id,
        "at": utc_text(event.at),
        "actor": event.actor,
        "kind": event.kind,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "detail": json.dumps(dict(event.detail), ensure_ascii=False, sort_keys=True),
    }
    mac = _mac(audit_key, before, row)
    connection.execute(CASE_EVENTS.insert(), {**row, "mac": mac})
    _seal_head(connection, audit_key, seq, mac)


def first_broken(connection: Connection, audit_key: bytes, progress: Progress = silent) -> int | None:
    """The place in the chain, counted from 1, from which it cannot be trusted; None when all of it stands.

    Finds rows that were edited, cut out, moved, added, or cut off at the end, whatever was written into them. Takes one
    row at a time from the database, so that its memory does not grow with the log.
    """
    before, expected = _START, 1
    lines = last_line(connection).seq
    columns = [column for column in CASE_EVENTS.c if column.name != "mac"]
    for *values, mac in connection.execute(select(*columns, CASE_EVENTS.c.mac).order_by(CASE_EVENTS.c.seq)):
        row: dict[str, object] = {column.name: value for column, value in zip(columns, values, strict=True)}
        if row["seq"] != expected or not _is_mac_of(mac, audit_key, before, row):
            return expected
        if expected % _TELL_EVERY == 0:
            progress(expected, max(lines, expected))
        before, expected = mac, expected + 1
    head = _head(connection, audit_key)
    return None if head == (expected - 1, before) else expected


def last_line(connection: Connection) -> AuditHead:
    """The last line with its MAC as it stands there, whether or not the chain is whole."""
    row = connection.execute(_NEWEST).first()
    return AuditHead(0, _START.hex()) if row is None else AuditHead(row.seq, _hex(row.mac))


def mac_of(connection: Connection, seq: int) -> str | None:
    """The MAC of a line, 64 hex digits; None when there is no such line. Line 0 is the chain's beginning."""
    if seq == 0:
        return _START.hex()
    mac = connection.execute(select(CASE_EVENTS.c.mac).where(CASE_EVENTS.c.seq == seq)).scalar()
    return None if mac is None else _hex(mac)


def _head(connection: Connection, audit_key: bytes) -> tuple[int, bytes] | None:
    value = connection.execute(select(META.c.value).where(META.c.name == _HEAD)).scalar()
    if value is None:
        # a database an earlier version made has no sealed beginning; with a case in it, its lines were taken away
        used = (select(column).limit(1) for column in (CASE_EVENTS.c.seq, CASES.c.case_id))
        return None if any(connection.execute(look).first() for look in used) else (0, _START)
    try:
        raw = json.loads(value)
        seq, mac, seal = raw["seq"], bytes.fromhex(raw["mac"]), str(raw["seal"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(seq) is not int or not 0 <= seq <= _LAST_SEQ:
        return None
    return (seq, mac) if hmac.compare_digest(seal.encode(), _seal(audit_key, seq, mac).encode()) else None


def _seal_head(connection: Connection, audit_key: bytes, seq: int, mac: bytes) -> None:
    sealed = json.dumps({"seq": seq, "mac": mac.hex(), "seal": _seal(audit_key, seq, mac)})
    connection.execute(_PUT_META, {"name": _HEAD, "value": sealed})


def _is_mac_of(mac: object, audit_key: bytes, before: bytes, row: dict[str, object]) -> bool:
    try:
        return isinstance(mac, bytes) and hmac.compare_digest(mac, _mac(audit_key, before, row))
    except TypeError:  # bytes where a line has text
        return False


def _hex(mac: object) -> str:
    return mac.hex() if isinstance(mac, bytes) and len(mac) == _MAC_BYTES else ""


def _mac(audit_key: bytes, before: bytes, row: dict[str, object]) -> bytes:
    content = json.dumps([row[name] for name in sorted(row)], ensure_ascii=False)
    return hmac.digest(audit_key, before + content.encode(), "sha256")


def _seal(audit_key: bytes, seq: int, mac: bytes) -> str:
    return hmac.digest(audit_key, b"head" + seq.to_bytes(8, "big") + mac, "sha256").hex()

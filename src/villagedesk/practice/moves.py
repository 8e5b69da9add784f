"""Moving cases along, as the officials of a real system would: by hand, by script, or by the autopilot."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from villagedesk.domain.clock import SHANGHAI, utc_text
from villagedesk.practice.changes import Bell, record_change
from villagedesk.practice.documents import issue_result, wanted_of
from villagedesk.practice.problems import WireProblem
from villagedesk.practice.records import unknown_case
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import CASES, REVISIONS, SERIALS

ORGAN = "练习县政务服务中心（练习系统）"
PROMISED_DAYS = 15
_ITEM_CODE_LENGTH = 31
_LAW = "《中华人民共和国行政许可法》第三十二条第一款第四项"
_ASKED = "id_card|居民身份证|正面反光，看不清住址|平放在灯下重拍，四角都拍全"


@dataclass(frozen=True)
class Move:
    """One thing an official can do.

    Args:
        title: as the web page's button says it.
        from_states: case states in which it is possible.
        to_state: the state after it.
        kind: of the change the station is told; "" when it is told nothing.
        fields: texts that go into the change, with what stands there when none is given. ``items`` is a correction's
            list, a line each: requirement|name|what is wrong|how it must be.
    """

    title: str
    from_states: frozenset[str]
    to_state: str
    kind: str
    fields: Mapping[str, str]


MOVES: dict[str, Move] = {
    "accept": Move("受理", frozenset({"submitted"}), "accepted", "accepted", {}),
    "refuse": Move(
        "不予受理",
        frozenset({"submitted"}),
        "refused",
        "refused",
        {
            "reason": "不属于本机关职权范围",
            "legal_basis": "《中华人民共和国行政许可法》第三十二条第一款第二项",
            "right_organ": "练习市人力资源和社会保障局",
            "review_organ": "练习县人民政府",
        },
    ),
    "ask_correction": Move(
        "退回补正",
        frozenset({"submitted", "accepted", "in_process"}),
        "correction_asked",
        "correction_asked",
        {
            "reason": "材料不清晰",
            "wanted": "请重新拍摄身份证正面",
            "items": _ASKED,
            "deadline": "",
            "legal_basis": _LAW,
        },
    ),
    "in_process": Move("办理", frozenset({"accepted"}), "in_process", "in_process", {}),
    "conclude": Move("办结", frozenset({"accepted", "in_process"}), "concluded", "concluded", {"result": "准予"}),
    "suspend": Move(
        "挂起", frozenset({"in_process"}), "suspended", "suspended", {"stop": "hearing", "reason": "需要听证"}
    ),
    "resume": Move("恢复办理", frozenset({"suspended"}), "in_process", "resumed", {}),
    "result_ready": Move("结果可领取", frozenset({"concluded"}), "concluded", "result_ready", {}),
    "reject": Move("退件", frozenset({"registered"}), "rejected", "", {"reason": "内容不符合要求"}),
}
"""``reject`` refuses a record whose pages are not all there yet; the others act on committed cases."""
_NOTICES = {"refuse": "不受", "ask_correction": "补"}
"""Moves with which a notice is issued, and the sign of its numbers."""


class Moves:
    """Carries out moves, each in one transaction with the change it tells.

    Args:
        storage: the database.
        now: the server's clock, aware, UTC.
        bell: rung for the station after each change.
        address: URL without a trailing slash; the page where a case is looked up lies under it.
    """

    def __init__(self, storage: Storage, now: Callable[[], datetime], bell: Bell, address: str) -> None:
        self._storage = storage
        self._now = now
        self._bell = bell
        self._address = address

    def move(self, case_id: str, name: str, given: Mapping[str, str]) -> str:
        """Do one of :data:`MOVES` and give the case's new state.

        Args:
            given: texts for the move's fields; others are ignored.

        Raises:
            WireProblem: 404 ``unknown_move``, 404 ``unknown_case``, 409 ``move_not_possible``.
        """
        move = MOVES.get(name)
        if move is None:
            raise WireProblem(404, "unknown_move", "没有这种办理动作")
        with self._storage.write() as connection:
            row = connection.execute(select(CASES).where(CASES.c.case_id == case_id).with_for_update()).one_or_none()
            if row is None:
                raise unknown_case()
            if row.state not in move.from_states:
                raise WireProblem(409, "move_not_possible", f"当前状态不能“{move.title}”", {"state": row.state})
            values = {key: given.get(key) or text for key, text in move.fields.items()}
            now = self._now()
            if name == "accept":
                values = self._accept(connection, row, now)
            elif name in _NOTICES:
                values |= self._notice(connection, _NOTICES[name], now)
            elif name == "reject":
                connection.execute(
                    update(REVISIONS)
                    .where(REVISIONS.c.case_id == case_id, REVISIONS.c.state == "registered")
                    .values(state="rejected", reason=values["reason"][:400])
                )
            asked = 1 if name == "ask_correction" else 0
            connection.execute(
                update(CASES).where(CASES.c.case_id == case_id).values(state=move.to_state, round=CASES.c.round + asked)
            )
            if move.kind:
                documents = []
                if name == "conclude":
                    documents.append(issue_result(connection, row, values["result"], now))
                told = {name: text for name, text in values.items() if name != "items" and text}
                wanted = wanted_of(values.get("items", ""))
                record_change(connection, row.division_code, case_id, move.kind, now, told, documents, wanted)
        self._bell.ring(row.division_code)
        return move.to_state

    def accept_waiting(self, older_than: timedelta) -> int:
        """Accept every case that was committed at least so long ago; gives how many. For the autopilot."""
        due = utc_text(self._now() - older_than)
        with self._storage.read() as connection:
            waiting = (
                connection.execute(
                    select(CASES.c.case_id)
                    .where(CASES.c.state == "submitted", CASES.c.committed_at <= due)
                    .order_by(CASES.c.committed_at)
                )
                .scalars()
                .all()
            )
        done = 0
        for case_id in waiting:
            try:
                self.move(case_id, "accept", {})
            except WireProblem as problem:
                if problem.code != "move_not_possible":  # somebody moved it by hand in between
                    raise
            else:
                done += 1
        return done

    def _accept(self, connection: Connection, row: Row[Any], now: datetime) -> dict[str, str]:
        acceptance_no, query_code = row.acceptance_no, row.query_code
        if acceptance_no is None:
            acceptance_no = self._acceptance_no(connection, row.item_code, now)
            query_code = f"{secrets.randbelow(10**8):08d}"
            connection.execute(
                update(CASES)
                .where(CASES.c.case_id == row.case_id)
                .values(acceptance_no=acceptance_no, query_code=query_code)
            )
        limit = (now.astimezone(SHANGHAI) + timedelta(days=PROMISED_DAYS)).date()
        return {
            "acceptance_no": acceptance_no,
            "query_code": query_code,
            "at": utc_text(now),
            "organ": ORGAN,
            "limit_date": limit.isoformat(),
            "lookup_url": f"{self._address}/practice/?acceptance_no={acceptance_no}",
        }

    def _notice(self, connection: Connection, sign: str, now: datetime) -> dict[str, str]:
        """The organ's paper that goes with a move: its number and whose it is."""
        year = now.astimezone(SHANGHAI).year
        number = self._serial(connection, f"{sign}{year}")
        return {"notice_no": f"练习{sign}〔{year}〕第{number}号", "organ": ORGAN, "at": utc_text(now)}

    def _acceptance_no(self, connection: Connection, item_code: str, now: datetime) -> str:
        """43 characters: item code brought to 31, yyyyMMdd of Shanghai, and the day's serial."""
        day = now.astimezone(SHANGHAI).strftime("%Y%m%d")
        serial = self._serial(connection, day)
        code = re.sub(r"[^0-9A-Z]", "", item_code.upper())[:_ITEM_CODE_LENGTH].ljust(_ITEM_CODE_LENGTH, "0")
        return f"{code}{day}{serial:04d}"

    def _serial(self, connection: Connection, series: str) -> int:
        """The next number of a series."""
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        last: int = connection.execute(
            insert(SERIALS)
            .values(day=series, last=1)
            .on_conflict_do_update(index_elements=["day"], set_={"last": SERIALS.c.last + 1})
            .returning(SERIALS.c.last)
        ).scalar_one()
        return last

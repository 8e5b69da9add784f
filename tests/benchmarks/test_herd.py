"""The bench would see what it is there to see; and at a small size nothing acknowledged is lost by a killed server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.benchmarks.herd import Size, _county, _held
from tests.benchmarks.herd_station import Tally
from tests.needs import not_run
from tests.practice.postgresql_cluster import NotHere, programs
from villagedesk.practice.storage import Storage
from villagedesk.practice.tables import ACTION_IDS, CASES, RECEIPTS, REVISIONS, STATIONS
from villagedesk.sync.retry import RetryPolicy


def held_by_two_cases(folder: Path) -> str:
    """A database with two committed cases; gives its URL."""
    url = f"sqlite:///{folder / 'acceptance.sqlite'}"
    Storage(url).close()
    station = {"division_code": "410421103207", "name": "", "change_count": 0}
    case: dict[str, Any] = {"state": "submitted", "round": 0, "item_code": "", "item_name": "", "first_seen_at": ""}
    case["division_code"] = station["division_code"]
    with create_engine(url).begin() as connection:
        connection.execute(STATIONS.insert(), station)
        for name in ("one", "two"):
            own = {"case_id": name, "payload_sha256": name, "revision": 1, "action_id": name}
            connection.execute(CASES.insert(), {**case, "case_id": name, "local_no": name})
            connection.execute(ACTION_IDS.insert(), own)
            connection.execute(
                REVISIONS.insert(), {**own, "payload": b"", "state": "committed", "reason": "", "registered_at": ""}
            )
            receipt = {"receipt_id": f"receipt {name}", "body": b"", "committed_at": "", "round": 0}
            connection.execute(RECEIPTS.insert(), {"case_id": name, "revision": 1, **receipt})
    return url


def told(receipts: dict[str, str]) -> Tally:
    """What stations would have been told."""
    return Tally(first_ack=dict.fromkeys(receipts, 1.0), receipts=receipts)


def test_what_is_missing_or_twice_in_the_database_is_counted(tmp_path: Path) -> None:
    url = held_by_two_cases(tmp_path)
    right = {"one": "receipt one", "two": "receipt two"}
    assert _held(url, told(right)) == {"lost": 0, "duplicates": 0}
    assert _held(url, told({**right, "three": "receipt three"}))["lost"] == 2, "neither registered nor committed"
    assert _held(url, told({**right, "two": "another receipt"}))["lost"] == 1
    assert _held(url, told({"one": "receipt one"}))["duplicates"] == 3, "a case, revision and receipt nobody sent"
    assert _held(url, told({"one": "receipt one"}), unheard=1)["duplicates"] == 0, "sent, and the run was over"
    with create_engine(url).begin() as connection:
        connection.execute(CASES.update().values(local_no="the same"))
    assert _held(url, told(right))["duplicates"] == 1


@pytest.mark.slow
def test_a_killed_server_loses_nothing_it_acknowledged() -> None:
    try:
        programs()
    except NotHere as why:
        not_run(str(why))
    size = Size(stations=20, cases=4, stations_killed=20, outage=8.0)
    came = _county(size, 20, RetryPolicy(), lambda low, high: (low + high) / 2, kill=True)
    assert 0 < came["acknowledged_before"] < came["records"] == 80
    assert came["unanswered"] + came["no_connection"] > 0
    assert (came["lost"], came["duplicates"]) == (0, 0)

"""Operations on keys: clerks come and go, a desk is handed over, the county's key helps, wrong tries are counted."""

from __future__ import annotations

import contextlib
import json
import uuid

from tests.faults.place import COUNTYS_KEY, Desk, Place, password
from tests.store.fixtures import CHEAP, CLERK, ROLE
from villagedesk.domain.problems import InputProblem
from villagedesk.store import keys, lockout

STRANGER = "Nobody Here"
"""The name wrong passwords are tried under."""

_HOURS = 4000.0


def add_clerk(desk: Desk) -> None:
    """Two more clerks."""
    for _ in range(2):
        _add(desk)


def _add(desk: Desk) -> str:
    name = f"Clerk {uuid.uuid4()}"
    keys.add_clerk(desk.place.data, desk.key, name, password(0), ROLE, CHEAP)
    desk.place.acknowledge(clerk=name)
    return name


def _remove(desk: Desk, name: str) -> None:
    desk.place.acknowledge(leaving=name)
    keys.remove_clerk(desk.place.data, desk.key, name)
    desk.place.acknowledge(gone=name)


def remove_clerk(desk: Desk) -> None:
    """A clerk comes and goes."""
    _remove(desk, _add(desk))


def hand_over(desk: Desk) -> None:
    """A clerk has a successor who takes a case in, and leaves."""
    old = _add(desk)
    _add(desk)
    desk.take_in(1)
    _remove(desk, old)


def recovery_key(desk: Desk) -> None:
    """The password was forgotten: the county's key opens, and a new one is set."""
    folder, number = desk.place.data, desk.place.confirmed_password()
    key = keys.open_with_recovery_key(folder, COUNTYS_KEY.private_bytes_raw())
    keys.set_password(folder, key, CLERK, password(number + 1), CHEAP)
    desk.place.acknowledge(password=number + 1)
    desk.take_in(1)


def wrong_tries(desk: Desk) -> None:
    """Two wrong passwords under one name, each after the wait there may be."""
    place = desk.place
    for _ in range(2):
        # Written down here before the data folder is asked to: also those that came to nothing were later than others.
        place.acknowledge(trying=True)
        late_enough = 1e9 + _HOURS * sum("trying" in fact for fact in place.confirmations())
        if place.mutant != "counter after the try":
            lockout.begin_try(place.data, STRANGER, late_enough)
        with contextlib.suppress(InputProblem):
            keys.unlock(place.data, STRANGER, "a guess")
        place.acknowledge(tries=int(str(place.newest("tries", 0))) + 1)
        if place.mutant == "counter after the try":
            lockout.begin_try(place.data, STRANGER, late_enough)


def counted_tries(place: Place) -> int:
    """Wrong tries the data folder knows of."""
    try:
        failures = json.loads((place.data / lockout.LOCKOUT_FILE).read_bytes())["failures"]
    except FileNotFoundError:
        return 0
    return sum(int(held["count"]) for held in failures.values())

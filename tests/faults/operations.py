"""All operations the fault harnesses know: what each starts from, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults import operations_backup as of_backup
from tests.faults import operations_data as of_data
from tests.faults import operations_keys as of_keys
from tests.faults import operations_store as of_store
from tests.faults.mutants import plant
from tests.faults.place import Desk, Place


@dataclass(frozen=True)
class Operation:
    """One operation.

    Args:
        run: works on the opened desk; may be run again on the same desk, whatever became of it before.
        prepare: makes what it starts from, in an empty place; None: it starts from nothing.
        first: comes before the desk is opened, because the desk cannot be opened without it.
        closes: whether it leaves the desk closed.
    """

    run: Callable[[Desk], None]
    prepare: Callable[[Place], None] | None
    first: Callable[[Place], None] | None = None
    closes: bool = False


def one_day(place: Place) -> None:
    """An installation that took three cases in."""
    desk = Desk.open(place)
    of_store.take_in(desk)
    desk.close()


OPERATIONS = {
    "first run": Operation(of_store.first_run, None),
    "take in": Operation(of_store.take_in, one_day),
    "step by step": Operation(of_store.step_by_step, one_day),
    "photographs": Operation(of_store.photographs, one_day),
    "password": Operation(of_store.password, one_day),
    "close": Operation(of_store.close, one_day, closes=True),
    "sweep": Operation(of_store.sweep_orphans, one_day),
    "settings": Operation(of_store.settings, one_day),
    "catalogue": Operation(of_data.install_catalogues, one_day),
    "add clerk": Operation(of_keys.add_clerk, one_day),
    "remove clerk": Operation(of_keys.remove_clerk, one_day),
    "hand over": Operation(of_keys.hand_over, one_day),
    "recovery key": Operation(of_keys.recovery_key, one_day),
    "wrong tries": Operation(of_keys.wrong_tries, one_day),
    "migrate": Operation(of_store.first_run, of_data.old_schema),
    "retention": Operation(of_data.retention, of_data.delivered_long_ago),
    "recover": Operation(of_store.first_run, one_day, of_data.recover_database),
    "back up": Operation(of_backup.back_up_twice, of_backup.with_medium),
    "restore": Operation(of_store.first_run, of_backup.backed_up, of_backup.restore_on_new_pc),
    "restore over": Operation(of_store.first_run, of_backup.backed_up_and_worked_on, of_backup.restore_over),
}


def run_operation(place: Place, name: str) -> None:
    """Open (or make) the installation and run one operation to its end, with the place's mutant planted."""
    plant(place.mutant)
    operation = OPERATIONS[name]
    if operation.first is not None:
        operation.first(place)
    desk = Desk.open(place)
    try:
        operation.run(desk)
    finally:
        desk.close()

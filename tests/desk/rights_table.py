"""Which right each public method of each room of the desk asks for; any one of several is enough, none: for everybody.

A new method of a room is added here, else ``test_roles`` fails.
"""

from __future__ import annotations

from collections.abc import Mapping

from villagedesk.domain.roles import Right

EVERYBODY: tuple[Right, ...] = ()
SEE = (Right.SEE_PERSONS,)
WORK = (Right.WORK,)
LOG = (Right.SEE_LOG,)
SAFE = (Right.SAFEGUARD,)
ACCOUNTS = (Right.KEEP_ACCOUNTS,)
OVERSEE = (Right.SEE_LOG, Right.SAFEGUARD)

RIGHTS_OF: Mapping[str, Mapping[str, tuple[Right, ...]]] = {
    "desk": {"devices": EVERYBODY, "close": EVERYBODY},
    "items": {
        "get": EVERYBODY,
        "has": EVERYBODY,
        "bound": EVERYBODY,
        "of_case": EVERYBODY,
        "all": EVERYBODY,
        "handled": EVERYBODY,
        "search": EVERYBODY,
        "search_all": EVERYBODY,
        "turn_favourite": WORK,
        "prepare": EVERYBODY,
        "program_calendar": EVERYBODY,
        "county_years": EVERYBODY,
        "changes": EVERYBODY,
        "choice": EVERYBODY,
        "choices": EVERYBODY,
        "choose": WORK,
        "office": EVERYBODY,
        "set_office": WORK,
        "catalogue": EVERYBODY,
        "install_file": WORK,
        "arrived": EVERYBODY,
        "taken_in": EVERYBODY,
        "have": EVERYBODY,
    },
    "holidays": {"calendar": EVERYBODY, "years": EVERYBODY, "install_file": WORK},
    "intake": {
        "start": WORK,
        "open": WORK,
        "view": SEE,
        "type": WORK,
        "earlier_persons": SEE,
        "use_person": WORK,
        "read_card": WORK,
        "set_material": WORK,
        "reusable": SEE,
        "reuse": WORK,
        "move_page": WORK,
        "adopt": WORK,
        "change_item": WORK,
        "take_in": WORK,
        "discard": WORK,
    },
    "guided": {"note": WORK},
    "scanning": {
        "preview": WORK,
        "camera": EVERYBODY,
        "capture": WORK,
        "import_file": WORK,
        "turn": WORK,
        "crop": WORK,
        "keep": WORK,
        "drop": WORK,
        "remove": WORK,
        "undo_remove": WORK,
        "image": SEE,
        "thumbnail": SEE,
        "close": EVERYBODY,
    },
    "cases": {"today": EVERYBODY, "find": SEE, "search": SEE, "by_number": SEE, "case": SEE},
    "clocks": {"of_case": SEE, "due": SEE},
    "changes": {
        "possible": SEE,
        "withdraw": WORK,
        "void": WORK,
        "return_to_applicant": WORK,
        "hand_over": WORK,
        "conclude_here": WORK,
        "deliver": WORK,
        "archive": WORK,
        "return_papers": WORK,
        "bring_promised": WORK,
    },
    "handouts": {
        "print_guide": WORK,
        "save_guide": WORK,
        "print_item_list": WORK,
        "save_item_list": WORK,
        "print_missing": WORK,
        "save_missing": WORK,
    },
    "printing": {
        "print_receipt": WORK,
        "print_acceptance_notice": WORK,
        "retry": WORK,
        "came_out": WORK,
        "pdf": SEE,
    },
    "sending": {
        "view": EVERYBODY,
        "send_now": EVERYBODY,
        "pause": WORK,
        "resume": WORK,
        "pause_all": WORK,
        "resume_all": WORK,
        "mend": WORK,
        "drop": WORK,
    },
    "accounts": {
        "list": EVERYBODY,
        "add": ACCOUNTS,
        "remove": ACCOUNTS,
        "change_password": EVERYBODY,
        "reset_password": ACCOUNTS,
        "open_work": EVERYBODY,
        "hand_over": ACCOUNTS,
        "confirm": EVERYBODY,
        "recover": EVERYBODY,
    },
    "archive": {"export": WORK},
    "backup": {
        "start": EVERYBODY,
        "close": EVERYBODY,
        "state": EVERYBODY,
        "places": EVERYBODY,
        "look_now": EVERYBODY,
        "set_target": SAFE,
        "back_up": SAFE,
        "check": SAFE,
    },
    "support": {"bundle": SAFE},
    "retention": {"months": EVERYBODY, "set_months": SAFE, "plan": SAFE, "run": WORK},
    "missing_here": {"list": EVERYBODY, "count": EVERYBODY, "settle": WORK},
    "station_renewal": {"renew": SAFE},
    "audit": {
        "note": EVERYBODY,
        "viewed": SEE,
        "page_viewed": SEE,
        "unmasked": SEE,
        "lines": LOG,
        "head": OVERSEE,
        "check": OVERSEE,
        "export": WORK,
        "monthly_report": LOG,
        "print_monthly_report": WORK,
        "save_monthly_report": WORK,
        "close": EVERYBODY,
    },
}

CHANGES_NO_CASE = frozenset(
    {
        "items.turn_favourite",
        "handouts.print_guide",
        "handouts.save_guide",
        "handouts.print_item_list",
        "handouts.save_item_list",
        "handouts.print_missing",
        "handouts.save_missing",
        "intake.open",
        "scanning.preview",
        "scanning.capture",
        "scanning.import_file",
        "scanning.turn",
        "scanning.crop",
        "scanning.drop",
        "audit.export",
        "archive.export",
        "items.choose",
        "items.set_office",
        "items.install_file",
        "holidays.install_file",
        "missing_here.settle",
        "audit.print_monthly_report",
        "audit.save_monthly_report",
    }
)
"""Methods that ask for the right to work and change no case: what they do lies in memory or has a line of its own."""

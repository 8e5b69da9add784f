"""Mutants that are planted into the whole test process: each breaks one invariant as a careless change would."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from unittest import mock

from sqlalchemy import Connection
from sqlcipher3 import dbapi2

from villagedesk.desk import case_papers
from villagedesk.desk.intake import Intake
from villagedesk.desk.views import TakenIn
from villagedesk.domain.local_no import local_no
from villagedesk.domain.repositories import Transaction
from villagedesk.domain.retention import Held
from villagedesk.papers import acceptance_notice
from villagedesk.papers.fonts import FontSet
from villagedesk.reports import archive_package
from villagedesk.store import connection, database, retention, transaction, vault
from villagedesk.store.backup import layout, manifest
from villagedesk.sync import ledger


def number_not_recorded() -> None:
    """I6: the day's count is never written down, so the next case gets the same number."""

    def take(_self: transaction.SqlTransaction, day: date) -> str:
        return local_no("A", day, 1)

    mock.patch.object(transaction.SqlTransaction, "take_local_no", take).start()


def notice_without_number() -> None:
    """I7: a notice is drawn before the acceptance system has given its number."""
    real = acceptance_notice.render

    def render(content: acceptance_notice.AcceptanceNoticeContent, fonts: FontSet) -> bytes:
        return real(replace(content, acceptance_no=content.acceptance_no.strip() or "编号待定"), fonts)

    mock.patch.object(acceptance_notice, "render", render).start()


def organs_notice_without_number() -> None:
    """I7: a correction or refusal that was told counts as an issued notice."""
    mock.patch.object(case_papers, "_no_notice", lambda _source, _kind: None).start()


def pages_in_the_clear() -> None:
    """I8: the vault writes what the camera gave, with a tag's length of nothing behind it."""

    class NoCipher:
        def __init__(self, _key: bytes) -> None: ...

        def encrypt(self, _nonce: bytes, data: bytes, _context: bytes) -> bytes:
            return data + bytes(16)

        def decrypt(self, _nonce: bytes, sealed: bytes, _context: bytes) -> bytes:
            return sealed[:-16]

    mock.patch.object(vault, "AESGCM", NoCipher).start()


def database_in_the_clear() -> None:
    """I8: the database is opened without its key, which makes it plain SQLite."""

    class Keyless(dbapi2.Connection):  # type: ignore[misc]
        def execute(self, statement: str, *values: Any) -> Any:
            return super().execute("SELECT 1" if statement.startswith("PRAGMA key") else statement, *values)

    class Driver:
        connect = staticmethod(partial(dbapi2.connect, factory=Keyless))

        def __getattr__(self, name: str) -> Any:
            return getattr(dbapi2, name)

    mock.patch.object(connection, "sqlcipher", Driver()).start()


def name_in_the_log() -> None:
    """I8: whoever debugs an intake logs whose it was."""
    real = Intake.take_in

    def take_in(self: Intake, case_id: str) -> TakenIn:
        taken = real(self, case_id)
        case = self._store.read(lambda snapshot: snapshot.case(case_id))
        logging.getLogger("villagedesk.desk").error("taken in: %s", case.applicant.name)
        return taken

    mock.patch.object(Intake, "take_in", take_in).start()


def event_in_a_second_transaction() -> None:
    """I10: a draft is thrown away in one transaction, and that it was so is written in another."""

    def discard(self: Intake, case_id: str) -> None:
        def remove(writing: Transaction) -> None:
            writing.remove_draft(case_id)

        def log(writing: Transaction) -> None:
            writing.append_event(self._drafts.event(case_id, self._clock.now(), "discarded"))

        self._store.write(remove).result()
        self._store.write(log).result()

    mock.patch.object(Intake, "discard", discard).start()


def page_goes_with_its_first_case() -> None:
    """I9: a page is judged by the case in hand alone; that another one names it too is not looked at."""
    real = retention._held

    def held(connection: Connection, page_ids: Sequence[str], before: str) -> dict[str, Held]:
        found = real(connection, page_ids, before)
        return {page_id: why for page_id, why in found.items() if why is not Held.NOT_DELIVERED}

    mock.patch.object(retention, "_held", held).start()


def unsent_page_goes() -> None:
    """I9: what was delivered is taken for sent, whatever the receipts list."""
    real = retention._held

    def held(connection: Connection, page_ids: Sequence[str], before: str) -> dict[str, Held]:
        found = real(connection, page_ids, before)
        return {page_id: why for page_id, why in found.items() if why not in (Held.NOT_ATTESTED, Held.STILL_OPEN)}

    mock.patch.object(retention, "_held", held).start()


def letter_not_noted() -> None:
    """I6: a restore uses a letter without noting it on the medium, so the next restore takes it again."""
    mock.patch.object(layout.StationFolder, "add_letters", lambda _self, _letters: None).start()


def old_letter_again() -> None:
    """I6: data that begins again from a copy goes on counting under the letter the copy had."""
    mock.patch.object(transaction.SqlTransaction, "begin_epoch", lambda _self, _epoch, _installation: None).start()


def list_in_the_clear() -> None:
    """I8: the list of a backup is authenticated in another way and not enciphered any more."""

    class NoCipher:
        def __init__(self, _key: bytes) -> None: ...

        def encrypt(self, _nonce: bytes, data: bytes, _context: bytes) -> bytes:
            return data + bytes(16)

    mock.patch.object(manifest, "AESGCM", NoCipher).start()


def archive_without_passphrase() -> None:
    """I8: the archive's outer file is written as any ZIP."""

    def open_to_all(outer: Any, _passphrase: str) -> Any:
        outer.encryption = None
        return outer

    mock.patch.object(archive_package, "_locked", open_to_all).start()


def full_disk_ends_it() -> None:
    """I11: what the database says of a full disk is no longer turned into a problem the screens know."""
    mock.patch.object(database, "problem_of", lambda _error, _folder, _otherwise: None).start()


def typed_text_waits() -> None:
    """I11: leaving a screen does not save what was typed; only its timer does."""
    # Qt is loaded for this one alone.
    from villagedesk.ui.intake.applicant import ApplicantStep
    from villagedesk.ui.intake.autosave import Autosave

    mock.patch.object(ApplicantStep, "left", lambda _self: None).start()
    mock.patch.object(Autosave, "settle", lambda _self: None).start()


def sent_although_entered() -> None:
    """I2: what is sent does not ask whether the case was entered into the acceptance system by hand."""
    mock.patch.object(ledger, "goes_by_hand", lambda _rows: False).start()


def sent_although_begun() -> None:
    """I2: what is sent does not ask whether somebody began to enter the case by hand."""
    mock.patch.object(ledger, "entries_begun", lambda _transaction: {}).start()


MUTANTS: dict[str, Callable[[], None]] = {
    "number not recorded": number_not_recorded,
    "notice without number": notice_without_number,
    "organ's notice without number": organs_notice_without_number,
    "pages in the clear": pages_in_the_clear,
    "database in the clear": database_in_the_clear,
    "name in the log": name_in_the_log,
    "page goes with its first case": page_goes_with_its_first_case,
    "unsent page goes": unsent_page_goes,
    "letter not noted on the medium": letter_not_noted,
    "data begins again under its old letter": old_letter_again,
    "list of a backup in the clear": list_in_the_clear,
    "archive without its passphrase": archive_without_passphrase,
    "full disk ends what it meets": full_disk_ends_it,
    "typed text waits for its timer": typed_text_waits,
    "event in a second transaction": event_in_a_second_transaction,
    "sent although entered by hand": sent_although_entered,
    "sent although begun by hand": sent_although_begun,
}

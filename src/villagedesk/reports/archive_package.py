"""The archive package of concluded cases: what an archive wants of each, in one encrypted file.

Contents follow what GB/T 42727-2023 and DA/T 85-2019 (政务服务事项电子文件归档规范) ask of an electronic file: item,
numbers, who applied, the materials, every page with its hash, and what was done when and by whom.

The file is a ZIP with WinZip's AES-256 (AE-2), which 7-Zip opens. Names in a ZIP are not encrypted, so there is one
member only, ``package.zip``, and everything else is inside it. The format derives its key with 1,000 rounds of PBKDF2,
which is little: the passphrase must be one that no one can guess (:func:`make_passphrase`), never one a person made up.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyzipper

from villagedesk.domain.case import Case, CaseEvent, Page
from villagedesk.domain.progress import Progress, silent
from villagedesk.domain.station import StationFile
from villagedesk.store.files import PART_SUFFIX, rename_durably

MEMBER = "package.zip"
PASSPHRASE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs that are not taken for one another when written by hand: no 0 O, 1 I L."""
_GROUPS, _GROUP = 6, 4
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


@dataclass(frozen=True)
class ArchivedCase:
    """One case as it goes into the package.

    Args:
        pages: by requirement and order.
        events: its log, oldest first.
        expired: ids of pages whose picture was removed when its time was over; their hash is all there is.
    """

    case: Case
    pages: Sequence[Page]
    events: Sequence[CaseEvent]
    expired: frozenset[str] = frozenset()


def make_passphrase() -> str:
    """Six groups of four signs, 118 bits: no guessing machine comes through that, however fast one try is."""
    signs = [secrets.choice(PASSPHRASE_SIGNS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(signs[start : start + _GROUP]) for start in range(0, len(signs), _GROUP))


def write_package(
    target: Path,
    passphrase: str,
    cases: Iterable[ArchivedCase],
    read_page: Callable[[Page], bytes],
    *,
    station: StationFile,
    made_at: datetime,
    readme: str,
    total_pages: int,
    progress: Progress = silent,
) -> int:
    """Write the package as a whole file: when this returns it is on the medium; otherwise there is none.

    Args:
        cases: taken one by one, so that only one is in memory; of the pages only one at a time is.
        read_page: gives a page's verified bytes.
        readme: told in the package to whoever opens it.
        total_pages: for ``progress`` alone.

    Returns:
        How many pages it holds.

    Raises:
        OSError: the medium does not take it.
        Problem: what ``read_page`` raises; Cancelled from ``progress``.
    """
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
    try:
        with part.open("xb") as raw:
            with (
                pyzipper.AESZipFile(raw, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as outer,
                _locked(outer, passphrase).open(MEMBER, "w", force_zip64=True) as member,
                zipfile.ZipFile(member, "w", zipfile.ZIP_STORED) as inner,
            ):
                written = _Inner(inner, read_page, total_pages, progress)
                written.cases(cases, station, made_at)
                written.text("README.txt", readme)
                written.checksums()
            raw.flush()
            os.fsync(raw.fileno())
        rename_durably(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return written.pages


def _locked(outer: pyzipper.AESZipFile, passphrase: str) -> pyzipper.AESZipFile:
    outer.setpassword(passphrase.encode("ascii"))
    outer.setencryption(pyzipper.WZ_AES, nbits=256)
    return outer


class _Inner:
    """The ZIP inside, written from front to back."""

    def __init__(
        self, archive: zipfile.ZipFile, read_page: Callable[[Page], bytes], total_pages: int, progress: Progress
    ) -> None:
        self._archive = archive
        self._read_page = read_page
        self._total = total_pages
        self._progress = progress
        self._sums: list[str] = []
        self._done = 0
        self.pages = 0

    def cases(self, cases: Iterable[ArchivedCase], station: StationFile, made_at: datetime) -> None:
        """A folder for each, and the list of all."""
        rows = []
        for number, archived in enumerate(cases, start=1):
            folder = f"{number:04d}-{_plain(archived.case.local_no or '')}"
            files = [self._page(folder, count, page, archived) for count, page in enumerate(archived.pages, start=1)]
            self.text(f"{folder}/case.json", _json(_described(archived, files, station)))
            rows.append({"folder": folder, "local_no": archived.case.local_no, "pages": len(files)})
        index = {
            "format": "villagedesk-archive",
            "version": 1,
            "made_at": made_at.isoformat(),
            "station": {"division_code": station.division_code, "name": station.name, "practice": station.practice},
            "cases": rows,
        }
        self.text("index.json", _json(index))

    def text(self, name: str, text: str) -> None:
        """A text file in UTF-8."""
        self._put(name, text.encode("utf-8", "replace"), zipfile.ZIP_DEFLATED)

    def checksums(self) -> None:
        """The list that ``sha256sum -c`` checks."""
        self._archive.writestr("checksums.sha256", "".join(f"{line}\n" for line in self._sums))

    def _page(self, folder: str, number: int, page: Page, archived: ArchivedCase) -> str:
        """Write a page; gives its name, "" when its picture expired."""
        self._progress(self._done, self._total)
        self._done += 1
        if page.page_id in archived.expired:
            return ""
        name = f"pages/{number:04d}.{_ENDINGS.get(page.media_type, 'bin')}"
        self._put(f"{folder}/{name}", self._read_page(page), zipfile.ZIP_STORED)
        self.pages += 1
        return name

    def _put(self, name: str, data: bytes, how: int) -> None:
        self._archive.writestr(name, data, how)
        self._sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}")


def _described(archived: ArchivedCase, files: Sequence[str], station: StationFile) -> dict[str, object]:
    case = archived.case
    applicant = case.applicant
    return {
        "format": "villagedesk-archived-case",
        "version": 1,
        "station": {"division_code": station.division_code, "name": station.name},
        "item": {"code": case.item_code, "version": case.item_version, "name": case.item_name, "mode": case.mode},
        "numbers": {
            "case_id": case.case_id,
            "local_no": case.local_no,
            "revision": case.revision,
            "acceptance_no": case.acceptance_no,
            "query_code": case.query_code,
        },
        "applicant": {
            "kind": applicant.kind,
            "name": applicant.name,
            "document_kind": applicant.document_kind,
            "document_number": applicant.document_number,
            "phone": applicant.phone,
            "address": applicant.address,
        },
        "form": dict(case.form),
        "status": case.status,
        "remote_state": case.remote_state,
        "accepting_organ": case.accepting_organ,
        "lookup_url": case.lookup_url,
        "limit_date": case.limit_date,
        "clerk": case.clerk,
        "times": {
            "created": case.created_at.isoformat(),
            "received": _moment(case.received_at),
            "accepted": _moment(case.accepted_at),
        },
        "materials": [
            {
                "requirement_id": material.requirement_id,
                "name": material.name,
                "form": material.form,
                "copies": material.copies,
                "returned": material.returned,
            }
            for material in case.materials
        ],
        "pages": [
            {
                "file": file,
                "expired": not file,
                "requirement_id": page.requirement_id,
                "order": page.order,
                "sha256": page.sha256,
                "bytes": page.byte_count,
                "media_type": page.media_type,
                "width": page.width,
                "height": page.height,
                "dpi": page.dpi,
                "captured": page.captured_at.isoformat(),
            }
            for page, file in zip(archived.pages, files, strict=True)
        ],
        "events": [
            {
                "at": event.at.isoformat(),
                "actor": event.actor,
                "kind": event.kind,
                "from_status": event.from_status,
                "to_status": event.to_status,
                "detail": dict(event.detail),
            }
            for event in archived.events
        ],
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Za-z-]", "_", text)[:40] or "case"

"""Looking for people in files: their words in every form a program might write them, pictures and papers in clear, and
files that should be ciphertext and are not."""

from __future__ import annotations

import base64
import io
import json
import math
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
_HEADERS = {
    b"\xff\xd8\xff\xe0\x00\x10JFIF": "a JPEG",
    b"\xff\xd8\xff\xe1": "a JPEG at the start",
    b"%PDF-1.": "a PDF",
    b"\x89PNG\r\n\x1a\n": "a PNG",
    b"SQLite format 3\x00": "a database",
    b"PK\x03\x04": "an archive",
}
_ANYWHERE = 5
"""Shorter headers turn up in megabytes of ciphertext by chance, and count at the start of a file only."""
_BLOCK = 4096
LEAST_BITS = 7.9
"""Bits a byte, of 4,096 random bytes: 7.955 ± 0.004 (bias of the estimate: 255 ÷ (2 · 4,096 · ln 2))."""
_CLEAR_NAMES = ("station.json", "status.json", "lockout.json", "label.json", "epochs.json", "slots-a", "slots-b")
_ARCHIVES = (".xlsx", ".zip")


def forms_of(text: str) -> Iterator[bytes]:
    """The text in each encoding, as it is, in hex, in base64 wherever it begins, escaped as JSON and as an address."""
    for encoding in ENCODINGS:
        raw = text.encode(encoding)
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for before in range(3):
            # the first and last groups mix with what stands beside the text
            coded = base64.b64encode(bytes(before) + raw)
            inner = coded[4 if before else 0 : len(coded) - 4]
            if len(inner) >= 8:
                yield inner
                yield base64.urlsafe_b64encode(base64.b64decode(inner))
    yield json.dumps(text)[1:-1].encode()
    yield quote(text).encode()


def entropy(block: bytes) -> float:
    """Bits a byte."""
    total = len(block)
    return -sum(count / total * math.log2(count / total) for count in Counter(block).values())


def findings(folders: Iterable[Path], marks: Iterable[str]) -> list[str]:
    """What is readable in any file under these folders, or in its name; empty when nothing is."""
    needles = {form: mark for mark in marks for form in forms_of(mark)}
    return [what for folder in folders for file in sorted(folder.rglob("*")) for what in _of_file(file, needles)]


def _of_file(file: Path, needles: dict[bytes, str]) -> Iterator[str]:
    if any(needle in file.name.encode() for needle in needles):
        yield f"name of {file.name!r}"
    if not file.is_file():
        return
    raw = file.read_bytes()
    yield from _of_bytes(raw, file.name, needles)
    for header, what in _HEADERS.items():
        at = raw.find(header) if len(header) > _ANYWHERE else 0 if raw.startswith(header) else -1
        if at >= 0 and not (at == 0 and header.startswith(b"PK") and _is_archive(file)):
            yield f"{what} in {file.name}"
    inside = _readable_archive(file, raw)
    if inside is not None:
        for name, content in inside.items():
            yield from _of_bytes(name.encode() + b"\n" + content, f"{file.name}/{name}", needles)
    elif _should_be_ciphertext(file) and len(raw) >= _BLOCK:
        blocks = [raw[start : start + _BLOCK] for start in range(0, len(raw) - _BLOCK + 1, _BLOCK)]
        lowest = min(entropy(block) for block in blocks)
        if lowest < LEAST_BITS:
            yield f"{lowest:.2f} bits a byte in {file.name}"


def _of_bytes(raw: bytes, name: str, needles: dict[bytes, str]) -> Iterator[str]:
    yield from (f"{mark} in {name}" for needle, mark in needles.items() if needle in raw)


def _readable_archive(file: Path, raw: bytes) -> dict[str, bytes] | None:
    """What lies in an archive that is meant to be read (a workbook, the support bundle); None for every other file."""
    if file.suffix not in _ARCHIVES:
        return None
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        if any(member.flag_bits & 0x1 for member in members):
            return None
        return {member.filename: archive.read(member) for member in members}


def _is_archive(file: Path) -> bool:
    return file.suffix in _ARCHIVES or (file.suffix == ".part" and ".zip." in file.name)


def _should_be_ciphertext(file: Path) -> bool:
    # the shared-memory index of SQLite's log holds page numbers and checksums only
    return file.name not in _CLEAR_NAMES and not file.name.endswith("-shm") and "fault-reports" not in file.parts

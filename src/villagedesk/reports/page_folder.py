"""Cases as folders of files that any program opens, or as one ZIP: what a clerk uploads by hand, page by page.

Unlike an archive package this is meant to be read elsewhere at once, and it lies outside the encrypted store: so every
file is listed with its hash, and :func:`delete_exported` removes what was written here and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pyzipper

from villagedesk.domain.case import Material, Page
from villagedesk.domain.file_names import free_name, safe_name
from villagedesk.domain.progress import Progress, silent
from villagedesk.store.files import PART_SUFFIX, flush_folder, rename_durably

_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ExportedFile:
    """One file to be written.

    Args:
        name: with ``/`` between folder and file.
        read: gives its bytes when its turn comes, so that one page at a time is in memory.
    """

    name: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Removed:
    """What became of an export that was to be deleted.

    Args:
        deleted: files removed.
        changed: names of files that are not as they were written, and stay.
        missing: files that were gone already.
    """

    deleted: int
    changed: tuple[str, ...]
    missing: int


def page_names(materials: Sequence[Material], pages: Sequence[Page]) -> tuple[tuple[str, Page], ...]:
    """Each page with its file's name, 材料名_序号 (domain: section 6), papers in the order given, then pages of papers
    that are none of these. The paper's place in that order stands before its name: a file dialog sorts by names, and
    would put them in the order of their sounds or codes, whatever the form says."""
    named: list[tuple[str, Page]] = []
    taken: set[str] = set()
    place = 0
    known = {material.requirement_id: material.name for material in materials}
    strange = {page.requirement_id: page.requirement_id for page in pages if page.requirement_id not in known}
    for requirement_id, words in (known | strange).items():
        stem = free_name(safe_name(words, "material"), taken)
        taken.add(stem.casefold())
        own = sorted((page for page in pages if page.requirement_id == requirement_id), key=lambda page: page.order)
        place += bool(own)
        for number, page in enumerate(own, start=1):
            named.append((f"{place:02d}_{stem}_{number:02d}.{_ENDINGS.get(page.media_type, 'bin')}", page))
    return tuple(named)


def part_name(target: Path) -> Path:
    """A name beside it, never used before, under which it lies while it is written."""
    return target.with_name(f"{target.name}.{secrets.token_hex(4)}{PART_SUFFIX}")


def write_folder(
    target: Path, part: Path, files: Sequence[ExportedFile], progress: Progress = silent
) -> dict[str, str]:
    """Write the files into a new folder, which has its name only when all of them are on the medium.

    Args:
        part: of :func:`part_name`, noted by the caller: there some of it stays when the program is ended meanwhile.

    Returns:
        Each file's name with its SHA-256.

    Raises:
        OSError: the medium does not take it. Problem: what a file's ``read`` raises; Cancelled from ``progress``.
            Nothing is left then.
    """
    written: dict[str, str] = {}
    try:
        part.mkdir()
        for number, file in enumerate(files):
            progress(number, len(files))
            data = file.read()
            place = part.joinpath(*PurePosixPath(file.name).parts)
            place.parent.mkdir(exist_ok=True)
            with place.open("xb") as opened:
                opened.write(data)
                opened.flush()
                os.fsync(opened.fileno())
            written[file.name] = hashlib.sha256(data).hexdigest()
        for folder in (*(inner for inner in part.iterdir() if inner.is_dir()), part):
            flush_folder(folder)
        part.rename(target)
        flush_folder(target.parent)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return written


def write_zip(
    target: Path, part: Path, files: Sequence[ExportedFile], passphrase: str = "", progress: Progress = silent
) -> dict[str, str]:
    """Write the files into one new ZIP, locked by AES-256 where there is a passphrase; names stay readable in it.

    Args:
        part: as of :func:`write_folder`.

    Returns:
        The ZIP's own name with its SHA-256.

    Raises:
        OSError, Problem: as :func:`write_folder`. Nothing is left then.
    """
    try:
        with part.open("xb") as raw:
            with _zip(raw, passphrase) as archive:
                for number, file in enumerate(files):
                    progress(number, len(files))
                    archive.writestr(file.name, file.read())
            raw.flush()
            os.fsync(raw.fileno())
        digest = _sha256(part)
        rename_durably(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return {target.name: digest}


def delete_exported(folder: Path, files: Mapping[str, str]) -> Removed:
    """Delete those of the files that are still as they were written, then the folders that are empty.

    Args:
        folder: the folder they were written into.
        files: names with SHA-256, as :func:`write_folder` or :func:`write_zip` gave them; "" where it is not known.

    Raises:
        OSError: the medium lets nothing be deleted; what was deleted before stays deleted.
    """
    deleted, missing = 0, 0
    changed: list[str] = []
    above: set[Path] = set()
    for name, sha256 in files.items():
        place = folder.joinpath(*PurePosixPath(name).parts)
        above |= {one for one in place.parents if one != folder and folder in one.parents}
        if not os.path.lexists(place):
            missing += 1
        elif place.is_symlink() or not place.is_file() or sha256 not in ("", _sha256(place)):
            changed.append(name)
        else:
            place.unlink()
            deleted += 1
    for inner in sorted(above, key=lambda one: len(one.parts), reverse=True):
        with contextlib.suppress(OSError):  # something else lies in it, or it is gone
            inner.rmdir()
    return Removed(deleted, tuple(changed), missing)


def _zip(raw: object, passphrase: str) -> zipfile.ZipFile:
    if not passphrase:
        return zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload,no-any-return]
    locked = pyzipper.AESZipFile(raw, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES)
    locked.setpassword(passphrase.encode("ascii"))
    locked.setencryption(pyzipper.WZ_AES, nbits=256)
    return locked  # type: ignore[no-any-return]


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()

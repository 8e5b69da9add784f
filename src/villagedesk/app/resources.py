"""Where the ``resources/`` folder lies: source checkout, installed wheel or PyInstaller folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

_WANTED = (
    "messages/zh_CN",
    "fonts/villagedesk-base.ttf",
    "icons",
    "catalogue",
    "bridge",
    "help",
    "code_lists/common_passwords.txt",
)


class ResourcesMissing(Exception):
    """The program's own files are not where they were installed; it has to be installed again."""


def resources_folder() -> Path:
    """The folder with messages, icons, fonts and catalogue.

    Raises:
        ResourcesMissing: when none of the known places holds it.
    """
    for folder in _places():
        if (folder / "messages").is_dir():
            return folder
    raise ResourcesMissing(", ".join(str(folder) for folder in _places()))


def missing_resources(folder: Path) -> tuple[str, ...]:
    """What a complete ``resources/`` folder must hold and this one does not; empty when all is there."""
    return tuple(name for name in _WANTED if not (folder / name).exists())


def messages_folder(resources: Path) -> Path:
    """The message catalogue's folder."""
    return resources / "messages" / "zh_CN"


def rare_fonts(resources: Path) -> list[Path]:
    """The shipped fonts for rare characters; none in a source checkout, where the system has them."""
    return sorted((resources / "fonts" / "rare").glob("*.tt[fc]"))


def _places() -> Iterator[Path]:
    bundled = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's loader only
    if bundled is not None:
        yield Path(str(bundled)) / "resources"
        return
    package = Path(__file__).resolve().parent.parent
    yield package.parent.parent / "resources"  # checkout: src/villagedesk/../../resources
    yield package / "resources"  # wheel that carries them inside the package
    import sysconfig  # noqa: PLC0415 - no start but that of such a wheel should pay for it

    yield Path(sysconfig.get_path("data")) / "share" / "villagedesk" / "resources"

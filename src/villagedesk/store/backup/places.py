"""Where a backup could go: the removable drives that are plugged in now."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

_MOUNTED_UNDER = ("/media/", "/run/media/", "/mnt/")
_MOST_BYTES = 1 << 20
_ESCAPED = re.compile(r"\\([0-7]{3})")
_DISK_OF = re.compile(r"mmcblk[0-9]+|nvme[0-9]+n[0-9]+|[a-z]+")

if sys.platform == "win32":
    import ctypes

    _REMOVABLE = 2

    def removable_places(_root: Path = Path("/")) -> tuple[Path, ...]:
        """Drives Windows calls removable, by letter."""
        drives = ctypes.windll.kernel32.GetLogicalDrives()
        letters = [chr(ord("A") + number) for number in range(26) if drives >> number & 1]
        # floppy drives are removable too, and asking them takes seconds
        roots = [f"{letter}:\\" for letter in letters if letter not in "AB"]
        return tuple(Path(root) for root in roots if ctypes.windll.kernel32.GetDriveTypeW(root) == _REMOVABLE)
else:

    def removable_places(root: Path = Path("/")) -> tuple[Path, ...]:
        """Mounted disks the kernel calls removable, or that hang on USB, by their folder's name.

        Args:
            root: of the file system, another in tests.
        """
        try:
            with (root / "proc/self/mounts").open("rb") as file:
                lines = file.read(_MOST_BYTES).decode("utf-8", "replace").splitlines()
        except OSError:
            return ()
        found = set()
        for device, folder, *_ in (fields for line in lines if len(fields := line.split(" ")) >= 2):
            name = _ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), folder)
            if name.startswith(_MOUNTED_UNDER) and _can_be_taken_away(root, device):
                found.add(root / name.lstrip("/"))
        return tuple(sorted(found))


def _can_be_taken_away(root: Path, device: str) -> bool:
    partition = device.rpartition("/")[2]
    disk = _DISK_OF.match(partition)
    if not device.startswith("/dev/") or disk is None:
        return False
    entry = root / "sys/class/block" / disk[0]
    with contextlib.suppress(OSError):
        if (entry / "removable").read_text(encoding="ascii").strip() == "1":
            return True
        return "/usb" in str(entry.resolve())
    return False

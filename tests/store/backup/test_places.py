"""Which mounted disks are offered."""

from __future__ import annotations

from pathlib import Path

from villagedesk.store.backup.places import removable_places


def test_sticks_are_offered_and_fixed_disks_are_not(tmp_path: Path) -> None:
    _disk(tmp_path, "sda", "pci0000/ata1", removable=False)
    _disk(tmp_path, "sdb", "pci0000/usb1/1-1", removable=True)
    _disk(tmp_path, "sdc", "pci0000/usb2/2-1", removable=False)  # a hard disk in a USB box
    _disk(tmp_path, "mmcblk0", "pci0000/mmc", removable=True)
    mounts = tmp_path / "proc/self/mounts"
    mounts.parent.mkdir(parents=True)
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "/dev/sda2 /mnt/data ext4 rw 0 0\n"
        "/dev/sdb1 /media/clerk/BACKUP\\040ONE vfat rw 0 0\n"
        "/dev/sdc1 /run/media/clerk/disk exfat rw 0 0\n"
        "/dev/mmcblk0p1 /mnt/card vfat rw 0 0\n"
        "/dev/sdb2 /home/stick vfat rw 0 0\n"
        "tmpfs /mnt/memory tmpfs rw 0 0\n"
        "broken\n",
        encoding="utf-8",
    )
    names = [str(place.relative_to(tmp_path)) for place in removable_places(tmp_path)]
    assert names == ["media/clerk/BACKUP ONE", "mnt/card", "run/media/clerk/disk"]


def test_a_system_that_tells_nothing_offers_nothing(tmp_path: Path) -> None:
    assert removable_places(tmp_path) == ()


def _disk(root: Path, name: str, path: str, *, removable: bool) -> None:
    device = root / "sys/devices" / path / "block" / name
    device.mkdir(parents=True)
    (device / "removable").write_text("1\n" if removable else "0\n", encoding="ascii")
    entry = root / "sys/class/block" / name
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.symlink_to(device)

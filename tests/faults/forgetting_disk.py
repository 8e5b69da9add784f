"""A disk in memory that keeps what programs see apart from what a power cut would leave of it.

Every change is put down in one log, in the order it was made, so that what survives a cut at any place of the log can
be worked out afterwards, in three worlds:

``strict``
    Only what was flushed: a file's contents by fsync or fdatasync of that file (closing flushes nothing), a folder's
    entries (create, rename, unlink, mkdir) by fsync of that folder.
``ordered``
    As ext4 with data=ordered and delayed allocation: any flush commits all changes of entries so far, later ones
    survive in the order they were made, up to some one of them; of unflushed contents, pages survive as they were at
    some time.
``worst``
    All that POSIX leaves open: of the changes of entries that were not flushed any may survive without the others; of
    unflushed contents each page of 4 KiB survives as it was at some time since the last flush, torn at sectors of 512
    bytes; a file may have its new length without its new contents.

A rename within a folder happens or does not in every world. One between folders is never lost at both ends: the entry
at the old place goes only when the one at the new place is there; both may be left of a file, never of a folder, which
no file system keeps under two names. Contents whose flush failed are what Linux makes of them: no later flush writes
them, unless the program writes them again.
"""

from __future__ import annotations

import errno
import random
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

PAGE = 4096
SECTOR = 512
SURE_FILE = "acks"
"""Name, in a disk's root, of the file that survives every cut with all that was written to it: the confirmations."""


class World(Enum):
    """What a power cut leaves of changes that were not flushed."""

    STRICT = "strict"
    ORDERED = "ordered"
    WORST = "worst"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the log.

    Args:
        kind: ``create``, ``mkdir``, ``write``, ``truncate``, ``rename``, ``unlink``, ``fsync``, ``fsyncdir``,
            ``fsync_failed``; ``sure`` for a write to :data:`SURE_FILE`.
        node: the file or folder that was changed, flushed or got another name.
        folder, name: the entry; of a rename the old one.
        to_folder, to_name: of a rename the new one.
        at: offset of a write, new length of a truncation.
    """

    kind: str
    node: int
    folder: int = 0
    name: str = ""
    to_folder: int = 0
    to_name: str = ""
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Node:
    """A file or a folder as programs see it."""

    number: int
    is_folder: bool
    data: bytearray = field(default_factory=bytearray)
    entries: dict[str, int] = field(default_factory=dict)

    @property
    def mode(self) -> int:
        """As ``st_mode``."""
        return stat.S_IFDIR | 0o755 if self.is_folder else stat.S_IFREG | 0o644


@dataclass(slots=True)
class Contents:
    """A file on its way to the platter: what is flushed, and how each unflushed page looked since then."""

    live: bytearray
    flushed: bytearray
    pages: dict[int, list[bytes]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def write(self, at: int, data: bytes) -> None:
        """Note a write."""
        put(self.live, at, data)
        self._touch(at, at + len(data))

    def truncate(self, size: int) -> None:
        """Note a new length."""
        cut(self.live, size)
        self.sizes.append(size)

    def _touch(self, start: int, end: int) -> None:
        for page in range(start // PAGE, (end + PAGE - 1) // PAGE):
            self.pages.setdefault(page, []).append(bytes(self.live[page * PAGE : (page + 1) * PAGE]))
        self.sizes.append(len(self.live))

    def flush(self) -> None:
        """Note a successful fsync: the pages written since the last one, whether that succeeded or not."""
        size = len(self.live)
        for page in self.pages:
            put(self.flushed, page * PAGE, bytes(self.live[page * PAGE : (page + 1) * PAGE]))
        cut(self.flushed, size)
        self.forget()

    def forget(self) -> None:
        """Note a failed fsync: its pages are clean to the system and will not be written."""
        self.pages.clear()
        self.sizes.clear()

    def survivor(self, world: World, dice: random.Random) -> bytes:
        """What a cut now leaves of the file."""
        if world is World.STRICT or not self.sizes:
            return bytes(self.flushed)
        kept = bytearray(self.flushed)
        chance = dice.choice((0.1, 0.5, 0.9, 1.0))
        for page, versions in sorted(self.pages.items()):
            if dice.random() >= chance:
                continue
            latest = dice.randrange(len(versions))
            body = versions[latest]
            if world is World.WORST:
                before = versions[latest - 1] if latest else bytes(self.flushed[page * PAGE : (page + 1) * PAGE])
                body = _torn(before, body, dice)
            put(kept, page * PAGE, body)
        # The length follows the contents in the ordered world; in the worst one it goes its own way.
        if world is World.WORST:
            cut(kept, dice.choice((len(self.flushed), *self.sizes)))
        elif chance == 1.0 and dice.random() < 0.5:
            return bytes(self.live)
        elif min(self.sizes) < len(self.flushed) and dice.random() < 0.5:
            cut(kept, dice.choice(self.sizes))
        return bytes(kept)


def _torn(before: bytes, after: bytes, dice: random.Random) -> bytes:
    length = max(len(before), len(after))
    older, newer = before.ljust(length, b"\0"), after.ljust(length, b"\0")
    if dice.random() < 0.5:
        return newer
    sectors = range(0, length, SECTOR)
    return b"".join((newer if dice.random() < 0.5 else older)[at : at + SECTOR] for at in sectors)


def put(data: bytearray, at: int, new: bytes) -> None:
    """Write into a file's bytes, past the end too."""
    if at > len(data):
        data.extend(bytes(at - len(data)))
    data[at : at + len(new)] = new


def cut(data: bytearray, size: int) -> None:
    """Make a file's bytes that long."""
    if size < len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


class Disk:
    """One tree of folders and files, empty or copied from an ordinary folder (all of that is flushed)."""

    def __init__(self, base: Path | None = None) -> None:
        self.nodes: dict[int, Node] = {1: Node(1, is_folder=True)}
        self.log: list[Change] = []
        if base is not None:
            self._load(base, self.nodes[1])
        self._base = {
            number: Node(number, node.is_folder, bytearray(node.data), dict(node.entries))
            for number, node in self.nodes.items()
        }

    @property
    def root(self) -> Node:
        """The folder everything lies in."""
        return self.nodes[1]

    def _load(self, folder: Path, into: Node) -> None:
        for entry in sorted(folder.iterdir()):
            node = self._new(is_folder=entry.is_dir())
            into.entries[entry.name] = node.number
            if entry.is_dir():
                self._load(entry, node)
            else:
                node.data[:] = entry.read_bytes()

    def _new(self, *, is_folder: bool) -> Node:
        node = Node(len(self.nodes) + 1, is_folder)
        self.nodes[node.number] = node
        return node

    def find(self, names: Sequence[str]) -> Node:
        """The node at a path. Raises OSError ENOENT or ENOTDIR."""
        node = self.root
        for name in names:
            if not node.is_folder:
                raise OSError(errno.ENOTDIR, name)
            if name not in node.entries:
                raise OSError(errno.ENOENT, name)
            node = self.nodes[node.entries[name]]
        return node

    def create(self, names: Sequence[str], *, is_folder: bool = False) -> Node:
        """A new file or folder. Raises OSError."""
        folder = self.find(names[:-1])
        if names[-1] in folder.entries:
            raise OSError(errno.EEXIST, names[-1])
        node = self._new(is_folder=is_folder)
        folder.entries[names[-1]] = node.number
        self._note(Change("mkdir" if is_folder else "create", node.number, folder.number, names[-1]))
        return node

    def unlink(self, names: Sequence[str]) -> None:
        """Remove a file, or an empty folder. Raises OSError."""
        node, folder = self.find(names), self.find(names[:-1])
        if node.entries:
            raise OSError(errno.ENOTEMPTY, names[-1])
        del folder.entries[names[-1]]
        self._note(Change("unlink", node.number, folder.number, names[-1]))

    def rename(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Rename, over what is there too. Raises OSError."""
        node, source, target = self.find(old), self.find(old[:-1]), self.find(new[:-1])
        there = target.entries.get(new[-1])
        if there is not None and self.nodes[there].entries:
            raise OSError(errno.ENOTEMPTY, new[-1])
        del source.entries[old[-1]]
        target.entries[new[-1]] = node.number
        self._note(Change("rename", node.number, source.number, old[-1], target.number, new[-1]))

    def write(self, node: Node, at: int, data: bytes) -> None:
        """Write into a file."""
        put(node.data, at, data)
        sure = self.root.entries.get(SURE_FILE) == node.number
        self._note(Change("sure" if sure else "write", node.number, at=at, data=data))

    def truncate(self, node: Node, size: int) -> None:
        """Give a file another length."""
        cut(node.data, size)
        self._note(Change("truncate", node.number, at=size))

    def flush(self, node: Node, *, fails: bool = False) -> None:
        """fsync or fdatasync, of a file or a folder; one that fails is noted as such."""
        self._note(Change("fsync_failed" if fails else "fsyncdir" if node.is_folder else "fsync", node.number))

    def _note(self, change: Change) -> None:
        self.log.append(change)

    def recording(self) -> Recording:
        """What was done since the start, to be cut anywhere."""
        return Recording(self._base, self.log)


@dataclass(frozen=True)
class Recording:
    """A disk as it was, all flushed, and all that was done to it since."""

    base: dict[int, Node]
    log: list[Change]

    def survivors(self, length: int, world: World, seed: int) -> Survivors:
        """What a power cut after the first ``length`` changes leaves; the seed decides where the world leaves a choice.

        Raises:
            ValueError: when the log is shorter.
        """
        if length > len(self.log):
            raise ValueError("nothing was done after the end of the log")
        return Survivors(self, length, world, random.Random(f"{seed} {length} {world.value}"))


class Survivors:
    """The state after a cut."""

    def __init__(self, recording: Recording, length: int, world: World, dice: random.Random) -> None:
        log = recording.log[:length]
        self._world, self._dice = world, dice
        self._files = {
            number: Contents(bytearray(node.data), bytearray(node.data))
            for number, node in recording.base.items()
            if not node.is_folder
        }
        self._folders = {number: dict(node.entries) for number, node in recording.base.items() if node.is_folder}
        pending: list[Change] = []
        for change in log:
            if change.kind in ("create", "mkdir"):
                self._add(change)
            if change.kind in ("create", "mkdir", "rename", "unlink"):
                pending.append(change)
                if change.kind == "create" and change.folder == 1 and change.name == SURE_FILE:
                    self._folders[1][SURE_FILE] = change.node
            elif change.kind == "sure":
                put(self._files[change.node].flushed, change.at, change.data)
            elif change.kind == "write":
                self._files[change.node].write(change.at, change.data)
            elif change.kind == "truncate":
                self._files[change.node].truncate(change.at)
            elif change.kind == "fsync":
                self._files[change.node].flush()
                if world is World.ORDERED:
                    pending = self._commit_all(pending)
            elif change.kind == "fsyncdir":
                pending = self._commit_all(pending) if world is World.ORDERED else self._commit(change.node, pending)
            elif change.node in self._files:
                self._files[change.node].forget()
        for change in self._chosen(pending):
            self._apply(change)

    def _add(self, change: Change) -> None:
        if change.kind == "mkdir":
            self._folders[change.node] = {}
        else:
            self._files[change.node] = Contents(bytearray(), bytearray())

    def _apply(self, change: Change, *, ends: str = "both") -> None:
        if change.kind in ("create", "mkdir"):
            self._folders[change.folder][change.name] = change.node
            return
        if change.kind == "rename" and ends != "old":
            self._folders[change.to_folder][change.to_name] = change.node
        same_place = (change.folder, change.name) == (change.to_folder, change.to_name)
        if ends != "new" and not same_place and self._folders[change.folder].get(change.name) == change.node:
            del self._folders[change.folder][change.name]

    def _commit_all(self, pending: list[Change]) -> list[Change]:
        for change in pending:
            self._apply(change)
        return []

    def _commit(self, folder: int, pending: list[Change]) -> list[Change]:
        left = []
        for change in pending:
            arrives = change.kind == "rename" and change.to_folder == folder
            if change.folder == folder or (arrives and change.node in self._folders):
                self._apply(change)
            elif arrives:
                self._apply(change, ends="new")
                left.append(change)
            else:
                left.append(change)
        return left

    def _chosen(self, pending: list[Change]) -> list[Change]:
        if self._world is World.STRICT or not pending:
            return []
        if self._world is World.ORDERED:
            return pending[: self._dice.randint(0, len(pending))]
        chance = self._dice.choice((0.1, 0.5, 0.9))
        return [change for change in pending if self._dice.random() < chance]

    def write_into(self, folder: Path) -> None:
        """Write the state into a new ordinary folder."""
        self._write(1, folder)

    def _write(self, number: int, folder: Path) -> None:
        folder.mkdir()
        for name, node in sorted(self._folders[number].items()):
            if node in self._folders:
                self._write(node, folder / name)
            else:
                (folder / name).write_bytes(self._files[node].survivor(self._world, self._dice))

    def paths(self) -> Iterator[str]:
        """Paths of the surviving files, for tests."""
        yield from self._paths(1, "")

    def _paths(self, number: int, before: str) -> Iterator[str]:
        for name, node in sorted(self._folders[number].items()):
            if node in self._folders:
                yield from self._paths(node, f"{before}{name}/")
            else:
                yield f"{before}{name}"

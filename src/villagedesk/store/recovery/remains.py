"""What can still be read of a damaged database: rows on readable pages, and how many others there must have been.

Each table is walked from its root. Where the way down is cut, its leaves are still there: a leaf that no other page
leads to, that is not free, and whose rows fit the table and the gap, belongs to the gap. Indexes tell which rows there
were, and give a row back whole where their columns together are all it had.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from villagedesk.domain.progress import Progress, silent
from villagedesk.store.recovery.log_file import LogFile
from villagedesk.store.recovery.pages import (
    INDEX_INTERIOR,
    INDEX_LEAF,
    TABLE_INTERIOR,
    TABLE_LEAF,
    Cell,
    Record,
    TreePage,
    Unreadable,
    Value,
)
from villagedesk.store.recovery.sealed import PAGE_BYTES, SALT_BYTES, SealedPages
from villagedesk.store.recovery.shapes import Shape

Range = tuple[int, int]
EVERYTHING: Range = (-(1 << 63), (1 << 63) - 1)
_SCHEMA_ROOT = 1
_LOOK_EVERY = 256


class DamagedFile:
    """The pages of a database and its log, as they would be after the log's last commit.

    Args:
        path: the database; its log is looked for beside it.
        progress: told of pages read.

    Raises:
        OSError: when the files cannot be read.
    """

    def __init__(self, path: Path, database_key: bytes, progress: Progress = silent) -> None:
        self._file = path.open("rb")
        self._sealed = SealedPages(database_key, self._file.read(SALT_BYTES))
        self._logged, size, self.frames_lost = LogFile(path.with_name(f"{path.name}-wal"), self._sealed).committed()
        self.count = max(os.fstat(self._file.fileno()).st_size // PAGE_BYTES, size, *self._logged, 0)
        self.unreadable: set[int] = set()
        self._progress, self._reads = progress, 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def page(self, number: int) -> bytes | None:
        """The page's content, None when it is damaged or past the end."""
        self._reads += 1
        if self._reads % _LOOK_EVERY == 0:
            self._progress(min(self._reads, self.count), self.count)
        if not 1 <= number <= self.count:
            return None
        if (logged := self._logged.get(number)) is not None:
            return logged
        self._file.seek((number - 1) * PAGE_BYTES)
        content = self._sealed.open(number, self._file.read(PAGE_BYTES))
        if content is None:
            self.unreadable.add(number)
        return content


@dataclass
class TableRemains:
    """Rows of one table by rowid, and the rowids of rows that were there and are gone."""

    rows: dict[int, Record] = field(default_factory=dict)
    known: set[int] = field(default_factory=set)

    def lost(self) -> int:
        """How many rows are gone at least."""
        return len(self.known - self.rows.keys())


@dataclass(frozen=True)
class Remains:
    """All of it.

    Args:
        tables: by name; tables the damaged database did not have yet are empty.
        revision: of its schema, "" when that cannot be read.
        stale: whether leaves were taken without knowing which pages are free: a row may be an older state of itself.
        pages: how many the file has, and how many of these cannot be read.
    """

    tables: Mapping[str, TableRemains]
    revision: str
    stale: bool
    pages: int
    pages_unreadable: int
    frames_unreadable: int


def read_remains(file: DamagedFile, shapes: Mapping[str, Shape]) -> Remains:
    """Read every page once and sort its rows into their tables.

    Args:
        shapes: of today's tables by name.

    Raises:
        Cancelled: by the file's ``progress``.
    """
    return _Reader(file, shapes).read()


class _Reader:
    def __init__(self, file: DamagedFile, shapes: Mapping[str, Shape]) -> None:
        self._file = file
        self._shapes = shapes
        self._reached: set[int] = set()
        self._gaps: dict[str, list[Range]] = {}

    def read(self) -> Remains:
        tables = {name: TableRemains() for name in self._shapes}
        roots, schema_whole = self._schema()
        # without a whole schema it is not known which tables there were, so each may be the one a leaf belongs to
        self._gaps = {name: [] if name in roots or schema_whole else [EVERYTHING] for name in self._shapes}
        for name, shape in self._shapes.items():
            if name in roots:
                self._table(roots[name], tables[name], self._gaps[name])
            partial: dict[int, dict[str, Value]] = {}
            for index, columns in shape.indexes.items():
                if index in roots:
                    for entry in self._index(roots[index], len(columns) + 1):
                        if isinstance(rowid := entry[-1], int):
                            partial.setdefault(rowid, {}).update(zip(columns, entry, strict=False))
            tables[name].known.update(partial)
            for rowid, values in partial.items():
                if rowid not in tables[name].rows and (whole := shape.whole(values)) is not None:
                    tables[name].rows[rowid] = whole
        free, free_known = self._free_pages()
        taken = self._orphans(tables, free) if any(self._gaps.values()) else 0
        return Remains(
            tables=tables,
            revision=self._revision(roots.get("alembic_version", 0)),
            stale=taken > 0 and not free_known,
            pages=self._file.count,
            pages_unreadable=len(self._file.unreadable),
            frames_unreadable=self._file.frames_lost,
        )

    def _schema(self) -> tuple[dict[str, int], bool]:
        found, gaps = TableRemains(), list[Range]()
        self._table(_SCHEMA_ROOT, found, gaps)
        roots = {
            entry[1]: entry[3]
            for entry in found.rows.values()
            if len(entry) == 5 and isinstance(entry[1], str) and isinstance(entry[3], int) and entry[3] > 1
        }
        return roots, not gaps and not found.lost()

    def _revision(self, root: int) -> str:
        found = TableRemains()
        self._reached.discard(root)
        self._table(root, found, [])
        values = [str(entry[0]) for entry in found.rows.values() if entry]
        return values[0] if len(values) == 1 else ""

    def _table(self, root: int, found: TableRemains, gaps: list[Range]) -> None:
        waiting: list[tuple[int, Range]] = [(root, EVERYTHING)]
        while waiting:
            number, reach = waiting.pop()
            page = self._tree_page(number, (TABLE_LEAF, TABLE_INTERIOR))
            if page is None:
                gaps.append(reach)
                continue
            try:
                if page.interior:
                    low = reach[0]
                    for cell in page.cells():
                        waiting.append((cell.child, (low, cell.key)))
                        low = cell.key
                    waiting.append((page.last_child, (low, reach[1])))
                else:
                    for cell in page.cells():
                        found.known.add(cell.key)
                        self._take(page, cell, found)
            except Unreadable:
                gaps.append(reach)

    def _take(self, page: TreePage, cell: Cell, found: TableRemains) -> None:
        try:
            found.rows[cell.key] = page.record(cell, self._overflow)
        except Unreadable:
            return

    def _index(self, root: int, length: int) -> Iterator[Record]:
        waiting = [root]
        while waiting:
            page = self._tree_page(waiting.pop(), (INDEX_LEAF, INDEX_INTERIOR))
            if page is None:
                continue
            try:
                for cell in page.cells():
                    if cell.child:
                        waiting.append(cell.child)
                    try:
                        entry = page.record(cell, self._overflow)
                    except Unreadable:
                        continue
                    if len(entry) == length:
                        yield entry
                if page.interior:
                    waiting.append(page.last_child)
            except Unreadable:
                continue

    def _tree_page(self, number: int, kinds: Sequence[int]) -> TreePage | None:
        if number in self._reached:
            return None
        content = self._file.page(number)
        if content is None:
            return None
        try:
            page = TreePage(number, content)
        except (Unreadable, IndexError, struct.error):
            return None
        if page.kind not in kinds:
            return None
        self._reached.add(number)
        return page

    def _overflow(self, number: int) -> bytes | None:
        self._reached.add(number)
        return self._file.page(number)

    def _free_pages(self) -> tuple[set[int], bool]:
        first = self._file.page(1)
        if first is None:
            return set(), False
        trunk, expected = struct.unpack_from(">II", first, 32)
        free: set[int] = set()
        while trunk and trunk not in free:
            content = self._file.page(trunk)
            if content is None:
                return free, False
            free.add(trunk)
            trunk, count = struct.unpack_from(">II", content)
            free.update(struct.unpack_from(f">{min(count, PAGE_BYTES // 4 - 2)}I", content, 8))
        return free, len(free) == expected

    def _orphans(self, tables: Mapping[str, TableRemains], free: set[int]) -> int:
        taken = 0
        for number in range(2, self._file.count + 1):
            if number in self._reached or number in free:
                continue
            page = self._tree_page(number, (TABLE_LEAF,))
            if page is None:
                continue
            found = TableRemains()
            try:
                for cell in page.cells():
                    found.known.add(cell.key)
                    self._take(page, cell, found)
            except Unreadable:
                continue
            owner = self._owner(found)
            if owner:
                taken += 1
                self._merge(tables[owner], found, self._shapes[owner])
        return taken

    def _owner(self, found: TableRemains) -> str:
        """The one table with a gap that the leaf's rows fit into, "" when there is none or more than one."""
        if not found.rows:
            return ""
        fitting = [
            name
            for name, gaps in self._gaps.items()
            if any(all(low <= key <= high for key in found.known) for low, high in gaps)
            and all(self._shapes[name].fits(entry) for entry in found.rows.values())
        ]
        return fitting[0] if len(fitting) == 1 else ""

    def _merge(self, table: TableRemains, found: TableRemains, shape: Shape) -> None:
        table.known.update(found.known)
        for key, entry in found.rows.items():
            there = table.rows.get(key)
            if there is None or shape.newer(entry, there):
                table.rows[key] = entry

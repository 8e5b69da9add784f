"""Pictures that arrive in a folder, from a telephone or a scanner, and are offered for the paper that is open."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.import_views import SeenFiles, SeenPage
from villagedesk.desk.views import Sentence
from villagedesk.devices.ports import ArrivedFile, PictureFolder
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right

SETTING = "watched_folder"
Begun = tuple[tuple[int, int], tuple[int, ...]]


@dataclass(frozen=True)
class Watched:
    """The folder that is watched, as the settings keep it.

    Args:
        folder: "" for none.
        done: states of its files that were there before, were brought in or are not wanted, by name.
        begun: states of files of which some pages were taken, and the numbers of those pages, by name.
    """

    folder: str = ""
    done: dict[str, tuple[int, int]] | None = None
    begun: dict[str, Begun] = field(default_factory=dict)

    def to_text(self) -> str:
        """For the settings."""
        if not self.folder:
            return ""
        told = {"folder": self.folder, "done": self.done or {}, "begun": self.begun}
        return json.dumps(told, ensure_ascii=False)


def watched_of(text: str) -> Watched:
    """As the settings have it; what cannot be read there is no folder."""
    try:
        kept = json.loads(text or "{}")
        done = {str(name): (int(state[0]), int(state[1])) for name, state in kept.get("done", {}).items()}
        begun = {
            str(name): ((int(state[0]), int(state[1])), tuple(int(number) for number in numbers))
            for name, (state, numbers) in kept.get("begun", {}).items()
        }
        return Watched(str(kept.get("folder", "")), done, begun)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Watched()


@dataclass(frozen=True)
class ArrivalsView:
    """What the folder has for the clerk.

    Args:
        folder: "" where none is watched.
        files: oldest first.
        unfinished: files that began to come and have not gone on for long.
        trouble: why it cannot be looked into now.
    """

    folder: str
    files: tuple[Path, ...] = ()
    unfinished: tuple[Path, ...] = ()
    trouble: Sentence | None = None


class Arrivals:
    """The watched folder. Calls block and may come from several threads.

    Args:
        look: None where no folder can be watched.
    """

    def __init__(self, look: PictureFolder | None, store: Store, acting: Acting) -> None:
        self._look = look
        self._store = store
        self._acting = acting
        self._guard = threading.Lock()
        self._last: tuple[ArrivedFile, ...] = ()
        self._readable: dict[Path, frozenset[int]] = {}
        """Numbers of the pages that can be taken from a file, since it was looked into."""

    def view(self) -> ArrivalsView:
        """What came and is whole; asked for again and again while papers are taken. A folder that is not there, e.g.
        on a memory stick, is looked for again each time."""
        self._acting.need(Right.WORK)
        watched = self._watched()
        if not watched.folder or self._look is None:
            return ArrivalsView("")
        try:
            files = self._look.look(Path(watched.folder), watched.done or {})
        except EnvironmentProblem as problem:
            return ArrivalsView(watched.folder, trouble=Sentence(problem.key, problem.params, "warn"))
        with self._guard:
            self._last = files
        whole, part = (tuple(file.path for file in files if file.whole is wanted) for wanted in (True, False))
        return ArrivalsView(watched.folder, whole, part)

    def done_with(self, files: Sequence[Path]) -> None:
        """These were brought in, or are not wanted: they are not offered again unless they are written anew. The files
        themselves stay where they are. Others are passed over."""
        self._acting.need(Right.WORK)
        known = self._states()
        told = {path.name: known[path] for path in files if path in known}
        if told:
            self._note(told, {})

    def marked(self, seen: SeenFiles) -> SeenFiles:
        """The pages found in files, each with whether it was taken before."""
        self._acting.need(Right.WORK)
        known, begun = self._states(), self._watched().begun
        readable: dict[Path, set[int]] = {}
        pages: list[SeenPage] = []
        for page in seen.pages:
            path = page.source.path
            if path is None:
                pages.append(page)
                continue
            readable.setdefault(path, set()).add(page.number)
            state, numbers = begun.get(path.name, (None, ()))
            pages.append(replace(page, taken=path in known and known[path] == state and page.number in numbers))
        with self._guard:
            self._readable = {path: frozenset(numbers) for path, numbers in readable.items()}
        return replace(seen, pages=tuple(pages))

    def took(self, pages: Sequence[SeenPage]) -> None:
        """These became pages of a case. A file is done with once all of its pages did; till then it is offered on, for
        one copier sends the papers of several materials in one file."""
        self._acting.need(Right.WORK)
        known = self._states()
        numbers: dict[Path, set[int]] = {}
        for page in pages:
            if page.source.path is not None and page.source.path in known:
                numbers.setdefault(page.source.path, set()).add(page.number)
        before = self._watched().begun
        done: dict[str, tuple[int, int]] = {}
        begun: dict[str, Begun] = {}
        for path, taken in numbers.items():
            state, earlier = before.get(path.name, (None, ()))
            together = taken | set(earlier if state == known[path] else ())
            if together >= self._readable.get(path, frozenset()):
                done[path.name] = known[path]
            else:
                begun[path.name] = known[path], tuple(sorted(together))
        if numbers:
            self._note(done, begun)

    def _states(self) -> dict[Path, tuple[int, int]]:
        with self._guard:
            return {file.path: file.state for file in self._last}

    def _note(self, done: dict[str, tuple[int, int]], begun: dict[str, Begun]) -> None:
        if self._look is None:
            return
        watched = self._watched()
        try:
            there = self._look.names(Path(watched.folder))
        except EnvironmentProblem:
            there = None  # the stick was pulled out: its files are remembered until it is back

        def work(transaction: Transaction) -> None:
            now = watched_of(transaction.setting(SETTING))
            if now.folder != watched.folder:
                return
            kept = {name: state for name, state in (now.done or {}).items() if there is None or name in there}
            parts = {name: part for name, part in now.begun.items() if there is None or name in there} | begun
            parts = {name: part for name, part in parts.items() if name not in done}
            transaction.put_setting(SETTING, Watched(now.folder, kept | done, parts).to_text())

        self._store.write(work).result()

    def _watched(self) -> Watched:
        return self._store.read(lambda snapshot: watched_of(snapshot.setting(SETTING)))

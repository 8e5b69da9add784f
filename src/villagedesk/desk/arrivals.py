"""Pictures that arrive in a folder, from a telephone or a scanner, and are offered for the paper that is open."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from villagedesk.desk.acting import Acting
from villagedesk.desk.views import Sentence
from villagedesk.devices.ports import ArrivedFile, PictureFolder
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.domain.repositories import Store, Transaction
from villagedesk.domain.roles import Right

SETTING = "watched_folder"


@dataclass(frozen=True)
class Watched:
    """The folder that is watched, as the settings keep it.

    Args:
        folder: "" for none.
        done: states of its files that were there before, were brought in or are not wanted, by name.
    """

    folder: str = ""
    done: dict[str, tuple[int, int]] | None = None

    def to_text(self) -> str:
        """For the settings."""
        return json.dumps({"folder": self.folder, "done": self.done or {}}, ensure_ascii=False) if self.folder else ""


def watched_of(text: str) -> Watched:
    """As the settings have it; what cannot be read there is no folder."""
    try:
        kept = json.loads(text or "{}")
        done = {str(name): (int(state[0]), int(state[1])) for name, state in kept.get("done", {}).items()}
        return Watched(str(kept.get("folder", "")), done)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Watched()


@dataclass(frozen=True)
class ArrivalsView:
    """What the folder has for the clerk.

    Args:
        folder: "" where none is watched.
        files: oldest first.
        trouble: why it cannot be looked into now.
    """

    folder: str
    files: tuple[Path, ...] = ()
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
        return ArrivalsView(watched.folder, tuple(file.path for file in files))

    def done_with(self, files: Sequence[Path]) -> None:
        """These were brought in, or are not wanted: they are not offered again unless they are written anew. The files
        themselves stay where they are. Others are passed over."""
        self._acting.need(Right.WORK)
        with self._guard:
            known = {file.path: file.state for file in self._last}
        told = {path.name: known[path] for path in files if path in known}
        if not told or self._look is None:
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
            transaction.put_setting(SETTING, Watched(now.folder, kept | told).to_text())

        self._store.write(work).result()

    def _watched(self) -> Watched:
        return self._store.read(lambda snapshot: watched_of(snapshot.setting(SETTING)))

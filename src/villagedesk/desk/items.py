"""The items of this village 事项: the catalogue in use with the village's own choices, and how a new one comes in."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from villagedesk.catalogue.calendar import library_years
from villagedesk.catalogue.checked_table import CheckedTable
from villagedesk.catalogue.contents import Contents
from villagedesk.catalogue.item import item_of
from villagedesk.catalogue.package import MAX_BYTES
from villagedesk.desk.acting import Acting
from villagedesk.desk.catalogue_keeping import STARTER_VERSION, InUse, keep, kept
from villagedesk.desk.catalogue_packages import checked, looked_at, not_looked_at, tell_later, what_changed
from villagedesk.desk.item_changes import Words, change_lines
from villagedesk.desk.item_choices import KeptChoice, check_office, keep_choices, keep_office, kept_choices
from villagedesk.desk.item_state import ItemState, state_of
from villagedesk.desk.item_views import CatalogueView, Installed, ItemChanges, LocalChoice
from villagedesk.desk.news import News
from villagedesk.desk.views import Sentence
from villagedesk.domain.audit import STATION, Deed
from villagedesk.domain.case import Case, CaseEvent, RunningCases
from villagedesk.domain.catalogue import CatalogueOrigin
from villagedesk.domain.clock import SHANGHAI, Clock
from villagedesk.domain.mode_move import ModeMove
from villagedesk.domain.problems import InputProblem
from villagedesk.domain.repositories import Snapshot, Store, Transaction
from villagedesk.domain.roles import Right
from villagedesk.domain.service_item import HandlingMode, Office, ServiceItem
from villagedesk.domain.working_days import Calendar, YearOff

T = TypeVar("T")
_MOST_FOUND = 50
_COUNTY = "county"
"""Stands for whoever signed a package, as the actor in the log."""


@dataclass(frozen=True)
class Starter:
    """What the program brings.

    Args:
        made_at: when the files were last changed; only shown.
    """

    contents: Contents
    made_at: datetime


class Items:
    """What can be applied for here. Calls block where they change something, and may come from several threads.

    Args:
        public_key: the county's Ed25519 key for packages, 32 bytes; empty when the station file names none.

    Raises:
        Problem: ``catalogue.*`` when the catalogue cannot be read.
    """

    def __init__(
        self,
        store: Store,
        starter: Starter,
        clock: Clock,
        acting: Acting,
        words: Words,
        news: News,
        public_key: bytes,
    ) -> None:
        self._store = store
        self._clock = clock
        self._acting = acting
        self._words = words
        self._news = news
        self._public_key = public_key
        self._calendar = Calendar(library_years()).with_years(starter.contents.years)
        self._changing = threading.Lock()
        self._refused: Sentence | None = None
        self._bound = lru_cache(maxsize=512)(self._read_bound)
        self._held = self._state(self._begin(starter))
        self._since_midnight = (self._held, self._held)

    def get(self, code: str) -> ServiceItem:
        """The newest version of that item, with the village's own mode and office. Raises KeyError."""
        return self._now.chosen[code]

    def has(self, code: str) -> bool:
        """Whether the catalogue in use has that item."""
        return code in self._now.chosen

    def bound(self, code: str, version: int) -> ServiceItem | None:
        """That version as the county made it, None when it was never here."""
        return self._bound(code, version)

    def of_case(self, case: Case | RunningCases) -> ServiceItem | None:
        """The version the case is bound to, None when it was never here."""
        return self.bound(case.item_code, case.item_version)

    def all(self) -> tuple[ServiceItem, ...]:
        """The whole catalogue, in its order."""
        return tuple(self._now.chosen.values())

    def handled(self) -> tuple[ServiceItem, ...]:
        """Those this village takes in, in the catalogue's order."""
        now = self._now
        return tuple(item for code, item in now.chosen.items() if now.choice(code).handled)

    def search(self, typed: str, limit: int = _MOST_FOUND) -> Sequence[ServiceItem]:
        """The handled items that hold every word typed, best first; favourites, then the most used, when nothing is."""
        now = self._now
        if typed.strip():
            return tuple(now.chosen[item.code] for item in now.finder.search(typed, limit))
        uses = self._store.read(lambda snapshot: snapshot.item_uses())
        order = sorted(self.handled(), key=lambda item: (not now.choice(item.code).favourite, -uses.get(item.code, 0)))
        return order[:limit]

    def taken_in(self, code: str) -> None:
        """Count one more use of that item in the order of what is found; the desk calls it after it is saved."""
        self._now.finder.count_use(code)

    def search_all(self, typed: str) -> tuple[ServiceItem, ...]:
        """The same over the whole catalogue, also what is not handled here; its order when nothing is typed."""
        now = self._now
        return tuple(now.chosen[item.code] for item in now.whole_finder.search(typed, len(now.chosen)))

    def synonyms(self) -> tuple[tuple[str, ...], ...]:
        """Groups of words that mean the same, of the catalogue in use."""
        return self._now.in_use.contents.synonyms

    def prepare(self) -> None:
        """Build the pinyin index, once."""
        self._now.finder.prepare()

    def program_calendar(self) -> Calendar:
        """The years of holidays the program knows by itself."""
        return self._calendar

    def county_years(self) -> Mapping[int, YearOff]:
        """The years of holidays the county's catalogue brought."""
        in_use = self._now.in_use
        return {} if in_use.catalogue.origin is CatalogueOrigin.BUILT_IN else in_use.contents.years

    def changes(self, case: Case) -> ItemChanges | None:
        """What changed since the version the case is bound to; None while nothing did, or nobody can tell."""
        newest = self._now.raw.get(case.item_code)
        if newest is None:
            return ItemChanges(case.item_version, None, ())
        old = self.of_case(case)
        if newest.version == case.item_version or old is None:
            return None
        lines = change_lines(old, newest, self._words)
        return ItemChanges(case.item_version, newest, lines) if lines else None

    def choice(self, code: str) -> LocalChoice:
        """What the village chose for that item."""
        return self._now.choice(code)

    def choices(self) -> Mapping[str, LocalChoice]:
        """All choices that say something, by code."""
        now = self._now
        return {code: kept.on(now.day) for code, kept in now.choices.items()}

    def today(self) -> date:
        """The date in Shanghai."""
        return self._clock.now().astimezone(SHANGHAI).date()

    def mode_in(self, snapshot: Snapshot, code: str) -> HandlingMode | None:
        """The mode in force as a transaction has it; None when the catalogue in use has no such item."""
        raw = self._held.raw.get(code)
        kept = kept_choices(snapshot).get(code, KeptChoice())
        return None if raw is None else kept.on(self.today()).mode or raw.mode

    def choose(self, code: str, choice: LocalChoice) -> None:
        """Choose for one item; cases that were taken in stay as they are.

        Args:
            choice: with another ``mode`` than the one in force it changes now; with a ``move`` to come, on its day,
                and one that was planned and is not named any more does not come.

        Raises:
            InputProblem: ``items.gone``, ``items.too_long``; ``items.day_past`` with the field ``on``.
        """
        self._acting.need(Right.WORK)
        raw = self._now.raw.get(code)
        if raw is None:
            raise InputProblem("items.gone")
        told = replace(choice, office=check_office(choice.office))

        def work(transaction: Transaction) -> None:
            choices, today = kept_choices(transaction), self.today()
            before = choices.get(code, KeptChoice())
            kept = before.chosen(told, raw.mode, today)
            keep_choices(transaction, {**choices, code: kept})
            mode = str(kept.on(today).mode or "")
            detail = {"item": code, "handled": str(told.handled), "mode": mode, "favourite": str(told.favourite)}
            transaction.append_event(self._event(Deed.ITEM_CHOSEN, self._acting.clerk, **detail))
            if kept.move != before.move:
                modes = {"before": str(before.on(today).mode or raw.mode)}
                if kept.move is not None:
                    modes |= {"after": str(kept.move.mode or raw.mode), "on": kept.move.on.isoformat()}
                    modes |= {"move": kept.move.move_id}
                transaction.append_event(self._event(Deed.MODE_MOVED, self._acting.clerk, item=code, **modes))

        self._change(work)

    def undo_move(self, code: str, also: Callable[[Transaction, ModeMove], T]) -> T:
        """Take today's change of an item's mode back, logged.

        Args:
            also: what is taken back with it, in the same transaction.

        Raises:
            InputProblem: ``mode_move.nothing_to_undo`` when its mode did not change, or not today.
        """
        self._acting.need(Right.WORK)

        def work(transaction: Transaction) -> T:
            choices, today = kept_choices(transaction), self.today()
            kept = choices.get(code, KeptChoice())
            if kept.move is None or not kept.move.can_be_undone(today):
                raise InputProblem("mode_move.nothing_to_undo")
            keep_choices(transaction, {**choices, code: replace(kept, move=None)})
            transaction.append_event(
                self._event(Deed.MODE_MOVE_UNDONE, self._acting.clerk, item=code, move=kept.move.move_id)
            )
            return also(transaction, kept.move)

        return self._change(work)

    def move_in(self, snapshot: Snapshot, code: str) -> ModeMove | None:
        """The change of an item's mode that is in force, as a transaction has it; None when the village made none."""
        move = kept_choices(snapshot).get(code, KeptChoice()).move
        return move if move is not None and move.is_in_force(self.today()) else None

    def turn_favourite(self, code: str) -> bool:
        """Make it a favourite, or no longer one; says which. Raises as :meth:`choose`."""
        self._acting.need(Right.WORK)
        choice = self.choice(code)
        self.choose(code, replace(choice, favourite=not choice.favourite))
        return not choice.favourite

    def office(self) -> Office:
        """The village's own address, hours and phones."""
        return self._now.office

    def set_office(self, office: Office) -> None:
        """Set them for all items. Raises InputProblem ``items.too_long``."""
        self._acting.need(Right.WORK)
        told = check_office(office)

        def work(transaction: Transaction) -> None:
            keep_office(transaction, told)
            transaction.append_event(self._event(Deed.ITEM_CHOSEN, self._acting.clerk, item=""))

        self._change(work)

    def catalogue(self) -> CatalogueView:
        """Which catalogue is in use."""
        now = self._now
        catalogue = now.in_use.catalogue
        params = {"version": catalogue.version, "count": len(now.raw)}
        return CatalogueView(
            version=catalogue.version,
            made_at=catalogue.made_at,
            origin=catalogue.origin,
            items=len(now.raw),
            to_check=sum(item.to_check for item in now.raw.values()),
            sentence=Sentence(f"items.origin.{catalogue.origin}", params),
            refused=self._refused,
            arrived=self._store.read(not_looked_at),
        )

    def looked_at(self) -> None:
        """What came over the wire was shown to somebody who works here."""
        self._acting.need(Right.WORK)
        self._store.write(looked_at).result()
        self._news.tell("cases")

    def install_file(self, file: Path) -> Installed:
        """Put a package from a file in use.

        Raises:
            InputProblem: ``catalogue_package.*``, ``catalogue.*``: nothing was changed; ``items.no_file`` (``name``).
        """
        self._acting.need(Right.WORK)
        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)
        except OSError:
            raise InputProblem("items.no_file", name=file.name) from None
        return self._install(data, CatalogueOrigin.FILE, self._acting.clerk)

    def have(self) -> int:
        """The version in use."""
        return self._now.in_use.catalogue.version

    def arrived(self, data: bytes) -> Installed:
        """Put a package in use that came over the wire; no clerk has a hand in it. A refusal is shown until the next
        one comes. Raises as :meth:`install_file`."""
        try:
            installed = self._install(data, CatalogueOrigin.WIRE, _COUNTY)
        except InputProblem as problem:
            self._refused = Sentence("items.refused", {"why": Sentence(problem.key, problem.params)}, "warn")
            self._news.tell("items")
            raise
        self._refused = None
        return installed

    def _install(self, data: bytes, origin: CatalogueOrigin, actor: str) -> Installed:
        with self._changing:
            old = self._held.in_use
            package = checked(data, self._public_key, old)

            def work(transaction: Transaction) -> tuple[InUse, Installed]:
                now = self._clock.now()
                made = keep(transaction, package.contents, package.version, package.made_at, origin, now)
                installed = what_changed(package.version, old.items, made.items)
                if origin is CatalogueOrigin.WIRE:
                    tell_later(transaction, installed)
                detail = {"version": str(package.version), "origin": str(origin)}
                transaction.append_event(self._event(Deed.CATALOGUE_INSTALLED, actor, **detail))
                return made, installed

            in_use, installed = self._store.write(work).result()
            self._held = self._state(in_use)
            self._bound.cache_clear()
        self._news.tell("items", "cases")
        return installed

    def _begin(self, starter: Starter) -> InUse:
        """What is in use: the county's, else the program's own, which is kept anew when the program brings another."""
        found = self._store.read(kept)
        if found is not None and found.catalogue.origin is not CatalogueOrigin.BUILT_IN:
            return found
        if found is not None and found.catalogue.sha256 == starter.contents.sha256:
            return found

        def work(transaction: Transaction) -> InUse:
            origin, now = CatalogueOrigin.BUILT_IN, self._clock.now()
            return keep(transaction, starter.contents, STARTER_VERSION, starter.made_at, origin, now)

        return self._store.write(work).result()

    @property
    def _now(self) -> ItemState:
        """What holds today: a mode that changes at midnight needs no restart and no commit."""
        held, today = self._held, self.today()
        if held.day == today:
            return held
        since, of_today = self._since_midnight
        if since is not held or of_today.day != today:
            of_today = held.on(today)
            self._since_midnight = (held, of_today)
        return of_today

    def _change(self, work: Callable[[Transaction], T]) -> T:
        with self._changing:
            done = self._store.write(work).result()
            self._held = self._state(self._held.in_use, self._held)
        self._news.tell("items")
        return done

    def _state(self, in_use: InUse, before: ItemState | None = None) -> ItemState:
        return state_of(self._store, in_use, self.today(), before)

    def _read_bound(self, code: str, version: int) -> ServiceItem | None:
        text = self._store.read(lambda snapshot: snapshot.item_version(code, version))
        return None if text is None else replace(item_of(CheckedTable(code, json.loads(text))), version=version)

    def _event(self, kind: Deed, actor: str, **detail: str) -> CaseEvent:
        return CaseEvent(STATION, self._clock.now(), actor, kind, detail=detail)

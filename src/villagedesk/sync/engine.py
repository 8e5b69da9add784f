"""The thread edge around runner, changes and link watch: wakes them, paces them, and never ends by an exception."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

from villagedesk.acceptance.port import AcceptanceFailure, Busy, LoginNeeded, NoConnection, Unanswered
from villagedesk.domain.problems import EnvironmentProblem
from villagedesk.sync.catalogue_pull import CataloguePull
from villagedesk.sync.changes import Changes
from villagedesk.sync.documents import DocumentPull
from villagedesk.sync.held import HeldPull
from villagedesk.sync.link import LinkKind, LinkNotices, LinkWatch
from villagedesk.sync.reconcile import Reconciler
from villagedesk.sync.reconcile_times import ReconcileTimes
from villagedesk.sync.runner import Runner
from villagedesk.sync.status import SyncStatus, Told
from villagedesk.sync.turns import CLOCK_GAP, LOOK_AT_LEAST, Turns

_SYNC, _CHANGES, _PIECES = "sync", "sync-changes", "sync-pieces"
_LONG_POLL = 25.0
_POLL_PAUSE = 5.0
_SENDERS_FIRST = 0.5
"""Seconds by which the changes are asked for later than the link came."""


class SyncEngine:
    """Runs the sync thread, the one that waits for changes, and the one that fetches what they announce, from
    :meth:`start` to :meth:`stop`, once.

    Args:
        notices: the system's word that the network changed.
        catalogue: None where nobody puts a new catalogue in use.
        held: fetches the other version of a conflict.
        documents: fetches what the acceptance system hands out.
        abort: breaks off the acceptance system's calls under way, so that stopping is quick.
        publish: called with the status from the engine's threads; must return soon.
    """

    def __init__(
        self,
        runner: Runner,
        changes: Changes,
        reconciler: Reconciler,
        link: LinkWatch,
        notices: LinkNotices,
        *,
        documents: DocumentPull,
        held: HeldPull,
        catalogue: CataloguePull | None = None,
        abort: Callable[[], None],
        publish: Callable[[SyncStatus], None],
    ) -> None:
        self._runner = runner
        self._changes = changes
        self._reconciler = reconciler
        self._link = link
        self._notices = notices
        self._catalogue = catalogue
        self._documents = documents
        self._held = held
        self._abort = abort
        self._told = Told(publish)
        self._clock = runner.clock
        runner.attend = self._attend
        self._look_at_link = True
        self._send_now = False
        self._reconcile_times = ReconcileTimes(self._clock, runner.wait_after)
        self._link_at: float | None = None
        self._glanced = False
        self._away_since: float | None = None
        self._left_alone_until = 0.0
        self._listen_at = 0.0
        self._listen_failures = 0
        self._listen_again = 0.0
        self._advice_at = 0.0
        self._started = False
        self._lead: datetime | None = None
        self._hear_no_commits: Callable[[], None] = lambda: None
        self._turns = Turns(
            self._clock,
            {_SYNC: self._turn, _CHANGES: self._listen, _PIECES: self._fetch},
            frozenset({_CHANGES}),
            self._told,
            self._network_changed,
        )

    @property
    def status(self) -> SyncStatus:
        """As last published."""
        return self._told.status

    def start(self) -> None:
        """Begin. What was under way when the program ended last becomes uncertain first."""
        self._hear_no_commits = self._runner.store.subscribe(self._turns.wake)
        self._notices.start(self._network_changed)
        self._turns.start()

    def stop(self, seconds: float = 5.0) -> bool:
        """End: no further page begins, calls under way are broken off. Gives whether all ended in that time."""
        self._turns.forbid()
        self._hear_no_commits()  # or the store would keep this engine, and all it holds, until it closes
        self._runner.stop()
        self._abort()
        until = monotonic() + seconds
        ended = self._notices.stop(seconds)
        ended = self._turns.join(max(0.0, until - monotonic())) and ended
        # Whoever steps waits for the workers, so that these have ended where it has.
        self._runner.close(wait=ended)
        return ended

    def kick(self) -> None:
        """The clerk says *send now*: look at the link and end all waits."""
        self._link.ask_anyway()
        self._listen_again = 0.0
        with self._turns.changed:
            self._send_now = True
        self._look_now()

    def _look_now(self) -> None:
        with self._turns.changed:
            self._look_at_link = True
            self._turns.call()

    def _network_changed(self) -> None:
        # Before the sync thread is woken, so that what it finds is said last.
        with contextlib.suppress(EnvironmentProblem):
            self._tell_at_once()
        self._link.distrust_waits()
        self._look_now()

    def _tell_at_once(self) -> None:
        """What needs no asking: the sync thread may be in the middle of a page."""
        glanced = self._link.glance()
        if glanced is not None:
            self._told.tell(link=glanced)
        elif self._glanced:
            self._told.tell(link=self._link.state)
        self._glanced = glanced is not None

    def _turn(self) -> float | None:
        """One act of the sync thread; gives how long to rest, None until woken."""
        if not self._started:
            self._runner.start()
            self._started = True
        self._mind_the_clock()
        with self._turns.changed:
            look = self._look_at_link or (self._link_at is not None and self._clock.monotonic() >= self._link_at)
            send_now, self._send_now = self._send_now, False
            self._look_at_link = False
        if look:
            self._check_link()
        if send_now:
            self._end_waits()
        self._told.waits(self._runner.station_wait())
        if self._link.state.kind is not LinkKind.ONLINE:
            return self._until_link()
        if self._reconcile_is_due() and self._reconciler.is_wanted():
            self._reconcile()
        step = self._runner.step()
        self._told.traffic(self._runner.traffic)
        self._told.waits(self._runner.station_wait())
        if step.did:
            self._told.tell(problem_key="", failure_key=step.failure.reason if step.failure else "")
            if isinstance(step.failure, NoConnection | Unanswered):
                self._look_at_link = True
            return 0.0
        if self._reconcile_is_due() and self._reconcile():
            return 0.0
        rest = min(self._until_link(), self._until_reconcile())
        return rest if step.until is None else max(0.0, min(rest, (step.until - self._clock.now()).total_seconds()))

    def _end_waits(self) -> None:
        """The clerk says *send now*."""
        self._left_alone_until = 0.0
        self._runner.send_now()
        if self._reconciler.is_wanted():
            self._reconcile_times.ask_now()

    def _mind_the_clock(self) -> None:
        """Against the PC's own count of seconds, which nobody can set back."""
        lead = self._clock.now() - timedelta(seconds=self._clock.monotonic())
        if self._lead is not None and self._lead - lead > timedelta(seconds=CLOCK_GAP):
            self._runner.clock_set_back(self._lead - lead)
        self._lead = lead

    def _attend(self) -> bool:
        """Between pages, about twice a second: a round of pages may take hours, and link and clerk are heard all the
        same. Gives whether pages may go on."""
        self._told.traffic(self._runner.traffic)
        with self._turns.changed:
            look, self._look_at_link = self._look_at_link, False
            send_now, self._send_now = self._send_now, False
            self._turns.heard(_SYNC)
        if look:
            self._check_link()
        if send_now:
            self._end_waits()
        self._told.waits(self._runner.station_wait())
        return self._link.state.kind is LinkKind.ONLINE and not self._turns.stopping

    def _until_link(self) -> float:
        return LOOK_AT_LEAST if self._link_at is None else max(0.0, self._link_at - self._clock.monotonic())

    def _check_link(self) -> None:
        before = self._link.state.kind
        glanced = self._link.glance()
        if glanced is not None:
            self._told.tell(link=glanced)  # asking would take seconds that nobody needs to wait
        state = self._link.check()
        wait = self._link.seconds_to_next()
        self._link_at = self._clock.monotonic() + (self._runner.unheard_wait() if wait is None else wait)
        if wait is not None:
            state = replace(state, next_look=self._clock.now() + timedelta(seconds=wait))
        if state.kind is LinkKind.ONLINE:
            self._runner.clock_skew = state.clock_skew
            self._advice_at = self._clock.monotonic() + self._runner.advice_wait()
            if before is not LinkKind.ONLINE:
                self._link_returned()
        elif self._away_since is None:
            self._away_since = self._clock.monotonic()
        self._told.tell(link=state)
        with self._turns.changed:
            self._turns.changed.notify_all()

    def _link_returned(self) -> None:
        """After an outage of a whole county 2,600 windows see it in the same second. All show it; each uses it in a
        moment of its own."""
        now = self._clock.monotonic()
        away = 0.0 if self._away_since is None else now - self._away_since
        self._away_since = None
        self._left_alone_until = now + self._runner.link_returned(away)
        # The connection over which the link was looked at is for what waits to be sent.
        self._listen_at = max(self._listen_at, self._left_alone_until + _SENDERS_FIRST)
        self._listen_failures, self._listen_again = 0, 0.0
        self._documents.link_returned()
        if self._catalogue is not None:
            self._catalogue.link_returned()
        self._reconcile_times.link_returned()

    def _until_reconcile(self) -> float:
        left = self._reconcile_times.seconds_left()
        if left is None or not self._runner.is_enrolled():
            return LOOK_AT_LEAST
        return max(left, self._left_alone_until - self._clock.monotonic())

    def _reconcile_is_due(self) -> bool:
        return self._until_reconcile() <= 0

    def _reconcile(self) -> bool:
        """Compare with the next piece of the server's list; gives whether there is something to do now. One piece a
        turn: a long list may take an hour on a bad line, and what waits to be sent goes between."""
        try:
            forgotten = self._reconciler.step()
        except LoginNeeded as failure:
            self._reconcile_times.ask_now()
            self._runner.login_needed(failure)
            self._reconciler.failed(failure)
            return True
        except AcceptanceFailure as failure:
            self._reconcile_times.failed(failure)
            self._reconciler.failed(failure)
            if not isinstance(failure, Busy):
                self._told.tell(failure_key=failure.reason)
            return False
        except Exception as trouble:  # of this PC
            self._reconcile_times.failed(trouble)
            raise
        if forgotten is None:
            self._reconcile_times.came()
            return True
        if self._reconcile_times.told():
            self._told.tell(failure_key="")
        return forgotten > 0

    def _hear_advice(self) -> None:
        """A round of pages may take hours; what was advised while all came back at once is not to hold so long."""
        if self._clock.monotonic() < self._advice_at:
            return
        skew = self._link.hear_advice()
        if skew is not None:
            self._runner.clock_skew = skew
        self._advice_at = self._clock.monotonic() + self._runner.advice_wait()

    def _quiet_for(self) -> float | None:
        """Seconds in which nothing is to be asked for but what the sync thread asks, None when it may be."""
        if self._link.state.kind is not LinkKind.ONLINE or not self._runner.is_enrolled():
            self._turns.pause(_POLL_PAUSE)
            return 0.0
        asked = self._clock.monotonic()
        not_yet = max(self._left_alone_until, self._listen_at) - asked
        if not_yet > 0:
            return not_yet
        if asked < self._listen_again:
            return min(_POLL_PAUSE, self._listen_again - asked)  # looked at again, for a link that returns ends it
        return None

    def _listen(self) -> float | None:
        """One long poll of the changes thread."""
        quiet = self._quiet_for()
        if quiet is not None:
            return quiet
        self._hear_advice()
        asked = self._clock.monotonic()
        try:
            came = self._changes.pull(_LONG_POLL)
        except LoginNeeded as failure:
            return self._turned_away(failure)
        except Busy as failure:
            self._listen_at = self._clock.monotonic() + self._runner.busy_wait(failure)
            self._heard(self._listen_at)
            return 0.0
        except AcceptanceFailure:
            self._listening_failed()
            return 0.0
        self._listen_failures = 0
        self._heard(self._clock.monotonic())
        if came:
            self._told.tell()
            return 0.0
        # A server that does not wait must not be asked without a pause.
        return max(0.0, _POLL_PAUSE - (self._clock.monotonic() - asked))

    def _fetch(self) -> float | None:
        """The other version of a conflict, or one piece of what was handed out, or of a new catalogue. Woken by what
        announces it, and by the clerk who finds that it was lost."""
        quiet = self._quiet_for()
        if quiet is not None:
            return quiet
        try:
            if self._held.run():
                return 0.0
            if self._documents.is_due():
                if self._documents.run():
                    self._told.tell()
                return 0.0
        except LoginNeeded as failure:
            return self._turned_away(failure)
        if self._catalogue is not None and self._catalogue.is_due():
            self._catalogue.run()
            return 0.0
        return _POLL_PAUSE

    def _turned_away(self, failure: LoginNeeded) -> float:
        self._runner.login_needed(failure)
        self._turns.call()
        return _POLL_PAUSE

    def _heard(self, moment: float) -> None:
        """It answered: the link need not be looked at for a while from then on. Who waits for its enrolment, or for the
        next time to ask, hears nothing, and would show for hours what was so when it asked last."""
        if self._link.state.kind is LinkKind.ONLINE:
            self._link_at = moment + self._runner.unheard_wait()

    def _listening_failed(self) -> None:
        """See whether it is the link. Where it is not, the changes are asked for ever more rarely, each PC in a moment
        of its own."""
        self._listen_again = self._clock.monotonic() + _POLL_PAUSE + self._runner.network_wait(self._listen_failures)
        self._listen_failures += 1
        self._look_now()

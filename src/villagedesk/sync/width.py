"""How many connections carry pages at once: as many as the line yields more by. Pure, fed with measurements.

One TCP connection gets what its losses let it have: at 2 % loss and 200 ms about a fifth of a 2 Mbit/s line, whatever
the line could carry; several get several times that, until the line itself is full (facts.md). On a clean line one or
two fill it, and more only lengthen the queue in which a video call waits too. Nobody can tell which line it is but by
trying: hill climbing on what leaves, with a margin against noise, and ever rarer trials that brought nothing.
"""

from __future__ import annotations

from enum import Enum

WIDEST = 16
START = 4
STARTS_ADVISED = 8
"""Where the server said that it takes as many: the worst lines are filled at once, and a clean one bears it."""
WINDOW_SECONDS = 2.0
"""Of one measurement: some round trips of the worst line."""
LEAST_SHARE = 12_000.0
"""Bytes per second of one connection, below which there are enough: ten packets, with which each begins, would take
more than a second, and every question asked meanwhile waits behind them."""
_GAIN = 1.15
"""What a wider trial must yield more to be kept. Where losses hold the connections back, twice as many yield nearly
twice as much; a few per cent are noise, and pages that share the line with too many take longer to their end."""
_EQUAL = 0.99
"""What a narrower trial must still yield to be kept."""
_REST = 4
_LONGEST_REST = 32
"""Windows between trials; doubled when one brought nothing."""
_SETTLING = 1
"""Windows after a change that say nothing: new connections fill buffers at first, ended ones run out."""
_SETTLING_WIDER = 2
"""As many before more are judged: they are opened one after the other, and what fills their buffers looks like a gain
of a third."""
_MEASURED = 3
"""Windows whose mean decides about a narrower one: keeping too many is cheap, keeping too few is not."""
_MEASURED_WIDER = 2
"""Of a wider one: what it brings where losses hold the connections back is much, and each window costs."""


class _Trial(Enum):
    NONE = "none"
    WIDER = "wider"
    NARROWER = "narrower"


class WidthControl:
    """Hill climbing. Not for several threads."""

    def __init__(self) -> None:
        self._cap = WIDEST
        self.width = START
        self._trial = _Trial.NONE
        self._kept = START
        self._kept_rate = 0.0
        self._settling = 0
        self._resting = 0
        self._rest = _REST
        self._next = _Trial.WIDER
        self._seen: list[float] = []
        self._advised = 0

    def advise(self, connections: int) -> None:
        """The server's word; never gone above.

        Args:
            connections: it takes at most from one station, 0 when it did not say.
        """
        if connections == self._advised:
            return
        first, self._advised = self._advised == 0, connections
        self._cap = min(connections, WIDEST) if connections > 0 else WIDEST
        wanted = max(self._kept, STARTS_ADVISED) if first else self._kept
        if self.width > self._cap or (first and self._kept_rate == 0):
            self._kept, self._trial = min(wanted, self._cap), _Trial.NONE
            self._go(self._kept)

    @property
    def widest(self) -> int:
        """How many may be worth it for a little while: twice as many, where each of them still has its share; never
        fewer because a trial of fewer goes on."""
        return min(self._cap, max(self.width, self._kept, min(self._kept * 2, int(self._kept_rate / LEAST_SHARE))))

    def observe(self, rate: float, *, telling: bool = True) -> int:
        """One window is over; gives the width from now on.

        Args:
            rate: bytes a second that left for good in it, over all connections.
            telling: whether it says anything: all connections had something to send, and no limit held them.
        """
        if not telling:
            # What was under trial is undone without a verdict; it is tried again when there is enough to send.
            if self._trial is not _Trial.NONE:
                self._go(self._kept)
                self._trial = _Trial.NONE
            self._seen.clear()
            return self.width
        if self._settling > 0:
            self._settling -= 1
            return self.width
        if self._trial is _Trial.WIDER:
            self._judge_wider(rate)
        elif self._trial is _Trial.NARROWER:
            self._judge_narrower(rate)
        else:
            self._kept_rate = rate if self._kept_rate == 0 else (self._kept_rate + rate) / 2
            self._resting -= 1
            if self._resting < 0:
                self._try(self._next)
        return self.width

    def _judge_wider(self, rate: float) -> None:
        self._seen.append(rate)
        if len(self._seen) < _MEASURED_WIDER:
            return
        mean = sum(self._seen) / len(self._seen)
        if mean >= self._kept_rate * _GAIN:
            self._keep(mean)
            self._try(_Trial.WIDER)
            if self._trial is _Trial.NONE:
                # Losses hold the connections back: fewer would bring less, and to try it would cost that.
                self._resting = _LONGEST_REST
        else:
            self._undo(_Trial.NARROWER)

    def _judge_narrower(self, rate: float) -> None:
        self._seen.append(rate)
        if len(self._seen) < _MEASURED:
            return
        mean = sum(self._seen) / len(self._seen)
        if mean >= self._kept_rate * _EQUAL:
            # The rate to be equalled stays the old one: many small losses must not add up to a large one.
            self._keep(max(mean, self._kept_rate * _EQUAL))
            self._try(_Trial.NARROWER)
        else:
            self._undo(_Trial.WIDER)

    def _keep(self, rate: float) -> None:
        self._kept, self._kept_rate, self._rest = self.width, rate, _REST

    def _undo(self, following: _Trial) -> None:
        self._go(self._kept)
        self._trial, self._next = _Trial.NONE, following
        self._resting, self._rest = self._rest, min(self._rest * 2, _LONGEST_REST)

    def _try(self, trial: _Trial) -> None:
        step = max(1, self._kept // 4)
        wider = min(self._kept * 2, max(self._kept, int(self._kept_rate / LEAST_SHARE)))
        wanted = wider if trial is _Trial.WIDER else self._kept - step
        wanted = max(1, min(wanted, self._cap))
        if wanted == self._kept:
            self._trial = _Trial.NONE
            self._next = _Trial.NARROWER if trial is _Trial.WIDER else _Trial.WIDER
            self._resting = self._rest
            return
        self._trial = trial
        self._go(wanted)
        if trial is _Trial.WIDER:
            self._settling = _SETTLING_WIDER

    def _go(self, width: int) -> None:
        self.width = width
        self._settling = _SETTLING
        self._seen.clear()

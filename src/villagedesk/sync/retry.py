"""When to try again, as data with injected randomness (design: section 4, *Retry*). Never given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from villagedesk.acceptance.port import Busy


@dataclass(frozen=True)
class RetryPolicy:
    """Delays in seconds.

    Args:
        first: the network delay's first ceiling; it doubles with every failure.
        cap: its largest ceiling.
        confirming: the first delays of *confirming*; after them it goes on as network.
        busy_spread: a server that says when to come back gets that plus up to this, so that a county's windows do not
            all come back in one second.
        busy_cap: the longest a server's Retry-After is believed.
        link_spread: a link that returned is used after anything up to this, because a whole county's VPN comes back in
            one second. It saves no time (``bench herd``: 338 s for all records, 302 s without), but connections that
            fail (1,302, not 3,238) and polls (6,792, not 9,347), and half of the records are there sooner (165 s, 181 s
            without).
        link_share: but after no more than this share of the time it was away: a short gap left little to send, and is
            to cost little.
    """

    first: float = 5.0
    cap: float = 900.0
    confirming: tuple[float, ...] = (2.0, 10.0, 60.0)
    busy_spread: float = 30.0
    busy_cap: float = 3600.0
    link_spread: float = 30.0
    link_share: float = 0.25

    def network(self, failures: int, uniform: Callable[[float, float], float]) -> float:
        """Full jitter: anything up to ``first``·2ⁿ, at most ``cap``.

        Args:
            failures: since the last success, not counting this one.
            uniform: gives a number between two bounds.
        """
        # Beyond 2¹⁶ the cap rules; a bounded exponent keeps a year of failures from overflowing.
        return uniform(0.0, min(self.cap, self.first * 2.0 ** min(failures, 16)))

    def confirm(self, failures: int, uniform: Callable[[float, float], float]) -> float:
        """2, 10, 60 s, then as network."""
        if failures < len(self.confirming):
            return self.confirming[failures]
        return self.network(failures - len(self.confirming), uniform)

    def busy(self, failures: int, retry_after: float | None, uniform: Callable[[float, float], float]) -> float:
        """The server's Retry-After plus a spread; as network when it named none."""
        if retry_after is None:
            return self.network(failures, uniform)
        return min(max(retry_after, 0.0), self.busy_cap) + uniform(0.0, self.busy_spread)

    def again(self, failures: int, failure: Exception, uniform: Callable[[float, float], float]) -> float:
        """After a failure that says nothing but when to come back: never before the server's word, else as network."""
        return self.busy(failures, failure.retry_after if isinstance(failure, Busy) else None, uniform)

    @staticmethod
    def spread(seconds: float, uniform: Callable[[float, float], float]) -> float:
        """About so long, for what nobody hurries: 2,600 villages that did it together do not do it together again."""
        return seconds * uniform(0.8, 1.2)

    def first_contact(self, seconds_away: float, uniform: Callable[[float, float], float]) -> float:
        """How long a link that returned by itself is left alone; that it is there is shown at once.

        Args:
            seconds_away: how long it was not there.
        """
        return uniform(0.0, min(self.link_spread, max(0.0, seconds_away) * self.link_share))

    @staticmethod
    def unheard(uniform: Callable[[float, float], float]) -> float:
        """How long a link that answered is believed while nobody asks anything: as rarely as it can be, for it is a
        request that nobody wants."""
        return uniform(180.0, 300.0)

    @staticmethod
    def advice(uniform: Callable[[float, float], float]) -> float:
        """How long what a server advised counts before it is asked again: it said so when the link came back, perhaps
        to a whole county at once."""
        return uniform(300.0, 600.0)

    @property
    def longest(self) -> float:
        """No wait is longer; a stored time further away than this comes from a clock that was wrong."""
        return max(self.cap, self.busy_cap + self.busy_spread)

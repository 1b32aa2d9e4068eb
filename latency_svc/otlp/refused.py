"""What was not counted and why, for the client and for /metrics."""

from collections import Counter

from latency_svc.latency_tracker import FUTURE_SECONDS, LATE_SECONDS, refused_time

WORDS: dict[str, str] = {
    "late": f"are older than {LATE_SECONDS // 60} minutes: look at the sender's clock and at how often it exports",
    "future": f"lie more than {FUTURE_SECONDS} seconds in the future: look at the sender's clock",
    "not_finite": "have a time that is no time",
    "malformed": "contradict themselves: counts, bounds, sum or times are not those of durations",
    "unit": "have a unit other than s, ms, us or ns",
    "temporality": "have no aggregation temporality: delta or cumulative",
    "kind": "are no histogram: durations come as histogram or exponential histogram",
    "coarse": "have an exponential scale below -2, which says too little",
}


class Refusals(Counter[str]):
    """How many points or spans were refused, by reason: a key of WORDS."""

    def words(self, what: str) -> str:
        """For the developer who reads the answer; empty when nothing was refused."""
        return "; ".join(f"{count} {what} {WORDS[reason]}" for reason, count in self.most_common() if count)


class RefusedError(Exception):
    """This point is not counted; `reason`: a key of WORDS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def refuse_time(at_seconds: float, now: float) -> None:
    """Raises RefusedError for a time at which nothing is counted any more, or not yet."""
    if reason := refused_time(at_seconds, now):
        raise RefusedError(reason)

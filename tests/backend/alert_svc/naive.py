"""The state machine of an alert as one would first write it down: a list of values, looked at second by second.

It knows nothing of deadlines. Times are whole seconds, and after each second it asks what holds now."""

from alert_svc.state import MISSING_SECONDS, RESOLVED_SECONDS, Terms

OPERATORS = {
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b,
}  # fmt: skip


class Naive:
    """`states` after each second from 0 on; `changes`: (second, kind)."""

    def __init__(self, terms: Terms, fresh_seconds: int) -> None:
        self.terms, self.fresh = terms, fresh_seconds
        self.state, self.since = "inactive", 0
        self.last_at: int | None = None
        self.last_value = 0.0
        self.critical_since: int | None = None
        self.is_critical = False
        self.states: list[str] = []
        self.changes: list[tuple[int, str]] = []

    def second(self, now: int, value: float | None, alive_at: int | None) -> None:
        if value is not None:
            self._value(now, value)
            self.last_at, self.last_value = now, value
        self._time(now, alive_at)
        self.states.append(self.state)

    def _value(self, now: int, value: float) -> None:
        terms = self.terms
        line = terms.recovery_threshold if self.state in ("firing", "recovering") else terms.threshold
        if OPERATORS[terms.operator](value, line):
            critical = terms.critical_threshold is not None and OPERATORS[terms.operator](
                value, terms.critical_threshold
            )
            self._bad(now, critical)
        else:
            self._good(now)

    def _bad(self, now: int, critical: bool) -> None:
        if self.state in ("inactive", "resolved", "no_data"):
            self.critical_since, self.is_critical = None, False
            self._go("pending", now, "pending" if self.terms.duration > 0 else "")
        self.critical_since = (self.critical_since if self.critical_since is not None else now) if critical else None
        if self.state == "recovering":
            self._go("firing", now, "fired_again")
        self._fire_if_long_enough(now)

    def _good(self, now: int) -> None:
        self.critical_since = None
        if self.state == "pending":
            self._go("inactive", now, "cleared")
        elif self.state == "no_data":
            self._go("inactive", now, "data")
        elif self.state == "firing" and self.terms.keep_firing_for > 0:
            self._go("recovering", now, "recovering")
        elif self.state == "firing" or (self.state == "recovering" and now - self.since >= self.terms.keep_firing_for):
            self._go("resolved", now, "resolved")

    def _time(self, now: int, alive_at: int | None) -> None:
        """What holds at the end of this second, when no value came in it that says otherwise."""
        policy = self.terms.no_data
        is_fresh = self.last_at is None or now <= self.last_at + self.fresh
        if is_fresh or policy == "alert":
            self._fire_if_long_enough(now)
        is_over = now - self.since >= self.terms.keep_firing_for
        if self.state == "recovering" and is_over and (is_fresh or policy == "ok"):
            self._go("resolved", now, "resolved")
        if self.state == "resolved" and now - self.since >= RESOLVED_SECONDS:
            self._go("inactive", now, "forgotten")
        if self.last_at is not None and now >= self.last_at + self.fresh:
            self._silent(now, policy, alive_at)

    def _silent(self, now: int, policy: str, alive_at: int | None) -> None:
        assert self.last_at is not None
        if policy in ("keep", "ok") and self.state == "pending":
            self._go("inactive", now, "cleared")
        elif policy == "ok" and self.state == "firing":
            self._good(now)
        elif policy == "alert" and self.state in ("inactive", "resolved", "recovering"):
            self._bad(now, False)
        elif policy == "no_data" and self.state in ("inactive", "pending", "resolved"):
            self._go("no_data", now, "no_data")
        gone_at = self.last_at + max(MISSING_SECONDS, self.fresh)
        is_gone = now >= gone_at and alive_at is not None and alive_at >= gone_at
        if is_gone and policy in ("keep", "no_data") and self.state in ("firing", "recovering"):
            self._go("resolved", int(gone_at), "resolved")  # dated when it went, noticed when another one speaks
            if policy == "no_data":
                self._go("no_data", int(gone_at), "no_data")

    def _fire_if_long_enough(self, now: int) -> None:
        long_critical = self.critical_since is not None and now - self.critical_since >= self.terms.duration
        if self.state == "pending" and now - self.since >= self.terms.duration:
            self.is_critical = long_critical
            self._go("firing", now, "fired")
        elif self.state == "firing" and long_critical and not self.is_critical:
            self.is_critical = True
            self.changes.append((now, "raised"))

    def _go(self, state: str, now: int, kind: str) -> None:
        self.state, self.since = state, now
        if kind:
            self.changes.append((now, kind))

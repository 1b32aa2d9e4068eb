"""What a probe has seen so far. It lives outside the probe, so a timeout or a fault loses nothing of it."""

from datetime import datetime
from time import perf_counter

from msgspec import Struct

from shared.contracts.health.runs import Assertion, ComponentOutcome, Phase
from shared.contracts.health.services import Result

_SEVERITY: dict[Result, int] = {"pass": 0, "warn": 1, "fail": 2, "error": 3}


class Verdict(Struct, frozen=True):
    """What a probe concludes. `reason` is shown to people: short and in plain words."""

    result: Result
    reason: str = ""


PASS = Verdict("pass")


class FaultError(Exception):
    """Ends a probe at once with a verdict: `fail` is the target's fault, `error` is ours."""

    def __init__(self, result: Result, reason: str) -> None:
        super().__init__(reason)
        self.verdict = Verdict(result, reason)


class Evidence:
    """Phase times, the address used, assertions and the answer's head. A phase entered twice adds up."""

    def __init__(self) -> None:
        self._started = self._since = perf_counter()
        self._phases_ms: dict[str, float] = {}
        self.current = ""
        self.address = ""
        self.answered_ms: float | None = None
        self.assertions: list[Assertion] = []
        self.certificate_ends_at: datetime | None = None
        self.children: list[ComponentOutcome] = []
        self.response_head = ""

    def begin(self, phase: str) -> None:
        """Ends the running phase and starts this one."""
        now = perf_counter()
        if self.current:
            self._phases_ms[self.current] = self._phases_ms.get(self.current, 0.0) + (now - self._since) * 1000
        self.current, self._since = phase, now

    def end(self) -> None:
        self.begin("")

    def phases(self) -> list[Phase]:
        """The finished phases, in the order they began."""
        return [Phase(name, round(duration_ms, 3)) for name, duration_ms in self._phases_ms.items()]

    def elapsed_ms(self) -> float:
        """How long the target took: what the probe measured itself, else the time since it began."""
        return (perf_counter() - self._started) * 1000 if self.answered_ms is None else self.answered_ms


def worst(verdicts: list[Verdict]) -> Verdict:
    """The most severe of the verdicts; those of the same severity tell their reasons one after the other."""
    top = max(verdicts, key=lambda verdict: _SEVERITY[verdict.result], default=PASS)
    reasons = [verdict.reason for verdict in verdicts if verdict.result == top.result and verdict.reason]
    return Verdict(top.result, ". ".join(dict.fromkeys(reasons)))

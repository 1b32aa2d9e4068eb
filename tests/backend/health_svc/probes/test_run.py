"""Running the checks of a service: budgets, own faults, and nothing left behind."""

import asyncio
import errno
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from health_svc.probes import PROBES, ProbeContext, budget_seconds, dial, run_checks, table
from health_svc.probes.evidence import Verdict
from health_svc.probes.faults import fault_of
from shared.contracts.checks import Check, CheckKind, CheckSpec, HeartbeatCheck, HttpCheck, TcpCheck, WebSocketCheck
from shared.contracts.health.services import ServiceSpec
from tests.backend.health_svc.probes.conftest import CheckOne, until
from tests.fixtures.targets import Addresses


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0


def test_every_kind_but_heartbeat_has_a_probe() -> None:
    assert set(PROBES) == set(get_args(CheckKind)) - {"heartbeat"}
    assert {kind.__struct_config__.tag for kind in get_args(CheckSpec)} == set(get_args(CheckKind))


@pytest.mark.parametrize(
    ("timeout_seconds", "interval_seconds", "bound_seconds", "budget"),
    [(5, 60, 60, 5), (5, 2, 60, 1.6), (5, 60, 4, 4), (10, 5, 60, 4)],
)
async def test_budget_is_the_tightest_bound(
    context: ProbeContext, timeout_seconds: float, interval_seconds: float, bound_seconds: float, budget: float
) -> None:
    spec = ServiceSpec(
        id="shop",
        timeout_seconds=timeout_seconds,
        interval_seconds=interval_seconds,
        checks=[TcpCheck(host="::1", port=1)],
    )
    assert budget_seconds(spec, context.within(bound_seconds)) == budget


async def test_checks_run_side_by_side_in_their_order(targets: Addresses, context: ProbeContext) -> None:
    """I2.1.3: checks that hang end together, at the caller's bound."""
    slow, hang = f"{targets.http}/slow?ms=600", f"{targets.http}/hang"
    checks: list[CheckSpec] = [HttpCheck(name=f"c{number}", url=slow) for number in range(10)]
    checks += [HeartbeatCheck(), HttpCheck(name="last", url=hang)]
    outcomes = await run_checks(ServiceSpec(id="shop", checks=checks), context.within(3))  # one by one takes six
    assert [outcome.component for outcome in outcomes] == [*(f"c{number}" for number in range(10)), "last"]
    assert {outcome.result for outcome in outcomes[:10]} == {"pass"}
    assert outcomes[-1].reason.startswith("No answer within 3 s")


async def test_a_heartbeat_alone_is_not_probed(context: ProbeContext) -> None:
    assert await run_checks(ServiceSpec(id="job", checks=[HeartbeatCheck()]), context) == []


async def test_a_probe_that_breaks_is_our_fault(check_one: CheckOne, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(check: Check, context: ProbeContext) -> Verdict:
        raise ZeroDivisionError

    monkeypatch.setitem(table.PROBES, "tcp", broken)
    with capture_logs() as logs:
        outcome = await check_one(TcpCheck(host="127.0.0.1", port=1))
    assert outcome.result == "error"
    assert outcome.reason == "The tcp probe broke: ZeroDivisionError. The log of health_svc tells more"
    assert [(entry["event"], entry["kind"]) for entry in logs] == [("probe.broke", "tcp")]


@pytest.mark.parametrize(
    ("number", "result", "words"),
    [
        (errno.EMFILE, "error", "health_svc has no free file descriptors. Raise its limit (ulimit -n)"),
        (errno.ENOBUFS, "error", "This machine has no free network buffers"),
        (errno.EADDRNOTAVAIL, "error", "This machine has no free local port or address to connect from"),
        (errno.ENETUNREACH, "error", "This machine has no network route to db.shop:5432"),
        (errno.ECONNREFUSED, "fail", "db.shop:5432 refused the connection. Something answers on the host"),
        (errno.EHOSTUNREACH, "fail", "db.shop:5432 cannot be reached: the network does not find the host"),
        (errno.ETIMEDOUT, "fail", "db.shop:5432 did not answer. The system gave up"),
    ],
)
def test_system_errors_are_ours_or_theirs(number: int, result: str, words: str) -> None:
    verdict = fault_of(OSError(number, os.strerror(number)), "db.shop:5432").verdict
    assert verdict.result == result
    assert verdict.reason.startswith(words)


@pytest.mark.parametrize(
    ("number", "result"), [(socket.EAI_NONAME, "fail"), (socket.EAI_AGAIN, "error"), (socket.EAI_FAIL, "error")]
)
async def test_a_resolver_that_is_away_is_our_fault(
    check_one: CheckOne, monkeypatch: pytest.MonkeyPatch, number: int, result: str
) -> None:
    def look_up(host: str) -> str:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(dial, "_look_up", look_up)
    outcome = await check_one(TcpCheck(host="db.shop", port=5432))
    assert outcome.result == result
    assert "db.shop" in outcome.reason


async def test_a_silent_resolver_is_our_fault(check_one: CheckOne, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = threading.Event()
    monkeypatch.setattr(dial, "_look_up", lambda host: str(answer.wait(10)))
    outcome = await check_one(TcpCheck(host="db.shop", port=5432), timeout_seconds=0.1)
    answer.set()
    assert (outcome.result, outcome.reason) == ("error", "No answer within 100 ms. No word from the resolver")


async def test_no_descriptors_left_is_our_fault(targets: Addresses, context: ProbeContext) -> None:
    """A process that ran out of descriptors cannot measure, and says so."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    spec = ServiceSpec(id="shop", checks=[HttpCheck(url=f"{targets.http}/ok")])
    await run_checks(spec, context)
    taken = [os.dup(0)]
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 1, hard))
        [outcome] = await run_checks(spec, context)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(taken[0])
    assert (outcome.result, outcome.reason.partition(".")[0]) == (
        "error",
        "health_svc has no free file descriptors",
    )


HANGING: list[Callable[[Addresses], CheckSpec]] = [
    lambda at: HttpCheck(url=f"{at.http}/hang"),
    lambda at: HttpCheck(url=f"https://127.0.0.1:{at.tcp['silent']}/"),
    lambda at: TcpCheck(host="127.0.0.1", port=at.tcp["silent"], expect="never"),
    lambda at: WebSocketCheck(url=f"{at.ws}/deaf"),
]


@pytest.mark.parametrize("check_of", HANGING)
async def test_cancellation_frees_sockets_and_tasks(
    targets: Addresses, context: ProbeContext, check_of: Callable[[Addresses], CheckSpec]
) -> None:
    check = check_of(targets)
    spec = ServiceSpec(id="shop", checks=[replace(check, name=f"c{number}") for number in range(20)])
    await run_checks(spec, context.within(0.1))  # opens what stays open: the loop's own descriptors
    descriptors, tasks = open_descriptors(), len(asyncio.all_tasks())
    running = asyncio.create_task(run_checks(spec, context))
    await until(lambda: open_descriptors() >= descriptors + len(spec.checks))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    timed_out = await run_checks(spec, context.within(0.1))
    assert {outcome.result for outcome in timed_out} == {"fail"}
    await until(lambda: open_descriptors() <= descriptors)
    assert len(asyncio.all_tasks()) == tasks


async def test_hundreds_at_once(targets: Addresses, context: ProbeContext) -> None:
    good = ServiceSpec(id="good", checks=[HttpCheck(url=f"{targets.http}/ok")])
    hung = ServiceSpec(id="hung", checks=[HttpCheck(url=f"{targets.http}/hang")])
    bounded = context.within(8)
    runs = await asyncio.gather(*(run_checks(spec, bounded) for spec in [good, hung] * 200))
    assert [outcome.result for [outcome] in runs] == ["pass", "fail"] * 200


async def test_switch_is_followed(targets: Addresses, check_one: CheckOne) -> None:
    """What a test flips at run time is what the next check sees."""
    seen = []
    for mode in ("ok", "fail", "refuse", "ok"):
        await check_one(HttpCheck(url=f"{targets.switch_control}/?mode={mode}", method="POST"))
        seen.append((await check_one(HttpCheck(url=targets.switch))).reason.partition(",")[0])
    assert seen[0] == seen[3] == ""
    assert seen[1] == "HTTP 500"
    assert "refused the connection" in seen[2]

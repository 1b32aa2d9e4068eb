"""Remote procedures between two buses over a real server."""

import asyncio
import gzip
import time
from typing import Any

import msgspec
import pytest
from msgspec import Struct
from nats.aio.client import Client
from nats.micro.service import ServiceInfo, ServicePing, ServiceStats

from deploy.local.program import Running
from shared import telemetry
from shared.bus import Bus
from shared.contracts.wire import Nothing, Rpc
from shared.problems import ProblemError, conflict
from shared.rpc import Caller, Encoded, Handler, call, serve
from shared.settings import Settings
from tests.backend.shared.conftest import Connect, until
from tests.fixtures.waiting import until as until_answer


class Order(Struct):
    item: str
    count: int = 1


class Receipt(Struct):
    text: str


BUY = Rpc("belfry.rpc.shop.buy", Order, Receipt, deadline_seconds=60)
COUNT = Rpc("belfry.rpc.shop.count", Nothing, Receipt, deadline_seconds=60)
CALLER = Caller(actor="zoë 100%", role="operator", request_id="r-1", idempotency_key="k-1")


@pytest.fixture
async def bus(connect: Connect) -> Bus:
    return await connect("gateway")


async def serving(connect: Connect, *handlers: tuple[Rpc, Handler], concurrency: int = 64) -> Bus:
    bus = await connect("shop_svc")
    await serve(bus, Settings(service="shop_svc"), handlers, {"group": "Shop"}, concurrency)
    await bus.rtt(30)  # by then NATS knows of it, whoever asks
    return bus


async def stats(bus: Bus) -> dict[str, Any]:
    reply = await bus.request("$SRV.STATS.shop_svc", b"", {}, 60)
    endpoints: list[dict[str, Any]] = msgspec.json.decode(reply.data)["endpoints"]
    return endpoints[0]


async def test_request_identity_and_answer_travel(bus: Bus, connect: Connect) -> None:
    seen: list[tuple[Order, Caller]] = []

    async def buy(order: Order, caller: Caller) -> Receipt:
        seen.append((order, caller))
        return Receipt("thanks")

    await serving(connect, (BUY, buy))
    before = time.time()
    reply = await call(bus, BUY, Order("tea", 2), CALLER, deadline_seconds=30)
    assert msgspec.json.decode(reply.data) == {"text": "thanks"}
    ((order, caller),) = seen
    assert order == Order("tea", 2)
    assert (caller.actor, caller.role, caller.request_id, caller.idempotency_key) == (
        "zoë 100%",
        "operator",
        "r-1",
        "k-1",
    )
    assert caller.deadline is not None
    assert before + 29.9 < caller.deadline < time.time() + 30


async def test_trace_goes_on_across_the_bus(bus: Bus, connect: Connect) -> None:
    traces: list[str] = []

    async def buy(order: Order, caller: Caller) -> Receipt:
        traces.append(telemetry.current_traceparent())
        return Receipt("")

    await serving(connect, (BUY, buy))
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await call(bus, BUY, Order("tea"), Caller(actor="a", traceparent=traceparent))
    assert traces[0].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"


async def test_problems_travel_whole(bus: Bus, connect: Connect) -> None:
    async def buy(order: Order, caller: Caller) -> Receipt:
        raise conflict("Sold out — really", left=0)

    await serving(connect, (BUY, buy))
    with pytest.raises(ProblemError) as raised:
        await call(bus, BUY, Order("tea"), CALLER)
    problem = raised.value.problem
    assert (problem.status, problem.detail, problem.extensions) == (409, "Sold out — really", {"left": 0})


async def test_every_bad_field_is_named(bus: Bus, connect: Connect) -> None:
    async def buy(order: Order, caller: Caller) -> Receipt:
        raise AssertionError("not called")

    await serving(connect, (BUY, buy))
    with pytest.raises(ProblemError) as raised:
        await call(bus, BUY, b'{"item": 1, "count": "x"}', CALLER)
    assert raised.value.problem.status == 422
    assert {error.field for error in raised.value.problem.errors} == {"item", "count"}


async def test_a_fault_of_ours_is_500_without_details(bus: Bus, connect: Connect) -> None:
    async def buy(order: Order, caller: Caller) -> Receipt:
        raise KeyError("secret")

    await serving(connect, (BUY, buy))
    with pytest.raises(ProblemError) as raised:
        await call(bus, BUY, Order("tea"), CALLER)
    assert raised.value.problem.status == 500
    assert "secret" not in str(raised.value)


async def test_nobody_there_is_503_at_once(bus: Bus) -> None:
    """And names the service."""
    async with asyncio.timeout(50):
        with pytest.raises(ProblemError) as raised:
            await call(bus, BUY, Order("tea"), CALLER, deadline_seconds=60)
    assert raised.value.problem.status == 503
    assert raised.value.problem.extensions["service"] == "shop_svc"


async def test_a_handler_is_ended_at_the_deadline(bus: Bus, connect: Connect) -> None:
    ended = asyncio.Event()

    async def buy(order: Order, caller: Caller) -> Receipt:
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()
        return Receipt("")

    await serving(connect, (BUY, buy))
    with pytest.raises(ProblemError) as raised:
        await call(bus, BUY, Order("tea"), CALLER, deadline_seconds=0.2)
    assert raised.value.problem.status == 503
    await asyncio.wait_for(ended.wait(), 60)


async def test_late_requests_are_refused(bus: Bus, connect: Connect) -> None:
    """Fault 3: one that waited too long, in the server's queue or in a suspended broker, is not executed."""
    calls: list[str] = []

    async def buy(order: Order, caller: Caller) -> Receipt:
        calls.append(order.item)
        await asyncio.sleep(0.3)
        return Receipt("")

    await serving(connect, (BUY, buy), concurrency=1)
    answers = await asyncio.gather(
        call(bus, BUY, Order("first"), CALLER, 60),
        call(bus, BUY, Order("second"), CALLER, 0.1),
        return_exceptions=True,
    )
    assert isinstance(answers[1], ProblemError)
    await call(bus, BUY, Order("third"), CALLER, 60)
    assert calls == ["first", "third"]
    assert (await stats(bus))["last_error"] == "late"


async def test_a_caller_without_time_does_not_ask(bus: Bus) -> None:
    with pytest.raises(ProblemError, match="No time"):
        await call(bus, BUY, Order("tea"), Caller(actor="a", deadline=time.time() - 1))


async def test_large_answers_are_compressed_and_small_ones_not(bus: Bus, connect: Connect) -> None:
    async def buy(order: Order, caller: Caller) -> Receipt:
        return Receipt("x" * order.count)

    await serving(connect, (BUY, buy))
    large = await call(bus, BUY, Order("tea", 200_000), CALLER)
    assert large.headers["Content-Encoding"] == "gzip"
    assert len(large.data) < 2_000
    assert msgspec.json.decode(gzip.decompress(large.data)) == {"text": "x" * 200_000}
    assert "Content-Encoding" not in (await call(bus, BUY, Order("tea", 10), CALLER)).headers


async def test_ready_bytes_pass_as_they_are(bus: Bus, connect: Connect) -> None:
    body = gzip.compress(b'{"text": "ready"}')

    async def buy(order: Order, caller: Caller) -> Encoded:
        return Encoded(body, "gzip", '"v7"')

    await serving(connect, (BUY, buy))
    reply = await call(bus, BUY, Order("tea"), CALLER)
    assert (reply.data, reply.headers) == (body, {"Content-Encoding": "gzip", "ETag": '"v7"'})


async def test_an_answer_too_large_for_the_bus_is_a_problem(bus: Bus, connect: Connect) -> None:
    async def buy(order: Order, caller: Caller) -> Encoded:
        return Encoded(b"x" * 2_000_000, "identity")

    await serving(connect, (BUY, buy))
    with pytest.raises(ProblemError) as raised:
        await call(bus, BUY, Order("tea"), CALLER)
    assert raised.value.problem.status == 413


async def test_requests_run_side_by_side_within_their_bound(bus: Bus, connect: Connect) -> None:
    """Fault 13: nats.micro runs five requests of 300 ms in 1.5 s."""
    running = most = 0

    async def buy(order: Order, caller: Caller) -> Receipt:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        return Receipt("")

    await serving(connect, (BUY, buy), concurrency=5)
    await asyncio.gather(*(call(bus, BUY, Order("tea"), CALLER) for _ in range(20)))
    assert most == 5


async def test_stats_tell_what_happened(bus: Bus, connect: Connect) -> None:
    """Fault 13: handed-off handlers are counted with the time they took, and with their errors."""

    async def buy(order: Order, caller: Caller) -> Receipt:
        await asyncio.sleep(0.05)
        if order.count > 1:
            raise conflict("Too many")
        return Receipt("")

    await serving(connect, (BUY, buy))
    await asyncio.gather(
        *(call(bus, BUY, Order("tea", 1 + number % 2), CALLER) for number in range(10)), return_exceptions=True
    )
    found = await stats(bus)
    assert (found["num_requests"], found["num_errors"], found["last_error"]) == (10, 5, "409:Conflict")
    assert found["processing_time"] >= 10 * 50_000_000
    assert found["average_processing_time"] == found["processing_time"] // 10
    assert (found["subject"], found["queue_group"]) == ("belfry.rpc.shop.buy", "shop_svc")


async def test_discovery_speaks_as_nats_micro_does(broker: Running, connect: Connect) -> None:
    async def answer(request: Any, caller: Caller) -> Receipt:
        return Receipt("")

    await serving(connect, (BUY, answer), (COUNT, answer))
    client = Client()
    await client.connect(broker.url)
    ping = ServicePing.from_dict(msgspec.json.decode((await client.request("$SRV.PING", timeout=30)).data))
    info = ServiceInfo.from_dict(msgspec.json.decode((await client.request("$SRV.INFO.shop_svc", timeout=30)).data))
    by_id = await client.request(f"$SRV.STATS.shop_svc.{ping.id}", timeout=30)
    found = ServiceStats.from_dict(msgspec.json.decode(by_id.data))
    await client.close()
    assert (ping.name, ping.metadata) == ("shop_svc", {"group": "Shop"})
    assert info.id == found.id == ping.id
    assert [endpoint.name for endpoint in info.endpoints] == ["buy", "count"]


async def test_serving_outlives_the_broker(broker: Running, bus: Bus, connect: Connect) -> None:
    """And its figures with it."""

    async def buy(order: Order, caller: Caller) -> Receipt:
        return Receipt("")

    server = await serving(connect, (BUY, buy))
    await call(bus, BUY, Order("tea"), CALLER)
    broker.kill()
    await until(lambda: not bus.state().up and not server.state().up)
    with pytest.raises(ProblemError, match="bus is down"):
        await call(bus, BUY, Order("tea"), CALLER)
    await asyncio.to_thread(broker.restart)
    await until(lambda: bus.state().up and server.state().up)
    await server.rtt(30)
    await call(bus, BUY, Order("tea"), CALLER)
    assert (await stats(bus))["num_requests"] == 2


async def test_two_instances_share_the_requests(bus: Bus, connect: Connect) -> None:
    served: dict[str, int] = {"a": 0, "b": 0}

    def counting(name: str) -> Handler:
        async def buy(order: Order, caller: Caller) -> Receipt:
            served[name] += 1
            return Receipt("")

        return buy

    for name in served:
        await serving(connect, (BUY, counting(name)))
    await asyncio.gather(*(call(bus, BUY, Order("tea"), CALLER) for _ in range(100)))
    assert sum(served.values()) == 100
    assert min(served.values()) > 10
    await until_answer(lambda: bus.request_many("$SRV.PING.shop_svc", 0.2), lambda answers: len(answers) == 2)

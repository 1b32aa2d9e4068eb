"""The reporter: what it sends, what it keeps while nobody takes it, and what it does to the application: nothing."""

import asyncio
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from belfry_reporter import NatsSender, Reporter, core
from belfry_reporter.aiohttp import middleware, running
from belfry_reporter.asgi import Latencies, Message, Scope
from belfry_reporter.core import BATCH_SAMPLES, KEPT_BATCHES
from shared.contracts.latency import UNMATCHED_ROUTE, SampleBatch


class Post:
    """Takes batches, or refuses them. A batch that comes again is the same one."""

    def __init__(self) -> None:
        self.open = True
        self.came = asyncio.Event()
        self.batches: dict[str, tuple[str, SampleBatch]] = {}

    async def __call__(self, id: str, subject: str, body: bytes) -> bool:
        if self.open:
            self.came.set()
            self.batches[id] = subject, msgspec.msgpack.decode(body, type=SampleBatch)
        return self.open

    def samples(self) -> list[tuple[str, str, int, float]]:
        return [
            (*msgspec.structs.astuple(batch.series[number]), seconds)
            for _, batch in self.batches.values()
            for number, seconds in zip(array("H", batch.series_ids), array("f", batch.seconds), strict=True)
        ]


async def test_samples_arrive_as_columns() -> None:
    """F2.2.1: the durations of a service, by method, route template and status class."""
    post = Post()
    reporter = Reporter("shop.de", post)
    reporter.record("GET", "/orders/{id}", 200, 0.5)
    reporter.record("GET", "/orders/{id}", 503, 0.25)
    reporter.record("GET", "/orders/{id}", 204, 1.0)
    reporter.record("BREW!", "", 9999, 2.0)
    await reporter.flush()
    [(subject, batch)] = post.batches.values()
    assert subject == "belfry.samples.latency.shop-de"
    assert batch.service == "shop.de"
    assert post.samples() == [
        ("GET", "/orders/{id}", 2, 0.5),
        ("GET", "/orders/{id}", 5, 0.25),
        ("GET", "/orders/{id}", 2, 1.0),
        ("_OTHER", "/", 0, 2.0),
    ]
    assert (reporter.state.recorded_total, reporter.state.sent_total, reporter.state.dropped_total) == (4, 4, 0)


async def test_what_nobody_takes_is_kept_within_bounds_and_the_rest_counted() -> None:
    post = Post()
    post.open = False
    reporter = Reporter("shop", post)
    for _ in range(KEPT_BATCHES + 3):
        for _ in range(BATCH_SAMPLES):
            reporter.record("GET", "/", 200, 0.1)
    await reporter.flush()
    assert reporter.state.dropped_total == 3 * BATCH_SAMPLES
    assert reporter.state.failed_sends_total == 1
    post.open = True
    await reporter.flush()
    assert len(post.samples()) == reporter.state.sent_total == KEPT_BATCHES * BATCH_SAMPLES


async def test_a_transport_that_fails_hurts_nobody() -> None:
    async def send(id: str, subject: str, body: bytes) -> bool:
        raise RuntimeError("broken")

    reporter = Reporter("shop", send)
    reporter.record("GET", "/", 200, 0.1)
    await reporter.flush()
    await reporter.close()
    assert reporter.state.failed_sends_total == 2
    assert reporter.state.dropped_total == 0


async def test_a_batch_that_is_full_goes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "FLUSH_SECONDS", 600.0)
    post = Post()
    reporter = Reporter("shop", post)
    task = asyncio.create_task(reporter.run())
    for n in range(BATCH_SAMPLES):
        reporter.record("GET", f"/{n}", 200, 0.1)
    async with asyncio.timeout(60):
        await post.came.wait()
    task.cancel()
    assert len(post.samples()) == BATCH_SAMPLES


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[str]:
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def fail(request: web.Request) -> web.Response:
    raise RuntimeError("broken")


async def leave(request: web.Request) -> web.Response:
    raise web.HTTPFound("/")


async def answer(request: web.Request) -> web.Response:
    return web.Response()


async def test_aiohttp_is_measured_by_route_template() -> None:
    """R2.2.1: paths never become series; what matches no route is one."""
    post = Post()
    reporter = Reporter("shop", post)
    app = web.Application(middlewares=[middleware(reporter)])
    app.add_routes([web.get("/orders/{id}", answer), web.get("/fail", fail), web.get("/leave", leave)])
    app.cleanup_ctx.append(running(reporter))
    async with served(app) as url, ClientSession() as client:
        for path in ("/orders/1", "/orders/2", "/fail", "/leave", "/wp-admin/1", "/wp-admin/2"):
            async with client.get(url + path, allow_redirects=False):
                pass
    assert [sample[:3] for sample in post.samples()] == [
        ("GET", "/orders/{id}", 2),
        ("GET", "/orders/{id}", 2),
        ("GET", "/fail", 5),
        ("GET", "/leave", 3),
        ("GET", UNMATCHED_ROUTE, 4),
        ("GET", UNMATCHED_ROUTE, 4),
    ]
    assert all(0 < seconds < 5 for *_, seconds in post.samples())


async def test_asgi_is_measured_and_its_errors_pass() -> None:
    post = Post()

    class Route:
        path = "/orders/{id}"

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        return None

    async def app(scope: Scope, receive: object, send: object) -> None:
        if scope["path"] == "/fail":
            raise RuntimeError("broken")
        if scope["type"] == "http" and scope["path"] != "/none":
            scope["route"] = Route()
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 201})  # type: ignore[operator]

    measured = Latencies(app, Reporter("shop", post))
    await measured({"type": "http", "method": "POST", "path": "/orders/1"}, receive, send)
    await measured({"type": "http", "method": "GET", "path": "/none"}, receive, send)
    with pytest.raises(RuntimeError):
        await measured({"type": "http", "method": "GET", "path": "/fail"}, receive, send)
    await measured({"type": "websocket", "path": "/ws"}, receive, send)
    await measured({"type": "lifespan", "path": ""}, receive, send)
    assert [sample[:3] for sample in post.samples()] == [
        ("POST", "/orders/{id}", 2),
        ("GET", UNMATCHED_ROUTE, 2),
        ("GET", UNMATCHED_ROUTE, 5),
    ]


async def test_a_plain_application_sends_to_a_real_server_once(nats_url: str) -> None:
    sender = NatsSender(nats_url)
    body = msgspec.msgpack.encode(SampleBatch(service="x", at_seconds=0, series=[], series_ids=b"", seconds=b""))
    assert await sender("the same id", "belfry.samples.latency.plain", body)
    assert await sender("the same id", "belfry.samples.latency.plain", body)
    client = await sender._connected()
    info = await client.jetstream().stream_info("BELFRY_SAMPLES", subjects_filter="belfry.samples.latency.plain")
    assert info.state.subjects == {"belfry.samples.latency.plain": 1}
    await sender.close()
    refused = NatsSender("nats://127.0.0.1:1")
    assert not await refused("id", "belfry.samples.latency.plain", body)

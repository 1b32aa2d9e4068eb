"""One limit over two gateways: whatever comes at once, no token is given twice."""

import asyncio
from collections import Counter

from msgspec import structs

from gateway.interceptors.buckets import SharedBuckets
from shared.keys import BUS
from tests.backend.gateway.chains import Clock, holder_of, run, with_clock
from tests.backend.gateway.conftest import AUTOMATION, Client, StartGateway

ME = "/api/v1/auth/me"
BURST = 30


async def statuses(gateways: list[Client], each: int) -> Counter[int]:
    """Of requests that all come at the same time, half to each gateway."""
    answers = await asyncio.gather(*(gateway.get(ME, headers=AUTOMATION) for gateway in gateways for _ in range(each)))
    return Counter(answer.status for answer in answers)


async def two_limited(start_gateway: StartGateway, clock: Clock) -> list[Client]:
    gateways = [await start_gateway(), await start_gateway()]
    limit = {"requests": BURST, "per_seconds": 60, "burst": BURST, "store": "shared", "pass_when_unreachable": False}
    for gateway in gateways:
        with_clock(gateway, clock)
        run(gateway, rate_limit=limit)
    return gateways


async def test_two_gateways_never_give_more_than_one_limit(start_gateway: StartGateway) -> None:
    """Requests that find no token are refused; those that find the store too slow are not let through either."""
    clock = Clock()
    gateways = await two_limited(start_gateway, clock)

    given, may_be_given = 0, BURST
    for seconds, tokens in ((0, 0), (20, BURST // 3), (600, BURST)):  # the last fills in more than the bucket holds
        clock.at += seconds
        may_be_given = may_be_given + tokens if seconds < 60 else given + BURST
        found = await statuses(gateways, 3 * BURST)
        given += found[200]
        assert given <= may_be_given
        assert found.keys() <= {200, 429, 503}
    assert given > BURST, "it is filled in again"
    left = (await gateways[0].get(ME, headers=AUTOMATION)).headers.get("RateLimit", "")
    assert left.startswith('"belfry";r=') or not left


async def test_without_the_store_requests_pass_or_are_refused_as_set(start_gateway: StartGateway) -> None:
    [gateway, _] = await two_limited(start_gateway, Clock())
    holder = holder_of(gateway)
    assert gateway.app is not None
    gone = SharedBuckets(gateway.app[BUS].kv("no-such-bucket"))
    holder.tools = structs.replace(holder.tools, shared_buckets=gone)

    run(gateway, rate_limit={"store": "shared", "pass_when_unreachable": False})
    refused = await statuses([gateway], 5)
    run(gateway, rate_limit={"store": "shared"})
    passed = await gateway.get(ME, headers=AUTOMATION)

    assert refused == {503: 5}
    assert (passed.status, "RateLimit" in passed.headers) == (200, False)

"""Apprise sends to one address many times at once: `python -m tests.bench.notify_apprise URL COUNT`. Prints seconds."""

import asyncio
import sys
import time

import apprise


async def send(url: str, count: int) -> float:
    sender = apprise.Apprise()
    for number in range(count):
        sender.add(f"{url.replace('http://', 'json://')}/{number}")
    began = time.perf_counter()
    assert await sender.async_notify(title="Firing: Checkout is slow", body="612 ms, over 500 ms for 5 min")
    return time.perf_counter() - began


if __name__ == "__main__":
    print(asyncio.run(send(sys.argv[1], int(sys.argv[2]))))

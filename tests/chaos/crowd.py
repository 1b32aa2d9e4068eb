"""Many connections that ask gateways over and over, and note what each answer shows of the chain it passed."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import NamedTuple
from urllib.parse import urlsplit

PATH = "/api/v1/auth/me"
GIVEN_ID = "given-by-the-crowd"
CONNECTIONS = 32
PER_SECOND = 2_000
HEAD_END = b"\r\n\r\n"


class Evidence(NamedTuple):
    """What four steps, from the outermost to the innermost, left in an answer, and the order of all."""

    status: str
    keeps_ids: bool
    referrer: str
    limit: str
    breaker_before_compression: bool


class Crowd:
    """`seen`: the answers by what they show. `failed`: requests without a whole answer."""

    def __init__(self, urls: Sequence[str], headers: Mapping[str, str]) -> None:
        self._urls, self._headers = urls, headers
        self.seen: Counter[Evidence] = Counter()
        self.failed: list[str] = []
        self._enough = False

    async def visit(self, number: int) -> None:
        """One connection, until it is enough; it asks no more often than its share of PER_SECOND."""
        place = urlsplit(self._urls[number % len(self._urls)])
        request = self._request(place.netloc)
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        due = loop.time() + number / PER_SECOND
        try:
            for turn in count():
                if self._enough:
                    return
                await asyncio.sleep(max(0.0, due + turn * CONNECTIONS / PER_SECOND - loop.time()))
                writer.write(request)
                self.seen[await evidence(reader)] += 1
        except (OSError, EOFError) as error:
            self.failed.append(repr(error))
        finally:
            writer.close()

    def stop(self) -> None:
        self._enough = True

    def _request(self, host: str) -> bytes:
        headers = {"Host": host, "X-Request-Id": GIVEN_ID, **self._headers}
        lines = [f"GET {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode()


async def evidence(reader: asyncio.StreamReader) -> Evidence:
    """Reads one answer."""
    first, *lines = (await reader.readuntil(HEAD_END)).decode().split("\r\n")
    headers = dict(_named(line for line in lines if line))
    await reader.readexactly(int(headers["content-length"]))
    timing = headers.get("server-timing", "")
    return Evidence(
        status=first.split(" ")[1],
        keeps_ids=headers.get("x-request-id") == GIVEN_ID,
        referrer=headers.get("referrer-policy", ""),
        limit=headers.get("ratelimit-policy", ""),
        breaker_before_compression=timing.find("circuit_breaker") < timing.find("compression"),
    )


@asynccontextmanager
async def crowd(urls: Sequence[str], headers: Mapping[str, str]) -> AsyncIterator[Crowd]:
    """Asks for as long as the context lasts, and ends with the last answer."""
    found = Crowd(urls, headers)
    tasks = [asyncio.create_task(found.visit(number)) for number in range(CONNECTIONS)]
    try:
        yield found
    finally:
        found.stop()
        await asyncio.gather(*tasks)


def _named(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        name, _, value = line.partition(":")
        yield name.lower(), value.strip()

"""Token buckets by the generic cell rate algorithm: one number each, the moment at which the bucket is full again.

A bucket holds `burst` tokens and gains `limit` in each `per_seconds`. In any span of `t` seconds it gives at most
`burst + t * limit / per_seconds`, over all who share it.
"""

import asyncio
from hashlib import blake2b

from msgspec import Struct

from shared.jetstream import JetStreamError
from shared.keyvalue import ConflictError, KeyValue
from shared.problems import ProblemError, unavailable

MOST_LOCAL = 100_000
MOST_SHARED = 20_000
SHARED_SECONDS = 0.5  # for a token from the shared store, all tries included
REST_SECONDS = 1.0  # after the shared store failed nobody waits for it, so long


class Policy(Struct, frozen=True):
    limit: int
    per_seconds: float
    burst: int


class Taken(Struct, frozen=True):
    """`count`: how many tokens were given. `full_at`: when the bucket is full again, in seconds of the clock.
    `remaining`: tokens left. `wait_seconds`: until there is a token, 0 when there is."""

    count: int
    full_at: float
    remaining: int
    wait_seconds: float


def take(policy: Policy, full_at: float, now: float, wanted: int = 1) -> Taken:
    """As many tokens as there are, at most `wanted`."""
    spacing = policy.per_seconds / policy.limit
    start = full_at if full_at > now else now
    there = int(policy.burst - (start - now) / spacing + 1e-6)
    if there > wanted:
        return Taken(wanted, start + wanted * spacing, there - wanted, 0.0)
    count = max(0, there)
    after = start + count * spacing
    return Taken(count, after, 0, max(0.0, after - now - (policy.burst - 1) * spacing))


class LocalBuckets:
    """Of one process. When there are too many, those that are full again go; they would start full anyway."""

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}

    def take(self, key: str, policy: Policy, now: float) -> Taken:
        taken = take(policy, self._full_at.get(key, 0.0), now)
        if taken.count:
            if len(self._full_at) >= MOST_LOCAL and key not in self._full_at:
                self._forget(now)
            self._full_at[key] = taken.full_at
        return taken

    def _forget(self, now: float) -> None:
        kept = {key: full_at for key, full_at in self._full_at.items() if full_at > now}
        self._full_at = kept if len(kept) < MOST_LOCAL else dict(list(kept.items())[MOST_LOCAL // 2 :])


class Known(Struct):
    """A shared bucket as it was last seen, and who waits for tokens of it."""

    full_at: float = 0.0
    revision: int = 0
    waiting: list["asyncio.Future[Taken]"] = []
    asking: bool = False


class SharedBuckets:
    """Over all gateways, in a key-value bucket: an entry is only written over the one that was read, so no token is
    given twice. Requests that come meanwhile share one write."""

    def __init__(self, store: KeyValue) -> None:
        self._store = store
        self._known: dict[str, Known] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._rests_until = 0.0

    async def take(self, key: str, policy: Policy, now: float) -> Taken:
        """Raises ProblemError 503 when the store does not answer."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until:
            raise unavailable("nats", "The counters of all gateways cannot be read")
        known = self._known_of(key)
        future: asyncio.Future[Taken] = loop.create_future()
        known.waiting.append(future)
        if not known.asking:
            known.asking = True
            task = asyncio.create_task(self._serve(key, known, policy, now), name="rate limit")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    def _known_of(self, key: str) -> Known:
        if key not in self._known and len(self._known) >= MOST_SHARED:
            self._known = {key: known for key, known in self._known.items() if known.asking}
        return self._known.setdefault(key, Known(waiting=[]))

    async def _serve(self, key: str, known: Known, policy: Policy, now: float) -> None:
        """Tokens for all who wait, also for those who come meanwhile."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            while known.waiting:
                waiting, known.waiting = known.waiting, []
                try:
                    async with asyncio.timeout(SHARED_SECONDS):
                        taken = await self._take(key, known, policy, now + loop.time() - started, len(waiting))
                except (ProblemError, JetStreamError, TimeoutError) as error:
                    self._rests_until = loop.time() + REST_SECONDS
                    known.revision, known.full_at = 0, 0.0
                    _fail(waiting, error)
                    continue
                _share(waiting, taken)
        finally:
            known.asking = False

    async def _take(self, key: str, known: Known, policy: Policy, now: float, wanted: int) -> Taken:
        name = f"gateway.{blake2b(key.encode(), digest_size=12).hexdigest()}"
        while True:
            taken = take(policy, known.full_at, now, wanted)
            if not taken.count:
                return taken  # others only ever take more
            try:
                known.revision = await self._store.update(name, repr(taken.full_at).encode(), known.revision)
                known.full_at = taken.full_at
                return taken
            except ConflictError:
                entry = await self._store.get(name)
                known.full_at, known.revision = (float(entry.value), entry.revision) if entry else (0.0, 0)


def _share(waiting: list["asyncio.Future[Taken]"], taken: Taken) -> None:
    """The first who came get the tokens."""
    for place, future in enumerate(waiting):
        if not future.done():
            future.set_result(Taken(int(place < taken.count), taken.full_at, taken.remaining, taken.wait_seconds))


def _fail(waiting: list["asyncio.Future[Taken]"], error: Exception) -> None:
    for future in waiting:
        if not future.done():
            future.set_exception(unavailable("nats", f"The counters of all gateways cannot be read: {error}"))

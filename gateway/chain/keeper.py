"""Which chain this gateway runs: the saved one at its start, later what is applied; and telling what it runs."""

import asyncio
import re
from datetime import UTC, datetime

import msgspec
import structlog
from msgspec import Struct, structs
from prometheus_client import Counter, Gauge

from gateway.chain.compiled import BuildError, compile_chain
from gateway.chain.holder import Holder
from shared.bus import Bus
from shared.contracts.pipeline.chain import APPLIED_KEY, CHAINS_BUCKET, SAVED_KEY, AppliedChain, Chain
from shared.contracts.pipeline.document import Origin, PipelineNode
from shared.contracts.pipeline.events import NodeAnnounced
from shared.contracts.pipeline.procedures import GET_CHAIN
from shared.contracts.wire import Nothing
from shared.jetstream import JetStreamError
from shared.keyvalue import KeyValue
from shared.problems import ProblemError
from shared.rpc import Caller, call
from shared.settings import Settings
from shared.version import VERSION

log = structlog.get_logger(__name__)

REVISION = Gauge("belfry_pipeline_revision", "The revision of the chain that runs")
SWAPS = Counter("belfry_pipeline_swaps_total", "Chains that were applied while requests ran", ["outcome"])

START_SECONDS = 2.0
ASK_AGAIN_SECONDS = 1.0
TELL_SECONDS = 5.0
OUTSIDE_OF_TOKENS = re.compile(r"[^A-Za-z0-9_-]")
UNREADABLE = (ProblemError, JetStreamError, TimeoutError, msgspec.MsgspecError)


class Read(Struct, frozen=True):
    """A chain, and where it was read."""

    chain: Chain
    origin: Origin


class Keeper:
    """`state` is what the other side is told."""

    def __init__(self, bus: Bus, settings: Settings, holder: Holder) -> None:
        self._bus, self._holder = bus, holder
        self._bucket: KeyValue = bus.kv(CHAINS_BUCKET)
        self._caller = Caller(actor=settings.service, role="viewer")
        self._number = 0
        self._news = asyncio.Event()
        now = datetime.now(UTC)
        self.state = PipelineNode(
            node=OUTSIDE_OF_TOKENS.sub("-", settings.instance),
            version=VERSION,
            revision=holder.chain.revision,
            origin="default",
            started_at=now,
            changed_at=now,
            seen_at=now,
        )

    # --- the chain ------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Run the latest chain that can be read, within START_SECONDS; else the one that is built in goes on."""
        await self._bucket.watch(self._changed, self._take_applied)
        try:
            async with asyncio.timeout(START_SECONDS):
                self._number = await self._applied_number()
                found = await self._read()
        except UNREADABLE as error:
            log.warning("pipeline.default_runs", reason=str(error))
            return
        self._run(found)

    async def finish_start(self) -> None:
        """Ask on until pipeline_svc says which chain is the latest. Then this gateway has started."""
        while self.state.origin in ("copy", "default"):
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            try:
                chain = await self._saved()
            except UNREADABLE:
                continue
            if self.state.origin in ("copy", "default"):  # nothing was applied meanwhile
                self._run(Read(chain, "saved"))
                return

    async def _read(self) -> Read:
        """The saved chain, or the copy of it. Raises when neither is there."""
        try:
            return Read(await self._saved(), "saved")
        except UNREADABLE as error:
            entry = await self._bucket.get(SAVED_KEY)
            if entry is None:
                raise
            log.warning("pipeline.copy_runs", reason=str(error))
            return Read(msgspec.json.decode(entry.value, type=Chain), "copy")

    async def _saved(self) -> Chain:
        reply = await call(self._bus, GET_CHAIN, Nothing(), self._caller, START_SECONDS / 2)
        return msgspec.json.decode(reply.data, type=Chain)

    async def _changed(self, key: str) -> None:
        if key == APPLIED_KEY:
            await self._take_applied()

    async def _take_applied(self) -> None:
        """Run what was applied since; asked again after each new connection, for the word may have been missed."""
        try:
            entry = await self._bucket.get(APPLIED_KEY)
            applied = msgspec.json.decode(entry.value, type=AppliedChain) if entry else None
        except UNREADABLE as error:
            log.warning("pipeline.applied_not_read", reason=str(error))
            return
        if applied is not None and applied.number > self._number:
            self._number = applied.number
            self._run(Read(applied.chain, "applied"))

    async def _applied_number(self) -> int:
        entry = await self._bucket.get(APPLIED_KEY)
        return msgspec.json.decode(entry.value, type=AppliedChain).number if entry else 0

    def _run(self, found: Read) -> None:
        """Swap the chain, or keep the one that runs and say why."""
        holder, revision = self._holder, found.chain.revision
        try:
            holder.chain = compile_chain(found.chain, holder.tools, holder.meter)
        except BuildError as error:
            SWAPS.labels("rejected").inc()
            log.error("pipeline.rejected", revision=revision, runs=self.state.revision, reason=str(error))
            self.state = structs.replace(self.state, rejected_revision=revision, error=str(error))
        else:
            SWAPS.labels("done").inc()
            REVISION.set(revision)
            log.info("pipeline.runs", revision=revision, origin=found.origin, unknown=holder.chain.unknown)
            self.state = structs.replace(
                self.state,
                revision=revision,
                origin=found.origin,
                changed_at=datetime.now(UTC),
                rejected_revision=None,
                error="",
                unknown_steps=list(holder.chain.unknown),
            )
        self._news.set()

    # --- telling --------------------------------------------------------------------------------------------------

    async def tell(self) -> None:
        """For ever: what this gateway runs, at once when it changes; and what it measured."""
        while True:
            self._news.clear()
            self.announce()
            self._bus.publish(self._holder.meter.take(self.state.node, self.state.revision))
            try:
                async with asyncio.timeout(TELL_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                pass

    def announce(self, stopped: bool = False) -> None:
        state = structs.replace(self.state, seen_at=datetime.now(UTC))
        self._bus.publish(NodeAnnounced(node=state.node, state=state, stopped=stopped))

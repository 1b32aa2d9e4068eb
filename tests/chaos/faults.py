"""Everything that is done to a running Belfry, and what it promises then. A new fault is a line in FAULTS."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from msgspec import Struct

from deploy.local.settings import GATEWAY
from tests.chaos import credentials
from tests.chaos.breaking import cut, fill_nats, fill_postgres, kill, slow, suspend
from tests.chaos.disks import why_none
from tests.chaos.whole import NATS, POSTGRES, PROCESSES, SERVERS, Whole

Make = Callable[[Whole], Awaitable[None]]


class Fault(Struct, frozen=True, kw_only=True):
    """`make` returns when the fault is over. `often`: made by `make test`. `cuts_off`: who reads pages may lose the
    connection. `why_not`: what this machine lacks for it, if anything."""

    id: str
    part: str
    what: str
    promise: str
    make: Make
    often: bool = False
    cuts_off: bool = False
    why_not: Callable[[], str] = str


PARTS = {NATS: "nats-server", POSTGRES: "PostgreSQL"}
WITHOUT = {
    "health_svc": "what is due meanwhile is checked afterwards; no change is told twice",
    "latency_svc": "durations wait in their stream, and each is counted once",
    "ws_svc": "the live channel goes on; only its figures are missing",
    "pipeline_svc": "gateways run the chain they have",
    "alert_svc": "what is measured waits in its stream: every alert comes, late",
    GATEWAY: "clients come back to their place: no event is missed, none comes twice",
    NATS: "facts wait in PostgreSQL and are told afterwards, in order; pages say what is lacking",
    POSTGRES: "results of checks wait in memory, durations in their stream; pages say what is lacking",
}


def _of_each() -> Iterator[Fault]:
    """Of every process and both servers."""
    for name in (*PROCESSES, *SERVERS):
        part, promise, hits_gateway = PARTS.get(name, name), WITHOUT[name], name == GATEWAY
        yield Fault(
            id=f"{name}-killed", part=part, what="killed (SIGKILL)", promise=promise, make=partial(kill, names=[name]),
            cuts_off=hits_gateway,
        )  # fmt: skip
        yield Fault(
            id=f"{name}-suspended", part=part, what="stands still for 5 s (SIGSTOP)", promise=promise,
            make=partial(suspend, names=[name]), often=name == NATS,
        )  # fmt: skip


FAULTS: tuple[Fault, ...] = (
    Fault(
        id="all-killed",
        part="everything",
        what="killed at once (SIGKILL)",
        promise="what was acknowledged is there; all come back by themselves, in whatever order",
        make=partial(kill, names=[*PROCESSES, *SERVERS]),
        often=True,
        cuts_off=True,
    ),
    Fault(
        id="all-suspended",
        part="all six processes",
        what="stand still for 5 s (SIGSTOP)",
        promise="they go on as if nothing had been",
        make=partial(suspend, names=PROCESSES),
    ),
    *_of_each(),
    Fault(
        id="nats-disk-full",
        part="nats-server",
        what="its disk is full for 5 s",
        promise="what is refused is sent again by who has it; nothing acknowledged is lost",
        make=fill_nats,
        often=True,
        why_not=why_none,
    ),
    Fault(
        id="postgres-disk-full",
        part="PostgreSQL",
        what="its disk is full for 10 s",
        promise="results of checks wait in memory, durations in their stream; changes are refused with 503",
        make=fill_postgres,
        often=True,
        why_not=why_none,
    ),
    Fault(
        id="nats-key-renewed",
        part="health_svc at NATS",
        what="a new key; the old one is refused",
        promise="the process takes the new one up by itself; no fact is lost",
        make=credentials.renew_key,
        often=True,
    ),
    Fault(
        id="postgres-password-renewed",
        part="health_svc at PostgreSQL",
        what="a new password; the old one is refused",
        promise="started anew it goes on where it was; no fact is lost",
        make=credentials.renew_password,
        often=True,
    ),
    Fault(
        id="network-slow",
        part="both servers",
        what="0.1 s more to them and as much back, for 5 s",
        promise="everything goes on, later",
        make=partial(slow, names=SERVERS),
        often=True,
    ),
    Fault(
        id="nats-network-cut",
        part="nats-server",
        what="all connections to it are cut ten times in 5 s",
        promise=WITHOUT[NATS],
        make=partial(cut, names=[NATS]),
    ),
    Fault(
        id="postgres-network-cut",
        part="PostgreSQL",
        what="all connections to it are cut ten times in 5 s",
        promise=WITHOUT[POSTGRES],
        make=partial(cut, names=[POSTGRES]),
    ),
)

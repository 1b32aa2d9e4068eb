"""Every metric of Belfry, from the registry of its own code."""

import importlib
import re
import sys
from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct, structs
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from gateway.live.upkeep import MEANINGS as LIVE_MEANINGS
from gateway.live.upkeep import State as LiveState
from shared.bus_state import BUS_MEANINGS, BusState
from shared.metrics import QueueMetrics
from shared.reporting import REPORTER_MEANINGS
from shared.telemetry import StateMetrics

EVERYONE = "shared"
PROCESSES = ("health_svc", "latency_svc", "ws_svc", "pipeline_svc", "alert_svc", "gateway")
FIGURES: dict[str, tuple[str, Mapping[str, str], type[Struct] | None]] = {
    "belfry_bus": (EVERYONE, BUS_MEANINGS, BusState),
    "belfry_reporter": (EVERYONE, REPORTER_MEANINGS, None),
    "belfry_ws": ("gateway", LIVE_MEANINGS, LiveState),
}
"""The numbers of Structs: who has them, and what they mean."""

LABELS = {
    "action": "what a node was asked",
    "answers": "`yes`, `no`",
    "code": "the WebSocket's close code",
    "consumer": "the durable consumers of `deploy/nats/streams.py`",
    "dependency": "`nats`, `postgres`",
    "endpoint": "the subjects of RPC endpoints",
    "kind": "the kinds of checks, channels, changes or events",
    "loop": "the loops of the process, by the name of their work",
    "method": "the HTTP method, or `OTHER`",
    "outcome": "`ok`, or how it ended instead; of RPC the status of the problem",
    "queue": "the queues of the process",
    "reason": "why it was left out",
    "result": "pass, warn, fail, error",
    "route": "the template of a route, or `unmatched`: never a path",
    "service": "the process itself",
    "signal": "`metrics`, `traces`",
    "state": "the states of alerts, or of deliveries",
    "status": "the HTTP status",
    "step": "the interceptors of the chain",
    "stream": "the streams that are followed",
    "to_status": "the statuses of services",
    "trigger": "`schedule`, `manual`",
    "version": "of the release",
    "what": "`opened`, `resolved`",
}
"""Every label, and what bounds the number of its values: nothing that a user or a client may choose."""


class Known(Struct, frozen=True, kw_only=True, order=True):
    """`owner`: the process that has it, or `shared` for all. `name` as it is asked for, without `_bucket`."""

    owner: str
    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


def known() -> list[Known]:
    """All of them, sorted by owner and name."""
    for process in PROCESSES:
        importlib.import_module(f"{process}.app")
    return sorted([*_registered(), *_figures(), *_queues()])


def page() -> str:
    found, labels = known(), "".join(f"| `{name}` | {meaning} |\n" for name, meaning in LABELS.items())
    tables = [_table(owner, [each for each in found if each.owner == owner]) for owner in (EVERYONE, *PROCESSES)]
    return f"{''.join(tables)}\n## Labels\n\n| label | its values |\n|---|---|\n{labels}"


def _table(owner: str, metrics: list[Known]) -> str:
    title = "Every process" if owner == EVERYONE else owner
    rows = [f"| `{m.name}` | {m.kind} | {', '.join(f'`{n}`' for n in m.labels)} | {m.meaning} |\n" for m in metrics]
    return f"\n## {title}\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n{''.join(rows)}"


def _registered() -> Iterator[Known]:
    """Whose modules hold it has it; what stands in shared/ is everyone's."""
    owners: dict[int, set[str]] = {}
    for name, module in list(sys.modules.items()):
        if (package := name.split(".")[0]) in (EVERYONE, *PROCESSES):
            for value in list(vars(module).values()):
                if isinstance(value, MetricWrapperBase):
                    owners.setdefault(id(value), set()).add(package)
    for metric in list(REGISTRY._collector_to_names):
        if isinstance(metric, MetricWrapperBase) and metric._name.startswith("belfry_"):
            holders = owners[id(metric)]
            owner = EVERYONE if EVERYONE in holders else min(holders)
            name = f"{metric._name}_total" if metric._type == "counter" else metric._name
            labels = tuple(metric._labelnames)
            yield Known(owner=owner, name=name, kind=metric._type or "", labels=labels, meaning=metric._documentation)


def _figures() -> Iterator[Known]:
    for prefix, (owner, meanings, state) in FIGURES.items():
        if state is not None:
            numbers = {f.name for f in structs.fields(state) if f.type in (int, float, bool, float | None)}
            assert numbers == set(meanings), prefix
        example = _with_numbers(meanings)
        for metric in StateMetrics(prefix, example, {"service": ""}, meanings).collect():
            name = f"{metric.name}_total" if metric.type == "counter" else metric.name
            yield Known(owner=owner, name=name, kind=metric.type, labels=("service",), meaning=metric.documentation)


def _with_numbers(meanings: Mapping[str, str]) -> Struct:
    """One with a number in each field."""
    return msgspec.defstruct("Figures", [(name, float, 0.0) for name in meanings])()


def _queues() -> Iterator[Known]:
    for metric in QueueMetrics("", []).collect():
        name = f"{metric.name}_total" if metric.type == "counter" else metric.name
        yield Known(
            owner=EVERYONE, name=name, kind=metric.type, labels=("service", "queue"), meaning=metric.documentation
        )


WORD = re.compile(r"\b(?:[a-z_]+:)?(?:belfry|process|python)_[a-z0-9_]+(?::[a-z0-9_]+)?|\bup\b")


def names_in(expr: str) -> set[str]:
    """The metrics an expression of Prometheus asks for, histograms by their own name."""
    without_labels = re.sub(r"{[^}]*}", "", expr)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in WORD.findall(without_labels)}

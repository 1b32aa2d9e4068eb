"""Which endpoint a point or a span belongs to, from its attributes: today's semantic conventions and the older ones."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from latency_svc.otlp.templating import Templates
from shared.contracts.latency import UNMATCHED_ROUTE, SampleSeries

METHOD = ("http.request.method", "http.method")
STATUS = ("http.response.status_code", "http.status_code")
ROUTE = ("http.route",)
PATH = ("url.path", "http.target")
ERROR = ("error.type",)
RPC = ("rpc.system.name", "rpc.system")
RPC_SERVICE, RPC_METHOD = "rpc.service", "rpc.method"

WANTED = frozenset((*METHOD, *STATUS, *ROUTE, *PATH, *ERROR, *RPC, RPC_SERVICE, RPC_METHOD))

GOOD_METHOD = re.compile(r"[A-Z_]{1,16}\Z")
OTHER_METHOD = "_OTHER"
RPC_WORD = "RPC"
UNKNOWN_SERVICE = "unknown_service"
LONGEST_SERVICE, LONGEST_ROUTE = 100, 500
MOST_KNOWN, LONGEST_KNOWN = 20_000, 1_000
"""How many sets of attributes are remembered, and how long one may be: nobody fills the memory with them."""

Values = Mapping[str, Any]
Encoded = bytes
"""Attributes of a point as they came: all its fields of number 1."""


def values_of(attributes: Sequence[KeyValue]) -> dict[str, Any]:
    """The attributes that name an endpoint; text or numbers, all others as empty text."""
    found: dict[str, Any] = {}
    for attribute in attributes:
        key = attribute.key
        if key in WANTED:
            value = attribute.value
            found[key] = value.string_value or value.int_value or ""
    return found


def service_of(resource: Resource) -> str:
    name = next((a.value.string_value for a in resource.attributes if a.key == "service.name"), "")
    return name[:LONGEST_SERVICE] or UNKNOWN_SERVICE


class Naming:
    """Endpoints of HTTP requests. Remembers what it named: the same attributes come with every export."""

    def __init__(self) -> None:
        self._templates = Templates()
        self._known: dict[tuple[Any, ...], SampleSeries] = {}
        self._read: defaultdict[str, dict[Encoded, SampleSeries]] = defaultdict(dict)
        self._read_size = 0

    def series_of(self, service: str, encoded: Sequence[Encoded]) -> list[SampleSeries]:
        """Of many of a service. Raises DecodeError for attributes that are none."""
        if self._read_size >= MOST_KNOWN:
            self._read.clear()
            self._read_size = 0
        known = self._read[service]
        return [known.get(each) or self._learned(service, each) for each in encoded]

    def _learned(self, service: str, encoded: Encoded) -> SampleSeries:
        found = self.series(service, values_of(ExponentialHistogramDataPoint.FromString(encoded).attributes))
        if len(service) + len(encoded) <= LONGEST_KNOWN:
            self._read[service][encoded] = found
            self._read_size += 1
        return found

    def series(self, service: str, values: Values) -> SampleSeries:
        """A route is taken as it is; a raw path is made a template; without both it is `__unmatched__`."""
        key = (service, *values.items())
        found = self._known.get(key)
        if found is None:
            route = _route(values, service, self._templates)
            found = SampleSeries(_method(values), route, status_class(values))
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            if sum(len(str(value)) for value in values.values()) <= LONGEST_KNOWN:
                self._known[key] = found
        return found


def rpc_series(values: Values, name: str) -> SampleSeries:
    """A remote procedure: its service and method, else the name of the span."""
    method = str(values.get(RPC_METHOD, ""))
    service = str(values.get(RPC_SERVICE, ""))
    route = f"{service}/{method}" if service and method else method or name
    return SampleSeries(RPC_WORD, route[:LONGEST_ROUTE] or UNMATCHED_ROUTE, status_class(values))


def is_http(values: Values) -> bool:
    return bool(first(values, METHOD))


def is_rpc(values: Values) -> bool:
    return bool(first(values, RPC))


def status_class(values: Values) -> int:
    """1 to 5; 5 also for a request that ended in an error without a status; 0 for none."""
    status = first(values, STATUS)
    try:
        found = int(status) // 100
    except ValueError:
        found = 0
    if 1 <= found <= 5:
        return found
    return 5 if first(values, ERROR) else 0


def status_of(values: Values) -> int:
    """Of HTTP; 0 for none."""
    status = first(values, STATUS)
    return status if isinstance(status, int) and 100 <= status <= 599 else 0


def first(values: Values, keys: tuple[str, ...]) -> Any:
    return next((values[key] for key in keys if values.get(key)), "")


def _method(values: Values) -> str:
    method = str(first(values, METHOD)).upper()
    return method if GOOD_METHOD.match(method) else OTHER_METHOD


def _route(values: Values, service: str, templates: Templates) -> str:
    route = str(first(values, ROUTE))
    if route:
        return route[:LONGEST_ROUTE]
    path = str(first(values, PATH))
    return templates.template(service, path)[:LONGEST_ROUTE] if path else UNMATCHED_ROUTE

"""One probe per kind of check. To add a kind: its Struct in shared/contracts/checks.py, a file here, a line below."""

from collections.abc import Awaitable, Callable
from typing import Any

from health_svc.probes.context import ProbeContext
from health_svc.probes.dns import probe_dns
from health_svc.probes.evidence import Verdict
from health_svc.probes.grpc import probe_grpc
from health_svc.probes.http import probe_http
from health_svc.probes.icmp import probe_icmp
from health_svc.probes.nats import probe_nats
from health_svc.probes.postgres import probe_postgres
from health_svc.probes.tcp import probe_tcp
from health_svc.probes.tls import probe_tls
from health_svc.probes.websocket import probe_websocket
from shared.contracts.checks import CheckKind

Probe = Callable[[Any, ProbeContext], Awaitable[Verdict]]

PROBES: dict[CheckKind, Probe] = {
    "http": probe_http,
    "tcp": probe_tcp,
    "tls": probe_tls,
    "dns": probe_dns,
    "icmp": probe_icmp,
    "grpc": probe_grpc,
    "postgres": probe_postgres,
    "nats": probe_nats,
    "websocket": probe_websocket,
}

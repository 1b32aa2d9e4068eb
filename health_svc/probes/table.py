"""One probe per kind of check. To add a kind: its Struct in shared/contracts/checks.py, a file here, a line below."""

from collections.abc import Awaitable, Callable
from typing import Any

from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import Verdict
from health_svc.probes.http import probe_http
from health_svc.probes.tcp import probe_tcp
from shared.contracts.checks import CheckKind

Probe = Callable[[Any, ProbeContext], Awaitable[Verdict]]

PROBES: dict[CheckKind, Probe] = {
    "http": probe_http,
    "tcp": probe_tcp,
}

"""What every request passes on its way to a handler, outermost first: one file each."""

from aiohttp.typedefs import Middleware

from gateway.interceptors.access_log import log_access
from gateway.interceptors.audit import audit
from gateway.interceptors.auth import authorize
from gateway.interceptors.body_limit import limit_body
from gateway.interceptors.compression import compress
from gateway.interceptors.latency import report_latency
from gateway.interceptors.security_headers import harden
from gateway.interceptors.timeout import limit_time
from shared.middleware import answer_errors, identify, measure, trace

CHAIN: tuple[Middleware, ...] = (
    identify,
    log_access,
    measure,
    report_latency,
    trace,
    harden,
    compress,
    answer_errors,
    limit_time,
    limit_body,
    audit,
    authorize,
)

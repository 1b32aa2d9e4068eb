"""http: a request on a fresh connection, and what its answer must be."""

from typing import Any

import msgspec
from msgspec.structs import replace
from yarl import URL

from health_svc.probes import assertions
from health_svc.probes.context import ProbeContext
from health_svc.probes.evidence import PASS, FaultError, Verdict, worst
from health_svc.probes.health_json import contradiction, report_of
from health_svc.probes.http_answer import Answer
from health_svc.probes.http_wire import Request, exchange, target_of
from health_svc.probes.masking import answer_head, is_secret_header, masked
from health_svc.probes.tls import certificate_verdict
from health_svc.probes.words import endpoint, short
from shared.contracts.checks import HttpCheck
from shared.contracts.health.services import Result

MAX_REDIRECTS = 10
_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "user-agent"})


async def probe_http(check: HttpCheck, context: ProbeContext) -> Verdict:
    """One request, or a chain of redirects; fails on the first statement that does not hold."""
    answer = await _fetch(check, context)
    text = answer.body.decode("utf-8", "replace")
    secrets = [value for name, value in check.headers.items() if is_secret_header(name) and len(value) >= 6]
    context.seen.response_head = answer_head(answer.status, answer.headers, text, secrets)
    document = _decoded(answer) if check.assertions or "json" in (answer.header("content-type") or "") else None
    return worst([
        _asserted(check, answer, text, document, context),
        _reported(answer, document, context),
        certificate_verdict(check.tls_warn_days, target_of(check.url).host, context, _ended(check.verify_tls)),
    ])  # fmt: skip


def _ended(verify_tls: bool) -> Result:
    """Who does not verify is only warned of an ended certificate."""
    return "fail" if verify_tls else "warn"


async def _fetch(check: HttpCheck, context: ProbeContext) -> Answer:
    target = target_of(check.url)
    body = (check.body or "").encode()
    request = Request(method=check.method, target=target, headers=check.headers, body=body, verify_tls=check.verify_tls)
    for _ in range(MAX_REDIRECTS + 1):
        answer = await exchange(request, context)
        location = answer.header("location") if answer.status in (301, 302, 303, 307, 308) else None
        if not check.follow_redirects or location is None:
            return answer
        request = redirected(request, answer.status, location)
    raise FaultError("fail", f"{endpoint(target.host, target.port)} redirects more than {MAX_REDIRECTS} times")


def redirected(request: Request, status: int, location: str) -> Request:
    """The next request of a chain. Another origin gets neither credentials nor the operator's own headers."""
    try:
        address = str(URL(request.target.address).with_user(None).join(URL(location)))
        target = target_of(address)
    except (ValueError, FaultError) as error:
        raise FaultError("fail", f"Redirects to an address that cannot be used: {short(masked(location))}") from error
    kept = request.headers
    same = target.origin == request.target.origin
    if same and not target.authorization:
        target = replace(target, authorization=request.target.authorization)
    if not same:
        kept = {name: value for name, value in kept.items() if name.lower() in _HARMLESS_HEADERS}
    if status == 303 or (status in (301, 302) and request.method == "POST"):
        method = "HEAD" if request.method == "HEAD" else "GET"
        return replace(request, method=method, body=b"", target=target, headers=kept)
    return replace(request, target=target, headers=kept, body=request.body if same else b"")


def _decoded(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, RecursionError):
        return assertions.MISSING


def _asserted(check: HttpCheck, answer: Answer, text: str, document: Any, context: ProbeContext) -> Verdict:
    judged = [assertions.status(check.expect_status, answer.status)]
    headers = check.expect_headers.items()
    judged += [assertions.header(name, wanted, answer.header(name.lower())) for name, wanted in headers]
    if check.expect_body is not None:
        judged.append(assertions.text("body", check.expect_body, text))
    judged += [assertions.json(assertion, document) for assertion in check.assertions]
    if check.max_latency_ms is not None:
        judged.append(assertions.latency(check.max_latency_ms, context.seen.elapsed_ms()))
    context.seen.assertions += [assertion for assertion, _ in judged]
    reasons = [reason for _, reason in judged if reason]
    if not reasons:
        return PASS
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return Verdict("fail", reasons[0] + _hint(check, answer) + more)


def _hint(check: HttpCheck, answer: Answer) -> str:
    location = answer.header("location")
    if location and 300 <= answer.status < 400 and not check.follow_redirects:
        return f". It redirects to {short(masked(location), 80)}"
    if answer.status in (401, 403):
        return ". The check needs other credentials"
    return ""


def _reported(answer: Answer, document: Any, context: ProbeContext) -> Verdict:
    media_type = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    report = report_of(media_type, document, "http")
    if report is None:
        return PASS
    context.seen.children = report.children
    conflict = contradiction(report.said, answer.status)
    return worst([report.verdict, conflict] if conflict else [report.verdict])

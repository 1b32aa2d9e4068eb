"""http checks against real servers."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from health_svc.probes import ProbeContext, run_checks
from shared.contracts.checks import HttpCheck, JsonAssertion
from shared.contracts.health import ComponentOutcome, ServiceSpec
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses
from tests.fixtures.targets.web import serve_site


def phase_names(outcome: ComponentOutcome) -> list[str]:
    return [phase.name for phase in outcome.phases]


async def test_good_answer_passes_with_phases_and_address(targets: Addresses, check_one: CheckOne) -> None:
    """A check tells its result, duration, phases and the address it used."""
    outcome = await check_one(HttpCheck(url=f"{targets.http}/ok", name="api", critical=True))
    assert (outcome.result, outcome.reason, outcome.component, outcome.critical) == ("pass", "", "api", True)
    assert outcome.address == "127.0.0.1"
    assert phase_names(outcome) == ["connect", "request", "first_byte", "body"]
    assert sum(phase.duration_ms for phase in outcome.phases) <= outcome.duration_ms


async def test_https_by_name_adds_dns_tls_and_certificate(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.https['good']}/ok"))
    assert outcome.result == "pass"
    assert phase_names(outcome) == ["dns", "connect", "tls", "request", "first_byte", "body"]
    assert outcome.certificate_ends_at is not None


@pytest.mark.parametrize(
    ("path", "expect", "result", "reason"),
    [
        ("/status/500", "2xx", "fail", "HTTP 500, expected 2xx"),
        ("/status/404", "2xx,404", "pass", ""),
        ("/status/410", "400-409", "fail", "HTTP 410, expected 400-409"),
        ("/status/401", "2xx", "fail", "HTTP 401, expected 2xx. The check needs other credentials"),
        ("/redirect?to=/ok", "2xx", "fail", "HTTP 302, expected 2xx. It redirects to /ok"),
    ],
)
async def test_status_must_be_expected(
    targets: Addresses, check_one: CheckOne, path: str, expect: str, result: str, reason: str
) -> None:
    outcome = await check_one(HttpCheck(url=targets.http + path, expect_status=expect))
    assert (outcome.result, outcome.reason) == (result, reason)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/hang", "then silence"),
        ("/drip", "then the answer did not end"),
    ],
)
async def test_timeout_names_the_phase(targets: Addresses, check_one: CheckOne, path: str, words: str) -> None:
    outcome = await check_one(HttpCheck(url=targets.http + path), timeout_seconds=0.2)
    assert outcome.result == "fail"
    assert outcome.reason.startswith("No answer within 200 ms. Connect ")
    assert outcome.reason.endswith(words)
    assert 200 <= outcome.duration_ms < 1000


@pytest.mark.parametrize(
    ("talk", "words"),
    [
        ("reset", "reset the connection"),
        ("hang_up", "closed the connection without an answer"),
        ("cut_short", "closed the connection in the middle of the answer"),
        ("banner", "does not speak HTTP here"),
        ("header_bomb", "are longer than 64 KB"),
    ],
)
async def test_broken_servers_are_told_in_words(targets: Addresses, check_one: CheckOne, talk: str, words: str) -> None:
    outcome = await check_one(HttpCheck(url=f"http://127.0.0.1:{targets.tcp[talk]}/"))
    assert outcome.result == "fail"
    assert outcome.reason.endswith(words)


async def test_dripping_headers_end_at_the_timeout(targets: Addresses, check_one: CheckOne) -> None:
    check = HttpCheck(url=f"http://127.0.0.1:{targets.tcp['header_drip']}/")
    outcome = await check_one(check, timeout_seconds=0.2)
    assert (outcome.result, outcome.duration_ms < 1000) == ("fail", True)


async def test_early_hints_and_a_body_until_close_are_read(targets: Addresses, check_one: CheckOne) -> None:
    url = f"http://127.0.0.1:{targets.tcp['until_close']}/"
    outcome = await check_one(HttpCheck(url=url, expect_body="^all of it$"))
    assert (outcome.result, outcome.reason) == ("pass", "")


async def test_huge_body_is_read_to_64_kb_only(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/huge", expect_body="^x{100}"))
    assert outcome.result == "pass"
    assert len(outcome.response_head) <= 2048


async def test_refused_port_and_unknown_name(targets: Addresses, check_one: CheckOne) -> None:
    refused = await check_one(HttpCheck(url=f"http://127.0.0.1:{targets.refused_port}/"))
    assert refused.result == "fail"
    assert refused.reason.startswith(f"127.0.0.1:{targets.refused_port} refused the connection")
    unknown = await check_one(HttpCheck(url="http://no-such-host.invalid/"))
    assert unknown.result in ("fail", "error")  # error where the machine's own resolver is away
    assert "no-such-host.invalid" in unknown.reason


@pytest.mark.parametrize(
    ("flaw", "result", "words"),
    [
        ("expired", "fail", "The certificate of localhost ended 3 days ago"),
        ("ending", "warn", "The certificate of localhost ends in 5 days"),
        ("wrong_host", "fail", "The certificate of localhost is not valid for localhost"),
        ("self_signed", "fail", "The certificate of localhost is signed by an authority that is not trusted here"),
    ],
)
async def test_bad_certificates(targets: Addresses, check_one: CheckOne, flaw: str, result: str, words: str) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.https[flaw]}/ok"))  # type: ignore[index]
    assert (outcome.result, outcome.reason) == (result, words)


async def test_an_unverified_certificate_may_be_strange(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.https['self_signed']}/ok", verify_tls=False))
    assert outcome.result == "pass"


async def test_the_warning_of_a_certificate_follows_the_clock(targets: Addresses, context: ProbeContext) -> None:
    spec = ServiceSpec(id="shop", checks=[HttpCheck(url=f"{targets.https['ending']}/ok", tls_warn_days=0)])
    [now] = await run_checks(spec, context)
    later = datetime.now(UTC) + timedelta(days=6)
    [then] = await run_checks(spec, replace(context, now=lambda: later))
    assert (now.result, then.result) == ("pass", "fail")


async def test_plain_and_tls_mixed_up(targets: Addresses, check_one: CheckOne) -> None:
    plain = await check_one(HttpCheck(url=targets.http.replace("http:", "https:")))
    assert (plain.result, plain.reason.partition(" ")[2]) == ("fail", "answered without TLS")
    tls = await check_one(HttpCheck(url=f"http://localhost:{targets.tls_ports['good']}/"))
    assert tls.result == "fail"


@pytest.mark.parametrize(
    ("assertion", "result", "reason"),
    [
        (JsonAssertion(path="$.lag", operator="<", value=10), "pass", ""),
        (JsonAssertion(path="$.lag", operator="<", value=2), "fail", "$.lag is 3, expected < 2"),
        (JsonAssertion(path="$.lagg", operator="<", value=10), "fail", "$.lagg is missing, expected < 10"),
        (JsonAssertion(path="$.lagg", operator="!=", value=0), "fail", "$.lagg is missing, expected != 0"),
        (JsonAssertion(path="$.name", operator="<", value=10), "fail", '$.name is "orders", expected < 10'),
        (JsonAssertion(path="$.ready", operator="==", value=1), "fail", "$.ready is true, expected == 1"),
        (JsonAssertion(path="$.ready", operator=">", value=0), "fail", "$.ready is true, expected > 0"),
        (JsonAssertion(path="$.ready", operator="==", value=True), "pass", ""),
        (JsonAssertion(path="$.items", operator="contains", value="b"), "pass", ""),
        (JsonAssertion(path="$.name", operator="matches", value="^ord"), "pass", ""),
        (JsonAssertion(path="$.name", operator="exists"), "pass", ""),
        (JsonAssertion(path="$.nothing", operator="absent"), "pass", ""),
        (JsonAssertion(path="$.name", operator="absent"), "fail", '$.name is "orders", expected absent'),
        (JsonAssertion(path="$..items[1]", operator="==", value="b"), "pass", ""),
    ],
)
async def test_json_assertions(
    targets: Addresses, check_one: CheckOne, assertion: JsonAssertion, result: str, reason: str
) -> None:
    """A missing field is a failed assertion, never zero, and no number is made of what is none."""
    outcome = await check_one(HttpCheck(url=f"{targets.http}/ok", assertions=[assertion]))
    assert (outcome.result, outcome.reason) == (result, reason)
    assert [told.passed for told in outcome.assertions] == [True, result == "pass"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("name", "cannot be used"),
        ("$[?@.a", "cannot be used"),
        ("$..a..b", "'..' may stand once only"),
        ("$[?match(@.a, 'x')]", "cannot be used"),
    ],
)
async def test_a_bad_json_path_is_our_fault(targets: Addresses, check_one: CheckOne, path: str, words: str) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/ok", assertions=[JsonAssertion(path=path)]))
    assert outcome.result == "error"
    assert words in outcome.reason


async def test_a_body_that_is_no_json_fails_its_assertions(targets: Addresses, check_one: CheckOne) -> None:
    check = HttpCheck(url=f"{targets.http}/status/200", assertions=[JsonAssertion(path="$.a", operator="absent")])
    outcome = await check_one(check)
    assert (outcome.result, outcome.reason) == ("fail", "The body is not JSON, so $.a cannot be read")


@pytest.mark.parametrize("pattern", ["(", "(?=x)", r"(a)\1"])
async def test_a_pattern_re2_does_not_take_is_our_fault(targets: Addresses, check_one: CheckOne, pattern: str) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/ok", expect_body=pattern))
    assert outcome.result == "error"
    assert outcome.reason.startswith("The pattern")


async def test_a_catastrophic_pattern_ends_soon(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/huge", expect_body=r"(x+x+)+y"))
    assert outcome.result == "fail"
    assert outcome.duration_ms < 2000


async def test_headers_body_and_latency_are_told_one_by_one(targets: Addresses, check_one: CheckOne) -> None:
    check = HttpCheck(
        url=f"{targets.http}/slow?ms=60",
        expect_headers={"Content-Type": "text/html", "X-Missing": ".", "content-length": "^4$"},
        expect_body="early",
        max_latency_ms=20,
    )
    outcome = await check_one(check)
    told = {one.name: (one.expected, one.actual, one.passed) for one in outcome.assertions}
    assert told["status"] == ("2xx", "200", True)
    assert told["header Content-Type"] == ("text/html", "text/plain; charset=utf-8", False)
    assert told["header X-Missing"] == (".", "missing", False)
    assert told["header content-length"] == ("^4$", "4", True)
    assert told["body"] == ("early", "late", False)
    assert told["latency"][2] is False
    assert outcome.reason == "Header Content-Type is text/plain; charset=utf-8, expected text/html (and 3 more)"


async def test_slow_answers_warn(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/slow?ms=60", degraded_ms=20))
    assert outcome.result == "warn"
    assert outcome.reason.startswith("Slow: ")
    assert outcome.reason.endswith("more than 20 ms")


@pytest.mark.parametrize(
    ("query", "result", "reason"),
    [
        ("status=pass", "pass", ""),
        ("status=UP", "pass", ""),
        ("status=warn", "warn", "Reports warn"),
        ("status=warn&database=warn", "warn", "Reports warn: database:responseTime warn"),
        ("status=pass&database=fail", "warn", "Reports pass, but database:responseTime fail"),
        (
            "status=fail&code=503&database=fail",
            "fail",
            "HTTP 503, expected 2xx. Reports fail: database:responseTime fail",
        ),
        (
            "status=Down&database=down",
            "fail",
            "Reports down: database:responseTime fail. The body says fail with HTTP 200: contract violation",
        ),
        (
            "status=pass&code=503",
            "fail",
            "HTTP 503, expected 2xx. The body says pass with HTTP 503: contract violation",
        ),
        ("status=perhaps", "fail", "The health+json body has no known status"),
    ],
)
async def test_health_json_speaks_for_itself_and_its_components(
    targets: Addresses, check_one: CheckOne, query: str, result: str, reason: str
) -> None:
    """R2.1.3: a degraded service names its affected components."""
    outcome = await check_one(HttpCheck(url=f"{targets.http}/health?{query}&output=refused"))
    assert (outcome.result, outcome.reason) == (result, reason)
    if "perhaps" not in query:
        assert [child.component for child in outcome.children] == ["database:responseTime", "cache"]
        assert outcome.children[0].duration_ms == 12.5
        assert outcome.children[0].reason == "refused" or outcome.children[0].result == "pass"


async def test_secrets_do_not_stay(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/secrets", expect_headers={"X-Api-Key": "^other$"}))
    kept = outcome.response_head + str(outcome.assertions) + outcome.reason
    for secret in ("tok-123456", "hunter22", "cookie-value-1", "key-987654"):
        assert secret not in kept
    assert '"user": "ana"' in outcome.response_head


async def test_an_echo_of_our_own_credentials_is_masked(targets: Addresses, check_one: CheckOne) -> None:
    url = targets.http.replace("http://", "http://ana:open-sesame@") + "/echo"
    outcome = await check_one(HttpCheck(url=url, headers={"X-Auth-Token": "abcdef123", "Cookie": "sid=42424242"}))
    for secret in ("open-sesame", "abcdef123", "42424242", "YW5hOm9wZW4tc2VzYW1l"):
        assert secret not in outcome.response_head


async def test_request_is_sent_as_written(targets: Addresses, check_one: CheckOne) -> None:
    check = HttpCheck(
        url=f"{targets.http}/echo",
        method="POST",
        headers={"X-Team": "shop", "host": "orders.shop"},
        body='{"a": 1}',
        assertions=[
            JsonAssertion(path="$.method", operator="==", value="POST"),
            JsonAssertion(path="$.body", operator="==", value='{"a": 1}'),
            JsonAssertion(path="$.headers['x-team']", operator="==", value="shop"),
            JsonAssertion(path="$.headers.host", operator="==", value="orders.shop"),
        ],
    )
    assert (await check_one(check)).reason == ""


async def test_an_ipv6_address_is_used_as_written(check_one: CheckOne) -> None:
    async with serve_site(host="::1") as port:
        check = HttpCheck(
            url=f"http://[::1]:{port}/echo",
            assertions=[JsonAssertion(path="$.headers.host", operator="==", value=f"[::1]:{port}")],
        )
        outcome = await check_one(check)
    assert (outcome.result, outcome.reason, outcome.address) == ("pass", "", "::1")


async def test_head_has_no_body(targets: Addresses, check_one: CheckOne) -> None:
    assert (await check_one(HttpCheck(url=f"{targets.http}/ok", method="HEAD"))).result == "pass"


async def test_a_line_break_in_a_header_is_refused(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/ok", headers={"X-A": "1\r\nX-B: 2"}))
    assert (outcome.result, outcome.reason) == ("error", "A header contains a line break")


async def test_compressed_answers_are_read(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/squeezed", expect_body="squeezed"))
    assert outcome.result == "pass"


async def test_redirects_are_followed_and_bounded(targets: Addresses, check_one: CheckOne) -> None:
    followed = await check_one(HttpCheck(url=f"{targets.http}/redirect?to=/ok", follow_redirects=True))
    assert followed.result == "pass"
    endless = await check_one(HttpCheck(url=f"{targets.http}/circle", follow_redirects=True))
    assert (endless.result, endless.reason.partition(" ")[2]) == ("fail", "redirects more than 10 times")


async def test_credentials_stay_with_their_host(targets: Addresses, check_one: CheckOne) -> None:
    """A redirect to another origin gets neither credentials nor the operator's own headers; the same origin does."""
    headers = {"Authorization": "Bearer abcdefghij", "X-Internal": "7", "Accept": "application/json"}
    other = f"{targets.http.replace('127.0.0.1', 'localhost')}/echo"
    for to, kept in ((other, False), ("/echo", True)):
        check = HttpCheck(
            url=f"{targets.http}/redirect?to={quote(to)}",
            headers=headers,
            follow_redirects=True,
            assertions=[
                JsonAssertion(path="$.headers.authorization", operator="exists" if kept else "absent"),
                JsonAssertion(path="$.headers['x-internal']", operator="exists" if kept else "absent"),
                JsonAssertion(path="$.headers.accept", operator="==", value="application/json"),
            ],
        )
        assert (await check_one(check)).reason == ""


@pytest.mark.parametrize("url", ["http://[::1", "http://host:99999/", "http://:80/"])
async def test_impossible_addresses_are_our_fault(check_one: CheckOne, url: str) -> None:
    assert (await check_one(HttpCheck(url=url))).result == "error"

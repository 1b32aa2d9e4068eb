"""http checks: what is sent, and what an answer must hold."""

from urllib.parse import quote

import pytest

from shared.contracts.checks import HttpCheck, JsonAssertion
from tests.backend.health_svc.probes.conftest import CheckOne
from tests.fixtures.targets import Addresses


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

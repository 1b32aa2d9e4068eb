"""http checks against real servers."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from health_svc.probes import ProbeContext, run_checks
from shared.contracts.checks import HttpCheck, JsonAssertion
from shared.contracts.health.runs import ComponentOutcome
from shared.contracts.health.services import ServiceSpec
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
    outcome = await check_one(HttpCheck(url=targets.http + path), timeout_seconds=0.8)
    assert outcome.result == "fail"
    assert outcome.reason.startswith("No answer within 800 ms. Connect ")
    assert outcome.reason.endswith(words)
    assert 795 <= outcome.duration_ms < 5000  # the loop wakes within its clock's grain


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
    outcome = await check_one(check, timeout_seconds=0.8)
    assert (outcome.result, outcome.duration_ms < 5000) == ("fail", True)


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
    stranger = await check_one(HttpCheck(url=f"{targets.https['self_signed']}/ok", verify_tls=False))
    ended = await check_one(HttpCheck(url=f"{targets.https['expired']}/ok", verify_tls=False))
    assert stranger.result == "pass"
    assert (ended.result, ended.reason) == ("warn", "The certificate of localhost ended 3 days ago")


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


async def test_slow_answers_warn(targets: Addresses, check_one: CheckOne) -> None:
    outcome = await check_one(HttpCheck(url=f"{targets.http}/slow?ms=60", degraded_ms=20))
    assert outcome.result == "warn"
    assert outcome.reason.startswith("Slow: ")
    assert outcome.reason.endswith("more than 20 ms")


async def test_an_ipv6_address_is_used_as_written(check_one: CheckOne) -> None:
    async with serve_site(host="::1") as port:
        check = HttpCheck(
            url=f"http://[::1]:{port}/echo",
            assertions=[JsonAssertion(path="$.headers.host", operator="==", value=f"[::1]:{port}")],
        )
        outcome = await check_one(check)
    assert (outcome.result, outcome.reason, outcome.address) == ("pass", "", "::1")


@pytest.mark.parametrize("url", ["http://[::1", "http://host:99999/", "http://:80/"])
async def test_impossible_addresses_are_our_fault(check_one: CheckOne, url: str) -> None:
    assert (await check_one(HttpCheck(url=url))).result == "error"

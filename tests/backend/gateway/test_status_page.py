"""The public status page: what it says, and what it never says."""

from datetime import timedelta
from xml.etree import ElementTree

import msgspec
import pytest

from gateway.status_page.badge import badge
from gateway.status_page.bars import bars
from gateway.status_page.feed import feed
from gateway.status_page.page import page
from gateway.status_page.shapes import WORDS
from gateway.status_page.view import STALE_AFTER, Shown, view_of
from gateway.status_page.words import age_words, percent_words, span_words, time_words
from shared.contracts.health.status_page import PublicService, StatusPage
from tests.backend.gateway.conftest import Client, HealthOnBus
from tests.contracts.shop.clock import NOW, ago
from tests.contracts.shop.incidents import status_page

SHOP = status_page(90)
LIMIT_BYTES = 30_000


def shop_with(*statuses: Shown) -> StatusPage:
    services = [msgspec.structs.replace(SHOP.services[0], status=status) for status in statuses]
    return msgspec.structs.replace(SHOP, services=services)


@pytest.mark.parametrize(
    ("statuses", "headline"),
    [
        (["healthy", "healthy"], "All systems are healthy"),
        (["healthy", "degraded"], "Some systems are degraded"),
        (["down", "degraded", "healthy"], "Some systems are down"),
        (["down", "down"], "All systems are down"),
        (["unknown", "maintenance"], "The state of some systems is unknown"),
        (["maintenance", "healthy"], "Maintenance is under way"),
        ([], "No system is listed here yet"),
    ],
)
def test_the_headline_names_the_worst(statuses: list[Shown], headline: str) -> None:
    assert view_of(shop_with(*statuses), NOW).headline == headline


def test_nothing_is_green_once_checks_have_stopped() -> None:
    view = view_of(SHOP, NOW + STALE_AFTER + timedelta(minutes=3))
    html = page(view)

    assert {service.status for service in view.services} == {"unknown"}
    assert view.headline == "The state of the systems is unknown"
    assert '<p class="stale">Last updated 6 min ago' in html
    assert "All systems are healthy" not in html


def test_a_page_is_small_and_needs_no_script() -> None:
    html = page(view_of(SHOP, NOW))

    assert len(html.encode()) < LIMIT_BYTES
    assert "<script" not in html
    assert 'src="' not in html


def test_thirty_services_still_fit() -> None:
    many = [msgspec.structs.replace(service, id=f"s-{n}") for n, service in enumerate([*SHOP.services] * 4)][:30]

    assert len(page(view_of(msgspec.structs.replace(SHOP, services=many), NOW)).encode()) < LIMIT_BYTES


def test_every_status_stands_there_as_shape_and_word() -> None:
    html = page(view_of(SHOP, NOW))

    for service in SHOP.services:
        assert f'href="#{service.status}"' in html
        assert f">{WORDS[service.status]}</span>" in html


def test_names_are_text_never_markup() -> None:
    evil = msgspec.structs.replace(SHOP.services[0], name="<script>alert(1)</script>", group='"><img src=x>')

    html = page(view_of(msgspec.structs.replace(SHOP, services=[evil]), NOW))

    assert "<script>" not in html
    assert "<img" not in html


def test_bars_put_each_day_at_its_place() -> None:
    payments = next(service for service in SHOP.services if service.id == "payments-api")

    drawn = bars(payments)

    assert 'class="d" d="M312 14h4"' in drawn  # 12 November, day 79 of 90
    assert 'aria-label="Payments, 90 days: 99.99 % uptime. Outages on 12 Nov, 18 Nov"' in drawn


def test_days_before_the_watch_are_without_data() -> None:
    young: PublicService = msgspec.structs.replace(SHOP.services[0], days=SHOP.services[0].days[-7:])

    assert f'class="n" d="M0 22h{83 * 4}"' in bars(young)


def test_words_of_time() -> None:
    assert [span_words(timedelta(seconds=seconds)) for seconds in (0, 8, 372, 8040, 273_600)] == [
        "0 s",
        "8 s",
        "6 min 12 s",
        "2 h 14 min",
        "3 d 4 h",
    ]
    assert age_words(timedelta(seconds=372)) == "6 min ago"
    assert [time_words(at, NOW) for at in (ago(372), ago(86_400), ago(400 * 86_400))] == [
        "14:02 UTC",
        "22 Nov, 14:08 UTC",
        "19 Oct 2025, 14:08 UTC",
    ]
    assert [percent_words(pct) for pct in (100.0, 99.99, None)] == ["100 %", "99.99 %", "no data"]


def test_the_feed_is_rss_with_lasting_ids() -> None:
    one, two = (feed(view_of(SHOP, NOW + timedelta(seconds=n)), "https://belfry.example") for n in (0, 60))

    items = ElementTree.fromstring(one).findall("./channel/item")

    assert [item.findtext("guid") for item in items] == [
        item.findtext("guid") for item in ElementTree.fromstring(two).iter("item")
    ]
    assert "search: degraded" in {item.findtext("title") for item in items}


@pytest.mark.parametrize("status", WORDS)
def test_a_badge_says_its_words_to_a_screen_reader(status: Shown) -> None:
    drawn = ElementTree.fromstring(badge("Shop & Co", status))

    assert drawn.get("aria-label") == f"Shop & Co: {WORDS[status].lower()}"
    assert drawn.findtext("{http://www.w3.org/2000/svg}title") == f"Shop & Co: {WORDS[status].lower()}"


async def test_anyone_sees_the_page_its_data_its_feed_and_badges(gateway: Client, health_on_bus: HealthOnBus) -> None:
    answers = [await gateway.get(path) for path in ("/status", "/status.json", "/status.rss", "/badges/checkout.svg")]
    private = await gateway.get("/badges/ledger-db.svg")

    assert [answer.status for answer in answers] == [200, 200, 200, 200]
    assert [answer.content_type for answer in answers] == [
        "text/html",
        "application/json",
        "application/rss+xml",
        "image/svg+xml",
    ]
    assert answers[1].headers["Access-Control-Allow-Origin"] == "*"
    embedded = [answer.headers["Cross-Origin-Resource-Policy"] for answer in answers]
    assert embedded == ["same-origin", *["cross-origin"] * 3], "a badge stands on pages of others"
    assert private.status == 404
    assert "ledger" not in await answers[0].text() + await answers[1].text()
    assert len(health_on_bus.callers("get_status_page")) == 1


async def test_the_page_stays_a_page_when_nobody_answers(gateway: Client) -> None:
    answer = await gateway.get("/status")

    assert answer.status == 503
    assert "The state of the systems is unknown" in await answer.text()
    assert (await gateway.get("/status.json")).status == 503

"""Raw paths become templates, and never too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latency_svc.otlp.templating import MOST_CHILDREN, MOST_SERVICES, MOST_TEMPLATES, Templates
from shared.contracts.latency import OVERFLOW_ROUTE


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/", "/"),
        ("", "/"),
        ("/users/42", "/users/{id}"),
        ("/users/42/orders/7?page=2#top", "/users/{id}/orders/{id}"),
        ("/api/v2/users", "/api/v2/users"),
        ("/items/1b4e28ba-2fa1-11d2-883f-0016d3cca427", "/items/{id}"),
        ("/blobs/9f86d081884c7d65", "/blobs/{id}"),
        ("/feedface", "/feedface"),
        ("/days/2026-11-23", "/days/{id}"),
        ("/mail/ada@example.com", "/mail/{id}"),
        ("/ulid/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/ulid/{id}"),
        ("/orders/order-1234", "/orders/{id}"),
        ("/" + "x" * 41, "/{id}"),
        ("/health/live", "/health/live"),
    ],
)
def test_what_looks_like_an_id_is_one(path: str, template: str) -> None:
    assert Templates().template("shop", path) == template


def test_a_segment_that_varies_too_much_is_any() -> None:
    templates = Templates()
    found = {templates.template("shop", f"/people/{name}/edit") for name in words(1000)}
    assert len(found) == MOST_CHILDREN + 1
    assert "/people/{*}/edit" in found


def test_a_million_paths_are_few_templates() -> None:
    """Whatever a scanner asks for: at most so many templates of a service, the rest is one and counted as such."""
    templates = Templates()
    names = words(1000)
    found = {templates.template("shop", f"/{names[n % 997]}/{names[n // 1000]}/{n}x") for n in range(100_000)}
    assert len(found) <= MOST_TEMPLATES + 1
    assert OVERFLOW_ROUTE in found


def test_services_do_not_disturb_each_other_and_are_not_kept_for_ever() -> None:
    templates = Templates()
    for n in range(MOST_SERVICES + 10):
        assert templates.template(f"service-{n}", "/a/1") == "/a/{id}"
    assert templates.remembered == MOST_SERVICES


@given(st.text(max_size=200))
def test_any_text_has_a_template(path: str) -> None:
    template = Templates().template("shop", path)
    assert template.startswith("/")
    assert Templates().template("shop", path) == template


def words(count: int) -> list[str]:
    letters = "abcdefghij"
    return [f"{letters[n // 100 % 10]}{letters[n // 10 % 10]}{letters[n % 10]}" for n in range(count)]

"""Settings: what is wrong with them, field by field; their schemas; and what they say in a line."""

from typing import Any

import pytest

from pipeline_svc.interceptors import SUMMARIES, check, schema_of, summary
from shared.contracts.catalogue import BY_ID, CATALOGUE

CASES: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("rate_limit", {"requests": 600, "burst": 50}, {"burst": "must be at least 60, a tenth of requests"}),
    ("rate_limit", {"requests": 10, "burst": 50}, {"burst": "must be at most 10, the number of requests"}),
    ("rate_limit", {"requests": 0, "burst": 1}, {}),
    ("rate_limit", {"store": "redis"}, {"store": "must be one of local, shared"}),
    (
        "rate_limit",
        {"requests": -1, "except_paths": ["status"]},
        {"requests": "must be at least 0", "except_paths[0]": "must be a path that starts with /"},
    ),
    ("timeout", {"second": 3}, {"second": "unknown field, did you mean `seconds`?"}),
    (
        "cors",
        {"origins": ["*"], "credentials": True},
        {"credentials": "must be off while any origin (*) may call: name the origins, or leave cookies out"},
    ),
    (
        "cors",
        {
            "origins": [
                "https://Shop.example:443",
                "https://shop.example:8443",
                "https://bücher.example",
                "http://[::1]:80",
            ]
        },
        {
            "origins[0]": "must be as browsers write it: https://shop.example",
            "origins[2]": "must be as browsers write it: https://xn--bcher-kva.example",
            "origins[3]": "must be as browsers write it: http://[::1]",
        },
    ),
    ("cors", {"origins": ["https://a:b"]}, {"origins[0]": "must be an origin, without a path"}),
    (
        "ip_rules",
        {"allow": ["10.0.0.300"]},
        {"allow[0]": "must be an address or a network, such as 10.0.0.0/8 or 2001:db8::/32"},
    ),
    ("ip_rules", {"deny": ["10.0.0.7/8", "::1"]}, {}),
    (
        "in_flight",
        {"max_requests": 10, "max_per_client": 20},
        {"max_per_client": "must be at most 10, as many as there may be in all"},
    ),
    (
        "security_headers",
        {"hsts_preload": True, "hsts_seconds": 60},
        {"hsts_subdomains": "must be on for preload", "hsts_seconds": "must be at least 31536000, a year, for preload"},
    ),
    ("auth", {"schemes": []}, {"schemes": "must not be empty"}),
    ("auth", {"schemes": ["cookie", "cookie"]}, {"schemes": "must name each only once"}),
    ("errors", {}, {}),
]


@pytest.mark.parametrize(("id", "given", "wrong"), CASES)
def test_every_bad_setting_is_named(id: str, given: dict[str, Any], wrong: dict[str, str]) -> None:
    """F2.4.5: the dialog shows these at its fields."""
    settings, errors = check(id, given)

    assert {error.field: error.message for error in errors} == wrong
    assert wrong or settings.keys() == set(BY_ID[id].settings.__struct_fields__)


def test_settings_are_stored_complete() -> None:
    settings, errors = check("timeout", {})
    assert (settings, errors) == ({"seconds": 15.0}, [])


@pytest.mark.parametrize("interceptor", CATALOGUE, ids=lambda each: each.id)
def test_each_step_explains_itself(interceptor: Any) -> None:
    """F2.4.5: the form is made of the schema: a field has a label, a choice its words, a number its limits."""
    schema = schema_of(interceptor)

    assert schema["additionalProperties"] is False
    assert schema["title"] == interceptor.name
    for name, field in schema["properties"].items():
        assert field["title"], name
        assert "default" in field, name
        if "enum" in field and "x-labels" in field:
            assert field["x-labels"].keys() == set(field["enum"])
        if field.get("type") in ("integer", "number"):
            assert {"minimum", "maximum"} <= field.keys(), name
    assert "$ref" not in str(schema)


def test_each_step_says_its_settings_in_a_line() -> None:
    defaults = {each.id: summary(each.id, check(each.id, {})[0]) for each in CATALOGUE}

    assert defaults.keys() == SUMMARIES.keys()
    assert all(0 < len(line) < 60 for line in defaults.values())
    assert defaults["body_limit"] == "1 MiB"
    assert defaults["ip_rules"] == "Everyone"
    assert summary("unknown", {}) == ""
    assert summary("rate_limit", {"requests": 600, "burst": 60, "store": "shared"}) == (
        "600 per 60 s for each user, 60 at once, shared"
    )
    assert summary("cors", {"origins": ["https://a.example", "https://b.example"], "credentials": True}) == (
        "2 origins, with cookies"
    )
    assert summary("ip_rules", {"allow": ["::1"], "deny": ["10.0.0.0/8", "::2"]}) == "1 allowed, 2 denied"
    assert summary("fault_injection", {"delay_pct": 5, "abort_pct": 1}) == "5 % delayed by 500 ms, 1 % get 503"

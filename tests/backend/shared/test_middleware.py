"""Every answer has a request id, is measured and traced, and every error is a problem."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from shared.service import new_app
from tests.fixtures.sample_svc import ROUTES, SampleSettings

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The sample's routes on the frame, with neither bus nor database."""
    app = new_app(SampleSettings(), max_body_bytes=1000)
    app.add_routes(ROUTES)
    async with TestClient(TestServer(app)) as client:
        yield client


async def problem(client: Client, path: str, method: str = "GET", **options: Any) -> dict[str, Any]:
    async with client.request(method, path, **options) as response:
        assert response.content_type == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"
        body: dict[str, Any] = await response.json()
        assert body["status"] == response.status
        assert body["instance"] == f"urn:belfry:request:{response.headers['X-Request-Id']}"
        return body


async def test_extensions_stand_beside_the_standard_members(client: Client) -> None:
    body = await problem(client, "/fail/conflict")
    assert body["status"] == 409
    assert body["title"] == "Conflict"
    assert body["detail"] == "Dana saved another order 40 s ago"
    assert body["revision"] == 7
    assert "extensions" not in body


async def test_too_many_says_when_to_come_back(client: Client) -> None:
    async with client.get("/fail/often") as response:
        assert response.status == 429
        assert response.headers["Retry-After"] == "9"


async def test_an_unexpected_error_is_logged_and_not_shown(client: Client) -> None:
    with capture_logs() as logs:
        body = await problem(client, "/fail/badly", headers={"X-Request-Id": "request-0001"})
    assert body["status"] == 500
    assert "request-0001" in body["detail"]
    assert "42" not in str(body)
    assert "RuntimeError" not in str(body)
    failed = next(line for line in logs if line["event"] == "http.failed")
    assert failed["exc_info"]
    assert failed["log_level"] == "error"


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/nowhere", 404, "Nothing is at /nowhere"),
        ("GET", "/fail/missing", 404, "No word is called `x`"),
        ("DELETE", "/count", 405, "/count takes GET, HEAD, not DELETE"),
        ("POST", "/words", 400, "The body is empty. Send a JSON object"),
    ],
)
async def test_errors_say_what_to_do(client: Client, method: str, path: str, status: int, words: str) -> None:
    body = await problem(client, path, method)
    assert (body["status"], body["detail"]) == (status, words)


async def test_method_not_allowed_names_the_methods(client: Client) -> None:
    async with client.delete("/count") as response:
        assert response.headers["Allow"] == "GET,HEAD"


async def test_too_large_says_the_limit(client: Client) -> None:
    body = await problem(client, "/words", "POST", data=b"x" * 2000)
    assert body["status"] == 413
    assert body["limit_bytes"] == 1000


async def test_bad_fields_stand_in_errors(client: Client) -> None:
    body = await problem(client, "/words", "POST", json={"txt": "a"})
    assert body["status"] == 422
    assert body["errors"] == [
        {"field": "txt", "message": "unknown field, did you mean `text`?"},
        {"field": "text", "message": "is missing"},
    ]


@pytest.mark.parametrize("given", ["short", "with space inside", "x" * 65, "semi;colon"])
async def test_a_strange_request_id_is_replaced(client: Client, given: str) -> None:
    async with client.get("/healthz", headers={"X-Request-Id": given}) as response:
        assert response.headers["X-Request-Id"] != given
        assert len(response.headers["X-Request-Id"]) == 16


async def test_a_sane_request_id_is_kept(client: Client) -> None:
    async with client.get("/healthz", headers={"X-Request-Id": "0af7651916cd43dd"}) as response:
        assert response.headers["X-Request-Id"] == "0af7651916cd43dd"


async def test_requests_are_counted_by_route_and_never_by_path(client: Client) -> None:
    for path in ("/fail/conflict", "/fail/missing", "/etc/passwd", "/a/b/c"):
        async with client.get(path):
            pass
    async with client.get("/metrics") as response:
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        lines = (await response.text()).splitlines()
    labels = 'belfry_http_requests_total{method="GET",route="%s",service="sample_svc",status="%d"}'
    counted = {line.rsplit(" ", 1)[0] for line in lines}
    assert labels % ("/fail/{how}", 409) in counted
    assert labels % ("/fail/{how}", 404) in counted
    assert labels % ("unmatched", 404) in counted
    assert not [line for line in lines if "passwd" in line]
    assert any(line.startswith("belfry_http_request_duration_seconds_bucket") for line in lines)
    assert any(line.startswith("process_resident_memory_bytes") for line in lines)

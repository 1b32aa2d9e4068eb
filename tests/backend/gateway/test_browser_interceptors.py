"""What browsers and checkers ask of answers: CORS by the Fetch standard, security headers, compression by RFC 9110."""

import gzip
from collections.abc import Mapping

import pytest
from aiohttp import web

from tests.backend.gateway.chains import run, run_around
from tests.backend.gateway.conftest import AUTOMATION, Client, sign_in

ME = "/api/v1/auth/me"
TOKENS = "/api/v1/auth/tokens"
SHOP = "https://shop.example"
WANTS_TO_PUT = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,if-match"}
TEXT = '{"belfry": "' + "x" * 4000 + '"}'


def cors_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items() if name.lower().startswith("access-control-")}


def varies_by(headers: Mapping[str, str]) -> set[str]:
    return {each.strip().lower() for each in headers.get("Vary", "").split(",")}


# --- CORS ---------------------------------------------------------------------------------------------------------


async def test_a_known_page_asks_beforehand_and_may(gateway: Client) -> None:
    """Fetch, 3.3: the preflight carries no credentials and says what may be done; the answer is for that origin."""
    run(gateway, cors={"origins": [SHOP], "credentials": True})

    asked = await gateway.options(TOKENS, headers={"Origin": SHOP, **WANTS_TO_PUT})
    got = await gateway.get(ME, headers={"Origin": SHOP, **AUTOMATION})

    assert (asked.status, await asked.read()) == (204, b"")
    assert asked.headers["Access-Control-Allow-Origin"] == got.headers["Access-Control-Allow-Origin"] == SHOP
    assert asked.headers["Access-Control-Allow-Credentials"] == "true"
    assert "PUT" in asked.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"Authorization", "If-Match"} <= set(asked.headers["Access-Control-Allow-Headers"].split(", "))
    assert asked.headers["Access-Control-Max-Age"] == "600"
    assert "origin" in varies_by(asked.headers) & varies_by(got.headers)
    assert "Access-Control-Expose-Headers" not in asked.headers
    assert {"ETag", "Retry-After"} <= set(got.headers["Access-Control-Expose-Headers"].split(", "))
    assert got.status == 200


async def test_a_known_page_reads_refusals_too(gateway: Client) -> None:
    run(gateway, cors={"origins": [SHOP]})

    for path, status in ((ME, 401), ("/api/v1/nothing", 404)):
        answer = await gateway.get(path, headers={"Origin": SHOP})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, SHOP)
        assert "Access-Control-Allow-Credentials" not in answer.headers
    plain_options = await gateway.options(TOKENS, headers={"Origin": SHOP})
    assert plain_options.status == 405, "without Access-Control-Request-Method it is no preflight"


async def test_an_origin_is_known_as_a_whole_or_not_at_all(gateway: Client) -> None:
    run(gateway, cors={"origins": [SHOP], "credentials": True})
    others = [
        "null",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://evil-shop.example",
        "https://SHOP.example",
        f"{SHOP}/",
        f"{SHOP}, https://evil.example",
    ]

    for origin in others:
        asked = await gateway.options(TOKENS, headers={"Origin": origin, **WANTS_TO_PUT})
        got = await gateway.get(ME, headers={"Origin": origin, **AUTOMATION})
        made = await gateway.post(
            TOKENS, json={"label": "x", "role": "viewer"}, headers={"Origin": origin, **AUTOMATION}
        )
        assert (cors_headers(asked.headers), cors_headers(got.headers)) == ({}, {}), origin
        assert asked.status == 405
        assert (made.status, (await made.json())["code"]) == (403, "origin")
        assert "origin" in varies_by(got.headers), "a cache must not give it to a known page"
    assert "origin" in varies_by((await gateway.get(ME, headers=AUTOMATION)).headers)


async def test_any_page_may_call_with_a_token_but_not_with_a_cookie(gateway: Client) -> None:
    run(gateway, cors={"origins": ["*"]})
    csrf = await sign_in(gateway)
    anywhere = {"Origin": "https://any.example"}
    wanted = {"label": "x", "role": "viewer"}

    by_cookie = await gateway.post(TOKENS, json=wanted, headers={**anywhere, **csrf})
    gateway.session.cookie_jar.clear()
    by_token = await gateway.post(TOKENS, json=wanted, headers={**anywhere, **AUTOMATION})

    assert (by_cookie.status, by_token.status) == (403, 201)
    assert cors_headers(by_token.headers)["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in cors_headers(by_token.headers)
    run(gateway)
    assert cors_headers((await gateway.get(ME, headers={**anywhere, **AUTOMATION})).headers) == {}


# --- security headers ---------------------------------------------------------------------------------------------

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Server": "Belfry",
}
TELL_TALES = ("X-Powered-By", "X-AspNet-Version", "X-Runtime", "Via")


async def test_every_answer_has_what_the_owasp_list_asks_for(gateway: Client) -> None:
    """OWASP Secure Headers: also on refusals, on pages and on what is not found."""
    for path, status in (("/status", 503), (ME, 401), ("/healthz", 200), ("/api/v1/nothing", 404)):
        answer = await gateway.get(path)
        assert answer.status == status
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert not [name for name in TELL_TALES if name in answer.headers]
        assert "Strict-Transport-Security" not in answer.headers, "over plain HTTP it says nothing (RFC 6797, 7.2)"
        directives = dict(
            part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";")
        )
        assert directives.keys() >= {"default-src", "script-src", "object-src", "base-uri", "frame-ancestors"}
        assert (directives["object-src"], directives["frame-ancestors"]) == ("'none'", "'none'")
        assert "unsafe-" not in directives["script-src"]
    assert (await gateway.get(ME)).headers["WWW-Authenticate"] == "Bearer"
    secret = await gateway.get(ME, headers=AUTOMATION)
    assert "no-" in secret.headers["Cache-Control"], "no one keeps it for others"


async def test_browsers_are_kept_to_https_once_they_come_by_it(gateway: Client) -> None:
    by_https = {"X-Forwarded-Proto": "https"}
    usual = (await gateway.get("/healthz", headers=by_https)).headers
    run(
        gateway,
        security_headers={
            "hsts_subdomains": True,
            "hsts_preload": True,
            "content_policy": "report_only",
            "frame_options": "SAMEORIGIN",
        },
    )
    strict = (await gateway.get("/healthz", headers=by_https)).headers
    run(gateway, security_headers={"hsts_seconds": 0, "content_policy": "off", "denied_features": []})
    loose = (await gateway.get("/healthz", headers=by_https)).headers

    assert usual["Strict-Transport-Security"] == "max-age=31536000"
    assert strict["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "Content-Security-Policy" not in strict
    assert "frame-ancestors 'self'" in strict["Content-Security-Policy-Report-Only"]
    assert not {"Strict-Transport-Security", "Content-Security-Policy", "Permissions-Policy"} & loose.keys()


# --- compression --------------------------------------------------------------------------------------------------

ACCEPTED = {
    "gzip": True,
    "GZIP": True,
    "x-gzip": True,
    "br, gzip;q=0.001": True,
    "*": True,
    "*;q=0, gzip": True,
    "identity;q=0.5, gzip;q=1.0": True,
    "gzip;q=0": False,
    "gzip; q=0.000, *": False,
    "*;q=0": False,
    "br, deflate": False,
    "identity": False,
    "identity, gzip;q=0.5": False,
    "gzip;q=rubbish": False,
    "": False,
}


async def test_what_a_client_can_unpack_is_weighed_as_it_says(gateway: Client) -> None:
    """RFC 9110, 12.5.3."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text=TEXT, content_type="application/json")

    run_around(gateway, answer, "compression")
    found = {}
    for accepted in ACCEPTED:
        got = await gateway.get("/healthz", headers={"Accept-Encoding": accepted}, auto_decompress=False)
        body = await got.read()
        found[accepted] = got.headers.get("Content-Encoding") == "gzip"
        assert (gzip.decompress(body) if found[accepted] else body).decode() == TEXT
        assert int(got.headers["Content-Length"]) == len(body)
        assert "accept-encoding" in varies_by(got.headers)

    assert found == ACCEPTED


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 1023, {"Content-Type": "application/json"}),
        (gzip.compress(TEXT.encode()), {"Content-Type": "application/json", "Content-Encoding": "gzip"}),
        (b"\x89PNG" * 1000, {"Content-Type": "image/png"}),
        (TEXT.encode(), {"Content-Type": "application/json", "Cache-Control": "no-transform"}),
    ],
    ids=["small", "packed already", "a picture", "not to be touched"],
)
async def test_what_would_not_gain_stays_as_it_is(gateway: Client, body: bytes, headers: dict[str, str]) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    run_around(gateway, answer, "compression")
    got = await gateway.get("/healthz", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)

    assert await got.read() == body
    assert got.headers.getall("Content-Encoding", []) == [headers[n] for n in headers if n == "Content-Encoding"]


async def test_packed_bytes_have_a_tag_that_says_so(gateway: Client) -> None:
    """RFC 9110, 8.8.1: a strong tag stands for bytes, and these are others. HEAD says what GET would send."""

    async def answer(request: web.Request) -> web.Response:
        headers = {"ETag": '"v1"', "Vary": "X-Accept-Encoding-Hint"}
        return web.Response(text=TEXT, content_type="application/json", headers=headers)

    run_around(gateway, answer, "compression")
    packed = await gateway.get("/healthz", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    head = await gateway.head("/healthz", headers={"Accept-Encoding": "gzip"}, auto_decompress=False)
    plain = await gateway.get("/healthz", headers={"Accept-Encoding": "identity"})

    assert (packed.headers["ETag"], plain.headers["ETag"]) == ('W/"v1"', '"v1"')
    assert varies_by(plain.headers) == {"x-accept-encoding-hint", "accept-encoding"}
    assert await head.read() == b""
    names = ("Content-Length", "Content-Encoding", "ETag", "Vary")
    assert [head.headers[name] for name in names] == [packed.headers[name] for name in names]
    assert len(await packed.read()) < len(TEXT) / 10

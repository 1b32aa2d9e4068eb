"""Bearer tokens of the sign-in provider: good ones, forged ones, and a provider that rotates keys or is away."""

import base64
import hmac
import time
from collections.abc import Callable
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey, OKPKey, RSAKey

from gateway.auth.oidc.keys import MAX_KEYS, usable
from gateway.live.upgrade import HUB
from shared.contracts.live import REVOKED
from tests.backend.gateway.conftest import AUTOMATION, Client
from tests.backend.gateway.security.conftest import StartWithProvider, bearer, provider_of
from tests.fixtures.live import live
from tests.fixtures.oidc import CLIENT_ID, LocalProvider, rsa_key
from tests.fixtures.waiting import until

ME, USERS = "/api/v1/auth/me", "/api/v1/auth/users"
KEYS = "/keys"


async def status_of(client: Client, token: str) -> int:
    return (await client.get(ME, headers=bearer(token))).status


def raw(part: Any) -> str:
    return text_of(msgspec.json.encode(part))


def text_of(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(provider: LocalProvider, algorithm: str) -> str:
    claims = provider.token().split(".")[1]
    return f"{raw({'alg': algorithm, 'kid': provider.keys[0].kid})}.{claims}."


def by_public_key(provider: LocalProvider) -> str:
    """HS256, with the provider's public key as the shared secret."""
    signed = f"{raw({'alg': 'HS256', 'kid': provider.keys[0].kid})}.{provider.token().split('.')[1]}"
    return f"{signed}.{text_of(hmac.digest(provider.keys[0].as_pem(private=False), signed.encode(), 'sha256'))}"


def of_another(provider: LocalProvider, **header: Any) -> str:
    """Signed with a key of somebody else's, under the id of the provider's."""
    return provider.token({"kid": provider.keys[0].kid, **header}, rsa_key("of somebody else"))


def changed(provider: LocalProvider) -> str:
    """Another body under a signature that was good."""
    head, _, signature = provider.token(groups=["staff"]).split(".")
    return f"{head}.{provider.token().split('.')[1]}.{signature}"


def critical(provider: LocalProvider) -> str:
    """Well signed, with a header that must be understood and is not."""
    key = provider.keys[0]
    assert isinstance(key, RSAKey)
    assert key.private_key is not None
    head = raw({"alg": "RS256", "kid": key.kid, "crit": ["mood"], "mood": "good"})
    signed = f"{head}.{provider.token().split('.')[1]}"
    return f"{signed}.{text_of(key.private_key.sign(signed.encode(), PKCS1v15(), SHA256()))}"


def now() -> int:
    return int(time.time())


FORGED: dict[str, Callable[[LocalProvider], str]] = {
    "expired": lambda p: p.token(exp=now() - 60),
    "not yet valid": lambda p: p.token(nbf=now() + 600),
    "issued in the future": lambda p: p.token(iat=now() + 600),
    "without an end": lambda p: p.token(exp=None),
    "an end that is none": lambda p: p.token(exp="never"),
    "of another audience": lambda p: p.token(aud="somebody-else"),
    "without an audience": lambda p: p.token(aud=None),
    "an ID token": lambda p: p.token(aud=CLIENT_ID),
    "of another issuer": lambda p: p.token(iss="https://evil.example"),
    "of an issuer that begins alike": lambda p: p.token(iss=f"{p.issuer}/"),
    "without a subject": lambda p: p.token(sub=None),
    "bound to a key": lambda p: p.token(cnf={"jkt": "x"}),
    "for signing out": lambda p: p.token({"typ": "logout+jwt"}),
    "alg none": lambda p: unsigned(p, "none"),
    "alg None": lambda p: unsigned(p, "None"),
    "without a signature": lambda p: unsigned(p, "RS256"),
    "HS256 with the public key": by_public_key,
    "signed by another": of_another,
    "with a key of its own": lambda p: of_another(p, jwk=rsa_key("of somebody else").as_dict(private=False)),
    "with an address of keys": lambda p: of_another(p, jku="http://127.0.0.1:1/keys", x5u="http://127.0.0.1:1/"),
    "critical and unknown": critical,
    "unknown kid": lambda p: p.token({"kid": "unknown"}, rsa_key("of somebody else")),
    "kid of a file": lambda p: p.token({"kid": "../../../../dev/null"}, rsa_key("of somebody else")),
    "kid of a query": lambda p: p.token({"kid": "x' UNION SELECT 'a'--"}, rsa_key("of somebody else")),
    "kid that is no text": lambda p: f"{raw({'alg': 'RS256', 'kid': {'a': 1}})}.{p.token().split('.', 1)[1]}",
    "long kid": lambda p: f"{raw({'alg': 'RS256', 'kid': 'x' * 300})}.{p.token().split('.', 1)[1]}",
    "another algorithm": lambda p: p.token({"alg": "RS512"}),
    "a curve where RSA is": lambda p: p.token({"alg": "ES256"}, ECKey.generate_key("P-256", auto_kid=True)),
    "a changed body": changed,
    "cut off": lambda p: p.token()[:-8],
    "no base64": lambda p: "a$b.c.d",
    "dots": lambda p: "..",
    "five parts": lambda p: f"{p.token()}.a.b",
    "very long": lambda p: p.token(padding="x" * 20_000)[:7000],
}


async def test_only_good_tokens_are_believed(start_with_provider: StartWithProvider, provider: LocalProvider) -> None:
    """401 for each that is not good, without a stack in the log or a role in the answer."""
    client = await start_with_provider()
    good = await client.get(ME, headers=bearer(provider.token({"typ": "at+jwt"})))
    me = await good.json()

    statuses = {what: await status_of(client, forge(provider)) for what, forge in FORGED.items()}

    assert (good.status, me["user"]["name"], me["user"]["role"], me["user"]["source"]) == (200, "ana", "admin", "oidc")
    assert (me["csrf_token"], me["sign_out_at"]) == ("", None)
    assert {what: status for what, status in statuses.items() if status != 401} == {}
    assert provider.asked[KEYS] == 1, "unknown keys must not make the gateway ask again and again"


async def test_without_an_audience_no_such_token_is_accepted(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    client = await start_with_provider(oidc_audiences=())

    assert await status_of(client, provider.token()) == 401
    assert await status_of(client, provider.token(aud=CLIENT_ID)) == 401


async def test_a_claim_says_the_role_and_none_says_no(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """The highest of the mapped groups counts, looked up anew with each token; no mapped group is 403."""
    client = await start_with_provider(oidc_role_claim="realm_access.roles")
    held: dict[str | None, list[Any]] = {
        "staff": [{"roles": "staff"}, {"roles": ["other", "staff"]}],
        "on-call": [{"roles": ["staff", "on-call"]}],
        "admins": [{"roles": ["on-call", "belfry-admins"]}],
        None: [{}, {"roles": []}, {"roles": ["BELFRY-ADMINS"]}, {"roles": {"belfry-admins": True}}, "belfry-admins", 1],
    }
    roles = {"staff": "viewer", "on-call": "operator", "admins": "admin"}
    for group, claims in held.items():
        for claim in claims:
            answer = await client.get(ME, headers=bearer(provider.token(groups=None, realm_access=claim)))
            body = await answer.json()
            found = body["user"]["role"] if answer.status == 200 else (answer.status, body["code"])
            assert found == (roles[group] if group else (403, "oidc_no_role")), claim


async def test_people_are_who_the_provider_says_and_nobody_else(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """A name that is taken is not taken over; who is disabled here is out; role and password are the provider's."""
    client = await start_with_provider()

    async def code_of(token: str) -> str:
        answer = await client.get(ME, headers=bearer(token))
        return "" if answer.status == 200 else str((await answer.json()).get("code"))

    assert await code_of(provider.token(preferred_username="ADMIN")) == "oidc_name_taken"
    assert await code_of(provider.token(preferred_username="Ana")) == ""
    assert await code_of(provider.token(sub="u-2")) == "oidc_name_taken"
    assert await code_of(provider.token(sub="u-3", preferred_username="a b\nc")) == "oidc_no_name"
    assert await code_of(provider.token(sub="svc-1", preferred_username=None)) == ""
    users = (await (await client.get(USERS, headers=AUTOMATION)).json())["users"]
    assert [(user["name"], user["source"]) for user in users] == [
        ("admin", "password"), ("ana", "oidc"), ("svc-1", "oidc"),
    ]  # fmt: skip

    for change in ({"role": "viewer"}, {"password": "one that nobody needs"}):
        kept = await client.patch(f"{USERS}/ana", json=change, headers=AUTOMATION)
        assert (kept.status, (await kept.json())["code"]) == (409, "kept_by_provider")
    tried = await client.post("/api/v1/auth/login", json={"username": "ana", "password": "anything at all"})
    assert tried.status == 401
    assert (await client.patch(f"{USERS}/ana", json={"disabled": True}, headers=AUTOMATION)).status == 200
    assert await code_of(provider.token()) == "oidc_disabled"


async def test_keys_change_and_the_provider_goes_away(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """New keys are found when they are used, at most every 15 s; while the provider is away those known go on."""
    client = await start_with_provider()
    old = provider.keys[0]
    assert await status_of(client, provider.token()) == 200
    known = provider_of(client)
    known.now, started = (lambda: started + 5), known.now()

    new = provider.rotate()
    too_soon = await status_of(client, provider.token())
    known.now = lambda: started + 20
    in_time = await status_of(client, provider.token())
    withdrawn = await status_of(client, provider.token(key=old))
    assert (too_soon, in_time, withdrawn) == (401, 200, 401)

    provider.away = True
    known.now = lambda: started + 2000  # the keys are old by now, and cannot be renewed
    goes_on = await status_of(client, provider.token())
    answer = await client.get(ME, headers=bearer(provider.token({"kid": "k-2"}, rsa_key("of somebody else"))))
    assert (goes_on, answer.status, (await answer.json())["service"]) == (200, 503, "oidc")
    assert await status_of(client, provider.token(exp=now() - 60)) == 401

    provider.away = False
    known.now = lambda: started + 4000
    assert await status_of(client, provider.token(key=new)) == 200


async def test_a_provider_that_never_answered_stops_nobody_else(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    provider.away = True
    client = await start_with_provider()

    answer = await client.get(ME, headers=bearer(provider.token()))
    start = await client.get("/api/v1/auth/oidc/start", allow_redirects=False)

    assert [answer.status, start.status] == [503, 503]
    assert (await client.get(USERS, headers=AUTOMATION)).status == 200


async def test_a_websocket_lives_as_long_as_its_token_and_its_user(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """Connected with a token of the provider: sent away when the user is disabled, and no longer than the token."""
    client = await start_with_provider()
    url = str(client.make_url("")).rstrip("/")

    async def hears() -> bool:
        assert client.app is not None
        hub = client.app[HUB]
        return bool(hub.fanout.epoch) and not hub.is_deaf()

    await until(hears, bool)
    ends = now() + 20
    async with live(url, bearer(provider.token(exp=ends))) as short, live(url, bearer(provider.token())) as long:
        hello = (await short.frame("connected"))["connected"]
        assert (hello["role"], hello["user"]) == ("admin", "ana")
        await long.frame("connected")
        assert (await client.patch(f"{USERS}/ana", json={"disabled": True}, headers=AUTOMATION)).status == 200
        assert await long.ended() == await short.ended() == REVOKED.code


async def test_keys_of_other_kinds_are_used_as_the_settings_say(
    start_with_provider: StartWithProvider, provider: LocalProvider
) -> None:
    """Elliptic curves and RSA-PSS where they are named; what is not named is refused though the key is known."""
    curve, edwards = ECKey.generate_key("P-256", auto_kid=True), OKPKey.generate_key("Ed25519", auto_kid=True)
    provider.keys += [curve, edwards]
    client = await start_with_provider(oidc_algorithms=("ES256", "PS256", "Ed25519"))

    statuses = {
        "ES256": await status_of(client, provider.token({"alg": "ES256"}, curve)),
        "Ed25519": await status_of(client, provider.token({"alg": "Ed25519"}, edwards)),
        "PS256": await status_of(client, provider.token({"alg": "PS256"})),
        "RS256": await status_of(client, provider.token({"alg": "RS256"})),
    }

    assert statuses == {"ES256": 200, "Ed25519": 200, "PS256": 200, "RS256": 401}


def test_only_public_keys_for_signatures_are_taken_from_a_set() -> None:
    good = rsa_key("first").as_dict(private=False)
    bad: list[dict[str, Any]] = [
        {"kty": "oct", "k": "c2VjcmV0", "kid": "a"},
        {**good, "use": "enc"},
        RSAKey.generate_key(1024, auto_kid=True).as_dict(private=False),
        {"kty": "RSA", "n": "!!", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": ["RSA"]},
        {},
    ]

    assert [key.kid for key in usable([*bad, good])] == [good["kid"]]
    assert len(usable([good] * 500)) == MAX_KEYS

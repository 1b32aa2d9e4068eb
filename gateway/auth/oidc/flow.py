"""The authorization code flow with PKCE: to the provider and back, and a session as after any sign-in."""

import hashlib
import hmac
import time
from base64 import urlsafe_b64encode
from typing import Annotated
from urllib.parse import quote, urlencode

import structlog
from aiohttp import hdrs, web
from msgspec import Meta, Struct

from gateway.auth.audit import Deed, record
from gateway.auth.cookie import with_cookie
from gateway.auth.gatekeeper import GATEKEEPER
from gateway.auth.identity import new_secret
from gateway.auth.oidc.begun import LASTS, Begun, begin, take
from gateway.auth.oidc.person import Person, Reason, RefusedError, person_of
from gateway.auth.oidc.realm import Realm
from gateway.auth.oidc.verify import Claims, verified
from gateway.auth.sign_in import start_session
from gateway.client import client_ip, is_https, network_of
from shared.contracts.auth import OidcMethod, SignInMethods
from shared.contracts.wire import Nothing
from shared.keys import REQUEST_ID
from shared.problems import ProblemError, not_found

log = structlog.get_logger(__name__)

COOKIE, COOKIE_PATH = "belfry_oidc", "/api/v1/auth/oidc"
START = f"{COOKIE_PATH}/start"
HOME = "/admin"
_KEPT_IN_PATHS = "/?&=%+:,;@~!$'()*[]-._"

Text = Annotated[str, Meta(max_length=4096)]


class StartSignIn(Struct, frozen=True, kw_only=True):
    next: Annotated[str, Meta(max_length=2000, description="The page to come back to")] = HOME


class ProviderAnswer(Struct, frozen=True, kw_only=True):
    """What the browser brings back from the provider."""

    state: Text = ""
    code: Text = ""
    error: Text = ""
    iss: Text = ""


async def list_methods(request: web.Request, given: Nothing) -> SignInMethods:
    realm = request.app[GATEKEEPER].realm
    return SignInMethods(oidc=OidcMethod(name=realm.config.name, start_at=START) if realm else None)


async def start_sign_in(request: web.Request, given: StartSignIn) -> web.Response:
    """On to the provider; a cookie ties the way back to this browser. Raises ProblemError 503 while it is away."""
    realm = _realm(request)
    described = await realm.provider.description()
    state, browser = new_secret(), new_secret()
    begun = Begun(nonce=new_secret(), verifier=new_secret(), next=own_path(given.next))
    await begin(request.app[GATEKEEPER].pool, state, browser, begun, network_of(client_ip()))
    query = {
        "response_type": "code",
        "client_id": realm.config.client_id,
        "redirect_uri": realm.config.redirect_uri,
        "scope": " ".join(realm.config.scopes),
        "state": state,
        "nonce": begun.nonce,
        "code_challenge": challenge_of(begun.verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in described.authorization_endpoint else "?"
    response = _go_to(f"{described.authorization_endpoint}{joint}{urlencode(query)}")
    response.set_cookie(
        COOKIE, browser, max_age=int(LASTS.total_seconds()), path=COOKIE_PATH,
        httponly=True, samesite="Lax", secure=is_https(request),
    )  # fmt: skip
    return response


async def end_sign_in(request: web.Request, given: ProviderAnswer) -> web.Response:
    """Signed in, and on to the page that was wanted; or back to the sign-in page, which says why not."""
    realm, person = _realm(request), None
    begun = await take(request.app[GATEKEEPER].pool, given.state, request.cookies.get(COOKIE, ""))
    if begun is None:  # nothing is changed or recorded for what anyone may send
        return _refused("expired")
    try:
        person = person_of(await _claims(realm, given, begun), realm.config)
        name, changed = await realm.admit(person)
        if changed:
            request.app[GATEKEEPER].cache.clear()
        _, secret = await start_session(request, name, realm.config.longest)
        response = with_cookie(_go_to(begun.next), secret, secure=is_https(request), longest=realm.config.longest)
        await _note(request, name, person, "done")
    except RefusedError as error:
        log.info("oidc.refused", reason=error.reason, name=person.name if person else None)
        await _note(request, person.name if person else "anonymous", person, "refused")
        response = _refused(error.reason)
    response.del_cookie(COOKIE, path=COOKIE_PATH, httponly=True, samesite="Lax")
    return response


async def _claims(realm: Realm, given: ProviderAnswer, begun: Begun) -> Claims:
    """What the provider says of who has signed in. Raises RefusedError."""
    config, provider = realm.config, realm.provider
    try:
        described = await provider.description()
        named = given.iss or (config.issuer if not described.authorization_response_iss_parameter_supported else "")
        if named != config.issuer:
            raise RefusedError("invalid")
        if given.error or not given.code:
            raise RefusedError("denied" if given.error == "access_denied" else "provider")
        answer = await provider.exchange(given.code, begun.verifier)
        claims = await verified(answer.id_token, provider, [config.client_id], time.time())
    except ValueError as error:
        log.warning("oidc.no_tokens", reason=str(error))
        raise RefusedError("provider") from error
    except ProblemError as error:
        log.warning("oidc.not_signed_in", reason=error.problem.detail)
        raise RefusedError("provider" if error.problem.status == 503 else "invalid") from error
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), begun.nonce.encode()):
        raise RefusedError("invalid")
    if claims.get("azp", config.client_id) != config.client_id:
        raise RefusedError("invalid")
    return claims


def own_path(wanted: str) -> str:
    """Where to go after signing in: a page of ours, whatever is asked for."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/api/")) and "\\" not in wanted
    return quote(wanted, safe=_KEPT_IN_PATHS) if ours and wanted.isprintable() else HOME


def challenge_of(verifier: str) -> str:
    """RFC 7636, S256."""
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _realm(request: web.Request) -> Realm:
    realm = request.app[GATEKEEPER].realm
    if realm is None:
        raise not_found("There is no sign-in provider")
    return realm


def _go_to(address: str) -> web.Response:
    return web.Response(status=303, headers={hdrs.LOCATION: address, hdrs.CACHE_CONTROL: "no-store"})


def _refused(reason: Reason) -> web.Response:
    return _go_to(f"/login?refused={reason}")


async def _note(request: web.Request, name: str, person: Person | None, outcome: str) -> None:
    """Into the audit trail, as other sign-ins."""
    deed = Deed(
        actor=name,
        role=person.role if person else "",
        action="GET /api/v1/auth/oidc/callback",
        object=name,
        outcome=outcome,
        client_ip=client_ip(),
        request_id=request[REQUEST_ID],
    )
    try:
        await record(request.app[GATEKEEPER].pool, deed)
    except Exception:
        log.exception("audit.not_written", actor=name, outcome=outcome)

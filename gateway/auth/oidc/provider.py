"""The provider over HTTP: its description, its keys, and the exchange of a code. Every question has a deadline."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import structlog
from msgspec import Struct

from gateway.auth.oidc.config import Config
from gateway.auth.oidc.keys import Key, keys_of, with_id
from shared.problems import unavailable

log = structlog.get_logger(__name__)

DEADLINE = aiohttp.ClientTimeout(total=5)
MAX_BYTES = 512 * 1024
DESCRIPTION_SECONDS = 3600.0
KEYS_SECONDS = 600.0  # a key that was withdrawn is believed no longer than this while the provider answers
TRY_AGAIN_SECONDS = 15.0  # unknown keys cannot make us ask more often
AWAY = (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError, ValueError)


class Description(Struct, frozen=True, kw_only=True):
    """What /.well-known/openid-configuration says, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """What comes for a code."""

    id_token: str


class Provider:
    """Remembers description and keys. While the provider is away, what is known goes on; what is not is 503."""

    def __init__(self, config: Config, http: aiohttp.ClientSession, now: Callable[[], float] = monotonic) -> None:
        self.config = config
        self.now = now
        self.known: Description | None = None
        self._http = http
        self._described_at = 0.0
        self._keys: list[Key] = []
        self._fetched_at = 0.0
        self._tried_at: float | None = None
        self._fault = ""
        self._asking = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None

    async def description(self) -> Description:
        """Raises ProblemError 503."""
        if self.known is None or self.now() - self._described_at > DESCRIPTION_SECONDS:
            try:
                self.known = await self._describe()
                self._described_at = self.now()
            except AWAY as error:
                if self.known is None:
                    raise _away(error) from error
                log.warning("oidc.not_described", reason=repr(error))
        return self.known

    async def key(self, kid: str | None, algorithm: str) -> Key | None:
        """The key of this id for this algorithm; None when the provider has none. Raises ProblemError 503 when that
        cannot be found out."""
        found = with_id(kid, algorithm, self._keys)
        if found is None:
            await self._renew()
            found = with_id(kid, algorithm, self._keys)
            if found is None and self._fault:
                raise unavailable("oidc", f"The keys of the sign-in provider cannot be had: {self._fault}")
        elif self.now() - self._fetched_at > KEYS_SECONDS and self._renewing is None:
            self._renewing = asyncio.create_task(self._renew(), name="oidc keys")
            self._renewing.add_done_callback(self._renewed)
        return found

    async def exchange(self, code: str, verifier: str) -> Answer:
        """The tokens for a code. Raises ProblemError 503, ValueError when the provider refuses the code."""
        config, described = self.config, await self.description()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": config.redirect_uri,
            "client_id": config.client_id,
            "code_verifier": verifier,
        }
        headers = {}
        if config.client_secret and "client_secret_basic" in described.token_endpoint_auth_methods_supported:
            headers["Authorization"] = aiohttp.encode_basic_auth(quote(config.client_id), quote(config.client_secret))
        elif config.client_secret:
            form["client_secret"] = config.client_secret
        try:
            body = await self._read("POST", described.token_endpoint, data=form, headers=headers)
            return msgspec.json.decode(body, type=Answer)
        except aiohttp.ClientResponseError as error:
            if error.status < 500:
                raise ValueError(f"the provider refused the code: {error.status}") from error
            raise _away(error) from error
        except AWAY as error:
            raise _away(error) from error

    async def close(self) -> None:
        if self._renewing is not None:
            self._renewing.cancel()
        await self._http.close()

    async def _renew(self) -> None:
        """The keys as they are now: asked for once at a time, and not again for a while."""
        async with self._asking:
            if self._tried_at is not None and self.now() - self._tried_at < TRY_AGAIN_SECONDS:
                return
            self._tried_at = self.now()
            try:
                body = await self._read("GET", (self.known or await self._describe()).jwks_uri)
                self._keys = keys_of(body)
                self._fetched_at, self._fault = self.now(), ""
            except AWAY as error:
                self._fault = str(error) or type(error).__name__
                log.warning("oidc.no_keys", reason=self._fault)

    def _renewed(self, task: asyncio.Task[None]) -> None:
        self._renewing = None

    async def _describe(self) -> Description:
        """Raises what `AWAY` names; a description of another issuer counts as none."""
        body = await self._read("GET", f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration")
        described = msgspec.json.decode(body, type=Description)
        if described.issuer != self.config.issuer:
            raise ValueError(f"it says that its issuer is {described.issuer[:200]}")
        addresses = (described.authorization_endpoint, described.token_endpoint, described.jwks_uri)
        if self.config.issuer.startswith("https:") and not all(each.startswith("https:") for each in addresses):
            raise ValueError("it names addresses without TLS")
        return described

    async def _read(self, method: str, url: str, **more: Any) -> bytes:
        """The body of a good answer, of bounded size. A redirect is no good answer."""
        async with self._http.request(method, url, timeout=DEADLINE, allow_redirects=False, **more) as answer:
            if answer.status != 200:
                raise aiohttp.ClientResponseError(answer.request_info, (), status=answer.status, message="no answer")
            body = bytearray()
            async for chunk in answer.content.iter_any():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise ValueError("the answer is too long")
            return bytes(body)


def _away(error: BaseException) -> Exception:
    return unavailable("oidc", f"The sign-in provider does not answer: {str(error) or type(error).__name__}")

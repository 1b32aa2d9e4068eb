"""The provider and its people together: who a bearer token of theirs is here."""

import asyncio
import time
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlencode

from gateway.auth.identity import Identity
from gateway.auth.oidc import people
from gateway.auth.oidc.config import Config
from gateway.auth.oidc.person import Person, RefusedError, person_of
from gateway.auth.oidc.provider import Provider
from gateway.auth.oidc.verify import verified
from shared.db import Pool
from shared.problems import forbidden

LONGEST_SECONDS = 10 * 365 * 86_400
ID_LETTERS = 24


class Realm:
    """`changed` is set when somebody's role has changed."""

    def __init__(self, config: Config, provider: Provider, pool: Pool, changed: asyncio.Event) -> None:
        self.config, self.provider = config, provider
        self._pool, self._changed = pool, changed

    async def identify(self, token: str) -> Identity:
        """Who sends this token. Raises ProblemError: 401, 403 without a role here, 503."""
        claims = await verified(token, self.provider, self.config.audiences, time.time())
        try:
            person = person_of(claims, self.config)
            name, _ = await self.admit(person)
        except RefusedError as error:
            raise forbidden(str(error), code=f"oidc_{error.reason}") from None
        ends_at = min(claims["exp"], time.time() + LONGEST_SECONDS)
        return Identity(
            kind="oidc",
            id=f"oidc-{sha256(token.encode()).hexdigest()[:ID_LETTERS]}",
            user_name=name,
            role=person.role,
            source="oidc",
            created_at=datetime.now(UTC),
            expires_at=datetime.fromtimestamp(ends_at, UTC),
        )

    async def admit(self, person: Person) -> tuple[str, bool]:
        """The name of the user the person is here, and whether the role has changed. Raises RefusedError."""
        async with self._pool.acquire() as connection, connection.transaction():
            name, changed = await people.admit(connection, person)
        if changed:
            self._changed.set()
        return name, changed

    def sign_out_at(self) -> str | None:
        """Where the browser goes to sign out at the provider too; None when it has no such place, or is not known."""
        known = self.provider.known
        if known is None or known.end_session_endpoint is None:
            return None
        query = {"client_id": self.config.client_id, "post_logout_redirect_uri": f"{self.config.home}/login"}
        joint = "&" if "?" in known.end_session_endpoint else "?"
        return f"{known.end_session_endpoint}{joint}{urlencode(query)}"

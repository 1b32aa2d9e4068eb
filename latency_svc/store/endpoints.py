"""Endpoints and their ids."""

from collections.abc import Sequence

from latency_svc.roster import EndpointKey
from shared.db import Connection


class Names:
    """Endpoints by id, as far as they were asked for. An endpoint keeps its name for ever."""

    def __init__(self) -> None:
        self._known: dict[int, EndpointKey] = {}

    async def keys_of(self, conn: Connection, ids: Sequence[int]) -> list[EndpointKey]:
        if unknown := [id_ for id_ in ids if id_ not in self._known]:
            rows = await conn.fetch("SELECT id, service, method, route FROM endpoint WHERE id = ANY($1)", unknown)
            self._known |= {row["id"]: EndpointKey(row["service"], row["method"], row["route"]) for row in rows}
        return [self._known[id_] for id_ in ids]


async def save_endpoints(conn: Connection, keys: Sequence[EndpointKey]) -> list[tuple[EndpointKey, int]]:
    """The ids of these endpoints; those that are new get one."""
    await conn.execute(
        """
        INSERT INTO endpoint (service, method, route)
        SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) AS t (service, method, route)
        ORDER BY service, method, route
        ON CONFLICT DO NOTHING
        """,
        *_columns(keys),
    )
    return await read_ids(conn, keys)


async def read_ids(conn: Connection, keys: Sequence[EndpointKey]) -> list[tuple[EndpointKey, int]]:
    """The ids of those of them that are known."""
    rows = await conn.fetch(
        """
        SELECT e.id, e.service, e.method, e.route
        FROM endpoint e JOIN unnest($1::text[], $2::text[], $3::text[]) AS t (service, method, route)
            USING (service, method, route)
        """,
        *_columns(keys),
    )
    return [(EndpointKey(row["service"], row["method"], row["route"]), row["id"]) for row in rows]


async def find_endpoints(
    conn: Connection, routes: Sequence[str], service: str | None, method: str | None
) -> list[tuple[int, EndpointKey]]:
    """The endpoints that have one of these routes, of a service and a method or of any."""
    rows = await conn.fetch(
        """
        SELECT id, service, method, route FROM endpoint
        WHERE route = ANY($1) AND ($2::text IS NULL OR service = $2) AND ($3::text IS NULL OR method = $3)
        """,
        list(routes),
        service,
        method,
    )
    return [(row["id"], EndpointKey(row["service"], row["method"], row["route"])) for row in rows]


def _columns(keys: Sequence[EndpointKey]) -> tuple[list[str], list[str], list[str]]:
    return [key.service for key in keys], [key.method for key in keys], [key.route for key in keys]

"""Many endpoints at once: the busiest of a window, and the list of all."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from latency_svc.answers import endpoint_latency, order, together
from latency_svc.api.reading import asked_window, read_facts, read_window
from latency_svc.histogram import empty
from latency_svc.room import Room
from latency_svc.roster import EndpointKey
from latency_svc.store.dropped import read_dropped
from latency_svc.store.endpoints import read_ids
from latency_svc.store.totals import EndpointTotal, list_totals
from latency_svc.windows import Window, spans_of, strip_beside
from shared.contracts import latency as contract
from shared.cursors import decode_cursor, encode_cursor
from shared.db import Connection
from shared.problems import invalid_field
from shared.rpc import Caller

RANKED = 500
ENDPOINT = re.compile(r"(?P<method>[A-Z_]{1,16}) (?P<service>\S+) (?P<route>.+)")
OLDEST_CURSOR = timedelta(days=1)


async def get_summary(room: Room, request: contract.SummaryQuery, caller: Caller) -> contract.LatencySummary:
    """The busiest are chosen by their totals; only their histograms are unpacked."""
    now, asked = room.now(), keys_of(request)
    window = asked_window(now, request.window_seconds, request.to_at)
    async with room.pool.acquire(timeout=2) as conn:
        totals = await list_totals(conn, room.names, spans_of(window, now), request.service)
        busiest = {total.endpoint_id: total.key for total in totals[: request.limit]}
        keys = busiest if asked is None else {id_: key for key, id_ in await read_ids(conn, asked)}
        facts = await read_facts(conn, keys, window, request.compare, now)
        dropped = await read_dropped(conn, window, request.service)
    facts.sort(key=lambda each: order(each.window, request.sort))
    compared = [each.compared for each in facts if each.compared is not None]
    return contract.LatencySummary(
        endpoints=[endpoint_latency(each, request.sort) for each in facts],
        together=together([each.window for each in facts]),
        compared_together=None if request.compare == "none" else together(compared),
        from_at=window.from_at,
        to_at=window.to_at,
        hours_from_at=strip_beside(window, now).from_at,
        sort=request.sort,
        compare=request.compare,
        total_endpoints=len(totals),
        total_count=sum(total.count for total in totals),
        overflowed_endpoints=dropped.endpoints,
        dropped_samples=dropped.samples,
        drops=dropped.greatest,
        thresholds_ms=room.thresholds_ms,
        otlp_port=room.otlp_port,
    )


def keys_of(request: contract.SummaryQuery) -> list[EndpointKey] | None:
    """The endpoints that are asked for by name, those of another service left out; None for the busiest."""
    if request.endpoints is None:
        return None
    lines = [line for line in request.endpoints.splitlines() if line]
    found = [_key(line) for line in lines]
    if None in found:
        wrong = lines[found.index(None)][:100]
        raise invalid_field("endpoints", f"{wrong!r} is no endpoint; write one a line, as GET shop /orders/{{id}}")
    return [key for key in found if key is not None and request.service in (None, key.service)]


def _key(line: str) -> EndpointKey | None:
    match = ENDPOINT.fullmatch(line)
    if match is None or "\0" in unquote(line):
        return None
    return EndpointKey(unquote(match["service"]), match["method"], unquote(match["route"]))


async def list_endpoints(room: Room, request: contract.EndpointsQuery, caller: Caller) -> contract.EndpointList:
    """Pages of one list see it at one moment: that of the first page. By a quantile are sorted the RANKED busiest; the
    others follow by traffic."""
    now = room.now()
    seen_at, skipped = _place(request.cursor, now)
    window = asked_window(seen_at, request.window_seconds, request.to_at)
    async with room.pool.acquire(timeout=2) as conn:
        totals = await list_totals(conn, room.names, spans_of(window, now), request.service)
        found = [total for total in totals if _matches(total, request.search.lower().split())]
        ranked = await _ranked(conn, found, request.sort, window, now)
        page = ranked[skipped : skipped + request.limit]
        facts = await read_facts(conn, {total.endpoint_id: total.key for total in page}, window, request.compare, now)
    end = skipped + len(page)
    return contract.EndpointList(
        endpoints=[endpoint_latency(each, request.sort) for each in facts],
        next_cursor=encode_cursor(seen_at, str(end)) if end < len(ranked) else None,
    )


async def _ranked(
    conn: Connection, totals: Sequence[EndpointTotal], sort: contract.SortKey, window: Window, now: datetime
) -> list[EndpointTotal]:
    if sort == "count":
        return list(totals)
    first, rest = totals[:RANKED], totals[RANKED:]
    found = await read_window(conn, [total.endpoint_id for total in first], window, now)
    return [*sorted(first, key=lambda total: order(found.get(total.endpoint_id) or empty(), sort)), *rest]


def _matches(total: EndpointTotal, words: Sequence[str]) -> bool:
    text = " ".join(total.key).lower()
    return all(word in text for word in words)


def _place(cursor: str | None, now: datetime) -> tuple[datetime, int]:
    """The moment the list is seen at, and how many of it went before. Raises 422 for a cursor that is none."""
    place = decode_cursor(cursor)
    if place is None:
        return now, 0
    at, skipped = place
    if not (now - OLDEST_CURSOR <= at <= now and skipped.isdecimal()):
        raise invalid_field("cursor", "is not a cursor of this list; leave it out to start anew")
    return at.astimezone(UTC), int(skipped)

"""Points in the store: one row a minute, and what is read of it at the start."""

import time
from datetime import UTC, datetime

import numpy as np
import structlog

from alert_svc.drafts import moment
from alert_svc.engine import Engine
from alert_svc.evaluator import Evaluator
from alert_svc.listener import Listener
from alert_svc.minutes import MINUTES_KEPT, Rows
from alert_svc.series import COUNT_OF, MINUTE
from alert_svc.store import points, turns
from alert_svc.store.points import Minute
from shared.db import Connection, Pool

log = structlog.get_logger()

LATE_SECONDS = 10  # a minute is stored so long after its end
PAGE = 240
MOST_AT_ONCE = 60


async def load(pool: Pool, engine: Engine, listener: Listener) -> int:
    """Everything that is kept, and where to read on. Returns the newest minute that is stored."""
    since = moment(time.time() - MINUTES_KEPT * MINUTE)
    async with pool.acquire(timeout=5) as conn:
        listener.start_from(await points.list_positions(conn))
        rows = await _load_series(conn, engine, since)
        newest = 0
        while minutes := await points.list_minutes(conn, since, PAGE):
            for each in minutes:
                newest = int(each.at.timestamp()) // MINUTE
                found = _rows_of(each.ids, rows)
                known = found >= 0
                engine.store.restore(newest, found[known], each.last[known], each.extreme[known], each.at_ms[known])
            since = minutes[-1].at
    log.info("points.loaded", series=len(engine.store), newest=moment(newest * MINUTE).isoformat())
    return newest


async def _load_series(conn: Connection, engine: Engine, since: datetime) -> Rows:
    """The row of each stored id; -1 where there is none."""
    found = await points.list_series(conn, since)
    rows = np.full(max((id for id, _ in found), default=0) + 1, -1, np.int64)
    for id, info in found:
        if engine.store.row_of(info.metric, info.key) is None:
            info.stored_id = id
            rows[id] = engine.add_series(info)
    for id, info in found:
        if info.metric.endswith(COUNT_OF):
            of = engine.store.row_of(info.metric.removesuffix(COUNT_OF), info.key)
            if of is not None:
                engine.count_by(of, int(rows[id]))
    return rows


def _rows_of(ids: Rows, rows: Rows) -> Rows:
    found: Rows = np.where(ids < len(rows), rows[np.minimum(ids, len(rows) - 1)], -1)
    return found


async def keep_minutes(pool: Pool, evaluator: Evaluator, stored: list[int]) -> None:
    """Stores every minute that is over and not stored yet; one replica does it for all. `stored` holds the last."""
    done = max(evaluator.marks, default=0)  # everything before this minute was evaluated, and its changes stored
    last = min(int(time.time() - LATE_SECONDS) // MINUTE, done) - 1
    first = max(stored[0] + 1, evaluator.engine.store.newest_minute - MINUTES_KEPT + 1, last - MOST_AT_ONCE + 1)
    for minute in range(first, last + 1):
        await _keep_minute(pool, evaluator, minute)
        stored[0] = minute
        evaluator.marks = {number: mark for number, mark in evaluator.marks.items() if number > minute}


async def _keep_minute(pool: Pool, evaluator: Evaluator, minute: int) -> None:
    store = evaluator.engine.store
    rows, last, extreme, at_ms = store.minute(minute)
    async with pool.acquire(timeout=5) as conn, conn.transaction():
        if not await turns.take_turn(conn, "minute", minute):
            return
        new = [row for row in rows.tolist() if store.info(row).stored_id is None]
        if new:
            ids = await points.save_series(conn, [store.info(row) for row in new])
            for row, id in zip(new, ids, strict=True):
                store.info(row).stored_id = id
        if minute % MINUTE == 0:
            await points.touch_series(conn, [i for row in rows.tolist() if (i := store.info(row).stored_id)], _now())
        ids_of = np.array([store.info(row).stored_id for row in rows.tolist()], np.int64)
        if len(rows):
            await points.save_minute(conn, Minute(moment(minute * MINUTE), ids_of, last, extreme, at_ms))
        if mark := evaluator.marks.get(minute + 1):
            await points.save_positions(conn, mark)


async def forget(pool: Pool, evaluator: Evaluator) -> None:
    """Series that have been silent for 48 hours."""
    before = time.time() - MINUTES_KEPT * MINUTE
    evaluator.engine.forget(before)
    async with pool.acquire(timeout=5) as conn:
        await points.forget_series(conn, moment(before - 7200))


def _now() -> datetime:
    return datetime.now(UTC)

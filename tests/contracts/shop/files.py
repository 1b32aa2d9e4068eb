"""Which golden file holds which answer."""

from pathlib import Path
from typing import Any

from msgspec import Struct, json

from shared.contracts.latency import BucketBatch, SampleBatch
from shared.contracts.wire import Event, type_of
from shared.envelope import seal
from tests.contracts.shop import alerts, latency, people, pipeline, revisions, ws
from tests.contracts.shop.board import BOARD
from tests.contracts.shop.events import EVENTS
from tests.contracts.shop.graph import DEPENDENCIES, detail_of_ledger
from tests.contracts.shop.incidents import INCIDENTS, MAINTENANCE, status_page
from tests.contracts.shop.runs import LEDGER_RUNS, SEARCH_RUN
from tests.contracts.shop.samples import BUCKETS, SAMPLES
from tests.contracts.shop.uptime import history_of

GOLDEN = Path(__file__).parents[1] / "golden"


class WireForm(Struct, frozen=True):
    """A message as it travels. `ce-time`, which no two have in common, is left out of the headers."""

    subject: str
    stream: str
    headers: dict[str, str]
    payload: Any


def wire_form(event: Event) -> WireForm:
    sealed = seal(event, "0" * 24)
    headers = {name: value for name, value in sealed.headers.items() if name != "ce-time"}
    stream: str = event.STREAM
    return WireForm(sealed.subject, stream, headers, json.decode(sealed.body))


def messages() -> dict[str, WireForm]:
    """Golden file, relative to GOLDEN, and the message it holds."""
    return {f"events/{type_of(type(event))}.json": wire_form(event) for event in (*EVENTS, *ws.EVENTS, *alerts.EVENTS)}


def batches() -> dict[str, SampleBatch | BucketBatch]:
    """Golden file, relative to GOLDEN, and what services send about their requests; in msgpack."""
    return {"latency/samples.msgpack": SAMPLES, "latency/buckets.msgpack": BUCKETS}


def answers() -> dict[str, Struct]:
    """Golden file, relative to GOLDEN, and the answer it holds."""
    return {
        "health/board.json": BOARD,
        "health/service_detail.json": detail_of_ledger(),
        "health/history.json": history_of("ledger-db"),
        "health/runs.json": LEDGER_RUNS,
        "health/check_run.json": SEARCH_RUN,
        "health/dependencies.json": DEPENDENCIES,
        "health/incidents.json": INCIDENTS,
        "health/maintenance.json": MAINTENANCE,
        "health/status_page.json": status_page(days=7),
        "latency/summary.json": latency.SUMMARY,
        "latency/endpoints.json": latency.ENDPOINTS,
        "latency/histogram.json": latency.HISTOGRAM,
        "latency/trend.json": latency.TREND,
        "latency/examples.json": latency.EXAMPLES,
        "ws/stats.json": ws.STATS,
        "ws/rates.json": ws.RATES,
        "ws/connections.json": ws.CONNECTIONS,
        "ws/errors.json": ws.ERRORS,
        "ws/disconnected.json": ws.GONE,
        "pipeline/pipeline.json": pipeline.PIPELINE,
        "pipeline/middleware.json": pipeline.MIDDLEWARE,
        "pipeline/stats.json": pipeline.STATS,
        "pipeline/revisions.json": revisions.REVISIONS,
        "pipeline/revision_diff.json": revisions.DIFF,
        "pipeline/validation_refused.json": revisions.REFUSED,
        "pipeline/validation_accepted.json": revisions.ACCEPTED,
        "pipeline/order_conflict.json": revisions.CONFLICT,
        "pipeline/step_conflict.json": revisions.STEP_CONFLICT,
        "pipeline/chain.json": revisions.CHAIN,
        "pipeline/applied_chain.json": revisions.APPLIED,
        **alerts.ANSWERS,
        "auth/me.json": people.ME,
        "auth/users.json": people.USERS,
        "auth/tokens.json": people.TOKENS,
        "auth/new_token.json": people.NEW_TOKEN,
        "auth/sessions.json": people.SESSIONS,
        "auth/audit.json": people.AUDIT,
        "auth/about.json": people.ABOUT,
    }

"""Which golden file holds which answer."""

from pathlib import Path

from msgspec import Struct

from tests.contracts.shop import people
from tests.contracts.shop.board import BOARD
from tests.contracts.shop.graph import DEPENDENCIES, detail_of_ledger
from tests.contracts.shop.incidents import INCIDENTS, MAINTENANCE, status_page
from tests.contracts.shop.runs import LEDGER_RUNS, SEARCH_RUN
from tests.contracts.shop.uptime import history_of

GOLDEN = Path(__file__).parents[1] / "golden"


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
        "auth/me.json": people.ME,
        "auth/users.json": people.USERS,
        "auth/tokens.json": people.TOKENS,
        "auth/new_token.json": people.NEW_TOKEN,
        "auth/sessions.json": people.SESSIONS,
        "auth/audit.json": people.AUDIT,
        "auth/about.json": people.ABOUT,
    }

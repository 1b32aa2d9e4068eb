"""alert_svc that sends, one for each module of tests."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.backend.alert_svc.sending import Sending, sending_alerts
from tests.fixtures.servers import new_database, template_name


@pytest.fixture(scope="module")
def alert_database(postgres_url: str, migrated_template: str) -> Iterator[str]:
    with new_database(postgres_url, template=template_name(migrated_template)) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sending(
    nats_url: str, alert_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Sending]:
    env = {"NATS_URL": nats_url, "DATABASE_URL": alert_database}
    async with sending_alerts(env, tmp_path_factory.mktemp("alerts")) as found:
        yield found

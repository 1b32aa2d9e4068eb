"""The health API, as the tests make services by it and wait for what it says."""

from typing import Any

import msgspec

from shared.contracts.health.board import ServiceDetail
from tests.backend.api.conftest import Api
from tests.fixtures.waiting import until

HEALTH = "/api/v1/admin/health"
SERVICES = f"{HEALTH}/services"
QUICK = {"interval_seconds": 1, "timeout_seconds": 1, "failure_threshold": 2, "success_threshold": 1}


def watched(service_id: str, *checks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": service_id, **QUICK, "checks": list(checks), **more}


async def read(api: Api, path: str, type_: Any) -> Any:
    async with api.admin.get(path) as answer:
        body = await answer.read()
        assert answer.status == 200, body
        return msgspec.json.decode(body, type=type_)


async def create(api: Api, spec: dict[str, Any]) -> ServiceDetail:
    async with api.admin.post(SERVICES, json=spec) as answer:
        body = await answer.read()
        assert answer.status == 201, body
        return msgspec.json.decode(body, type=ServiceDetail)


async def detail(api: Api, service_id: str) -> ServiceDetail:
    found: ServiceDetail = await read(api, f"{SERVICES}/{service_id}", ServiceDetail)
    return found


async def until_status(api: Api, service_id: str, status: str) -> ServiceDetail:
    found: ServiceDetail = await until(lambda: detail(api, service_id), lambda d: d.service.status == status)
    return found

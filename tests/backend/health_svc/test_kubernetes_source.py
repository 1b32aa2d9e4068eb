"""Annotated Services of Kubernetes on the board of a real health_svc."""

from pathlib import Path

import pytest

from health_svc.kubernetes import Access
from shared.contracts.health.board import Board, ServiceCard
from shared.contracts.health.procedures import DELETE_SERVICE, ServiceRef
from shared.problems import ProblemError
from tests.backend.health_svc.running import Health, running_health
from tests.fixtures.kubernetes_api import kubernetes_api
from tests.fixtures.processes import StartProcess
from tests.fixtures.waiting import until


def variables(access: Access, namespaces: str = "") -> dict[str, str]:
    given = {"BELFRY_KUBERNETES": "true", "BELFRY_KUBERNETES_URL": access.url}
    return given | {"BELFRY_KUBERNETES_FOLDER": str(access.folder), "BELFRY_KUBERNETES_NAMESPACES": namespaces}


async def until_found(health: Health, **groups: str) -> dict[str, ServiceCard]:
    """Until exactly these services come from Kubernetes, each in its group."""

    def holds(board: Board) -> bool:
        return {card.id: card.group for card in board.services if card.source.kind == "kubernetes"} == {
            id.replace("_", "-"): group for id, group in groups.items()
        }

    return {card.id: card for card in (await until(health.board, holds, 60)).services}


async def test_services_of_kubernetes_come_change_and_go(
    start_process: StartProcess, service_env: dict[str, str], tmp_path: Path
) -> None:
    """F2.1.1: each with its source. What is wrong with one is said, and what was good stays; ids of others are theirs.
    After a restart everything is as before, and what happened meanwhile is made good."""
    config = tmp_path / "belfry.yaml"
    declared = [{"id": "taken", "checks": [{"kind": "tcp", "host": "127.0.0.1", "port": 1}]}]
    async with kubernetes_api(tmp_path / "access") as (api, access):
        env = {**service_env, **variables(access)}
        api.put("shop/checkout", scrape="true", group="Customers")
        api.put("shop/quiet")
        api.put("bank/ledger", scrape="true")
        async with running_health(start_process, env, config, declared) as health:
            await until(health.board, lambda board: "taken" in {card.id for card in board.services}, 60)
            cards = await until_found(health, shop_checkout="Customers", bank_ledger="bank")
            assert cards["shop-checkout"].source.path == "shop/checkout"
            with pytest.raises(ProblemError, match="the Service shop/checkout of Kubernetes"):
                await health.ask(DELETE_SERVICE, ServiceRef(service_id="shop-checkout"))
            version = (await health.detail("bank-ledger")).version
            api.put("shop/thief", scrape="true", id="taken")
            api.put("shop/twin", scrape="true", id="bank-ledger")
            api.put("bank/ledger", scrape="true", kind="carrier-pigeon")
            api.put("shop/checkout", scrape="true", group="Buyers")
            cards = await until_found(health, shop_checkout="Buyers", bank_ledger="bank")
            assert cards["taken"].source.kind == "file"
            assert (await health.detail("bank-ledger")).version == version
            refused = {line["path"] for line in health.process.logs() if line["event"] == "kubernetes.refused"}
            assert refused == {"shop/thief", "shop/twin", "bank/ledger"}
            api.delete("shop/checkout")
            api.put("shop/quiet", scrape="true", id="loud")
            await until_found(health, loud="shop", bank_ledger="bank")
            api.put("shop/quiet")
            await until_found(health, bank_ledger="bank")
            health.process.kill()
        api.put("shop/late", scrape="true")
        async with running_health(start_process, {**env, **variables(access, "shop")}, config, declared) as health:
            # Nobody watches the namespace bank any longer, so that its id is free.
            await until_found(health, shop_late="shop", bank_ledger="shop")

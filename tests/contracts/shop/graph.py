"""The dependency map of the shop, and the detail of its root cause."""

from shared.contracts.health.board import Impact, ServiceDetail
from shared.contracts.health.graph import DependencyMap, GraphEdge, GraphNode, RootCause
from shared.contracts.health.runs import CheckRuns
from tests.contracts.shop.board import CARDS, card
from tests.contracts.shop.runs import LEDGER_RUNS
from tests.contracts.shop.specs import SPECS

IMPAIRED = {
    ("storefront", "catalog-api"),
    ("storefront", "checkout"),
    ("catalog-api", "search"),
    ("checkout", "payments-api"),
    ("payments-api", "ledger-db"),
}
CAUSES = ("ledger-db", "search")


def _node(service_id: str) -> GraphNode:
    seen = card(service_id)
    return GraphNode(
        id=seen.id,
        name=seen.name,
        group=seen.group,
        status=seen.status,
        effective=seen.effective,
        overlays=seen.overlays,
        at_risk=seen.at_risk,
        root_causes=seen.root_causes,
        is_root_cause=service_id in CAUSES,
        reason=seen.reason,
        known=True,
    )


DEPENDENCIES = DependencyMap(
    nodes=[_node(service.id) for service in CARDS],
    edges=[
        GraphEdge(source=spec.id, target=to.id, kind=to.kind, impaired=(spec.id, to.id) in IMPAIRED)
        for spec in SPECS.values()
        for to in spec.dependencies
    ],
    cycles=[],
    root_causes=[
        RootCause(members=["ledger-db"], status="down", affects=["payments-api", "checkout", "storefront"]),
        RootCause(members=["search"], status="degraded", affects=["catalog-api", "storefront"]),
    ],
)


def _impact(service_id: str, via: list[str]) -> Impact:
    seen = card(service_id)
    return Impact(id=seen.id, name=seen.name, effective=seen.effective, at_risk=seen.at_risk, kind="required", via=via)


def detail_of_ledger(runs: CheckRuns = LEDGER_RUNS) -> ServiceDetail:
    return ServiceDetail(
        service=card("ledger-db"),
        spec=SPECS["ledger-db"],
        version=3,
        last_run=runs.runs[0],
        why=[f"{run.started_at:%H:%M:%S} {run.reason}" for run in reversed(runs.runs[22:25])],
        cause_path=["ledger-db"],
        affects=[
            _impact("payments-api", []),
            _impact("checkout", ["payments-api"]),
            _impact("storefront", ["payments-api", "checkout"]),
        ],
        affected_by=[],
    )

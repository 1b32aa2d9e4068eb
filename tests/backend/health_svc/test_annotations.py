"""Annotations of a Service of Kubernetes: what they ask for, and what is said of those that mean nothing."""

from typing import Any

import pytest

from health_svc.annotations import KNOWN, PREFIX, KubernetesService, Metadata, Port, ServicePorts, UnfitError, spec_of
from shared.contracts.checks import GrpcCheck, HttpCheck, TcpCheck, WebSocketCheck
from shared.contracts.health.services import Dependency, ServiceSpec

PORTS = [Port(name="metrics", port=9100), Port(name="http", port=8080)]


def service(ports: list[Port] | None = PORTS, **annotations: str) -> KubernetesService:
    marks = {f"{PREFIX}{key.replace('_', '-')}": value for key, value in annotations.items()}
    metadata = Metadata(name="checkout", namespace="shop", annotations={"other.io/x": "y", **marks})
    return KubernetesService(metadata=metadata, spec=ServicePorts(ports=ports))


def wanted(**annotations: Any) -> ServiceSpec:
    spec = spec_of(service(scrape="true", **annotations))
    assert spec is not None
    return spec


def refused(**annotations: Any) -> list[str]:
    with pytest.raises(UnfitError) as caught:
        spec_of(service(scrape="true", **annotations))
    return caught.value.errors


def test_a_service_that_does_not_ask_is_left_alone() -> None:
    assert spec_of(service()) is None
    assert spec_of(service(scrape="false", kind="nonsense")) is None
    assert spec_of(KubernetesService(metadata=Metadata(name="bare"))) is None


def test_one_annotation_is_enough() -> None:
    """F2.1.1: a name, a group and a check come from the Service itself."""
    spec = wanted()
    assert (spec.id, spec.name, spec.group) == ("shop-checkout", "checkout", "shop")
    assert spec.checks == [HttpCheck(url="http://checkout.shop.svc:9100/")]


def test_all_that_may_be_said_is_understood() -> None:
    spec = wanted(
        id="pay", name="Payments", group="Money", description="Takes it", kind="https", port="http",
        path="/ready?full=1",
        interval_seconds="10", timeout_seconds="2.5", degraded_ms="300", depends_on="ledger, bank,ledger",
        tags="a, b", public="true",
    )  # fmt: skip
    assert spec == ServiceSpec(
        id="pay", name="Payments", group="Money", description="Takes it", interval_seconds=10, timeout_seconds=2.5,
        checks=[HttpCheck(url="https://checkout.shop.svc:8080/ready?full=1", degraded_ms=300)],
        dependencies=[Dependency(id="ledger"), Dependency(id="bank")], tags=["a", "b"], public=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("tcp", TcpCheck(host="checkout.shop.svc", port=8080)),
        ("grpc", GrpcCheck(host="checkout.shop.svc", port=8080)),
        ("websocket", WebSocketCheck(url="ws://checkout.shop.svc:8080/live")),
    ],
)
def test_kinds(kind: str, check: Any) -> None:
    assert wanted(kind=kind, port="8080", path="/live").checks == [check]


def test_every_mistake_is_named_by_its_annotation() -> None:
    errors = refused(
        kind="carrier-pigeon", port="nope", intervall="5", interval_seconds="soon", public="perhaps", id="Not An Id",
        depends_on="ok,Not Ok",
    )  # fmt: skip
    named = {error.split(" ")[0] for error in errors}
    assert named == {
        f"{PREFIX}{name}" for name in ("kind", "port", "intervall", "interval-seconds", "public", "id", "depends-on")
    }
    assert any("metrics, http" in error for error in errors)
    assert any(", ".join(KNOWN) in error for error in errors)
    assert refused(timeout_seconds="31")[0].startswith(f"{PREFIX}timeout-seconds ")
    assert refused(ports=[])[0].startswith(f"{PREFIX}port ")
    assert refused(port="99999")[0].startswith(f"{PREFIX}port ")
    assert refused(name="n" * 101)[0].startswith(f"{PREFIX}name ")

"""The Helm chart: rendered by Helm, valid for the Kubernetes API, and true to the code."""

import re
from itertools import chain
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]  # the package has no types
import pytest
import yaml
from prometheus_client import REGISTRY

from deploy import credentials
from deploy.image.__main__ import MODULES
from gateway.auth.oidc.config import config_of
from gateway.live.upkeep import State
from gateway.settings import GatewaySettings
from shared.process import STOP_SECONDS
from shared.service import ROUTES
from shared.settings import load_settings
from tests.backend.deploy.test_compose import SECURED, is_secret_variable, variables_of
from tests.backend.deploy.test_compose import SERVICES as COMPOSE
from tests.fixtures.chart import ROOT, ChartError, Manifest, merged, rendered, values_of
from tests.fixtures.image import environment
from tests.fixtures.installations import CASES, EVERYTHING, PROCESSES, WITH_PODS, Installation, component, installations

pytest.importorskip("helm_python", reason="Helm's library is made for Linux on x86-64")

SECRETS = "/etc/belfry/secrets/"
OF_THE_OPERATOR = ("ServiceMonitor", "PrometheusRule")
POD_NAME = {"fieldRef": {"fieldPath": "metadata.name"}}


@pytest.fixture(params=CASES)
def installation(request: pytest.FixtureRequest) -> Installation:
    return installations()[request.param]


@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_every_manifest_is_valid_for_the_api(version: str) -> None:
    """Of the oldest and the newest version, unknown fields refused."""
    unlike = {(found["kind"], component(found)): found for case in installations().values() for found in case.manifests}
    assert {kind for kind, _ in unlike} >= {
        *WITH_PODS,
        "NetworkPolicy",
        "HorizontalPodAutoscaler",
        "Role",
        "ClusterRole",
    }
    for (kind, _), manifest in unlike.items():
        if kind not in OF_THE_OPERATOR:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"proceses": {}}, "proceses"),
        ({"nats": {"replicas": 2}}, "replicas"),
        ({"processes": {"ws": {"replicas": 0}}}, "replicas"),
        ({"network": {"clients": [{}]}}, "clients"),
        ({"tls": {"nats": "yes"}}, "nats"),
        ({"oidc": {"issuer": "id.example"}}, "issuer"),
        ({"oidc": {"issuer": "https://id.example", "clientId": "belfry", "admins": ["ops"]}}, "publicUrl"),
        (merged(EVERYTHING, {"oidc": {"admins": []}}), "minItems|minimum"),
        (merged(EVERYTHING, {"network": {"signIn": []}}), "signIn|policies"),
    ],
)
def test_values_that_mean_nothing_are_refused_by_name(values: Manifest, words: str) -> None:
    with pytest.raises(ChartError, match=words):
        rendered({"wrong": {"values": values}})


def test_no_name_stands_for_two_things(installation: Installation) -> None:
    names = [
        (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]) for each in installation.manifests
    ]
    assert len(names) == len(set(names))


def test_every_container_has_limits_and_no_rights(installation: Installation) -> None:
    for name, container in installation.containers():
        assert container["resources"]["limits"]["memory"], name
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
        assert security["capabilities"] == {"drop": ["ALL"]}
    for pod in installation.pods().values():
        assert pod["spec"]["securityContext"]["runAsNonRoot"]
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


def test_no_secret_stands_in_a_variable_and_every_file_is_one_that_is_made(
    installation: Installation, tmp_path: Path
) -> None:
    """Variables are those the process reads. Links of Services would be variables that begin with BELFRY_, too."""
    credentials.create(tmp_path, tls=True)
    for name, container in installation.containers():
        pod = installation.pods()[name]["spec"]
        assert pod["enableServiceLinks"] is False
        [mounted] = [secrets_of(volume) for volume in pod["volumes"] if volume["name"] == "secrets"]
        assert mounted[0] == f"belfry-{name}"
        assert mounted[1:] in ([], [f"certificate-{'nats' if name == 'migrate' else name}"])
        held = {f"{SECRETS}{path.name}" for path in (tmp_path / name).iterdir()} | {f"{SECRETS}oidc.secret"}
        given = {each["name"]: each.get("value", "") for each in container["env"]}
        assert {value for value in given.values() if value.startswith(SECRETS)} <= held
        if name != "nats":
            process = container["args"][0]
            assert process in MODULES
            known = variables_of(process)
            assert {name for name in given if not {name, name.removesuffix("_FILE")} & known} == set()
        assert not any(map(is_secret_variable, given))
        assert all(each.get("valueFrom", POD_NAME) == POD_NAME for each in container["env"])


def secrets_of(volume: Manifest) -> list[str]:
    """The Secrets that a volume shows, of which those with certificates come last."""
    if "secret" in volume:
        return [volume["secret"]["secretName"]]
    return [source["secret"]["name"] for source in volume["projected"]["sources"]]


@pytest.mark.parametrize(("case", "by_tls"), [("large", False), ("everything", True), ("elsewhere", True)])
def test_by_tls_everybody_speaks_and_nobody_asks_in_the_clear(case: str, by_tls: bool) -> None:
    """Certificates are also for the name that Prometheus expects of all, and for that by which the bus is called."""
    installation = installations()[case]
    for name, container in installation.containers():
        given = {each["name"]: each.get("value", "") for each in container["env"]}
        probes = [container[key]["httpGet"] for key in container if key.endswith("Probe")]
        assert {probe["scheme"] for probe in probes} <= {"HTTPS" if by_tls else "HTTP"}
        if name != "nats":
            assert given["NATS_URL"].startswith("tls://" if by_tls else "nats://")
            assert ("BELFRY_NATS_CA_FILE" in given) is by_tls
            assert ("BELFRY_TLS_CERT_FILE" in given) is ("BELFRY_TLS_KEY_FILE" in given) is (by_tls and bool(probes))
    for service in (each for each in installation.manifests if each["kind"] == "Service"):
        for port in service["spec"]["ports"]:
            assert port.get("appProtocol", "none") in ("none", "https" if by_tls else "http")
    for monitor in (each for each in installation.manifests if each["kind"] == "ServiceMonitor"):
        [endpoint] = monitor["spec"]["endpoints"]
        assert endpoint.get("scheme", "http") == ("https" if by_tls else "http")
        assert not by_tls or endpoint["tlsConfig"]["serverName"] in credentials.names_of("gateway")
    assert "belfry-nats" in credentials.names_of("nats")


def test_the_provider_is_told_to_the_gateway_alone_as_it_reads_it() -> None:
    """Every value is a variable, and the other way round; what is complete here is complete there."""
    told = dict(installations()["everything"].containers())
    given = {name: {each["name"]: each.get("value", "") for each in told[name]["env"]} for name in PROCESSES}
    by_oidc = {name for name, variables in given.items() if any("OIDC" in variable for variable in variables)}
    assert by_oidc == {"gateway"}
    here = {name: value for name, value in given["gateway"].items() if not name.endswith("_FILE")}
    config = config_of(load_settings(GatewaySettings, here))
    assert config is not None
    assert (config.issuer, config.user_claim, config.audiences) == (
        "https://id.example/realms/ops",
        "email",
        ("belfry",),
    )
    assert config.roles == {"belfry-admins": "admin", "root": "admin"}
    assert given["gateway"]["BELFRY_OIDC_CLIENT_SECRET_FILE"] == f"{SECRETS}oidc.secret"
    fields = {name for name in GatewaySettings.__struct_fields__ if name.startswith("oidc_")}
    said = {
        f"oidc_{re.sub('[A-Z]', lambda big: f'_{big[0].lower()}', name)}" for name in values_of("values.yaml")["oidc"]
    }
    assert said == fields - {"oidc_client_secret"} | {"oidc_client_secret_file"}


@pytest.mark.parametrize(("case", "compose"), [("small", COMPOSE), ("elsewhere", SECURED)])
def test_a_process_reads_the_same_secrets_as_in_compose(case: str, compose: dict[str, Manifest]) -> None:
    """In the clear, and by TLS."""
    for name, container in installations()[case].containers():
        if name != "nats":
            there = compose[name]["environment"].items()
            files = {each["name"]: each["value"] for each in container["env"] if each["name"].endswith("_FILE")}
            assert files == {key: value for key, value in there if key.endswith("_FILE") and value}
            assert container["args"][0] == compose[name]["command"][0]


def test_probes_ask_the_routes_there_are() -> None:
    routes = {route.path for route in ROUTES}
    for name, container in installations()["large"].containers():
        if name in PROCESSES:
            probes = [container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "readiness", "liveness")]
            assert [probe["path"] for probe in probes] == ["/healthz", "/readyz", "/healthz"]
            assert {probe["path"] for probe in probes} <= routes
            assert {probe["port"] for probe in probes} == {"http"}
            [http] = [port["containerPort"] for port in container["ports"] if port["name"] == "http"]
            assert http == int(environment()["PORT"])


def test_a_stop_leaves_time_for_the_last_requests() -> None:
    """The pause before the signal and the end of the process fit into the time that Kubernetes gives."""
    for name, deployment in installations()["large"].of("Deployment").items():
        pod = deployment["spec"]["template"]["spec"]
        pause = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert pause + STOP_SECONDS < pod["terminationGracePeriodSeconds"], name
        assert deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_selectors_find_the_pods_they_mean(installation: Installation) -> None:
    pods = {name: pod["metadata"]["labels"] for name, pod in installation.pods().items()}
    for manifest in installation.manifests:
        spec = manifest.get("spec", {})
        selector = spec.get("podSelector", spec.get("selector", {}))
        wanted = selector.get("matchLabels", selector if manifest["kind"] == "Service" else None)
        if wanted and manifest["kind"] not in OF_THE_OPERATOR:
            assert {name for name, labels in pods.items() if wanted.items() <= labels.items()} == {component(manifest)}


def test_services_lead_to_named_ports_and_metrics_are_found() -> None:
    large = installations()["large"]
    services = [each for each in large.manifests if each["kind"] == "Service"]
    ports = {name: {port["name"] for port in container.get("ports", [])} for name, container in large.containers()}
    for service in services:
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports[component(service)]
    [monitor] = [each for each in large.manifests if each["kind"] == "ServiceMonitor"]
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    jobs = {component(each): each["metadata"]["labels"].get(monitor["spec"]["jobLabel"]) for each in services}
    assert jobs == {name: process["command"] for name, process in PROCESSES.items()} | {"nats": None}
    scraped = {component(each) for each in services if wanted <= each["metadata"]["labels"].items()
               and any(port["name"] == "http" for port in each["spec"]["ports"])}  # fmt: skip
    assert scraped == set(PROCESSES)
    assert "/metrics" in {route.path for route in ROUTES}


def test_prometheus_and_grafana_are_given_the_rules_and_dashboards_there_are() -> None:
    large, deploy = installations()["large"], ROOT / "deploy"
    [rule] = [each for each in large.manifests if each["kind"] == "PrometheusRule"]
    files = [deploy / "prometheus" / f"{name}.rules.yaml" for name in ("recording", "alerts")]
    assert rule["spec"]["groups"] == [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    dashboards = [each["data"] for each in large.manifests if "grafana_dashboard" in each["metadata"]["labels"]]
    found = {name: text for data in dashboards for name, text in data.items()}
    assert found == {file.name: file.read_text() for file in (deploy / "grafana" / "dashboards").glob("*.json")}
    assert found


def test_a_large_installation_survives_a_node_and_follows_its_load() -> None:
    large = installations()["large"]
    assert set(large.of("PodDisruptionBudget")) == {*PROCESSES, "nats"}
    for name, pod in large.pods().items():
        if name != "migrate":
            spread = pod["spec"]["topologySpreadConstraints"]
            assert {each["topologyKey"] for each in spread} == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    scalers = large.of("HorizontalPodAutoscaler")
    assert {"gateway", "health", "latency"} == set(scalers)  # of the others each replica hears all there is
    for name, deployment in large.of("Deployment").items():
        least = scalers[name]["spec"]["minReplicas"] if name in scalers else deployment["spec"]["replicas"]
        assert least > 1
        assert (name in scalers) is ("replicas" not in deployment["spec"])  # an upgrade leaves the number alone
    metrics = chain.from_iterable(scaler["spec"]["metrics"] for scaler in scalers.values())
    followed = {metric["pods"]["metric"]["name"] for metric in metrics if metric["type"] == "Pods"}
    measured = {metric.name for metric in REGISTRY.collect()} | {
        f"belfry_ws_{name}" for name in State.__struct_fields__
    }
    assert followed == {process["scaleOn"]["metric"] for process in PROCESSES.values() if "scaleOn" in process}
    assert followed <= measured


def test_migration_comes_before_an_upgrade_and_beside_a_first_installation() -> None:
    first, next_one = (installations()[case].of("Job")["migrate"] for case in ("small", "large"))
    assert "annotations" not in first["metadata"]
    assert next_one["metadata"]["annotations"]["helm.sh/hook"] == "pre-upgrade"
    assert first["metadata"]["name"] != next_one["metadata"]["name"]
    args = [job["spec"]["template"]["spec"]["containers"][0]["args"] for job in (first, next_one)]
    assert [words[-1] for words in args] == ["1", "3"]


def test_discovery_may_read_services_and_nobody_else_has_a_token_of_the_cluster() -> None:
    assert not any(pod["spec"]["automountServiceAccountToken"] for pod in installations()["large"].pods().values())
    assert not installations()["large"].of("ServiceAccount", "Role", "ClusterRole")
    named, whole = installations()["everything"], installations()["elsewhere"]
    roles = [each for each in named.manifests if each["kind"] == "Role"]
    assert {each["metadata"]["namespace"] for each in roles} == {"shop", "bank"}
    for role in [*roles, *whole.of("ClusterRole").values()]:
        assert role["rules"] == [{"apiGroups": [""], "resources": ["services"], "verbs": ["get", "list", "watch"]}]
    for case, kind in ((named, "Role"), (whole, "ClusterRole")):
        binding, pods = case.of(f"{kind}Binding")["health"], case.pods()
        assert binding["roleRef"]["name"] == case.of(kind)["health"]["metadata"]["name"]
        [subject] = binding["subjects"]
        assert (subject["kind"], subject["name"]) == ("ServiceAccount", pods["health"]["spec"]["serviceAccountName"])
        assert {name for name, pod in pods.items() if pod["spec"]["automountServiceAccountToken"]} == {"health"}

"""The image, as far as it can be checked without an engine: its instructions, its files, and what they need."""

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.image.__main__ import MODULES
from deploy.nats.permissions import GRANTS
from gateway.settings import GatewaySettings
from latency_svc.otlp.settings import OtlpSettings
from shared.settings import VARIABLES, VARIABLES_OF_BELFRY
from tests.fixtures.image import ROOT, WORKDIR, environment, instructions, last_stage, lay_out, sources

RUNTIME = set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.lock").read_text(), re.MULTILINE))

IMPORT_ALL = """
import importlib, json, sys
from importlib.machinery import PathFinder
names, absent = json.load(sys.stdin)
class Present:
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in absent else PathFinder.find_spec(name, path, target)
sys.meta_path = [finder for finder in sys.meta_path if finder.__module__ == "_frozen_importlib"] + [Present()]
for name in names:
    importlib.import_module(name)
print(json.dumps([module.__file__ for module in list(sys.modules.values()) if getattr(module, "__file__", None)]))
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("image"))


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run([hadolint, "--no-color", ROOT / "deploy/image/Dockerfile"], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_image_runs_as_a_user_without_rights_and_can_be_asked_whether_it_lives() -> None:
    assert last_stage("WORKDIR") == [WORKDIR]
    user, group = (int(part) for part in last_stage("USER")[-1].split(":"))
    assert min(user, group) > 1000
    [check] = last_stage("HEALTHCHECK")
    assert json.loads(check[check.index("[") :]) == ["python", "-m", "deploy.image.alive"]
    assert json.loads(last_stage("ENTRYPOINT")[0]) == ["python", "-m", "deploy.image"]
    assert json.loads(last_stage("CMD")[0])[0] in MODULES


def test_ports_and_variables_are_those_of_the_code() -> None:
    held = environment()
    assert last_stage("EXPOSE") == [f"{GatewaySettings().port} {OtlpSettings(service='latency_svc').otlp_port}"]
    assert held["PORT"] == str(GatewaySettings().port)
    assert {name for name in held if name.startswith("BELFRY_")} <= VARIABLES_OF_BELFRY | set(VARIABLES.values())
    assert held["BELFRY_SPA_DIR"].removeprefix(f"{WORKDIR}/") == last_stage("COPY")[-1].split()[-1]


def test_packages_come_from_lock_files_with_hashes_and_no_address_is_named() -> None:
    runs = " ".join(each.text for each in instructions() if each.name == "RUN")
    assert runs.count("--require-hashes") == len(re.findall(r"pip install", runs)) == 2
    assert "npm ci --ignore-scripts" in runs
    assert "://" not in "".join(each.text for each in instructions())


def test_every_file_that_is_copied_exists_and_is_not_ignored() -> None:
    allowed = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert all(path.exists() for path, _ in sources())
    assert {path.relative_to(ROOT).parts[0] for path, _ in sources()} <= allowed
    first = {
        part for each in instructions() if each.stage < 3 and each.name == "COPY" for part in each.text.split()[:-1]
    }
    assert all((ROOT / name).exists() and (name.split("/")[0] in allowed or name.endswith(".lock")) for name in first)


def test_what_the_image_holds_needs_no_package_but_those_of_its_lock_file(tree: Path) -> None:
    """Every process can be loaded from it, while all other packages are as if they were not there."""
    modules = [f"{process}.app" for process in GRANTS]
    modules += [name for name in MODULES.values() if name.startswith("deploy.")]
    absent = [name for name, owners in packages_distributions().items() if not RUNTIME & set(map(normal, owners))]
    assert {"pytest", "psutil", "yaml"} <= set(absent)
    run = [sys.executable, "-c", IMPORT_ALL]
    given = json.dumps([[*modules, "deploy.nats.__main__", "deploy.doctor.__main__", "deploy.image.__main__"], absent])
    loaded = subprocess.run(run, input=given, cwd=tree, capture_output=True, text=True, timeout=120, env={})
    assert loaded.returncode == 0, loaded.stderr
    files = [Path(file) for file in json.loads(loaded.stdout)]
    ours = {file.relative_to(tree).parts[0] for file in files if file.is_relative_to(tree)}
    assert ours >= {*GRANTS, "shared", "deploy"}
    assert not [file for file in files if file.is_relative_to(ROOT) and "site-packages" not in file.parts]


def normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_a_process_that_does_not_exist_is_refused_with_the_list_of_those_that_do(tree: Path) -> None:
    run = [sys.executable, "-m", "deploy.image", "healthsvc"]
    refused = subprocess.run(run, cwd=tree, capture_output=True, text=True, timeout=60, env={})
    assert refused.returncode == 2
    assert all(process in refused.stderr for process in (*GRANTS, "migrate", "credentials"))

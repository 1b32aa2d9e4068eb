"""What can be said of a command without doing it: that what it names is there, and that its program would take it."""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from subprocess import run
from sys import executable

from deploy.image.__main__ import MODULES
from health_svc.annotations import PREFIX, KubernetesService, Metadata, Port, ServicePorts, UnfitError, spec_of
from tests.documented.as_docker import IMAGE
from tests.fixtures.compose import compose
from tests.fixtures.installations import WITH_PODS, installations
from tests.reference import ROOT

TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
KUBECTL: dict[tuple[str, ...], set[str]] = {
    ("create", "namespace"): set(),
    ("create", "secret", "generic"): {"--from-file", "--dry-run", "--output"},
    ("apply",): {"--filename"},
    ("rollout", "restart"): set(),
    ("annotate", "service"): set(),
    ("drain",): set(),
}
HELM: dict[str, set[str]] = {"install": {"--values"}, "upgrade": {"--values"}, "rollback": set()}
COMPOSE: dict[str, set[str]] = {"build": set(), "up": {"--detach"}, "run": {"--rm", "--no-deps"}}
NATS = {"subscribe", "micro"}
WITHOUT_HELP = {"alert_svc.rotate_keys": {"--forget"}}


def wrong_with(words: list[str]) -> str | None:
    """Why this command would not do, in a few words; None when nothing is to be said against it."""
    program = words[0].removeprefix(".venv/bin/")
    judge = JUDGES.get(program)
    return judge(words[1:]) if judge else f"{program} is in no table of tests/documented"


def _make(words: list[str]) -> str | None:
    wanted = {word for word in words if "=" not in word}
    return None if wanted <= TARGETS else f"no target {', '.join(wanted - TARGETS)}"


def _docker(words: list[str]) -> str | None:
    if words[0] == "build":
        return _not_there(_options(words)["--file"])
    if words[0] == "run":
        return None if words[words.index(IMAGE) + 1] in MODULES else "the image has no such process"
    return _compose(words[1:]) if words[0] == "compose" else f"docker {words[0]}"


def _compose(words: list[str]) -> str | None:
    files: list[str] = []
    while words[0] == "--file":
        files, words = [*files, words[1]], words[2:]
    if missing := next((found for name in files if (found := _not_there(name))), None):
        return missing
    command, given = words[0], {word for word in words if word.startswith("--")}
    if command not in COMPOSE or not given <= COMPOSE[command]:
        return f"docker compose {' '.join(words)}"
    service, *argument = [word for word in words[1:] if not word.startswith("--")] or ["gateway"]
    known = compose({}, *(Path(name).name for name in files))["services"]
    return None if service in known and {*argument} <= {*MODULES} else f"no service {service}, or process {argument}"


def _kubectl(words: list[str]) -> str | None:
    options = _options(words)
    plain = [
        word for place, word in enumerate(words) if not word.startswith("--") and words[place - 1] != "--namespace"
    ]
    verb = next((known for known in KUBECTL if tuple(plain[: len(known)]) == known), None)
    if verb is None or not set(options) - {"--namespace"} <= KUBECTL[verb]:
        return f"kubectl {' '.join(plain)} {set(options)}"
    if verb == ("rollout", "restart"):
        kind, _, name = plain[2].partition("/")
        named = {(each["kind"].lower(), each["metadata"]["name"]) for each in installations()["large"].manifests}
        return None if (kind, name) in named else f"the chart has no {plain[2]}"
    annotations = dict(word.split("=", 1) for word in plain if word.startswith(PREFIX))
    return _unfit(annotations) if verb[0] == "annotate" else None


def _unfit(annotations: dict[str, str]) -> str | None:
    metadata = Metadata(name="checkout", namespace="shop", annotations=annotations)
    try:
        spec_of(KubernetesService(metadata=metadata, spec=ServicePorts(ports=[Port(port=80)])))
    except UnfitError as error:
        return str(error)
    return None


def _helm(words: list[str]) -> str | None:
    options = _options(words)
    if words[0] not in HELM or not set(options) - {"--namespace"} <= HELM[words[0]]:
        return f"helm {' '.join(words)}"
    charts = [word for word in words[1:] if "/" in word and not word.endswith(".yaml")]
    return next((found for chart in charts if (found := _not_there(f"{chart}/Chart.yaml"))), None)


def _python(words: list[str]) -> str | None:
    """A module of ours, whose help knows every option that is given."""
    if words[0] != "-m" or len(words) < 2:
        return None
    module, options = words[1], [word for word in words[2:] if word.startswith("--")]
    if module == "pytest":
        return _pytest(words[2:])
    path = ROOT / module.replace(".", "/")
    if not (path.with_suffix(".py").exists() or (path / "__main__.py").exists()):
        return f"no module {module}"
    if module in WITHOUT_HELP:
        return None if {*options} <= WITHOUT_HELP[module] else f"{module} has no {options}"
    return next((f"{module} has no {option}" for option in options if option not in _help(module)), None)


def _pytest(words: list[str]) -> str | None:
    return next((found for word in words if "/" in word and (found := _not_there(word))), None)


@cache
def _help(module: str) -> str:
    return run([executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, text=True, timeout=120).stdout


def _nats(words: list[str]) -> str | None:
    return None if NATS & set(words) else f"nats {' '.join(words)}"


def _options(words: list[str]) -> dict[str, str]:
    """--name value, --name=value, and --name alone."""
    found = {}
    for place, word in enumerate(words):
        if word.startswith("--"):
            name, _, value = word.partition("=")
            found[name] = value or next(iter(words[place + 1 : place + 2]), "")
    return found


def _not_there(name: str) -> str | None:
    return None if (ROOT / name).exists() else f"no file {name}"


def secrets_of_the_chart() -> set[str]:
    """What its pods mount."""
    pods = installations()["large"].of(*WITH_PODS)
    return set(re.findall(r"'secretName': '([^']+)'", repr(pods)))


JUDGES: dict[str, Callable[[list[str]], str | None]] = {
    "curl": lambda words: None,  # is done
    "docker": _docker,
    "helm": _helm,
    "kubectl": _kubectl,
    "make": _make,
    "nats": _nats,
    "pytest": _pytest,
    "python": _python,
}

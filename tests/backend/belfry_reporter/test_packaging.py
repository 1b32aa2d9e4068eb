"""The reporter is installed by itself, beside nothing else of Belfry."""

import shutil
import subprocess
import sys
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.fixtures.processes import ROOT

USE = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
import belfry_reporter, belfry_reporter.aiohttp, belfry_reporter.asgi, belfry_reporter.websockets
sent = []
async def main():
    async def send(id, subject, body):
        sent.append((subject, body))
        return True
    reporter = belfry_reporter.Reporter("shop", send)
    reporter.record("GET", "/", 200, 0.5)
    await reporter.flush()
asyncio.run(main())
print(sent[0][0], belfry_reporter.__file__, "shared" in sys.modules)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, with what is installed here: nothing is fetched."""
    folder = tmp_path_factory.mktemp("reporter")
    source = shutil.copytree(ROOT / "belfry_reporter", folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(source)], check=True, timeout=120)
    [found] = folder.glob("*.whl")
    return found


def test_it_holds_all_modules_and_names_what_it_needs(wheel: Path) -> None:
    with ZipFile(wheel) as files:
        names = set(files.namelist())
        metadata = BytesParser().parsebytes(
            files.read(next(name for name in names if name.endswith(".dist-info/METADATA")))
        )
    modules = {f"belfry_reporter/{path.name}" for path in (ROOT / "belfry_reporter").glob("*.py")}
    assert modules | {"belfry_reporter/py.typed"} == {name for name in names if not name.split("/")[0].endswith("info")}
    needed = {line.split(">")[0] for line in metadata.get_all("Requires-Dist", []) if "extra" not in line}
    assert needed == {"msgspec", "nats-py[nkeys]"}


def test_it_works_where_nothing_else_of_belfry_is(wheel: Path, tmp_path: Path) -> None:
    """F2.2.1: an application that copies or installs it reports its requests."""
    with ZipFile(wheel) as files:
        files.extractall(tmp_path)
    command = [sys.executable, "-I", "-c", USE, str(tmp_path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60, cwd=tmp_path).stdout.split()
    assert told == ["belfry.samples.latency.shop", str(tmp_path / "belfry_reporter" / "__init__.py"), "False"]

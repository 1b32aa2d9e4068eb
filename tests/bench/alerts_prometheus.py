"""Prometheus with the same rules over the same series: how long it says that one evaluation of them takes."""

import os
import shutil
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from deploy.local.ports import free_port
from tests.bench.stage import on_core

EVERY_SECONDS = 5
EVALUATIONS = 6
LAST = "prometheus_rule_group_last_duration_seconds"


def evaluation_seconds(rules: Sequence[str], series: int, threshold: float) -> float | None:
    """The median of some evaluations, by its own metric; None where there is no prometheus."""
    program = os.environ.get("PROMETHEUS") or shutil.which("prometheus")
    if program is None:
        return None
    with TemporaryDirectory() as folder, target(exposition(len(rules), series)) as port:
        own, directory = free_port(), Path(folder)
        config = write(directory, port, rules, threshold)
        command = [
            *on_core(max(os.sched_getaffinity(0))), program, f"--config.file={config}",
            f"--storage.tsdb.path={directory / 'data'}", f"--web.listen-address=127.0.0.1:{own}",
        ]  # fmt: skip
        environment = {**os.environ, "GOMAXPROCS": "1"}
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            try:
                time.sleep(3 * EVERY_SECONDS)
                return statistics.median(_durations(own))
            finally:
                process.terminate()


def exposition(rules: int, series: int) -> bytes:
    lines = (f'bench_ms{{service="s{n % rules}",path="/p{n // rules}"}} {(n * 7) % 400}' for n in range(series))
    return "\n".join(["# TYPE bench_ms gauge", *lines, ""]).encode()


def write(directory: Path, port: int, rules: Sequence[str], threshold: float) -> Path:
    """JSON is YAML."""
    group = [
        {"alert": name, "expr": f'bench_ms{{service="s{n}"}} > {threshold:g}', "for": "1m"}
        for n, name in enumerate(rules)
    ]
    (directory / "rules.yml").write_bytes(msgspec.json.encode({"groups": [{"name": "bench", "rules": group}]}))
    every = f"{EVERY_SECONDS}s"
    config = directory / "prometheus.yml"
    config.write_bytes(
        msgspec.json.encode(
            {
                "global": {"scrape_interval": every, "evaluation_interval": every},
                "rule_files": [str(directory / "rules.yml")],
                "scrape_configs": [{"job_name": "b", "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}],
            }
        )
    )
    return config


@contextmanager
def target(body: bytes) -> Iterator[int]:
    """What is scraped."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the library calls it so
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def _durations(port: int) -> Iterator[float]:
    for _ in range(EVALUATIONS):
        time.sleep(EVERY_SECONDS)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                text = answer.read().decode()
        except urllib.error.URLError:
            continue
        yield from (float(line.split()[-1]) for line in text.splitlines() if line.startswith(LAST + "{"))

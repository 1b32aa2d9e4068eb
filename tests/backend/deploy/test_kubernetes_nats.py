"""NATS as the chart starts it, by its own command lines: three servers that keep every stream three times, by TLS."""

import asyncio
import re
import ssl
from pathlib import Path

import pytest
from msgspec import json
from nats.aio.client import Client

from deploy import credentials
from deploy.local.fleet import is_ready
from deploy.local.nats import BINARY
from deploy.local.ports import free_port
from deploy.local.program import Program, Running, running
from deploy.nats.apply import apply
from deploy.nats.permissions import ADMIN
from shared.contracts.wire import EVENTS_STREAM
from shared.tls import trusting
from tests.fixtures.installations import Installation, installations
from tests.fixtures.nats_cluster import started
from tests.fixtures.waiting import until

pytest.importorskip("helm_python", reason="Helm's library is made for Linux on x86-64")

ROUTE = re.compile(r"belfry-nats-(\d)\.belfry-nats-peers:6222")
SUBJECT = "belfry.v1.health.changed.shop"


class Cluster:
    """The servers of the StatefulSet, on ports of this machine."""

    def __init__(self, installation: Installation, work: Path) -> None:
        stateful = installation.of("StatefulSet")["nats"]["spec"]
        [container] = stateful["template"]["spec"]["containers"]
        self.replicas: int = stateful["replicas"]
        self.args: list[str] = container["args"]
        self.work = work
        self.tls = lay_out(installation, work)
        self.ports: list[int] = []
        for _ in range(3 * self.replicas):
            self.ports.append(free_port(self.ports))

    def program(self, number: int) -> Program:
        client, peers, monitor = self.ports[3 * number : 3 * number + 3]
        here = {
            "$(POD_NAME)": f"belfry-nats-{number}",
            "/etc/belfry": str(self.work / "etc"),
            "=/data": f"={self.work}/data-{number}",
            "_port=8222": f"_port={monitor}",
            "0.0.0.0:6222": f"127.0.0.1:{peers}",
        }
        args = [self._route(_replaced(word, here)) for word in self.args]
        return Program(
            name=f"nats-{number}",
            argv=(str(BINARY), *args, "--addr=127.0.0.1", f"--port={client}"),
            ready=is_ready("127.0.0.1", monitor, "/healthz", tls=self.tls is not None),
            log_path=self.work / f"nats-{number}.log",
            url=f"{'tls' if self.tls else 'nats'}://127.0.0.1:{client}",
        )

    def _route(self, word: str) -> str:
        return ROUTE.sub(lambda found: f"127.0.0.1:{self.ports[3 * int(found[1]) + 1]}", word)


def lay_out(installation: Installation, work: Path) -> ssl.SSLContext | None:
    """What is mounted at /etc/belfry; returns whom clients trust."""
    credentials.create(work / "secrets", tls=True)
    (work / "etc" / "config").mkdir(parents=True)
    (work / "etc" / "secrets").symlink_to(work / "secrets" / "nats")
    config = installation.of("ConfigMap").get("nats")
    if config is None:
        return None
    for name, text in config["data"].items():
        (work / "etc" / "config" / name).write_text(text.replace("/etc/belfry", str(work / "etc")))
    return trusting(str(work / "etc" / "secrets" / "ca.crt"))


async def acknowledged(client: Client) -> bool:
    """Whether a stream has taken an event for good."""
    try:
        reply = await client.request(SUBJECT, b"{}", timeout=2)
    except Exception:
        return False
    return "error" not in json.decode(reply.data)


async def survives(runs: list[Running], seed: str, tls: ssl.SSLContext | None) -> None:
    urls = ",".join(run.url for run in runs)
    await apply(urls, seed, replicas=3, tls=tls)
    client, inbox = Client(), f"_INBOX_{ADMIN}"
    await client.connect(urls.split(","), nkeys_seed=seed, inbox_prefix=inbox, tls=tls, max_reconnect_attempts=-1)
    try:
        info = json.decode((await client.request(f"$JS.API.STREAM.INFO.{EVENTS_STREAM}", timeout=10)).data)
        assert info["config"]["num_replicas"] == 3
        assert await until(lambda: acknowledged(client), bool, 60)
        leader = next(run for run in runs if run.program.name.removeprefix("nats-") == info["cluster"]["leader"][-1])
        await _leave(leader)
        assert await until(lambda: acknowledged(client), bool, 60)
        leader.kill()
        assert await until(lambda: acknowledged(client), bool, 60)
    finally:
        await client.close()


async def _leave(run: Running) -> None:
    """What the hook before the stop does."""
    [container] = installations()["large"].of("StatefulSet")["nats"]["spec"]["template"]["spec"]["containers"]
    command = container["lifecycle"]["preStop"]["exec"]["command"]
    words = [word.replace("=1", f"={run.process.pid}") for word in command]
    hook = await asyncio.create_subprocess_exec(str(BINARY), *words[1:])
    assert await hook.wait() == 0
    await until(lambda: _log(run), lambda text: "Entering lame duck mode" in text)


async def _log(run: Running) -> str:
    return run.program.log_path.read_text()


def _replaced(word: str, here: dict[str, str]) -> str:
    for there, found in here.items():
        word = word.replace(there, found)
    return word


@pytest.mark.integration
def test_three_servers_keep_what_was_acknowledged_when_one_leaves(tmp_path: Path) -> None:
    """They speak TLS among themselves, too: a server whose peer shows no certificate of ours has no quorum."""
    cluster = Cluster(installations()["everything"], tmp_path)
    assert cluster.tls
    with started([cluster.program(number) for number in range(cluster.replicas)]) as runs:
        asyncio.run(survives(runs, seed_of(tmp_path), cluster.tls))


@pytest.mark.integration
def test_one_server_needs_no_peers(tmp_path: Path) -> None:
    with running(Cluster(installations()["small"], tmp_path).program(0), 60) as run:
        done = asyncio.run(apply(run.url, seed_of(tmp_path)))
    assert sum("created" in line for line in done) == len(done) > 0


def seed_of(work: Path) -> str:
    return str(work / "secrets" / "migrate" / "nats.seed")

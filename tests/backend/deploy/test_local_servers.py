"""The embedded servers, for real: what is killed comes back with its data, what was left behind is cleared away."""

import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import nats
import psutil
import pytest

from deploy.local.nats import nats_program, start_nats
from deploy.local.ports import free_port
from deploy.local.postgres import postgres_program, start_postgres
from deploy.local.program import Program, ProgramFailedError, Running, running, wait_ready

pytestmark = pytest.mark.integration


async def test_postgres_keeps_what_was_committed_when_killed(tmp_path: Path) -> None:
    with start_postgres(tmp_path / "data") as server:
        connection = await asyncpg.connect(server.url)
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.kill()
        server.restart()
        connection = await asyncpg.connect(server.url)
        assert await connection.fetchval("SELECT number FROM kept") == 7
        await connection.close()


async def test_nats_keeps_what_was_acknowledged_when_killed(tmp_path: Path) -> None:
    with start_nats(tmp_path / "nats") as server:
        client = await nats.connect(server.url)
        await client.jetstream().add_stream(name="KEPT", subjects=["kept"])
        await client.jetstream().publish("kept", b"7")
        await client.close()
        server.kill()
        server.restart()
        client = await nats.connect(server.url)
        assert (await client.jetstream().get_msg("KEPT", 1)).data == b"7"
        await client.close()


async def test_postgres_wants_its_password(tmp_path: Path) -> None:
    with start_postgres(tmp_path / "data", fsync=False) as server:
        assert (tmp_path / "data.password").stat().st_mode & 0o777 == 0o600
        address = server.url.split("@")[1]
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://belfry:wrong@{address}")


def test_a_suspended_server_is_stopped_too(tmp_path: Path) -> None:
    with start_nats(tmp_path / "nats") as server:
        server.signal(signal.SIGSTOP)
        server.stop()
        assert server.process.returncode is not None


def test_a_nats_server_that_found_its_disk_full_is_stuck(tmp_path: Path) -> None:
    """Until it is started anew: then it has another process number."""
    program = nats_program(tmp_path, free_port())
    program.log_path.write_text("[7] [ERR] JetStream failed to store a msg: write 1.blk: no space left on device\n")
    assert program.stuck(7)
    assert not program.stuck(8)


@pytest.mark.parametrize("kind", ["nats", "postgres"])
def test_a_server_that_was_left_behind_is_ended_first(tmp_path: Path, kind: str) -> None:
    def program() -> Program:
        port = free_port()
        return nats_program(tmp_path / "x", port) if kind == "nats" else postgres_program(tmp_path / "x", port)

    left = Running(program())
    wait_ready(left.program, left.process, 30)
    with running(program()):
        assert left.process.wait(1) is not None


def test_a_process_that_took_the_number_of_a_server_is_left_alone(tmp_path: Path) -> None:
    with start_postgres(tmp_path / "data", fsync=False):
        pass
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        (tmp_path / "data" / "postmaster.pid").write_text(f"{other.pid}\n{tmp_path / 'data'}\n")
        with start_postgres(tmp_path / "data", fsync=False):
            assert psutil.pid_exists(other.pid)
            assert other.poll() is None
        other.kill()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    words = pytest.raises(ProgramFailedError, match=r"(?s)nats ended with code 1.*unknown field \"loud\"")
    with words, start_nats(tmp_path / "nats", "loud: true"):
        pass


def test_data_of_another_version_is_refused(tmp_path: Path) -> None:
    with start_postgres(tmp_path / "data", fsync=False):
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ProgramFailedError, match="was made by PostgreSQL 17"):
        postgres_program(tmp_path / "data", free_port())

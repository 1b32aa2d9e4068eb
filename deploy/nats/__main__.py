"""`python -m deploy.nats apply`: streams, buckets and consumers; `config DIR`: seeds and a nats-server.conf."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from deploy.nats import apply, create_seeds, render_config
from deploy.nats.apply import ApplyError
from deploy.nats.config import tls_of
from shared.settings import Settings, SettingsError, load_settings
from shared.tls import TlsError, of_bus


class ApplySettings(Settings, frozen=True, kw_only=True):
    """The bus, and how to trust it."""

    service: str = "operator"


def main() -> int:
    """Exit code 0, or 1 with one clear line when the server refused or did not answer."""
    parser = argparse.ArgumentParser(prog="python -m deploy.nats", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    applying = commands.add_parser("apply", help="create or update streams, buckets and consumers")
    applying.add_argument("--url", default=os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
    applying.add_argument("--seed-file", default=os.environ.get("BELFRY_NATS_SEED_FILE"))
    applying.add_argument("--replicas", type=int, default=1, choices=(1, 3, 5))
    configuring = commands.add_parser("config", help="write seeds and print a nats-server.conf")
    configuring.add_argument("seeds", type=Path, help="directory of the seeds")
    configuring.add_argument("--tls-cert", help="the server's certificate: clients must speak TLS")
    configuring.add_argument("--tls-key", help="its key")
    configuring.add_argument("--tls-client-ca", help="clients must also show a certificate of this authority")
    arguments = parser.parse_args()
    if arguments.command == "config":
        given = arguments.tls_cert, arguments.tls_key, arguments.tls_client_ca
        print(render_config(create_seeds(arguments.seeds), tls=tls_of(*given) if arguments.tls_cert else None))
        return 0
    return _apply(arguments)


def _apply(arguments: argparse.Namespace) -> int:
    try:
        tls = of_bus(load_settings(ApplySettings, {**os.environ, "NATS_URL": arguments.url}))
        done = asyncio.run(apply(arguments.url, arguments.seed_file, replicas=arguments.replicas, tls=tls))
    except (ApplyError, SettingsError, TlsError, TimeoutError) as error:
        print(f"deploy.nats: {error}", file=sys.stderr)
        return 1
    print("\n".join(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())

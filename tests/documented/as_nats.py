"""`nats subscribe`, which ends as soon as the server has let it."""

import argparse
import asyncio
import sys

from nats.aio.client import Client


async def subscribe(server: str, seed_file: str, subject: str) -> list[Exception]:
    refused: list[Exception] = []

    async def note(error: Exception) -> None:
        refused.append(error)

    client = Client()
    await client.connect(server, nkeys_seed=seed_file, error_cb=note, connect_timeout=30, max_reconnect_attempts=2)
    await client.subscribe(subject)
    await client.flush(30)
    await client.close()
    return refused


def main() -> int:
    parser = argparse.ArgumentParser(prog="nats")
    parser.add_argument("--server", required=True)
    parser.add_argument("--nkey", required=True)
    parser.add_argument("command", choices=["subscribe"])
    parser.add_argument("subject")
    given = parser.parse_args()
    refused = asyncio.run(subscribe(given.server, given.nkey, given.subject))
    print(*refused, file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())

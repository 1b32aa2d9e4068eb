"""`python -m deploy.doctor`: examines the deployment that the variables of its processes name, else the one of
`make run` in this folder. Exit code 0, 1 when something is broken, 2 when the environment is wrong."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.doctor import bus, certificates, database, machine, processes, rights
from deploy.doctor.finding import Finding
from deploy.doctor.report import as_json, table
from deploy.place import Place, find_place
from shared.settings import SettingsError
from shared.tls import TlsError


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--seeds", type=Path, help="folder of the users' NATS keys, to try what each may do")
    given = parser.parse_args(arguments)
    try:
        place = find_place(environ, given.seeds)
    except (SettingsError, TlsError) as error:
        messages = error.messages if isinstance(error, SettingsError) else [str(error)]
        print("\n".join(f"belfry: {message}" for message in messages), file=sys.stderr)
        return 2
    findings = asyncio.run(examine(place, environ))
    print(as_json(findings) if given.json else table(findings))
    return 1 if any(finding.verdict == "failed" for finding in findings) else 0


async def examine(place: Place, environ: Mapping[str, str]) -> list[Finding]:
    """Everything at once; in the order of what stands on what."""
    parts = await asyncio.gather(
        bus.examine(place),
        rights.examine(place),
        database.examine(place),
        certificates.examine(environ),
        processes.examine(place),
    )
    return [*machine.examine(place, environ), *(finding for part in parts for finding in part)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))

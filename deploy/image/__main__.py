"""`python -m deploy.image <process>`: the entry of the image. It becomes that process, with the arguments after it."""

import runpy
import sys

from deploy.nats.permissions import GRANTS

MODULES = {
    **{process: process for process in GRANTS},
    "migrate": "deploy.prepare",
    "credentials": "deploy.credentials",
    "nats": "deploy.nats",
    "doctor": "deploy.doctor",
}


def main(argv: list[str]) -> int:
    """Exit code 2 for an argument that names nothing."""
    if len(argv) < 2 or argv[1] not in MODULES:
        print(f"belfry: say what to run: {', '.join(MODULES)}", file=sys.stderr)
        return 2
    sys.argv = argv[1:]
    runpy.run_module(MODULES[argv[1]], run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))

"""`python -m deploy.prometheus`: writes the rules and the configuration anew. With the ports file of a local run,
`python -m deploy.prometheus .belfry/ports.json`, prints a configuration that asks that one (its gateway on `PORT`)."""

import json
import os
import sys
from pathlib import Path

from deploy.prometheus.files import HERE, RULES, config, files
from deploy.prometheus.rule import PROCESSES


def main(arguments: list[str]) -> None:
    if not arguments:
        for path, text in files().items():
            path.write_text(text)
        return
    ports = {"gateway": os.environ.get("PORT", "8080")} | json.loads(Path(arguments[0]).read_text())
    targets = {process: [f"127.0.0.1:{ports[process]}"] for process in PROCESSES}
    print(json.dumps(config(targets, [str(HERE / name) for name in RULES]), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])

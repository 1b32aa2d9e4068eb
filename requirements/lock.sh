#!/bin/sh
# The lock files, free of addresses so that any mirror can serve them. One resolution for all three of Python.
set -eu
export UV_PYTHON_DOWNLOADS=never
compile() {
    output=$1
    shift
    .venv/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --no-header --quiet \
        --output-file "requirements/$output.lock" "$@"
}
compile dev --extra local --extra dev --extra apprise
compile local --extra local --constraint requirements/dev.lock
compile runtime --constraint requirements/dev.lock
.venv/bin/python -m deploy.local.frontend lock

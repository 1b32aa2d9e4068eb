# Belfry: `make` lists what there is. Everything is set up on first use; nothing is installed twice.

.DEFAULT_GOAL := help
.PHONY: help run demo build test test-fast lint fmt bench screenshots audit lock clean env-local env-dev
.NOTPARALLEL:
unexport PYTHONDONTWRITEBYTECODE  # each of many processes would compile all of it anew: two seconds of every start

CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
RECENT := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach name,$(CANDIDATES),$(shell $(name) -c '$(RECENT)' 2>/dev/null && echo $(name))))
VENV := .venv/bin/python
PYTEST := $(VENV) -m pytest

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: env-local ## Start all of Belfry on this machine (PORT, BELFRY_DATA_DIR, NATS_URL ...: see README)
	@$(VENV) -m deploy.local.frontend build
	@exec $(VENV) -m deploy.local run

demo: env-local ## Start Belfry with a small shop to watch, and switches to break it
	@$(VENV) -m deploy.local.frontend build
	@exec $(VENV) -m deploy.local demo

build: env-local ## Build the pages anew
	@$(VENV) -m deploy.local.frontend build

test: env-dev ## Everything: lint, types, unit, contract, integration, frontend, end to end in Chromium
	@$(VENV) -m tests.gates lint frontend coverage chromium
	@$(PYTEST) -n 3 --dist loadfile --no-loadscope-reorder --ignore=tests/backend/api  # which the coverage gate has just run

test-fast: env-dev ## What needs no server, in seconds
	@$(PYTEST) -q -n 2 --dist loadfile -m "not integration"

lint: env-dev ## Style, types, import rules, dependencies, migrations, frontend
	@$(VENV) -m tests.gates lint

fmt: env-dev ## Format Python and sort imports
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .

bench: env-dev ## Measure speed and memory against their targets
	@$(VENV) -m deploy.local.frontend build
	@$(VENV) -m tests.bench

screenshots: env-dev ## Draw the pages of the README in Chromium
	@$(VENV) -m deploy.local.frontend build
	@$(VENV) -m tests.gates chromium
	@$(VENV) -m tests.screenshots

audit: env-dev ## Known faults of the packages we use, as PyPI and npm know them (STRICT=1: not to know fails)
	@$(VENV) -m tests.audit $(if $(STRICT),--strict)

lock: env-dev ## Write the lock files of pyproject.toml anew
	@sh requirements/lock.sh

clean: ## Remove what was built (not the data in .belfry)
	rm -rf .venv .cache frontend/node_modules frontend/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

env-local env-dev: env-%:
	@$(if $(PYTHON),,echo "belfry: Python 3.11 or newer is needed; found: $$(python3 --version 2>&1)" >&2; exit 2)
	@$(PYTHON) -m deploy.local.bootstrap $*

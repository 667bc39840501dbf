# careloop: every command a contributor needs. `make` alone prints this list.
# Needs Python 3.11 or later, git and make; everything else goes into .venv.

SEEDS ?= 200
TESTS ?= tests

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup check test demo simulate bench clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## build the virtual environment (every other target does so when it is missing or old)

check: $(READY) ## format, lint, types, layers, unit tests: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit

test: $(READY) ## every test; TESTS=path runs some of them
	$(BIN)/pytest -n 2 $(TESTS)

demo: $(READY) ## the whole story on a pretend ServiceNow and Jira, under a minute
	$(BIN)/careloop demo

simulate: $(READY) ## random working days with faults and crashes; SEEDS=N says how many
	$(BIN)/python -m careloop.testing.simulate --seeds $(SEEDS)

bench: $(READY) ## how fast the main job runs
	$(BIN)/python -m bench

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The first interpreter that runs, is new enough and can build a virtual environment.
$(READY): pyproject.toml constraints.txt
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found=$$python; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "careloop needs Python 3.11 or later with its venv module (on Debian: python3-venv)." >&2; \
	    echo "None was found as python3 or python3.11 to python3.14; name one with: make PYTHON=/path/to/python" >&2; \
	    exit 1; \
	fi; \
	echo "building $(VENV) with $$($$found --version)"; \
	$$found -m venv --clear $(VENV)
	@PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
	    $(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

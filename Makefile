# careloop: every command a contributor needs. `make` alone prints this list.
# Needs Python 3.11 or later, git and make; everything else goes into .venv.

SEEDS ?= 200
TESTS ?= tests

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help setup check test demo simulate bench pictures clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## build the virtual environment (every other target does so when it is missing or old)

check: $(READY) ## format, lint, types, layers, unit tests: seconds
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n 2 --hypothesis-profile=quick tests/unit

test: $(READY) ## every test; TESTS=path runs some of them
	$(BIN)/pytest -n 2 $(TESTS)

demo: $(READY) ## the whole story on a pretend ServiceNow and Jira, under a minute
	$(BIN)/careloop demo

simulate: $(READY) ## random working days with faults and crashes; SEEDS=N says how many
	$(BIN)/python -m tests.simulation --seeds $(SEEDS)

bench: $(READY) ## how fast the main job, the audit and the sandbox run; EVENTS=file takes an audit log
	$(BIN)/python -m bench $(if $(EVENTS),--events $(EVENTS))

pictures: $(READY) ## the audit's report in a real browser, judged by axe, as pictures in dist/pictures; EVENTS=file
	$(BIN)/python -m pictures $(if $(EVENTS),--events $(EVENTS))

clean: ## remove the virtual environment and every cache
	rm -rf $(VENV) dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# pip completes an environment that is older than the list of libraries; one that is missing or broken is built anew
# with the first interpreter that runs, is new enough and can build one.
$(READY): pyproject.toml constraints.txt
	@$(BIN)/python -m pip --version >/dev/null 2>&1 && exit 0; \
	for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "building $(VENV) with $$($$python --version)"; \
	        exec $$python -m venv --clear $(VENV); \
	    fi; \
	done; \
	echo "careloop needs Python 3.11 or later with its venv module (on Debian: python3-venv)." >&2; \
	echo "Neither python3 nor python3.11 to python3.14 will do; name one with: make PYTHON=/path/to/python" >&2; \
	exit 1
	@PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_USE_PEP517=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
	    $(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

# `make demo` and `make test` work from a fresh clone: each first sets up .venv if it is missing or out of date.

PYTHON ?= python3
VENV   ?= .venv
# As many as a small machine has cores: with three processes, the tests took longer.
JOBS   ?= 2
FUZZ_S ?= 60

BIN       := $(VENV)/bin
INSTALL   := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt
INSTALLED := $(VENV)/.installed
DEV       := $(VENV)/.installed-dev
FUZZ      := $(VENV)/.installed-fuzz
# worksteal gives each process a run of neighbouring tests, so that few fixtures are made twice.
PYTEST    := $(BIN)/python -m compileall -q -j $(JOBS) grader && $(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

# The tests start hundreds of processes: without saved bytecode, each of them would compile the grader anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-fast test-all lint format fuzz clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(INSTALLED)  ## Grade the example notebook, and write the same report as a page and as JSON
	@mkdir -p build
	@$(BIN)/grade examples/all-four.ipynb --assignment autograd-basics --format terminal --format html:build/demo.html \
		--format json:build/demo.json || [ $$? -eq 1 ]
	@echo "The same report as a page: build/demo.html, and as JSON: build/demo.json"

test: $(DEV)  ## Run the tests, linters and type checker; of attacks that are no escapes, a fixed sample
	$(PYTEST) -m "not exhaustive"

test-fast: $(DEV)  ## Run the tests that start no workers, batches or attacks, in less than a minute
	$(PYTEST) -m "not exhaustive and not slow"

test-all: $(DEV)  ## Run everything: all attacks at every level, all of them in one batch, all cross-talk
	$(PYTEST)

lint: $(DEV)  ## Run only the linters and the type checker
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

format: $(DEV)  ## Mend what the linters can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

fuzz: $(FUZZ)  ## Fuzz what parses hostile bytes, FUZZ_S seconds for each target; what is found lies in build/fuzz
	$(BIN)/python -m fuzz.run --seconds $(FUZZ_S)

clean:  ## Remove everything that was built, and .venv
	rm -rf build dist $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# PyTorch goes first, by its exact release: alone, pip takes a CPU build where one is offered.
$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up $(VENV) ..."
	@$(INSTALL) torch
	@$(INSTALL) --editable .
	@touch $@

$(DEV): $(INSTALLED)
	@$(INSTALL) --editable ".[dev]"
	@touch $@

$(FUZZ): $(DEV)
	@$(INSTALL) --editable ".[dev,fuzz]"
	@touch $@

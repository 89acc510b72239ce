# Two commands do everything: make run, make test. See README.md.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export FLASK_APP := wsgi
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help setup run test soak lint e2e bench assets clean

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s "$$(printf '\t')"

$(VENV)/.runtime: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.develop: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(VENV)/.runtime $@

setup: $(VENV)/.develop ## Make the virtual environment with everything pinned

run: $(VENV)/.runtime ## Set up, start database, search, web and worker with demo records; Ctrl-C stops all
	@exec $(BIN)/flask run-all

test: $(VENV)/.develop ## Set up and run the linters and the whole suite
	$(MAKE) --no-print-directory lint
	$(BIN)/pytest --cov --cov-report=term -q

e2e: $(VENV)/.develop ## Run the journeys in a real browser only
	$(BIN)/pytest -q -m e2e

soak: $(VENV)/.develop ## Run the long proofs of money and bookings; PART="storm edge" runs some, AGAIN=1 also what has passed
	$(BIN)/python -m devtools.soak $(addprefix --part ,$(PART)) $(if $(AGAIN),--again)

lint: $(VENV)/.develop ## Check style, types, import directions and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

bench: $(VENV)/.develop ## Measure relevance and speed on the files named by CORPUS and NEEDS
	$(BIN)/flask bench relevance --corpus $(CORPUS) --needs $(NEEDS) --engine embedded
	$(BIN)/flask bench search --records 20000 --corpus $(firstword $(CORPUS))
	$(BIN)/flask bench import --records 20000
	$(BIN)/flask bench booking

assets: $(VENV)/.develop ## Fetch icons and test tools anew at their pinned versions (needs npm)
	$(BIN)/python -m devtools.assets

clean: ## Remove what tests and tools left behind; records in var/ stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache test-results htmlcov .coverage*

# Feeder Zones. Every target sets up what it needs; a second run is quick.
#
# Settings: PYTHON (which Python, 3.11 or newer), VENV (which folder), CHROMIUM (which browser), POSTGRES (folder of
# PostgreSQL's programs), TESTS (which tests; all of them by default, those of the store on both databases).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
QUICK_CHECKS := check-docstrings check-style check-layers check-files
# mypy first: it takes longer than the others together.
CHECKS := check-types $(QUICK_CHECKS)
.PHONY: help setup demo test coverage lint bench bench-load bench-kill interface sample lock clean dev browser postgres $(CHECKS)

VENV ?= .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PIP_INSTALL := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# A worker per core, and one thread in each: more of them get in each other's way. Each has whole files, so that what a
# file sets up is set up once.
WORKERS := $(shell getconf _NPROCESSORS_ONLN)
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
PARALLEL := --numprocesses=$(WORKERS) --maxprocesses=8 --dist=loadfile --no-loadscope-reorder
# What is run on PostgreSQL too. Of the routes, those that read and write in every way that the store offers; of the jobs,
# those that keep something.
STORE_TESTS := tests/app/store tests/app/jobs/test_queue.py tests/app/api/test_records_survive.py \
	tests/app/api/test_releases.py
# Packages are compiled when they are first imported: most of their modules never are.
LOCKED_INSTALL := $(PIP_INSTALL) --require-hashes --only-binary :all: --no-compile
# Where there is no npm, the one of requirements/node.txt takes its place.
export PATH := $(PATH):$(abspath $(BIN))
# Tests start many processes, and each would compile the library again.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

setup: $(DONE)/zones $(DONE)/assets ## Install the library, the service and their browser assets

dev: $(DONE)/dev
	@$(MAKE) --no-print-directory setup

demo: setup ## Load the generated state, propose Zones and serve them on 127.0.0.1:8000
	$(BIN)/zones serve --demo

# Types are checked beside the tests (those of tests by make lint alone), and then what uses the store runs on PostgreSQL,
# in one process: tests now and then leave a core idle. What is wrong there is said at the end.
test: ## Install what tests need, a browser and PostgreSQL included; check and test everything
	@$(MAKE) --no-print-directory --jobs=2 dev postgres
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(QUICK_CHECKS)
	@{ wrong=0; $(BIN)/mypy app clustering bench >$(DONE)/types.txt 2>&1 || wrong=$$?; \
	$(ONE_THREAD) $(BIN)/python -m pytest --database=postgresql $(or $(TESTS),$(STORE_TESTS)) >$(DONE)/store.txt 2>&1 || wrong=$$?; \
	exit $$wrong; } & beside=$$!; failed=0; \
	CHROMIUM="$$(scripts/find_chromium.sh)" $(ONE_THREAD) $(BIN)/python -m pytest $(PARALLEL) $(TESTS) || failed=$$?; \
	if wait $$beside; then echo "On PostgreSQL:"; tail -n 1 $(DONE)/store.txt; \
	else failed=$$?; cat $(DONE)/types.txt $(DONE)/store.txt; fi; exit $$failed

# Found or installed while pip works; Python comes first, for apt-get runs once at a time.
browser: | $(DONE)/venv
	@scripts/find_chromium.sh >/dev/null

postgres: | browser
	@scripts/find_postgres.sh >/dev/null

coverage: dev ## Run every test, and say which branches of the library they leave out; slower than make test
	CHROMIUM="$$(scripts/find_chromium.sh)" $(ONE_THREAD) $(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=json:.coverage.json
	$(BIN)/python scripts/check_branches.py .coverage.json

lint: dev ## Check style, types, layers, docstrings, the scripts and the container files
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS)

check-style:
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

check-types:
	$(BIN)/mypy --num-workers=auto

check-layers:
	$(BIN)/lint-imports

check-docstrings:
	$(BIN)/numpydoc lint $$(git ls-files 'app/*.py' 'clustering/*.py')

check-files:
	$(BIN)/shellcheck .ci/run scripts/*.sh
	$(BIN)/hadolint Dockerfile
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml compose.cluster.yaml

interface: dev ## Send generated requests to every operation of the OpenAPI document for ten minutes
	$(BIN)/python -m bench.interface 600

bench: setup $(DONE)/bench ## Run the benchmarks (docs/benchmarks.md)
	$(BIN)/python -m bench.line
	$(BIN)/python -m bench.ingest
	$(BIN)/python -m bench.many_files
	$(BIN)/python -m bench.command
	$(BIN)/python -m bench.identification
	$(BIN)/python -m bench.proposals
	$(BIN)/python -m bench.recognition
	$(BIN)/python -m bench.capacity
	$(BIN)/python -m bench.disclosure

# Other servers, of versions that cannot be installed next to the product's.
RIVALS := .rivals
bench-load: setup postgres $(DONE)/rivals ## Measure the service under load beside pygeoapi and tipg (docs/benchmarks.md)
	$(BIN)/python -m bench.load --rivals $(RIVALS) --postgresql

bench-kill: setup postgres ## Kill the service at random moments and compare; then full disks and failing databases; about an hour
	$(BIN)/python -m bench.kill
	$(BIN)/python -m bench.kill --postgresql
	$(BIN)/python -m bench.trials

sample: setup ## Write data/sample again; the bytes do not change
	$(BIN)/zones sample --schools 600 --seed 1 --out data/sample

lock: dev ## Resolve requirements/ again after a change of pyproject.toml; UPGRADE=--upgrade moves every pin
	PYTHON=$(BIN)/python scripts/lock.sh $(UPGRADE)

clean: ## Remove whatever the other targets made, data of the service apart
	rm -rf $(VENV) $(RIVALS) node_modules app/pages/static/vendor dist .hypothesis
	rm -rf .coverage .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find clustering/outputs/assets -type f ! -name '*.py' -delete
	find app bench clustering scripts tests -name __pycache__ -prune -exec rm -rf {} +

$(DONE)/venv:
	scripts/make_venv.sh $(VENV)
	mkdir -p $(DONE) && touch $@

$(DONE)/run: requirements/run.txt requirements/build.txt | $(DONE)/venv
	@echo "Installing Python packages into $(VENV)"
	$(LOCKED_INSTALL) -r requirements/run.txt -r requirements/build.txt
	touch $@

$(DONE)/zones: pyproject.toml $(DONE)/run
	$(PIP_INSTALL) --no-deps --no-index --no-build-isolation --editable .
	touch $@

# What the library and its build need is on the list of development too: one installation instead of two.
$(DONE)/dev: requirements/dev.txt requirements/build.txt | $(DONE)/venv
	@echo "Installing Python packages, those of development included, into $(VENV)"
	$(LOCKED_INSTALL) -r requirements/dev.txt -r requirements/build.txt
	touch $(DONE)/run $@

$(DONE)/bench: requirements/bench.txt $(DONE)/run
	$(LOCKED_INSTALL) -r requirements/bench.txt
	touch $@

$(DONE)/rivals: requirements/rivals.txt | $(DONE)/venv
	command -v wrk >/dev/null || scripts/apt_install.sh wrk
	scripts/make_venv.sh $(RIVALS)
	$(RIVALS)/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes \
		--only-binary :all: -r requirements/rivals.txt
	touch $@

# One pip at a time works on an environment.
$(DONE)/assets: package.json scripts/install_assets.py requirements/node.txt $(DONE)/run | $(DONE)/zones
	command -v npm >/dev/null || $(LOCKED_INSTALL) -r requirements/node.txt
	$(BIN)/python scripts/install_assets.py
	touch $@

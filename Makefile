# Feeder Zones. Every target sets up what it needs; a second run is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
APT = $(shell if [ "$$(id -u)" = 0 ]; then echo apt-get; elif sudo -n true 2>/dev/null; then echo sudo -n apt-get; fi)

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint bench sample lock browser clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.run-ready ## Install the library, the service and their browser assets

demo: setup ## Load the generated state, propose Zones and serve on 127.0.0.1:8000
	$(BIN)/zones serve --demo

serve: setup ## Serve on 127.0.0.1:8000
	$(BIN)/zones serve

test: $(VENV)/.dev-ready browser lint ## Install what tests need, a browser included; check and test everything
	$(BIN)/python -m pytest

lint: $(VENV)/.dev-ready ## Check style, types, layers and docstrings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev-ready ## Time the whole line on 100,000 generated schools
	$(BIN)/python -m bench.line

sample: setup ## Write data/sample again; the bytes do not change
	$(BIN)/zones sample --schools 600 --seed 1 --out data/sample

lock: ## Resolve the requirements anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		--extra dev -c requirements/run.txt pyproject.toml requirements/build.in -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
		requirements/node.in -o requirements/node.txt

clean: ## Remove what set-up made
	rm -rf $(VENV) node_modules app/pages/static/vendor .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find clustering/assets -type f ! -name '__init__.py' -delete

# Debian splits ensurepip off; without it "python3 -m venv" fails.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		[ -n "$(APT)" ] || { echo "Install python3-venv first, for example: sudo apt-get install python3-venv"; exit 1; }; \
		$(APT) update -q && $(APT) install -y -q python3-venv; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run-ready: requirements/run.txt requirements/node.txt package.json scripts/install_assets.py pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@command -v npm >/dev/null || $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/node.txt
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python scripts/install_assets.py
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev-ready: requirements/dev.txt $(VENV)/.run-ready
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

browser: ## Find Chromium, or install it
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		[ -n "$$name" ] && command -v "$$name" >/dev/null && exit 0; done; \
	[ -n "$(APT)" ] || { echo "Install Chromium first, for example: sudo apt-get install chromium"; exit 1; }; \
	$(APT) update -q && $(APT) install -y -q --no-install-recommends chromium

#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml into requirements/*.txt: versions and hashes, no addresses.
# Pins stay as they are where they still fit; --upgrade moves them. Run by make lock.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { "${PYTHON:-.venv/bin/python}" -m uv pip compile --quiet --no-annotate --custom-compile-command "make lock" "$@" >/dev/null; }

# The largest set decides, from the pins there are; the others are parts of it.
cat requirements/{dev,build,node,bench}.txt >requirements/all.txt
compile pyproject.toml --group dev --group build --group node --group bench --output-file requirements/all.txt "$@"
compile pyproject.toml --group dev --constraints requirements/all.txt --output-file requirements/dev.txt
compile pyproject.toml --extra cluster --extra telemetry --constraints requirements/all.txt --output-file requirements/run.txt
compile --group build --constraints requirements/all.txt --output-file requirements/build.txt
compile --group bench --constraints requirements/all.txt --output-file requirements/bench.txt
compile --group node --constraints requirements/all.txt --output-file requirements/node.txt
compile --group rivals --output-file requirements/rivals.txt "$@"
rm requirements/all.txt

#!/usr/bin/env bash
# Make the virtual environment with the first Python that is new enough. Usage: [PYTHON=...] scripts/make_venv.sh FOLDER
set -euo pipefail

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

found=""
for name in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
    if is_new_enough "$name"; then
        found=$name
        break
    fi
done
if [ -z "$found" ]; then
    echo "No Python 3.11 or newer was found (looked for: ${PYTHON:-python3.11, python3 and others})." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3 ..." >&2
    exit 1
fi
# Debian packs ensurepip apart from Python; a virtual environment without it has no pip.
if ! "$found" -c 'import ensurepip, venv' 2>/dev/null; then
    package=$("$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    "$(dirname "$0")/apt_install.sh" "$package"
fi
"$found" -m venv "$1"

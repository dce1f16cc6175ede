#!/usr/bin/env bash
# Print the path of a Chromium, installing Debian's where there is none. CHROMIUM names another.
set -euo pipefail

look() {
    local name
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
        command -v "$name" && return
    done
    return 1
}

if ! look; then
    if [ -n "${CHROMIUM:-}" ]; then
        echo "CHROMIUM=$CHROMIUM is no program." >&2
        exit 1
    fi
    "$(dirname "$0")/apt_install.sh" chromium
    look
fi

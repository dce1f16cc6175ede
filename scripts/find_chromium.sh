#!/usr/bin/env bash
# Print the path of a Chromium that tests can steer, installing Debian's where there is none. CHROMIUM names another.
set -euo pipefail

look() {
    local name
    for name in ${CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
        command -v "$name" && return
    done
    return 1
}

# The driver that tests steer the browser with needs this library, which a bare Debian lacks.
if [ -x /sbin/ldconfig ] && ! /sbin/ldconfig -p | grep 'libatomic\.so\.1' >/dev/null; then
    "$(dirname "$0")/apt_install.sh" libatomic1
fi

if ! look; then
    if [ -n "${CHROMIUM:-}" ]; then
        echo "CHROMIUM=$CHROMIUM is no program." >&2
        exit 1
    fi
    "$(dirname "$0")/apt_install.sh" chromium
    look
fi

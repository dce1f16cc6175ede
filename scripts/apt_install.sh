#!/usr/bin/env bash
# Install Debian packages where that needs no password; otherwise say what to install.
# Usage: scripts/apt_install.sh PACKAGE...
set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
if [ "$(id -u)" = 0 ]; then
    as_root=(env)
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n env DEBIAN_FRONTEND=noninteractive)
else
    as_root=()
fi
if [ ${#as_root[@]} = 0 ] || ! command -v apt-get >/dev/null; then
    echo "Missing on this machine: $*. Install it first; on Debian: sudo apt-get install $*" >&2
    exit 1
fi
echo "Installing with apt-get: $*" >&2
"${as_root[@]}" apt-get update -qq >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >&2

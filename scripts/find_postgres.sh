#!/usr/bin/env bash
# Print the folder of PostgreSQL's programs, with PostGIS, installing Debian's where there is none. POSTGRES names another.
set -euo pipefail

look() {
    local folder
    for folder in ${POSTGRES:-/usr/lib/postgresql/*/bin}; do
        [ -x "$folder/initdb" ] && has_postgis "$folder" && echo "$folder" && return
    done
    return 1
}

has_postgis() {
    [ -f "$("$1/pg_config" --sharedir)/extension/postgis.control" ]
}

if ! look; then
    if [ -n "${POSTGRES:-}" ]; then
        echo "POSTGRES=$POSTGRES is no folder of PostgreSQL's programs with PostGIS." >&2
        exit 1
    fi
    "$(dirname "$0")/apt_install.sh" postgresql-15 postgresql-15-postgis-3
    look
fi

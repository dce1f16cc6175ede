"""The other servers of the load benchmark: pygeoapi and tipg, which serve the Zones of one proposal as a collection."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.servers import Program, free_port

COLLECTION = "zones"


def load_table(address: str, features: list[dict[str, Any]]) -> None:
    """
    Write features into a table of PostGIS, as both servers like it best: a key, an index, a column for each property.

    Parameters
    ----------
    address
        Of a database with PostGIS.
    features
        GeoJSON; lists and objects among the properties become JSON columns.
    """
    names = list(features[0]["properties"])
    kinds = {name: _kind(features[0]["properties"][name]) for name in names}
    columns = [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kinds[name])) for name in names]
    with psycopg.connect(address) as connection:
        connection.execute(
            sql.SQL("CREATE TABLE {} (id serial PRIMARY KEY, {}, geom geometry(Geometry, 4326))").format(
                sql.Identifier(COLLECTION), sql.SQL(", ").join(columns)
            )
        )
        places = sql.SQL(", ").join([*[sql.Placeholder()] * len(names), sql.SQL("ST_GeomFromGeoJSON(%s)")])
        fields = sql.SQL(", ").join(map(sql.Identifier, [*names, "geom"]))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(COLLECTION), fields, places)
        with connection.cursor() as cursor:
            cursor.executemany(insert, [_row(each, names) for each in features])
        connection.execute("CREATE INDEX ON zones USING gist (geom)")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE zones")


def _row(feature: dict[str, Any], names: list[str]) -> list[Any]:
    values = [feature["properties"][name] for name in names]
    return [
        *(Jsonb(each) if isinstance(each, list | dict) else each for each in values),
        json.dumps(feature["geometry"]),
    ]


def _kind(value: object) -> str:
    for kind, name in ((bool, "boolean"), (int, "bigint"), (float, "double precision"), (str, "text")):
        if isinstance(value, kind):
            return name
    return "jsonb"


def pygeoapi_servers(
    programs: Path, folder: Path, address: str, limit: int, processes: int
) -> Iterator[tuple[str, Program, str]]:
    """
    Set pygeoapi up in each way that serves these Zones here; the fastest counts.

    Parameters
    ----------
    programs
        ``bin`` of the environment in which it is installed.
    folder
        Holds ``zones.geojson``; takes its settings and logs.
    address
        Of the database of :func:`load_table`.
    limit
        Features of a page.
    processes
        Of the server.

    Yields
    ------
    name
        What was set up.
    program
        Not started.
    path
        Of the page.
    """
    server, host = address.removeprefix("postgresql://").split("/")[0].split("@")[1], "127.0.0.1"
    port = int(server.rsplit(":", 1)[1])
    database = {"host": host, "port": port, "dbname": address.rsplit("/", 1)[1], "user": "zones", "password": "none"}
    providers: dict[str, dict[str, Any]] = {
        "GeoJSON": {"name": "GeoJSON", "data": str(folder / "zones.geojson"), "id_field": "zone_id"},
        "PostgreSQL": {
            "name": "PostgreSQL",
            "data": {**database, "search_path": ["public"]},
            "table": COLLECTION,
            "id_field": "id",
            "geom_field": "geom",
        },
    }
    for provider, definition in providers.items():
        for server_name in ("gunicorn", "uvicorn"):
            name, own_port = f"{provider}, {server_name}", free_port()
            settings = folder / f"pygeoapi-{provider}-{server_name}.yml"
            settings.write_text(json.dumps(_settings(own_port, definition, limit)), encoding="utf-8")
            document = settings.with_suffix(".openapi.yml")
            environment = {"PYGEOAPI_CONFIG": str(settings), "PYGEOAPI_OPENAPI": str(document)}
            generate = [
                str(programs / "pygeoapi"),
                "openapi",
                "generate",
                str(settings),
                "--output-file",
                str(document),
            ]
            subprocess.run(generate, check=True, env={**environment, "PATH": "/usr/bin:/bin"}, capture_output=True)
            command = _commands(programs, own_port, processes)[server_name]
            path = f"/collections/{COLLECTION}/items?f=json&limit={limit}"
            yield name, Program(command, own_port, environment, settings.with_suffix(".log")), path


def tipg_server(programs: Path, folder: Path, address: str, limit: int, processes: int) -> tuple[Program, str]:
    """Set tipg up; the program, not started, and the path of the page. Parameters as of :func:`pygeoapi_servers`."""
    port = free_port()
    environment = {"DATABASE_URL": address, "TIPG_DB_SCHEMAS": '["public"]', "TIPG_CATALOG_TTL": "0"}
    command = [str(programs / "uvicorn"), "tipg.main:app", *_uvicorn_options(port, processes)]
    path = f"/collections/public.{COLLECTION}/items?f=geojson&limit={limit}"
    return Program(command, port, environment, folder / "tipg.log"), path


def _commands(programs: Path, port: int, processes: int) -> dict[str, list[str]]:
    workers = ["--workers", str(processes)]
    gunicorn = [str(programs / "gunicorn"), "pygeoapi.flask_app:APP", "--bind", f"127.0.0.1:{port}", *workers]
    uvicorn = [str(programs / "uvicorn"), "pygeoapi.starlette_app:APP", *_uvicorn_options(port, processes)]
    # Threads keep connections open, which the ordinary workers do not.
    return {"gunicorn": [*gunicorn, "--worker-class", "gthread", "--threads", "4"], "uvicorn": uvicorn}


def _uvicorn_options(port: int, processes: int) -> list[str]:
    fast = ["--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error"]
    return ["--port", str(port), "--workers", str(processes), *fast]


def _settings(port: int, provider: dict[str, Any], limit: int) -> dict[str, Any]:
    address = f"http://127.0.0.1:{port}"
    said = {"title": "Zones", "description": "Zones", "keywords": ["zones"]}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": address,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "language": "en-US",
            "gzip": False,
            "pretty_print": False,
            "limits": {"default_items": limit, "max_items": limit},
            "map": {"url": address, "attribution": "none"},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {**said, "keywords_type": "theme", "terms_of_service": "none", "url": address},
            "license": {"name": "none", "url": address},
            "provider": {"name": "none", "url": address},
            "contact": {"name": "none"},
        },
        "resources": {
            COLLECTION: {
                **said,
                "type": "collection",
                "extents": {
                    "spatial": {"bbox": [-180, -90, 180, 90], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
                },
                "providers": [{"type": "feature", **provider}],
            }
        },
    }

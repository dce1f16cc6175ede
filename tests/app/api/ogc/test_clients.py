"""Clients that exist, against a real server: each reads every collection and gets what the proposal says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import owslib.ogcapi
import pytest
from owslib.ogcapi.features import Features
from owslib.ogcapi.processes import Processes
from starlette.testclient import TestClient

from app.store import KeyRequest
from tests.app.api.ogc.conftest import Served, served_application
from tests.examples.service_requests import running_service, toy_uploads
from tests.examples.two_agencies import bearer

COUNTS = {"schools": 11, "zones": 2, "zone-schools": 11, "links": 14}
# West, south, east, north: by hand, the schools 0003 to 0005.
BOX = (-98.5, 38.025, -97.5, 38.055)
SYSTEM_PYTHON = "/usr/bin/python3"
PYOGRIO = """
import json, sys
import pyogrio
source, collections, box = f"OAPIF:{sys.argv[1]}", json.loads(sys.argv[2]), json.loads(sys.argv[3])
found = {}
for name, collection in collections.items():
    table = pyogrio.read_dataframe(source, layer=collection, PAGE_SIZE="5")
    found[name] = {
        "count": len(table),
        "located": int(table.geometry.notna().sum()),
        "is_crs84": "CRS84" in str(table.crs),
        "box": len(pyogrio.read_dataframe(source, layer=collection, bbox=tuple(box))),
        "rows": json.loads(table.drop(columns="geometry").to_json(orient="records", double_precision=15)),
    }
heavy = pyogrio.read_dataframe(source, layer=collections["links"], where="students = 62")
middle = pyogrio.read_dataframe(source, layer=collections["schools"], where="level = 'middle'")
found |= {"heavy": sorted(heavy["origin"]), "middle": sorted(middle["school_id"])}
print(json.dumps(found))
"""
QGIS = """
import json, os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsFeatureRequest, QgsRectangle, QgsVectorLayer
application = QgsApplication([], False)
application.initQgis()
found = {}
for name, collection in json.loads(sys.argv[2]).items():
    layer = QgsVectorLayer(f"url='{sys.argv[1]}' typename='{collection}'", name, "OAPIF")
    request = QgsFeatureRequest().setFilterRect(QgsRectangle(*json.loads(sys.argv[3])))
    kinds = {field.name(): field.typeName() for field in layer.fields()}
    features = [feature.attributeMap() for feature in layer.getFeatures()]
    found[name] = {
        "valid": layer.isValid(),
        "count": len(features),
        "box": len(list(layer.getFeatures(request))),
        "kinds": kinds,
        "students": sum(feature.get("students") or 0 for feature in features),
    }
print(json.dumps(found))
sys.stdout.flush()
os._exit(0)  # the end of a QgsApplication without a window is not worth the wait
"""


def in_box(served: Served, layer: str) -> int:
    """How many features meet the box, by the proposal: schools by their points, links along the line of schools."""
    inside = {name for name in served.schools if 3 <= int(name) <= 5}
    if layer == "links":  # all schools have one longitude, so a link meets the box where its ends are on both sides
        return sum(int(link["origin"]) <= 5 and int(link["destination"]) >= 3 for link in served.links)
    if layer == "zones":
        return 2  # both outlines reach across it
    return len(inside)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def read_by_pyogrio(served: Served) -> dict[str, Any]:
    """What pyogrio reads, in a process of its own: it holds the lock that the server's thread needs."""
    collections = json.dumps({layer: served.collection(layer) for layer in COUNTS})
    return dict(json.loads(run(sys.executable, "-c", PYOGRIO, served.base, collections, json.dumps(BOX))))


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A service of its own that wants a key: its address, and a key that reads."""
    with running_service(tmp_path_factory.mktemp("keyed")) as client:
        access = client.app.state.service.authenticator.access  # type: ignore[attr-defined]
        key = access.add_key(KeyRequest(agency_id="local", name="Ann", roles=["analyst"]))
        assert client.post("/datasets", files=toy_uploads(), headers=bearer(key)).status_code == 201
        with served_application(client.app) as address:
            yield f"{address}/ogc", key


def test_a_file_of_headers_lets_gdal_read_with_a_key(keyed: tuple[str, str], tmp_path: Path) -> None:
    base, key = keyed
    headers = tmp_path / "headers.txt"
    headers.write_text(f"Authorization: Bearer {key}\n")
    ogrinfo = [["ogrinfo", "-q", f"OAPIF:{base}"]] if shutil.which("ogrinfo") else []
    listing = f"import pyogrio; print(pyogrio.list_layers('OAPIF:{base}'))"
    for command in (*ogrinfo, [sys.executable, "-c", listing]):
        environment = {**os.environ, "GDAL_HTTP_HEADER_FILE": str(headers)}
        with_key = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert "schools-" in with_key.stdout, with_key.stderr
        without = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "schools-" not in without.stdout


def test_owslib_reads_with_a_key(keyed: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    base, key = keyed
    # OWSLib keeps given headers for every later service of the process.
    monkeypatch.setattr(owslib.ogcapi, "REQUEST_HEADERS", dict(owslib.ogcapi.REQUEST_HEADERS))
    (collection,) = Features(f"{base}/", headers=bearer(key)).feature_collections()
    assert collection.startswith("schools-")
    assert [each["id"] for each in Processes(f"{base}/", headers=bearer(key)).processes()] == ["propose-zones"]


@pytest.mark.parametrize(("layer", "count"), COUNTS.items())
def test_pyogrio_reads_every_collection(
    read_by_pyogrio: dict[str, Any], served: Served, layer: str, count: int
) -> None:
    expected = {"count": count, "located": count, "box": in_box(served, layer), "is_crs84": True}
    assert {name: read_by_pyogrio[layer][name] for name in expected} == expected


def test_pyogrio_gets_the_numbers_of_the_proposal(read_by_pyogrio: dict[str, Any], served: Served) -> None:
    zones = {each["zone_id"]: each for each in read_by_pyogrio["zones"]["rows"]}
    for zone in (each["properties"] for each in served.zones["features"]):
        assert {name: zones[zone["zone_id"]][name] for name in zone["metrics"]} == zone["metrics"]
    assert read_by_pyogrio["heavy"] == ["0001", "0003", "0007"]  # by hand: the links of 62 students
    assert read_by_pyogrio["middle"] == ["0007", "0008", "0009"]


def test_ogrinfo_reads_every_collection_and_passes_filters_on(served: Served) -> None:
    if (ogrinfo := shutil.which("ogrinfo")) is None:
        pytest.skip("ogrinfo was not found: Debian's package gdal-bin has it")
    source = f"OAPIF:{served.base}"
    for layer, count in COUNTS.items():
        own = served.collection(layer)
        assert f"Feature Count: {count}\n" in run(ogrinfo, "-so", "-ro", source, own, "-oo", "PAGE_SIZE=1000")
        box = [str(each) for each in BOX]
        found = run(ogrinfo, "-so", "-ro", "-spat", *box, source, own)
        assert f"Feature Count: {in_box(served, layer)}\n" in found
    asked = run(
        *(ogrinfo, "-q", "-ro", "-where", "level = 'high'", "--debug", "on", source, served.collection("schools")),
    )
    assert asked.count("OGRFeature(") == 2


def test_owslib_reads_every_collection(served: Served) -> None:
    features = Features(f"{served.base}/")
    assert f"/collections/{served.collection('zones')}/items" in features.api()["paths"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in features.conformance()["conformsTo"]
    assert {served.collection(layer) for layer in COUNTS} <= set(features.feature_collections())
    for layer, count in COUNTS.items():
        own = served.collection(layer)
        page = features.collection_items(own, limit=1000)
        assert (page["numberMatched"], len(page["features"])) == (count, count)
        assert features.collection_items(own, bbox=list(BOX))["numberMatched"] == in_box(served, layer)
        assert features.collection_item(own, page["features"][0]["id"])["id"] == page["features"][0]["id"]
        assert features.collection_queryables(own)["type"] == "object"
    high = features.collection_items(served.collection("schools"), level="high")
    assert [each["id"] for each in high["features"]] == ["0010", "0011"]


def test_owslib_proposes_zones(served: Served, client: TestClient) -> None:
    processes = Processes(f"{served.base}/")
    assert [each["id"] for each in processes.processes()] == ["propose-zones"]
    assert "dataset_id" in processes.process("propose-zones")["inputs"]
    inputs = {"dataset_id": served.dataset_id, "identification": "official:designation=CSI"}
    job = processes.execute("propose-zones", inputs=inputs, async_=True)
    deadline = time.monotonic() + 60
    while (status := client.get(f"/ogc/jobs/{job['jobID']}").json())["status"] in ("accepted", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert status["status"] == "successful"
    results = processes.execute("propose-zones", inputs=inputs)
    assert results["zones"]["href"].startswith(f"{served.base}/collections/zones-")


def test_qgis_reads_every_collection(served: Served) -> None:
    if (
        shutil.which(SYSTEM_PYTHON) is None
        or subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode
    ):
        pytest.skip("PyQGIS was not found: Debian's package python3-qgis has it")
    collections = json.dumps({layer: served.collection(layer) for layer in COUNTS})
    script = (SYSTEM_PYTHON, "-c", QGIS, served.base, collections, json.dumps(BOX))
    found: dict[str, Any] = json.loads(run(*script).splitlines()[-1])
    for layer, count in COUNTS.items():
        assert (found[layer]["valid"], found[layer]["count"]) == (True, count)
        assert found[layer]["box"] == in_box(served, layer)
    assert found["links"]["students"] == pytest.approx(sum(float(link["students"]) for link in served.links))
    assert found["zones"]["kinds"]["retention"].lower() in ("real", "double")

"""OGC API Features over the toy district: 2 Zones, 11 schools, 14 links, whose numbers are known by hand."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from starlette.testclient import TestClient

from app.api.ogc.features import CONFORMANCE
from tests.app.api.ogc.conftest import Served
from tests.examples.service_requests import ask_for_zones

COUNTS = {"schools": 11, "zones": 2, "zone-schools": 11, "links": 14}
RULE = "official:designation=CSI"


@pytest.fixture
def read(client: TestClient, served: Served) -> Any:
    """Read a page of a layer."""

    def items(layer: str, **query: Any) -> dict[str, Any]:
        answer = client.get(f"/ogc/collections/{served.collection(layer)}/items", params=query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/geo+json"
        return dict(answer.json())

    return items


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["features"]]


@pytest.mark.parametrize("path", ["/ogc", "/ogc/"])
def test_the_landing_page_links_all_that_clients_look_for(client: TestClient, path: str) -> None:
    links = {each["rel"]: each for each in client.get(path).json()["links"]}
    assert links["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"
    for rel in ("service-desc", "conformance", "data", "http://www.opengis.net/def/rel/ogc/1.0/processes"):
        answer = client.get(links[rel]["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == links[rel]["type"]
    assert client.get("/ogc/conformance").json() == {"conformsTo": list(CONFORMANCE)}


@pytest.mark.parametrize(("layer", "count"), COUNTS.items())
def test_every_collection_has_its_features_on_any_number_of_pages(read: Any, layer: str, count: int) -> None:
    whole = read(layer)
    assert whole["numberMatched"] == whole["numberReturned"] == len(set(ids(whole))) == count
    first = read(layer, limit=1)
    assert (first["numberMatched"], first["numberReturned"]) == (count, 1)
    found, page = ids(first), first
    while following := [each["href"] for each in page["links"] if each["rel"] == "next"]:
        page = read(layer, **dict(pair.split("=") for pair in following[0].partition("?")[2].split("&")))
        found += ids(page)
    assert found == ids(whole)


def test_zones_have_every_measure_as_a_number_of_its_own(read: Any, served: Served) -> None:
    for feature, nested in zip(read("zones")["features"], served.zones["features"], strict=True):
        own = feature["properties"]
        assert feature["id"] == nested["id"] == own["zone_id"]
        assert {name: own[name] for name in nested["properties"]["metrics"]} == nested["properties"]["metrics"]
        shares = {each["level"]: each["arrival_share"] for each in nested["properties"]["arrival_by_level"]}
        assert {level: own[f"arrival_share_{level}"] for level in shares} == shares
        assert own["arrival_share_all_grades"] is None
        assert all(value is None or isinstance(value, (str, int, float)) for value in own.values())
    # By hand: West has the anchor, Oak, Elm and E1 to E4.
    assert [each["properties"]["school_count"] for each in read("zones")["features"]] == [7, 4]


def test_outlines_are_those_of_the_proposal_wound_as_rfc_7946_wants(read: Any, served: Served) -> None:
    for feature, nested in zip(read("zones")["features"], served.zones["features"], strict=True):
        outline = shapely.geometry.shape(feature["geometry"])
        assert outline.exterior.is_ccw
        assert outline.equals(shapely.geometry.shape(nested["geometry"]))


def test_schools_of_zones_say_what_the_zone_says_of_them(read: Any, served: Served) -> None:
    features = {each["id"]: each for each in read("zone-schools")["features"]}
    zones = [each["properties"] for each in served.zones["features"]]
    members = [(zone, each) for zone in zones for each in zone["members"]]
    assert list(features) == [f"{zone['zone_id']}~{each['school_id']}" for zone, each in members]
    for zone, member in members:
        feature = features[f"{zone['zone_id']}~{member['school_id']}"]
        assert {name: feature["properties"][name] for name in member} == member
        assert feature["geometry"] == served.schools[member["school_id"]]["geometry"]
        assert feature["properties"]["enrolment_students"] in (300.0, 500.0, 900.0)


def test_links_are_lines_between_their_schools(read: Any, served: Served) -> None:
    features = read("links")["features"]
    assert len(features) == len(served.links)
    for feature, link in zip(features, served.links, strict=True):
        ends = [served.schools[link[name]]["geometry"]["coordinates"] for name in ("origin", "destination")]
        assert feature["geometry"] == {"type": "LineString", "coordinates": ends}
        assert feature["properties"]["students"] == float(link["students"])
        assert feature["properties"]["zone_id"] == (link["zone_id"] or None)
        assert feature["properties"]["is_suppressed"] is True  # the base for staff gives every one of them as a range


def test_a_box_picks_what_meets_it(read: Any, served: Served) -> None:
    # By hand: schools lie on a line, 0.01 degrees apart, from 0001 at 38.01 to 0011 at 38.11.
    assert ids(read("schools", bbox="-98.5,38.025,-97.5,38.055")) == ["0003", "0004", "0005"]
    assert ids(read("schools", bbox="-98.0,38.03,-98.0,38.03")) == ["0003"]
    assert ids(read("schools", bbox="-98.5,38.025,0,-97.5,38.055,100")) == ["0003", "0004", "0005"]
    assert ids(read("schools", bbox="170,38.025,-97.5,38.055")) == ["0003", "0004", "0005"]  # across the antimeridian
    assert read("schools", bbox="10,10,11,11")["features"] == []
    box = shapely.box(-98.5, 38.0, -97.5, 38.025)
    outlines = {each["id"]: shapely.geometry.shape(each["geometry"]) for each in served.zones["features"]}
    expected = [name for name, outline in outlines.items() if outline.intersects(box)]
    assert ids(read("zones", bbox="-98.5,38.0,-97.5,38.025")) == expected == ["zone-0010"]


def test_properties_pick_features_and_are_picked(read: Any) -> None:
    assert ids(read("schools", level="high")) == ["0010", "0011"]
    assert ids(read("schools", enrolment_students="500", limit=2)) == ["0007", "0008"]
    assert ids(read("zones", school_count="7")) == ["zone-0010"]
    assert ids(read("zone-schools", role="anchor", zone_id="zone-0011")) == ["zone-0011~0011"]
    assert ids(read("links", students="62.0")) == ["0001~0007", "0003~0008", "0007~0010"]
    assert read("links", is_suppressed="false")["numberMatched"] == 0
    few = read("schools", level="high", properties="name,level")["features"]
    assert [list(each["properties"]) for each in few] == [["name", "level"]] * 2
    assert read("schools", datetime="2026-01-01T00:00:00Z/..")["numberMatched"] == 11


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "limit=1&limit=2",
        "bbox=1,2,3",
        "bbox=1,2,3,nan",
        "bbox=1,9,3,4",
        "bbox=a,b,c,d",
        "datetime=yesterday",
        "levle=high",
        "properties=levle",
        "enrolment_students=many",
        "after=nobody",
        "crs=http://www.opengis.net/def/crs/EPSG/0/3857",
    ],
)
def test_what_cannot_be_read_is_refused_with_400(client: TestClient, served: Served, query: str) -> None:
    answer = client.get(f"/ogc/collections/{served.collection('schools')}/items?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert answer.json()["problems"][0]["remedy"]


def test_a_limit_above_the_greatest_is_the_greatest(read: Any) -> None:
    assert read("links", limit=10**9)["numberReturned"] == 14


@pytest.mark.parametrize("path", ["zones-none", "roads-1", "zones-none/items", "zones-none/items/1"])
def test_what_is_not_there_is_404(client: TestClient, path: str) -> None:
    assert client.get(f"/ogc/collections/{path}").status_code == 404


def test_one_feature_is_read_by_its_identifier(client: TestClient, served: Served, read: Any) -> None:
    own = f"/ogc/collections/{served.collection('links')}/items"
    feature = client.get(f"{own}/0001~0007")
    assert feature.headers["content-type"] == "application/geo+json"
    content = feature.json()
    assert {name: content[name] for name in ("id", "geometry", "properties")} == {
        name: read("links")["features"][0][name] for name in ("id", "geometry", "properties")
    }
    assert client.get(f"{own}/0001~0099").status_code == 404
    assert client.get(f"{own}/0001~0007", headers={"If-None-Match": feature.headers["etag"]}).status_code == 304


def test_a_client_that_has_a_page_gets_304_until_the_proposal_is_gone(client: TestClient, dataset_id: str) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification=RULE, leakage_weight=0.3)["id"]
    address = f"/ogc/collections/zones-{proposal_id}/items"
    first = client.get(address)
    tag = {"If-None-Match": first.headers["etag"]}
    assert [client.get(address, headers=tag).status_code for _ in range(2)] == [304, 304]
    assert client.get(f"{address}?limit=1", headers=tag).status_code == 200
    assert client.get(address, headers={**tag, "Accept": "text/html"}).status_code == 200
    plain = client.head(address, headers={"Accept-Encoding": "identity"})
    assert plain.headers["content-length"] == str(len(first.content))
    client.delete(f"/proposals/{proposal_id}")
    assert client.get(address, headers=tag).status_code == 404
    assert client.get(address).status_code == 404


def test_the_form_is_that_which_is_asked_for(client: TestClient, served: Served) -> None:
    for path in ("", "/conformance", "/api", "/collections", f"/collections/{served.collection('zones')}", "/jobs"):
        browser = client.get(f"/ogc{path}", headers={"Accept": "text/html,*/*;q=0.8"})
        assert browser.headers["content-type"].startswith("text/html")
        assert "json" in client.get(f"/ogc{path}").headers["content-type"]
        assert client.get(f"/ogc{path}?f=html").text == client.get(f"/ogc{path}?f=html").text
        assert client.get(f"/ogc{path}", headers={"Accept": "image/png"}).status_code == 406
        assert client.get(f"/ogc{path}?f=xml").status_code == 406
    page = client.get(f"/ogc/collections/{served.collection('zones')}/items?f=html").text
    assert "2 of 2 features" in page
    assert f"/ogc/collections/{served.collection('zones')}/items/zone-0010?f=html" in page


def test_the_extent_is_that_of_all_features(client: TestClient, served: Served) -> None:
    document = client.get(f"/ogc/collections/{served.collection('schools')}").json()
    assert document["extent"]["spatial"]["bbox"] == [[-98.0, 38.01, -98.0, 38.11]]
    listed = client.get("/ogc/collections").json()["collections"]
    assert {served.collection(layer) for layer in COUNTS} <= {each["id"] for each in listed}


def test_the_interface_declares_what_a_collection_can_be_filtered_by(client: TestClient, served: Served) -> None:
    document = client.get("/ogc/api").json()
    assert document["openapi"] == "3.0.3"
    for layer in COUNTS:
        own = f"/collections/{served.collection(layer)}"
        queryables = client.get(f"/ogc{own}/queryables").json()["properties"]
        names = [
            document["components"]["parameters"][each["$ref"].rpartition("/")[2]]["name"]
            for each in document["paths"][f"{own}/items"]["get"]["parameters"]
        ]
        assert set(queryables) - {"geometry"} <= set(names)
        properties = client.get(f"/ogc{own}/items?limit=1").json()["features"][0]["properties"]
        assert [each for each in queryables if each != "geometry"] == list(properties)
    zones = client.get(f"/ogc/collections/{served.collection('zones')}/schema").json()["properties"]
    assert (zones["school_count"]["type"], zones["retention"]["type"]) == ("integer", "number")
    assert (zones["changes_at_low"]["type"], zones["zone_id"]["type"]) == ("boolean", "string")
    assert zones["geometry"]["format"] == "geometry-polygon"

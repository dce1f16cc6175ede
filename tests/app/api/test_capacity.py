"""Matches and year plans over HTTP: asked for, waited for, served in every form, locked, forgotten."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.queries.capacity_kinds import CAPACITY_KINDS
from tests.examples.service_requests import ask_for_zones, compute, running_service, toy_uploads, wait_for_job
from tests.examples.toy_district import WEST
from tests.examples.toy_register import DISTANT, PRAIRIE, register_uploads

pytestmark = pytest.mark.usefixtures("one_process")

KINDS = [(kind.path, kind.name.replace(" ", "_")) for kind in CAPACITY_KINDS.values()]


def ask(client: TestClient, path: str, proposal_id: str, register_id: str, **parameters: Any) -> Any:
    """Ask for a match or a year plan and wait."""
    body = {"register_id": register_id, "parameters": parameters}
    return client.post(f"/proposals/{proposal_id}/{path}", json=body, headers={"Prefer": "wait=60"})


@pytest.fixture(scope="module")
def register_id(client: TestClient) -> str:
    response = client.post("/registers", files=register_uploads(), data={"name": "Toy register"})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


@pytest.fixture(scope="module")
def made(client: TestClient, proposal_id: str, register_id: str) -> dict[str, dict[str, Any]]:
    """A match and a year plan, by their paths."""
    answers = {path: ask(client, path, proposal_id, register_id) for path, _ in KINDS}
    assert {path: answer.status_code for path, answer in answers.items()} == {path: 200 for path, _ in KINDS}
    return {path: answer.json() for path, answer in answers.items()}


def test_a_partner_with_room_for_one_zone_runs_the_one_with_more_students(made: dict[str, dict[str, Any]]) -> None:
    """
    Worked out by hand: the partner can take on 9 - 2 schools.

    The Zone of West High has 4 schools of 300 students, 2 of 500 and the anchor of 900; that of East High has 2 of 300,
    1 of 500 and the anchor of 900.
    """
    match = made["matches"]["match"]
    (served,), (unserved,) = match["matches"], match["unserved"]
    assert (served["zone_name"], served["partner_id"]) == ("West High Zone", PRAIRIE)
    assert (served["school_count"], served["need"], served["cost_dollars"]) == (7, 3_100, 7 * 500_000)
    assert (unserved["name"], unserved["school_count"], unserved["need"]) == ("East High Zone", 4, 2_000)
    assert match["solution"]["status"] == "optimal"
    assert DISTANT in [each["partner_id"] for each in match["unused"]]


def test_a_plan_of_the_years_starts_after_a_year_of_planning(made: dict[str, dict[str, Any]]) -> None:
    plan = made["year-plans"]["year_plan"]
    assert [year["fall"] for year in plan["years"]] == list(range(plan["first_fall"], plan["last_fall"] + 1))
    first = plan["starts"][0]
    assert (first["planning_fall"], first["start_fall"]) == (plan["first_fall"], plan["first_fall"] + 1)
    assert first["partner_id"] == PRAIRIE


@pytest.mark.parametrize(
    ("path", "of_result"),
    [
        ("matches", "This match gives it to Prairie Partners."),
        ("year-plans", "This plan starts it in fall {start} with Prairie Partners."),
    ],
)
def test_running_contracts_that_say_otherwise_are_told(tmp_path: Path, path: str, of_result: str) -> None:
    with running_service(tmp_path) as own:
        dataset_id = own.post("/datasets", files=toy_uploads()).json()["id"]
        proposal_id = ask_for_zones(own, dataset_id, identification="official:designation=CSI")["id"]
        register = own.post("/registers", files=register_uploads(), data={"name": "Ours"}).json()["id"]
        made = ask(own, path, proposal_id, register).json()
        address, page = made["links"]["running-contracts"], f"/browse{made['links']['self']}"
        west = f"zone-{WEST}"
        start = next((row["start_fall"] for row in made.get("year_plan", {}).get("starts", ()) if row), None)
        assert own.get(address).json() == []
        assert "Records say otherwise" not in own.get(page).text

        who = {"by": "Ann", "why": "Signed"}
        record_id = own.post(f"/proposals/{proposal_id}/zones/{west}/record", json=who).json()["record_id"]

        def sign(seen: int, **contract: Any) -> list[dict[str, Any]]:
            body = {**who, "kind": "contract", "content": contract}
            changed = own.post(f"/records/{record_id}/changes", json=body, headers={"If-Match": f'"{seen}"'})
            assert changed.status_code == 201, changed.text
            return list(own.get(address).json())

        # A contract with another partner that does not end.
        (told,) = sign(1, partner="Plover Place", starts_on="2001-07-01")
        assert (told["zone_id"], told["record_id"], told["contract_ends_on"]) == (west, record_id, None)
        sentence = "West High Zone has a contract with Plover Place without a last day. " + of_result.format(
            start=start
        )
        assert told["sentence"] == sentence
        assert sentence in own.get(page).text
        # One that is over; and the same partner, which a match keeps and a plan would start anew.
        assert sign(2, ends_on="2006-06-30") == []
        same = sign(3, partner="Prairie Partners", partner_id=PRAIRIE, ends_on=None)
        assert len(same) == (path == "year-plans")
        assert own.get(f"/{path}/none/running-contracts").status_code == 404


@pytest.mark.parametrize(("path", "name"), KINDS)
def test_every_part_is_served_as_it_was_stored(
    client: TestClient, made: dict[str, dict[str, Any]], path: str, name: str, proposal_id: str
) -> None:
    answer = made[path]
    assert answer["proposal_id"] == proposal_id
    kind = next(each for each in CAPACITY_KINDS.values() if each.path == path)
    for part in kind.parts[1:]:
        response = client.get(answer["links"][part.path])
        assert response.status_code == 200, part
        assert response.headers["content-type"] == part.media_type
        assert (
            client.get(answer["links"][part.path], headers={"If-None-Match": response.headers["etag"]}).status_code
            == 304
        )
        if part.path in ("map", "picture"):
            assert "default-src 'none'" in response.headers["content-security-policy"]
        elif part.media_type.startswith("text/csv"):
            assert response.headers["content-disposition"].endswith('-protected.csv"')
            assert client.get(answer["links"][part.path], params={"f": "csv"}).content == response.content
            assert client.get(answer["links"][part.path], params={"f": "json"}).status_code == 406
    again = client.get(answer["links"]["self"])
    assert again.json() == answer
    assert client.get(answer["links"]["self"], headers={"If-None-Match": again.headers["etag"]}).status_code == 304
    assert answer[name]["provenance"]
    listed = client.get(f"/{path}", params={"proposal_id": proposal_id}).json()
    assert answer["id"] in [each["id"] for each in listed]
    assert client.get(f"/{path}", params={"proposal_id": "other"}).status_code == 404
    other = next(each for each, _ in KINDS if each != path)
    assert client.get(f"/{other}/{answer['id']}").status_code == 404


@pytest.mark.parametrize(("path", "_name"), KINDS)
def test_lists_say_what_differs(client: TestClient, proposal_id: str, register_id: str, path: str, _name: str) -> None:
    hostile = "<script>alert(1)</script>\u202e" + "x" * 50
    body = {
        "register_id": register_id,
        "name": f"  {hostile} ",
        "parameters": {"budget_dollars": 4_000_000, "allow_smaller": True, "force_unserved": "zone-0011"},
    }
    made = client.post(f"/proposals/{proposal_id}/{path}", json=body, headers={"Prefer": "wait=60"}).json()
    assert made["name"] == hostile.replace("\u202e", " ")
    assert made["changed_parameters"] == {
        "budget_dollars": 4_000_000,
        "allow_smaller": True,
        "force_unserved": ["zone-0011"],
    }
    assert made["request"] == "budget 4,000,000 dollars a year; allow smaller Zones; must not be served zone-0011"
    listed = {each["id"]: each for each in client.get(f"/{path}").json()}
    assert listed[made["id"]]["request"] == made["request"]
    for page in (f"/browse/proposals/{proposal_id}/{path}", f"/browse/{path}/{made['id']}"):
        text = client.get(page).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text
        assert made["request"] in text
    too_long = {**body, "name": "x" * 201}
    assert client.post(f"/proposals/{proposal_id}/{path}", json=too_long).status_code == 422


def test_a_result_without_a_name_has_none(made: dict[str, dict[str, Any]]) -> None:
    for answer in made.values():
        assert (answer["name"], answer["changed_parameters"]) == ("", {})
        assert answer["request"] == "all parameters as by default"


def test_whole_numbers_are_whole_in_tables(client: TestClient, made: dict[str, dict[str, Any]]) -> None:
    rows = [
        line
        for path, parts in {
            "matches": ("matches", "unserved", "unused", "capacity"),
            "year-plans": ("starts", "falls"),
        }.items()
        for part in parts
        for line in client.get(made[path]["links"][part]).text.splitlines()[1:]
    ]
    assert any(",3500000," in row for row in rows)
    assert not [row for row in rows if re.search(r"(^|,)-?\d+\.0(,|$)", row)]


def test_without_waiting_the_job_comes_back(client: TestClient, proposal_id: str, register_id: str) -> None:
    response = client.post(f"/proposals/{proposal_id}/matches", json={"register_id": register_id})
    assert response.status_code == 202
    job = response.json()
    assert (job["kind"], job["inputs"]) == ("match", {"proposal_id": proposal_id, "register_id": register_id})
    assert job["links"]["register"] == f"/registers/{register_id}"
    done = wait_for_job(client, response.headers["location"])
    assert done["status"] == "succeeded"
    assert done["links"]["match"] == f"/matches/{done['match_id']}"
    assert (done["proposal_id"], done["year_plan_id"]) == (None, None)


def test_every_problem_of_the_parameters_comes_before_anything_is_queued(
    client: TestClient, proposal_id: str, register_id: str
) -> None:
    before = len(client.get("/jobs").json())
    response = ask(client, "year-plans", proposal_id, register_id, years=99, need="all", budgets=1)
    assert response.status_code == 422
    assert {each["column"] for each in response.json()["problems"]} == {"years", "need", "budgets"}
    assert response.json()["detail"].endswith("Nothing was stored.")
    assert len(client.get("/jobs").json()) == before


@pytest.mark.parametrize(("path", "name"), KINDS)
def test_an_amount_may_have_a_dollar_sign_and_thousands(
    client: TestClient, proposal_id: str, register_id: str, path: str, name: str
) -> None:
    answer = ask(client, path, proposal_id, register_id, budget_dollars="$20,000,000")
    assert answer.json()[name]["parameters"]["budget_dollars"] == 20_000_000
    refused = ask(client, path, proposal_id, register_id, budget_dollars="1.000,50")
    assert refused.status_code == 422
    (problem,) = refused.json()["problems"]
    assert (problem["column"], problem["value"]) == ("budget_dollars", "1.000,50")
    assert "may be misread" in problem["message"]


@pytest.mark.parametrize(("path", "_name"), KINDS)
def test_what_there_is_not_is_not_found(
    client: TestClient, proposal_id: str, register_id: str, path: str, _name: str
) -> None:
    assert ask(client, path, "none", register_id).status_code == 404
    assert ask(client, path, proposal_id, "none").status_code == 404
    for address in ("", "/map"):
        assert client.get(f"/{path}/none{address}").status_code == 404
    assert client.delete(f"/{path}/none").status_code == 404
    body = {"register_id": register_id, "parameter": {}}
    assert client.post(f"/proposals/{proposal_id}/{path}", json=body).status_code == 422


def test_locks_that_cannot_be_kept_are_named(client: TestClient, proposal_id: str, register_id: str) -> None:
    zones = [each["zone_id"] for each in client.get(f"/proposals/{proposal_id}").json()["proposal"]["zones"]]
    response = ask(client, "matches", proposal_id, register_id, force_served=zones)
    assert response.status_code == 409
    assert response.json()["violations"]
    kept = ask(client, "matches", proposal_id, register_id, force_unserved=zones).json()["match"]
    assert kept["matches"] == []
    assert [each["kind"] for each in kept["unserved"]] == ["lock"] * len(zones)


def test_a_register_in_use_stays(client: TestClient, proposal_id: str) -> None:
    register = client.post("/registers", files=register_uploads()).headers["location"]
    match = ask(client, "matches", proposal_id, register.rpartition("/")[2]).json()["links"]["self"]
    refused = client.delete(register)
    assert refused.status_code == 409
    assert "1 result rests on this register" in refused.json()["detail"]
    assert client.delete(match).status_code == 204
    assert client.get(match).status_code == 404
    assert client.delete(register).status_code == 204


def test_whoever_forgets_a_proposal_forgets_what_rests_on_it(
    client: TestClient, dataset_id: str, register_id: str
) -> None:
    proposal_id = ask_for_zones(client, dataset_id, identification="official:designation=CSI", maximum_schools=5)["id"]
    match = ask(client, "matches", proposal_id, register_id).json()["links"]["self"]
    assert client.delete(f"/proposals/{proposal_id}").status_code == 204
    assert client.get(match).status_code == 404


def test_exact_matches_are_not_given_out_once_that_is_forbidden(tmp_path: Path) -> None:
    with running_service(tmp_path, allow_exact=True) as client:
        dataset = client.post("/datasets", files=toy_uploads()).json()
        proposal = ask_for_zones(client, dataset["id"], disclosure="exact")["id"]
        register = client.post("/registers", files=register_uploads()).json()["id"]
        links = ask(client, "matches", proposal, register).json()["links"]
        assert client.get(links["matches"]).headers["content-disposition"].endswith('-exact-not-for-release.csv"')
    with running_service(tmp_path) as client:
        for name in ("self", "matches", "picture", "map"):
            assert client.get(links[name]).status_code == 403, name
        assert ask(client, "matches", proposal, register).status_code == 403


def test_the_numbers_say_where_they_come_from(made: dict[str, dict[str, Any]], register_id: str) -> None:
    assert made["matches"]["register_id"] == register_id
    provenance = json.dumps(made["matches"]["match"]["provenance"])
    for file in ("partners.csv", "preferences.csv"):
        assert file in provenance


@pytest.mark.parametrize(
    ("path", "name", "column", "values"),
    [
        # Either Zone, or neither: 3,100, 2,000 or no students.
        ("matches", "best-matches?count=3", "need_served", [3_100, 2_000, 0]),
        # A new partner could run the other Zone, or the one that is not approved. One more school is too little.
        ("matches", "one-more", "need_gained", [2_000, 2_000, 0, 0]),
        # Nothing is uncertain here.
        ("matches", "stability?draws=3", "served_share", [1, 0]),
        # Each Zone of at most 3 schools, the two together within 7.
        ("matches", "zone-sizes", "zones_served", [2, 1, 1, 1, 1, 2]),
        # The Zone of 7 for four years, or a year later; or the Zone of 4 for four years.
        ("year-plans", "best-year-plans?count=3", "need", [4 * 3_100, 3 * 3_100, 4 * 2_000]),
        # Half of what 7 schools cost does not pay for 4; all of it serves the Zone of 7 in four years.
        ("year-plans", "frontier?points=3", "need_served", [0, 0, 4 * 3_100]),
        ("year-plans", "years-to-reach-all", "zones_started", [0, 1, 1, 1, 1, 1, 2]),
    ],
)
def test_more_can_be_asked_of_a_result(
    client: TestClient, made: dict[str, dict[str, Any]], path: str, name: str, column: str, values: list[float]
) -> None:
    own = made[path]["links"]["self"]
    kind = next(each for each in CAPACITY_KINDS.values() if each.path == path)
    analysis = next(each for each in kind.analyses if each.name == name.partition("?")[0])
    response = compute(client, f"{own}/{name}")
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["provenance"] == made[path][kind.name.replace(" ", "_")]["provenance"]
    rows = answer[analysis.rows]
    assert [row[column] for row in rows] == values
    assert {each.name for each in analysis.columns} <= set(rows[0])
    table = client.get(f"{own}/{name}", headers={"Accept": "text/csv"})
    assert len(table.text.splitlines()) == len(values) + 1
    assert client.get(f"{own}/{analysis.name}?nothing=1").status_code == 422
    page = client.get(f"/browse{own}/{name}")
    assert page.status_code == 200
    assert analysis.title in page.text
